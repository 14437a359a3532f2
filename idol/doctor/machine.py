"""The machine: versions, processor, weights, fonts, clock, limits."""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import psutil

from idol import known_weights, weights
from idol.config import Settings
from idol.doctor import Finding, bad, good, warn
from idol.errors import IdolError

CORES, MEMORY_GB, DISK_GB = 2, 4, 2
FILES_PER_VIEWER = 4
UNSYNCHRONISED = 5
"""What `adjtimex` returns (TIME_ERROR) where nothing keeps the clock right."""


def look(settings: Settings) -> Iterator[Finding]:
    """Everything that needs no network."""
    yield _versions()
    yield _processor()
    yield _memory()
    yield _disk(Path(settings.data))
    yield from _weights(settings)
    yield _fonts()
    yield _send_loop()
    yield _files(settings.stream.max_viewers)
    yield _clock()


def _versions() -> Finding:
    here = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    other = []
    for line in requires("idol") or ():
        pinned = re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([^;\s]+)$", line)
        if pinned is None:  # an optional extra
            continue
        try:
            found = version(pinned[1])
        except PackageNotFoundError:
            found = "missing"
        if found.partition("+")[0] != pinned[2]:
            other.append(f"{pinned[1]} {found} (not {pinned[2]})")
    if other:
        return warn("versions", "; ".join(other), "pip install -e . brings the tested ones")
    return good("versions", f"{here}, every package as tested")


def _processor() -> Finding:
    cores = len(psutil.Process().cpu_affinity() or ()) or os.cpu_count() or 1
    flags = _flags()
    words = [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if name in flags]
    found = f"{cores} cores, {' '.join(words) or 'no AVX2 known'}"
    if cores < CORES:
        return bad("processor", found, f"she needs {CORES} cores to draw, speak and answer at once")
    if flags and "avx2" not in flags:
        return warn("processor", found, "without AVX2 voice and model may be too slow: rehearse")
    return good("processor", found)


def _flags() -> frozenset[str]:
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
        if found := re.search(r"^flags\s*:\s*(.+)$", text, re.MULTILINE):
            return frozenset(found[1].split())
    return frozenset()


def _memory() -> Finding:
    free = psutil.virtual_memory().available / 2**30
    found = f"{free:.1f} GB free"
    if free < MEMORY_GB:
        return warn(
            "memory", found, f"{MEMORY_GB} GB hold voice and model; or [mind] enabled=false"
        )
    return good("memory", found)


def _disk(data: Path) -> Finding:
    folder = next(p for p in (data.absolute(), *data.absolute().parents) if p.exists())
    free = shutil.disk_usage(folder).free / 2**30
    if not os.access(folder, os.W_OK):
        return bad("disk", f"{folder} cannot be written", "set data to a folder of this user")
    if free < DISK_GB:
        return warn("disk", f"{free:.1f} GB free", "an hour of recording takes 0.7 GB")
    return good("disk", f"{free:.0f} GB free for {data}")


def _weights(settings: Settings) -> Iterator[Finding]:
    names = (
        list(known_weights.VOICE) if "kokoro" in (*settings.voice.zh, *settings.voice.en) else []
    )
    if settings.mind.enabled and not settings.mind.endpoint:
        with contextlib.suppress(IdolError):
            weights.find(settings.mind.model)
            names.append(settings.mind.model)
    for name in names:
        try:
            yield good("weights", f"{name} in {weights.locate(name)}")
        except IdolError:
            yield warn("weights", f"{name} is not here", f"idol fetch {name}")


def _fonts() -> Finding:
    from idol.avatar.overlay import text

    try:
        drawn, _ = text.drawable("中文 Aa")
    except Exception as error:
        return bad("fonts", f"none for the picture: {error}", "reinstall opencv-python-headless")
    if "中" not in drawn:
        return bad("fonts", "no Chinese in the picture", "reinstall opencv-python-headless")
    return good("fonts", "the picture's own, Chinese and Latin")


def _send_loop() -> Finding:
    from idol.stream import native

    if native.load() is None:
        return warn("send loop", "Python", "with a C compiler, pip install builds the faster one")
    return good("send loop", "in C")


def _files(viewers: int) -> Finding:
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    except ImportError:
        return good("open files", "no limit known")
    needed = viewers * FILES_PER_VIEWER + 200
    if limit < needed:
        return warn(
            "open files", f"{limit} for {viewers} viewers", f"ulimit -n {needed}, or LimitNOFILE="
        )
    return good("open files", f"{limit} for {viewers} viewers")


def _clock() -> Finding:
    if not sys.platform.startswith("linux"):
        return good("clock", "not looked at on this system")
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    if state == UNSYNCHRONISED:
        return warn(
            "clock",
            "nothing keeps it right",
            "countdowns, licences and TURN logins need NTP (in a container: the host's)",
        )
    return good("clock", "kept right")
