"""Looks at the gate split are counted per baseline and kind of origin, honestly."""

from dataclasses import replace
from decimal import Decimal

import pytest

from harness.base.project import Project
from harness.review.looks import Look, evidence_of, looks, number, record, sealed_uses, spent_on
from harness.review.looks import counted as counted_looks

LOOK = Look("base", "one", "simulator@1+seed7", "gate", "e1", "r1", "HOLD", "2026-01-02T03:04:05+00:00", "0", False)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def counted(project, candidate, evidence="e1", baseline="base", origin=LOOK.origin):
    return number(project, baseline=baseline, candidate=candidate, evidence=evidence, origin=origin)


def test_every_candidate_counts_and_the_same_evidence_keeps_its_number(project):
    assert counted(project, "one") == 1
    record(project, LOOK)
    record(project, LOOK)
    assert counted(project, "one") == 1
    assert counted(project, "two") == 2
    record(project, replace(LOOK, candidate="two"))
    assert counted(project, "one", evidence="e2") == 3
    assert counted(project, "two") == 2
    assert counted(project, "one", baseline="other") == 1


def test_a_run_that_was_no_look_keeps_its_number_when_it_is_shown_again(project):
    record(project, LOOK)
    for candidate in ("two", "three"):
        record(project, replace(LOOK, candidate=candidate, at="2026-01-03T10:00:00+00:00"))
    given = {"baseline": "base", "candidate": "same", "evidence": "e1", "origin": LOOK.origin}
    assert number(project, **given) == 4
    assert number(project, **given, started="2026-01-02T23:00:00+00:00") == 2


def test_simulated_looks_are_none_at_the_real_thing(project):
    record(project, LOOK)
    assert counted(project, "two", origin="openai") == 1
    assert counted(project, "two", origin="simulator@2+seed1") == 2


def test_looks_at_other_splits_do_not_count(project):
    record(project, replace(LOOK, splits="sealed", sealed=True))
    assert counted(project, "two") == 1
    assert sealed_uses(project) == 1


def test_uses_of_the_sealed_split_are_kept_with_the_project(project):
    for candidate in ("one", "one", "two"):
        record(project, replace(LOOK, candidate=candidate, splits="gate,sealed", sealed=True))
    assert sealed_uses(project) == 2
    assert (project.baseline / "sealed.jsonl").is_file()


def test_a_line_that_a_crash_cut_off_costs_no_other_look(project):
    record(project, LOOK)
    path = project.reports / "looks.jsonl"
    path.write_text(path.read_text() + path.read_text()[:40])
    record(project, replace(LOOK, candidate="two"))
    assert [look.candidate for look in looks(project)] == ["one", "two"]


def test_evidence_is_texts_draws_and_origin():
    texts = {"a": "1", "b": None}
    same = evidence_of(texts, range(3), "openai")
    assert same == evidence_of(dict(reversed(texts.items())), range(3), "openai")
    others = [evidence_of({"a": "1"}, range(3), "openai"), evidence_of(texts, range(3, 6), "openai"),
              evidence_of(texts, range(3), "simulator@1+seed7")]  # fmt: skip
    assert same not in others


def test_what_looks_cost_adds_up_for_each_baseline(project):
    for look in (
        replace(LOOK, cost="0.25"),
        replace(LOOK, candidate="two", cost="0.50"),
        replace(LOOK, candidate="two", cost="0"),  # seen again: from recordings
        replace(LOOK, baseline="other", cost="1"),
        replace(LOOK, splits="sealed", cost="2", sealed=True),
        replace(LOOK, candidate="three", cost=""),
    ):
        record(project, look)
    found = [(each.number, each.cost, each.so_far, each.known) for each in counted_looks(project)]
    assert found == [
        (1, Decimal("0.25"), Decimal("0.25"), True),
        (2, Decimal("0.50"), Decimal("0.75"), True),
        (2, Decimal(0), Decimal("0.75"), True),
        (1, Decimal(1), Decimal(1), True),
        (None, Decimal(2), Decimal("2.75"), True),
        (3, None, Decimal("2.75"), False),
    ]
    assert spent_on(project, "r1", "two") == (Decimal("0.50"), 0)
    assert spent_on(project, "r2", "two") == (0, 0)
