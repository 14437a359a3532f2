"""Train the linear layer of `idol.commerce.sense` on labelled chat; about ten seconds.

    python tools/train_sense.py [CORPUS ...]     writes idol/commerce/sense.json

Logistic regression by Newton's method over the embedded sentence encoder: deterministic, and the
one weights file of ours that is small enough to be read.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "commerce")]

import corpora  # noqa: E402 - found by the line above

from idol.commerce.dialects import standard  # noqa: E402
from idol.commerce.intent_asides import plain  # noqa: E402
from idol.commerce.lexicon import clean  # noqa: E402
from idol.commerce.sense import canonical  # noqa: E402
from idol.dialogue.encoder import SentenceEncoder  # noqa: E402

RIDGE = 1 / 30


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or corpora.TRAINING
    with tempfile.TemporaryDirectory() as folder:
        usual = corpora.lexicon(Path(folder))
    lines, orders = [], []
    for file in files:
        lexicon = corpora.shipped(file) or usual
        for case in corpora.cases(file):
            line = plain(standard(clean(case.text), lexicon.words), lexicon)
            tokens, _ = lexicon.scan(line)
            if tokens:
                lines.append(canonical(line, tokens))
                orders.append(case.expected.startswith("hold") or case.expected == "ask")
    vectors = SentenceEncoder().encode(lines).astype(np.float64)
    x = np.hstack([vectors, np.ones((len(lines), 1))])
    y = np.array(orders, np.float64)
    ridge = np.eye(x.shape[1]) * RIDGE
    ridge[-1, -1] = 1e-6
    w = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + ridge, x.T @ (p - y) + ridge @ w)
    layer = {"lines": len(lines), "bias": round(w[-1], 4), "weights": [round(v, 3) for v in w[:-1]]}
    (ROOT / "idol/commerce/sense.json").write_text(json.dumps(layer) + "\n", "utf-8")
    sys.stdout.write(f"{len(lines)} lines, {sum(orders)} orders\n")


if __name__ == "__main__":
    main()
