"""The docs tell the truth: licences are complete, commands exist, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").glob("*.md"))]
CHINESE = [doc for doc in DOCS if doc.name.endswith(".zh.md")]


def test_licences_list_every_default_dependency_and_weight() -> None:
    out = subprocess.run(
        [sys.executable, "tools/licences.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    written = (ROOT / "docs" / "licences.md").read_text("utf-8")

    def names(text: str) -> set[str]:
        return {row.split("|")[1].strip() for row in text.splitlines() if row.startswith("| ")}

    assert names(out.stdout) - names(written) == set()


@pytest.mark.parametrize("doc", DOCS, ids=lambda p: p.name)
def test_links_and_files_that_the_docs_name_exist(doc: Path) -> None:
    text = doc.read_text("utf-8")
    for link in re.findall(r"\]\(([^)#\s]+)\)", text):
        if "://" not in link:
            assert (doc.parent / link).exists(), f"{doc.name}: {link}"


@pytest.mark.parametrize("doc", CHINESE, ids=lambda p: p.name)
def test_both_languages_lead_to_each_other_and_configure_alike(doc: Path) -> None:
    english = doc.with_name(doc.name.replace(".zh", ""))
    assert f"]({english.name})" in doc.read_text("utf-8")
    assert f"]({doc.name})" in english.read_text("utf-8")

    def settings(text: str) -> set[str]:
        blocks = re.findall(r"```(?:toml|yaml)\n(.*?)```", text, re.S)
        return set(re.findall(r"^[\s-]*(\[\[?[a-z.]+\]\]?|[a-z_]+ ?[=:])", "\n".join(blocks), re.M))

    assert settings(doc.read_text("utf-8")) <= settings(english.read_text("utf-8"))


@pytest.mark.parametrize("doc", DOCS, ids=lambda p: p.name)
def test_commands_that_the_docs_name_exist(doc: Path) -> None:
    text = doc.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert target in targets, f"{doc.name}: make {target}"
    for module in re.findall(r"python -m (benchmarks\.[a-z_]+)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), f"{doc.name}: {module}"
    known = _idol_commands()
    for command in re.findall(r"^\s*(?:\$ )?idol ([a-z]+)", text, re.M):
        assert command in known, f"{doc.name}: idol {command}"
    for command in re.findall(r"idol avatar ([a-z]+)", text):
        assert command in _avatar_commands(), f"{doc.name}: idol avatar {command}"


def _idol_commands() -> set[str]:
    from idol.cli import app

    names = {c.name or c.callback.__name__ for c in app.registered_commands if c.callback}
    return names | {g.name for g in app.registered_groups if g.name}


def _avatar_commands() -> set[str]:
    import idol.cli
    from idol.avatar.cli import avatar_app

    assert idol.cli.app, "the clip is filmed by a higher room"
    return {c.name or c.callback.__name__ for c in avatar_app.registered_commands if c.callback}
