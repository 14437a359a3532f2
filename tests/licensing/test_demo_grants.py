"""The demo shows' sponsored segments may air under the grants that lie beside them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from idol.licensing.admission import Admission
from idol.licensing.keys import TrustStore
from idol.licensing.meter import Meter
from idol.licensing.policy import Allow
from idol.show import script

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@pytest.mark.parametrize("name", ["zh-autumn", "en-studio"])
def test_each_sponsored_segment_is_granted(name: str, tmp_path: Path) -> None:
    show = script.load(ASSETS / "shows" / name)
    trust = TrustStore.load(ASSETS / "licences")
    door = Admission(trust, Meter(tmp_path / "audit.jsonl"), show.idol)
    sponsored = [segment for segment in show.segments if segment.kind == "sponsored"]
    assert sponsored
    for segment in sponsored:
        decision = door.admit(
            Path(segment.grant),
            segment=segment.id,
            kind=segment.kind,
            brand=segment.brand,
            product=segment.product,
            now=time.time(),
        )
        assert isinstance(decision, Allow), decision
        assert decision.grant.label("zh").startswith("广告")
        assert decision.grant.label("en").startswith("Sponsored")


def test_no_private_key_lies_in_the_repository() -> None:
    assert all('"d"' not in file.read_text() for file in (ASSETS / "licences").iterdir())
