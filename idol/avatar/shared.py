"""What the parts of an SVG share, gradients, clip paths and the like: each takes what it needs.

A part with what it needs and no more is read sooner; and two drawings that have a part in common,
such as the same room by day and by night, have the same text for it.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SHARED = frozenset(
    [
        "defs",
        "style",
        "linearGradient",
        "radialGradient",
        "filter",
        "clipPath",
        "mask",
        "pattern",
        "symbol",
        "marker",
        "metadata",
        "title",
        "desc",
    ]
)
"""What draws nothing by itself, but what draws may need it."""
_NAME = re.compile(r"""(\bid="|url\(['"]?#|href="#)([^'")]+)""")


def tag(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


class Shared:
    """What stands beside the parts of one drawing."""

    def __init__(self, root: Element) -> None:
        parts = [child for child in root if tag(child) in SHARED]
        self._all = "".join(ElementTree.tostring(part, "unicode") for part in parts)
        space = str(root.tag).removesuffix("svg")
        empty = Element(f"{space}defs")
        empty.text = " "
        self._start, _, self._end = ElementTree.tostring(empty, "unicode").rpartition(" ")
        self._styled = any(tag(element) == "style" for element in root.iter())
        self._named: dict[str, str] = {}
        for part in parts:
            for one in part if tag(part) == "defs" else [part]:
                text = ElementTree.tostring(one, "unicode")
                self._named |= {name: text for e in one.iter() if (name := e.get("id"))}

    def beside(self, inside: str) -> str:
        """What a part needs and the part itself, with names by their order: `inside` is its text.

        A style sheet may mean anything: then all that is shared, and no name is changed.
        """
        if self._styled:
            return self._all + inside
        texts, names = [inside], dict[str, str]()
        for text in texts:  # grows on the way
            for start, name in _NAME.findall(text):
                if "#" not in start or name in names:
                    continue
                names[name] = f"shared{len(names)}"
                needed = self._named.get(name, "")
                if needed and needed not in texts:
                    texts.append(needed)
        whole = "".join((self._start, *texts[1:], self._end, inside))
        return _NAME.sub(lambda found: found[1] + names.get(found[2], found[2]), whole)
