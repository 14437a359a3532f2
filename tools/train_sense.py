"""Train the linear layer of `idol.commerce.sense` on labelled chat; about a minute.

    python tools/train_sense.py [CORPUS ...]     writes idol/commerce/sense.json

Logistic regression over the embedded sentence encoder and the line's runs: deterministic.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "commerce")]

import corpora  # noqa: E402 - found by the line above

from idol.commerce.intent import normal  # noqa: E402
from idol.commerce.sense import BUCKETS, SCALE, canonical, runs, share  # noqa: E402
from idol.dialogue.encoder import SentenceEncoder  # noqa: E402

RIDGE = 0.1
STEPS = 1500
Vector = npt.NDArray[np.float64]


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or corpora.TRAINING
    with tempfile.TemporaryDirectory() as folder:
        usual = corpora.lexicon(Path(folder))
    lines, orders = [], []
    for file in files:
        lexicon = corpora.shipped(file) or usual
        for case in corpora.cases(file):
            line = normal(case.text, lexicon)
            tokens, _ = lexicon.scan(line)
            if tokens:
                lines.append(canonical(line, tokens))
                orders.append(case.expected.startswith("hold") or case.expected == "ask")
    for line, order in corpora.framed():
        said = normal(line, usual)
        lines.append(canonical(said, usual.scan(said)[0]))
        orders.append(order)
    weights = fit(lines, np.array(orders, np.float64))
    heard, said, bias = weights[:512], weights[512:-1], weights[-1]
    layer = {
        "lines": len(lines),
        "bias": round(float(bias), 3),
        "weights": [round(v) for v in (heard * SCALE).tolist()],
        "runs": [round(v) for v in (said * SCALE).tolist()],
    }
    text = json.dumps(layer, separators=(",", ":"))
    (ROOT / "idol/commerce/sense.json").write_text(text + "\n", "utf-8")
    sys.stdout.write(f"{len(lines)} lines, {sum(orders)} orders\n")


def fit(lines: list[str], y: Vector) -> Vector:
    """Logistic regression by accelerated gradients: 512 weights of the encoder, those of the
    buckets, and the bias."""
    vectors = SentenceEncoder().encode(lines).astype(np.float64)
    rows = [runs(line) for line in lines]
    flat = np.concatenate([np.array(row) for row in rows])
    lengths = np.array([len(row) for row in rows])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    value = np.array([share(row) for row in rows])

    def forward(w: Vector) -> Vector:
        said = np.add.reduceat(w[512:-1][flat], starts) * value
        return np.asarray(vectors @ w[:512] + said + w[-1])

    def backward(g: Vector) -> Vector:
        said = np.bincount(flat, np.repeat(g * value, lengths), BUCKETS)
        return np.concatenate([vectors.T @ g, said, [g.sum()]])

    steep = np.ones(512 + BUCKETS + 1)
    for _ in range(20):  # the steepest curvature, by power iteration
        steep = backward(forward(steep / np.linalg.norm(steep)))
    step = 1 / (np.linalg.norm(steep) / 4 + RIDGE)
    w = ahead = np.zeros(len(steep))
    ridge = np.full(len(w), RIDGE)
    ridge[-1] = 0
    for i in range(STEPS):
        p = 1 / (1 + np.exp(-forward(ahead)))
        new = ahead - step * (backward(p - y) + ridge * ahead)
        ahead = new + i / (i + 3) * (new - w)
        w = new
    return w


if __name__ == "__main__":
    main()
