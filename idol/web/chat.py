"""What a viewer's page may say over its websocket: checked here, then taken to show and shop.

Whatever is refused is answered with a `notice` in the page's language that says why and, where
the page can know, of which message (`id` or `key`). Nothing that a page sends ends the show.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from idol.commerce.outcomes import Held
from idol.errors import BadInput, Refused, Unavailable
from idol.model import ChatMessage, Language
from idol.show import views
from idol.web.audience import Page
from idol.web.auth import Viewers
from idol.web.clean import CHAT_LENGTH, clean
from idol.web.limiter import Limiter, Rate
from idol.web.perks import (
    ClaimIn,
    EnterIn,
    Id,
    Message,
    MineIn,
    PerkDesk,
    PerkMessage,
    Sku,
    UnwaitIn,
    WaitIn,
)
from idol.web.services import Services
from idol.web.socket import LARGEST_MESSAGE
from idol.web.status import status_of
from idol.web.texts import say

CHAT_RATE = Rate(burst=5, per_second=1)
ACTION_RATE = Rate(burst=10, per_second=2)
FRAME_RATE = Rate(burst=60, per_second=30)
"""Above this the page is read more slowly, and its own sending waits."""
_REMEMBERED = 20_000


class ChatIn(Message):
    type: Literal["chat"]
    id: Id
    text: str


class HoldIn(Message):
    type: Literal["hold"]
    key: Id
    listing: int = Field(ge=1, le=9999)
    sku: Sku
    quantity: int = Field(ge=1, le=999)


class ConfirmIn(Message):
    type: Literal["confirm"]
    key: Id
    hold: Id | None = None
    holds: list[Id] = Field(default_factory=list, max_length=20)
    """Several as one order; else the one `hold`."""
    coupon: str = Field("", max_length=24)


class CancelIn(Message):
    type: Literal["cancel"]
    hold: Id


class NameIn(Message):
    type: Literal["name"]
    name: str


class LanguageIn(Message):
    type: Literal["language"]
    language: Language


class ClickIn(Message):
    """A product was looked at: its card or its place on the shelf was tapped."""

    type: Literal["click"]
    listing: int = Field(ge=1, le=9999)


ViewerMessage = (
    ChatIn | HoldIn | ConfirmIn | CancelIn | NameIn | LanguageIn | ClickIn
    | EnterIn | ClaimIn | WaitIn | UnwaitIn | MineIn
)  # fmt: skip
_MESSAGE: TypeAdapter[ViewerMessage] = TypeAdapter(
    Annotated[ViewerMessage, Field(discriminator="type")]
)


class ChatDesk:
    """Takes the messages of all viewers' pages."""

    def __init__(self, services: Services, viewers: Viewers) -> None:
        self._services, self._viewers = services, viewers
        self._perks = PerkDesk(services)
        self._chat = Limiter(CHAT_RATE)
        self._actions = Limiter(ACTION_RATE)
        self._frames = Limiter(FRAME_RATE)
        self._seen: OrderedDict[str, str] = OrderedDict()

    async def receive(self, page: Page, raw: str | bytes) -> None:
        """Take one frame from a page. Never raises."""
        clock = self._services.clock
        if not self._frames.take(page.viewer.id, clock.monotonic()):
            _notice(page, "slow_down")
            await clock.sleep(self._frames.wait(page.viewer.id))
        if len(raw) > LARGEST_MESSAGE or len(raw.encode() if isinstance(raw, str) else raw) > (
            LARGEST_MESSAGE
        ):
            _notice(page, "too_big")
            return
        try:
            message = _MESSAGE.validate_json(raw)
        except ValidationError:
            _notice(page, "bad_message")
            return
        match message:
            case ChatIn():
                await self._guarded(page, {"id": message.id}, lambda: self._say(page, message))
            case HoldIn() | ConfirmIn():
                await self._guarded(page, {"key": message.key}, lambda: self._buy(page, message))
            case CancelIn():
                await self._guarded(page, {"hold": message.hold}, lambda: self._buy(page, message))
            case EnterIn() | ClaimIn() | WaitIn() | UnwaitIn() | MineIn():
                about = {} if isinstance(message, MineIn) else {"key": message.key}
                await self._guarded(page, about, lambda: self._perk(page, message))
            case NameIn():
                await self._guarded(page, {}, lambda: self._rename(page, message.name))
            case LanguageIn():
                page.language = message.language
                self._services.reception.reads(page.viewer, message.language)
            case ClickIn(listing=listing):
                if listing in self._services.listings:
                    self._services.traffic.clicked(page.viewer.id, listing)

    async def _guarded(
        self, page: Page, about: dict[str, str], work: Callable[[], Awaitable[None]]
    ) -> None:
        """Do it, and turn whatever goes wrong into a notice about the message."""
        try:
            await work()
        except Refused as error:
            told = {**about, "status": status_of(error.code)} if "key" in about else about
            _notice(page, error.code, told, detail=str(error))
        except Unavailable:
            _notice(page, "unavailable" if "key" in about else "busy", about)
        except BadInput as error:
            self._services.log.warning("a message was refused", why=str(error))
            _notice(page, "bad_message", about)
        except Exception as error:
            self._services.log.error("a message failed", viewer=page.viewer.id, exc_info=error)
            _notice(page, "try_again", about)

    async def _say(self, page: Page, message: ChatIn) -> None:
        known = self._seen.get(message.id)
        if known == page.viewer.id:
            page.send({"type": "ack", "id": message.id})
            return
        if known is not None:
            raise Refused("duplicate_id")
        if not self._chat.take(page.viewer.id, self._services.clock.monotonic()):
            raise Refused("slow_down")
        text = clean(message.text)
        if not text:
            raise Refused("empty")
        if len(text) > CHAT_LENGTH:
            raise Refused("too_long")
        self._remember(message.id, page.viewer.id)
        now = self._services.clock.now()
        try:
            await self._services.reception.chat(
                ChatMessage(message.id, page.viewer, text, now, page.language)
            )
        except BaseException:
            self._seen.pop(message.id, None)  # it was not taken: the page may send it again
            raise
        page.send({"type": "ack", "id": message.id})

    async def _buy(self, page: Page, message: HoldIn | ConfirmIn | CancelIn) -> None:
        viewer, shop = page.viewer, self._services.shop
        if not self._actions.take(viewer.id, self._services.clock.monotonic()):
            raise Refused("slow_down")
        match message:
            case HoldIn(listing=listing, sku=sku, quantity=quantity, key=key):
                outcome = await shop.hold(
                    viewer, listing, sku, quantity, key, language=page.language
                )
                if isinstance(outcome, Held):
                    # The listener told all pages once; a repeated key is told here again.
                    for hold in (outcome.hold, *outcome.also):
                        page.send({"type": "hold", **views.hold(hold)})
                else:
                    _notice(page, outcome.code, {"key": key}, outcome.text)
            case ConfirmIn(hold=hold_id, holds=several, key=key, coupon=coupon):
                chosen = several or ([hold_id] if hold_id else [])
                order = await shop.confirm(viewer, chosen, key, coupon)
                page.send({"type": "order", **views.order(order)})
            case CancelIn(hold=hold_id):
                await shop.cancel(viewer, hold_id)

    async def _perk(self, page: Page, message: PerkMessage) -> None:
        if not isinstance(message, MineIn) and not self._actions.take(
            page.viewer.id, self._services.clock.monotonic()
        ):
            raise Refused("slow_down")
        await self._perks.receive(page, message)

    async def _rename(self, page: Page, name: str) -> None:
        if not self._actions.take(page.viewer.id, self._services.clock.monotonic()):
            raise Refused("slow_down")
        viewer = self._viewers.rename(page.viewer.id, name)
        page.viewer = viewer
        self._services.audience.renamed(viewer)
        self._services.reception.joined(viewer, page.language)

    def _remember(self, id: str, viewer: str) -> None:
        self._seen[id] = viewer
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def _notice(
    page: Page,
    code: str,
    about: Mapping[str, object] | None = None,
    text: str = "",
    detail: str = "",
) -> None:
    page.send(
        {
            "type": "notice",
            "level": "warn",
            "code": code,
            "text": text or say(code, page.language, detail=detail),
            **(about or {}),
        }
    )
