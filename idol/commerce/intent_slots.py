"""Which words of an order belong together: "一件黑色M 两件红色L" is two things wanted. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from idol.commerce.lexicon import Token

_PARTS = re.compile(r"[,，、;+&]|和|跟|加|还有|再|另|\b(?:and|plus|also|with)\b")


@dataclass(slots=True)
class Group:
    """One thing wanted, as far as it was said. `place` is listing numbers, comma between."""

    quantity: int | None = None
    vague: bool = False
    colours: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)
    place: str = ""
    inherited: bool = False
    """Whether `place` is that of the thing before, not said again."""
    copied: str = ""
    """What was taken over from the thing before: "colours" or "sizes"."""
    pairs: bool = False
    """Counted in pairs (一对, a pair)."""


def grouped(tokens: Sequence[Token], text: str) -> list[Group]:
    """Split the known words into things wanted: a new one begins where a kind comes again."""
    groups = [Group()]
    each: int | None = None
    either = False
    place = ""
    starts = _starts(tokens, text)
    for i, token in enumerate(tokens):
        if i in starts:
            groups.append(Group())
            place = ""
        group = groups[-1]
        if token.kind in ("quantity", "number"):
            value = int(token.value)
            if each == 0:
                each = value
                continue
            following = tokens[i + 1].kind if i + 1 < len(tokens) else ""
            fresh = (following == "colour" and group.colours) or (
                following == "size" and group.sizes
            )
            if token.kind == "number" and group.quantity is not None and value == 1 and not fresh:
                continue  # "a black one"
            article = token.kind == "number" and token.end - token.start <= 2 and value == 1
            if group.quantity is not None:
                group = Group(place=place, inherited=True)
                groups.append(group)
            elif (group.colours or group.sizes) and i + 1 < len(tokens):
                follows = tokens[i + 1].kind
                if follows in ("colour", "size") and groups[0].quantity is not None and not article:
                    group = Group(place=place, inherited=True)
                    groups.append(group)
            # A bare 170 is a height or a price before it is a number of pieces.
            odd = token.kind == "number" and value > 12
            group.quantity, group.pairs = (1 if odd else value), token.pairs
            group.vague = token.vague or odd
        elif token.kind in ("colour", "size"):
            seen = group.colours if token.kind == "colour" else group.sizes
            loose = ("big", "little")
            ahead = any(t.kind in ("quantity", "number") for t in tokens[i + 1 :])
            other = group.quantity is not None and ahead and token.value not in seen
            looser = seen and token.value in loose and not other
            if not either and (token.value in seen or looser):
                continue  # "大码L", "50ml, the big one"
            if not either and seen and seen[-1] in loose and token.kind == "size" and not other:
                seen[-1] = token.value  # "大瓶50ml"
                continue
            if seen and not either:
                group = Group(place=place, inherited=True)
                groups.append(group)
                seen = group.colours if token.kind == "colour" else group.sizes
            if either:
                group.vague = True
            if token.value not in seen:
                seen.append(token.value)
            either = False
        elif token.kind in ("listing", "product"):
            if group.place and group.place != token.value and token.kind == "listing":
                if group.quantity is not None or group.colours or group.sizes:
                    group = Group()
                    groups.append(group)
                group.place, group.inherited = token.value, False
            elif not group.place or group.inherited:
                group.place, group.inherited = token.value, False
            place = group.place
        elif token.kind == "each":
            each = 0
            if group.quantity is not None and len(groups) > 1:
                each, group.quantity = group.quantity, None
        elif token.kind == "or":
            either = True
    if each is not None and len(groups) == 1 and groups[0].quantity:
        each = groups[0].quantity  # "各来一件，一共两件"
    if each is not None:
        for group in groups:
            group.quantity = each or group.quantity or 1
        _share(groups)
    first, rest = groups[0], groups[1:]
    plain = [g for g in rest if not (g.colours or g.sizes) and g.place == first.place]
    shared = sum(g.quantity or 1 for g in rest)
    if rest and len(plain) == len(rest) and shared <= (first.quantity or 0):
        groups, rest = [first], []  # "两个，一个给我妈"
    if (
        rest
        and not (first.colours or first.sizes)
        and first.quantity == sum(g.quantity or 1 for g in rest)
    ):
        groups = rest
    for before, group in itertools.pairwise(groups):  # "雾蓝M一件L一件"
        if group.place == before.place and group.quantity and before.quantity:
            if group.sizes and not group.colours:
                group.colours, group.copied = list(before.colours), "colours"
            elif group.colours and not group.sizes:
                group.sizes, group.copied = list(before.sizes), "sizes"
    if len(groups) > 1:
        for group in groups if starts else ():
            group.quantity = group.quantity or 1  # "headphones and a mug"
        silent = [g for g in groups if g.quantity is None]
        if silent and not (len(silent) == len(groups) and re.search(r"都(要|来|拿)|both", text)):
            for group in silent:
                group.vague = True
    return groups


def _starts(tokens: Sequence[Token], text: str) -> set[int]:
    """Where another product's words begin: "two black headphones | and a clay mug"."""
    named = [i for i, token in enumerate(tokens) if token.kind == "product"]
    starts = set()
    for i, j in itertools.pairwise(named):
        if set(tokens[i].value.split(",")) & set(tokens[j].value.split(",")):
            continue
        gaps = {k: text[tokens[k - 1].end : tokens[k].start] for k in range(i + 1, j + 1)}
        parted = [k for k in gaps if _PARTS.search(gaps[k])]
        counted = [k for k in gaps if tokens[k].kind == "quantity"]
        led = any(t.kind in ("quantity", "number") for t in tokens[:i])
        starts.add((parted or (counted if led else []) or [j])[0])
    return starts


def _share(groups: list[Group]) -> None:
    """ "黑红M各一件": what one of the things is said to be holds for those that leave it open."""
    if len({group.place for group in groups}) > 1:
        return
    for kind in ("colours", "sizes"):
        said = [getattr(group, kind) for group in groups if getattr(group, kind)]
        if len(said) == 1 and len(groups) > 1:
            for group in groups:
                setattr(group, kind, list(said[0]))
