"""Aira's colours."""

CX = 360
# palette ---------------------------------------------------------------
SK = "#ffeae0"
SK2 = "#ffd9cd"
SKS = "#f5aea6"
SKD = "#e08a8c"
SKL = "#a5566a"
HL = "#39205f"  # hair line
HTOP, HMID, HLOW, HTIP = "#6a46a8", "#9a6bd8", "#d58be6", "#ff9fce"
HSH = "#43257f"
HHI = "#efd9ff"
NAVY = "#2b2a5e"
NAVY2 = "#3d3c86"
NAVYD = "#1a1840"
GOLD = "#f2c879"
GOLDD = "#b9803c"
WH = "#fffafc"
WHS = "#d9cdec"
PK = "#ff6f9c"
PKD = "#d63f78"
PKL = "#ffb0c8"
