"""Sentences that the simulator cannot judge."""

from dataclasses import replace

import pytest

from harness.assistants.bundle import make_bundle
from harness.evaluate.stages.unjudged import Unjudged, unjudged

ORIGIN = "simulator@1+seed7"
KNOWN = "List every human language that the CV names under `languages`."
ODD = "Always picture the reader as a lighthouse keeper on a calm evening."


def bundle(*sentences):
    return make_bundle(
        name="n", description="", model="gpt-4o", parameters={}, instructions="\n".join(sentences), output="text",
        schema={},
    )  # fmt: skip


def test_an_added_sentence_that_means_nothing_is_named():
    found = unjudged(bundle(KNOWN), bundle(KNOWN, ODD), ORIGIN)
    assert (found.changed, found.reworded) == ((ODD,), ())
    assert [(one.change, one.recognised, one.read_as) for one in found.readings] == [
        ("added", False, "no directive recognised")
    ]


def test_a_removed_sentence_that_is_understood_is_judged():
    found = unjudged(bundle(KNOWN, "Return JSON."), bundle("Return JSON."), ORIGIN)
    assert (found.changed, found.open) == ((), ())
    assert [(one.change, one.read_as) for one in found.readings] == [("removed", "languages → given")]


def test_a_sentence_reworded_beyond_understanding_is_told_apart():
    found = unjudged(bundle(KNOWN), bundle(ODD), ORIGIN)
    assert (found.changed, found.reworded) == ((ODD,), (ODD,))


def test_a_real_model_reads_every_sentence():
    assert unjudged(bundle(KNOWN), bundle(ODD), "openai") == Unjudged()


def test_a_sentence_against_a_standing_one_is_named_with_it():
    against = "Leave out languages."
    found = unjudged(bundle(KNOWN), bundle(KNOWN, against), ORIGIN)
    assert found.readings[0].contradicts == KNOWN
    assert against in found.open[0]
    assert KNOWN in found.open[0]
    assert found.blind == ()


def test_an_edit_that_contradicts_itself_is_named():
    found = unjudged(bundle(KNOWN), bundle(KNOWN, "Keep every role. Never keep every role."), ORIGIN)
    assert [one.contradicts for one in found.readings] == ["", "Keep every role."]
    assert "Never keep every role." in found.open[0]


def test_replacing_a_sentence_by_its_opposite_is_no_contradiction():
    assert unjudged(bundle(KNOWN), bundle("Leave out languages."), ORIGIN).open == ()


def test_another_model_is_not_judged_by_the_simulator():
    other = replace(bundle(KNOWN), model="gpt-4o-mini", parameters={"temperature": 1})
    found = unjudged(bundle(KNOWN), other, ORIGIN)
    (said,) = found.open
    assert found.open == found.blind
    assert "(model gpt-4o → gpt-4o-mini, temperature not set → 1)" in said
    assert "instructions" not in said, "there is no edit of them to judge"
    both = unjudged(bundle(KNOWN), replace(other, instructions="Leave out languages."), ORIGIN)
    assert any("the instructions in a run of its own" in reason for reason in both.blind)
    assert unjudged(bundle(KNOWN), other, "openai") == Unjudged()


def test_a_lower_token_limit_forbids_ship_and_hides_no_harm():
    found = unjudged(bundle(KNOWN), replace(bundle(KNOWN), parameters={"max_output_tokens": 200}), ORIGIN)
    assert len(found.open) == 1
    assert found.blind == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Keep the language of the CV and do not translate anything.", "Translate everything into English."),
        ("Keep roles at different employers separate, even where their dates overlap.", "Merge roles that overlap."),
    ],
)
def test_what_the_simulator_reads_and_is_not_able_to_do_is_not_judged(old, new):
    assert "not able to do it" in unjudged(bundle(KNOWN, old), bundle(KNOWN, new), ORIGIN).open[0]
    assert not unjudged(bundle(KNOWN, new), bundle(KNOWN, old), ORIGIN).open
