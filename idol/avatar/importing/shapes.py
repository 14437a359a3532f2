"""From drawn layers to the keys of shapes that change: sides, lids, mouths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from idol.avatar.importing.layers import Drawn, Image, cut

LEVELS = (("closed", 0.0), ("quarter", 0.3), ("half", 0.55), ("most", 0.8), ("open", 1.0))
"""Lid keys and how open they are; `wide` follows."""
WIDE = ("wide", 1.2)


def merged(layers: Sequence[Drawn]) -> Drawn:
    """Layers drawn over each other, as one with the name of the first."""
    if len(layers) == 1:
        return layers[0]
    left, top = min(d.box[0] for d in layers), min(d.box[1] for d in layers)
    right, bottom = max(d.box[2] for d in layers), max(d.box[3] for d in layers)
    out = np.zeros((bottom - top, right - left, 4), np.float32)
    for layer in layers:
        height, width = layer.image.shape[:2]
        spot = out[layer.y - top : layer.y - top + height, layer.x - left : layer.x - left + width]
        alpha = layer.image[..., 3:].astype(np.float32) / 255
        spot[..., :3] = layer.image[..., :3] * alpha + spot[..., :3] * (1 - alpha)
        spot[..., 3:] = alpha + spot[..., 3:] * (1 - alpha)
    out[..., :3] /= np.maximum(out[..., 3:], 1e-3)
    out[..., 3] *= 255
    image = np.clip(out + 0.5, 0, 255).astype(np.uint8)
    return replace(layers[0], image=image, x=left, y=top)


def right_half(layers: Iterable[Drawn], axis: float) -> Drawn | None:
    """What lies on the viewer's right of `axis`, of layers that may show one side or both.

    When only the left is drawn, its mirror image.
    """
    right: list[Drawn] = []
    left: list[Drawn] = []
    for layer in layers:
        x0, _, x1, _ = layer.box
        if x0 < axis < x1 and min(axis - x0, x1 - axis) > 0.2 * (x1 - x0):
            middle = round(axis) - x0
            part = cut(layer.name, layer.image[:, middle:], x0 + middle, layer.y)
            if part is not None:
                right.append(replace(part, what=layer.what))
        else:
            (right if layer.middle[0] > axis else left).append(layer)
    if right:
        return merged(right)
    if not left:
        return None
    one = merged(left)
    mirrored = np.ascontiguousarray(one.image[:, ::-1])
    return replace(one, image=mirrored, x=round(2 * axis) - one.box[2])


def squashed(layer: Drawn, part: float, base: float, down: float = 0.0) -> Drawn:
    """A layer `part` as high, towards the row `base` of the canvas, then moved `down`."""
    travel = max(abs(base - layer.y), abs(base - layer.box[3])) * abs(1 - part)
    room = int(travel + abs(down)) + 4
    image = cv2.copyMakeBorder(layer.image, room, room, 2, 2, cv2.BORDER_CONSTANT, value=0)
    colours = image.astype(np.float32)
    colours[..., :3] *= colours[..., 3:] / 255
    at = base - layer.y + room
    matrix = np.array([[1, 0, 0], [0, part, at * (1 - part) + down]], np.float64)
    size = (image.shape[1], image.shape[0])
    if part < 0.5:  # thin lines would fall between the rows
        colours = cv2.GaussianBlur(colours, (0, 0), sigmaX=0.01, sigmaY=0.35 / max(part, 0.08))
    out = cv2.warpAffine(colours, matrix, size, flags=cv2.INTER_LINEAR)
    out[..., :3] /= np.maximum(out[..., 3:] / 255, 1e-3)
    bent = np.clip(out, 0, 255).astype(np.uint8)
    return cut(layer.name, bent, layer.x - 2, layer.y - room) or layer


def eye_keys(parts: dict[str, Drawn]) -> tuple[dict[str, Drawn | None], dict[str, Drawn]]:
    """Whites (None where shut) and lids by key, from what is drawn of the right eye.

    `parts` holds white, iris and lid, or the whole eye, and perhaps closed and smile.
    """
    layered = {"white", "iris", "lid"} <= set(parts)
    whole = parts.get("whole")
    if whole is None and not layered:
        whole = merged([parts[p] for p in ("white", "iris", "lid") if p in parts])
    frame = parts["white"] if layered else whole
    assert frame is not None
    high = frame.box[3] - frame.box[1]
    base = frame.box[3] - 0.1 * high
    whites: dict[str, Drawn | None] = {}
    lids: dict[str, Drawn] = {}
    for key, openness in (*LEVELS, WIDE):
        part = max(openness, 0.07) if openness <= 1 else 1.1
        if layered:
            white = squashed(parts["white"], part, base) if openness else None
            flat = min(1.0, 0.34 + 0.66 * part) if part < 1 else part
            lid = squashed(parts["lid"], flat, base, max(0.0, (flat - part)) * 0.62 * high)
        else:
            white, lid = None, squashed(whole or frame, part, base)
        if openness == 0 and "closed" in parts:
            white, lid = None, parts["closed"]
        if openness == 1 and layered:
            white, lid = parts["white"], parts["lid"]
        whites[key], lids[key] = white, lid
    if "smile" in parts:
        whites["smile"], lids["smile"] = None, parts["smile"]
    return whites, lids


def mouths(drawn: dict[str, Drawn]) -> dict[str, Drawn]:
    """The mouths there are, and those that can be made of them: shut, half open."""
    out = dict(drawn)
    opened = next((out[k] for k in ("aa", "laugh", "oh", "E") if k in out), None)
    if opened is None:
        return out
    middle = (opened.box[1] + opened.box[3]) / 2
    if not {"sil", "PP", "smile"} & set(out):
        out["sil"] = squashed(opened, 0.14, middle)
    if not {"small", "ih", "E"} & set(out):
        out["small"] = squashed(opened, 0.5, middle)
    return out


def blank(like: Drawn) -> Drawn:
    """A layer with nothing in it, in the middle of another."""
    x, y = like.middle
    image: Image = np.zeros((8, 8, 4), np.uint8)
    return Drawn("", image, round(x) - 4, round(y) - 4)


def resized(image: Image, shrink: float) -> Image:
    """Straight BGRA, smaller; the colours of what is transparent do not bleed in."""
    colours = image.astype(np.float32)
    colours[..., :3] *= colours[..., 3:] / 255
    size = (max(1, round(image.shape[1] * shrink)), max(1, round(image.shape[0] * shrink)))
    out = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
    out[..., :3] /= np.maximum(out[..., 3:] / 255, 1e-3)
    return np.asarray(np.clip(out + 0.5, 0, 255), np.uint8)
