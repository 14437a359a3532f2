"""Every plug-in point, on one page. Built-ins are registered by entry points like anyone's.

A plug-in that passes the conformance suite in `idol.testing` may be used by its name in
`idol.toml`. Engines that compute (Voice, LanguageModel, Renderer) are synchronous: each runs
in a process of its own, behind a supervised worker.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from idol.model import (
    Chapter,
    ChatMessage,
    Language,
    Line,
    Listing,
    Mark,
    Money,
    Packet,
    Pcm,
    Quote,
    Scene,
    Viseme,
    VisemeEvent,
)

# ---- voice


@dataclass(frozen=True, slots=True)
class VoiceAudio:
    """A piece of speech: 48 kHz mono PCM; `at` and `char` count from the start of the text."""

    pcm: Pcm
    visemes: tuple[VisemeEvent, ...] = ()
    marks: tuple[Mark, ...] = ()


class Voice(Protocol):
    """Text to speech. Constructed with no arguments; loading happens in `load`."""

    name: str
    languages: frozenset[Language]

    def load(self) -> None:
        """Load weights. Raises `Missing` with the command that fetches them."""

    def synthesise(self, text: str, language: Language) -> Iterator[VoiceAudio]:
        """Speak normalised text, piece by piece, in order.

        Raises `Unavailable` when this engine cannot speak it.
        """


# ---- mind


@dataclass(frozen=True, slots=True)
class Prompt:
    """One message of a conversation for a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


class LanguageModel(Protocol):
    """A model that only ever chats: it has no tool, and the guard proves what it says."""

    name: str

    def load(self) -> None:
        """Load weights or check the endpoint. Raises `Missing` or `Unavailable`."""

    def stream(
        self, prompts: Sequence[Prompt], *, max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield text as it is generated; end soon after `stop()` turns true."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the brain may know when it answers: the listings, and which one is on now."""

    listings: Mapping[int, Listing]
    current: int | None
    host_name: str
    heard: tuple[tuple[str, str], ...] = ()
    """The last exchanges as really heard: (who, text)."""


class Brain(Protocol):
    """Answers one chat message with lines to say, best first, each already proved."""

    def reply(self, message: ChatMessage, situation: Situation) -> AsyncIterator[Line]: ...


class Ledger(Protocol):
    """The one source of numbers: a read of what is committed now. Never blocks on a writer."""

    def quote(self, listing: int) -> Quote:
        """Raises `Refused("unknown_listing")`."""


# ---- picture

Frame = npt.NDArray[np.uint8]
"""I420: uint8, shape (height * 3 // 2, width), planes Y, U, V stacked as OpenCV lays them."""


@dataclass(frozen=True, slots=True)
class Pose:
    """What the body does in one frame. Parameter names and ranges are Live2D Cubism's.

    `params` holds every continuous parameter; `hands` the shape of the left and right hand.
    """

    params: Mapping[str, float]
    hands: tuple[str, str] = ("rest", "rest")
    eye_style: str = "normal"
    hands_before: tuple[str, str] = ("rest", "rest")
    hands_new: tuple[float, float] = (1.0, 1.0)
    """How far each hand has changed from its shape before to `hands`, 0..1."""


@dataclass(frozen=True, slots=True)
class MouthKey:
    """The mouth at one moment: blend from one viseme to the next."""

    viseme: Viseme
    next: Viseme
    blend: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What the renderer needs for one frame at media time `pts`."""

    pts: int
    scene: Scene
    mouth: MouthKey
    emotion: str = "neutral"
    gesture: str = "none"
    gesture_pts: int = 0
    """Media time at which the gesture began."""
    card: int | None = None
    """Listing number of the card on show."""
    card_pts: int = 0
    price_flip_pts: int = -1
    """Media time of the last price flip of this card, or -1: until it fires `was` is shown."""
    sold_out_pts: int = -1
    caption: str = ""
    caption_chars: int = 0
    """Characters of the caption that have been heard."""
    loudness: float = 0.0
    """RMS of the audio in this frame, 0..1."""
    pitch: float = 0.0
    """Pitch of the voice in this frame in semitones above her usual one; 0 when there is none."""
    wall: float = 0.0
    """Unix time, for countdowns."""


class Renderer(Protocol):
    """Draws her. No frame ever waits for a model, a file or the network."""

    size: tuple[int, int]
    """(width, height) in pixels."""

    def load(self, pack: Path, stage: Path, size: tuple[int, int], fps: int, seed: int) -> None:
        """Read and bake an avatar folder and a stage folder. Raises `BadInput`."""

    def render(self, moment: Moment, out: Frame) -> None:
        """Draw into `out`; allocates nothing frame-sized."""


@runtime_checkable
class Bakes(Protocol):
    """A renderer whose `load` may take long can tell how far it is (0..1), if asked before."""

    progress: Callable[[float], None] | None


# ---- money


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One line of the order to pay, at its frozen price."""

    sku: str
    quantity: int
    unit: Money
    title: str


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """`reference` is our payment id and the idempotency key."""

    reference: str
    order: str
    amount: Money
    description: str
    return_url: str
    lines: tuple[PaymentLine, ...] = ()
    """What is bought, for providers that keep shops of their own."""


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """A verified word from the provider. `id` is the provider's event id, for de-duplication."""

    id: str
    reference: str
    kind: Literal["paid", "failed", "refunded"]
    amount: Money


class PaymentProvider(Protocol):
    """Moves money somewhere else; the ledger here stays the truth about orders."""

    name: str

    async def start(self, request: PaymentRequest) -> str:
        """Begin a payment, idempotently by reference; return the URL to send the buyer to."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent | None:
        """Verify and read a webhook; None if it is genuine but says nothing of our payments.

        Raises `Refused("bad_signature")` or `BadInput`.
        """

    async def refund(self, reference: str, amount: Money, key: str) -> None:
        """Give money back, idempotently by key. Raises `Unavailable` to be tried again."""


StockOwner = Literal["idol", "shop"]


@dataclass(frozen=True, slots=True)
class ShopItem:
    """One of our variants in an outside shop, and who owns the number of its stock.

    "idol": the ledger counts, and tells the shop. "shop": the shop counts, and the ledger
    follows it, so that what others sell there is never promised here.
    """

    sku: str
    external: str
    owner: StockOwner = "idol"


@dataclass(frozen=True, slots=True)
class StockWord:
    """The outside shop's word on what can be sold there of some items, by their `external` id."""

    available: Mapping[str, int]


class ShopAdapter(PaymentProvider, Protocol):
    """An outside shop that takes the order as a cart: `start` returns its checkout URL.

    Its webhooks for payments go through `parse`, those for stock through `parse_stock`.
    """

    items: Mapping[str, ShopItem]
    """By our sku."""

    async def stock(self, skus: Sequence[str]) -> Mapping[str, int]:
        """What the shop can sell now, by our sku. Raises `Unavailable`."""

    async def set_stock(self, sku: str, available: int) -> None:
        """Tell the shop what can be sold of an item that we own. Raises `Unavailable`."""

    def parse_stock(self, headers: Mapping[str, str], body: bytes) -> StockWord | None:
        """Verify and read a webhook on stock; None if it is about something else.

        Raises `Refused("bad_signature")` or `BadInput`.
        """


# ---- stream


class Output(Protocol):
    """Somewhere the encoded packets go: a file, an RTMP server. Constructed with no arguments.

    Each runs in a process of its own, so it may block. One that raises is closed, and after a
    pause a new one takes its place.
    """

    name: str
    key_seconds: float
    """It wants a keyframe at least this often; 0 if that is all the same to it."""
    ask_key: Callable[[], object]
    """Set before `open`: to be called when the far end needs a keyframe now."""

    def open(self, settings: Mapping[str, Any]) -> None:
        """Check the settings (`name` and the plug-in's own). Raises `BadInput`. Does not connect:
        this also runs in the host, before the show."""

    def write(self, packet: Packet) -> None:
        """Take a packet; the first is a keyframe. Raises `Unavailable` to be tried again."""

    def chapter(self, chapter: Chapter) -> None:
        """What begins now: a segment or a product. Most outputs have no use for it."""

    def close(self) -> None:
        """Finish. Called once, whatever happened before."""


class Audience(Protocol):
    """The open pages. Events are JSON objects with a `type`; see docs/protocol.md."""

    def broadcast(self, event: Mapping[str, Any]) -> None: ...

    def tell(self, viewer: str, event: Mapping[str, Any]) -> None: ...

    def tell_operators(self, event: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of chat as a platform gave it; nothing of it is checked or cleaned yet.

    `author` is the platform's own id of the account, which never changes hands.
    """

    id: str
    author: str
    name: str
    text: str


class ChatSource(Protocol):
    """Chat from a platform. Constructed with no arguments; runs on the host's event loop."""

    platform: str
    """Part of every viewer's identity: lower case letters, digits and hyphens."""

    def open(self, settings: Mapping[str, Any]) -> None:
        """Check the settings (`name` and the plug-in's own). Raises `BadInput`; connects not."""

    def listen(self) -> AsyncGenerator[Heard | None, None]:
        """Connect, yield None once that is done, then what is written.

        Ends or raises `Unavailable` when the connection is lost: it is tried again after a
        pause. `Refused` and `BadInput` are not.
        """
