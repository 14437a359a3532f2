"""A small shop for tests: two jackets with colours and sizes, a lamp with neither, socks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from idol.clock import Clock, VirtualClock
from idol.commerce.catalog import Catalog, load
from idol.commerce.holds import Rules
from idol.commerce.outcomes import Floor, ShopEvent
from idol.commerce.payments.sandbox import SandboxProvider
from idol.commerce.service import Shop
from idol.model import ChatMessage, Language, Product, Viewer
from idol.store import open_store
from idol.telemetry import get_log

FACTS = {
    "cloud-jacket": Product(
        "cloud-jacket",
        {"zh": "云步轻跑外套", "en": "CloudStep running jacket"},
        (),
        aliases=("外套", "云步", "jacket", "cloudstep"),
    ),
    "star-tee": Product(
        "star-tee",
        {"zh": "星空T恤", "en": "Starry tee"},
        (),
        aliases=("t恤", "短袖", "tee", "t-shirt"),
    ),
    "moon-lamp": Product(
        "moon-lamp", {"zh": "月亮小夜灯", "en": "Moon night light"}, (), aliases=("小夜灯", "lamp")
    ),
    "board-shoe": Product(
        "board-shoe", {"zh": "踏浪板鞋", "en": "Wave sneaker"}, (), aliases=("板鞋", "sneakers")
    ),
}
CSV = """link,product,sku,colour_zh,colour_en,size,price,was,stock,presale,presale_days,limit
1,cloud-jacket,cj-bk-m,黑色,black,M,199.00,299.00,5,,,3
1,cloud-jacket,cj-bk-l,黑色,black,L,199.00,299.00,5,,,3
1,cloud-jacket,cj-rd-m,红色,red,M,199.00,299.00,5,,,3
1,cloud-jacket,cj-rd-l,红色,red,L,199.00,299.00,1,4,10,3
2,star-tee,st-sb-s,天蓝色,sky blue,S,59.90,,20,,,
2,star-tee,st-sb-xl,天蓝色,sky blue,XL,59.90,,20,,,
2,star-tee,st-wh-s,云朵白,cloud white,S,59.90,,20,,,
2,star-tee,st-wh-xl,云朵白,cloud white,XL,59.90,,20,,,
3,moon-lamp,ml,,,,89.00,129.00,10,,,
4,board-shoe,bs-38,白色,white,38,269.00,,6,,,
4,board-shoe,bs-42,白色,white,42,269.00,,6,,,
"""
ON_AIR = Floor(current=1, segment="jacket", utterance="u7")
CALLING = Floor(open_call=1, current=1, call="1", segment="call-jacket", utterance="u9")


def catalog(folder: Path, text: str = CSV) -> Catalog:
    file = folder / "products.csv"
    file.write_text(text, "utf-8")
    return load(file, FACTS, "CNY")


class Bench:
    """A shop with everything around it at hand."""

    def __init__(
        self,
        folder: Path,
        text: str = CSV,
        clock: Clock | None = None,
        database: str = "ledger.db",
        provider: Any = None,
        **options: Any,
    ) -> None:
        self.events: list[ShopEvent] = []
        self.clock: Any = clock or VirtualClock()
        self.provider = provider or SandboxProvider()
        self.store = open_store(database, folder)
        self.shop = Shop(
            self.store,
            catalog(folder, text),
            self.provider,
            self.clock,
            self.events.append,
            get_log("test"),
            **{"rules": Rules(), **options},
        )
        self._serial = 0

    async def say(
        self,
        text: str,
        who: str = "lin",
        floor: Floor = ON_AIR,
        language: Language = "zh",
        id: str = "",
    ) -> Any:
        self._serial += 1
        message = ChatMessage(
            id or f"m{self._serial}", Viewer(who, who.title()), text, self.clock.now(), language
        )
        return await self.shop.hear(message, floor)

    def heard(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    async def webhook(self, delivery: Any) -> None:
        await self.shop.webhook(delivery.headers, delivery.body)
