"""Kill shops at work and prove that the ledger kept its word; the exit status says so too."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from functools import partial

from idol.telemetry import configure_log
from idol.testing.crash.suite import Plan, Result, run

ROWS: tuple[tuple[str, str], ...] = (
    ("oversold", "Oversold pieces"),
    ("lost", "Acknowledged and lost"),
    ("wrong_replays", "Repeated requests answered otherwise"),
    ("twice", "Requests carried out twice"),
    ("over_limit", "Viewers over their limit"),
    ("unbalanced", "Pieces reserved without a hold, or held without a reserve"),
    ("money", "Orders whose money does not match"),
    ("coupons", "Coupons used otherwise than their orders say"),
    ("untold", "Changes of an order without their word to others, or words without a change"),
)


def table(results: dict[str, Result], plan: Plan) -> str:
    """The proof as Markdown, the databases side by side."""
    rows: list[tuple[str, list[str]]] = [
        ("Buyers at once", [f"{plan.buyers:,}" for _ in results]),
        ("Shop processes killed (SIGKILL)", [f"{r.kills:,}" for r in results.values()]),
        ("Database server crashed", [f"{r.server_crashes:,}" for r in results.values()]),
        ("Answers heard", [f"{r.heard.total:,}" for r in results.values()]),
        ("of them to repeated requests", [f"{r.heard.repeats:,}" for r in results.values()]),
        ("Holds made", [f"{r.proof.held:,}" for r in results.values()]),
        ("Orders paid", [f"{r.proof.paid:,}" for r in results.values()]),
    ]
    rows += [
        (f"**{title}**", [f"**{getattr(r.proof, name)}**" for r in results.values()])
        for name, title in ROWS
    ]
    rows.append(("Seconds", [f"{r.seconds:,.0f}" for r in results.values()]))
    lines = ["| | " + " | ".join(results) + " |", "|---|" + "---:|" * len(results)]
    lines += [f"| {title} | " + " | ".join(cells) + " |" for title, cells in rows]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m idol.testing.crash", description=__doc__)
    parser.add_argument("--buyers", type=int, default=Plan.buyers)
    parser.add_argument("--kills", type=int, default=Plan.kills)
    parser.add_argument("--stock", type=int, default=Plan.stock)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--hold-seconds", type=float, default=Plan.hold_seconds)
    parser.add_argument(
        "--longest",
        type=float,
        default=Plan.longest,
        help="how long most shops live after their first answer, in times the wait for it",
    )
    parser.add_argument(
        "--patient",
        type=int,
        default=Plan.patient,
        help="one shop in so many lives until a payment",
    )
    parser.add_argument(
        "--crash-every",
        type=int,
        default=Plan.crash_every,
        help="kills to one crash of the database server",
    )
    parser.add_argument(
        "--database",
        nargs="+",
        default=["sqlite", "postgres"],
        help="sqlite, postgres, or the URL of an empty PostgreSQL database",
    )
    options = parser.parse_args()
    configure_log("WARNING")
    plan = Plan(
        options.buyers,
        options.kills,
        stock=options.stock,
        seed=options.seed,
        longest=options.longest,
        patient=options.patient,
        crash_every=options.crash_every,
        hold_seconds=options.hold_seconds,
    )
    results: dict[str, Result] = {}
    for database in options.database:
        name = "SQLite" if database == "sqlite" else "PostgreSQL"
        several = replace(plan, processes=1 if database == "sqlite" else 3)
        result = results[name] = run(database, several, partial(_note, name))
        for wrong in result.heard.wrong[:20]:
            _note(name, wrong)
        _note(name, "\n" + table({name: result}, several))
    sys.stdout.write(table(results, plan) + "\n")
    return 0 if all(result.proof.holds for result in results.values()) else 1


def _note(name: str, text: str) -> None:
    sys.stderr.write(f"{name}: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
