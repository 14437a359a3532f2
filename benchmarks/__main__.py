"""Measure, print Markdown tables and write them into docs/benchmarks.md.

python -m benchmarks [name ...] [--no-write]      e.g. python -m benchmarks render voice

Without a name every benchmark runs, which takes about half an hour. Each has its own section
in the page, with the machine and the day; only the sections that were measured are replaced.
"""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path

from benchmarks.table import Table, load, machine, today

NAMES = (
    *("on_air", "faults", "voice", "dialogue", "commerce", "pages", "stream", "outputs"),
    *("render", "overlay", "stage"),
)
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def measure(name: str) -> str:
    """The section of one benchmark: when and where it ran, and its tables."""
    before = load()
    module = importlib.import_module(f"benchmarks.{name}")
    tables: list[Table] = module.run()
    facts = f"{today()}: {machine()}; load {before} before, {load()} after."
    return "\n".join([facts, "", *(table.markdown() for table in tables)])


def replace_section(page: str, name: str, text: str) -> str:
    """The page with what stands between the markers of `name` replaced; added if missing.

    >>> replace_section("a<!-- bench:x -->old<!-- /bench:x -->b", "x", "new")
    'a<!-- bench:x -->\\nnew\\n<!-- /bench:x -->b'
    """
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(page):
        return pattern.sub(lambda _: section, page, count=1)
    return f"{page.rstrip()}\n\n## {name}\n{section}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--no-write", action="store_true", help="only print")
    options = parser.parse_args()
    for name in options.names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(NAMES)}")
    for name in options.names or NAMES:
        section = measure(name)
        print(f"## {name}\n{section}", flush=True)
        if not options.no_write:
            PAGE.write_text(replace_section(PAGE.read_text("utf-8"), name, section), "utf-8")


if __name__ == "__main__":
    main()
