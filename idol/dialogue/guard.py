"""The one gate before the voice: every clause of every source is proved or dropped.

A clause passes when each number in it is bound to its unit and slot (`sheet`), each claim is
supported (`claims`), nothing in it is a placeholder without a value, and, for a language
model, it is in the right language and stays in character. Dropping moves the cues along.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from idol.dialogue.claims import Claim, lexicon
from idol.dialogue.knowledge import PLACEHOLDER, values
from idol.dialogue.numbers import find, normalise
from idol.dialogue.persona import Persona
from idol.dialogue.sheet import Sheet, ends_sentence, split
from idol.errors import IdolError
from idol.model import Cue, Line, Listing, Quote
from idol.ports import Ledger

_UNSAFE = re.compile(
    r"https?:|www\.|\.com\b|\.cn\b|@\w|微信|加我|私信我|扫码|\bwhatsapp\b|\btelegram\b|\bpaypal\.me\b"
    r"|\bidiot|\bstupid\b|\bfuck|\bshit\b|\bbitch|傻[逼b]|笨蛋|去死|他妈|滚(?:开|蛋)|废物|脑残"
)
_OUT_OF_CHARACTER = re.compile(
    r"语言模型|人工智能助手|ai助手|通义|千问|阿里|openai|chatgpt|作为一[个名]|编程|代码"
    r"|\blanguage model|\bai assistant|\bas an ai\b|\bqwen\b|\balibaba|\banthropic|\bpython\b"
    r"|\bcode\b|<\||\|>|\*\*|```|^#|^\d+[.)]|^[-*•]\s|\bassistant:|\buser:|\[|\]|\{|\}|规则|提示词"
    r"|帮你的吗|帮您|帮助你|希望这能|对不起|抱歉|[男女]朋友|结婚|《"
    r"|\bsystem prompt|\binstructions\b|\brules\b"
    r"|assist with|how can i help|can i help|i'm sorry"
    r"|i apologi[sz]e|\b(?:boy|girl)friend|\bmarried\b"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`line` holds the clauses that were proved; `reasons` say why the others were not."""

    ok: bool
    line: Line
    reasons: tuple[str, ...] = ()


class Guard:
    """Proves lines against the listings, the ledger's numbers at this moment, and the persona."""

    def __init__(self, listings: Mapping[int, Listing], ledger: Ledger, persona: Persona) -> None:
        self._listings, self._ledger, self._persona = listings, ledger, persona
        titles = {t for x in listings.values() for t in x.product.title.values() if t}
        self._titles = sorted(titles, key=len, reverse=True)
        self._known: dict[tuple[int | None, tuple[str, ...]], tuple[Quote | None, Sheet]] = {}

    def prove(self, line: Line, given: Iterable[str] = ()) -> Verdict:
        """Drop each clause that cannot be proved; `ok` is false if nothing is left.

        Placeholders that still stand in `line` are filled first, from the same quote that
        then proves the numbers. `given` are texts known to be true here, such as the words of
        a committed order ("2件黑色L").
        """
        given = tuple(given)
        line = self._filled(line)
        kept: list[tuple[int, int]] = []
        reasons: list[str] = []
        at, clauses = 0, split(line.text)
        for i, clause in enumerate(clauses):
            why = self._doubt(line, clause, _sentence(clauses, i), given)
            if why:
                reasons.append(f"{clause.strip()}: {why}")
            elif clause.strip():
                kept.append((at, at + len(clause)))
            at += len(clause)
        proved = _keep(line, kept) if reasons else line
        return Verdict(bool(re.search(r"\w", proved.text)), proved, tuple(reasons))

    # ---- one clause

    def _untitled(self, clause: str) -> str:
        """A clause without the products' names: "wool scarf" is what it is called, not a claim."""
        for title in self._titles:
            clause = clause.replace(title, " ")
        return clause

    def _doubt(self, line: Line, clause: str, sentence: str, given: tuple[str, ...]) -> str:
        """Why a clause may not be said, or empty."""
        text = normalise(clause)
        if slot := PLACEHOLDER.search(clause):
            return f"{{{slot[1]}}} has no value now"
        if _UNSAFE.search(text):
            return "not fit to be said"
        if line.source == "model" and (why := _strange(line, clause, text)):
            return why
        sheets = self._sheets(line, clause, sentence, given)
        claims = lexicon().claims(clause)
        if never := next((c for c in claims if c.kind == "never" and c.polarity == "yes"), None):
            return f"{never.words!r} is a claim nobody may make ({never.name})"
        if any(sheet.verbatim(clause) for sheet in sheets):
            return ""
        for claim in lexicon().claims(self._untitled(clause)):
            if given and claim.name == "reserve":
                continue  # the shop has committed what `given` says
            if not self._supported(claim, clause, line, sheets):
                return f"{claim.words!r} is not on the sheet ({claim.name}, {claim.polarity})"
        for number in find(clause):
            if number.unit in ("kinds", "link") and self._counts(number.value, number.unit):
                continue
            if not any(sheet.binds(number, clause, sentence) for sheet in sheets):
                words = normalise(clause)[number.start : number.end]
                return f"the number {words!r} is not bound to a fact ({number.unit or 'no unit'})"
        return ""

    @staticmethod
    def _supported(claim: Claim, clause: str, line: Line, sheets: list[Sheet]) -> bool:
        if claim.kind == "never":
            return True  # only its denial gets here
        if claim.polarity == "open" and line.source != "model":
            return True  # "I'll ask the team whether it is waterproof"
        return any(sheet.supports(claim, clause) for sheet in sheets)

    def _counts(self, value: object, unit: str) -> bool:
        if unit == "link":
            return any(value == number for number in self._listings)
        return value == len(self._listings)

    # ---- what is true here

    def _sheets(
        self, line: Line, clause: str, sentence: str, given: tuple[str, ...]
    ) -> list[Sheet]:
        """The sheets a clause may draw on: the listings it names, else those its sentence
        named before, else the line's own."""
        named = self._named(clause) or self._named(sentence[: sentence.find(clause)])[-1:]
        numbers: list[int | None] = [*named] or [line.listing]
        return [self._sheet(number, given) for number in numbers]

    def _named(self, text: str) -> list[int]:
        numbers = (int(n.value) for n in find(text) if n.unit == "link")
        return [n for n in numbers if n in self._listings]

    def _sheet(self, number: int | None, given: tuple[str, ...]) -> Sheet:
        quote = self._quote(number)
        known = self._known.get((number, given))
        if known is not None and known[0] == quote:
            return known[1]
        extra = [(slot, t) for slot, ts in self._persona.facts.items() for t in ts.values()]
        extra += [("given", text) for text in given]
        listing = self._listings.get(number) if number is not None else None
        sheet = Sheet(listing, quote, extra)
        if not given:
            self._known[number, given] = quote, sheet
        return sheet

    def _quote(self, number: int | None) -> Quote | None:
        if number is None:
            return None
        try:
            return self._ledger.quote(number)
        except IdolError:
            return None  # without a ledger no number is true; words still pass

    def _filled(self, line: Line) -> Line:
        if line.source == "model" or not PLACEHOLDER.search(line.text):
            return line
        listing = self._listings.get(line.listing) if line.listing is not None else None
        known = values(self._quote(line.listing), listing, line.language)
        if host := self._persona.name.get(line.language):
            known["host"] = host
        text, cues, end = "", list(line.cues), 0
        for m in PLACEHOLDER.finditer(line.text):
            text += line.text[end : m.start()] + known.get(m[1], m[0])
            end = m.end()
            grown = len(text) - end
            cues = [
                replace(new, at=old.at + grown) if old.at >= m.end() else new
                for old, new in zip(line.cues, cues, strict=True)
            ]
        return replace(line, text=text + line.text[end:], cues=tuple(cues))


def _strange(line: Line, clause: str, text: str) -> str:
    if _OUT_OF_CHARACTER.search(text.strip()):
        return "out of character"
    han, letters = len(_HAN.findall(clause)), len(_LETTER.findall(clause))
    if line.language == "zh" and letters > 12 and letters > han:
        return "not in Chinese"
    if line.language == "en" and han:
        return "not in English"
    if len(clause) > (60 if line.language == "zh" else 160):
        return "too long"
    return ""


def _sentence(clauses: list[str], i: int) -> str:
    """The sentence that clause `i` stands in."""
    start = i
    while start and not ends_sentence(clauses[start - 1]):
        start -= 1
    end = i
    while end < len(clauses) - 1 and not ends_sentence(clauses[end]):
        end += 1
    return "".join(clauses[start : end + 1])


def _keep(line: Line, spans: list[tuple[int, int]]) -> Line:
    """The line cut down to some spans of its text. A cue inside what is dropped moves to the
    next place that is heard, except cues that speak of the dropped words (price, card)."""
    text, cues = "", []
    for n, (start, end) in enumerate(spans):
        before = spans[n - 1][1] if n else 0
        for cue in line.cues:
            if start <= cue.at < end or (n == len(spans) - 1 and cue.at == end == len(line.text)):
                cues.append(replace(cue, at=len(text) + cue.at - start))
            elif before <= cue.at < start and cue.kind in ("emotion", "gesture"):
                cues.append(Cue(cue.kind, len(text), cue.value))
        text += line.text[start:end]
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    cues = [replace(c, at=min(max(0, c.at - lead), len(text))) for c in cues]
    if text and text[-1] in "，,、；;：:":
        text = text[:-1] + ("。" if line.language == "zh" else ".")
    return replace(line, text=text, cues=tuple(cues))
