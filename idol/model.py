"""The frozen data that flows between the rooms.

No behaviour beyond derived values; pydantic stands at the edges (files, sockets), these
stand inside. Times in samples are 48 kHz media time (`idol.clock`); times in seconds are
Unix time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Language = Literal["zh", "en"]
# fmt: off
Emotion = Literal[
    "neutral", "happy", "excited", "shy", "surprised", "thinking", "laughing", "loving",
    "touched", "playful", "proud", "relaxed", "sad", "worried", "pouting",
]
Gesture = Literal[
    "none", "wave", "point", "count", "heart", "clap", "bow", "present", "think", "cheer",
    "surprise", "nod",
]
# fmt: on
Viseme = Literal[
    "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou"
]
CueKind = Literal["emotion", "gesture", "card", "hide_card", "price", "sold_out"]
Source = Literal["script", "fact", "model", "operator", "reply"]
Light = Literal["day", "night", "auto"]
Activity = Literal["idle", "listening", "thinking", "speaking", "waiting", "celebrating"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
EMOTIONS: tuple[Emotion, ...] = get_args(Emotion)
GESTURES: tuple[Gesture, ...] = get_args(Gesture)
VISEMES: tuple[Viseme, ...] = get_args(Viseme)
CUE_KINDS: tuple[CueKind, ...] = get_args(CueKind)

Pcm = npt.NDArray[np.int16]
"""48 kHz mono signed 16-bit samples, shape (n,)."""


AI_LABEL: dict[Language, str] = {"zh": "AI 虚拟主播", "en": "AI virtual host"}
"""What she always wears; no setting takes it off."""

# ---- people and what they say


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who wrote. `id` is stable for one browser or platform account; `name` is untrusted text."""

    id: str
    name: str
    platform: str = "web"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One line of chat, already cleaned of control characters and cut to the length limit."""

    id: str
    viewer: Viewer
    text: str
    at: float
    language: Language = "zh"


# ---- what she says


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to show at a place in the text: fires when the character at `at` is heard.

    `value` is a feeling (`idol.feelings`), a gesture, or a listing number in decimal, by `kind`.
    """

    kind: CueKind
    at: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say, before it has a turn: what a brain or a script yields."""

    text: str
    language: Language
    source: Source
    emotion: str = "neutral"
    """An emotion or a mix, as `idol.feelings` reads it."""
    cues: tuple[Cue, ...] = ()
    listing: int | None = None
    """The product that the numbers in `text` speak of."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A proved line with its place in the show. `turn` rises at every interruption."""

    id: str
    turn: int
    seq: int
    line: Line
    segment: str = ""
    reply_to: str = ""
    """Id of the chat message that this answers, or empty."""
    line_id: str = ""
    """For a line of the script: its own id, the same in every show while its words are."""


@dataclass(frozen=True, slots=True)
class VisemeEvent:
    """From sample `at` of its utterance on, the mouth shows `viseme` until the next event."""

    at: int
    viseme: Viseme
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Character `char` of the line's text begins to sound at sample `at` of the utterance."""

    at: int
    char: int


@dataclass(frozen=True, slots=True)
class TimedCue:
    """A cue placed in time: samples from the start of its utterance."""

    at: int
    cue: Cue


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """At most 500 ms of one utterance, in order; all `at` count from the utterance's start.

    `visemes`, `marks` and `cues` are those that begin inside this chunk.
    """

    utterance: str
    turn: int
    seq: int
    index: int
    start: int
    pcm: Pcm
    visemes: tuple[VisemeEvent, ...] = ()
    marks: tuple[Mark, ...] = ()
    cues: tuple[TimedCue, ...] = ()
    last: bool = False
    text: str = ""
    """The whole caption, on the first chunk only."""
    emotion: str = "neutral"
    language: Language = "zh"


# ---- what the picture shows


@dataclass(frozen=True, slots=True)
class CardView:
    """A product card as drawn in the picture. All texts are final; nothing is computed there."""

    listing: int
    title: str
    price: str
    was: str = ""
    stock: str = ""
    state: Literal["live", "sold_out", "presale"] = "live"
    picture: str = ""
    """File path of a PNG with alpha, or empty."""
    deadline: float = 0.0
    """Unix time at which a countdown ends; 0 for none."""
    sponsor: str = ""


Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of all that lies over the picture; pairs are the two ends of a gradient.

    Files and their checks: `avatar.overlay.themes`. The default is the house's own, "night".
    """

    name: str = "night"
    pane: tuple[Rgb, Rgb] = ((30, 14, 58), (78, 38, 116))
    opacity: float = 0.84
    edge: tuple[Rgb, Rgb] = ((255, 206, 236), (196, 160, 255))
    text: Rgb = (255, 255, 255)
    soft: Rgb = (222, 208, 246)
    accent: tuple[Rgb, Rgb] = ((255, 92, 158), (255, 138, 112))
    on_accent: Rgb = (255, 255, 255)
    shine: Rgb = (255, 214, 130)
    on_shine: Rgb = (74, 24, 40)
    good: Rgb = (132, 238, 214)
    price: tuple[Rgb, Rgb] = ((255, 240, 200), (255, 160, 176))
    glow: float = 0.55
    tile: tuple[Rgb, Rgb] = ((255, 246, 250), (255, 205, 226))
    stamp: tuple[Rgb, Rgb] = ((120, 12, 52), (255, 232, 240))
    presale: tuple[Rgb, Rgb] = ((104, 110, 246), (164, 96, 238))
    corner: float = 26.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything around her: host side owns it, the studio only draws it."""

    language: Language = "zh"
    cards: tuple[CardView, ...] = ()
    """Every card that a cue may show, by listing number."""
    ai_label: str = AI_LABEL["en"]
    sponsor_label: str = ""
    activity: Activity = "idle"
    captions: bool = True
    thanks: str = ""
    """A buyer's name to celebrate, or empty."""
    theme: Theme = Theme()
    light: Light = "auto"
    """Day or night on the stage; `auto` leaves it to the stage, and then to the clock."""


# ---- what the studio sends and reports


@dataclass(frozen=True, slots=True)
class Packet:
    """One encoded picture or 20 ms of Opus. `pts` in media samples. H.264 is Annex B.

    `rung` 0 is the full picture; higher ones are smaller encodes of it for slow lines.
    """

    kind: Literal["audio", "video"]
    pts: int
    key: bool
    data: bytes
    rung: int = 0


@dataclass(frozen=True, slots=True)
class Chapter:
    """From media time `pts` on, the show is about this: for those who look for it afterwards."""

    pts: int
    title: str


@dataclass(frozen=True, slots=True)
class Played:
    """How far an utterance has been heard. `done` is sent once, at its end or when cut."""

    utterance: str
    turn: int
    chars: int
    pts: int
    started: bool = False
    done: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class CueFired:
    """A cue took effect in the picture at media time `pts`."""

    utterance: str
    cue: Cue
    pts: int


# ---- the shop


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """Integer minor units with an ISO 4217 currency: Money(8990, "CNY") is ¥89.90."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing that can be bought. Colour and size are empty where the product has none."""

    sku: str
    colour: dict[Language, str] = field(default_factory=dict)
    size: str = ""


@dataclass(frozen=True, slots=True)
class SizeRow:
    """One row of a size chart: body weight in kg and height in cm, inclusive ranges."""

    size: str
    kg: tuple[float, float] | None = None
    cm: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Faq:
    """Ways to ask, and the one proved answer in each language."""

    ask: tuple[str, ...]
    say: dict[Language, str]


@dataclass(frozen=True, slots=True)
class Product:
    """What is true about a product apart from money and stock, which the ledger alone knows.

    `facts` maps a slot (material, weight, care, shipping, returns, origin, warranty, ...)
    to one clause in each language.
    """

    id: str
    title: dict[Language, str]
    variants: tuple[Variant, ...]
    facts: dict[str, dict[Language, str]] = field(default_factory=dict)
    sizes: tuple[SizeRow, ...] = ()
    faq: tuple[Faq, ...] = ()
    aliases: tuple[str, ...] = ()
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A numbered link of this show (1号链接) for one product."""

    number: int
    product: Product
    limit: int = 0
    """Pieces that one viewer may hold and own; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class VariantQuote:
    """What the ledger holds for one variant at this moment."""

    sku: str
    price: Money
    was: Money | None
    on_hand: int
    """Pieces in stock that nobody holds."""
    presale: int = 0
    """Pieces that may still be presold."""
    ships_by: date | None = None
    """The promised date of the next piece sold."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A listing as the ledger holds it now; the only source of spoken numbers."""

    listing: int
    variants: tuple[VariantQuote, ...]
    sold: int = 0
    flash_until: float = 0.0

    @property
    def left(self) -> int:
        return sum(v.on_hand for v in self.variants)

    @property
    def presale_left(self) -> int:
        return sum(v.presale for v in self.variants)

    @property
    def price(self) -> Money:
        """The lowest price among the variants."""
        return min(v.price for v in self.variants)

    @property
    def was(self) -> Money | None:
        """The struck-out price that goes with `price`."""
        return min(self.variants, key=lambda v: v.price).was

    @property
    def ships_by(self) -> date | None:
        dates = [v.ships_by for v in self.variants if v.ships_by]
        return min(dates) if dates else None

    def variant(self, sku: str) -> VariantQuote | None:
        return next((v for v in self.variants if v.sku == sku), None)
