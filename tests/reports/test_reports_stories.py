"""The sentences of the brief: causes, counts and fields in plain English."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from synthetic_run import Synthetic

from harness.reports import brief, stories
from harness.reports.prepare import Prepared, prepare
from harness.scoring.types import FieldOutcome


@pytest.fixture(scope="module")
def ready(run: Synthetic) -> Prepared:
    return prepare(run.cases, run.verdict, run.manifest)


def outcome(kind: Any, note: str = "", field: str = "work_experience[].description[]") -> FieldOutcome:
    return FieldOutcome(field, f"{field}[0]", None, "golden", None, kind, note)


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (outcome("missing"), "missing"),
        (outcome("missing", "entry missing"), "missing with its entry"),
        (outcome("missing", "misplaced → projects[0].description[1]"), "elsewhere"),
        (outcome("near", "cut after 4 of 9 words"), "cut"),
        (outcome("wrong", "cut after 4 of 9 words"), "cut"),
        (outcome("wrong", "number 40 → 400"), "other number"),
        (outcome("near", "coarser"), "less exact"),
        (outcome("wrong"), "changed"),
    ],
)
def test_the_cause_that_the_scorer_found_is_the_one_that_is_named(found: FieldOutcome, cause: str) -> None:
    assert stories.cause_of(found) == cause
    assert stories.cause_of(found, failed=True) == "no answer"


def test_a_story_counts_cvs_and_never_more_than_have_the_field(ready: Prepared, summary: dict[str, Any]) -> None:
    told = stories.stories(ready, "baseline")
    assert told
    flips = {row["field"]: row for row in summary["flips"]["baseline"]["fields"]}
    for name, story in told.items():
        assert len(story.broken) == len(set(story.broken)) <= story.having
        assert story.broken_whole <= len(story.broken)
        assert sum(story.causes.values()) == flips.get(name, {"broken": 0})["broken"]


def story_of(cause: Any, path: str, having: int, broken: int, whole: int) -> stories.Story:
    story = stories.Story(path, having, [f"cv-{i}" for i in range(broken)], whole)
    story.causes[cause] = broken
    return story


@pytest.mark.parametrize(
    ("having", "broken", "whole", "said"),
    [
        (44, 20, 20, "stopped giving languages in 20 of the 44 CVs that have them"),
        (44, 20, 3, "leaves out languages in 20 of the 44 CVs that have them, in 3 of these all of them"),
        (44, 20, 0, "leaves out some languages in 20 of the 44 CVs that have them"),
        (44, 1, 1, "stopped giving languages in 1 of the 44 CVs that have them"),
        (44, 1, 0, "leaves out some languages in 1 of the 44 CVs that have them"),
        (44, 2, 1, "leaves out languages in 2 of the 44 CVs that have them, in 1 of these all of them"),
        (44, 44, 44, "stopped giving languages in all 44 CVs that have them"),
        (2, 2, 0, "leaves out some languages in both CVs that have them"),
        (2, 1, 1, "stopped giving languages in 1 of the 2 CVs that have them"),
        (1, 1, 1, "stopped giving languages in the only CV that has them"),
    ],
)
def test_a_sentence_names_how_many_of_how_many(having: int, broken: int, whole: int, said: str) -> None:
    for cause in ("missing", "missing with its entry"):
        told = stories.told(story_of(cause, "languages[].language", having, broken, whole))
        assert told == f"the assistant {said}"


@pytest.mark.parametrize(
    ("cause", "path", "said"),
    [
        ("missing", "personal_info.phone", "stopped giving phone numbers in 5 of the 60 CVs that have one"),
        ("no answer", "languages[].language",
         "gives no usable answer where languages were right: they are lost in 5 of the 60 CVs that have them"),
        ("missing with its entry", "work_experience[].start_date",
         "leaves out whole roles, and start dates of roles with them, in 5 of the 60 CVs that have them"),
        ("elsewhere", "work_experience[].location",
         "puts locations of roles in another place in 5 of the 60 CVs that have them"),
        ("cut", "work_experience[].description[]", "cuts bullets short in 5 of the 60 CVs that have them"),
        ("other number", "work_experience[].description[]",
         "changes or drops numbers in bullets in 5 of the 60 CVs that have them"),
        ("less exact", "work_experience[].company", "gives companies less exactly in 5 of the 60 CVs that have them"),
        ("changed", "personal_info.summary",
         "gives other summaries than before, and wrong ones, in 5 of the 60 CVs that have one"),
    ],
)  # fmt: skip
def test_each_cause_has_a_sentence_in_plain_english(cause: Any, path: str, said: str) -> None:
    assert stories.told(story_of(cause, path, 60, 5, 5)) == f"the assistant {said}"
    assert stories.told(stories.Story(path, 44)) == ""


@pytest.mark.parametrize(
    ("lost", "fields", "said"),
    [
        (0, 35, "no field got worse beyond chance; more CVs lost a value than gained one in none of 35 fields"),
        (1, 35, "no field got worse beyond chance; more CVs lost a value than gained one in 1 of 35 fields"),
        (3, 35, "no field got worse beyond chance; more CVs lost a value than gained one in 3 of 35 fields"),
        (0, 0, "no field got worse beyond chance"),
    ],
)
def test_a_ship_says_in_how_many_fields_single_cvs_lost(run: Synthetic, lost: int, fields: int, said: str) -> None:
    found = {f"f{i}": stories.Story(f"f{i}", 60, ["cv-1"] if i < lost else []) for i in range(fields)}
    shipped = replace(run.verdict, verdict="SHIP", identical=False, reasons=())
    assert brief.headline(shipped, found, []) == said


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("languages[].language", "languages"),
        ("work_experience[].start_date", "start dates of roles"),
        ("education[].start_date", "start dates of studies"),
        ("education[].field", "fields of study"),
        ("work_experience[].skills[]", "skills of roles"),
        ("personal_info.summary", "summaries"),
        ("personal_info.email", "e-mail addresses"),
        ("skills", "skills"),
        ("projects[].technologies", "project technologies"),
        ("work_experience", "roles"),
        ("training", "courses"),
    ],
)
def test_field_paths_have_plain_plurals(path: str, words: str) -> None:
    assert stories.plural(path) == words
