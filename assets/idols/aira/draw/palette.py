"""Aira's colours."""

from figure.locks import Hair
from figure.skin import *

HAIR = Hair(
    fill=((0, "#7f66d6"), (0.22, "#9a83e8"), (0.48, "#b79cf2"), (0.74, "#dfaef2"), (1, "#ffb4dc")),
    inner=((0, "#4a3596"), (0.4, "#6d4fb8"), (0.7, "#b06fd0"), (1, "#ff8fc8")),
    shade="#5b3fae",
    light="#e6dcff",
    shine="#fdf8ff",
    line="#3c2580",
)
NAVY = "#2b2f6b"
NAVY2 = "#434a9e"
NAVYD = "#181a45"
NAVYL = "#7f8be6"
KNIT = "#fbf3e6"
KNIT2 = "#f1e2cd"
KNITD = "#cfae93"
KNITL = "#8a6470"
SATIN = "#ffffff"
SATINS = "#c9bfea"
SATINL = "#8676b8"
GOLD = "#f6cf83"
GOLDD = "#a86f33"
GOLDL = "#fff6d6"
PK = "#ff7aa4"
PKD = "#cf3f78"
PKL = "#ffc4d8"
PKI = "#7d1f4e"
