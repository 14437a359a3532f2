"""Print docs/licences.md: every default dependency and every weight, with its licence.

python tools/licences.py > docs/licences.md
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires

from idol import known_weights

HEAD = """# Licences

Idol is Apache-2.0. What `make live` installs and fetches, by its own word (printed by
`python tools/licences.py`). espeak-ng (in espeakng-loader) is GPL-3.0: it is loaded only in
the voice worker's own process, and only when a better voice cannot speak.

| Package | Version | Licence |
|---|---|---|"""


def closure() -> list[str]:
    """Names of everything that the base install pulls in, sorted."""
    seen: set[str] = set()
    todo = ["idol"]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        try:
            wanted = requires(name) or []
        except PackageNotFoundError:
            continue  # for another platform
        seen.add(name)
        for text in wanted:
            requirement, _, marker = text.partition(";")  # PEP 508
            if "extra ==" in marker and not _zh(name, marker):
                continue
            word = re.split(r"[\s<>=!~\[(]", requirement.strip())[0]
            todo.append(re.sub(r"[-_.]+", "-", word).lower())
    return sorted({distribution(name).metadata["Name"] for name in seen - {"idol"}}, key=str.lower)


def _zh(name: str, marker: str) -> bool:
    # misaki[zh] is the one extra that the base install asks for.
    return name == "misaki" and "zh" in marker


SILENT = {
    "espeakng-loader": "MIT, carrying espeak-ng: GPL-3.0-or-later",
    "resvg": "MIT, carrying resvg: Apache-2.0 OR MIT",
}
"""Packages whose metadata is silent; read from the files they carry."""


def licence(name: str) -> str:
    """The licence a package declares: expression, classifier, or field."""
    if name in SILENT:
        return SILENT[name]
    meta = distribution(name).metadata
    if expression := meta.get("License-Expression"):
        return expression
    classes = [
        value.split(" :: ")[-1]
        for value in meta.get_all("Classifier") or []
        if value.startswith("License ::") and value.count("::") > 1
    ]
    if classes:
        return ", ".join(classes)
    return (meta.get("License") or "see the package").strip().splitlines()[0][:60]


def main() -> None:
    out = sys.stdout.write
    out(HEAD + "\n")
    for name in closure():
        meta = distribution(name)
        out(f"| {meta.metadata['Name']} | {meta.version} | {licence(name)} |\n")
    out("\n| Weights | Size | Licence |\n|---|---|---|\n")
    for item in known_weights.KNOWN:
        out(f"| {item.name} | {item.size / 1e6:.0f} MB | {item.licence} |\n")


if __name__ == "__main__":
    main()
