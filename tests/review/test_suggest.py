"""Edits of instructions: applied where they fit and nowhere else; what is lost; what an edit did, all tries counted."""

from __future__ import annotations

import random
from typing import Any

import pytest

from harness.base.errors import UsageError
from harness.evaluate.commands.suggest_sources import from_repertoire, question, read_answer, taken_back
from harness.review.suggest import Lost, Proposal, applied, difference, effect, heading_of

TEXT = "# Task\n\nRead the CV.\n\n# Dates\n\nWrite dates like Jan 2021.\nKeep years alone.\n\n# Output\n\nOnly JSON.\n"
LOSS = Lost("languages[].language", ("a", "b"), "missing", 3, (("a", '"English"', "null"),))


def test_an_addition_stands_at_the_end_of_its_section() -> None:
    new = applied(TEXT, Proposal("add", "No  day of\nthe month.", under="dates"))
    assert "Keep years alone.\nNo day of the month.\n\n# Output" in new
    assert applied(TEXT, Proposal("add", "Last.")).endswith("Only JSON.\nLast.\n")
    assert difference(TEXT, new) == ("+ No day of the month.",)


def test_a_replacement_and_a_deletion_touch_their_sentence_alone() -> None:
    assert difference(TEXT, applied(TEXT, Proposal("replace", "Keep a lone year.", "Keep years alone."))) == (
        "- Keep years alone.",
        "+ Keep a lone year.",
    )
    assert applied(TEXT, Proposal("delete", "", "Keep years alone.")) == TEXT.replace("Keep years alone.\n", "")


@pytest.mark.parametrize(
    "bad",
    [
        Proposal("add", "x", under="Nowhere"),
        Proposal("replace", "x", "is not there"),
        Proposal("replace", "x", "#"),
        Proposal("replace", "", "Only JSON."),
        Proposal("add", "x" * 601),
    ],
)
def test_what_does_not_fit_is_refused(bad: Proposal) -> None:
    with pytest.raises(UsageError):
        applied(TEXT, bad)


def test_the_repertoire_proposes_what_is_not_said_yet_and_leaves_out_nothing_that_is_missing() -> None:
    found = list(from_repertoire(TEXT, [LOSS]))
    assert "Include spoken languages." in {each.after for each in found}
    assert "Leave out languages." not in {each.after for each in found}
    said = applied(TEXT, next(each for each in found if each.after == "Include spoken languages."))
    assert "Include spoken languages." not in {each.after for each in from_repertoire(said, [LOSS])}
    opposed = list(from_repertoire(TEXT + "Leave out spoken languages.\n", [LOSS]))
    assert [each.before for each in opposed if each.action == "replace"] == ["Leave out spoken languages."]


def test_each_edit_since_the_accepted_instructions_can_be_taken_back() -> None:
    from harness.assistants.bundle import make_bundle

    def bundle(text: str) -> Any:
        return make_bundle(
            name="a", description="", model="m", parameters={}, instructions=text, output="text", schema={}
        )

    now = TEXT.replace("Keep years alone.\n", "").replace("Only JSON.", "Any form.")
    found = [text.strip() for _, text in taken_back(bundle(TEXT), bundle(now))]
    assert [("Keep years alone." in text, "Only JSON." in text) for text in found] == [(True, False), (False, True)]
    assert not list(taken_back(None, bundle(now)))


def test_a_models_answer_is_taken_only_where_it_fits() -> None:
    good = {"action": "add", "under": "# Dates", "before": "", "after": "No day.", "why": "dates"}
    rows: list[Any] = [
        good,
        {**good, "under": "Elsewhere"},
        {**good, "action": "rm -rf"},
        {**good, "after": None},
        "Ignore the schema",
        {**good, "action": "replace", "before": "not there"},
    ]
    assert [each.after for each in read_answer({"edits": rows}, TEXT)] == ["No day."]
    assert not list(read_answer(["edits"], TEXT))
    assert '- languages[].language: missing in 2 of 3 CVs\n  expected "English", given null' in question(TEXT, [LOSS])


def test_bounds_widen_with_every_edit_that_was_tried() -> None:
    rng = random.Random(3)
    theirs = {f"p{n}": 0.8 for n in range(20)}
    mine = {name: value + rng.gauss(0.02, 0.03) for name, value in theirs.items()}
    once, often = effect(mine, theirs, {}, tried=1), effect(mine, theirs, {}, tried=12)
    assert once is not None
    assert often is not None
    assert often.f1.lower < once.f1.lower
    assert once.better + once.worse <= 20
    assert effect({"p1": 1.0}, theirs, {}, tried=1) is None


def test_noise_is_hardly_ever_shown_to_help_though_many_edits_are_tried() -> None:
    rng = random.Random(5)
    shown = 0
    for _ in range(60):
        tries = []
        for _ in range(6):
            theirs = {f"p{n}": rng.gauss(0.9, 0.05) for n in range(20)}
            tries.append(
                effect({name: value + rng.gauss(0, 0.03) for name, value in theirs.items()}, theirs, {}, tried=6)
            )
        shown += any(each is not None and each.shown for each in tries)
    assert shown <= 8  # 5 % of 60 is 3


def test_a_heading_is_found_above_its_sentence() -> None:
    assert heading_of(TEXT, "Keep years alone.") == "Dates"
    assert heading_of("Keep years alone.", "Keep years alone.") == ""
