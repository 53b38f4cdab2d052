"""Instructions as sentences, edits as hunks, and the difference of two bundles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.assistants.bundle import load_bundle, make_bundle
from harness.assistants.difference import Setting, diff, word_diff
from harness.assistants.sentences import hunks, segments, sentences, with_hunks

BUNDLE = load_bundle(Path(__file__).resolve().parents[2] / "harness" / "assistants" / "cv-parser-pro")

_PIECES = st.sampled_from(
    [
        "Keep it.",
        "Do not guess!",
        "E.g. this",
        "\n",
        "\n\n",
        " ",
        "# Head\n",
        "- item\n",
        "1. one\n",
        "```\n",
        "a b",
        "“Q.” ",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=12).map("".join))


@given(TEXTS)
def test_segments_join_to_the_text(text: str) -> None:
    assert "".join(segments(text)) == text


@given(TEXTS, TEXTS)
def test_hunks_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    edits = hunks(before, after)
    assert with_hunks(before, after, range(len(edits))) == (after if edits else before)
    assert with_hunks(before, after, ()) == before
    if not edits:
        assert sentences(before) == sentences(after), "white space alone is no edit"


@given(TEXTS, TEXTS)
def test_a_word_diff_holds_both_texts(before: str, after: str) -> None:
    spans = word_diff(before, after)
    assert "".join(span.text for span in spans if span.kind != "added") == before
    assert "".join(span.text for span in spans if span.kind != "removed") == after


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ("One.", "Two!", "Three?")),
        ("Write a month, e.g. Jan 2021. Then stop.", ("Write a month, e.g. Jan 2021.", "Then stop.")),
        ('Join with " / ". Keep the rest.', ('Join with " / ".', "Keep the rest.")),
        ("Say “N/A.” Never guess.", ("Say “N/A.”", "Never guess.")),
        ("A sentence\nover two lines. Next", ("A sentence over two lines.", "Next")),
        ("# Dates\nUse years.", ("Use years.",)),
        (
            "- first item\n  goes on\n* second. And more.\n2) third",
            ("first item goes on", "second.", "And more.", "third"),
        ),
        ("no full stop\n\nnew paragraph", ("no full stop", "new paragraph")),
        ("Before.\n```\nx. Y. Z\n```\nAfter.", ("Before.", "``` x. Y. Z ```", "After.")),
        ("", ()),
    ],
)
def test_sentences_are_what_a_person_would_call_one(text: str, expected: tuple[str, ...]) -> None:
    assert sentences(text) == expected


def test_the_product_instructions_have_one_rule_a_sentence() -> None:
    found = sentences(BUNDLE.instructions)
    lines = [line for line in BUNDLE.instructions.splitlines() if line.strip() and not line.startswith("#")]
    assert list(found) == lines, "each line is one sentence, so that an edit is a one-line diff"
    assert len(found) == len(set(found))


def test_a_removed_sentence_is_one_hunk() -> None:
    sentence = "Copy bullets verbatim, without shortening, summarising or rephrasing them."
    edited = make_bundle_like(instructions=BUNDLE.instructions.replace(sentence + "\n", ""))
    found = diff(BUNDLE, edited)
    assert [(hunk.before.strip(), hunk.after) for hunk in found.hunks] == [(sentence, "")]
    assert found.settings == ()
    assert not found.same_wire
    assert "".join(span.text for span in found.words if span.kind == "removed").strip() == sentence


def make_bundle_like(**changes: object) -> object:
    given: dict[str, object] = {
        "name": BUNDLE.name,
        "description": BUNDLE.description,
        "model": BUNDLE.model,
        "parameters": dict(BUNDLE.parameters),
        "instructions": BUNDLE.instructions,
        "output": BUNDLE.output,
        "schema": BUNDLE.schema,
    }
    return make_bundle(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "edits"),
    [
        ("# A\nOne.\nTwo.\n\n# B\nThree.", "# A\nOne.\n\n# B\nThree.", [("Two.", "")]),
        ("# A\nOne.\n\n# B\nThree.", "# A\nOne.\nTwo.\n\n# B\nThree.", [("", "Two.")]),
        ("One. Two. Three.", "One.\nTwo.\nThree.", []),
        ("One. Two. Three.", "One. Other. Three.", [("Two.", "Other.")]),
        ("One. Two. Three. Four.", "One. Four.", [("Two.", ""), ("Three.", "")]),
        ("One. Four.", "One. Two. Three. Four.", [("", "Two."), ("", "Three.")]),
        ("One. Two. Three.", "One. Other. Another.", [("Two.", "Other."), ("Three.", "Another.")]),
        ("One. Two. Three.", "One. Other.", [("Two. Three.", "Other.")]),
        ("One. Two. Three. Four.", "Two. Three. Four. One.", [("One.", ""), ("", "One.")]),
    ],
)
def test_an_edit_is_the_sentence_and_nothing_around_it(before: str, after: str, edits: list[tuple[str, str]]) -> None:
    assert [(hunk.before.strip(), hunk.after.strip()) for hunk in hunks(before, after)] == edits


def test_of_two_neighbouring_deletions_one_can_be_undone() -> None:
    before, after = "One. Two. Three. Four.", "One. Four."
    assert with_hunks(before, after, [0]) == "One. Three. Four."
    assert with_hunks(before, after, [1]) == "One. Two. Four."


def test_a_whole_part_that_goes_is_one_edit() -> None:
    part = "".join(f"- Rule number {word}.\n" for word in "abcdefghij")
    assert len(hunks(f"# A\nOne.\n{part}", "# A\nOne.\n")) == 1


def test_single_edits_are_applied_alone() -> None:
    before, after = "# A\nOne.\nTwo.\n\n# B\nThree.\n", "# A\nOne.\n\n# B\nThree.\nFour.\n"
    assert len(hunks(before, after)) == 2
    assert with_hunks(before, after, [0]) == "# A\nOne.\n# B\nThree.\n"
    assert with_hunks(before, after, [1]) == "# A\nOne.\nTwo.\n\n# B\nThree.\nFour.\n"


def test_changed_settings_are_named_one_by_one() -> None:
    parameters = {"max_output_tokens": 16384, "reasoning": {"effort": "none"}}
    found = diff(BUNDLE, make_bundle_like(model="gpt-6-luna", parameters=parameters, schema={"type": "object"}))
    by_name = {setting.name: setting for setting in found.settings}
    assert by_name["model"] == Setting("model", "gpt-4o", "gpt-6-luna")
    assert by_name["parameters.temperature"] == Setting("parameters.temperature", 0, None)
    assert by_name["parameters.reasoning.effort"] == Setting("parameters.reasoning.effort", None, "none")
    assert set(by_name) == {"model", "schema", "parameters.temperature", "parameters.reasoning.effort"}
    assert found.hunks == ()


def test_a_renamed_bundle_is_the_same_on_the_wire() -> None:
    found = diff(BUNDLE, make_bundle_like(name="Other"))
    assert (found.identical, found.same_wire) == (False, True)
    assert diff(BUNDLE, replace(BUNDLE)).identical


def test_tokens_are_counted_where_asked() -> None:
    found = diff(BUNDLE, make_bundle_like(instructions="a b c"), count=lambda text: len(text.split()))
    assert found.tokens_after == 3
    assert found.tokens_before is not None
    assert found.tokens_before > 300
    assert diff(BUNDLE, BUNDLE).tokens_before is None
