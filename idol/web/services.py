"""What the web needs of the other rooms, as small Protocols, and the bundle of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from idol.clock import Clock
from idol.commerce.aftersale import After, Return
from idol.commerce.coupons import Coupon
from idol.commerce.demand import Proposal
from idol.commerce.mine import Mine
from idol.commerce.office_actions import Action
from idol.commerce.outcomes import Held, Hold, Order, Refusal, Report
from idol.commerce.packets import Entered, Packet
from idol.commerce.waitlist import Waiting
from idol.config import Settings
from idol.model import ChatMessage, Language, Listing, Quote, Viewer
from idol.ports import PaymentRequest
from idol.show.messages import StudioStats
from idol.show.script import Show
from idol.telemetry import Log

if TYPE_CHECKING:
    from idol.web.audience import WebAudience
    from idol.web.incoming.desk import Chats


class Stage(Protocol):
    """`idol.show.stage.Stage`, as the console uses it."""

    async def say(self, text: str, language: Language) -> None: ...
    def skip(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def jump(self, segment: str) -> None: ...
    def mute(self, on: bool) -> None: ...
    def pin(self, listing: int | None) -> None: ...
    async def stop(self) -> None: ...
    def status(self) -> dict[str, Any]: ...
    @property
    def card(self) -> int | None: ...


class Reception(Protocol):
    """`idol.show.reception.Reception`: where chat and newcomers go."""

    async def chat(self, message: ChatMessage) -> None: ...
    def joined(self, viewer: Viewer, language: Language) -> None: ...
    def reads(self, viewer: Viewer, language: Language) -> None: ...


class Shop(Protocol):
    """`idol.commerce.service.Shop`, as the pages use it."""

    def quote(self, listing_number: int) -> Quote: ...

    async def hold(
        self,
        viewer: Viewer,
        listing: int,
        sku: str,
        quantity: int,
        key: str,
        source: Literal["chat", "tap"] = "tap",
        language: Language = "zh",
    ) -> Held | Refusal: ...

    async def confirm(
        self, viewer: Viewer | str, chosen: str | Sequence[str], key: str, coupon: str = ""
    ) -> Order: ...
    async def cancel(self, viewer: Viewer | str, hold_id: str) -> Hold: ...
    async def holds(self, viewer: Viewer | str) -> Sequence[Hold]: ...
    async def order(self, viewer: Viewer | str, order_id: str) -> Order: ...
    async def orders(self, viewer: Viewer | str) -> Sequence[Order]: ...
    async def pay(self, viewer: Viewer | str, order_id: str) -> Order: ...
    async def cancel_order(self, viewer: Viewer | str, order_id: str) -> Order: ...
    async def webhook(self, headers: Mapping[str, str], body: bytes) -> None: ...
    async def set_stock(self, sku: str, on_hand: int, by: str) -> None: ...
    async def report(self) -> Report: ...


class Office(Protocol):
    """`idol.commerce.service.Shop`, as the back office and an order's own page use it."""

    async def office(self, action: Action, by: str) -> Any: ...
    async def books(self) -> dict[str, Any]: ...
    async def advise(
        self, sku: str, cost: str, salvage: str, supplier: str, more: int, language: Language
    ) -> Proposal: ...
    async def production_csv(self) -> str: ...
    async def factory(self, headers: Mapping[str, str], body: bytes, secret: str) -> None: ...
    async def after(self, viewer: Viewer | str | None, order_id: str) -> After: ...
    async def answer_delay(self, viewer: Viewer | str, order_id: str, consent: bool) -> Order: ...
    async def ask_return(
        self, viewer: Viewer | str, order_id: str, line: int, quantity: int, reason: str
    ) -> Return: ...


class Perks(Protocol):
    """`idol.commerce.service.Shop`, for what viewers may have besides goods."""

    def offers(self) -> Sequence[Coupon]: ...
    def packet(self, packet: str) -> Packet: ...
    async def packets(self) -> Sequence[Packet]: ...
    async def packet_record(self, packet: str) -> dict[str, object]: ...
    async def enter_packet(self, viewer: Viewer | str, packet: str, nonce: str) -> Entered: ...
    async def claim(self, viewer: Viewer | str, code: str) -> Coupon: ...
    async def wait_for(self, viewer: Viewer, sku: str, quantity: int) -> Waiting: ...
    async def unwait(self, viewer: Viewer | str, sku: str = "") -> int: ...
    async def mine(self, viewer: Viewer | str) -> Mine: ...


class Whep(Protocol):
    """`idol.stream.webrtc.Whep`."""

    @property
    def count(self) -> int: ...
    @property
    def rtp_origin(self) -> int | None: ...
    async def join(self, offer_sdp: str) -> tuple[str, str]: ...
    async def trickle(self, session_id: str, fragment: str) -> str: ...
    async def leave(self, session_id: str) -> None: ...


class SandboxCharge(Protocol):
    @property
    def request(self) -> PaymentRequest: ...
    @property
    def state(self) -> Literal["open", "paid", "failed", "refunded"]: ...


class SandboxDelivery(Protocol):
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def body(self) -> bytes: ...


class Sandbox(Protocol):
    """`idol.commerce.payments.sandbox.SandboxProvider`: its pay page is served here."""

    def charge(self, reference: str) -> SandboxCharge: ...
    def decide(self, reference: str, choice: Literal["succeed", "fail"]) -> SandboxDelivery: ...


class Traffic(Protocol):
    """`idol.commerce.traffic.Traffic`: who is there, and what they look at."""

    def joined(self, viewer: str, agent: str = "") -> str: ...
    def left(self, visit: str) -> None: ...
    def clicked(self, viewer: str, listing: int) -> None: ...


class NoTraffic:
    """Where nobody keeps count."""

    def joined(self, viewer: str, agent: str = "") -> str:
        return ""

    def left(self, visit: str) -> None: ...

    def clicked(self, viewer: str, listing: int) -> None: ...


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """One supervised process. `pid` is None while it is down."""

    name: str
    pid: int | None
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """How the show's machinery is now.

    `engines` says which engine serves what, for people: {"voice zh": "kokoro",
    "mind": "loading"}.
    """

    studio: StudioStats | None = None
    workers: tuple[WorkerHealth, ...] = ()
    engines: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the web is given. `sandbox` is None with a real payment provider."""

    stage: Stage
    reception: Reception
    shop: Shop
    whep: Whep
    audience: WebAudience
    settings: Settings
    show: Show
    listings: Mapping[int, Listing]
    clock: Clock
    log: Log
    console_password: str
    """Printed at start; the operator's only key for this run."""
    cookie_secret: bytes
    """At least 16 bytes; see `auth.cookie_secret`."""
    sandbox: Sandbox | None = None
    traffic: Traffic = field(default_factory=NoTraffic)
    health: Callable[[], Health] = Health
    chats: Chats | None = None
    """Chat from elsewhere; what comes by webhook and websocket is served here."""
    office: Office | None = None
    """None where the shop has no back office; then its pages and routes are missing."""
    perks: Perks | None = None
    """None where the shop has no red packets, coupons and queues."""
    reload: Callable[[], Awaitable[None]] | None = None
    """Shows the idol as her folder is now; None where there is no studio. Raises `Refused`."""
    factory_secret: str = ""
    """"whsec_..." that factories sign their answers with; empty: they are not listened to."""
