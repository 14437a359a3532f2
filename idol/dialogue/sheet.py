"""What is true of one listing now, and whether a number or a claim in a clause is bound by it.

A number is bound by (value, unit, slot): 48 may be the hours until dispatch and never the
pieces left. Slots come from the words around the number; values from the facts, the size
chart and the ledger's quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from idol.dialogue.claims import Claim, lexicon
from idol.dialogue.knowledge import size_in, variant_quotes, within
from idol.dialogue.numbers import Number, find, normalise
from idol.model import Listing, Quote

_SLOT_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (slot, re.compile(pattern))
    for slot, pattern in (
        ("returns", r"退|换货|无理由|\breturn|\bexchang|\brefund"),
        (
            "shipping",
            r"发货|寄出|到货|快递|包邮|送达|\bship|\bdeliver|\bleaves?\b|\bdispatch|\barriv",
        ),
        ("warranty", r"保修|质保|\bwarrant"),
        ("weight", r"(?<!体)重(?!要)|\bweigh(?!t of you)"),
        (
            "material",
            r"面料|材质|成分|聚酯|氨纶|棉|羊毛|\bfabric|\bmade of|\bpolyester|\bcotton|\belastane",
        ),
        ("care", r"洗|烘|熨|\bwash|\biron|\bdry\b"),
        ("battery", r"续航|充电|电池|\bbatter|\bcharg"),
        ("presale", r"预售|\bpre-?sale|\bpre-?order"),
    )
)
_WAS = re.compile(
    r"原价|平时|之前|日常|吊牌|划线|\bwas\b|originally|usual|regular|before\b|instead of|down from"
)
_NOW = re.compile(
    r"现在|今天|只要|现价|到手|直播间|秒杀|\bnow\b|today|\bonly\b|\bjust\b"
    r"|\bfor\b|\bat\b|\bis\b"
)
_SAVE = re.compile(r"省|立减|减了|便宜|少花|差价|\bsav(?:e|es|ing)|\boff\b|\bcheaper|\bless\b")
_TOTAL = re.compile(r"一共|总共|合计|总价|共计|加起来|\btotal|altogether|comes? to|in all\b")
_EACH = re.compile(
    r"每[件个条双只]|一[件个条双只]|单价|\beach\b|apiece|per (?:piece|item)|\ba piece"
)
_SOLD = re.compile(
    r"卖(?!完|光)|已售|售出|被[抢拍]|抢走|\bsold(?! out)|\bbought|\borders? (?:in|already)"
)
_LIMIT = re.compile(
    r"限购|每人|每位|每个人|最多|\blimit|at most|up to|maximum"
    r"|\bper (?:person|customer|viewer|account)"
)
_PRESALE = re.compile(r"预售|预定|预订|\bpre-?(?:sale|order)")
_STOCK = re.compile(
    r"剩|还有|库存|现货|就[这有]|只有|\bleft\b|in stock|available|remain|\bonly\b|\bhave\b"
)
_CALL = re.compile(r"(?:扣|打|发|刷|回复|\btype|\bcomment|\bsend|\bdrop)[\s\"'“”‘’]*$")


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that the sheet states: where, and the words that follow it."""

    slot: str
    value: Fraction
    unit: str
    after: str


class Sheet:
    """The truth about one listing at one moment, or about none (`listing` None).

    `extra` are further clauses known to be true, by slot (the persona's facts, an order's own
    words).
    """

    def __init__(
        self,
        listing: Listing | None,
        quote: Quote | None,
        extra: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.listing, self.quote = listing, quote
        self._facts: list[Fact] = []
        self._claims: dict[str, set[str]] = {}
        self._clauses: set[str] = set()
        for slot, text in (*_texts(listing), *extra):
            self._learn(slot, text)

    def _learn(self, slot: str, text: str) -> None:
        for clause in split(text):
            self._clauses.add(bare(clause))
            for n in find(clause):
                self._facts.append(Fact(slot, n.value, n.unit, n.after))
            for claim in lexicon().claims(clause):
                self._claims.setdefault(claim.name, set()).add(claim.polarity)

    def verbatim(self, clause: str) -> bool:
        """Whether the clause stands in the sheet word for word."""
        return bare(clause) in self._clauses

    # ---- claims

    def supports(self, claim: Claim, clause: str) -> bool:
        """Whether the sheet makes the same claim with the same polarity, or the ledger does.

        A clause that names a colour or size is judged by the stock of those variants.
        """
        stated = claim.polarity in self._claims.get(claim.name, ())
        return stated or (claim.kind == "ledger" and self._by_ledger(claim, clause))

    def _by_ledger(self, claim: Claim, clause: str) -> bool:
        if self.quote is None or not self.quote.variants or self.listing is None:
            return False
        chosen = variant_quotes(self.quote, self.listing, clause)
        quote = replace(self.quote, variants=tuple(chosen))
        truth = {
            "in_stock": quote.left > 0,
            "sold_out": quote.left == 0,
            "scarce": 0 < quote.left <= 10,
            "presale": quote.presale_left > 0,
            "discount": quote.was is not None and quote.was > quote.price,
            "flash": quote.flash_until > 0,
        }[claim.name]
        return truth == (claim.polarity == "yes")

    # ---- numbers

    def binds(self, number: Number, clause: str, sentence: str) -> bool:
        """Whether `number`, found in `clause` of `sentence`, is true where it stands."""
        text = normalise(clause)
        if not number.unit and _CALL.search(number.before) and number.value < 10_000:
            return True  # "扣1": what to type, not a quantity
        if number.unit.startswith("money:"):
            return self._price(number, text, sentence) or self._stated(number, text, sentence)
        if number.unit == "date":
            return self._date(number) or self._stated(number, text, sentence)
        if number.unit == "link":
            return self.listing is not None and number.value == self.listing.number
        if number.unit == "size":
            return self._size(number)
        if number.unit in ("piece", "people", ""):
            return self._pieces(number, text, sentence) or self._stated(number, text, sentence)
        if number.unit == "kinds" and self._kinds(number, text):
            return True
        if number.unit in ("mass", "length") and self._fits(number, text, sentence):
            return True
        return bool(number.unit) and self._stated(number, text, sentence)

    def _stated(self, number: Number, text: str, sentence: str) -> bool:
        slots = slots_in(text) or slots_in(normalise(sentence).split(text)[0])
        following = _word(number.after)
        for fact in self._facts:
            if (fact.value, fact.unit) != (number.value, number.unit):
                continue
            # Standard slots must agree; "48 hours" of dispatch is no time to return things.
            if slots and fact.slot not in slots and fact.slot in _KNOWN_SLOTS:
                continue
            if number.unit in ("percent", "piece", "kinds", "times", "") and following:
                # 92% of what? The words that follow must be those of the fact.
                if following in normalise(fact.after) or _word(fact.after) in number.after:
                    return True
                continue
            return True
        return False

    def _price(self, number: Number, text: str, sentence: str) -> bool:
        quote = self.quote
        if quote is None or not quote.variants:
            return False
        currency = quote.variants[0].price.currency
        if number.unit != f"money:{currency}":
            return False
        amount = number.value * (1 if currency in ("JPY", "KRW") else 100)
        if amount.denominator != 1:
            return False
        minor = amount.numerator
        chosen = variant_quotes(quote, self.listing, text) if self.listing else quote.variants
        prices = {v.price.minor for v in chosen}
        was = {v.was.minor for v in chosen if v.was}
        if _SAVE.search(number.before) or _SAVE.match(number.after.lstrip()):
            return minor in {v.was.minor - v.price.minor for v in chosen if v.was}
        if _last(_WAS, number.before) > _last(_NOW, number.before) or _WAS.match(
            number.after.lstrip()
        ):
            return minor in was
        count = self._count(text, sentence)
        if count > 1 and not _EACH.search(number.before + number.after[:8]):
            return minor in {p * count for p in prices}
        return minor in prices

    def _count(self, text: str, sentence: str) -> int:
        """How many pieces a price is for; 1 unless the words say otherwise."""
        for words in (text, sentence if _TOTAL.search(text) else ""):
            for n in find(words):
                stock = _STOCK.search(n.before) or _SOLD.search(n.before) or _LIMIT.search(n.before)
                if n.unit == "piece" and n.value > 1 and not stock:
                    return int(n.value)
        return 1

    def _pieces(self, number: Number, text: str, sentence: str) -> bool:
        quote, listing = self.quote, self.listing
        around = number.before + text[number.start : number.end] + number.after
        if quote is not None and quote.variants and listing is not None:
            chosen = variant_quotes(quote, listing, text)
            if len(chosen) == len(quote.variants):  # "黑色L有的，还剩30件": named just before
                chosen = variant_quotes(quote, listing, normalise(sentence).split(text)[0])
            on_hand = {sum(v.on_hand for v in chosen)}
            if len(chosen) == len(quote.variants):
                on_hand.add(quote.left)
            if _LIMIT.search(around):
                return bool(listing.limit) and number.value == listing.limit
            if _PRESALE.search(around):
                return number.value in {sum(v.presale for v in chosen), quote.presale_left}
            if _SOLD.search(around):
                return number.value == quote.sold
            if _STOCK.search(around) or text[number.start : number.end].endswith(
                ("left", "stock", "available", "remaining")
            ):
                return number.value in on_hand
        elif _STOCK.search(around) or _SOLD.search(around) or _LIMIT.search(around):
            return False
        if number.unit != "piece":
            return False
        if number.value == 1:
            return True  # "a jacket": an article, not a count
        # A quantity is fine where its total is also said; the money is proved by itself.
        return any(n.unit.startswith("money:") for n in find(sentence))

    def _date(self, number: Number) -> bool:
        dates = [v.ships_by for v in self.quote.variants if v.ships_by] if self.quote else []
        return number.value in {d.month * 100 + d.day for d in dates}

    def _size(self, number: Number) -> bool:
        sizes = self._sizes()
        return any(re.match(rf"{number.value}(?!\d)", normalise(s)) for s in sizes)

    def _sizes(self) -> set[str]:
        if self.listing is None:
            return set()
        product = self.listing.product
        return {v.size for v in product.variants if v.size} | {r.size for r in product.sizes}

    def _kinds(self, number: Number, text: str) -> bool:
        if self.listing is None:
            return False
        product = self.listing.product
        if "色" in text or "colo" in text:
            return number.value == len({tuple(v.colour.items()) for v in product.variants})
        if "码" in text or "size" in text:
            return number.value == len({v.size for v in product.variants})
        return number.value == 1

    def _fits(self, number: Number, text: str, sentence: str) -> bool:
        if self.listing is None:
            return False
        rows = [r for r in self.listing.product.sizes if size_in(r.size, text)]
        if not rows:
            rows = [r for r in self.listing.product.sizes if size_in(r.size, sentence)]
        if number.unit == "mass":
            return any(r.kg and within(number.value / 1000, r.kg) for r in rows)
        return any(r.cm and within(number.value / 10, r.cm) for r in rows)


_KNOWN_SLOTS = frozenset(slot for slot, _ in _SLOT_WORDS)
# A mark ends a clause; a dot or comma between digits is part of a number.
_CLAUSE = re.compile(r"(?<!\d)[,.]|[,.](?!\d)|[，。！？!?；;：、…~～\n—]|:(?!\d)")
_SENTENCE_END = "。！？!?；;…\n."


def split(text: str) -> list[str]:
    """Clauses with their closing mark; joined again they are the text."""
    parts: list[str] = []
    start = 0
    for m in _CLAUSE.finditer(text):
        if m[0] == "、":  # a list such as 黑色、红色 stays whole
            continue
        parts.append(text[start : m.end()])
        start = m.end()
    if start < len(text):
        parts.append(text[start:])
    return parts


def ends_sentence(clause: str) -> bool:
    """Whether a clause closes its sentence."""
    return clause.rstrip().endswith(tuple(_SENTENCE_END))


def bare(clause: str) -> str:
    """A clause without marks, spaces and case, for comparing word for word."""
    return re.sub(r"[\W_]+", "", normalise(clause))


def slots_in(text: str) -> set[str]:
    """Which standard slots the words of a clause speak of."""
    return {slot for slot, pattern in _SLOT_WORDS if pattern.search(text)}


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def _word(text: str) -> str:
    """The first content word after a number: two Chinese characters or one English word."""
    m = re.match(r"[\s的]*(?:of |in )?([一-鿿]{1,2}|[a-z]+)", normalise(text))
    return m[1] if m else ""


def _texts(listing: Listing | None) -> Iterable[tuple[str, str]]:
    if listing is None:
        return
    product = listing.product
    for slot, texts in product.facts.items():
        for text in texts.values():
            yield slot, text
    for entry in product.faq:
        for text in entry.say.values():
            yield "faq", text
    for text in product.title.values():
        yield "title", text
    for variant in product.variants:
        yield "size", variant.size
        for colour in variant.colour.values():
            yield "colour", colour
