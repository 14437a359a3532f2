"""The run of show: one YAML file, read and checked. Format: docs/write-a-show.md.

Reading is in two steps: YAML to plain data with line numbers, plain data to frozen objects
with every mistake collected. `check` returns them all; `load` raises the first.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from idol.avatar.overlay import themes
from idol.errors import BadInput
from idol.feelings import mix
from idol.model import (
    EMOTIONS,
    GESTURES,
    LANGUAGES,
    Cue,
    Faq,
    Language,
    Light,
    Line,
    Product,
    SizeRow,
    Theme,
)
from idol.show.raw import KINDS, RawProduct, RawSegment, RawShow, SegmentKind, place, plain

PLACEHOLDERS = frozenset(
    ("price", "was", "stock", "presale", "ships_by", "sold", "limit", "name", "link", "host")
)
"""What a script may leave to the ledger and the show at the moment of speaking."""

_TAG = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([^{}]*)\}")
_WORDS = ("card", "hide_card", "price", "sold_out", *EMOTIONS, *GESTURES)


@dataclass(frozen=True, slots=True)
class Tag:
    """A cue in a script line, before the line's text is filled in."""

    kind: Literal["emotion", "gesture", "card", "hide_card", "price", "sold_out"]
    value: str = ""


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line to say: pieces of text and the cues between them."""

    pieces: tuple[str | Tag, ...]
    language: Language
    where: str = ""

    @property
    def text(self) -> str:
        """The words with their placeholders, without cues."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))

    def id(self, segment: str) -> str:
        """A name that stays while the words stay, wherever the line moves: "pitch-lamp#3fa2c1"."""
        digest = hashlib.sha256(f"{self.language}\n{self.text.strip()}".encode()).hexdigest()
        return f"{segment}#{digest[:6]}"

    def line(self, listing: int | None) -> Line:
        """The line as the guard takes it: placeholders stand in it still, cues are in place."""
        text, emotion = "", "neutral"
        cues: list[Cue] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                text += piece
                continue
            value = piece.value
            if piece.kind in ("card", "price", "sold_out") and not value:
                value = str(listing or "")
            if piece.kind == "emotion" and not text:
                emotion = piece.value
            cues.append(Cue(piece.kind, len(text), value))
        return Line(text, self.language, "script", emotion, tuple(cues), listing)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the show. `seconds` bounds the kinds that wait for viewers (qa, flash)."""

    id: str
    kind: SegmentKind
    lines: tuple[ScriptLine, ...]
    product: str = ""
    seconds: float = 0.0
    price: str = ""
    """Flash price in major units, a decimal string, or empty."""
    call: str = ""
    """The bare message that buys one piece while this segment is on."""
    grant: str = ""
    """Path of the signed licence of a sponsored segment, absolute."""
    brand: str = ""

    @property
    def grant_id(self) -> str:
        """Name of the licence under which this segment airs, for the order's record."""
        return Path(self.grant).name if self.grant else ""


@dataclass(frozen=True, slots=True)
class Show:
    """A checked run of show. Listings, prices and stock come from the catalogue beside it."""

    folder: Path
    title: dict[Language, str]
    language: Language
    currency: str
    idol: str
    stage: str
    """Empty: the one that the idol likes."""
    host: dict[Language, str]
    segments: tuple[Segment, ...]
    products: dict[str, Product] = field(default_factory=dict)
    """Facts by product id, without variants: the CSV and the ledger hold those."""
    persona: dict[str, Any] = field(default_factory=dict)
    theme: Theme = field(default_factory=Theme)
    """Colours of card and captions: a theme of the house, or a file beside show.yaml."""
    light: Light = "auto"

    @property
    def csv(self) -> Path:
        return self.folder / "products.csv"


def load(folder: Path) -> Show:
    """Read `folder`/show.yaml. Raises `BadInput` with file, line and field of the first mistake."""
    show, mistakes = _read(folder)
    if mistakes or show is None:
        raise mistakes[0]
    return show


def check(folder: Path) -> list[BadInput]:
    """Every mistake in the run of show, in the order of the file; empty when it is good."""
    return _read(folder)[1]


def parse_line(text: str) -> tuple[str | Tag, ...]:
    """Split a line into text and cues. Raises `BadInput` for an unknown cue or placeholder."""
    pieces: list[str | Tag] = []
    end = 0
    for match in _TAG.finditer(text):
        if match.start() > end:
            pieces.append(text[end : match.start()])
        pieces.append(_tag(match[1].strip()))
        end = match.end()
    if end < len(text):
        pieces.append(text[end:])
    for slot in _SLOT.findall(text):
        if slot not in PLACEHOLDERS:
            raise BadInput(f"unknown placeholder {{{slot}}}", hint=_near(slot, PLACEHOLDERS))
    return tuple(pieces)


def _tag(text: str) -> Tag:
    word, _, value = text.partition(" ")
    if "+" in text or ":" in text:
        feeling = "".join(text.split())
        try:
            mix(feeling)
        except BadInput as error:
            raise BadInput(f"[{text}]: {error.what}", hint=error.hint) from None
        return Tag("emotion", feeling)
    if word in EMOTIONS:
        return Tag("emotion", word)
    if word in GESTURES:
        return Tag("gesture", word)
    if word in ("card", "hide_card", "price", "sold_out"):
        if value and not value.strip().isdigit():
            raise BadInput(f"[{text}]: a listing number must follow {word!r}")
        return Tag(cast(Any, word), value.strip())
    raise BadInput(f"unknown cue [{text}]", hint=_near(word, _WORDS))


def _near(word: str, words: Any) -> str:
    return next(iter(difflib.get_close_matches(word, list(words), 1, 0.5)), "")


def _read(folder: Path) -> tuple[Show | None, list[BadInput]]:
    file = folder / "show.yaml"
    try:
        tree = YAML(typ="rt").load(file.read_text("utf-8"))
    except FileNotFoundError:
        return None, [BadInput("there is no such file", where=str(file))]
    except UnicodeDecodeError as error:
        return None, [BadInput(f"not UTF-8 text: {error.reason}", where=str(file))]
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [BadInput(f"not YAML: {error.problem}", where=f"{file.name}:{line}")]
    except YAMLError as error:
        return None, [BadInput(f"not YAML: {error}", where=str(file))]
    if not isinstance(tree, dict):
        return None, [BadInput("the file must hold fields, such as `title:`", where=file.name)]
    try:
        raw = RawShow.model_validate(plain(tree))
    except ValidationError as error:
        return None, [_mistake(file.name, tree, item) for item in error.errors()]
    return _build(folder, tree, raw)


def _mistake(name: str, tree: Any, item: Any) -> BadInput:
    path = tuple(p for p in item["loc"] if isinstance(p, int) or p not in ("str", "[key]"))
    path = tuple(p for p in path if not (isinstance(p, str) and p.startswith("dict[")))
    hint = ""
    if item["type"] == "extra_forbidden":
        owner: type[BaseModel] = (
            RawShow if len(path) == 1 else RawSegment if path[0] == "segments" else RawProduct
        )
        hint = _near(str(path[-1]), owner.model_fields)
        what = f"unknown field {path[-1]!r}"
    elif item["type"] == "literal_error":
        what = f"{item['input']!r} is not one of {item['ctx']['expected']}"
        words = KINDS if path[-1] == "kind" else LANGUAGES
        hint = _near(str(item["input"]), words)
    else:
        what = item["msg"][0].lower() + item["msg"][1:]
    return BadInput(what, where=place(name, tree, path), hint=hint)


def _build(folder: Path, tree: Any, raw: RawShow) -> tuple[Show | None, list[BadInput]]:
    mistakes: list[BadInput] = []

    def wrong(what: str, *path: Any, hint: str = "") -> None:
        mistakes.append(BadInput(what, where=place("show.yaml", tree, path), hint=hint))

    for name in ("title", "host"):
        if raw.language not in getattr(raw, name):
            wrong(f"no {raw.language!r} text, the language of the show", name)
    products = {
        id: _product(folder, id, item, raw.language, wrong) for id, item in raw.products.items()
    }
    segments: list[Segment] = []
    for i, item in enumerate(raw.segments):
        if any(item.id == s.id for s in segments):
            wrong(f"there are two segments called {item.id!r}", "segments", i, "id")
        if item.product and item.product not in products:
            hint = _near(item.product, products)
            wrong(f"no product is called {item.product!r}", "segments", i, "product", hint=hint)
        if item.kind in ("pitch", "flash", "presale", "sponsored") and not item.product:
            wrong(f"a {item.kind} segment needs a `product`", "segments", i)
        if item.kind == "sponsored" and not item.grant:
            wrong("a sponsored segment needs a `grant`, the signed licence", "segments", i)
        if item.kind in ("qa",) and not item.seconds:
            wrong("a qa segment needs `seconds`", "segments", i)
        segments.append(
            Segment(
                id=item.id,
                kind=item.kind,
                lines=_lines(tree, i, item, raw.language, wrong),
                product=item.product,
                seconds=item.seconds,
                price=item.price,
                call=item.call,
                grant=str(folder / item.grant) if item.grant else "",
                brand=item.brand,
            )
        )
    theme = Theme()
    try:
        theme = themes.load(raw.theme, folder)
    except BadInput as error:
        wrong(str(error), "theme")
    show = Show(
        folder=folder,
        title=raw.title,
        language=raw.language,
        currency=raw.currency,
        idol=raw.idol,
        stage=raw.stage,
        light=raw.light,
        host=raw.host,
        segments=tuple(segments),
        products=products,
        persona=raw.persona,
        theme=theme,
    )
    return show, mistakes


def _product(folder: Path, id: str, raw: RawProduct, language: Language, wrong: Any) -> Product:
    if not re.fullmatch(r"[a-z0-9-]+", id):
        wrong(f"product id {id!r} may hold a-z, 0-9 and - only", "products", id)
    if language not in raw.title:
        wrong(f"no {language!r} title, the language of the show", "products", id, "title")
    if raw.picture and not (folder / raw.picture).is_file():
        near = _near(Path(raw.picture).name, [p.name for p in folder.glob("pictures/*")])
        wrong(f"no file {raw.picture!r}", "products", id, "picture", hint=near)
    return Product(
        id=id,
        title=raw.title,
        variants=(),
        facts={slot: dict(say) for slot, say in raw.facts.items()},
        sizes=tuple(SizeRow(size, row.kg, row.cm) for size, row in raw.sizes.items()),
        faq=tuple(Faq(tuple(f.ask), dict(f.say)) for f in raw.faq),
        aliases=tuple(raw.aliases),
        picture=str(folder / raw.picture) if raw.picture else "",
    )


def _lines(
    tree: Any, i: int, raw: RawSegment, language: Language, wrong: Any
) -> tuple[ScriptLine, ...]:
    lines: list[ScriptLine] = []
    for j, item in enumerate(raw.lines):
        if isinstance(item, dict):
            text = item.get(language) or item.get("say") or ""
            if not text:
                wrong(f"no {language!r} text", "segments", i, "lines", j)
                continue
        else:
            text = item
        where = place("show.yaml", tree, ("segments", i, "lines", j))
        try:
            pieces = parse_line(text)
        except BadInput as error:
            wrong(error.what, "segments", i, "lines", j, hint=error.hint)
            continue
        needs = set(_SLOT.findall(text)) - {"host"}
        if needs and not raw.product:
            wrong(
                f"{{{min(needs)}}} speaks of a product, but the segment has none",
                "segments",
                i,
                "lines",
                j,
            )
        lines.append(ScriptLine(pieces, language, where))
    return tuple(lines)
