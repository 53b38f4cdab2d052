"""A score for people, in the terminal: the figures, then every value that is not right, with its reason.

Colour only repeats what the words and signs say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.base.terminal import safe
from harness.base.types import Json
from harness.corpus.types import Golden
from harness.scoring.explain import explain, explain_lost, structure
from harness.scoring.metrics import GROUPS, correction_cost, counts_on, golden_review
from harness.scoring.types import Counts, FieldOutcome, Score

if TYPE_CHECKING:
    from rich.console import Group

_SIGNS = {
    "wrong": ("✗", "red"),
    "missing": ("−", "red"),
    "invented": ("+", "red"),
    "near": ("~", "yellow"),
    "duplicate": ("=", "yellow"),
    "unscored": ("?", "dim"),
    "absent": ("·", "dim"),
    "correct": ("✓", "green"),
}
_TOLD = ("wrong", "missing", "invented", "near", "duplicate")


def render(
    score: Score, golden: Golden | Json | None = None, answer: Json = None, *, all_values: bool = False
) -> Group:
    """A rich renderable. golden and answer: where both are given, the structural difference stands at the end.
    all_values: right values too."""
    from rich.console import Group
    from rich.text import Text

    parts: list[object] = [Text(line) for line in headline(score)]
    if score.has_golden:
        parts += [Text(""), _groups(score)]
    lines = told(score, all_values=all_values)
    if lines:
        parts.append(Text(""))
    for outcome_kind, line in lines:
        sign, style = _SIGNS[outcome_kind]
        parts.append(Text.assemble((f" {sign} ", style), line))
    cv = golden.cv if isinstance(golden, Golden) else golden
    if isinstance(cv, dict) and isinstance(answer, dict) and (shape := structure(cv, answer)):
        parts += [Text(""), Text("Differences in structure (order and ids aside):"), Text(safe(shape))]
    return Group(*parts)  # type: ignore[arg-type]


def headline(score: Score) -> list[str]:
    """The figures with their denominators, one line each."""
    lines = []
    if score.failed:
        lines.append("No answer, or no JSON object: everything in the golden counts as missing.")
    if score.has_golden and score.f1 is not None:
        total = counts_on(score)
        right = f"{total.correct} of {total.golden} golden values right"
        ours = f"{total.correct + total.more_correct} of {total.answer} given values right"
        lines.append(
            f"F1 {score.f1:.3f} strict, {score.lenient_f1:.3f} lenient   "
            f"recall {score.recall:.3f} ({right})   precision {score.precision:.3f} ({ours})"
        )
        cost = correction_cost(score)
        lines.append(
            "nothing to correct" if not cost else f"{cost} {'edit' if cost == 1 else 'edits'} to make it right"
        )
    contract = score.contract
    problems = len(contract.violations) + len(contract.date_problems) + len(contract.id_problems)
    lines.append(
        f"contract: {contract.rung.name.lower()}"
        + (f", {problems} {'problem' if problems == 1 else 'problems'}" if problems else "")
        + (f", {len(contract.placeholders)} placeholders" if contract.placeholders else "")
        + (f", {len(contract.form)} not written as in the CV" if contract.form else "")
    )
    lines += [
        f"  {safe(one.pointer) or '/'}: {safe(one.message)}"
        for one in (*contract.violations, *contract.date_problems, *contract.id_problems)[:8]
    ]
    order = score.order
    if order.reverse_chronological is not None:
        share = "" if order.share is None else f", {order.share:.0%} of neighbours stand as in the golden"
        lines.append(f"order: {'newest first' if order.reverse_chronological else 'not newest first'}{share}")
    looked = [one for one in score.outcomes if one.grounded is not None]
    if looked:
        there = sum(bool(one.grounded) for one in looked)
        lines.append(f"grounding: {there} of {len(looked)} given values are in the CV's text")
        if score.hallucinations:
            lines.append(f"hallucinations: {len(score.hallucinations)}")
        review = golden_review(score)
        if review:
            lines.append(f"golden to review: {len(review)} given values are in the CV's text, but not in the golden")
    return lines


def told(score: Score, *, all_values: bool = False) -> list[tuple[str, str]]:
    """Kind and sentence of everything worth telling. A lost entry is one line, not one for each of its values."""
    lines = [("missing", safe(line)) for line in explain_lost(score)]
    lines += [
        (outcome.kind, safe(explain(outcome)))
        for outcome in score.outcomes
        if (all_values or _worth_telling(outcome)) and not _in_lost_entry(outcome)
    ]
    return lines


def _worth_telling(outcome: FieldOutcome) -> bool:
    return (
        outcome.kind in _TOLD
        or (outcome.kind == "unscored" and outcome.note == "not in the contract")
        or (outcome.kind == "unscored" and outcome.grounded is False)
    )


def _in_lost_entry(outcome: FieldOutcome) -> bool:
    return outcome.kind == "missing" and "entry missing" in outcome.note and "misplaced" not in outcome.note


def _groups(score: Score) -> object:
    from rich.table import Table

    grid = Table(box=None, pad_edge=False)
    for title in ("group", "F1", "right", "golden", "given"):
        grid.add_column(title, justify="left" if title == "group" else "right")
    for name, fields in GROUPS.items():
        counts = counts_on(score, fields)
        if counts.golden or counts.answer:
            grid.add_row(name.replace("_", " "), *_cells(counts))
    return grid


def _cells(counts: Counts) -> Sequence[str]:
    return f"{counts.f1:.3f}", str(counts.correct), str(counts.golden), str(counts.answer)
