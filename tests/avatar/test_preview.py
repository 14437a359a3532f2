"""The preview: pictures follow the sliders and the files; mistakes leave the old picture on."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from avatar_folders import STUDIO
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from idol.avatar.preview import booth as booths
from idol.avatar.preview.booth import Booth, parameters
from idol.avatar.preview.server import clean, create_app
from idol.errors import BadInput


@pytest.fixture
def booth(mimi: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Booth:
    monkeypatch.setattr(booths, "SIZES", {"portrait": (180, 320), "landscape": (320, 180)})
    monkeypatch.setattr(booths, "LOOK_S", 0.0)
    folder = Path(shutil.copytree(mimi, tmp_path / "mimi"))
    return Booth(folder, {"studio": STUDIO}, cache)


def until(booth: Booth, true: Callable[[], bool]) -> np.ndarray:
    """Frames until something is true; the last picture, BGR."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        jpeg = booth.frame()
        if true() and jpeg is not None:
            return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
        if jpeg is None:
            time.sleep(0.02)
    raise AssertionError(f"it did not come to pass: {booth.state}")


def test_a_change_of_a_file_shows_and_a_mistake_leaves_the_picture_on(booth: Booth) -> None:
    first = until(booth, lambda: booth.state.version == 1 and not booth.state.loading)
    assert first.std() > 20
    file = booth.folder / "avatar.yaml"
    good = file.read_text("utf-8")
    line = next(i for i, text in enumerate(good.splitlines(), 1) if text.startswith("waist:"))
    file.write_text(good.replace("waist: ", "waist: no"), "utf-8")
    going_on = until(booth, lambda: bool(booth.state.errors))
    assert going_on.std() > 20
    assert f"avatar.yaml:{line} waist" in booth.state.errors[0]
    assert booth.state.version == 1
    file.write_text(good, "utf-8")
    face = booth.folder / "parts/face.png"
    kept = face.read_bytes()
    face.unlink()
    until(booth, lambda: any("parts/face.png" in e for e in booth.state.errors))
    there = booth.state.errors
    booth.ask(language="zh" if booth.wish.language == "en" else "en")  # said again at once
    assert booth.state.errors != there and len(booth.state.errors) == len(there)
    face.write_bytes(kept)
    until(booth, lambda: booth.state.version == 2 and not booth.state.errors)


def test_a_file_spoilt_between_check_and_load_leaves_the_picture_on(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(booth, lambda: booth.state.version == 1)

    def spoilt(*_: object) -> None:
        raise BadInput("half written", where="avatar.yaml")

    monkeypatch.setattr(booths.SpriteRenderer, "load", spoilt)
    (booth.folder / "avatar.yaml").touch()
    assert until(booth, lambda: bool(booth.state.errors)).std() > 20
    assert booth.state.errors == ("avatar.yaml: half written",) and booth.state.version == 1


def test_a_held_parameter_is_obeyed_and_let_go(booth: Booth) -> None:
    until(booth, lambda: booth.state.version == 1)
    rest = {str(p["name"]): float(str(p["rest"])) for p in parameters()}

    def settled(**held: float) -> np.ndarray:
        booth.ask(params={**rest, **held})
        for _ in range(4):
            booth.frame()
        return until(booth, lambda: True).astype(int)

    still = settled()
    assert np.abs(settled() - still)[60:160].mean() < 3, "held still, the head does not move"
    turned = settled(ParamAngleX=30, ParamAngleZ=25)
    assert np.abs(turned - still)[60:160].mean() > 4


def test_a_gesture_begins_when_it_is_asked_for(booth: Booth) -> None:
    until(booth, lambda: booth.state.version == 1)
    booth.ask(gesture="wave")
    began = booth.wish.gesture_pts
    booth.frame()
    booth.ask(gesture="wave")
    assert booth.wish.gesture_pts > began


def test_only_known_things_can_be_asked_for() -> None:
    asked = clean(
        {
            "params": {"ParamAngleX": 900, "ParamCheek": "x", "__class__": 1},
            "emotion": "happy",
            "gesture": "explode",
            "viseme": "zz",
            "talk": "yes",
            "folder": "/etc",
        }
    )
    assert asked == {"params": {"ParamAngleX": 30}, "emotion": "happy", "viseme": None}


def test_the_page_and_its_socket(booth: Booth) -> None:
    with TestClient(create_app(booth)) as client:
        page = client.get("/")
        assert page.status_code == 200 and "preview.js" in page.text
        about = client.get("/about").json()
        assert {"happy"} <= set(about["emotions"]) and about["stages"] == ["studio"]
        with client.websocket_connect("/live") as socket:
            socket.send_json({"orientation": "landscape", "emotion": "happy"})
            jpeg = None
            while jpeg is None or cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1).shape[1] != 320:
                jpeg = socket.receive().get("bytes")
        assert booth.wish.emotion == "happy"
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/live", headers={"origin": "http://evil.example"}),
        ):
            pass
