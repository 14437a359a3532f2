"""How many to make: a newsvendor's answer from the show's own first minutes. Pure.

Pieces asked for in a minute are Poisson(k * weight), where a minute's weight is its viewers times
how much of the interest is left; k is what the show reveals. With a gamma prior on k the pieces
still to come are negative binomial, and the best lot covers the fraction Cu / (Cu + Co) of the
cases: Cu is what a missing piece loses, Co what a piece too many does. In a sold-out minute more
may have been wanted than was sold: it counts as "at least so many" (censored).

Probabilities are floats; money and pieces are whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idol.errors import BadInput

HALF_LIFE = 4.0
"""Minutes after which the interest in a presentation is taken to have halved."""
PRIOR = (0.5, 0.0)
"""Shape and rate of the gamma prior on k: says next to nothing, so the show decides."""
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Minute:
    """What one minute on air showed: pieces asked for, viewers, and whether it was sold out."""

    pieces: int
    viewers: int
    sold_out: bool = False


@dataclass(frozen=True, slots=True)
class Costs:
    """Minor units per piece: what it sells for, costs to make, and what one left over fetches."""

    price: int
    cost: int
    salvage: int = 0

    def checked(self) -> Costs:
        """Raises `BadInput` if no quantity could be best."""
        if not 0 <= self.salvage < self.cost < self.price:
            raise BadInput("it needs salvage value < cost < price, all in the same currency")
        return self

    @property
    def under(self) -> int:
        return self.price - self.cost

    @property
    def over(self) -> int:
        return self.cost - self.salvage


@dataclass(frozen=True, slots=True)
class Limits:
    """What the supplier makes: pieces to an order."""

    minimum: int = 1
    step: int = 1
    most: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Advice:
    """`lot` pieces in all, of which `sold` are sold; `best` before the supplier's limits.

    `low` and `high` bound the demand with 80% probability. `level` is the critical ratio in
    percent; `shape` and `rate` the gamma of k, `ahead` the weight of the minutes to come.
    """

    lot: int
    best: int
    sold: int
    low: int
    middle: int
    high: int
    level: int
    minutes: int
    censored: int
    shape: float
    rate: float
    ahead: float
    worth_it: bool


def advise(
    minutes: Sequence[Minute],
    more: int,
    costs: Costs,
    limits: Limits = Limits(),
    *,
    half_life: float = HALF_LIFE,
    prior: tuple[float, float] = PRIOR,
) -> Advice:
    """The lot that earns most on average, for a presentation that goes on for `more` minutes.

    Viewers to come are taken to be as many as in the last minute. Raises `BadInput`.
    """
    costs.checked()
    if not minutes or more < 0:
        raise BadInput("advice needs one minute on air or more")
    weights = [m.viewers * decay(i, half_life) for i, m in enumerate(minutes)]
    if not any(weight > 0 for weight in weights):
        raise BadInput("nobody was watching")
    shape, rate = posterior(minutes, weights, prior)
    start = len(minutes)
    ahead = minutes[-1].viewers * sum(decay(start + i, half_life) for i in range(more))
    sold = sum(minute.pieces for minute in minutes)
    ratio = costs.under / (costs.under + costs.over)
    best = sold + negative_binomial(shape, rate, ahead, ratio)
    low, middle, high = (sold + negative_binomial(shape, rate, ahead, q) for q in (0.1, 0.5, 0.9))
    lot, worth_it = fit(best, sold, shape, rate, ahead, costs, limits)
    return Advice(
        lot, best, sold, low, middle, high, round(100 * ratio), len(minutes),
        sum(minute.sold_out for minute in minutes), shape, rate, ahead, worth_it,
    )  # fmt: skip


def decay(minute: int, half_life: float) -> float:
    """How much of the first minute's interest is left."""
    return float(2.0 ** (-minute / half_life))


def posterior(
    minutes: Sequence[Minute], weights: Sequence[float], prior: tuple[float, float] = PRIOR
) -> tuple[float, float]:
    """Shape and rate of the gamma of k. Exact without sold-out minutes; with them, the gamma of
    the same mean and variance as the true posterior, which is added up on a grid."""
    shape, rate = prior
    shape += sum(m.pieces for m in minutes if not m.sold_out)
    rate += sum(w for m, w in zip(minutes, weights, strict=True) if not m.sold_out)
    hidden = [(m.pieces, w) for m, w in zip(minutes, weights, strict=True) if m.sold_out and w > 0]
    if not hidden:
        return shape, rate
    seen = shape + sum(pieces for pieces, _ in hidden)
    whole = rate + sum(weight for _, weight in hidden)
    # With no open minute at all, nothing but the prior bounds k from above: let it double.
    top = 4.0 * (seen + 6.0 * math.sqrt(seen) + 6.0) / max(whole, 1e-12)
    k = np.linspace(top / 4000, top, 4000)
    log = (shape - 1.0) * np.log(k) - rate * k
    for pieces, weight in hidden:
        log += np.log(np.maximum(_at_least(pieces, k * weight), 1e-300))
    density = np.exp(log - log.max())
    mass = float(density.sum())
    mean = float((k * density).sum()) / mass
    variance = float(((k - mean) ** 2 * density).sum()) / mass
    return mean * mean / variance, mean / variance


def negative_binomial(shape: float, rate: float, weight: float, q: float) -> int:
    """The q-quantile of Poisson(k * weight) with k ~ Gamma(shape, rate)."""
    if weight <= 0:
        return 0
    cumulative = np.cumsum(_mass(shape, rate, weight))
    return int(np.searchsorted(cumulative, q))


def normal(mean: float, deviation: float, under: float, over: float) -> float:
    """The textbook newsvendor for normal demand: to check ours against known values."""
    from statistics import NormalDist

    return NormalDist(mean, deviation).inv_cdf(under / (under + over))


def profit(lot: int, demand: int, costs: Costs) -> int:
    """What a lot earns when `demand` pieces are wanted, in minor units."""
    sold = min(lot, demand)
    return sold * costs.price + (lot - sold) * costs.salvage - lot * costs.cost


def fit(
    best: int,
    sold: int,
    shape: float,
    rate: float,
    ahead: float,
    costs: Costs,
    limits: Limits,
) -> tuple[int, bool]:
    """The lot that the supplier makes and that earns most; and whether it earns anything.

    Of the two multiples of its step around `best`, the better one on average: rounding up
    blindly would cost more than it gains when steps are large.
    """
    least = -(-max(limits.minimum, 1) // limits.step) * limits.step
    most = limits.most // limits.step * limits.step
    below = best // limits.step * limits.step
    options = sorted({min(max(n, least), most) for n in (below, below + limits.step)})
    values = {n: expected(n - sold, sold, shape, rate, ahead, costs) for n in options if n > 0}
    if not values:
        return 0, False
    lot = max(values, key=lambda n: (values[n], -n))
    return lot, values[lot] > 0


def expected(extra: int, sold: int, shape: float, rate: float, ahead: float, costs: Costs) -> float:
    """Average profit in minor units of a lot of `sold + extra` pieces."""
    if ahead <= 0:
        return float(profit(sold + extra, sold, costs))
    mass = _mass(shape, rate, ahead)
    wanted = np.arange(len(mass))
    met = float((mass * np.minimum(wanted, max(extra, 0))).sum()) + min(extra, 0)
    lot = sold + extra
    kept = sold + met
    return kept * costs.price + (lot - kept) * costs.salvage - lot * costs.cost


def _mass(shape: float, rate: float, weight: float) -> _Floats:
    """Probabilities of 0, 1, 2, ... pieces, as far as they are worth counting."""
    mean = shape * weight / rate if rate > 0 else math.inf
    if not math.isfinite(mean) or mean > 5e6:
        raise BadInput("there is too little to go by: let it run for another minute")
    spread = math.sqrt(mean + mean * mean / shape)
    count = int(mean + 12.0 * spread + 60.0 + (mean / max(shape, 0.5)) * 30.0)
    p = rate / (rate + weight)
    steps = np.arange(1, count, dtype=np.float64)
    log = np.concatenate(
        ([shape * math.log(p)], np.log((shape + steps - 1.0) / steps) + math.log1p(-p))
    )
    mass: _Floats = np.exp(np.cumsum(log))
    return mass


def _at_least(pieces: int, mean: _Floats) -> _Floats:
    """P(Poisson(mean) >= pieces)."""
    if pieces <= 0:
        return np.ones_like(mean)
    term = np.exp(-mean)
    below = term.copy()
    for n in range(1, pieces):
        term = term * mean / n
        below += term
    return np.clip(1.0 - below, 0.0, 1.0)
