"""Blame on worlds whose truth is known: one guilty edit, two that hurt only together, either enough, noise only."""

import random

import pytest

from harness.assistants.bundle import make_bundle
from harness.review.blame import ANSWERS, Edit, attribute, edits_between, with_edits

EDITS = [Edit("sentence", f"Old {n}.", f"New {n}.") for n in range(5)]


def world(harm, *, personas=14, noise=0.01, seed=1):
    """A measure: each persona's figure is .9, less what the applied edits do, plus noise that differs each time."""
    draw = random.Random(seed)
    asked = []

    def measure(sets):
        asked.extend(sets)
        return [{f"p{n}": 0.9 - harm(applied) + draw.gauss(0, noise) for n in range(personas)} for applied in sets]

    return measure, asked


def test_one_guilty_edit_of_five_is_named():
    measure, asked = world(lambda applied: 0.07 if 3 in applied else 0.0)
    blame = attribute(EDITS, measure)
    assert (blame.verdict, blame.guilty) == ("edit", (3,))
    assert [effect.shown for effect in blame.effects] == [False, False, False, True, False]
    effect = blame.effects[3]
    assert effect.lower < -0.07 < effect.upper < 0
    assert effect.n == 14
    assert len(asked) == 7  # baseline, candidate, each left out: nothing more where that explains it


def test_two_edits_that_hurt_only_together():
    measure, _ = world(lambda applied: 0.07 if {1, 4} <= applied else 0.0)
    blame = attribute(EDITS, measure)
    assert (blame.verdict, blame.guilty) == ("joint", (1, 4))


def test_two_edits_that_each_hurt():
    measure, _ = world(lambda applied: 0.05 * len(applied & {0, 2}))
    blame = attribute(EDITS, measure)
    assert (blame.verdict, blame.guilty) == ("edit", (0, 2))


def test_either_of_two_edits_is_enough():
    measure, _ = world(lambda applied: 0.07 if applied & {1, 4} else 0.0)
    blame = attribute(EDITS, measure)
    assert (blame.verdict, blame.guilty) == ("edit", (1, 4))
    assert "only undoing both" in blame.reason


def test_a_pair_whose_single_edits_are_open_is_not_said_to_be_redundant():
    rng = random.Random(11)

    def measure(sets):
        """Edit 1 does it, but single runs are so noisy that only the mean over many undone edits shows."""
        return [
            {
                f"p{n}": 0.9 - (0.3 if 1 in applied else 0.0) + (rng.gauss(0, 0.3) if len(applied) == 4 else 0.0)
                for n in range(6)
            }
            for applied in sets
        ]

    blame = attribute(EDITS, measure)
    assert (blame.verdict, blame.guilty) == ("cannot tell", ())
    assert "6 CVs are too few to tell which of the two did it" in blame.reason


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_cannot_be_told(seed):
    measure, _ = world(lambda applied: 0.0, noise=0.03, seed=seed)
    blame = attribute(EDITS, measure)
    assert (blame.verdict, blame.guilty) == ("cannot tell", ())


def bundle(instructions, **changes):
    given = {
        "name": "n", "description": "", "model": "gpt-4o", "parameters": {"temperature": 0}, "output": "text",
        "schema": {"type": "object"}, "instructions": instructions, **changes,
    }  # fmt: skip
    return make_bundle(**given)


def test_edits_are_applied_one_by_one():
    before = bundle("Keep dates.\nKeep names.\nKeep order.")
    after = bundle("Keep dates.\nKeep order.\nBe brief.", model="gpt-6-luna", parameters={"verbosity": "low"})
    edits = edits_between(before, after)
    assert [edit.label for edit in edits] == [
        "without «Keep names.»",
        "with «Be brief.»",
        "model: gpt-4o → gpt-6-luna",
        "parameters.temperature: 0 → unset",
        "parameters.verbosity: unset → low",
    ]
    assert with_edits(before, after, frozenset()).wire == before.wire
    assert with_edits(before, after, frozenset(range(5))).wire == after.wire
    only_model = with_edits(before, after, frozenset({2}))
    assert (only_model.model, only_model.instructions) == ("gpt-6-luna", before.instructions)
    assert "Keep names" in with_edits(before, after, frozenset({1, 2, 3, 4})).instructions


def test_of_two_neighbouring_sentences_that_went_the_guilty_one_is_named():
    before, after = bundle("Keep dates. Keep names. Keep order. Be brief."), bundle("Keep dates. Be brief.")
    edits = edits_between(before, after)
    assert [edit.label for edit in edits] == ["without «Keep names.»", "without «Keep order.»"]
    names = [with_edits(before, after, frozenset({place})).instructions for place in range(2)]
    assert names == ["Keep dates. Keep order. Be brief.", "Keep dates. Keep names. Be brief."]

    def measure(sets):
        return [{f"p{n}": -1.0 if 1 in applied and n < 9 else 0.0 for n in range(40)} for applied in sets]

    blame = attribute(edits, measure, ANSWERS)
    assert (blame.verdict, blame.guilty) == ("edit", (1,))


def test_a_loss_that_shows_again_on_too_few_people_is_not_called_noise():
    rng = random.Random(3)

    def measure(sets):
        return [
            {f"p{n}": 0.9 - (rng.uniform(0.0, 0.9) if applied and n else 0.0) for n in range(4)} for applied in sets
        ]

    blame = attribute(EDITS, measure)
    assert blame.verdict == "cannot tell"
    assert not blame.total.shown
    assert blame.reason.startswith("the loss showed again on fresh answers (−")
    assert "4 CVs are too few to tell" in blame.reason


@pytest.mark.parametrize(("harmed", "people"), [(51, 60), (6, 6), (20, 40)])
def test_a_harm_in_most_answers_is_never_called_noise(harmed, people):
    """Shares of answers that show a harm, as a gate that counts people has them."""

    def measure(sets):
        return [{f"p{n}": -1.0 if 2 in applied and n < harmed else 0.0 for n in range(people)} for applied in sets]

    blame = attribute(EDITS, measure, ANSWERS)
    assert (blame.verdict, blame.guilty) == ("edit", (2,))
    assert "noise" not in blame.reason


def test_two_people_are_too_few_for_a_harm_that_is_there_or_not():
    def measure(sets):
        return [{"p0": -1.0 if 2 in applied else 0.0, "p1": -1.0 if 2 in applied else 0.0} for applied in sets]

    blame = attribute(EDITS, measure, ANSWERS)
    assert blame.verdict == "cannot tell"
    assert "too few" in blame.reason
    assert "noise" not in blame.reason
