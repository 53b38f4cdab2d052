"""How often each kind of bound covers the truth, where samples are drawn from a law that is known:
`python -m bench.coverage [SAMPLES]` prints the second table of docs/gating.md. Bounds are one-sided, at 95 %."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from harness.gates import statistics as st
from harness.gates.statistics import Floats

SIZES = (20, 60, 100, 400)
RESAMPLES = 1999
Sides = tuple[float, float]
"""Whether the lower bound, and the upper, covers; nan where there is none."""


def main(samples: int = 400) -> int:
    print(f"| bound (lower / upper) | {' | '.join(map(str, SIZES))} people |\n|---|{'---|' * len(SIZES)}")
    for name, sample in LAWS.items():
        cells = []
        for n in SIZES:
            rng = np.random.default_rng((3, n))
            sides = np.mean([sample(rng, n) for _ in range(samples)], axis=0)
            cells.append(" / ".join("–" if np.isnan(share) else f"{share:.2f}" for share in sides))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    return 0


def _mean(rng: np.random.Generator, n: int, law: Callable[[np.random.Generator, int], Floats]) -> Sides:
    """Of differences whose true mean is 0."""
    found = st.paired_mean(law(rng, n), resamples=RESAMPLES)
    return found.lower <= 1e-12, found.upper >= -1e-12


def _difficulty(rng: np.random.Generator, n: int) -> Floats:
    return np.asarray(rng.gamma(0.5, 2.0, (n, 1)))


def _unequal(rng: np.random.Generator, n: int) -> Floats:
    """Three draws in the one arm, noisier in difficult people, and a steady other arm."""
    noise = rng.normal(0, 0.05, (n, 3)) * _difficulty(rng, n)
    return np.asarray(noise.mean(axis=1) - rng.normal(0, 0.01, n))


def _failing(rng: np.random.Generator, n: int) -> Floats:
    """A tenth of the people is left out, whose answer failed in either arm."""
    return rng.normal(0, 0.04, n)[rng.random(n) >= 0.1]


def _same(rng: np.random.Generator, n: int) -> Floats:
    return np.zeros(n)


def _sizes(rng: np.random.Generator, n: int) -> Floats:
    return np.asarray(9000 * np.exp(rng.normal(0, 0.4, n)))


def _total(rng: np.random.Generator, n: int) -> Sides:
    """Equal totals of CVs of unequal size, the candidate noisier."""
    size = _sizes(rng, n)
    one, two = (size * np.exp(rng.normal(-sd * sd / 2, sd, n)) for sd in (0.2, 0.02))
    found = st.ratio_of_totals(one, two, resamples=RESAMPLES)
    return found.lower <= 1, found.upper >= 1


def _paired(rng: np.random.Generator, n: int) -> Sides:
    """Latencies of heavy tails on the log scale."""
    size = _sizes(rng, n)
    found = st.log_ratio(size * np.exp(0.1 * rng.standard_t(3, n)), size * np.exp(0.3 * rng.standard_t(3, n)))
    return found.lower <= 1, found.upper >= 1


def _tail(rng: np.random.Generator, n: int) -> Sides:
    """95th percentiles of three draws, from 59 people on."""
    if n < 59:
        return np.nan, np.nan
    size = _sizes(rng, n)[:, None]
    one, two = (size * np.exp(rng.normal(0, 0.35, (n, 3))) for _ in range(2))
    found = st.quantile_ratio(one, two, resamples=499)
    return found.lower <= 1, found.upper >= 1


def _net(rng: np.random.Generator, n: int, worse: float, better: float) -> Sides:
    """A net rate of people, of which only the upper bound is said."""
    luck = rng.random(n)
    lost, won = int((luck < worse).sum()), int((luck > 1 - better).sum())
    return np.nan, max(st.net_upper(lost, won, n), st.binomial_upper(0, n)) >= worse - better


LAWS: Mapping[str, Callable[[np.random.Generator, int], Sides]] = {
    "mean, unequal noise of the arms, by person": partial(_mean, law=_unequal),
    "mean, a tenth of the people without an answer": partial(_mean, law=_failing),
    "mean, all differences the same": partial(_mean, law=_same),
    "ratio of totals, unequal noise": _total,
    "paired ratio, heavy tails": _paired,
    "ratio of 95th percentiles": _tail,
    "net rate, 7 % worse and nobody better": partial(_net, worse=0.07, better=0.0),
    "net rate, 8 % worse and 5 % better": partial(_net, worse=0.08, better=0.05),
}

if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
