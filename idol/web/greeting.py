"""The whole state of a page, sent when it connects and whenever it fell too far behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from idol.commerce.mine import Mine
from idol.errors import Refused
from idol.model import AI_LABEL, Viewer
from idol.show import perks as views_of
from idol.show import views
from idol.web.services import Services


def common(services: Services) -> dict[str, Any]:
    """What every page is told, a viewer's or an operator's."""
    show = services.show
    return {
        "type": "hello",
        "show": {"title": dict(show.title), "language": show.language, "currency": show.currency},
        "idol": {"name": dict(show.host)},
        "ai_label": dict(AI_LABEL),
        "listings": listings(services),
        "chat": services.audience.chat,
        "card": services.stage.card,
        "viewers": services.audience.viewers,
        "rtp_origin": services.whep.rtp_origin,
        "now": services.clock.now(),
    }


async def viewer_hello(services: Services, viewer: Viewer) -> Mapping[str, Any]:
    """`hello` of docs/protocol.md for one viewer."""
    return {
        **common(services),
        **await perks(services, viewer),
        "viewer": {"id": viewer.id, "name": viewer.name},
        "holds": [views.hold(hold) for hold in await services.shop.holds(viewer)],
        "orders": [views.order(order) for order in await services.shop.orders(viewer)],
    }


async def perks(services: Services, viewer: Viewer) -> dict[str, Any]:
    """Red packets and coupons for all, and what this viewer has of them."""
    shop = services.perks
    if shop is None:
        return {"packets": [], "offers": [], "mine": views_of.mine(Mine())}
    return {
        "packets": [views_of.packet(item) for item in await shop.packets()],
        "offers": [views_of.coupon(item) for item in shop.offers()],
        "mine": views_of.mine(await shop.mine(viewer)),
    }


def listings(services: Services) -> list[dict[str, Any]]:
    """Every listing that the ledger knows, by number."""
    found = []
    for number, item in sorted(services.listings.items()):
        try:
            found.append(views.listing(item, services.shop.quote(number)))
        except Refused as error:
            services.log.warning("listing without a quote", listing=number, why=error.code)
    return found
