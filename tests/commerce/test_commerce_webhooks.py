"""Words to other systems: in the same commit, signed, repeated for 75 hours, then given up."""

from __future__ import annotations

import base64
import hmac
import json
import time
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from shops import Bench
from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from idol.clock import VirtualClock
from idol.commerce.holds import Rules
from idol.commerce.webhooks import Courier, check_url
from idol.errors import BadInput, Missing
from idol.model import Viewer
from idol.telemetry import get_log

NEW, OLD = ("whsec_" + base64.b64encode(c * 24).decode() for c in (b"n", b"o"))
URL = "https://erp.example/hooks"
LIN = Viewer("lin", "Lin")


class Receiver:
    """Somebody else's system, on this machine."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes, float]] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.clock: Any = None
        app = Starlette(routes=[Route("/hooks", self._take, methods=["POST"])])
        self.transport = httpx.ASGITransport(app=app)

    async def _take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body(), self.clock.now()))
        return Response(status_code=self.status, headers=self.headers)

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body, _ in self.got]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


async def opened(folder: Path, receiver: Receiver) -> tuple[Bench, Courier]:
    bench = Bench(folder, clock=VirtualClock(float(int(time.time()))), rules=Rules(webhooks=(URL,)))
    receiver.clock = bench.clock
    await bench.shop.start()
    courier = Courier(
        bench.store, (NEW, OLD), bench.clock, get_log("test"), transport=receiver.transport
    )
    return bench, courier


async def placed(bench: Bench) -> Any:
    held = await bench.say("要一件黑色L")
    return await bench.shop.confirm(LIN, held.hold.id, "c1")


async def test_an_order_is_told_from_its_placing_to_its_refund(
    tmp_path: Path, receiver: Receiver
) -> None:
    bench, courier = await opened(tmp_path, receiver)
    order = await placed(bench)
    reference = order.pay_url.rsplit("/", 1)[1]
    await bench.webhook(bench.provider.decide(reference, "fail"))
    await bench.webhook(bench.provider.decide(reference, "succeed"))
    await bench.shop.refund(order.id, "desk")
    await courier.deliver()
    assert receiver.kinds == [
        "order.placed",
        "order.payment_failed",
        "order.paid",
        "order.refunded",
    ]
    headers, body, _ = receiver.got[2]
    for secret in (NEW, OLD):  # whoever has not changed to the new key yet still verifies
        paid = Webhook(secret).verify(body, headers)
    assert paid["data"]["total"] == {"minor": 19900, "currency": "CNY"}
    assert paid["data"]["lines"][0]["origin"]["utterance"] == "u7"
    assert "Lin" not in body.decode()
    assert await courier.deliver() == 0
    bench.store.close()


async def test_an_unpaid_order_is_told_whoever_comes_upon_it(
    tmp_path: Path, receiver: Receiver
) -> None:
    """No sweeper has come by: the next purchase frees the stock, in a commit of its own kind."""
    bench, courier = await opened(tmp_path, receiver)
    await placed(bench)
    await bench.clock.advance(901)
    await bench.shop.hold(Viewer("mo", "Mo"), 1, "cj-bk-l", 1, "k")
    await courier.deliver()
    assert receiver.kinds == ["order.placed", "order.unpaid"]
    bench.store.close()


async def test_it_is_tried_for_75_hours_with_one_id_and_then_given_up(
    tmp_path: Path, receiver: Receiver
) -> None:
    bench, courier = await opened(tmp_path, receiver)
    start = bench.clock.now()
    await placed(bench)
    receiver.status = 500
    while bench.clock.now() < start + 100 * 3600:
        await courier.deliver()
        row = bench.store.read(
            lambda tx: tx.one("SELECT done_at, next_at FROM outbox WHERE topic = 'webhook'")
        )
        if row["done_at"] is not None:
            break
        await bench.clock.advance(row["next_at"] - bench.clock.now())
    times = [at - start for _, _, at in receiver.got]
    assert len(times) == 10
    assert 75 * 3600 <= times[-1] <= 76 * 3600
    assert all(later - earlier >= 5 for earlier, later in pairwise(times))
    assert len({headers["webhook-id"] for headers, _, _ in receiver.got}) == 1
    for headers, body, at in receiver.got:  # signed anew, or receivers would call it a replay
        assert headers["webhook-timestamp"] == str(int(at))
        signed = f"{headers['webhook-id']}.{int(at)}.".encode() + body
        digest = base64.b64encode(hmac.new(b"n" * 24, signed, sha256).digest()).decode()
        assert f"v1,{digest}" in headers["webhook-signature"].split()
    given_up = bench.store.read(
        lambda tx: tx.one("SELECT count(*) AS n FROM events WHERE kind = 'webhook_given_up'")
    )
    assert given_up["n"] == 1
    bench.store.close()


async def test_another_process_goes_on_where_one_stopped(
    tmp_path: Path, receiver: Receiver
) -> None:
    bench, courier = await opened(tmp_path, receiver)
    await placed(bench)
    receiver.status = 502
    await courier.deliver()
    receiver.status = 200
    await bench.clock.advance(6)
    again = Courier(bench.store, (NEW,), bench.clock, get_log("t"), transport=receiver.transport)
    assert await again.deliver() == 1
    assert await again.deliver() == 0
    assert len({headers["webhook-id"] for headers, _, _ in receiver.got}) == 1
    bench.store.close()


async def test_a_receiver_may_ask_for_time_or_for_peace(tmp_path: Path, receiver: Receiver) -> None:
    bench, courier = await opened(tmp_path, receiver)
    await placed(bench)
    receiver.status, receiver.headers = 429, {"retry-after": "3600"}
    await courier.deliver()
    await bench.clock.advance(3500)
    assert await courier.deliver() == 0
    receiver.status, receiver.headers = 410, {}
    await bench.clock.advance(200)
    assert await courier.deliver() == 1
    seen = len(receiver.got)
    held = await bench.say("要一件黑色M", who="wu")
    await bench.shop.confirm("wu", held.hold.id, "c2")
    assert await courier.deliver() == 2  # that the first order ran out, and the new one
    assert len(receiver.got) == seen
    bench.store.close()


async def test_a_redirect_is_not_followed(tmp_path: Path, receiver: Receiver) -> None:
    bench, courier = await opened(tmp_path, receiver)
    await placed(bench)
    receiver.status, receiver.headers = 302, {"location": "https://evil.example/"}
    await courier.deliver()
    assert len(receiver.got) == 1
    bench.store.close()


@pytest.mark.parametrize(
    "url", ["http://erp.example/h", "ftp://x/", "erp.example", "https:///h", "http://10.0.0.1/"]
)
def test_only_https_is_a_receiver(url: str) -> None:
    with pytest.raises(BadInput):
        check_url(url)
    assert check_url("http://127.0.0.1:9/h") and check_url(URL)


def test_without_a_secret_nothing_is_sent(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(Missing):
        Courier(bench.store, (), bench.clock, get_log("test"))
    bench.store.close()
