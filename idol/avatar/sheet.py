"""The picture of a proof: her as she stands, every drawing by name, what is wrong in red."""

from __future__ import annotations

import math
from collections import Counter

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar import pack as packs
from idol.avatar.bake import Sprite
from idol.avatar.overlay import text
from idol.avatar.overlay.paint import Colour, canvas, fill
from idol.avatar.pack import ArmPose, Pack
from idol.avatar.proof import THUMB, Finding, Proof, box, drawn
from idol.model import Language

Image = npt.NDArray[np.uint8]

WIDTH, LEFT, CELL, NAME = 1560, 470, 112, 20
GOOD: Colour = (72, 128, 96)
ODD: Colour = (232, 152, 40)
BAD: Colour = (222, 52, 60)
INK: Colour = (44, 40, 56)
PAPER: Colour = (248, 246, 250)


def draw(proof: Proof, language: Language) -> Image:
    """BGR picture, 1560 pixels wide, as high as it needs."""
    lines = _lines(proof, language)
    names = list(dict.fromkeys(packs.files(proof.pack))) if proof.pack else []
    columns = (WIDTH - LEFT - 20) // (CELL + 8)
    rows = math.ceil(len(names) / columns) if names else 0
    stand = stand_still(proof) if proof.pack else np.zeros((60, LEFT - 40, 3), np.uint8)
    shrink = (LEFT - 40) / stand.shape[1]
    high = max(round(stand.shape[0] * shrink), rows * (CELL + NAME + 8)) + 70
    sheet = np.full((high + 30 + 26 * len(lines), WIDTH, 3), PAPER[::-1], np.uint8)
    title = f"{proof.folder.name} · " + _verdict(proof, language)
    _write(sheet, title, 20, 14, 26, GOOD if proof.good else BAD)
    if proof.pack:
        small = cv2.resize(stand, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        sheet[60 : 60 + small.shape[0], 20 : 20 + small.shape[1]] = small
        _marks(sheet, proof, shrink)
    worst = _worst(proof)
    for i, name in enumerate(names):
        x = LEFT + (i % columns) * (CELL + 8)
        y = 60 + (i // columns) * (CELL + NAME + 8)
        _cell(sheet, x, y, name, proof.pictures.get(name), worst.get(name))
    for i, (line, colour) in enumerate(lines):
        _write(sheet, line, 20, high + 6 + 26 * i, 17, colour)
    return sheet


def _verdict(proof: Proof, language: Language) -> str:
    counts = Counter(f.serious for f in proof.findings)
    if not proof.findings:
        return "一切正常" if language == "zh" else "all good"
    if language == "zh":
        return f"{counts[True]} 处错误，{counts[False]} 处提醒"
    return f"{counts[True]} mistakes, {counts[False]} remarks"


def _lines(proof: Proof, language: Language) -> list[tuple[str, Colour]]:
    out = []
    for i, finding in enumerate(proof.findings, 1):
        said = text.drawable(f"{i}. {finding.say(language)}")[0]
        while said:
            part = said
            while text.width(part, 17) > WIDTH - 40:
                part = part[: int(len(part) * 0.95)]
            out.append((part, BAD if finding.serious else ODD))
            said = said[len(part) :]
    return out


def _worst(proof: Proof) -> dict[str, Finding]:
    out: dict[str, Finding] = {}
    for finding in proof.findings:
        if finding.file and (finding.file not in out or finding.serious):
            out[finding.file] = finding
    return out


def _write(sheet: Image, words: str, x: int, y: int, size: int, colour: Colour) -> None:
    words = text.drawable(words)[0]
    if not words:
        return
    paint = canvas(int(text.width(words, size)) + 8, text.line_height(size) + 4)
    fill(paint, text.glyphs(words, 2, 2, size, text.MEDIUM), colour)
    planes = np.moveaxis(paint, 0, -1)
    height, width = planes.shape[:2]
    spot = sheet[y : y + height, x : x + width]
    planes = planes[: spot.shape[0], : spot.shape[1]]
    spot[:] = np.clip(planes[..., :3] * 255 + spot * (1 - planes[..., 3:]), 0, 255).astype(np.uint8)


def _cell(
    sheet: Image, x: int, y: int, name: str, picture: Sprite | None, finding: Finding | None
) -> None:
    """One drawing on a chequered ground, framed by how it is."""
    spot = sheet[y : y + CELL, x : x + CELL]
    checks = (np.indices((CELL, CELL)) // 8).sum(axis=0) % 2
    spot[:] = np.where(checks[..., None] > 0, 236, 255)
    colour = GOOD if finding is None else BAD if finding.serious else ODD
    line = colour[::-1]
    if picture is not None:
        image = picture.image
        shrink = min(1.0, (CELL - 8) / max(image.shape[:2]))
        if shrink < 1:
            image = np.asarray(
                cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
            )
        top, left = (CELL - image.shape[0]) // 2, (CELL - image.shape[1]) // 2
        _over(spot, image, left, top)
    else:
        cv2.line(spot, (14, 14), (CELL - 14, CELL - 14), line, 4, cv2.LINE_AA)
        cv2.line(spot, (CELL - 14, 14), (14, CELL - 14), line, 4, cv2.LINE_AA)
    thick = 2 if finding is None else 4
    cv2.rectangle(sheet, (x, y), (x + CELL - 1, y + CELL - 1), line, thick)
    short = name.rpartition(".")[0]
    while text.width(short, 12) > CELL + 4:
        short = short[1:]
    _write(sheet, short, x, y + CELL + 1, 12, INK if finding is None else colour)


def _marks(sheet: Image, proof: Proof, shrink: float) -> None:
    """Frames about the faulty parts where they stand in her picture."""
    pack = proof.pack
    assert pack is not None
    view = pack.views["portrait"]
    left = _left(pack)
    for i, finding in enumerate(proof.findings, 1):
        picture = proof.pictures.get(finding.file)
        if picture is None or not drawn(picture):
            continue
        if finding.file.startswith(f"{pack.arms.folder}/"):
            continue
        colour = (BAD if finding.serious else ODD)[::-1]
        a, b, c, d = (
            round(v)
            for v in (np.array(box(picture)) - (left, view.top) * 2) * THUMB * shrink + (20, 60) * 2
        )
        cv2.rectangle(sheet, (a, b), (c, d), colour, 2)
        _write(sheet, str(i), min(c, LEFT - 40) + 3, max(b, 60), 15, colour[::-1])


def _left(pack: Pack) -> float:
    """Design x of the portrait picture's left edge: 9:16."""
    view = pack.views["portrait"]
    return pack.axis - view.centre * view.height * 9 / 16


def stand_still(proof: Proof) -> Image:
    """Her as she stands at rest, drawn from whatever could be drawn; BGR at `THUMB`, 9:16."""
    pack = proof.pack
    if pack is None:
        raise ValueError("there is no pack to draw")
    view = pack.views["portrait"]
    height = round(view.height * THUMB)
    frame = np.full((height, round(height * 9 / 16), 3), (210, 202, 206), np.uint8)
    left = _left(pack)
    get = proof.pictures.get

    def lay(name: str, mirrored: bool = False) -> None:
        picture = get(pack.file(name))
        if picture is None:
            return
        image, x = picture.image, picture.x
        if mirrored:
            image = np.asarray(cv2.flip(image, 1))
            x = 2 * pack.axis - x - image.shape[1] / THUMB
        _over(frame, image, round((x - left) * THUMB), round((picture.y - view.top) * THUMB))

    opened = min(range(len(pack.eyes.open)), key=lambda i: abs(pack.eyes.open[i] - 1))
    key, eyes = pack.eyes.keys[opened], pack.eyes.folder
    for layer in pack.layers:
        for file in layer.files if layer.fade is None else ():
            lay(file)
        if layer.sprite == "mouth":
            lay(pack.mouth.drawing("sil"))
        elif layer.sprite:
            mirrored = layer.sprite.endswith("left")
            if layer.sprite.startswith("brow"):
                lay(f"{pack.brows.folder}/{pack.brows.base}.svg", mirrored)
                continue
            for part in (f"white_{key}", pack.eyes.irises["normal"], f"lid_{key}"):
                lay(f"{eyes}/{part}.svg", mirrored)
        elif layer.limbs:
            for pose, side in ((pack.rest.left, True), (pack.rest.right, False)):
                _arm(frame, proof, pack, pose, side, layer.limbs == "upper", (left, view.top))
    return frame


def _arm(
    frame: Image,
    proof: Proof,
    pack: Pack,
    pose: ArmPose,
    mirrored: bool,
    upper: bool,
    corner: tuple[float, float],
) -> None:
    arms = pack.arms
    shoulder = np.array(arms.shoulder, float)
    if mirrored:
        shoulder[0] = 2 * pack.axis - shoulder[0]
    elbow, wrist = np.array(pose.elbow), np.array(pose.wrist)
    if upper:
        bones = [("upperarm", shoulder, elbow, arms.upper)]
    else:
        bones = [("forearm", elbow, wrist, arms.lower)]
        turn = math.radians(pose.hand)
        _limb(
            frame, proof, f"{arms.folder}/hand_{pose.shape}.svg", mirrored, wrist, turn, 1, corner
        )
    for name, start, end, long in bones:
        along = end - start
        stretch = max(float(np.hypot(*along)) / long, 0.3)
        turn = math.atan2(along[0], -along[1])
        _limb(frame, proof, f"{arms.folder}/{name}.svg", mirrored, start, turn, stretch, corner)


def _limb(
    frame: Image,
    proof: Proof,
    name: str,
    mirrored: bool,
    joint: npt.NDArray[np.float64],
    turn: float,
    stretch: float,
    corner: tuple[float, float],
) -> None:
    pack = proof.pack
    assert pack is not None
    picture = proof.pictures.get(pack.file(name))
    if picture is None:
        return
    size = pack.arms.hand_scale if "/hand_" in name else 1.0
    image, x = picture.image, picture.x * size
    if mirrored:
        image = np.asarray(cv2.flip(image, 1))
        x = -x - image.shape[1] / THUMB
    cos, sin = math.cos(turn), math.sin(turn)
    spin = np.array([[cos, -sin * stretch], [sin, cos * stretch]])
    shift = (spin @ (x, picture.y * size) + joint - corner) * THUMB
    matrix = np.concatenate([spin, shift[:, None]], axis=1)
    height, width = frame.shape[:2]
    _over(frame, np.asarray(cv2.warpAffine(image, matrix, (width, height))), 0, 0)


def _over(frame: Image, image: Image, x: int, y: int) -> None:
    """Premultiplied BGRA over BGR, clipped."""
    x0, y0 = max(x, 0), max(y, 0)
    x1 = min(x + image.shape[1], frame.shape[1])
    y1 = min(y + image.shape[0], frame.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = image[y0 - y : y1 - y, x0 - x : x1 - x]
    spot = frame[y0:y1, x0:x1]
    rest = 255 - part[..., 3:].astype(np.uint16)
    spot[:] = np.minimum(part[..., :3] + (spot * rest + 127) // 255, 255).astype(np.uint8)
