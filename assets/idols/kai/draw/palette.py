"""Kai's colours: copper, forest, cream, brass."""

from figure.locks import Hair
from figure.skin import *

HAIR = Hair(
    fill=((0, "#8f3d22"), (0.3, "#b8552c"), (0.6, "#dd7f3e"), (1, "#f6b868")),
    inner=((0, "#5c2418"), (0.6, "#8a3a22"), (1, "#a84c2a")),
    shade="#6d2616",
    light="#ffd9a0",
    shine="#fff1d2",
    line="#451409",
)
WOOL = "#2f6f5c"
WOOL2 = "#3f8a72"
WOOLD = "#143c33"
WOOLL = "#8fd0b4"
WOOLI = "#0c2a25"
CREAM = "#fbf2e2"
CREAM2 = "#ecdcc2"
CREAMD = "#c7a683"
CREAMI = "#7c5a4c"
BRASS = "#eec078"
BRASSD = "#96642e"
BRASSL = "#fff2cf"
WINE = "#a8324a"
WINED = "#6a1830"
WINEL = "#e58a94"
