"""Draws a layered picture to try `idol avatar import` with: python examples/layered/draw.py OUT

Writes OUT/mimi.psd and OUT/layers/*.png: a small cat-eared host of fifteen layers, as an artist
would hand them over, with English and Chinese names mixed on purpose.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import resvg

WIDTH, HEIGHT = 900, 1540
INK = "#5a2f4a"
HAIR, HAIR_DARK, SKIN, SHADE = "#f4b860", "#d98a3d", "#ffe6d8", "#f6c2ae"
LINE = f'stroke="{INK}" stroke-width="5" stroke-linejoin="round" stroke-linecap="round"'


def both(shape: str) -> str:
    """A shape drawn on the right, and its mirror image on the left."""
    return f'{shape}<g transform="translate({WIDTH} 0) scale(-1 1)">{shape}</g>'


def mouth(inside: str) -> str:
    return f'<g transform="translate(450 585)">{inside}</g>'


def limb(x0: int, y0: int, x1: int, y1: int, width: int, colour: str) -> str:
    """A round-ended piece of an arm with an outline."""
    line = f'<path d="M{x0} {y0}L{x1} {y1}" fill="none" stroke-linecap="round"'
    return f'{line} stroke="{INK}" stroke-width="{width}"/>' + (
        f'{line} stroke="{colour}" stroke-width="{width - 10}"/>'
    )


def hand(fingers: str) -> str:
    """A hand on the wrist, pointing down: a palm, then fingers as lines."""
    palm = f'<circle r="30" cy="26" fill="{SKIN}" {LINE}/>'
    lines = "".join(
        f'<path d="{f}" fill="none" stroke="{colour}" stroke-width="{width}" '
        'stroke-linecap="round"/>'
        for colour, width in ((INK, 26), (SKIN, 16))
        for f in fingers.split("|")
    )
    inside = f'<circle r="25" cy="26" fill="{SKIN}"/>'
    return f'<g transform="translate(654 1190) rotate(12)">{palm}{lines}{inside}</g>'


TONGUE = '<ellipse cy="20" rx="16" ry="10" fill="#ff8f9c"/>'
LAYERS: list[tuple[str, str, bool]] = [
    (
        "hair back",
        f'<path d="M450 200C300 200 226 300 225 440C190 640 200 960 262 1080C350 1130 550 1130 638'
        f' 1080C700 960 710 640 675 440C674 300 600 200 450 200Z" fill="{HAIR_DARK}" {LINE}/>',
        True,
    ),
    (
        "身体",
        f'<path d="M450 690C330 700 262 770 232 900L206 1560L694 1560L668 900C638 770 570 700'
        f' 450 690Z" fill="#5b8def" {LINE}/><path d="M360 716L450 830L540 716L450 690Z"'
        f' fill="#fff" {LINE}/><path d="M322 900L316 1240M578 900L584 1240M300 1240L600 1240"'
        f' fill="none" {LINE}/>',
        True,
    ),
    ("上臂", limb(636, 780, 704, 986, 104, "#4f80dd"), True),
    ("neck", f'<path d="M405 640L405 730Q450 780 495 730L495 640Z" fill="{SHADE}" {LINE}/>', True),
    (
        "领结",
        f'<path d="M450 800L380 765L380 850ZM450 800L520 765L520 850Z" fill="#ff6f91" {LINE}/>'
        f'<circle cx="450" cy="803" r="15" fill="#ff8fa9" {LINE}/>',
        True,
    ),
    (
        "face",
        f'<path d="M262 430C262 270 638 270 638 430C638 570 560 672 450 672C340 672 262 570 262'
        f' 430Z" fill="{SKIN}" {LINE}/>',
        True,
    ),
    ("腮红", both('<ellipse cx="560" cy="552" rx="34" ry="19" fill="#ff8fa3b0"/>'), True),
    ("mouth_closed", mouth(f'<path d="M-24 0Q0 16 24 0" fill="none" {LINE}/>'), True),
    (
        "mouth_a",
        mouth(f'<path d="M-32 -6Q0 -14 32 -6Q28 44 0 46Q-28 44 -32 -6Z" fill="#8c2f45" {LINE}/>'
              f'<g transform="translate(0 8)">{TONGUE}</g>'),
        False,
    ),
    (
        "mouth_i",
        mouth(f'<path d="M-34 -4Q0 4 34 -4Q26 20 0 21Q-26 20 -34 -4Z" fill="#fff" {LINE}/>'),
        False,
    ),
    ("嘴_哦", mouth(f'<ellipse cy="10" rx="17" ry="23" fill="#8c2f45" {LINE}/>'), False),
    (
        "mouth_smile",
        mouth(f'<path d="M-40 -8Q-20 14 0 -2Q20 14 40 -8" fill="none" {LINE}/>'),
        False,
    ),
    ("eye white", both('<ellipse cx="540" cy="470" rx="50" ry="56" fill="#fff"/>'), True),
    (
        "iris",
        both('<ellipse cx="538" cy="474" rx="34" ry="46" fill="#3f7d6b"/><ellipse cx="538" '
             'cy="490" rx="27" ry="27" fill="#7fd3b0"/><ellipse cx="538" cy="472" rx="17" ry="24" '
             'fill="#16352f"/>') + '<circle cx="526" cy="452" r="12" fill="#fff"/>'
        '<circle cx="350" cy="452" r="12" fill="#fff"/>',
        True,
    ),
    (
        "睫毛",
        both(f'<path d="M486 452C500 398 580 396 594 456" fill="none" stroke="{INK}" '
             f'stroke-width="13" stroke-linecap="round"/><path d="M592 452L606 440" {LINE}/>'),
        True,
    ),
    (
        "闭眼",
        both(f'<path d="M492 486Q540 520 590 486" fill="none" stroke="{INK}" stroke-width="10" '
             'stroke-linecap="round"/>'),
        False,
    ),
    (
        "bangs",
        f'<path d="M246 470C236 250 330 180 450 180C570 180 664 250 654 470C640 420 622 384 600'
        f' 352C590 392 566 412 540 420C546 392 540 366 528 344C500 392 440 420 372 424C384 404 390'
        f' 384 390 362C340 392 280 410 246 470Z" fill="{HAIR}" {LINE}/><path d="M318 268Q450 214'
        f' 582 268" fill="none" stroke="#ffe0a3" stroke-width="15" stroke-linecap="round"/>',
        True,
    ),
    (
        "眉毛",
        both(f'<path d="M500 392Q540 368 584 388" fill="none" stroke="{HAIR_DARK}" '
             'stroke-width="10" stroke-linecap="round"/>'),
        True,
    ),
    (
        "cat ears",
        both(f'<path d="M520 214L622 96L650 300Z" fill="{HAIR}" {LINE}/><path d="M556 212L614 142'
             'L630 262Z" fill="#ffb3b8"/>'),
        True,
    ),
    ("小臂", limb(704, 986, 656, 1160, 92, "#5b8def"), True),
    ("手", hand("M-16 40L-18 66|M0 46L-2 74|M16 40L14 66"), True),
    ("hand open", hand("M-26 18L-50 34|M-16 44L-30 84|M0 50L0 94|M16 44L30 84"), False),
    ("hand_point", hand("M-24 20L-34 40|M0 48L0 98"), False),
]  # fmt: skip
"""Name, drawing, and whether it is visible: alternatives are hidden, as artists leave them."""


def draw(shape: str) -> np.ndarray:
    """One layer on the whole canvas, straight RGBA."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
    text = f'{svg} height="{HEIGHT}">{shape}</svg>'
    tree = resvg.usvg.Tree.from_str(text, resvg.usvg.Options.default())
    png = resvg.render(tree, (1, 0, 0, 0, 1, 0))
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(png, np.uint8), -1), cv2.COLOR_BGRA2RGBA)


def main(out: Path) -> None:
    """Write the PSD and the folder."""
    from PIL import Image
    from psd_tools import PSDImage

    folder = out / "layers"
    folder.mkdir(parents=True, exist_ok=True)
    psd = PSDImage.new("RGBA", (WIDTH, HEIGHT), color=(0, 0, 0, 0))
    for i, (name, shape, visible) in enumerate(LAYERS):
        picture = draw(shape)
        left, top, width, height = cv2.boundingRect((picture[..., 3] > 0).astype(np.uint8))
        image = Image.fromarray(picture)
        image.save(folder / f"{i:02} {name}.png")
        part = image.crop((left, top, left + width, top + height))
        layer = psd.create_pixel_layer(part, top=top, left=left)
        layer.name, layer.visible = name, visible
    psd.save(out / "mimi.psd")
    print(f"{out / 'mimi.psd'}: {len(LAYERS)} layers")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/mimi"))
