"""What the show sold, to whom, and by which words: pure arithmetic over the ledger's rows.

Two models stand side by side, as no model of attribution is the truth:
- *last explained*: a sale belongs to the last line about its product that was spoken before
  the hold, however long ago.
- *five minutes*: it is shared evenly by all lines about its product in the five minutes before
  the hold; sales without any belong to nobody ("").
Beside them, *on air* is the line that was sounding at that very moment. Money is integer minor
units, rates are basis points (1/100 %), GPM is money for a thousand impressions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from idol.commerce.presence import Presence

Table = list[dict[str, object]]
WINDOW_S = 300.0
FLOOD = 20
"""Taps, holds and lines of chat within `FLOOD_S` seconds that no person makes."""
FLOOD_S = 10.0
HOARD = 5
"""Holds that all ran out, none paid."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line as it was said once. `ended` is its start if nobody saw its end."""

    utterance: str
    line: str
    segment: str
    listing: int | None
    source: str
    text: str
    started: float
    ended: float
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One page of one viewer, in time."""

    viewer: str
    joined: float
    left: float
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    at: float
    until: float
    listing: int
    segment: str
    utterance: str


@dataclass(frozen=True, slots=True)
class Click:
    at: float
    viewer: str
    listing: int
    segment: str
    utterance: str


@dataclass(frozen=True, slots=True)
class Held:
    """One hold and what became of it. `gmv` and `refunded` are 0 until it was paid."""

    hold: str
    at: float
    viewer: str
    platform: str
    listing: int
    sku: str
    quantity: int
    state: str
    source: str
    message: str
    words: str
    segment: str
    utterance: str
    order: str = ""
    number: str = ""
    order_state: str = ""
    paid_at: float = 0.0
    gmv: int = 0
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is known of a time, as the ledger has it."""

    currency: str
    spoken: tuple[Spoken, ...] = ()
    visits: tuple[Visit, ...] = ()
    shown: tuple[Shown, ...] = ()
    clicks: tuple[Click, ...] = ()
    held: tuple[Held, ...] = ()
    chats: tuple[tuple[str, float], ...] = ()
    """(viewer, time) of each line of chat."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Tables by name, each a list of flat rows with the same columns."""

    currency: str
    totals: dict[str, int]
    tables: dict[str, Table] = field(default_factory=dict)
    bots: dict[str, str] = field(default_factory=dict)
    """Viewers left out, with the reason."""


def analyse(record: Record) -> Analysis:
    """All tables: minutes, segments, listings, lines, sales, bots."""
    bots = find_bots(record)
    visits = [v for v in record.visits if v.viewer not in bots]
    clicks = [c for c in record.clicks if c.viewer not in bots]
    held = [h for h in record.held if h.viewer not in bots]
    present = Presence(visits)
    paid = [h for h in held if h.gmv]
    viewers = {v.viewer for v in visits} or {h.viewer for h in held}
    impressions = [(show, present.between(show.at, show.until)) for show in record.shown]
    totals = _funnel(held, len(viewers), sum(n for _, n in impressions), len(clicks))
    about: defaultdict[int | None, list[Spoken]] = defaultdict(list)
    for said in record.spoken:
        about[said.listing].append(said)
    by_id = {said.utterance: said for said in record.spoken}
    credits = [_credit(sale, about[sale.listing], by_id) for sale in paid]
    return Analysis(
        record.currency,
        totals,
        {
            "minutes": _minutes(record, visits, impressions, clicks, held),
            "segments": _by("segment", present, impressions, clicks, held, record.spoken),
            "listings": _by("listing", present, impressions, clicks, held, record.spoken),
            "lines": _lines(record.spoken, present, clicks, held, paid, credits),
            "sales": [
                _trace(sale, credit, by_id) for sale, credit in zip(paid, credits, strict=True)
            ],
            "bots": [{"viewer": viewer, "reason": why} for viewer, why in sorted(bots.items())],
        },
        bots,
    )


def find_bots(record: Record) -> dict[str, str]:
    """Viewers that are no people, with the reason. Who has paid is never one of them."""
    acts: defaultdict[str, list[float]] = defaultdict(list)
    for click in record.clicks:
        acts[click.viewer].append(click.at)
    for viewer, at in record.chats:
        acts[viewer].append(at)
    holds: defaultdict[str, list[Held]] = defaultdict(list)
    for hold in record.held:
        acts[hold.viewer].append(hold.at)
        holds[hold.viewer].append(hold)
    found: dict[str, str] = {v.viewer: "agent" for v in record.visits if v.machine}
    for viewer, times in acts.items():
        times.sort()
        if any(b - a < FLOOD_S for a, b in zip(times, times[FLOOD:], strict=False)):
            found.setdefault(viewer, "flood")
    here = {v.viewer for v in record.visits}
    for viewer, theirs in holds.items():
        if len(theirs) >= HOARD and all(h.state == "expired" for h in theirs):
            found.setdefault(viewer, "hoard")
        if here and viewer not in here and all(h.platform == "web" for h in theirs):
            found.setdefault(viewer, "no_page")
    paid = {h.viewer for h in record.held if h.gmv}
    return {viewer: why for viewer, why in found.items() if viewer not in paid}


def rate(part: int, whole: int) -> int:
    """`part` of `whole` in basis points, downwards; 0 of nothing."""
    return part * 10_000 // whole if whole else 0


def split(amount: int, parts: int) -> list[int]:
    """An amount in whole parts, the odd coins to the last: [3, 3, 4]."""
    each, odd = divmod(amount, parts)
    return [each + (i >= parts - odd) for i in range(parts)]


@dataclass(frozen=True, slots=True)
class _Credit:
    """Utterances that a sale is due to, by model. `window` adds up to the sale."""

    on_air: str
    last: str
    window: tuple[tuple[str, int], ...]


def _credit(sale: Held, about: Sequence[Spoken], known: Container[str]) -> _Credit:
    """`about` are the lines about its product in order of their start; `known` all utterances."""
    about = about[: bisect_right(about, sale.at, key=lambda s: s.started)]
    near = [s for s in about if s.ended >= sale.at - WINDOW_S]
    shares = split(sale.gmv, len(near)) if near else []
    window = tuple((s.utterance, n) for s, n in zip(near, shares, strict=True))
    return _Credit(
        sale.utterance if sale.utterance in known else "",
        about[-1].utterance if about else "",
        window or (("", sale.gmv),),
    )


def _trace(sale: Held, credit: _Credit, by_id: Mapping[str, Spoken]) -> dict[str, object]:
    """One sale from the viewer to the refund, in one row."""
    said = by_id.get(sale.utterance)
    last = by_id.get(credit.last)
    return {
        "viewer": sale.viewer,
        "source": sale.source,
        "message": sale.message,
        "words": sale.words,
        "utterance": sale.utterance,
        "line": said.line if said else "",
        "text": said.text if said else "",
        "segment": sale.segment,
        "listing": sale.listing,
        "sku": sale.sku,
        "quantity": sale.quantity,
        "hold": sale.hold,
        "held_at": sale.at,
        "order": sale.order,
        "number": sale.number,
        "state": sale.order_state,
        "paid_at": sale.paid_at,
        "gmv": sale.gmv,
        "refunded": sale.refunded,
        "last_explained": last.line if last else "",
        "five_minutes": " ".join(dict.fromkeys(by_id[u].line for u, _ in credit.window if u)),
    }


def _lines(
    spoken: Sequence[Spoken],
    present: Presence,
    clicks: Sequence[Click],
    held: Sequence[Held],
    paid: Sequence[Held],
    credits: Sequence[_Credit],
) -> Table:
    """By line spoken: what was sold while it sounded, and by both models."""
    line_of = {s.utterance: s.line for s in spoken}
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    texts: dict[str, Spoken] = {}
    spans: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for said in spoken:
        texts[said.line] = said
        spans[said.line].append((said.started, said.ended))
        sums[said.line]["times"] += 1
        sums[said.line]["heard_by"] += present.between(said.started, said.ended)
    for click in clicks:
        sums[line_of.get(click.utterance, "")]["clicks"] += 1
    for hold in held:
        sums[line_of.get(hold.utterance, "")]["holds"] += 1
    for sale, credit in zip(paid, credits, strict=True):
        row = sums[line_of.get(credit.on_air, "")]
        row["orders"] += 1
        row["on_air"] += sale.gmv
        row["refunded"] += sale.refunded
        sums[line_of.get(credit.last, "")]["last_explained"] += sale.gmv
        for utterance, share in credit.window:
            sums[line_of.get(utterance, "")]["five_minutes"] += share
    rows: Table = []
    for line, row in sums.items():
        said_once, viewers = texts.get(line), present.people(spans[line])
        rows.append(
            {
                "line": line,
                "segment": said_once.segment if said_once else "",
                "listing": (said_once.listing or 0) if said_once else 0,
                "text": said_once.text if said_once else "",
                **{name: row[name] for name in ("times", "heard_by")},
                "viewers": viewers,
                **{name: row[name] for name in ("clicks", "holds", "orders")},
                **{name: row[name] for name in ("on_air", "last_explained", "five_minutes")},
                "refunded": row["refunded"],
                "gpm": row["last_explained"] * 1000 // row["heard_by"] if row["heard_by"] else 0,
                "click_rate": rate(row["clicks"], row["heard_by"]),
                "conversion": rate(row["orders"], row["heard_by"]),
                "uv_value": row["last_explained"] // viewers if viewers else 0,
            }
        )
    return sorted(rows, key=lambda r: (-int(str(r["last_explained"])), str(r["line"])))


def _by(
    what: str,
    present: Presence,
    impressions: Sequence[tuple[Shown, int]],
    clicks: Sequence[Click],
    held: Sequence[Held],
    spoken: Sequence[Spoken],
) -> Table:
    """By segment or listing."""
    keys = {getattr(x, what) for x in (*(s for s, _ in impressions), *clicks, *held)}
    keys |= {getattr(s, what) for s in spoken} - {None}
    rows: Table = []
    for key in sorted(keys):
        mine = [h for h in held if getattr(h, what) == key]
        views = sum(n for show, n in impressions if getattr(show, what) == key)
        taps = sum(getattr(click, what) == key for click in clicks)
        said = [(s.started, s.ended) for s in spoken if getattr(s, what) == key]
        seen = [(s.at, s.until) for s, _ in impressions if getattr(s, what) == key]
        people = len({h.viewer for h in mine} | {c.viewer for c in clicks if
                     getattr(c, what) == key})  # fmt: skip
        rows.append({what: key, "lines": len(said), "interested": people,
                     **_funnel(mine, present.people(said + seen), views, taps)})  # fmt: skip
    return sorted(rows, key=lambda r: (-int(str(r["gmv"])), str(r[what])))


def _minutes(
    record: Record,
    visits: Sequence[Visit],
    impressions: Sequence[tuple[Shown, int]],
    clicks: Sequence[Click],
    held: Sequence[Held],
) -> Table:
    """By minute, from the first thing that happened; empty minutes of long pauses are left out."""
    times = [s.started for s in record.spoken] + [v.joined for v in visits]
    times += [h.at for h in held] + [c.at for c in clicks]
    if not times:
        return []
    start = min(times) // 60

    def minute(at: float) -> int:
        return int(at // 60 - start)

    spots: defaultdict[int, dict[str, list[object]]] = defaultdict(
        lambda: {"views": [], "clicks": [], "held": []}
    )
    for show, n in impressions:
        spots[minute(show.at)]["views"].append(n)
    for click in clicks:
        spots[minute(click.at)]["clicks"].append(click)
    for hold in held:
        spots[minute(hold.at)]["held"].append(hold)
    people: defaultdict[int, set[str]] = defaultdict(set)
    for visit in visits:
        for m in range(minute(visit.joined), minute(visit.left) + 1):
            people[m].add(visit.viewer)
    segments: dict[int, str] = {}
    for said in record.spoken:
        segments[minute(said.started)] = said.segment
    rows: Table = []
    for m in sorted(spots.keys() | people.keys() | segments.keys()):
        spot = spots[m]
        mine = [h for h in spot["held"] if isinstance(h, Held)]
        views = sum(n for n in spot["views"] if isinstance(n, int))
        row = _funnel(mine, len(people[m]), views, len(spot["clicks"]))
        rows.append({"minute": m, "at": (start + m) * 60, "segment": segments.get(m, ""), **row})
    return rows


def _funnel(held: Iterable[Held], viewers: int, impressions: int, clicks: int) -> dict[str, int]:
    """From being seen to being paid. A sale counts where its hold was made."""
    held = list(held)
    paid = [h for h in held if h.gmv]
    gmv = sum(h.gmv for h in paid)
    buyers = len({h.viewer for h in paid})
    return {
        "viewers": viewers,
        "impressions": impressions,
        "clicks": clicks,
        "holds": len(held),
        "orders": len({h.order for h in paid}),
        "buyers": buyers,
        "pieces": sum(h.quantity for h in paid),
        "gmv": gmv,
        "refunded": sum(h.refunded for h in paid),
        "gpm": gmv * 1000 // impressions if impressions else 0,
        "click_rate": rate(clicks, impressions),
        "conversion": rate(len(paid), len(held)),
        "uv_value": gmv // viewers if viewers else 0,
    }
