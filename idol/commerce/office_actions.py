"""Everything that the people behind the show can do with the shop, as data.

One description serves the command line (`idol shop`), the console's back office (which draws its
forms from it) and the ledger's own books: `office.carry_out` does what it says.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from idol.errors import BadInput

Name = Annotated[str, Field(min_length=1, max_length=80)]
Text = Annotated[str, Field(max_length=300)]
Pieces = Annotated[int, Field(ge=1, le=1_000_000)]
Amount = Annotated[str, Field(pattern=r"^[\d.,]{1,12}$")]
"""Major units, as it is typed: "179.00"."""


class Action(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ship(Action):
    """A parcel has left, with these lines or all open ones."""

    do: Literal["ship"] = "ship"
    order: Name
    carrier: Name
    tracking: Name
    lines: tuple[int, ...] = ()


class Track(Action):
    """Correct a parcel's carrier and number."""

    do: Literal["track"] = "track"
    parcel: Name
    carrier: Name
    tracking: Name


class Deliver(Action):
    """The buyer has the parcel."""

    do: Literal["deliver"] = "deliver"
    parcel: Name


class Refund(Action):
    """Give a paid order's money back; its pieces are free again."""

    do: Literal["refund"] = "refund"
    order: Name


class DecideReturn(Action):
    """Say yes or no to a return or a refund request; an answer is told to the buyer."""

    do: Literal["decide-return"] = "decide-return"
    request: Name
    approve: bool
    answer: Text = ""


class ReceiveReturn(Action):
    """The goods are back: the money goes back, good pieces go on the shelf."""

    do: Literal["receive-return"] = "receive-return"
    request: Name
    restock: bool = True


class KeepSupplier(Action):
    """Enter a supplier, or change what is known of it. `rest`: days off, Monday is 0."""

    do: Literal["supplier"] = "supplier"
    id: Name
    name: Text = ""
    minimum: Pieces = 1
    step: Pieces = 1
    most: Pieces = 1_000_000
    lead: int = Field(10, ge=0, le=365)
    rest: str = Field("5,6", pattern=r"^[0-6,]*$")
    url: Text = ""


class SetDay(Action):
    """A holiday, or a rest day that is worked, of a supplier; empty `place` is the warehouse."""

    do: Literal["day"] = "day"
    place: Text = ""
    day: date
    works: bool = False


class PlanLot(Action):
    """A presale lot goes on sale: pieces that a supplier makes ready by a day."""

    do: Literal["lot"] = "lot"
    name: Name
    sku: Name
    supplier: Name
    capacity: Pieces
    ready_on: date


class ResizeLot(Action):
    """Change how many pieces a lot has."""

    do: Literal["resize-lot"] = "resize-lot"
    lot: Name
    capacity: Pieces


class Arrive(Action):
    """A lot has come: what is not promised becomes stock in hand."""

    do: Literal["arrive"] = "arrive"
    lot: Name
    pieces: Pieces
    came: date


class CancelLot(Action):
    """Give up a lot that nobody was promised anything from."""

    do: Literal["cancel-lot"] = "cancel-lot"
    lot: Name


class Delay(Action):
    """A lot comes later: every buyer concerned is asked, consent or refund."""

    do: Literal["delay"] = "delay"
    lot: Name
    ready_on: date
    reason_zh: Annotated[str, Field(min_length=1, max_length=300)]
    reason_en: Annotated[str, Field(min_length=1, max_length=300)]
    answer_hours: int = Field(72, ge=1, le=720)


class Propose(Action):
    """Propose a lot for approval. Without `quantity` it is the adviser's, from `cost`."""

    do: Literal["propose"] = "propose"
    lot: Name
    sku: Name
    supplier: Name
    quantity: int = Field(0, ge=0, le=1_000_000)
    cost: str = Field("", max_length=12)
    salvage: str = Field("0", max_length=12)
    more_minutes: int = Field(10, ge=0, le=600)


class Approve(Action):
    """Say yes to a production order: its lot goes on sale."""

    do: Literal["approve"] = "approve"
    production: Name


class Send(Action):
    """Send an approved production order to its supplier (webhook, if it has an address): it
    gets its number."""

    do: Literal["send"] = "send"
    production: Name


class Withdraw(Action):
    """A production order will not be made."""

    do: Literal["withdraw"] = "withdraw"
    production: Name


class Acknowledge(Action):
    """The factory's answer, where it does not come by webhook."""

    do: Literal["acknowledge"] = "acknowledge"
    production: Name
    accepted: bool = True
    ready_on: date | None = None


class PlanWave(Action):
    """Keep pieces for later (放单): put on sale by hand, or in so many minutes."""

    do: Literal["wave"] = "wave"
    sku: Name
    quantity: Pieces
    in_minutes: float = Field(0, ge=0, le=10_000)


class ReleaseWave(Action):
    """Put a wave on sale now."""

    do: Literal["release"] = "release"
    wave: Name


class WithdrawWave(Action):
    """A wave will not be sold here."""

    do: Literal["withdraw-wave"] = "withdraw-wave"
    wave: Name


class OpenGroup(Action):
    """A group price: "10:179 30:159" is 179 from 10 pieces, 159 from 30."""

    do: Literal["group"] = "group"
    listing: int = Field(ge=1)
    tiers: Annotated[str, Field(pattern=r"^\s*\d+:[\d.]+(\s+\d+:[\d.]+)*\s*$")]
    minutes: float = Field(30, gt=0, le=20_000)


class CloseGroup(Action):
    """Settle a group price now: earlier buyers get the difference back."""

    do: Literal["close-group"] = "close-group"
    group: Name


class Flash(Action):
    """A flash price on a listing, for minutes by this server's clock."""

    do: Literal["flash"] = "flash"
    listing: int = Field(ge=1)
    price: Amount
    minutes: float = Field(5, gt=0, le=1440)


class PutListing(Action):
    """Take a listing off sale (下架), or put it on sale again. What is held or ordered stays."""

    do: Literal["put-listing"] = "put-listing"
    listing: int = Field(ge=1)
    on_sale: bool = False


class MakeCoupon(Action):
    """A coupon: `off` is money ("20") or a share ("10%"). Without a code one is made.

    With `show`, every viewer may claim it on the page; else only who is told the code.
    """

    do: Literal["coupon"] = "coupon"
    off: Annotated[str, Field(pattern=r"^[\d.]{1,10}%?$")]
    code: str = Field("", max_length=24)
    least: str = Field("0", max_length=12)
    listing: int | None = None
    uses: Pieces = 100
    per_viewer: Pieces = 1
    hours: float = Field(24, gt=0, le=9000)
    show: bool = False


class OpenPacket(Action):
    """A red packet: "20x3 5x10" is three prizes of 20 and ten of 5."""

    do: Literal["packet"] = "packet"
    title_zh: Name
    title_en: Name
    prizes: Annotated[str, Field(pattern=r"^\s*[\d.]+x\d+(\s+[\d.]+x\d+)*\s*$")]
    most: Pieces = 1000
    minutes: float = Field(5, gt=0, le=1440)
    good_hours: float = Field(24, ge=1, le=9000)


ACTIONS: tuple[type[Action], ...] = (
    Ship, Track, Deliver, Refund, DecideReturn, ReceiveReturn, KeepSupplier, SetDay, PlanLot,
    ResizeLot, Arrive, CancelLot, Delay, Propose, Approve, Send, Withdraw, Acknowledge, PlanWave,
    ReleaseWave, WithdrawWave, OpenGroup, CloseGroup, Flash, PutListing, MakeCoupon, OpenPacket,
)  # fmt: skip
_BY_NAME = {str(action.model_fields["do"].default): action for action in ACTIONS}


def read(data: Any) -> Action:
    """An action from JSON. Raises `BadInput` naming the field."""
    name = data.get("do") if isinstance(data, dict) else None
    kind = _BY_NAME.get(str(name))
    if kind is None:
        raise BadInput(f"there is no action {name!r}", where="do")
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        item = error.errors()[0]
        raise BadInput(item["msg"], where=".".join(str(p) for p in item["loc"])) from None


def forms() -> dict[str, list[dict[str, Any]]]:
    """What each action asks for, for whoever draws it: name, type, default, required."""
    return {
        name: [
            {
                "name": field,
                "type": _kind(info.annotation),
                "required": info.is_required(),
                "value": None if info.is_required() else _plain(info.default),
            }
            for field, info in action.model_fields.items()
            if field != "do"
        ]
        for name, action in _BY_NAME.items()
    }


def _kind(annotation: Any) -> str:
    text = str(annotation)
    for word, kind in (("date", "date"), ("bool", "bool"), ("tuple", "numbers")):
        if word in text:
            return kind
    return "number" if "int" in text or "float" in text else "text"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
