"""Critical rules on a single CV: what makes its own test fail. Evidence, not decision: one CV never ships or holds.

Sentences name fields, never values, because they end up in public logs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from harness.base.types import Failure
from harness.gates.paths import CRITICAL, GRAVE_INVENTIONS
from harness.gates.types import Case
from harness.scoring.types import Score


def broken_rules(candidate: Sequence[Case], baseline: Sequence[Case]) -> tuple[str, ...]:
    """Critical rules that most draws of the candidate break on one document and most of the baseline's keep:
    no answer, a broken contract, an invented name or contact, a critical value lost."""
    mine, theirs = _majority(candidate), _majority(baseline)
    return tuple(sorted(mine - theirs))


def _majority(cases: Sequence[Case]) -> set[str]:
    found = Counter(rule for case in cases for rule in set(_rules(case)))
    return {rule for rule, count in found.items() if 2 * count > len(cases)}


def _rules(case: Case) -> Iterable[str]:
    answer = case.record.answer
    if isinstance(answer, Failure):
        if answer.kind != "harness":
            yield f"no answer ({answer.kind}: {answer.code})"
        return
    if case.score is None:
        return
    yield from _contract(case.score)
    for outcome in case.score.hallucinations:
        if outcome.field in GRAVE_INVENTIONS:
            yield f"{outcome.field} is invented"
    for outcome in case.score.outcomes:
        if outcome.field in CRITICAL and outcome.kind in ("wrong", "missing") and outcome.note != "ambiguous":
            yield f"{outcome.golden_path} is {outcome.kind}"


def _contract(score: Score) -> Iterable[str]:
    if not score.contract.valid:
        for violation in score.contract.violations[:1]:
            yield f"the contract is broken at {violation.pointer or '/'} ({violation.rule})"


def lost_values(candidate: Sequence[Case], baseline: Sequence[Case]) -> tuple[str, ...]:
    """Any golden value that most draws of the baseline have right and most of the candidate's do not, by path."""
    mine, theirs = _right(candidate), _right(baseline)
    return tuple(sorted(f"{path} is lost" for path in theirs - mine))


def _right(cases: Sequence[Case]) -> set[str]:
    found = Counter(
        outcome.golden_path
        for case in cases
        if case.score is not None
        for outcome in case.score.outcomes
        if outcome.golden_path is not None and outcome.kind == "correct"
    )
    return {path for path, count in found.items() if 2 * count > len(cases)}
