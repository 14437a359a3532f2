"""Draw the stages into assets/stages: python tools/art/stages.py"""

from __future__ import annotations

from pathlib import Path

from kit import Point
from rooms import TABLE, autumn, boutique, studio

STAGES = Path(__file__).resolve().parents[2] / "assets" / "stages"
TITLES = {
    "studio": (studio, "霓虹直播间", "Neon studio", "night"),
    "autumn": (autumn, "秋日木屋", "Autumn cabin", "day"),
    "boutique": (boutique, "晨光精品店", "Boutique", "day"),
}
# What drifts: kind, count, size, speed, sway, depth, opacity, before her, colours, lights.
AIR = {
    "studio": [
        ("mote", 11, (10, 26), (3, -9), 26, 5, 0.8, False, "#ffb8e6 #ffe0a0 #c9b8ff", "both"),
        ("mote", 3, (30, 54), (-5, -13), 30, 26, 0.3, True, "#ff9ad8 #ffd9a0", "night"),
        ("cloud", 3, (50, 80), (4, 0), 0, 0, 0.35, False, "#c9b8ff", "both"),
    ],
    "autumn": [
        ("leaf", 10, (18, 28), (-14, 34), 44, 6, 1, False, "#f2a23a #d9502a #f6cf6a", "both"),
        ("mote", 3, (26, 44), (-5, -12), 30, 26, 0.35, True, "#ffb35a #ffe0a0", "both"),
        ("mote", 8, (8, 18), (2, -5), 20, 4, 0.7, False, "#ffd98a #fff0c0", "both"),
        ("cloud", 3, (60, 90), (5, 0), 0, 0, 0.3, False, "#fff0d8", "both"),
    ],
    "boutique": [
        ("petal", 10, (12, 20), (-9, 22), 40, 6, 0.95, False, "#ffc0d0 #ff9ab8 #fff0f2", "both"),
        ("mote", 3, (26, 44), (-5, -12), 30, 26, 0.35, True, "#fff0d8 #ffd6e0", "both"),
        ("mote", 7, (8, 20), (3, -6), 22, 4, 0.8, False, "#fff6e0 #ffe0b0", "both"),
    ],
}  # fmt: skip
SKIES = {
    "studio": {"landscape": (92, 150, 206, 120)},
    "autumn": {"portrait": (170, 190, 380, 150), "landscape": (640, 90, 372, 90)},
}

SWAY = 8
LOW = {"portrait": (0, 660, 720, 600), "landscape": (0, 420, 1280, 300)}
"""Where things may pass before her: below her face."""


def stage_yaml(name: str, lamps: dict[str, list[Point]]) -> str:
    """The stage's file: names, light, table and life."""
    _, zh, en, light = TITLES[name]
    lines_ = [
        "# Lengths are design pixels of the drawings: 720 x 1280 and 1280 x 720.",
        f"name: {name}",
        f"title: {{zh: {zh}, en: {en}}}",
        "author: Idol",
        "licence: Apache-2.0",
        f"light: {light}     # when the show says auto: day, night, or auto by the clock",
        "# How far the wall shifts to either side; the groups `mid` and `near` shift with it.",
        f"sway: {SWAY}",
        "# Where products stand: x of their middle, y of the ground, room.",
        f"table: {{landscape: [{TABLE[0]}, {TABLE[1] + 4}, 236]}}",
        "# What moves, see idol/avatar/life.py: fixed lamps, and things that drift.",
        "life:",
    ]
    at = ", ".join(
        f"{way}: [{', '.join(f'[{x:g}, {y:g}]' for x, y in places)}]"
        for way, places in ((way, all_of[::2]) for way, all_of in lamps.items())
    )
    warm = '["#ffd98a", "#ffb8d0", "#fff0c8"]'
    lines_.append(
        f"  - {{kind: glow, size: [40, 56], opacity: 0.55, colours: {warm}, at: {{{at}}}}}"
    )
    for kind, count, size, speed, sway, depth, opacity, front, colours, lights in AIR[name]:
        line = f"  - {{kind: {kind}, count: {count}, size: [{size[0]}, {size[1]}], "
        line += f"speed: [{speed[0]}, {speed[1]}], sway: {sway}, depth: {depth}, opacity: {opacity}"
        line += ", front: true" if front else ""
        line += "" if lights == "both" else f", lights: [{lights}]"
        shades = ", ".join(f'"{c}"' for c in colours.split())
        line += f", colours: [{shades}]"
        if kind == "cloud" or front:
            where = SKIES[name] if kind == "cloud" else LOW
            boxes = ", ".join(f"{way}: {list(b)}" for way, b in where.items())
            line += f", box: {{{boxes}}}"
        lines_.append(line + "}")
    return "\n".join(lines_) + "\n"


def main() -> None:
    for name, (draw, _, _, light) in TITLES.items():
        folder = STAGES / name
        folder.mkdir(parents=True, exist_ok=True)
        lamps = {}
        for way in ("portrait", "landscape"):
            for day in (False, True):
                art = draw(way == "portrait", day)
                usual = (light == "day") == day
                end = "" if usual else "_day" if day else "_night"
                (folder / f"{way}{end}.svg").write_text(art.svg(), "utf-8")
            lamps[way] = art.lamps
        (folder / "stage.yaml").write_text(stage_yaml(name, lamps), "utf-8")


if __name__ == "__main__":
    main()
