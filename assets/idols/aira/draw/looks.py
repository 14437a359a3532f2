"""Her eyes: aqua jewels with a pink bounce."""

from figure.features import Look

LOOK = Look(
    stops=((0, "#1f1458"), (0.26, "#3140b4"), (0.52, "#2f8be6"), (0.78, "#46d6f0"), (1, "#c4fff4")),
)
