"""The one composition root: settings in, running show out. Nothing else wires rooms together."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from idol import plugins
from idol.avatar.stage import at_home
from idol.clock import Clock
from idol.commerce import catalog as catalogs
from idol.commerce import webhooks
from idol.commerce.holds import Rules
from idol.commerce.outcomes import ShopEvent
from idol.commerce.sense import Sense
from idol.commerce.service import Shop
from idol.commerce.shop_sync import StockSync
from idol.commerce.traffic import Traffic
from idol.config import Settings
from idol.dialogue import persona as personas
from idol.dialogue.attention import Attention
from idol.dialogue.brain import HostBrain
from idol.dialogue.encoder import SentenceEncoder
from idol.dialogue.guard import Guard
from idol.dialogue.language import detect
from idol.dialogue.mind import Mind
from idol.dialogue.names import address, spoken_name
from idol.errors import IdolError
from idol.licensing.admission import Admission
from idol.licensing.keys import TrustStore
from idol.licensing.meter import Meter
from idol.licensing.policy import Decision
from idol.model import LANGUAGES, CueFired, Language, Line, Packet, Played
from idol.show import policy, script
from idol.show.inspection import pictures
from idol.show.messages import StudioStats
from idol.show.reception import Reception
from idol.show.script import Segment, Show
from idol.show.stage import Stage
from idol.show.studio import Studio, StudioSettings
from idol.store import open_store
from idol.stream import nat
from idol.stream.edges import Edges, open_whep
from idol.stream.hub import Hub
from idol.stream.ladder import rungs
from idol.stream.outputs.rack import Rack
from idol.stream.webrtc import WhepSettings
from idol.telemetry import Log, TaskSet, get_log
from idol.voice.engine import engines
from idol.voice.speaker import SOON, Speaker
from idol.web.audience import WebAudience
from idol.web.auth import host_names
from idol.web.incoming.desk import Chats
from idol.web.services import Health, WorkerHealth
from idol.weights import default_cache

ASSETS = Path(__file__).resolve().parent.parent / "assets"
SWEEP_S = 1.0
"""How often viewers are told of holds that ran out; the ledger itself needs no sweeper."""


class LiveShow:
    """Every room of one show, wired and alive between `start` and `close`."""

    def __init__(self, settings: Settings, clock: Clock, log: Log) -> None:
        self.settings, self.clock, self.log = settings, clock, log
        self.data = Path(settings.data)
        self.data.mkdir(parents=True, exist_ok=True)
        self.show: Show = script.load(Path(settings.show))
        for mistake in pictures(self.show):
            raise mistake  # before anything is on air: viewers would look at an empty tile
        self.cautions = policy.enforce(
            policy.judge(self.show, settings, policy.destinations(settings), ASSETS)
        )
        """What the platforms want and is not certain, for the operator to read."""
        self.catalog = catalogs.load(self.show.csv, self.show.products, self.show.currency)
        self.listings = self.catalog.listings
        self.audience = WebAudience()
        self.tasks = TaskSet(log)
        self.stats: StudioStats | None = None
        self._build_shop()
        self._build_stream()
        self._build_voice()
        self._build_mind()
        self._build_stage()

    # ---- rooms, in the order in which they lean on each other

    def _build_shop(self) -> None:
        settings = self.settings.shop
        self.store = open_store(settings.database, self.data)
        self.encoder = SentenceEncoder()
        provider = plugins.load("payments", settings.payment)
        secret = os.environ.get("IDOL_PAYMENT_SECRET", "")
        self.provider = provider(secret=secret) if secret else provider()
        if hasattr(self.provider, "set_stock"):  # an outside shop
            self.provider.items = self.catalog.items
        self.shop = Shop(
            self.store,
            self.catalog,
            self.provider,
            self.clock,
            self._shop_event,
            get_log("shop"),
            rules=Rules(
                hold_seconds=float(settings.hold_seconds),
                webhooks=tuple(webhooks.check_url(url) for url in settings.webhooks),
            ),
            return_url=f"{self.settings.web.public_url}/orders/{{order}}",
            sense=Sense(self.encoder.encode),
        )

        self.stock_sync: StockSync | None = None
        if hasattr(self.provider, "set_stock"):
            self.stock_sync = StockSync(self.provider, self.shop, self.store, get_log("stock"))
            self.shop.elsewhere = self.stock_sync.heard
        self.traffic = Traffic(self.store, self.clock, lambda: self.shop.floor, get_log("traffic"))
        self.courier: webhooks.Courier | None = None
        secrets = os.environ.get("IDOL_WEBHOOK_SECRET", "").split()
        if settings.webhooks or secrets:  # suppliers' production orders go by it too
            self.courier = webhooks.Courier(self.store, secrets, self.clock, get_log("webhooks"))

    def _build_stream(self) -> None:
        stream = self.settings.stream
        pack = ASSETS / "idols" / self.show.idol
        self.studio = Studio(
            StudioSettings(
                pack=pack,
                stage=ASSETS / "stages" / at_home(stream.stage or self.show.stage, pack),
                renderer=stream.renderer,
                size=stream.size,
                fps=stream.fps,
                video_kbps=stream.bitrate_kbps,
                rungs=stream.rungs,
                seed=self.settings.seed,
                watch=stream.watch,
            ),
            get_log("studio"),
            on_packet=self._packet,
            on_played=self._played,
            on_cue=self._cue_fired,
            on_stats=self._studio_stats,
        )
        self.hub = Hub(self.studio.request_key, self.clock, self.studio.rungs)
        ladder = rungs(stream.size, stream.bitrate_kbps, stream.rungs)
        self.whep = open_whep(
            self.hub,
            get_log("whep"),
            WhepSettings(
                max_viewers=stream.max_viewers,
                ice_servers=nat.servers(stream.ice_servers, os.environ.get("IDOL_TURN_SECRET", "")),
                external=stream.external,
                ports=nat.port_range(stream.udp_ports),
                kbps=tuple(rung.kbps for rung in ladder),
            ),
            stream.edges,
        )
        entries = [output.options() for output in self.settings.outputs]
        if stream.record:
            entries.append({"kind": "file", "name": "record", "path": stream.record})
        for entry in entries:
            if entry["kind"] == "file":
                entry.setdefault("title", self.title)
            elif entry["kind"] == "livekit":
                entry.setdefault("size", stream.size)
            elif entry["kind"] == "camera":
                entry.setdefault("fps", stream.fps)
        self.outputs = Rack(entries, self.hub.request_key, get_log("outputs"))
        self._chapter = ""

    def _build_voice(self) -> None:
        settings = self.settings.voice
        log = get_log("voice")
        self.engines = engines({"zh": settings.zh, "en": settings.en}, log)
        self.speaker = Speaker(self.engines, default_cache(), log, cache_mb=settings.cache_mb)

    def _build_mind(self) -> None:
        persona = personas.from_show(self.show.host, self.show.persona)
        self.guard = Guard(self.listings, self.shop, persona)
        mind = self.settings.mind
        options = {"model": mind.model}
        plugin = "transformers"
        if mind.endpoint:
            plugin, options = "openai", {**options, "endpoint": mind.endpoint}
        openings = [persona.opening(language) for language in LANGUAGES]
        self.mind = Mind(plugin, options, get_log("mind"), openings=openings)
        self.brain = HostBrain(
            encoder=self.encoder,
            mind=self.mind,
            ledger=self.shop,
            clock=self.clock,
            log=get_log("brain"),
            persona=persona,
            seed=self.settings.seed,
        )
        self.attention = Attention(self.clock, self.brain.topic)

    def _build_stage(self) -> None:
        meter = Meter(self.data / "airings.jsonl")
        self.stage = Stage(
            show=self.show,
            listings=self.listings,
            shop=self.shop,
            brain=self.brain,
            guard=self.guard,
            voice=self.speaker,
            studio=self.studio,
            audience=self.audience,
            attention=self.attention,
            admit=door(self.show, meter, self.clock),
            clock=self.clock,
            log=get_log("stage"),
            on_change=self._floor_changed,
            heard=self.traffic,
            run=f"{int(self.clock.now()):x}-",
            likely=self.brain.likely,
        )
        self.reception = Reception(
            stage=self.stage,
            shop=self.shop,
            attention=self.attention,
            audience=self.audience,
            listings=self.listings,
            language_of=detect,
            spoken_name=spoken_name,
            cue=self.studio.cue,
            clock=self.clock,
            log=get_log("reception"),
            wrote=self.traffic.wrote,
            expect=self._expect,
        )

        self.chats = Chats(
            [chat.options() for chat in self.settings.chats],
            self.reception,
            self.clock,
            get_log("chats"),
            language=self.show.language,
            hosts=host_names(self.show.host),
        )

    # ---- what one room tells another

    def _shop_event(self, event: ShopEvent) -> None:
        self.reception.shop_event(event)

    def _expect(self, name: str, language: Language) -> None:
        """Her voice learns a viewer's name before she must say it."""
        if said := address(name, language):
            line = Line(said, language, "fact")
            self.tasks.start(self.speaker.prepare([line], SOON), "learn-name")

    def _packet(self, packet: Packet) -> None:
        self.hub.publish(packet)

    def _played(self, played: Played) -> None:
        self.stage.played(played)

    def _cue_fired(self, fired: CueFired) -> None:
        self.stage.picture.cue_fired(fired)
        if fired.cue.kind in ("card", "hide_card"):
            self.traffic.shown(self.stage.picture.card)
            self._note_chapter(fired.pts)

    def _studio_stats(self, stats: StudioStats) -> None:
        self.stats = stats

    def _floor_changed(self) -> None:
        self.shop.floor = self.reception.floor()
        self._note_chapter(self.hub.pts)

    def _note_chapter(self, pts: int) -> None:
        """Recordings find a segment, and the product on its card, by name."""
        segment, card = self.stage.segment, self.stage.picture.card
        number = card if card is not None else self.stage.current
        listing = self.listings.get(number) if number is not None else None
        product = listing.product.title if listing else {}
        name = product.get(self.show.language) or next(iter(product.values()), "")
        title = " · ".join(part for part in (segment.id if segment else "", name) if part)
        if title and title != self._chapter:
            self._chapter = title
            self.outputs.chapter(pts, title)

    def health(self) -> Health:
        """How every process is, for the console."""
        mind = self.mind
        workers = [WorkerHealth("studio", self.studio.pid, self.studio.restarts)]
        if isinstance(self.whep, Edges):
            edges = [edge.worker for edge in self.whep.edges]
            workers += [WorkerHealth(edge.name, edge.pid, edge.restarts) for edge in edges]
        voices = {engine.name: engine for chain in self.engines.values() for engine in chain}
        workers += [WorkerHealth(f"voice {name}", v.pid, v.restarts) for name, v in voices.items()]
        workers += [WorkerHealth(f"output {o.name}", o.pid, o.restarts) for o in self.outputs.lines]
        if self.settings.mind.enabled:
            workers.append(WorkerHealth("mind", mind.pid, mind.restarts))
        return Health(
            self.stats,
            tuple(workers),
            {
                **self.speaker.states(),
                "mind": mind.state,
                **self.outputs.states(),
                **self.chats.states(),
            },
        )

    # ---- life

    async def start(self) -> None:
        """Picture, voice and templates first; the dialogue model joins when it is ready."""
        await self.shop.start()
        await asyncio.gather(self.studio.start(), self.speaker.start(), self.whep.start())
        await self.outputs.start()
        self.hub.add_sink(self.outputs)
        await asyncio.to_thread(self.encoder.encode, ["好"])  # loads it before somebody waits
        fillers = [line for language in LANGUAGES for line in self.brain.fillers(language)]
        self.tasks.start(self.speaker.prepare(fillers), "fillers")
        self.tasks.start(self.stage.run(), "stage")
        self.chats.start()
        self.tasks.start(self._sweep(), "sweep")
        if self.stock_sync is not None:
            self.tasks.start(self.stock_sync.run(self.clock), "stock-sync")
        if self.courier is not None:
            self.tasks.start(self.courier.run(), "webhooks")
        if self.settings.mind.enabled:
            await self.mind.start()

    @property
    def title(self) -> str:
        return self.show.title[self.show.language]

    async def _sweep(self) -> None:
        while True:
            await self.clock.sleep(SWEEP_S)
            try:
                await self.shop.sweep()
                await self.shop.on_air(self.stage.current, self.audience.viewers)
                await self.shop.follow()
                await self.traffic.flush()
            except Exception as error:  # the next sweep may do better
                self.log.error("sweep failed", exc_info=error)

    async def close(self) -> None:
        """End the show and every process of ours."""
        await self.chats.close()
        await self.tasks.close()
        await self.whep.close()
        self.hub.remove_sink(self.outputs)
        await self.outputs.close()
        await asyncio.gather(
            self.studio.stop(), self.speaker.close(), self.mind.close(), return_exceptions=True
        )
        with contextlib.suppress(IdolError):  # the ledger itself may be what has failed
            await self.traffic.close()
        self.store.close()


def door(show: Show, meter: Meter, clock: Clock) -> Callable[[Segment], Decision]:
    """Who may air: the licence of each sponsored segment, decided at that moment."""
    admission = Admission(TrustStore.load(ASSETS / "licences"), meter, show.idol)

    def admit(segment: Segment) -> Decision:
        return admission.admit(
            Path(segment.grant),
            segment=segment.id,
            kind=segment.kind,
            brand=segment.brand,
            product=segment.product,
            now=clock.now(),
        )

    return admit
