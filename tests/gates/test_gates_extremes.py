"""Runs at the edge of what can come: no figure leaves its range, and nothing that is no number reaches a face."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from gates_worlds import manifest, person, text_of, world

from harness.base.types import Failure
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.serial import verdict_from_dict, verdict_to_dict
from harness.gates.types import Case, Estimate, Verdict
from harness.models.types import Usage
from harness.replay.types import Manifest
from harness.reports import junit, labels, markdown, terminal
from harness.reports.export import frames, table
from harness.reports.page import render
from harness.reports.prepare import Judged
from harness.reports.summary import build_summary
from harness.scoring.score import score

ARMS = ("baseline", "candidate", "legacy")
NO_NUMBER = re.compile(r"(?<![^\W_])(nan|-?inf|infinity|∞)(?![^\W_])", re.I)
DOWN = Failure("provider", "timeout", "no answer came")
BROKEN = Failure("unparseable", "truncated", "cut off")
UNREAD = Failure("extraction", "encrypted", "no text")

Change = Callable[[Case], Case]


def _record(**changes: Any) -> Change:
    return lambda case: dataclasses.replace(case, record=dataclasses.replace(case.record, **changes))


def _failed(failure: Failure, *arms: str) -> Change:
    def change(case: Case) -> Case:
        if case.record.arm not in arms:
            return case
        number = int(case.document.id[3:])
        record = dataclasses.replace(case.record, answer=failure, readings=(), state="failed", calls=0, usage=Usage())
        scored = None if failure.kind == "extraction" else score(failure, person(number), text_of(number))
        return dataclasses.replace(case, record=record, score=scored)

    return change


def _worthless(case: Case) -> Case:
    """An answer in contract form with nothing right in it."""
    if case.record.arm != "candidate":
        return case
    number = int(case.document.id[3:])
    other = person(number + 500)
    return dataclasses.replace(
        case,
        record=dataclasses.replace(case.record, answer=other),
        score=score(other, person(number), text_of(number)),
    )


def _far_apart(case: Case) -> Case:
    odd = int(case.document.id[3:]) % 2 == (case.record.arm == "candidate")
    used = Usage(10**15, 0, 0, 10**15) if odd else Usage(1, 0, 0, 0)
    cost = Decimal("1e300") if odd else Decimal("1e-300")
    return _record(latency_ms=1e300 if odd else 1e-300, usage=used, cost=cost)(case)


CHANGES: dict[str, Change] = {
    "plain": lambda case: case,
    "candidate down": _failed(DOWN, "candidate"),
    "legacy down": _failed(DOWN, "legacy"),
    "all down": _failed(DOWN, *ARMS),
    "all broken": _failed(BROKEN, *ARMS),
    "unread": _failed(UNREAD, *ARMS),
    "nothing right": _worthless,
    "no time": _record(latency_ms=0.0),
    "time unknown": _record(latency_ms=None),
    "time without end": _record(latency_ms=float("inf")),
    "no tokens": _record(usage=Usage(), cost=Decimal(0), calls=0, attempts=0),
    "huge": _record(latency_ms=1e300, usage=Usage(10**15, 0, 0, 10**15), cost=Decimal("1e300")),
    "far apart": _far_apart,
}


def cases_of(change: str, people: int, draws: int, *, alike: bool) -> list[Case]:
    made = world(people, draws, arms=ARMS, noise=0.0 if alike else 3.0)
    return [CHANGES[change](case) for case in made]


def faces(verdict: Verdict, cases: list[Case], made: Manifest, page: Path | None) -> Iterator[tuple[str, str]]:
    """Every face by name, as text."""
    given = verdict_to_dict(verdict)
    assert verdict_to_dict(verdict_from_dict(given)) == given
    yield "verdict.json", json.dumps(given, allow_nan=False, ensure_ascii=False)
    summary = build_summary(judged := Judged(cases, verdict, made))
    yield "summary.json", json.dumps(summary, allow_nan=False, ensure_ascii=False)
    yield "summary.md", markdown.render(verdict, summary)
    yield "comment.md", markdown.comment(verdict, summary)
    yield "terminal", terminal.render(verdict, summary, width=160, verbose=True)
    yield "junit", " ".join(junit.properties(verdict, summary).values())
    for comparison in verdict.comparisons:
        for gate in comparison.gates:
            yield f"junit {gate.name}", " ".join(junit.gate_properties(gate, comparison.against).values())
    for name, frame in frames(cases, verdict).items():
        yield f"{name}.csv", table(list(frame.columns), frame.itertuples(index=False, name=None))
    if page is not None:
        written = render(page, judged, summary).path
        text = written.read_text(encoding="utf-8")
        yield "page", re.sub(r"(?s)<script.*?</script>|<style.*?</style>", " ", text)


def estimates(verdict: Verdict) -> Iterator[tuple[str, str, Estimate]]:
    """What is printed of every gate as a share: the gate and of which side it is."""
    for comparison in verdict.comparisons:
        for gate in comparison.gates:
            if labels.kind(gate) == "share":
                yield gate.name, "difference", gate.delta
            if labels.kind(gate) in ("share", "count"):
                yield gate.name, "level", gate.baseline
                yield gate.name, "level", gate.candidate


def in_order(low: float | None, value: float | None, high: float | None, least: float, most: float) -> bool:
    there = [one for one in (low, value, high) if one is not None]
    return there == sorted(there) and all(least <= one <= most for one in there)


def judge(change: str, people: int, draws: int, alike: bool, page: Path | None = None) -> Verdict:
    cases = cases_of(change, people, draws, alike=alike)
    made = manifest(ARMS, draws)
    verdict = decide(Evidence.of(cases, made))
    for name, text in faces(verdict, cases, made, page):
        found = NO_NUMBER.search(text)
        assert found is None, f"{name}: …{text[max(0, found.start() - 60) : found.end() + 20]}…"
    for name, what, one in estimates(verdict):
        least = -1 if what == "difference" else 0
        assert in_order(one.lower, one.value, one.upper, least, 1), (name, one)
    for claim in verdict.claims:
        assert in_order(claim.lower, claim.value, claim.upper, float("-inf"), float("inf")), claim
        if claim.name in ("quality", "consistent", "reliable", "contract"):
            assert in_order(claim.lower, claim.value, claim.upper, -1, 1), claim
    return verdict


@pytest.mark.fast_cases("plain", "candidate down", "all broken", "time without end", "no tokens")
@pytest.mark.parametrize("change", CHANGES)
def test_a_run_at_the_edge_keeps_its_figures_in_range_on_every_face(change: str, tmp_path: Path) -> None:
    judge(change, 4, 1, False, tmp_path / "index.html")


@pytest.mark.fast_cases(6)
@pytest.mark.parametrize("people", [0, 1, 2])
@pytest.mark.parametrize("change", ["plain", "all down", "no time"])
def test_so_does_a_run_of_hardly_anybody(change: str, people: int) -> None:
    judge(change, people, 1, True)


def test_every_face_says_how_many_cvs_had_no_answer(tmp_path: Path) -> None:
    cases = [
        CHANGES["candidate down"](case) if case.document.id == "cv-002" else case for case in world(8, 1, arms=ARMS)
    ]
    made = manifest(ARMS, 1)
    verdict = decide(Evidence.of(cases, made))
    shown = dict(faces(verdict, cases, made, tmp_path / "index.html"))
    for name in ("summary.md", "terminal", "page"):
        text = " ".join(shown[name].split())
        assert "CVs without a usable answer: candidate 1 of 8; n is of those that both arms answered" in text, name
        assert "7 of 8" in text, name
    tokens = next(one for one in json.loads(shown["verdict.json"])["claims"] if one["name"] == "tokens")
    assert (tokens["n"], tokens["of"], tokens["unanswered"]) == (7, 8, {"candidate": 1, "legacy": 0})
    whole = decide(Evidence.of(world(8, 1, arms=ARMS), made))
    assert "without a usable answer" not in dict(faces(whole, world(8, 1, arms=ARMS), made, None))["summary.md"]


@pytest.mark.long
@pytest.mark.parametrize(("people", "alike"), [(0, True), (1, False), (3, True), (45, False)])
@pytest.mark.parametrize("change", CHANGES)
def test_so_does_every_other(change: str, people: int, alike: bool, tmp_path: Path) -> None:
    judge(change, people, 3, alike, tmp_path / "index.html" if people else None)
