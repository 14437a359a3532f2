"""What fades in over the face: tears, and sparks of delight around the head."""

from figure.ink import Part


def drop(p, x, y, size, tilt=0.0):
    """A tear: a round drop that hangs from a point."""
    w, h = 8.5 * size, 20 * size
    outline = (
        f"M{x + tilt:.1f} {y - h:.1f}C{x + w * 0.3:.1f} {y - h * 0.4:.1f} {x + w:.1f} {y - w * 0.6:.1f}"
        f" {x + w:.1f} {y:.1f}A{w:.1f} {w:.1f} 0 0 1 {x - w:.1f} {y:.1f}"
        f"C{x - w:.1f} {y - w * 0.6:.1f} {x - w * 0.3:.1f} {y - h * 0.4:.1f} {x + tilt:.1f} {y - h:.1f}Z"
    )
    water = [(0, "#ffffff", 0.5), (0.55, "#bfe9ff", 0.85), (1, "#79c8ff", 0.95)]
    p.path(outline, p.lin(0, y - h, 0, y + w, water), 'stroke="#5aa9e8" stroke-width="1.3"')
    p.path(
        f"M{x - w * 0.55:.1f} {y + w * 0.1:.1f}a{w * 0.24:.1f} {w * 0.34:.1f} 0 1 0 {w * 0.48:.1f} 0"
        f"a{w * 0.24:.1f} {w * 0.34:.1f} 0 1 0 {-w * 0.48:.1f} 0Z",
        "#ffffff",
        'fill-opacity=".95"',
    )


def part_tears():
    """Water along both lower lids, a drop at each outer corner, one that has begun to run."""
    p = Part("tears")
    for side in (-1, 1):
        cx = 360 + side * 68
        rim = [(cx - side * 30, 515), (cx, 529), (cx + side * 34, 510)]
        p.ink(rim, [1, 6, 7, 2], "#d6f2ff", 0.85)
        p.ink([(x, y - 1.5) for x, y in rim], [0, 1.6, 2, 0], "#ffffff", 0.95)
    drop(p, 360 - 68 - 33, 536, 0.95, 3)
    drop(p, 360 + 68 + 33, 536, 0.8, -3)
    p.ink([(300, 531), (297, 548), (294, 560)], [1.5, 4, 5.5], "#cdeeff", 0.7)
    drop(p, 293, 568, 0.62, 1)
    return p


def spark(p, x, y, r, colour, opacity=1.0):
    """A four-pointed star with a soft glow."""
    glow = p.rad(x, y, r * 1.5, [(0, colour, 0.55 * opacity), (1, colour, 0)])
    p.path(
        f"M{x - r * 1.5} {y}a{r * 1.5} {r * 1.5} 0 1 0 {r * 3} 0a{r * 1.5} {r * 1.5} 0 1 0 {-r * 3} 0Z",
        glow,
    )
    k = r * 0.13
    star = (
        f"M{x} {y - r}Q{x + k} {y - k} {x + r * 0.72} {y}Q{x + k} {y + k} {x} {y + r}"
        f"Q{x - k} {y + k} {x - r * 0.72} {y}Q{x - k} {y - k} {x} {y - r}Z"
    )
    p.path(star, "#fffdf2", f'fill-opacity="{opacity}" stroke="{colour}" stroke-width="1.4"')


def part_sparkle(left):
    """Sparks on one side of the face, none of them before the eyes: two slim layers draw fast."""
    p = Part("sparkle")
    for x, y, r, colour in (
        (196, 392, 25, "#ffd76a"), (168, 452, 12, "#ff9fd6"), (232, 338, 10, "#fff0b0"),
        (532, 420, 22, "#ffd76a"), (560, 470, 11, "#9fe6ff"), (512, 362, 12, "#ff9fd6"),
        (204, 560, 10, "#9fe6ff"), (520, 566, 13, "#ffe08a"),
    ):  # fmt: skip
        if (x < 360) == left:
            spark(p, x, y, r, colour)
    return p
