"""The tables say what the cases hold: nothing lost, nothing without its n, nothing made up."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import synthetic_run
from conftest import KEY, summary_of
from synthetic_run import Synthetic

from harness.base.errors import UsageError
from harness.gates.types import Case
from harness.reports.changes import word_diff
from harness.reports.prepare import Leaf
from harness.reports.redaction import HIDDEN, Redactor
from harness.reports.summary import check_summary
from harness.reports.tables_quality import flip
from harness.scoring.types import FieldOutcome


def with_cases(run: Synthetic, cases: tuple[Case, ...]) -> Synthetic:
    return replace(run, cases=cases)


@pytest.mark.parametrize("made", [{}, {"draws": 1}, {"identical": True}, {"source": "live"}, {"plant": "</script>"}])
def test_a_summary_is_json_and_keeps_to_its_schema(made: dict[str, Any]) -> None:
    found = summary_of(synthetic_run.make(12, **made))
    assert check_summary(json.loads(json.dumps(found, allow_nan=False))) == json.loads(json.dumps(found))


def test_another_version_or_shape_is_refused(summary: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="version 99"):
        check_summary({**summary, "schema_version": 99})
    with pytest.raises(UsageError, match="worst"):
        check_summary({**summary, "worst": [1]})


def test_the_same_run_gives_the_same_bytes() -> None:
    one, two = (json.dumps(summary_of(synthetic_run.make(8, 2))) for _ in range(2))
    assert one == two


def test_field_counts_are_those_of_the_outcomes(run: Synthetic, summary: dict[str, Any]) -> None:
    told: Counter[tuple[str, str, str]] = Counter()
    for case in run.cases:
        assert case.score is not None
        for outcome in case.score.outcomes:
            told[case.record.arm, outcome.field, outcome.kind] += 1
    for row in summary["fields"]:
        for arm, cell in row["arms"].items():
            for kind in ("correct", "near", "wrong", "missing", "invented"):
                assert cell[kind] == told[arm, row["field"], kind]


def test_the_field_that_was_harmed_loses_most(summary: dict[str, Any]) -> None:
    worst = min(summary["fields"], key=lambda row: row["delta"]["value"])
    assert worst["section"] == "languages"
    assert worst["delta"]["upper"] < 0
    assert worst["delta"]["n"] == 60


def test_what_an_arm_is_not_asked_for_is_coverage(summary: dict[str, Any]) -> None:
    asked = {row["field"]: row["arms"]["legacy"]["asked"] for row in summary["fields"]}
    assert not asked["languages[].language"]
    assert asked["work_experience[].company"]
    assert all(row["delta_legacy"] is None for row in summary["fields"] if not asked[row["field"]])
    against_legacy = {row["field"] for row in summary["flips"]["legacy"]["fields"]}
    assert "languages[].language" not in against_legacy


def test_failed_answers_stay_in_the_denominator(run: Synthetic, summary: dict[str, Any]) -> None:
    head = summary["headline"]["candidate"]
    assert head["failed"] == sum(1 for c in run.cases if c.record.arm == "candidate" and c.score and c.score.failed)
    assert head["failed"] > 0
    assert head["n"] == head["records"] == 120
    assert head["f1"] == pytest.approx(
        sum(c.score.f1 for c in run.cases if c.record.arm == "candidate" and c.score and c.score.f1 is not None) / 120,
        abs=1e-6,
    )
    (row,) = summary["errors"]["rows"]
    assert (row["kind"], row["code"], row["arms"]) == ("unparseable", "truncated", {"candidate": head["failed"]})


def test_flips_are_counted_leaf_by_leaf_over_the_majority_of_draws() -> None:
    run = synthetic_run.make(4, 3, seed=3)
    path, field = "personal_info.name", "personal_info.name"

    def forced(case: Case) -> Case:
        """Right in baseline; in the candidate wrong in two draws of three for the first CV, in one for the second."""
        assert case.score is not None
        wrong_draws = {"cv-0000": 2, "cv-0001": 1}.get(case.document.id, 0) if case.record.arm == "candidate" else 0
        kind = "wrong" if case.record.draw < wrong_draws else "correct"
        outcome = FieldOutcome(field, path, path, "A B", "A B" if kind == "correct" else "C", kind)
        return replace(case, score=replace(case.score, outcomes=(outcome,)))

    found = summary_of(with_cases(run, tuple(map(forced, run.cases))))
    assert [row["document"] for row in found["flips"]["baseline"]["documents"]] == ["cv-0000"]
    assert found["flips"]["baseline"]["classes"] == {"broken": 1, "mixed": 0, "fixed": 0, "both_wrong": 0}
    flaky = found["flaky"]["arms"]["candidate"]
    assert (flaky["flaky"], flaky["leaves"], flaky["draws"]) == (2, 4, 3)
    assert found["flaky"]["arms"]["baseline"]["flaky"] == 0


def test_split_draws_flip_nothing() -> None:
    assert flip(Leaf("f", 2, 2), Leaf("f", 1, 2)) == ""
    assert flip(Leaf("f", 2, 2), Leaf("f", 0, 2)) == "broken"
    assert flip(Leaf("f", 0, 2), Leaf("f", 2, 2)) == "fixed"
    assert flip(Leaf("f", 0, 1), Leaf("f", 0, 1)) == "both_wrong"


def test_one_draw_measures_no_noise() -> None:
    assert summary_of(synthetic_run.make(6, 1))["flaky"]["arms"]["candidate"]["rate"] is None


def test_quantiles_need_their_n() -> None:
    found = summary_of(synthetic_run.make(8, 1))["latency"]["arms"]["candidate"]
    assert found["n"] == 8
    assert found["p50"] is not None
    assert found["p90"] is found["p95"] is found["p99"] is None


@pytest.mark.long
def test_the_ecdf_is_short_and_ends_at_one() -> None:
    points = summary_of(synthetic_run.make(150, 2))["latency"]["arms"]["legacy"]["ecdf"]
    assert len(points) == 201
    assert points[-1][1] == 1.0
    assert points == sorted(points)


def test_unpriced_calls_leave_no_cost_and_unmeasured_latency_no_figure() -> None:
    run = synthetic_run.make(6, 1)
    cases = tuple(
        replace(
            c, record=replace(c.record, cost=None if c.document.id == "cv-0002" else c.record.cost, latency_ms=None)
        )
        for c in run.cases
    )
    found = summary_of(with_cases(run, cases))
    assert found["cost"]["arms"]["candidate"]["unpriced"] == 1
    assert found["cost"]["arms"]["candidate"]["per_1000"] is None
    assert found["latency"]["arms"]["candidate"]["n"] == 0
    assert found["latency"]["arms"]["candidate"]["p50"] is None
    assert found["latency"]["pairs"] == []


def test_polling_rounds_the_background_up_to_two_seconds(run: Synthetic, summary: dict[str, Any]) -> None:
    arms = summary["latency"]["arms"]
    assert arms["candidate"]["polled"] is None
    added = arms["legacy"]["polled"]["p50"] - arms["legacy"]["p50"]
    assert 0 < added < 2000


def test_the_worst_cvs_come_first_and_failures_are_among_them(summary: dict[str, Any]) -> None:
    f1 = {row["document"]: row["arms"]["candidate"]["f1"] for row in summary["documents"]}
    listed = [f1[name] for name in summary["worst"]]
    assert listed == sorted(listed)
    assert len(listed) == 50
    assert listed[0] == 0


def test_hallucinations_are_grouped_by_value(run: Synthetic, summary: dict[str, Any]) -> None:
    total = sum(len(c.score.hallucinations) for c in run.cases if c.score and c.record.arm == "legacy")
    rows = [row for row in summary["hallucinations"]["rows"] if row["arm"] == "legacy"]
    assert sum(d["draws"] for row in rows for d in row["documents"]) == total > 0
    assert {row["value"] for row in rows} == {"Scrum Master", "Agile Board", "2021"}


def test_violations_are_grouped_by_pointer_without_indices(summary: dict[str, Any]) -> None:
    row = next(r for r in summary["schema"]["rows"] if r["rule"] == "type" and r["stage"] == "final object")
    assert row["pointer"] == "/work_experience/*/description"
    assert row["arms"]["legacy"] == {"records": 120, "documents": 60}
    assert [e["pointer"] for e in row["examples"]] == ["/work_experience/0/description"] * 3


def test_a_golden_that_all_arms_and_the_text_contradict_is_in_doubt() -> None:
    run = synthetic_run.make(5, 1)
    name = run.goldens["cv-0002"].cv["work_experience"][0]["company"]
    path, field = "work_experience[0].company", "work_experience[].company"

    def doubted(case: Case) -> Case:
        if case.document.id != "cv-0002":
            return case
        outcome = FieldOutcome(field, path, path, "Not In The Text Ltd", name, "wrong", "", (0, 3), True)
        return replace(case, score=replace(case.score, outcomes=(outcome,)))

    found = summary_of(with_cases(run, tuple(map(doubted, run.cases))))
    assert [(r["document"], r["path"], r["answer"]) for r in found["golden_audit"]["rows"]] == [("cv-0002", path, name)]
    assert found["golden_audit"]["n"] == 5
    hidden = Redactor(["cv-0002"], []).summary(found)["golden_audit"]["rows"]  # also values that nobody told it of
    assert [(row["golden"], row["answer"], row["why"]) for row in hidden] == [(HIDDEN, HIDDEN, HIDDEN)]
    dissent = tuple(c for c in map(doubted, run.cases) if (c.document.id, c.record.arm) != ("cv-0002", "legacy"))
    original = tuple(c for c in run.cases if (c.document.id, c.record.arm) == ("cv-0002", "legacy"))
    assert summary_of(with_cases(run, dissent + original))["golden_audit"]["rows"] == []


def test_without_goldens_no_accuracy_is_claimed() -> None:
    run = synthetic_run.without_goldens(synthetic_run.make(6, 1))
    found = summary_of(run)
    check_summary(json.loads(json.dumps(found)))
    assert found["fields"] == []
    assert found["worst"] == []
    assert found["headline"]["candidate"]["f1"] is None
    assert found["run"]["with_golden"] == 0
    assert found["flips"] == {"baseline": None, "legacy": None}
    assert {row["class"] for row in found["documents"]} == {""}


def test_agreement_stands_in_the_summary_and_its_ids_are_redacted() -> None:
    run = synthetic_run.without_goldens(synthetic_run.make(6, 1))
    found = summary_of(run, agreement=synthetic_run.agreement(run))
    check_summary(json.loads(json.dumps(found)))
    assert [pair["arms"] for pair in found["agreement"]] == [["candidate", "baseline"]]
    hidden = Redactor.of(run.cases, key=KEY).summary(found)
    check_summary(json.loads(json.dumps(hidden)))
    ids = {case.document.id for case in run.cases}
    assert {row["document"] for row in found["agreement"][0]["documents"]} <= ids
    assert not {row["document"] for row in hidden["agreement"][0]["documents"]} & ids
    assert hidden["agreement"][0]["fields"] == found["agreement"][0]["fields"]


def test_next_steps_name_the_cvs_that_would_settle_it(run: Synthetic, summary: dict[str, Any]) -> None:
    assert any(step.startswith("44 more CVs would settle cost") for step in summary["next_steps"])
    assert summary_of(synthetic_run.make(6, 1, identical=True))["next_steps"] == []


def test_a_word_diff_keeps_both_texts() -> None:
    old = "Give only what the CV says.\n\nKeep the full employer name, with its division.\nLast line\n"
    new = "Give only what the CV says.\n\nKeep the full employer name, without its division.\nAnother end\n"
    runs = word_diff(old, new)
    assert "".join(text for mark, text in runs if mark != "+") == old
    assert "".join(text for mark, text in runs if mark != "-") == new
    assert ["-", "with"] in runs
    assert ["+", "without"] in runs


def test_an_identical_candidate_flips_nothing() -> None:
    found = summary_of(synthetic_run.make(10, 1, identical=True))
    assert found["changes"]["identical"]
    assert found["flips"]["baseline"]["classes"] == {
        "broken": 0,
        "mixed": 0,
        "fixed": 0,
        "both_wrong": found["flips"]["baseline"]["classes"]["both_wrong"],
    }


def test_a_redacted_summary_keeps_to_the_schema(run: Synthetic, summary: dict[str, Any]) -> None:
    redacted = Redactor.of(run.cases, run.goldens).summary(summary)
    check_summary(json.loads(json.dumps(redacted)))
    text = json.dumps(redacted, ensure_ascii=False)
    assert "cv-0001" not in text
    assert "Scrum Master" not in text
    assert not any(golden.cv["personal_info"]["name"] in text for golden in run.goldens.values())


def test_copies_of_a_cv_stay_out_of_the_figures(run: Synthetic) -> None:
    small = synthetic_run.make(6, 1)
    twins = tuple(
        replace(case, document=replace(case.document, id=f"{case.document.id}-txt", twin_of=case.document.id))
        for case in small.cases
    )
    twins = tuple(
        replace(case, record=replace(case.record, document_id=case.document.id, latency_ms=1.0)) for case in twins
    )
    alone, both = summary_of(small), summary_of(with_cases(small, small.cases + twins))
    assert both["worst"] == alone["worst"]
    assert len(both["documents"]) == len(alone["documents"]) + len({case.document.id for case in twins})
    assert both["run"]["copies"] == 6
    for key in ("headline", "fields", "latency", "cost", "flips", "slices"):
        assert both[key] == alone[key]
    assert len(both["documents"]) == 12
