"""A sample clip: sound, lips and card in a file that says what made it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from idol.clock import SAMPLE_RATE
from idol.commerce import catalog as catalogs
from idol.dialogue import persona as personas
from idol.dialogue.guard import Guard
from idol.errors import BadInput
from idol.model import Language, SpeechChunk, Utterance, VisemeEvent
from idol.ports import Frame, Moment
from idol.show import script
from idol.show.clip import Film, lines
from idol.show.inspection import Opening
from idol.show.rehearsal import ReadingVoice

SHOW = Path(__file__).resolve().parents[2] / "assets/shows/zh-autumn"


class Humming(ReadingVoice):
    """A hum as long as the text, with an open mouth."""

    async def speak(self, utterance: Utterance) -> AsyncIterator[SpeechChunk]:
        async for chunk in super().speak(utterance):
            t = np.arange(len(chunk.pcm)) / SAMPLE_RATE
            hum = (np.sin(t * 1400) * 8000).astype(np.int16)
            yield replace(chunk, pcm=hum, visemes=(VisemeEvent(chunk.start, "aa"),))


class Flat:
    """A renderer that remembers its moments and draws their brightness."""

    size = (64, 96)

    def __init__(self) -> None:
        self.moments: list[Moment] = []

    def load(self, pack: Path, stage: Path, size: tuple[int, int], fps: int, seed: int) -> None:
        """Nothing to read."""

    def render(self, moment: Moment, out: Frame) -> None:
        self.moments.append(moment)
        out[:] = 128
        out[:96] = 40 + 8 * (len(self.moments) % 20)


def film(language: Language = "zh") -> tuple[Film, Flat]:
    show = script.load(SHOW)
    catalog = catalogs.load(show.csv, show.products, show.currency)
    ledger = Opening(catalog)
    guard = Guard(catalog.listings, ledger, personas.from_show(show.host, show.persona))
    camera = Flat()
    return Film(show, catalog, ledger, guard, Humming(), camera, 25), camera


async def test_the_clip_has_picture_sound_lips_card_and_label(tmp_path: Path) -> None:
    made, camera = film()
    parts: list[float] = []
    filmed = await made.shoot(tmp_path / "clip.mp4", 24, parts.append)
    assert (filmed.frames, filmed.seconds, parts[-1]) == (600, 24, 1.0)
    assert filmed.spoken_s > 15
    assert [m.pts for m in camera.moments] == [i * 1920 for i in range(600)]
    assert {"wave"} <= {m.gesture for m in camera.moments}
    assert any(m.card == 1 for m in camera.moments)
    assert any(m.mouth.viseme == "aa" for m in camera.moments)
    assert {m.scene.thanks for m in camera.moments} == {"", "小鹿"}
    assert all(m.scene.ai_label for m in camera.moments)
    assert camera.moments[0].mouth.viseme == camera.moments[-1].mouth.viseme == "sil"
    with av.open(str(filmed.path)) as container:
        said: Any = container.metadata
        assert "AI-generated" in said["comment"] and "人工智能" in said["comment"]
        sound = np.concatenate([f.to_ndarray().ravel() for f in container.decode(audio=0)])
    with av.open(str(filmed.path)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    assert pictures == 600
    assert np.abs(sound).max() > 0.05 and len(sound) == pytest.approx(24 * SAMPLE_RATE, rel=0.02)
    strip = cv2.imdecode(np.frombuffer(made.sheet(), np.uint8), cv2.IMREAD_COLOR)
    assert strip.shape == (720, 240 * 6, 3)


async def test_a_clip_is_not_written_over_another(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"mine")
    made, _ = film()
    with pytest.raises(BadInput, match="there already"):
        await made.shoot(tmp_path / "clip.mp4", 5)
    with pytest.raises(BadInput, match="2 to 3600"):
        await made.shoot(tmp_path / "other.mp4", 0)


def test_paid_segments_are_left_out_and_the_guard_has_filled_the_numbers() -> None:
    made, _ = film()
    show = made._show
    script_lines = lines(show, made._catalog, made._guard)
    said = [next(script_lines) for _ in range(60)]
    paid = [s for s in show.segments if s.kind in ("sponsored", "qa")]
    assert not {line.text for line in said} & {part.text for s in paid for part in s.lines}
    assert not any("{" in line.text for line in said)
