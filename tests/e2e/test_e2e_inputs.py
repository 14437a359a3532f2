"""A folder with mistakes: `idol check` and `idol live` name file, line and field, and end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from e2e_room import lay_out

from idol import cli

Check = Callable[[Path], tuple[object, str, str]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> Check:
    """`idol check` in this process: exit code, what was printed, what went to stderr."""

    def run(folder: Path) -> tuple[object, str, str]:
        monkeypatch.setenv("IDOL_DATA", str(tmp_path / "data"))
        monkeypatch.setattr(sys, "argv", ["idol", "check", str(folder)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return run


def idol(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """The command line, as somebody types it."""
    return subprocess.run(
        [sys.executable, "-c", "from idol.cli import main; main()", *arguments],
        env={**os.environ, "IDOL_DATA": str(data), "IDOL_WEB__PORT": "0", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


def replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")

    return change


def opaque(folder: Path) -> None:
    cv2.imwrite(str(folder / "pictures/shore-mug.png"), np.full((800, 800, 3), 200, np.uint8))


def torn(folder: Path) -> None:
    file = folder / "pictures/shore-mug.png"
    file.write_bytes(file.read_bytes()[:300])


def latin(folder: Path) -> None:
    file = folder / "show.yaml"
    file.write_bytes(file.read_bytes() + b"\n# \xff\xfe")


MISTAKES = {
    "yaml that is none": (replace("show.yaml", "kind: pitch", "kind: [pitch"), r"show\.yaml:\d+"),
    "not utf-8": (latin, r"show\.yaml.*UTF-8"),
    "unknown field": (replace("show.yaml", "seconds:", "secnds:"), r"show\.yaml:\d+.*seconds"),
    "unknown kind": (replace("show.yaml", "kind: qa", "kind: qna"), r"show\.yaml:\d+.*kind.*qa"),
    "unknown cue": (replace("show.yaml", "[wave]", "[wavee]"), r"show\.yaml:\d+.*wave"),
    "no such picture": (replace("show.yaml", "shore-mug.png", "shore-mgu.png"), r"show\.yaml:\d+"),
    "a price that is none": (replace("products.csv", "84.00", "cheap"), r"products\.csv:7.*price"),
    "stock below zero": (replace("products.csv", ",5,,,", ",-5,,,"), r"products\.csv:7.*stock"),
    "one sku twice": (replace("products.csv", "DJ-BLK-M", "DJ-BLK-L"), r"products\.csv:[23].*sku"),
    "torn picture": (torn, r"pictures/shore-mug\.png"),
    "no alpha": (opaque, r"pictures/shore-mug\.png.*alpha"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_check_names_file_line_and_field(mistake: str, tmp_path: Path, check: Check) -> None:
    spoil, named = MISTAKES[mistake]
    folder = lay_out(tmp_path / "show")
    spoil(folder)
    code, _, complaint = check(folder)
    assert code != 0
    assert re.search(named, complaint), complaint


@pytest.mark.parametrize("mistake", ["unknown cue", "a price that is none", "torn picture"])
def test_live_does_not_begin_with_mistakes(mistake: str, tmp_path: Path) -> None:
    spoil, named = MISTAKES[mistake]
    folder = lay_out(tmp_path / "show")
    spoil(folder)
    done = idol("live", str(folder), data=tmp_path / "data")
    assert done.returncode != 0
    assert re.search(named, done.stderr), done.stderr
    assert "Traceback" not in done.stderr and "on air" not in done.stdout


def test_a_good_folder_is_good(tmp_path: Path, check: Check) -> None:
    code, told, complaint = check(lay_out(tmp_path / "show"))
    assert code == 0, complaint
    assert "all good" in told
