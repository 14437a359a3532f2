"""Draw the product pictures of the demo shows into their folders: python tools/art/products.py"""

from __future__ import annotations

from pathlib import Path

from kit import Drawing
from things.house import blanket, headphones, lamp, notebooks
from things.vessels import bottle, candle, mug, serum
from things.worn import jacket, scarf, tote

SHOWS = Path(__file__).resolve().parents[2] / "assets" / "shows"


def pictures() -> dict[str, Drawing]:
    """Every picture by its place under assets/shows."""
    zh, en = "zh-autumn/pictures/", "en-studio/pictures/"
    return {
        zh + "cloud-jacket.png": jacket("#5a86c8", "#23386e", "#a9cbf2", "#ffb24a"),
        zh + "warm-scarf.png": scarf("#d98a5c", "#7c3a26", "#f6c49a", "#fff1dc"),
        zh + "hill-bottle.png": bottle("#6fa58c", "#264a44", "#b7dcc4", "#e9dcc6"),
        zh + "osmanthus-candle.png": candle("#f6dcb8", "#ffe9c4", "#a8652e", "#f2a63a"),
        zh + "dew-serum.png": serum("#9fd4ee", "#3d6fb8", "#dff5ff", "#e5b46c"),
        zh + "path-tote.png": tote("#e6d6ba", "#a08358", "#fbf3e2", "#8c5230"),
        zh + "reading-lamp.png": lamp("#e27a5c", "#8a2f2a", "#ffb899", "#c08a58"),
        en + "halden-headphones.png": headphones("#7a6ad0", "#2f2468", "#c3b8ff", "#d9b06c"),
        en + "tidemark-mug.png": mug("#ecdfcc", "#8c7258", "#fff8ec", "#3f7a94"),
        en + "osier-throw.png": blanket("#c7b6a2", "#6e5844", "#efe4d4", "#b0574a"),
        en + "marlow-notebooks.png": notebooks("#3f7f78", "#d98c4a", "#8a4a6a", "#2a1a34"),
        en + "kestrel-jacket.png": jacket("#d9654f", "#6e2026", "#ffab8c", "#ffe08a"),
        en + "wren-lamp.png": lamp("#4f8f8a", "#1d4648", "#a5d8cc", "#b98a5c"),
    }


def main() -> None:
    for name, art in pictures().items():
        file = SHOWS / name
        file.parent.mkdir(parents=True, exist_ok=True)
        art.save_png(file)


if __name__ == "__main__":
    main()
