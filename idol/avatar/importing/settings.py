"""The parts of an imported avatar.yaml that are worked out or the same for everybody."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

HIGHEST = 1280.0
_SPRINGS = {
    "front": (2.2, 0.35, -0.5, -0.42, -0.7, 0.6),
    "side": (1.5, 0.25, -1.4, -1.2, -2.0, 2.0),
    "back": (1.0, 0.26, -1.3, -1.4, -1.7, 2.4),
    "tail": (1.1, 0.22, -1.9, -2.6, -2.6, 3.6),
    "collar": (2.0, 0.2, -0.4, 0.0, -1.4, 0.5),
    "ahoge": (2.6, 0.12, -1.2, -1.0, -0.6, 1.2),
}
"""Frequency, damping, pull of head turn, head tilt and body, wind."""


def views(top: float, low: float) -> dict[str, Any]:
    """Portrait and landscape: head room above, no edge of the drawing at the bottom."""
    height = min(HIGHEST, (low - top) / 0.8)
    upper = min(top - 0.12 * height, low - height)
    wide = height * 0.727
    side = min(top - 0.05 * wide, low - wide)

    def view(high: float, at: float, centre: float) -> dict[str, float]:
        return {"height": round(high), "top": int(at // 1), "centre": centre}

    return {"portrait": view(height, upper, 0.5), "landscape": view(wide, side, 0.645)}


def springs() -> dict[str, Any]:
    return {
        name: {
            "hz": hz,
            "damping": damping,
            "pull": {"ParamAngleX": turn, "ParamAngleZ": tilt, "ParamBodyAngleX": body},
            "wind": wind,
        }
        for name, (hz, damping, turn, tilt, body, wind) in _SPRINGS.items()
    }


def without_arms(gestures: Any) -> Any:
    """The same moves by head and body alone."""
    out = {}
    for name, gesture in gestures.items():
        keys = []
        for key in gesture["keys"]:
            kept = {k: v for k, v in key.items() if k not in ("left", "right")}
            if kept.get("params"):
                keys.append(kept)
        if not keys:
            middle = float(gesture["seconds"]) / 2
            keys = [{"at": round(middle * 0.6, 2), "params": {"ParamAngleY": -6}}]
        out[name] = {"seconds": gesture["seconds"], "keys": keys}
    return out


def word(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower()).strip("_") or "layer"


def unused(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def flow(value: Any, depth: int = 0) -> Any:
    """Plain data for YAML: what is small stands on one line."""
    if isinstance(value, dict):
        out = CommentedMap({k: flow(v, depth + 1) for k, v in value.items()})
        nested = any(isinstance(v, dict) for v in value.values())
        lists = any(isinstance(v, list) and v and isinstance(v[0], dict) for v in value.values())
        if depth >= (2 if nested else 1) and not lists:
            out.fa.set_flow_style()
        return out
    if isinstance(value, (list, tuple)):
        items = CommentedSeq([flow(v, depth + 1) for v in value])
        if not any(isinstance(v, dict) for v in value):
            items.fa.set_flow_style()
        return items
    return value
