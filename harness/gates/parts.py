"""The parts of a comparison that a mean over everything hides: single fields, and slices of people.

A part is a table of one figure, person × draw, in both arms. Who got worse in it is asked so that it does not depend on
how large the figure's noise is: a person is worse where each of the candidate's draws lies under each of the other's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from harness.corpus.types import Document
from harness.gates import statistics as st
from harness.gates.constants import Constants
from harness.gates.observation import Observation, Seen
from harness.gates.pairs import FieldPart, Slices, Values
from harness.gates.paths import FIELD_ORDER
from harness.gates.simultaneous import root_of
from harness.gates.statistics import Bools, Floats, row_means
from harness.gates.types import Status

Key = TypeVar("Key")
SMALLEST = 5
"""People that a slice must have to be judged by itself."""
_COUNTED = 4
"""Counts of a field that its F1 is made of: right leaves, the golden's, the answer's, further right ones of it."""
_NO_SLICE = frozenset({"canary", "twin"})
"""Tags that say what a twin is."""


def field_parts(personas: Mapping[str, tuple[str, ...]], mine: Seen, theirs: Seen) -> Mapping[str, FieldPart]:
    """Every field that somebody's golden has, in the contract's order, over the people who have it."""
    names = sorted(
        {name for seen in (mine, theirs) for draws in seen.values() for one in draws.values() for name in one.fields},
        key=lambda name: (FIELD_ORDER.get(name, 999), name),
    )
    columns = []
    for seen in (mine, theirs):
        every = sorted({draw for found in seen.values() for draw in found})
        columns.append({draw: column for column, draw in enumerate(every)})
    found = FieldParts()
    people = list(personas.values())
    for first in range(0, len(people), _AT_A_TIME):
        some = people[first : first + _AT_A_TIME]
        sides = [_counts(some, seen, names, of) for seen, of in zip((mine, theirs), columns, strict=True)]
        has = [np.nanmax(side[..., 1], axis=1, initial=0.0) > 0 for side in sides]
        figures = [_f1_and_filled(side) for side in sides]
        for column, name in enumerate(names):
            rows = np.flatnonzero(has[0][:, column] | has[1][:, column])
            if len(rows):
                tables = [figures[side][of][rows, :, column] for of in (0, 1) for side in (0, 1)]
                found.add(name, rows + first, tables)
    return found


class FieldParts(Mapping[str, FieldPart]):
    """Parts by field, as numbers of the few values that there are; each is made where it is asked for."""

    def __init__(self) -> None:
        self._values: dict[float, int] = {}
        self._rows: dict[str, list[npt.NDArray[Any]]] = {}
        self._tables: dict[str, tuple[list[npt.NDArray[Any]], ...]] = {}

    def add(self, name: str, rows: npt.NDArray[np.intp], tables: Sequence[Floats]) -> None:
        """Further people. tables: F1 of candidate and other, then whether they have anything."""
        self._rows.setdefault(name, []).append(rows.astype(np.uint32))
        kept = self._tables.setdefault(name, ([], [], [], []))
        for numbers, table in zip(kept, tables, strict=True):
            numbers.append(self._numbered(table))

    def _numbered(self, table: Floats) -> npt.NDArray[Any]:
        values, places = np.unique(np.where(np.isnan(table), _NONE, table), return_inverse=True)
        numbers = np.array([self._values.setdefault(value, len(self._values)) for value in values.tolist()])
        smallest = np.uint16 if len(self._values) < 2**16 else np.uint32
        return numbers[places].astype(smallest).reshape(table.shape)

    def __getitem__(self, name: str) -> FieldPart:
        known = np.array(list(self._values))
        known[known == _NONE] = np.nan
        mine, theirs, has_mine, has_theirs = (known[np.concatenate(numbers)] for numbers in self._tables[name])
        rows = np.concatenate(self._rows[name]).astype(np.intp)
        return FieldPart(rows, Values(mine, theirs), Values(has_mine, has_theirs))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._rows, key=lambda name: (FIELD_ORDER.get(name, 999), name)))

    def __len__(self) -> int:
        return len(self._rows)


_NONE = -1.0
"""In place of a figure that there is not; no F1 is negative."""
_AT_A_TIME = 2000
"""People whose counts are held together."""


def _counts(people: Sequence[tuple[str, ...]], seen: Seen, names: Sequence[str], columns: Mapping[int, int]) -> Floats:
    """Person × draw × field × count, nan where there is no answer to judge. columns: of the draws."""
    place = {name: column for column, name in enumerate(names)}
    table = np.full((len(people), max(1, len(columns)), len(names), _COUNTED), np.nan)
    for row, documents in enumerate(people):
        for draw, found in _by_draw(documents, seen).items():
            cells = table[row, columns[draw]]
            cells[:] = 0.0
            for one in found:
                where = [place[name] for name in one.fields]
                cells[where] += [(of.correct, of.golden, of.answer, of.more_correct) for of in one.fields.values()]
    return table


def _by_draw(documents: Sequence[str], seen: Seen) -> Mapping[int, list[Observation]]:
    found: dict[int, list[Observation]] = defaultdict(list)
    for document in documents:
        for draw, one in seen.get(document, {}).items():
            if one.fields:
                found[draw].append(one)
    return found


def _f1_and_filled(counts: Floats) -> tuple[Floats, Floats]:
    """Strict F1 (as `Counts.f1`) and whether the answer has anything there, both nan where there is no answer."""
    right, golden, answer, more = np.moveaxis(counts, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = np.where(golden > 0, right / golden, answer == 0)
        precision = np.where(answer > 0, (right + more) / answer, golden == 0)
        f1 = np.where(recall + precision > 0, 2 * recall * precision / (recall + precision), 0.0)
    there = np.isnan(golden)
    return np.where(there, np.nan, f1), np.where(there, np.nan, answer > 0)


def slices(personas: Mapping[str, tuple[str, ...]], documents: Mapping[str, Document], f1: Values) -> Slices:
    """By each tag of the people's files, a team's own too; values that few people have are one slice together.

    Beside the tags, who is answered well and who is not, by the better of both arms: a harm that only spoils good
    answers is none to a mean. The better of both, because whom one arm answers well the other answers worse by chance.
    """
    by_tag = _by_tag(personas, documents)
    n = len(personas)
    found: dict[str, Bools] = {}
    few: dict[str, int] = {}
    for key, values in sorted(by_tag.items()):
        small = {value: rows for value, rows in values.items() if len(rows) < SMALLEST}
        found |= {f"{key}: {value}": _mask(rows, n) for value, rows in sorted(values.items()) if value not in small}
        few |= {f"{key}: {value}": len(rows) for value, rows in sorted(small.items())}
        together = [row for rows in small.values() for row in rows]
        if len(small) > 1 and len(together) >= SMALLEST:
            found[f"{key}: {', '.join(sorted(small)[:3])}{', …' if len(small) > 3 else ''} together"] = _mask(
                together, n
            )
    found |= dict(_by_quality(f1, n))
    return Slices({name: rows for name, rows in found.items() if int(rows.sum()) < n}, few)


def _by_tag(
    personas: Mapping[str, Sequence[str]], documents: Mapping[str, Document]
) -> Mapping[str, Mapping[str, list[int]]]:
    """Tag → value → rows of the people who have it."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, names in enumerate(personas.values()):
        for key, value in dict(pair for name in names for pair in documents[name].tags.items()).items():
            if key not in _NO_SLICE:
                found[key][value].append(row)
    return found


def too_few(documents: Iterable[Document]) -> Mapping[str, int]:
    """Slices (`language: de`) that fewer than `SMALLEST` people's CVs are in, with how many; rarest first. Copies are
    no people."""
    originals = {one.id: one for one in documents if one.twin_of is None}
    people: dict[str, list[str]] = defaultdict(list)
    for one in originals.values():
        people[one.persona or one.id].append(one.id)
    found = {
        f"{key}: {value}": len(rows)
        for key, values in _by_tag(people, originals).items()
        for value, rows in values.items()
        if len(rows) < SMALLEST
    }
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def _mask(rows: Sequence[int], n: int) -> Bools:
    mask = np.zeros(n, dtype=np.bool_)
    mask[list(rows)] = True
    return mask


def _by_quality(f1: Values, n: int) -> Iterator[tuple[str, Bools]]:
    one, two, both = f1.means()
    if int(both.sum()) < 2 * SMALLEST:
        return
    best = np.where(both, np.maximum(one, two), np.nan)
    middle = float(np.median(best[both]))
    well = both & (best >= middle)
    if SMALLEST <= int(well.sum()) <= n - SMALLEST:
        yield "CVs that are answered well", well
        yield "CVs that are answered less well", both & ~well


@dataclass(frozen=True, slots=True)
class Moved:
    """How people moved in one part. shift: candidate − other of each person's mean, nan for none; worse, better: no
    draw of the one arm reaches any of the other."""

    shift: Floats
    worse: Bools
    better: Bools

    @classmethod
    def of(cls, values: Values) -> Moved:
        one, two, both = values.means()
        shift = np.where(both, one - two, np.nan)
        low = [np.fmin.reduce(side, axis=1) for side in (values.candidate, values.other)]
        high = [np.fmax.reduce(side, axis=1) for side in (values.candidate, values.other)]
        with np.errstate(invalid="ignore"):
            return cls(shift, high[0] < low[1] - 1e-9, low[0] > high[1] + 1e-9)

    @property
    def n(self) -> int:
        return int((~np.isnan(self.shift)).sum())

    @property
    def mean(self) -> float:
        return float(np.nanmean(self.shift)) if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """One part as a gate judged it. rows: its people's places among the pair's, worst first; having: how many people
    are in it, n of them with a figure. value, lower, upper: of the mean difference. means: of candidate and other.
    worse, better: people in every draw. p: how easily equally good arms differ so far in some part; noise: how easily
    two runs of one assistant do, at most. kind: what got worse: "f1", "filled", a group of fields, or "critical"
    (values that a recruiter acts on)."""

    name: str
    status: Status
    kind: str
    rows: tuple[int, ...]
    having: int
    n: int
    value: float
    lower: float | None
    upper: float | None
    means: tuple[float, float]
    worse: int
    better: int
    p: float = 1.0
    noise: float = 1.0


def worst_first(parts: Iterable[Weighed]) -> tuple[Weighed, ...]:
    order: tuple[Status, ...] = ("FAIL", "INCONCLUSIVE", "PASS")
    return tuple(sorted(parts, key=lambda one: (order.index(one.status), one.value)))


def bounds_of(shift: Floats, config: Constants, *, together: bool = False) -> tuple[float | None, float | None]:
    """Bounds of the mean of people's differences (paired t), nans left out; none of fewer than two. One-sided, or
    `together` the two of them at the level. Most differences in one field are 0 or −1: a bootstrap-t would divide by
    almost nothing there."""
    known = shift[~np.isnan(shift)]
    n = len(known)
    if n < 2:
        return None, None
    mean, sd = float(known.mean()), max(float(known.std(ddof=1)), config.sd_floor)
    reach = st.t_quantile((1 + config.confidence) / 2 if together else config.confidence, n - 1) * sd / sqrt(n)
    return max(-1.0, mean - reach), min(1.0, mean + reach)


def beside_better(worse: int, better: int, usual: float) -> float:
    """P(as many get worse by chance), where as many are expected to as get better: those here, and `usual` in a part
    of this size, by what all parts together show. The negative binomial prediction of a Poisson count whose rate is
    Gamma with mean `usual` and shape one (parts differ), learned from `better`."""
    from scipy.special import betainc

    if worse <= 0:
        return 1.0
    return float(betainc(worse, better + 1, 1 / (2 + 1 / usual)))


def concentrated(lost: int, size: int, all_lost: int, n: int) -> float:
    """P(a slice of `size` of n people has as many of all that are lost), were they anywhere (hypergeometric)."""
    if n >= st.LARGE:
        return _concentrated(lost, size, all_lost, n)
    whole = comb(n, size)
    return sum(comb(all_lost, k) * comb(n - all_lost, size - k) for k in range(lost, min(all_lost, size) + 1)) / whole


def _concentrated(lost: int, size: int, all_lost: int, n: int) -> float:
    """The same by logarithms of factorials, for numbers of people whose binomials have thousands of digits."""
    from scipy.special import gammaln

    def log_comb(of: int | Floats, taken: int | Floats) -> Floats:
        return np.asarray(gammaln(of + 1.0) - gammaln(taken + 1.0) - gammaln(of - taken + 1.0))

    k = np.arange(max(lost, size - (n - all_lost)), min(all_lost, size) + 1, dtype=float)
    if not len(k):
        return 0.0
    chances = log_comb(all_lost, k) + log_comb(n - all_lost, size - k) - log_comb(n, size)
    return float(min(1.0, np.exp(chances).sum()))


def dealt_at_most(candidate: Floats, other: Floats) -> float:
    """At most how often the arms would differ so far to the worse, were each person's draws dealt to them anew: the
    Chernoff bound of the exact permutation distribution of Σ (mean of other − mean of candidate), so that it tells
    one in a billion from one in a thousand without a billion deals. Tables person × draw, nan for none."""
    gap = row_means(other) - row_means(candidate)
    seen = float(np.nansum(gap))
    if seen <= 0:
        return 1.0
    spread = np.fmax(np.fmax.reduce(candidate, axis=1), np.fmax.reduce(other, axis=1)) - np.fmin(
        np.fmin.reduce(candidate, axis=1), np.fmin.reduce(other, axis=1)
    )
    # In units of the widest person's spread: no exponential below can under- or overflow.
    tilts = np.geomspace(0.25, 256, 41) / float(np.nanmax(spread))
    total = -tilts * seen
    varied = spread > 1e-12  # whose draws are all the same adds nothing
    for mine, theirs, step in zip(candidate[varied], other[varied], gap[varied], strict=True):
        if np.isnan(step):
            continue
        given = np.concatenate([mine[~np.isnan(mine)], theirs[~np.isnan(theirs)]])
        if given.max() - given.min() > 1e-12:
            total += _log_mgf(given, int((~np.isnan(mine)).sum()), tilts)
    return float(min(1.0, np.exp(total.min())))


def _log_mgf(draws: Floats, of_mine: int, tilts: Floats) -> Floats:
    """log E exp(tilt × (mean of the others − mean of `of_mine` draws at random)), by elementary symmetric sums."""
    n = len(draws)
    draws = draws - draws.min()
    step = 1 / of_mine + 1 / (n - of_mine)
    terms = np.exp(-np.multiply.outer(draws, tilts) * step)
    sums = np.zeros((of_mine + 1, len(tilts)))
    sums[0] = 1.0
    for term in terms:
        sums[1:] += sums[:-1] * term
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(sums[of_mine] / comb(n, of_mine)) + tilts * draws.sum() / (n - of_mine))


def most_extreme(shifts: Floats, members: Bools, *, resamples: int = 1999, seed: int = 0) -> Floats:
    """Max-t: how often some figure of some slice would look as bad as each does, were people's differences as likely to
    either side and slices drawn at random: figure × slice. shifts: figure × person; members: slice × person. Westfall
    and Young (1993), each person's figures kept together.

    Each figure is set against its own spread, each sum against the root of its size. What few people share by chance in
    one of many slices is not small here.
    """
    n = shifts.shape[1]
    spread = np.sqrt((shifts**2).mean(axis=1, keepdims=True))
    scaled = np.divide(shifts, spread, out=np.zeros_like(shifts), where=spread > 0)
    weights = members.T / np.sqrt(members.sum(axis=1))
    seen = -(scaled @ weights)
    rng = np.random.default_rng((seed, n, len(members)))
    if n >= st.LARGE:  # the sums are normal by then, with the covariance that signs and permutations give them
        figures, slices_ = root_of(scaled @ scaled.T / n), root_of(weights.T @ weights)
        drawn = rng.standard_normal((resamples, len(shifts), len(members)))
        worst = np.einsum("fg,rgs,st->rft", figures, drawn, slices_, optimize=True).max(axis=(1, 2))
        return np.asarray((1 + (worst[:, None, None] >= seen[None] - 1e-9).sum(axis=0)) / (resamples + 1))
    order = np.argsort(rng.random((resamples, n), dtype=np.float32), axis=1)
    signs = rng.integers(0, 2, size=order.shape, dtype=np.int8) * 2.0 - 1.0
    worst = np.max([((figure[order] * signs) @ weights).max(axis=1) for figure in scaled], axis=0)
    return np.asarray((1 + (worst[:, None, None] >= seen[None] - 1e-9).sum(axis=0)) / (resamples + 1))


def holm(p_values: Mapping[Key, float], tests: int) -> dict[Key, float]:
    """Holm's adjusted values of those that could be small at all, `tests` of them (Tarone 1990: what cannot reach any
    level whatever its direction takes nothing of it)."""
    found: dict[Key, float] = {}
    running = 0.0
    for rank, name in enumerate(sorted(p_values, key=p_values.__getitem__)):
        running = max(running, min(1.0, max(1, tests - rank) * p_values[name]))
        found[name] = running
    return found
