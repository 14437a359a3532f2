"""What a line of chat asks of the shop: a pure, deterministic grammar for Chinese and English.

The rule of the house: text may make a hold only when it plainly orders; what merely sounds
like it is asked about; questions, refusals, memories, conditions and quotations are neither.
The evidence is a trigger ("来", "I'll take") with a quantity or variant near it, or a line
made of nothing but quantity and variant ("黑色L两件"); what is left unexplained counts against.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from idol.commerce import intent_words as words
from idol.commerce.cleaning import clean
from idol.commerce.dialects import standard
from idol.commerce.intent_asides import plain
from idol.commerce.intent_clause import (
    Clause,
    against_it,
    agreed,
    coloured,
    complete,
    is_quoted,
    joined,
    named_ahead,
    praised,
    set_aside,
    spoken,
    weight,
)
from idol.commerce.intent_each import spelled_out
from idol.commerce.intent_slots import Group, grouped
from idol.commerce.intent_wants import Want, all_wants, one_want
from idol.commerce.lexicon import Lexicon, Token
from idol.commerce.outcomes import Floor, IntentKind
from idol.commerce.sense import (
    BESIDES,
    DOUBT,
    LIKELY,
    SURE,
    UNEXPLAINED,
    UNEXPLAINED_BARE,
    UNKNOWN,
)


class Opinion(Protocol):
    """How much a line with its known words sounds like an order (`sense.Sense`)."""

    def __call__(self, line: str, tokens: Sequence[Token], enough: float = 1.0) -> float: ...


_LONGEST = 200
_PICTURE = re.compile(
    "(?<=[a-z])\\s*[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]+\\s+(?=[A-Za-z]{2}|\\d)"
)
"""Between English words a picture ends what was said, as a full stop would."""
_CHANGED = re.compile(
    r"^(?:那|就|还是)*(?:改|换)(?:成|为)?(?=.)"
    r"|^(?:oh |oops |wait |no )*(?:actually|sorry|i meant|i mean),? (?:i meant )?(?=.)"
)
_MOST_PIECES = 200
"""More than this in one message is a joke or a wholesaler: asked about, never held."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What was meant. `sure` is false for an order that must be asked about first."""

    kind: IntentKind
    wants: tuple[Want, ...] = ()
    sure: bool = True
    listing: int | None = None
    skus: tuple[str, ...] = ()
    """For `cancel`: the variants named, if any."""
    left: int = 0
    """How much of an order, or of a line that no rule speaks against, no rule explains."""
    alone: str = ""
    """The words of an order without whatever else the line says."""
    strong: bool = False
    """Whether a word of ordering says so, not number and variant alone."""
    mixed: bool = False
    """Whether something beside the order must be asked about, whatever the line sounds like."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that this viewer was asked: which variant, or (listing None) which product."""

    listing: int | None
    skus: tuple[str, ...]
    quantity: int


def parse(
    text: str,
    lexicon: Lexicon,
    floor: Floor,
    pending: Pending | None = None,
    sense: Opinion | None = None,
) -> Intent:
    """Read one message. Never raises; 0.1-0.5 ms, and 1 ms more where `sense` is asked."""
    line = spelled_out(normal(text, lexicon), lexicon, floor)
    if pending:
        line = _CHANGED.sub("", line)  # "改成M", "actually M": an answer like any other
    intent = _parse(line, lexicon, floor, pending)
    if sense is None or pending or not line or _call(line, lexicon, floor):
        return intent
    return _second(intent, line, lexicon, floor, sense)


def normal(text: str, lexicon: Lexicon) -> str:
    """A message in the words that the grammar reads."""
    said = lexicon.respell(clean(_PICTURE.sub(", ", text[:_LONGEST])))
    if said[:1].isdigit():
        said = _listed(said, lexicon)
    return plain(standard(said, lexicon.words), lexicon)


def _listed(line: str, lexicon: Lexicon) -> str:
    """ "3, ink, M, 1" with the link's number as such: where the number that it begins with is one
    of what comes in that colour and size, and how many is said at the end."""
    tokens, _ = lexicon.scan(line)
    counts = [t for t in tokens if t.kind in ("quantity", "number")]
    if len(counts) != 2 or counts[0] is not tokens[0] or counts[0].kind != "number":
        return line
    item = lexicon.listings.get(int(counts[0].value))
    colours = [t.value for t in tokens if t.kind == "colour"]
    sizes = [t.value for t in tokens if t.kind == "size"]
    one_each = len(colours) <= 1 and len(sizes) <= 1 and (colours or sizes)
    if not item or counts[1] is not tokens[-1] or not one_each:
        return line
    if not lexicon.matching(item, colours, sizes):
        return line
    return f"#{item.number} {line[counts[0].end :].strip(' ,/、-')}"


def _second(intent: Intent, line: str, lexicon: Lexicon, floor: Floor, sense: Opinion) -> Intent:
    """The encoder's word on an order, and on a line that no rule could explain."""
    if intent.kind == "order":
        tokens, _ = lexicon.scan(line)
        if not tokens:  # "shut up and take my money"
            return intent
        named = any(t.kind in ("colour", "size", "product", "listing") for t in tokens)
        # What is plain and spoken like an order, the encoder has never doubted: not asked.
        plain = named and intent.sure and not intent.left
        sounds = sense(line, tokens, DOUBT if plain else 1.0)
        least = DOUBT if not intent.left else UNEXPLAINED if intent.strong else UNEXPLAINED_BARE
        unlikely = DOUBT / 2 if named else LIKELY if intent.left else DOUBT
        if sounds < unlikely and (intent.left or not named):
            return Intent("none")  # "get me a beer", "can I get a hi"
        if intent.sure and sounds < (least if named else max(least, LIKELY)):
            return replace(intent, sure=False)
        counted = any(t.kind in ("quantity", "number") for t in tokens)
        sure = counted and sounds >= SURE and not intent.mixed
        return replace(intent, sure=True) if sure else intent
    tokens, _ = lexicon.scan(line)
    if intent.wants and intent.alone:
        # A clause of its own speaks against a plain order; most of the line decides.
        alone = sense(intent.alone, lexicon.scan(intent.alone)[0])
        sounds = sense(line, tokens) if alone >= SURE else 0.0
        if sounds >= LIKELY:
            return Intent("order", intent.wants, sounds >= BESIDES, intent.listing)
        return replace(intent, wants=(), alone="")
    if intent.kind != "none" or not intent.left:
        return intent
    kinds = {token.kind for token in tokens}
    if "other" in kinds or not kinds & {"quantity", "number"} or words.NOT_MEANT.search(line):
        return intent
    sounds = sense(line, tokens)
    named = bool(kinds & {"colour", "size", "product", "listing"})
    if sounds < (LIKELY if named else SURE):  # "+1" agrees
        return intent
    wants = all_wants(list(tokens), line, lexicon, floor)
    sure = named and sounds >= UNKNOWN and not words.SERVICE.search(line)
    return Intent("order", wants, sure, wants[0].listing if wants else None)


def _parse(line: str, lexicon: Lexicon, floor: Floor, pending: Pending | None) -> Intent:
    if not line:
        return Intent("none")
    called = _call(line, lexicon, floor)
    if called:
        return called
    if words.SAME.match(line):
        return Intent("order", all_wants([], line, lexicon, floor), False, mixed=True)
    whole = words.QUOTED_SPAN.sub(" ", line)
    parts = [part for part in words.CLAUSE.split(whole) if part and part.strip()]
    clauses = [clause for part in parts for clause in spoken(part, lexicon)]
    listing = _mentioned(clauses, lexicon, floor)
    if pending:
        answer = _answer(line, clauses, lexicon, floor, pending)
        if answer:
            return answer
    if whole != line and not any(c.kind == "order" and c.strong for c in clauses):
        return Intent("quoted", listing=listing)
    if words.CANCEL.search(line) and not words.QUESTION.search(line):
        tail = [c for c in clauses if c.kind == "order" and (c.strong or complete([c]))]
        tail = [c for c in tail if not words.CANCEL.search(c.text)]
        if not tail:
            return Intent("cancel", listing=listing, skus=_named(clauses, lexicon, floor))
    quoted = bool(words.QUOTED.search(whole))
    ordering = [i for i, c in enumerate(clauses) if c.kind == "order"]
    if not ordering and len(clauses) > 1 and all(c.bare and c.tokens for c in clauses):
        together = {t.kind for c in clauses for t in c.tokens}
        if together & {"quantity", "number"} and together & {"colour", "size", "product"}:
            ordering = list(range(len(clauses)))  # "red, size M, one"
            for c in clauses:
                c.kind = "order"
    if ordering and any(t.kind == "each" for t in clauses[ordering[-1]].tokens):
        ordering = [i for i, c in enumerate(clauses) if c.bare]  # "lamp, mug, one each"
        for i in ordering:
            clauses[i].kind = "order"
    if not ordering and agreed(clauses):
        ordering = [i for i, c in enumerate(clauses) if c.bare]
        for i in ordering:
            clauses[i].kind, clauses[i].strong = "order", True
    if ordering and words.CONDITION.search(whole):
        return Intent("conditional", listing=listing)
    if quoted and is_quoted(clauses, ordering):
        return Intent("quoted", listing=listing)
    if not ordering:
        return _not_order(clauses, whole, lexicon, floor, listing)
    set_aside(clauses, ordering)
    against: IntentKind | None = against_it(clauses, ordering) or ("quoted" if quoted else None)
    plain = all(c.strong or complete([c]) for c in map(clauses.__getitem__, ordering))
    if against and (words.NOT_MEANT.search(whole) or not plain):
        return Intent(against, listing=listing)
    kinds = [c.kind for c in clauses]
    used = [c for c in clauses if c.kind == "order" or c.bare]
    if not any(t.kind in ("colour", "size") for c in used for t in c.tokens):
        # "oat is so pretty, I'll take one", "湖绿的我等，来一个"
        used = [c for c in clauses if c in used or praised(c) or named_ahead(c)]
    elif not any(t.kind == "colour" for c in used for t in c.tokens):
        used = [c for c in clauses if c in used or coloured(c)]  # "this time the coral, one M"
    sure = (
        any(c.strong for c in used)
        or agreed(clauses)
        or complete(used)
        or _plain(used, lexicon, floor)
    )
    if "question" in kinds and not any(c.strong for c in used):
        if not complete(used) or any(
            c.kind == "question" and words.ASKED.search(c.text) for c in clauses[ordering[0] :]
        ):
            return Intent("question", listing=listing)  # "什么时候到，两件黑色L"
        against = against or "question"
    unread = [c for c in clauses if c not in used and c.kind == "none" and complete([c])]
    # A second thing, of which it is not plain that it is wanted, or talk of a parcel.
    mixed = bool(unread) or bool(words.SERVICE.search(whole))
    mixed |= "question" in kinds and all(c.polite for c in used if c.strong)
    counts = [any(t.kind in ("quantity", "number") for t in c.tokens) for c in clauses]
    mixed |= any(counts) and not any(n for n, c in zip(counts, clauses, strict=True) if c in used)
    sure = sure and not mixed
    sure = sure and all(c.left <= 8 for c in used if c.kind == "order")
    said, tokens = joined(used)
    wants = all_wants(tokens, said, lexicon, floor)
    if any(want.quantity > _MOST_PIECES for want in wants):
        wants = tuple(Want(w.listing, 1, w.skus, True) for w in wants)
    left = beside = sum(c.left for c in used if c.kind == "order")
    strong = any(c.strong for c in used)
    if not strong:
        left += sum(c.left for c in clauses if c.kind != "order")
    alone = ",".join(c.text for c in used if c.strong or complete([c])) if not beside else ""
    number = wants[0].listing if wants else listing
    if against:
        plain = sure and not beside and all(len(w.skus) == 1 and not w.vague for w in wants)
        return Intent(against, wants if plain else (), listing=number, alone=alone)
    return Intent("order", wants, sure, number, left=left, alone=alone, strong=strong, mixed=mixed)


def _call(line: str, lexicon: Lexicon, floor: Floor) -> Intent | None:
    """The open call's own word ("1", "扣1", "+1"), which means one piece only while it is open."""
    if floor.open_call is None or not floor.call:
        return None
    word = re.escape(clean(floor.call))
    match = re.fullmatch(
        rf"(?:我|也|都|主播|姐姐)*\s*(?:(?:扣|打|刷|\+|key|press|type)?\s*{word}[\s,，!！]*)+(?![\d号件个])"
        r"\s*[!！~。.了啦啊]*(.*)",
        line,
    )
    if not match:
        return None
    tokens, residue = lexicon.scan(match[1])
    if any(t.kind not in ("colour", "size") for t in tokens):
        return None
    if weight(words.FILLER.sub(" ", residue)) or re.search(
        r"\S", re.sub(r"\W", "", words.FILLER.sub(" ", residue))
    ):
        return None
    if words.QUESTION.search(match[1]):
        return None
    group = Group(1, colours=[t.value for t in tokens if t.kind == "colour"],
                   sizes=[t.value for t in tokens if t.kind == "size"],
                   place=str(floor.open_call))  # fmt: skip
    return Intent("order", (one_want(group, lexicon, floor),), True, floor.open_call)


def _answer(
    line: str, clauses: list[Clause], lexicon: Lexicon, floor: Floor, pending: Pending
) -> Intent | None:
    """The message as the answer to the question asked before; None if it is something else."""
    if any(c.kind not in ("order", "none") or c.left for c in clauses):
        return None
    tokens = [t for c in clauses for t in c.tokens]
    if not tokens:
        if words.YES.match(line) and pending.listing is not None and len(pending.skus) == 1:
            want = Want(pending.listing, pending.quantity, pending.skus)
            return Intent("order", (want,), True, pending.listing)
        return None
    groups = grouped(tokens, line)
    if len(groups) != 1 or groups[0].vague:
        return None
    group = groups[0]
    if pending.listing is None:
        if not group.place and group.quantity in lexicon.listings and not _explicit(tokens):
            group.place, group.quantity = str(group.quantity), None
        if not group.place:
            return None
        group.quantity = group.quantity or pending.quantity
        want = one_want(group, lexicon, floor)
        return Intent("order", (want,), True, want.listing)
    if group.place and str(pending.listing) not in group.place.split(","):
        return None
    item = lexicon.listings[pending.listing]
    fits = lexicon.matching(item, group.colours, group.sizes)
    narrowed = tuple(sku for sku in pending.skus if sku in fits) or tuple(sorted(fits))
    if not (group.colours or group.sizes) and len(pending.skus) > 1 and not group.quantity:
        return None
    want = Want(pending.listing, group.quantity or pending.quantity, narrowed)
    return Intent("order", (want,), True, pending.listing)


def _explicit(tokens: list[Token]) -> bool:
    return any(t.kind == "quantity" for t in tokens)


def _not_order(
    clauses: list[Clause], whole: str, lexicon: Lexicon, floor: Floor, listing: int | None
) -> Intent:
    kinds = {c.kind for c in clauses}
    names: dict[str, IntentKind] = {"deferred": "conditional", "negative": "negative",
                                    "past": "past", "question": "question",
                                    "bargain": "question"}  # fmt: skip
    for kind in ("question", "bargain", "negative", "past", "deferred"):
        if kind in kinds:
            return Intent(names[kind], listing=listing)
    against = kinds - {"none", "order"}
    left = 0 if against else sum(c.left + bool(c.tokens) for c in clauses)
    return Intent("none", listing=listing, left=left)


def _plain(clauses: list[Clause], lexicon: Lexicon, floor: Floor) -> bool:
    """Nothing but a number of pieces ("俩", "两个 谢谢") while one thing without variants is on."""
    item = lexicon.listings.get(floor.current) if floor.current is not None else None
    if item is None or len(item.product.variants) != 1:
        return False
    return all(t.kind == "quantity" for c in clauses for t in c.tokens)


def _mentioned(clauses: list[Clause], lexicon: Lexicon, floor: Floor) -> int | None:
    """The listing a message speaks of, for whoever answers it; None if it names none."""
    for clause in clauses:
        for token in clause.tokens:
            if token.kind in ("listing", "product"):
                numbers = [int(n) for n in token.value.split(",") if n]
                near = [n for n in numbers if n in (floor.current, floor.open_call)]
                found = (near or numbers)[0] if numbers else None
                if found in lexicon.listings:
                    return found
    return None


def _named(clauses: list[Clause], lexicon: Lexicon, floor: Floor) -> tuple[str, ...]:
    """The variants that a cancellation names, over all listings unless one is named."""
    tokens = [t for c in clauses for t in c.tokens]
    colours = [t.value for t in tokens if t.kind == "colour"]
    sizes = [t.value for t in tokens if t.kind == "size"]
    number = _mentioned(clauses, lexicon, floor)
    if not (colours or sizes or number):
        return ()
    items = [lexicon.listings[number]] if number else list(lexicon.listings.values())
    return tuple(sku for item in items for sku in sorted(lexicon.matching(item, colours, sizes)))
