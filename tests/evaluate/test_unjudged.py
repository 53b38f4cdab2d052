"""Sentences that the simulator cannot judge."""

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
    assert unjudged(bundle(KNOWN), bundle(KNOWN, ODD), ORIGIN) == Unjudged((ODD,), ())


def test_a_removed_sentence_that_is_understood_is_judged():
    assert unjudged(bundle(KNOWN, "Return JSON."), bundle("Return JSON."), ORIGIN) == Unjudged()


def test_a_sentence_reworded_beyond_understanding_is_told_apart():
    assert unjudged(bundle(KNOWN), bundle(ODD), ORIGIN) == Unjudged((ODD,), (ODD,))


def test_a_real_model_reads_every_sentence():
    assert unjudged(bundle(KNOWN), bundle(ODD), "openai") == Unjudged()
