# ruff: noqa: E501 - patterns read best on one line
"""A second message that changes what the viewer's own hold is for: "改成黑色", "make it two". Pure.

Read only where the viewer has a hold that is not yet confirmed, and strictly: what the message
changes must be plain, lead to one variant, and leave nothing unexplained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from idol.commerce import intent_words as words
from idol.commerce.cleaning import clean
from idol.commerce.dialects import standard
from idol.commerce.intent_clause import weight
from idol.commerce.lexicon import Lexicon, Token
from idol.commerce.outcomes import Floor, Hold
from idol.commerce.sizes import size_key

_CHANGE = re.compile(
    r"(?:数量|颜色|尺码|码数|大小)?(?:改|换)(?:成|为|做|到|个|一下)?|不是|不要|(?:打|说|写|拍|选)错(?:字|码)?了?|(?:应该)?是要|(?<=[a-z\d色码])换(?=[a-z黑白红蓝绿])"
    r"|\b(?:make|change|switch|swap) (?:that|it|mine|them|my (?:order|hold|one)|the (?:colou?r|size|quantity))(?: (?:to|into|for))?(?: an?)?"
    r"|^(?:oh |oops |wait |sorry |no )*,? ?(?:actually|i meant|i mean|sorry|oops|no wait)\b(?: i meant)?|\binstead\b(?: of)?|\bnot (?:the |an? )?"
)
_MORE = re.compile(
    r"(?:那|主播|麻烦|请|给我|帮我|我|,|，| )*(?:再|多)(?:给我)?(?:来|要|加|拿|留|拍|整)(?P<zh>[一两俩二三四五\d])(?:件|条|个|瓶|只|盏|双|套|份|支|盒)?(?:一样的|同款|一模一样的)?"
    r"|(?:and |ok |okay |yes |actually |i'll (?:take|have) |can i (?:get|have) |give me |make it |add )*(?:(?P<en>one|two|three|\d) more|another(?: one)?)(?: of (?:those|them|the same|it))?"
)
_TAIL = re.compile(r"(?:[\s,，。.!！~]|吧|哈|呀|啊|哦|了|谢谢|麻烦|主播|please|thanks|thank you)*$")
_POLITE = re.compile(
    r"(?:可以|能|能不能|可不可以|麻烦|帮我|给我|请|我想|我要)+(?=改|换)|(?:行吗|可以吗|好吗|吗)?[?？]*$|^(?:can|could) (?:you|i|we) (?:please |just )?(?=make|change|switch|swap)"
)
_REFUSED = re.compile(r"不要|不是|\bnot (?:the |an? )?|\binstead of (?:the |an? )?")


@dataclass(frozen=True, slots=True)
class Change:
    """What the hold shall be for instead; `more` if that many come on top of it."""

    sku: str
    quantity: int
    more: bool = False


def hinted(text: str) -> bool:
    """Whether a message may be a change at all; quick, for every line of chat."""
    line = clean(text[:80])
    return bool(_CHANGE.search(line) or re.search(r"再|多|\bmore\b|\banother\b", line))


def changed(text: str, lexicon: Lexicon, hold: Hold, floor: Floor) -> Change | None:
    """The change of this hold that a message asks for; None if it is anything else."""
    if len(text) > 80:
        return None
    line = standard(lexicon.respell(clean(text)), lexicon.words)
    more = _MORE.fullmatch(_TAIL.sub("", line))
    if more and floor.current in (None, hold.listing):
        said = more["zh"] or more["en"] or "one"
        count = next((int(t.value) for t in lexicon.scan(said)[0] if t.value.isdigit()), 1)
        return Change(hold.sku, count, more=True)
    asked = _POLITE.sub("", line) if re.search("改|换|make|change|switch|swap", line) else line
    if not _CHANGE.search(asked) or words.QUESTION.search(asked) or words.CONDITION.search(asked):
        return None
    if words.QUOTED.search(asked) or words.PAST.search(
        re.sub("(?:打|说|写|拍|选)错.?了?", "", asked)
    ):
        return None
    tokens, residue = lexicon.scan(asked)
    rest = words.FILLER.sub(" ", words.TRIGGER.sub(" ", _CHANGE.sub(" ", residue)))
    if weight(rest) or any(t.kind in ("other", "or", "each") or t.vague for t in tokens):
        return None
    return _read(_wanted(asked, tokens), lexicon, hold)


def _wanted(line: str, tokens: list[Token]) -> list[Token]:
    """The words for what is wanted now: not those refused, nor what stands before "换成"."""
    kept = []
    for token in tokens:
        before = line[: token.start]
        if re.search(f"(?:{_REFUSED.pattern})的?$", before):
            continue
        if re.match(
            r"的?(?:码|色)?\s?(?:换|改)(?:成|为)?|的?不要|\s?(?:to|into)\b", line[token.end :]
        ):
            continue
        kept.append(token)
    return kept


def _read(tokens: list[Token], lexicon: Lexicon, hold: Hold) -> Change | None:
    item = lexicon.listings.get(hold.listing)
    variant = next((v for v in item.product.variants if v.sku == hold.sku), None) if item else None
    if item is None or variant is None:
        return None
    said: dict[str, list[str]] = {}
    for token in tokens:
        if token.kind in ("listing", "product"):
            if str(item.number) not in token.value.split(","):
                return None
            continue
        kind = "quantity" if token.kind in ("quantity", "number") else token.kind
        said.setdefault(kind, []).append(token.value)
    if not said or any(len(values) > 1 for values in said.values()):
        return None
    colour, size = clean(variant.colour.get("zh", "")), size_key(variant.size or "")
    colours = said.get("colour") or ([colour] if colour else [])
    sizes = said.get("size") or ([size] if size else [])
    fits = lexicon.matching(item, colours, sizes)
    quantity = int(said.get("quantity", [str(hold.quantity)])[0])
    if len(fits) != 1 or not 0 < quantity <= 200:
        return None
    sku = next(iter(fits))
    return None if (sku, quantity) == (hold.sku, hold.quantity) else Change(sku, quantity)
