"""How the machinery is: CPU and memory per process, frames per second; /healthz, /metrics."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Any

import psutil
from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from idol.clock import SAMPLE_RATE
from idol.show.messages import StudioStats
from idol.web.services import Health, Services

STALLED_S = 5.0
"""A dead studio is back in under three; this is longer."""


class HealthMeter:
    """Turns counters into rates. Call `sample` about once a second; CPU is in cores."""

    def __init__(self) -> None:
        self._processes: dict[int, tuple[psutil.Process, float]] = {}
        self._last: StudioStats | None = None
        self._at: float | None = None
        self._fps = 0.0
        self._moved_at: float | None = None
        self.latest: dict[str, Any] = {}

    def sample(self, health: Health, now: float) -> dict[str, Any]:
        """The `stats` event, without what only others know. `now`: monotonic seconds."""
        pids: dict[str, int | None] = {"host": os.getpid()}
        restarts = {"host": 0}
        for worker in health.workers:
            pids[worker.name], restarts[worker.name] = worker.pid, worker.restarts
        passed = now - self._at if self._at is not None else 0.0
        processes = [
            {"name": name, "pid": pid, "restarts": restarts[name], **self._usage(pid, passed)}
            for name, pid in pids.items()
        ]
        self._processes = {p: v for p, v in self._processes.items() if p in pids.values()}
        self._at = now
        self.latest = {
            "fps": self._frames(health.studio, now),
            "studio": _studio(health.studio),
            "processes": processes,
            "engines": dict(health.engines),
            "machine": {"cores": os.cpu_count(), "load": os.getloadavg()[0]},
        }
        return self.latest

    def stalled(self, now: float) -> bool:
        """Whether a studio that has reported before has been silent for `STALLED_S`."""
        return self._moved_at is not None and now - self._moved_at > STALLED_S

    def _frames(self, studio: StudioStats | None, now: float) -> float:
        """New pictures per second of media time, between the studio's last two reports."""
        last = self._last
        if studio is None:
            return 0.0
        if last is None or studio.pts != last.pts:
            self._last, self._moved_at = studio, now
        elif self.stalled(now):
            self._fps = 0.0
        if last and studio.pts > last.pts and studio.frames >= last.frames:  # else: restarted
            drawn = (studio.frames - studio.repeated) - (last.frames - last.repeated)
            self._fps = drawn * SAMPLE_RATE / (studio.pts - last.pts)
        return round(self._fps, 1)

    def _usage(self, pid: int | None, passed: float) -> dict[str, Any]:
        if pid is None:
            return {"up": False, "cpu": 0.0, "rss_mb": 0}
        try:
            process, before = self._processes.get(pid) or (psutil.Process(pid), None)
            times = process.cpu_times()
            used = times.user + times.system
            memory = process.memory_info().rss // 2**20
        except psutil.Error:
            self._processes.pop(pid, None)
            return {"up": False, "cpu": 0.0, "rss_mb": 0}
        self._processes[pid] = (process, used)
        cpu = (used - before) / passed if before is not None and passed > 0 else 0.0
        return {"up": True, "cpu": round(max(0.0, cpu), 3), "rss_mb": memory}


def _studio(studio: StudioStats | None) -> dict[str, Any] | None:
    if studio is None:
        return None
    return {
        "frames": studio.frames,
        "repeated": studio.repeated,
        "late_audio": studio.late_audio,
        "render_ms": round(studio.render_ms, 2),
        "encode_ms": round(studio.encode_ms, 2),
        "queued_ms": round(studio.queued_ms),
        "pts": studio.pts,
    }


def stats(services: Services, meter: HealthMeter) -> dict[str, Any]:
    """The whole `stats` event for operators."""
    return {
        "type": "stats",
        "at": services.clock.now(),
        "viewers": services.audience.viewers,
        "pages": services.audience.pages,
        "operators": services.audience.operators,
        "players": services.whep.count,
        **meter.sample(services.health(), services.clock.monotonic()),
    }


def router(services: Services, meter: HealthMeter) -> APIRouter:
    """`/healthz` for whoever restarts us, `/metrics` in Prometheus' text format."""
    api = APIRouter()

    @api.get("/healthz")
    async def healthz() -> Response:
        down = [p["name"] for p in meter.latest.get("processes", []) if not p["up"]]
        stalled = meter.stalled(services.clock.monotonic())
        body = {"status": "stalled" if stalled else "ok", "down": down}
        return JSONResponse(body, 503 if stalled else 200)

    @api.get("/metrics")
    async def metrics() -> Response:
        return PlainTextResponse(
            exposition(services, meter.latest), media_type="text/plain; version=0.0.4"
        )

    return api


def exposition(services: Services, latest: Mapping[str, Any]) -> str:
    """Gauges and counters, one a line, each with its help."""
    studio = latest.get("studio") or {}
    rows: list[tuple[str, str, str, list[tuple[str, float]]]] = [
        ("idol_viewers", "gauge", "People with a page open", [("", services.audience.viewers)]),
        ("idol_pages", "gauge", "Viewer pages open", [("", services.audience.pages)]),
        ("idol_players", "gauge", "WebRTC sessions", [("", services.whep.count)]),
        ("idol_tasks", "gauge", "Tasks on the host's event loop", [("", len(asyncio.all_tasks()))]),
        ("idol_fps", "gauge", "Frames per second", [("", latest.get("fps", 0.0))]),
    ]
    for name, help in (
        ("frames", "Frames since the studio started"),
        ("repeated", "Frames that were late and repeated"),
        ("late_audio", "Frames whose sound was late"),
    ):
        rows.append((f"idol_{name}_total", "counter", help, [("", studio.get(name, 0))]))
    processes = latest.get("processes", [])
    for name, field, help in (
        ("idol_process_cpu_cores", "cpu", "CPU in cores over the last second"),
        ("idol_process_memory_megabytes", "rss_mb", "Resident memory"),
        ("idol_process_restarts", "restarts", "Times the worker was started again"),
        ("idol_process_up", "up", "1 while the process lives"),
    ):
        values = [(f'{{process="{p["name"]}"}}', float(p[field])) for p in processes]
        rows.append((name, "gauge", help, values))
    lines: list[str] = []
    for name, kind, help, values in rows:
        lines += [f"# HELP {name} {help}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{label} {value:g}" for label, value in values]
    return "\n".join(lines) + "\n"
