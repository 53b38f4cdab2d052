"""How much an unchanged assistant differs from itself: the noise floor, stored beside the baseline.

It sets the line of a catastrophe and plans runs; it is never subtracted from a difference, whose interval already
holds it. No noise seen is "not measured", not zero.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np

from harness.base.types import Failure, Json
from harness.gates.catalogue import COUNTED
from harness.gates.config import GateConfig
from harness.gates.looked import looked
from harness.gates.statistics import robust_scale
from harness.gates.types import Case

TWIN = "@aa"
"""Suffix of an A/A twin's arm id: the same arm on disjoint draws."""

ALL_ALIKE = "noise not measured: all answers to a CV are the same"
"""Note of a noise floor where no draw differs from another."""


def noise_floor(cases: Iterable[Case], arm: str = "baseline") -> dict[str, Json]:
    """What is known of an arm's noise, from its A/A twin (`baseline@aa`) where there is one, else between draws.

    people, draws (of one side); draw_sd: standard deviation of one draw's F1 around its CV's mean; difference_sd:
    robust standard deviation of a CV's F1 difference between two sides of `draws` draws; catastrophe_line; churn:
    share of golden values whose outcome differs between two draws; flips: the same by field; moved: by gate that counts
    people, share of CVs in which two neighbouring draws differ in what it counts; flaky: documents whose F1 moves most
    between draws.
    """
    given = [case for case in cases if case.document.twin_of is None and case.record.arm in (arm, f"{arm}{TWIN}")]
    mine = _by_document(case for case in given if case.record.arm == arm)
    twin = _by_document(case for case in given if case.record.arm != arm)
    every = {name: [*found, *twin.get(name, [])] for name, found in mine.items()}
    f1 = {
        name: [case.score.f1 for case in found if case.score and case.score.f1 is not None]
        for name, found in every.items()
    }
    several = {name: np.array(values) for name, values in f1.items() if len(values) > 1}
    if not several:
        return {"measured": False, "note": "noise not measured: it needs each CV asked twice, or an A/A run"}
    squares = sum(float(((values - values.mean()) ** 2).sum()) for values in several.values())
    freedom = sum(len(values) - 1 for values in several.values())
    draw_sd = float(np.sqrt(squares / freedom))
    draws = max(len(found) for found in mine.values())
    churn, flips = _flips(every)
    if draw_sd == 0 and churn == 0:
        return {"measured": False, "note": ALL_ALIKE}
    differences = [
        float(np.median(_f1s(mine[name])) - np.median(_f1s(twin[name])))
        for name in mine.keys() & twin.keys()
        if _f1s(mine[name]) and _f1s(twin[name])
    ]
    paired = len(differences) >= 10
    scale = robust_scale(np.array(differences)) if paired else draw_sd * float(np.sqrt(2 / draws))
    config = GateConfig()
    spread = {name: float(values.max() - values.min()) for name, values in several.items()}
    flaky = [
        name for name, moved in sorted(spread.items(), key=lambda item: (-item[1], item[0])) if moved > 2 * draw_sd
    ]
    return {
        "measured": True,
        "method": "A/A on disjoint draws" if paired else "between draws of one arm",
        "people": len(several),
        "draws": draws,
        "draw_sd": draw_sd,
        "difference_sd": scale,
        "catastrophe_line": max(config.drop, config.drop_sds * scale),
        "churn": churn,
        "flips": flips,
        "moved": _moved(every),
        "flaky": flaky[:10],
    }


def leaf_flips(cases: Iterable[Case], only: frozenset[str] | None = None) -> dict[str, float]:
    """By document: share of golden values that are right in some draws and not in others; a draw that failed has none
    right. Needs two draws, and an answer among them: what always fails is not steady.

    only: field paths that count; None for all."""
    found = {}
    for name, of in _by_document(cases).items():
        if len(of) < 2 or all(map(_failed, of)):
            continue
        right = Counter(path for case in of for path in _right(case, only))
        leaves = max(
            (
                sum(counts.golden for path, counts in case.score.counts.items() if only is None or path in only)
                for case in of
                if case.score
            ),
            default=0,
        )
        if leaves:
            found[name] = sum(1 for count in right.values() if count < len(of)) / leaves
    return found


def _by_document(cases: Iterable[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        scored = case.score is not None and case.score.has_golden
        ours = isinstance(case.record.answer, Failure) and case.record.answer.kind == "harness"
        if scored and not ours and case.document.twin_of is None:
            found[case.document.id].append(case)
    return found


def _failed(case: Case) -> bool:
    return isinstance(case.record.answer, Failure)


def _f1s(cases: list[Case]) -> list[float]:
    return [case.score.f1 for case in cases if case.score is not None and case.score.f1 is not None]


def _right(case: Case, only: frozenset[str] | None = None) -> set[str]:
    if case.score is None:
        return set()
    return {
        one.golden_path
        for one in case.score.outcomes
        if one.kind == "correct" and one.golden_path is not None and (only is None or one.field in only)
    }


def _moved(every: Mapping[str, list[Case]]) -> dict[str, float]:
    """By gate that counts people: share of pairs of neighbouring draws that differ in what it counts; gates that saw no
    difference left out."""
    differ: Counter[str] = Counter()
    pairs = 0
    for found in every.values():
        ordered = sorted(found, key=lambda case: (case.record.arm, case.record.draw))
        seen = [one for case in ordered if (one := looked(case)) is not None]
        shown = [{name: counted.find(one) for name, counted in COUNTED.items()} for one in seen]
        pairs += max(0, len(shown) - 1)
        for before, after in pairwise(shown):
            differ.update(
                name for name in COUNTED if None not in (before[name], after[name]) and before[name] != after[name]
            )
    return {name: differ[name] / pairs for name in COUNTED if differ[name]}


def _flips(every: Mapping[str, list[Case]]) -> tuple[float, dict[str, float]]:
    """Share of golden values right in one draw and not in another, over neighbouring draws: all, and by field."""
    changed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for found in every.values():
        ordered = sorted(found, key=lambda case: (case.record.arm, case.record.draw))
        for one, two in pairwise(ordered):
            if one.score is None or two.score is None or (_failed(one) and _failed(two)):
                continue
            outcomes = (*one.score.outcomes, *two.score.outcomes)
            fields = {outcome.golden_path: outcome.field for outcome in outcomes}
            differ = _right(one) ^ _right(two)
            changed.update(fields[path] for path in differ if path in fields)
            total.update({name: counts.golden for name, counts in one.score.counts.items() if counts.golden})
    every_change, every_leaf = sum(changed.values()), sum(total.values())
    rates = {name: changed[name] / total[name] for name in sorted(total) if changed[name]}
    return (every_change / every_leaf if every_leaf else 0.0), rates
