"""Labelled chat: how the files are read, and what the shop makes of a line.

`python -m corpora` in this folder prints the table of docs/shop.md: each set through the whole
path, grammar and encoder. `--wrong` names the lines that were read otherwise than labelled.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from shops import CSV, FACTS

from idol.commerce.catalog import load
from idol.commerce.intent import Intent, Opinion, parse
from idol.commerce.lexicon import Lexicon
from idol.commerce.outcomes import Floor
from idol.show.script import load as load_show

HERE = Path(__file__).parent
CORPUS = HERE / "intent_corpus.txt"
HELD_OUT = sorted(HERE.glob("intent_heldout*.txt"))
JUDGE = HERE / "intent_judge.txt"
"""Nothing was trained on it."""
FRAMES = HERE / "intent_frames.txt"
"""What is said around an order, each line with its label; for training alone."""
BLIND = sorted(
    HERE.glob("intent_blind*.txt"), key=lambda file: (int(re.findall(r"\d+", file.stem)[0]), file)
)
"""Each of one shipped show, named by its first line, and measured before anything knew it."""
JUDGES = re.compile("blind(?:4|7|11|14|17|18)_")
TRAINING = [CORPUS, *HELD_OUT, *(file for file in BLIND if not JUDGES.search(file.stem))]
"""What the encoder's layer was trained on, in the end."""
SHOWS = Path(__file__).parents[2] / "assets/shows"


@dataclass(frozen=True)
class Case:
    line: int
    expected: str
    floor: Floor
    text: str


def cases(file: Path) -> Iterator[Case]:
    """The labelled lines of one file; its first lines say how they are written."""
    expected, floor = "", Floor()
    for line, text in enumerate(file.read_text("utf-8").splitlines(), 1):
        if text.startswith("## "):
            expected, _, place = text[3:].rpartition(" @")
            word, _, wants = expected.partition(" ")
            expected = " ".join(filter(None, (word, "+".join(sorted(wants.split("+"))))))
            digits = place.rstrip("!")
            current = int(digits) if digits.isdigit() else None
            floor = Floor(open_call=current if place.endswith("!") else None, current=current)
        elif text and not re.match("# |#$", text):
            yield Case(line, expected, floor, text)


def framed() -> Iterator[tuple[str, bool]]:
    """The frames filled with orders, canonical as the encoder's layer reads them, and whether
    each is an order. "Two black L" in a Chinese frame would be no Chinese."""
    cores = {True: ("黑色L两件", "两件黑色L", "黑色L", "两件外套"),
             False: ("two black L", "2 black jacket", "black L", "black L 2")}  # fmt: skip
    for line in FRAMES.read_text("utf-8").splitlines():
        if line[:2] in ("+ ", "- "):
            chinese = any("\u3400" <= char <= "\u9fff" for char in line)
            for core in cores[chinese or line[2:] == "“□”"]:
                yield line[2:].replace("□", core), line[0] == "+"


def verdict(intent: Intent) -> str:
    """What the shop would do, in the corpus's own words."""
    if intent.kind == "cancel":
        return "cancel"
    if intent.kind != "order":
        return "none"
    certain = all(len(want.skus) == 1 and not want.vague for want in intent.wants)
    if not intent.sure or not certain:
        return "ask"
    return "hold " + "+".join(sorted(f"{w.skus[0]}*{w.quantity}" for w in intent.wants))


def lexicon(folder: Path) -> Lexicon:
    """The words of the shop that the older corpora speak of."""
    file = folder / "products.csv"
    file.write_text(CSV, "utf-8")
    return Lexicon(load(file, FACTS, "CNY").listings)


def shipped(file: Path) -> Lexicon | None:
    """The words of the show that a set's first line names (`# shop: NAME`); None if it has none."""
    first = file.read_text("utf-8").partition("\n")[0]
    if not first.startswith("# shop:"):
        return None
    show = load_show(SHOWS / first.removeprefix("# shop:").strip())
    return Lexicon(load(show.csv, show.products, show.currency).listings)


@dataclass
class Score:
    """Counts over one set. An order that is asked about instead is not counted as understood."""

    lines: int = 0
    orders: int = 0
    right: int = 0
    asked: int = 0
    holds: int = 0
    wrong_holds: int = 0
    negatives: int = 0
    false_holds: int = 0
    wrong: list[str] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.orders)

    @property
    def precision(self) -> float:
        return 1 - self.wrong_holds / max(1, self.holds)


def score(file: Path, words: Lexicon, sense: Opinion | None) -> Score:
    """Read a whole set."""
    result = Score()
    for case in cases(file):
        begun = time.process_time()
        got = verdict(parse(case.text, words, case.floor, sense=sense))
        result.ms.append(1e3 * (time.process_time() - begun))
        result.lines += 1
        if case.expected.startswith("hold"):
            result.orders += 1
            result.right += got == case.expected
            result.asked += got == "ask"
        elif case.expected in ("none", "cancel"):
            result.negatives += 1
            result.false_holds += got.startswith("hold")
        if got.startswith("hold"):
            result.holds += 1
            result.wrong_holds += got != case.expected
        if got != case.expected:
            result.wrong.append(f"{file.name}:{case.line}: {case.text!r} {case.expected} <> {got}")
    return result


def main() -> None:
    from idol.commerce.sense import Sense
    from idol.dialogue.encoder import SentenceEncoder

    encoder = SentenceEncoder()
    encoder.encode(["warm"])
    sense = Sense(encoder.encode)
    with tempfile.TemporaryDirectory() as folder:
        words = lexicon(Path(folder))
    print("| Set | Lines | Orders | Recall | Asked instead | Holds | Precision | Negatives |"
          " Held of them | ms mean | ms P99 |")  # fmt: skip
    print("|---|" + "---:|" * 10)
    for file in (CORPUS, *HELD_OUT, JUDGE, *BLIND):
        if sys.argv[2:] and not any(part in file.stem for part in sys.argv[2:]):
            continue
        s = score(file, shipped(file) or words, sense)
        s.ms.sort()
        print(
            f"| {file.stem} | {s.lines:,} | {s.orders} | {s.recall:.1%} | {s.asked} | {s.holds}"
            f" | {s.precision:.2%} | {s.negatives} | {s.false_holds}"
            f" | {sum(s.ms) / len(s.ms):.2f} | {s.ms[len(s.ms) * 99 // 100]:.2f} |"
        )
        if "--wrong" in sys.argv:
            print("\n".join(s.wrong))


if __name__ == "__main__":
    main()
