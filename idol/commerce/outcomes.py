"""What the shop hands to the other rooms: holds, orders, answers to a message, events.

Frozen data only. Texts are for the viewer who caused them, in that viewer's language.
Times are Unix seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from idol.model import Language, Money, Viewer

Source = Literal["chat", "tap"]
HoldState = Literal["live", "confirmed", "sold", "shipped", "cancelled", "expired", "returned"]
OrderState = Literal["awaiting_payment", "paid", "shipped", "cancelled", "refunded"]
IntentKind = Literal[
    "order", "cancel", "question", "negative", "past", "conditional", "quoted", "none"
]


@dataclass(frozen=True, slots=True)
class Floor:
    """What is on air as a message arrives; the shop reads "this one" and "1" by it."""

    open_call: int | None = None
    """Listing whose call is open: only then does the bare `call` mean one piece."""
    current: int | None = None
    """Listing that she is presenting."""
    call: str = "1"
    """The message that buys one piece while `open_call` is set."""
    segment: str = ""
    utterance: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Stock set aside for one viewer until `expires_at`. `unit` is frozen at this moment."""

    id: str
    viewer: Viewer
    listing: int
    sku: str
    title: dict[Language, str]
    label: dict[Language, str]
    """Colour and size, such as {"zh": "黑色 L", "en": "black L"}; empty texts when it has none."""
    quantity: int
    unit: Money
    expires_at: float
    ships_by: date
    state: HoldState
    source: Source = "tap"

    @property
    def total(self) -> Money:
        return Money(self.unit.minor * self.quantity, self.unit.currency)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One part of an order with its own frozen price and promise date."""

    listing: int
    sku: str
    title: dict[Language, str]
    label: dict[Language, str]
    quantity: int
    unit: Money
    ships_by: date
    segment: str = ""
    utterance: str = ""
    licence: str = ""
    message: str = ""
    source: Source = "tap"

    @property
    def total(self) -> Money:
        return Money(self.unit.minor * self.quantity, self.unit.currency)


@dataclass(frozen=True, slots=True)
class Order:
    """`number` is for people; `pay_url` is empty once there is nothing to pay."""

    id: str
    number: str
    viewer: Viewer
    state: OrderState
    lines: tuple[OrderLine, ...]
    total: Money
    created_at: float
    pay_by: float
    pay_url: str = ""
    paid_at: float = 0.0
    discount: Money | None = None
    """What a coupon took off: `total` is the sum of the lines without it."""
    coupon: str = ""
    """Its code."""
    packet: dict[Language, str] = field(default_factory=dict)
    """Title of the red packet that the coupon was won in; empty for another."""


# ---- what came of one chat message


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question: a variant, its label and how many may be had of it."""

    sku: str
    label: dict[Language, str]
    left: int


@dataclass(frozen=True, slots=True)
class Held:
    """Stock is held. `asked` is more than `hold.quantity` when only some could be had."""

    hold: Hold
    asked: int
    text: str
    also: tuple[Hold, ...] = ()
    """Further holds of the same message, such as one black and one red."""


@dataclass(frozen=True, slots=True)
class Asked:
    """It was an order, but not for one certain variant: the viewer is asked once.

    `listing` is None when it is not even certain which product is meant; then `listings`
    holds the candidates and `options` is empty.
    """

    message: str
    listing: int | None
    quantity: int
    options: tuple[Option, ...]
    text: str
    listings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """It was an order and cannot be had. Codes: sold_out, limit, unknown_variant, closed,
    unknown_listing."""

    code: str
    text: str
    listing: int | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The viewer gave back these holds."""

    holds: tuple[Hold, ...]
    text: str


@dataclass(frozen=True, slots=True)
class NotOrder:
    """Nothing was asked of the shop; `kind` says what the message seemed to be instead."""

    kind: IntentKind = "none"
    listing: int | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """The viewer waits for what could not be had; `before` pieces are wanted ahead of theirs."""

    sku: str
    quantity: int
    before: int
    text: str


Outcome = Held | Asked | Refusal | Cancelled | Queued | NotOrder


# ---- what the listener hears, after commit


@dataclass(frozen=True, slots=True)
class StockChanged:
    """Read `Shop.quote(listing)`; several changes at once are told once."""

    listing: int


@dataclass(frozen=True, slots=True)
class PriceChanged:
    """A flash price began or ended, or a price was set."""

    listing: int


@dataclass(frozen=True, slots=True)
class HoldMade:
    hold: Hold


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """`why`: cancelled, expired, confirmed (it became an order), or lapsed: it had been offered
    to somebody who waited, and ran out."""

    hold: Hold
    why: Literal["cancelled", "expired", "confirmed", "lapsed"]


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order: Order


@dataclass(frozen=True, slots=True)
class OrderPaid:
    order: Order


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """The buyer may try again until `order.pay_by`."""

    order: Order


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """Something to tell about an order that stays what it is: a parcel, a question, a refund."""

    order: Order


@dataclass(frozen=True, slots=True)
class PacketChanged:
    """A red packet was opened or drawn; `winners` are (viewer, coupon code)."""

    packet: str
    winners: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OffersChanged:
    """Other coupons than before may be claimed; read `Shop.offers`."""


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """`why`: unpaid (time ran out), cancelled, refunded, shipped."""

    order: Order
    why: str = ""


ShopEvent = (
    StockChanged
    | PriceChanged
    | HoldMade
    | HoldEnded
    | OrderPlaced
    | OrderPaid
    | PaymentFailed
    | OrderEnded
    | OrderChanged
    | PacketChanged
    | OffersChanged
)


@dataclass(frozen=True, slots=True)
class Report:
    """What sold, in minor units of `currency`. Rows are plain, for tables and CSV."""

    currency: str
    orders: int
    paid: int
    gmv: int
    """Paid and not refunded."""
    refunded: int
    pieces: int
    holds: int
    holds_expired: int
    by_listing: tuple[dict[str, object], ...] = field(default=())
    by_segment: tuple[dict[str, object], ...] = field(default=())
    by_utterance: tuple[dict[str, object], ...] = field(default=())
    by_source: tuple[dict[str, object], ...] = field(default=())
