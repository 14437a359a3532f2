"""How lids are drawn on their way: never flat, never half a smile and half shut."""

import numpy as np

from idol.avatar.eyes import ARCH, drawn


def test_an_open_eye_is_drawn_as_asked() -> None:
    for openness in (0.5, 0.8, 1.0, 1.25):
        for smile in (0.0, 0.4, 1.0):
            assert drawn(openness, smile) == (openness, smile)


def test_no_lid_is_drawn_flat_in_a_blink() -> None:
    frames = [drawn(o, 0.4)[0] for o in np.linspace(1, 0, 200)]
    assert frames == sorted(frames, reverse=True)
    flat = [o for o in frames if 0.02 < o < ARCH - 0.02]
    assert len(flat) < 14  # less than a frame of a blink of a fifth of a second
    assert frames[-1] == 0


def test_a_shut_lid_lies_down_or_laughs_but_never_half() -> None:
    assert drawn(0, 0.7)[1] == 0
    assert drawn(0, 0.9)[1] == 1
    assert drawn(0, 1)[1] == 1
