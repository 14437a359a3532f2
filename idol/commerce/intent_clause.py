"""One clause of a line: what it names, what kind of saying it is, what no rule explains. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from idol.commerce import intent_words as words
from idol.commerce.intent_stance import stance
from idol.commerce.lexicon import Lexicon, Token
from idol.commerce.outcomes import IntentKind

_COULD = re.compile(
    r"^(?:请问)?(?:可以|可不可以|能不能|可否|能否|能)(?=来|给|帮|替)|(?:吗|么|嘛)[?？]?$"
)
"""What makes of an order a polite one."""
_HAN = re.compile("[\u3400-\u9fff]")
_LAST_ONE = re.compile(r"□[□\s]*(?:please)?[\s!]*")


@dataclass(slots=True)
class Clause:
    """A clause as read. `kind` is "order", "none", or what speaks against an order."""

    text: str
    tokens: list[Token]
    residue: str
    kind: str = "none"
    strong: bool = False
    bare: bool = False
    left: int = 0
    polite: bool = False
    """An order in the form of a question."""


def spoken(part: str, lexicon: Lexicon) -> list[Clause]:
    """A stretch without punctuation. Chinese has no spaces, so there a space is a comma where one
    side alone is a whole order: "黑色L两件 已老实 求发货"."""
    pieces = part.split()
    if len(pieces) > 1 and any("\u3400" <= char <= "\u9fff" for char in part):
        clauses = [read(piece, lexicon) for piece in pieces]
        named = [c for c in clauses if any(t.kind != "other" for t in c.tokens)]
        whole = [c for c in named if c.kind == "order" and (len(named) == 1 or complete([c]))]
        rest = [c for c in named if c not in whole]
        open_ = any((c.bare and names_goods(c)) or complete([c]) for c in rest)
        if whole and not open_:
            return clauses
    return [read(part, lexicon)]


def praised(clause: Clause) -> bool:
    kinds = {token.kind for token in clause.tokens}
    praise = words.PRAISE.search(clause.text)
    return bool(clause.kind == "none" and praise and kinds and kinds <= {"colour", "size"})


def coloured(clause: Clause) -> bool:
    """A colour named ahead of the order, in a clause that says little else."""
    kinds = [token.kind for token in clause.tokens]
    return clause.kind == "none" and kinds == ["colour"] and clause.left <= 4


def named_ahead(clause: Clause) -> bool:
    """A thing named ahead of the order, with next to nothing else: "4号120g来嘛，要一个"."""
    kinds = {token.kind for token in clause.tokens}
    wares = bool(kinds) and kinds <= {"listing", "product", "colour", "size"}
    return clause.kind == "none" and wares and clause.left <= 1


def joined(clauses: list[Clause]) -> tuple[str, list[Token]]:
    """These clauses as one line, and their tokens at their places in it."""
    tokens: list[Token] = []
    line = ""
    for clause in clauses:
        for t in clause.tokens:
            tokens.append(replace(t, start=t.start + len(line), end=t.end + len(line)))
        line += clause.text + ", "
    return line, tokens


def read(text: str, lexicon: Lexicon) -> Clause:
    text = text.strip()
    tokens, residue = lexicon.scan(text)
    clause = Clause(text, tokens, residue)
    stripped = _without_exclusions(text, clause)
    asked = stripped
    polite = words.POLITE.search(stripped)
    head = words.POLITE_TAIL.sub("", stripped)
    trigger = words.TRIGGER.search(residue)
    if polite or (trigger and head != stripped and not words.QUESTION.search(head)):
        asked = re.sub(r"[吗么嘛不没]$", "", words.POLITE.sub("", head))
    goods = [t for t in clause.tokens if t.kind != "or"]
    residue = clause.residue
    if polite:
        clause.polite = True
        residue = _COULD.sub(" ", residue)
    rest = words.FILLER.sub(" ", words.TRIGGER.sub(" ", residue))
    clause.left = weight(rest)
    if words.BARE_ORDER.search(words.POLITE_TAIL.sub("", text)):
        clause.kind, clause.strong, clause.left = "order", True, 0
        return clause
    for kind, pattern in (
        ("negative", words.NEGATIVE),
        ("past", words.PAST),
        ("question", words.QUESTION),
        ("bargain", words.BARGAIN),
        ("deferred", words.DEFERRED),
        ("others", words.OTHERS),
        ("talk", words.TALK),
    ):
        if pattern.search(asked if kind in ("question", "past") else stripped):
            clause.kind = kind
            return clause
    clause.kind = stance(clause.residue) or "none"
    if clause.kind != "none":
        return clause
    if any(t.kind == "other" for t in clause.tokens):
        clause.kind = "none"
        return clause
    clause.bare = bool(goods) and clause.left == 0
    kinds = {token.kind for token in clause.tokens}
    counted = "quantity" in kinds
    loose = any(_foreign(t, text, clause.residue) for t in clause.tokens)
    if clause.left and (not trigger or (loose and not names_goods(clause))):
        return clause
    if trigger and goods and clause.left <= 16:
        clause.strong = counted or names_goods(clause) or clause.left == 0
    elif clause.bare and words.PLEASE.search(text) and kinds - {"listing"}:
        clause.strong = True
    if clause.strong or (
        clause.bare
        and (
            (counted and "number" not in kinds)
            or (names_goods(clause) and any(_counts(t, clause) for t in clause.tokens))
            or (
                kinds & {"product", "listing"}
                and _LAST_ONE.fullmatch(residue)
                and text[clause.tokens[-1].start :].startswith("one")
            )  # "teal lamp one"
            or ({"colour", "size"} <= kinds and not words.PRAISE.search(text))
        )
    ):
        clause.kind = "order"
    return clause


def agreed(clauses: list[Clause]) -> bool:
    """ "Yes please, graphite black": a plea and something named, each in a clause of its own."""
    pleas = [c for c in clauses if not c.tokens and not c.left and words.PLEASE.search(c.text)]
    named = [c for c in clauses if c.bare and names_goods(c)]
    return bool(pleas and named) and len(pleas) + len(named) == len(clauses)


def set_aside(clauses: list[Clause], ordering: list[int]) -> None:
    """A refusal of another product ("外套不要了") says nothing of what is ordered."""
    wanted = {t.value for i in ordering for t in clauses[i].tokens if t.kind == "product"}
    for clause in clauses:
        refused = {t.value for t in clause.tokens if t.kind == "product"}
        if clause.kind == "negative" and refused and wanted and not refused & wanted:
            clause.kind = "aside"


def is_quoted(clauses: list[Clause], ordering: list[int]) -> bool:
    """Whether what is ordered is itself what somebody says: in one clause with it, or announced."""
    own = not ordering or any(words.QUOTED.search(clauses[i].text) for i in ordering)
    return own or any(i and words.ANNOUNCED.search(clauses[i - 1].text) for i in ordering)


def against_it(clauses: list[Clause], ordering: list[int]) -> IntentKind | None:
    """What a clause of its own says against an order; the whole line's sound may outweigh it."""
    kinds = [c.kind for c in clauses]
    own = any(c.strong and words.OWN.search(c.text) for c in clauses[ordering[0] :])
    if "negative" in kinds[ordering[-1] :]:
        return "negative"
    if "deferred" in kinds:
        return "conditional"
    if "bargain" in kinds or "talk" in kinds or ("others" in kinds and not own):
        return "question"
    if "past" in kinds:
        last = max(i for i, kind in enumerate(kinds) if kind == "past")
        if not any(i > last and clauses[i].strong for i in ordering):
            return "past"
    return None


def complete(clauses: list[Clause]) -> bool:
    """Without a trigger: a quantity and a variant or product, and nothing else at all."""
    tokens = [t for c in clauses for t in c.tokens]
    counted = any(t.kind in ("quantity", "number") for t in tokens)
    return counted and any(t.kind in ("colour", "size", "product", "listing") for t in tokens)


def _foreign(token: Token, text: str, residue: str) -> bool:
    """Whether what is counted may be no ware of ours: 一个, or "一件" of an unknown noun."""
    if token.kind != "quantity":
        return False
    after = words.FILLER.sub(" ", words.TRIGGER.sub(" ", residue[token.end :]))
    return text[token.end - 1] == "个" or bool(_HAN.match(after))


def _counts(token: Token, clause: Clause) -> bool:
    """Whether a bare number is a quantity: not "an L", nor the "one" of "the red one"."""
    word = clause.text[token.start : token.end]
    if token.kind != "number" or word in ("a", "an"):
        return False
    return word != "one" or all(t.start >= token.start for t in clause.tokens)


def names_goods(clause: Clause) -> bool:
    return any(t.kind in ("colour", "size", "product", "listing") for t in clause.tokens)


def _without_exclusions(text: str, clause: Clause) -> str:
    """Drop "不要黑色的", "not red" when something else is said too; their tokens go with them."""
    for token in [t for t in clause.tokens if t.kind in ("colour", "size")]:
        behind = re.match(r"的?都?(?:不要|不行|没了就算了)(?!了|吗)", text[token.end :])
        if behind and not text[: token.start].strip() and len(clause.tokens) == 1:
            end = token.end + len(behind[0])
            clause.tokens, clause.residue = [], clause.residue[end:]
            return text[end:]  # "黑色的不要"
    for match in words.EXCLUDING.finditer(text):
        nexts = [t for t in clause.tokens if t.start == match.end()]
        if not nexts or nexts[0].kind not in ("colour", "size"):
            continue
        end = nexts[0].end
        for t in clause.tokens:  # "not the coral S": all that was named together
            if t.start >= end and not text[end : t.start].strip() and t.kind in ("colour", "size"):
                end = t.end
        if re.match(r"的?(?:我)?(?:了|都不)", text[end:]):
            continue
        clause.tokens = [t for t in clause.tokens if not match.end() <= t.start < end]
        blank = " " * (end - match.start())
        text = text[: match.start()] + blank + text[end:]
        clause.residue = clause.residue[: match.start()] + blank + clause.residue[end:]
    return text


def weight(rest: str) -> int:
    """How much is unexplained: Chinese characters, and words of Latin letters as two."""
    latin = len(re.findall(r"[a-z]+", rest))
    return len(re.findall(r"[\u3400-\u9fff]", rest)) + 2 * latin
