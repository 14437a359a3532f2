"""Faces, mouths, gestures and states of every idol look as when they were last judged."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from goldens import IDOLS, KINDS, TOLERANCE, apart, cell, cells, file

REDRAW = "draw it again with: python tests/avatar/goldens.py"


@pytest.mark.parametrize("idol", IDOLS)
def test_she_looks_as_she_was_judged(idol: str, cache: Path) -> None:
    golden = {kind: cv2.imread(str(file(idol, kind))) for kind in KINDS}
    assert all(picture is not None for picture in golden.values()), REDRAW
    count = dict.fromkeys(KINDS, 0)
    off: list[str] = []
    for kind, name, picture in cells(idol, cache):
        far = apart(picture, cell(golden[kind], kind, count[kind]))
        count[kind] += 1
        if far > TOLERANCE:
            off.append(f"{kind} {name}: {far:.1f}")
    assert not off, f"{off}; {REDRAW}"


@pytest.mark.parametrize("idol", IDOLS)
def test_the_tolerance_can_tell_faces_and_mouths_apart(idol: str) -> None:
    """A comparison that would take one emotion for another proves nothing."""
    for kind, number, share in (("emotions", 15, 0.95), ("visemes", 15, 0.6)):
        golden = cv2.imread(str(file(idol, kind)))
        assert golden is not None, REDRAW
        shown = [cell(golden, kind, i) for i in range(number)]
        pairs = [apart(a, b) for i, a in enumerate(shown) for b in shown[:i]]
        assert np.mean(np.array(pairs) > TOLERANCE) > share
