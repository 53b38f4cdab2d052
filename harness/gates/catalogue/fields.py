"""Single fields: one that gets worse by itself is lost in the mean over all, and mostly in its group too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from harness.gates import statistics as st
from harness.gates.constants import Constants
from harness.gates.definition import Definition, Question, Said
from harness.gates.pairs import FieldPart, Pair, Values
from harness.gates.parts import Moved, Weighed, beside_better, bounds_of, dealt_at_most, holm, worst_first
from harness.gates.ruling import Ruling, nothing
from harness.gates.statistics import Floats
from harness.gates.types import Estimate
from harness.gates.words import percent, points, story

ENOUGH = 8
"""People who must have a field for its mean to be tested; of fewer only those count who lost it in every draw."""
PATTERN = 3
"""People in whom one field got worse in every draw: one cause, and no slip."""
_SHOWN = 3


def _judge(ask: Question) -> Ruling:
    """FAIL: a field is worse by the margin, in three people in every draw, where neither equally good arms nor two runs
    of one would show so much in any field. INCONCLUSIVE: at a weaker level, or where it is only filled less often."""
    weighed = weigh(ask.pair.fields(), ask.rule.threshold, ask.config)
    if not weighed:
        return nothing(ask.name, ask.rule, ask.pair, "no compared CV has a field of a golden")
    worst = weighed[0]
    said = (
        "counts beside those who got better and sign flips, adjusted over all fields (Holm); bounds together, paired t"
    )
    return Ruling(
        ask.name,
        ask.rule,
        worst.status,
        Estimate(worst.means[1], None, None, worst.n, worst.n, "mean F1 in the field", source=ask.pair.source),
        Estimate(worst.means[0], None, None, worst.n, worst.n, "mean F1 in the field", source=ask.pair.source),
        Estimate(worst.value, worst.lower, worst.upper, worst.n, worst.n, said, source=ask.pair.source),
        -ask.rule.threshold,
        _more(worst, ask.pair.n, len(weighed), ask.config) if worst.status == "INCONCLUSIVE" else None,
        affected=worst.worse,
        parts=weighed,
    )


def weigh(parts: Mapping[str, FieldPart], margin: float, config: Constants) -> tuple[Weighed, ...]:
    """All fields, worst first: their F1; and whether they are filled, where that got worse and F1 did not."""
    keys = [(name, kind) for kind in ("f1", "filled") for name in parts]
    sizes = {key: _Size.of(Moved.of(_values(parts, key))) for key in keys}
    able = [key for key, of in sizes.items() if of.changed >= PATTERN]
    suspects = [key for key in able if sizes[key].mean <= -margin and sizes[key].worse >= PATTERN]
    adjusted = holm(_levels(suspects, parts, sizes, config), len(able))
    found: list[Weighed] = []
    for key in keys:
        name, kind = key
        values = _values(parts, key)
        one = _plain(name, kind, parts[name], Moved.of(values), config)
        one = replace(one, p=adjusted.get(key, 1.0))
        if one.p <= config.parts_doubt:
            noise = min(1.0, len(able) * dealt_at_most(values.candidate, values.other))
            one = replace(one, noise=noise)
            if max(one.p, noise) <= config.parts_doubt:
                sure = kind == "f1" and max(one.p, noise) <= config.parts
                one = replace(one, status="FAIL" if sure else "INCONCLUSIVE")
        if kind == "f1" or (one.status != "PASS" and found[len(found) - 1].status == "PASS"):
            found.append(one)
    return worst_first(found)


def _values(parts: Mapping[str, FieldPart], key: tuple[str, str]) -> Values:
    name, kind = key
    return parts[name].f1 if kind == "f1" else parts[name].filled


@dataclass(frozen=True, slots=True)
class _Size:
    """How many people moved in a part, and how far on average. All parts' tables by person are never held together."""

    n: int
    changed: int
    worse: int
    better: int
    mean: float

    @classmethod
    def of(cls, moved: Moved) -> _Size:
        changed = int((moved.worse | moved.better).sum())
        return cls(moved.n, changed, int(moved.worse.sum()), int(moved.better.sum()), moved.mean)


def _levels(
    suspects: list[tuple[str, str]],
    parts: Mapping[str, FieldPart],
    sizes: Mapping[tuple[str, str], _Size],
    config: Constants,
) -> dict[tuple[str, str], float]:
    """The smaller of two chances, doubled: that as many get worse in every draw as here, were the arms equally good;
    and that people's differences lean so far, were both directions equally likely for each."""
    found = {}
    for kind in ("f1", "filled"):
        of_kind = [of for (_, name), of in sizes.items() if name == kind]
        usual = (sum(of.better for of in of_kind) + 0.25) / max(1, sum(of.n for of in of_kind))
        for key in (key for key in suspects if key[1] == kind):
            of = sizes[key]
            found[key] = beside_better(of.worse, of.better, usual * of.n)
    flips = st.sign_flips(
        [_known(parts, key) if sizes[key].n >= ENOUGH else np.zeros(1) for key in suspects],
        resamples=config.resamples,
        seed=config.seed,
    )
    return {key: min(1.0, 2 * min(found[key], flip)) for key, flip in zip(suspects, flips, strict=True)}


def _known(parts: Mapping[str, FieldPart], key: tuple[str, str]) -> Floats:
    """People's differences in a part."""
    shift = Moved.of(_values(parts, key)).shift
    return shift[~np.isnan(shift)]


def _plain(name: str, kind: str, part: FieldPart, moved: Moved, config: Constants) -> Weighed:
    """The field's figures, nothing decided."""
    order = np.argsort(np.where(np.isnan(moved.shift), 0.0, moved.shift), kind="stable")
    values = part.f1 if kind == "f1" else part.filled
    one, two, both = values.means()
    # the same interval as in the table of fields, so that a page does not give two for one field
    lower, upper = bounds_of(moved.shift, config, together=True) if (moved.shift < 0).any() else (None, None)
    return Weighed(
        name=name,
        status="PASS",
        kind=kind,
        rows=tuple(int(part.rows[row]) for row in order if moved.shift[row] < 0),
        having=len(part.rows),
        n=moved.n,
        value=moved.mean,
        lower=lower,
        upper=upper,
        means=(float(one[both].mean()), float(two[both].mean())) if both.any() else (0.0, 0.0),
        worse=int(moved.worse.sum()),
        better=int(moved.better.sum()),
    )


def _more(worst: Weighed, n: int, fields: int, config: Constants) -> int | None:
    """How many more CVs let it fail, if further people move as these do; None where they never would."""
    if worst.kind == "filled":
        return None
    for wanted in range(n + 1, 20 * n, max(1, n // 20)):
        grown = wanted / n
        p = 2 * fields * beside_better(round(worst.worse * grown), round(worst.better * grown), grown)
        if p <= config.parts and worst.noise**grown <= config.parts:
            return wanted - n
    return None


def _say(ask: Question, ruling: Ruling) -> Said:
    label, pair, worst = ask.gate.label, ask.pair, ruling.parts[0]
    harmed = [one for one in ruling.parts if one.status == ruling.status]
    if ruling.status == "PASS":
        return Said(
            f"{label}: none of {len(ruling.parts)} got worse by enough to hold{_lost(ask, ruling)}{_rare(ruling.parts)}"
        )
    also = [one.name for one in harmed[1 : 1 + _SHOWN]]
    more = f"; also {', '.join(also)}{', …' if len(harmed) > 1 + _SHOWN else ''}" if also else ""
    figures = (
        f"{label}: {_within(worst)}, worse in every answer in {worst.worse}, better in {worst.better}"
        f"{f'; by chance in {_rarely(worst.p)} of cases' if worst.p < 1 else ''}{more}"
    )
    documents = tuple(name for row in worst.rows for name in pair.documents.get(pair.personas[row], ()))
    return Said(f"{_head(worst, pair)} · {figures}", tuple(one.name for one in harmed), documents)


def _head(worst: Weighed, pair: Pair) -> str:
    if worst.kind == "filled":
        return f"{worst.name}: no longer filled in {worst.worse} of {worst.having} CVs that have it"
    change = next((one for one in pair.changes() if one.field == worst.name), None)
    return story(change, pair) if change is not None else f"{worst.name}: worse"


def _lost(ask: Question, ruling: Ruling) -> str:
    """The fields whose bounds show a loss and why each may ship all the same; where there is none, the worst one."""
    losses = [one for one in ruling.parts if one.upper is not None and one.upper < 0]
    if not losses:
        worst = ruling.parts[0]
        return f"; most, {worst.name}: {_within(worst)}" if worst.value < 0 else ""
    told = "".join(f"; loss in {one.name}: {_within(one)}, but {_may(one, ask)}" for one in losses[:_SHOWN])
    return told + (f"; loss in {len(losses) - _SHOWN} more" if len(losses) > _SHOWN else "")


def _may(one: Weighed, ask: Question) -> str:
    """Why a loss that its bounds show does not hold."""
    if one.value > -ask.rule.threshold:
        more = ", though in truth it may be more" if (one.lower or 0.0) < -ask.rule.threshold else ""
        return (
            f"one field holds at a loss of {100 * ask.rule.threshold:g} or more: this is {-100 * one.value:.3g}{more}"
        )
    if one.worse < PATTERN:
        return f"worse in every answer to {one.worse} CVs only: {PATTERN} are needed to hold"
    chance = one.p if one.p > ask.config.parts_doubt else max(one.p, one.noise)
    return (
        f"chance alone does as much in up to {percent(chance)} of cases: it holds from {percent(ask.config.parts)} on"
    )


def _within(one: Weighed) -> str:
    return f"{points(one.value)} points{_range(one)} of F1 in it over {one.n} CVs"


def _rarely(chance: float) -> str:
    return "under 0.1 %" if chance < 0.001 else f"at most {percent(chance)}"


def _range(one: Weighed) -> str:
    return "" if one.lower is None or one.upper is None else f" [{points(one.lower)}, {points(one.upper)}]"


def _rare(parts: tuple[Weighed, ...]) -> str:
    """What cannot be excluded in fields that few have."""
    few = [one for one in parts if one.n < ENOUGH]
    if not few:
        return ""
    least = min(few, key=lambda one: (one.n, one.name))
    bound = percent(st.binomial_upper(least.worse, least.n)) if least.n else "all"
    cvs = "1 CV has" if least.n == 1 else f"{least.n} CVs have"
    return f"; too few CVs have {len(few)} of them to show a small loss: {cvs} {least.name}, up to {bound} may be lost"


GATES = (
    Definition(
        name="fields",
        label="single fields",
        metric="F1 in the worst single field",
        default=0.01,
        meaning="smallest drop in F1 in one field that can fail",
        place=106,
        figure="F1 of each field of the people who have it, and whether it is filled",
        passes="never counts towards SHIP; waits where a field is in doubt",
        fails="drop ≥ M, 3 people worse in every answer, beyond chance and noise (over all fields .005)",
        judge=_judge,
        say=_say,
        key="margin",
        unit="share",
        against=frozenset({"baseline"}),
        severity=3,
        by_size=True,
        told=2,
        supports=False,
    ),
)
