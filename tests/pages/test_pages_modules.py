"""The pages' pure modules, under node's own test runner."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "idol" / "web" / "static"


def test_pure_modules_under_node() -> None:
    node = shutil.which("node")
    assert node, "node 20 or newer is needed to test the pages (apt-get install nodejs)"
    tests = sorted(str(path) for path in (HERE / "js").glob("*.test.mjs"))
    done = subprocess.run(
        [node, "--test", *tests], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.parametrize("page", ["viewer.html", "order.html", "office.html"])
def test_pages_need_nothing_inline_and_nothing_from_elsewhere(page: str) -> None:
    html = (STATIC / page).read_text()
    assert not re.search(r"\son\w+=|\sstyle=|<style|https?://", html)
    for target in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        assert (STATIC / target.removeprefix("/static/")).is_file(), target
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


@pytest.mark.parametrize("path", sorted((STATIC / "viewer").glob("*.js")), ids=lambda p: p.name)
def test_scripts_never_write_html(path: Path) -> None:
    code = path.read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", code)
    for module in re.findall(r'from "(\./[^"]+)"', code):
        assert (path.parent / module).is_file(), module


def test_every_text_that_is_used_exists() -> None:
    texts = (STATIC / "viewer" / "i18n.js").read_text()
    known = set(re.findall(r"^\s+(\w+): \{ zh:", texts, re.M))
    used = {
        key
        for path in (STATIC / "viewer").glob("*.js")
        for key in re.findall(r'\bt\([\w.]+, "(\w+)"', path.read_text())
    }
    assert used <= known, sorted(used - known)
