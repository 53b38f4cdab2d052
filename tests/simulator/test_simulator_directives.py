"""Reading instructions: paraphrases, reorderings and negations mean what a careful person understands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.simulator.directives import read_instructions, read_schema, read_sentences, repertoire
from harness.simulator.slots import SLOTS

HERE = Path(__file__).parent
FIRST: Any = json.loads((HERE / "held_back_directives.json").read_text(encoding="utf-8"))
SECOND: Any = json.loads((HERE / "held_back_directives_2.json").read_text(encoding="utf-8"))


def _said(text: str) -> set[tuple[str, str, int]]:
    return {(directive.slot, directive.value, directive.polarity) for directive in read_instructions(text)}


@pytest.mark.parametrize("case", [*FIRST["sentences"], *SECOND["sentences"]], ids=lambda case: case["text"][:50])
def test_paraphrases_are_understood(case: Any) -> None:
    assert _said(case["text"]) >= {(slot, value, polarity) for slot, value, polarity in case["means"]}


@pytest.mark.parametrize("text", [*FIRST["nothing"], *SECOND["nothing"]])
def test_what_asks_for_nothing_is_no_directive(text: str) -> None:
    assert _said(text) == set()


@pytest.mark.parametrize("texts", FIRST["same"], ids=lambda texts: texts[0])
def test_reordering_changes_nothing(texts: list[str]) -> None:
    assert len({frozenset(_said(text)) for text in texts}) == 1


@pytest.mark.parametrize(("yes", "no", "slot"), FIRST["opposite"], ids=lambda text: text)
def test_negation_turns_the_meaning(yes: str, no: str, slot: str) -> None:
    one = {item for item in _said(yes) if item[0] == slot}
    other = {item for item in _said(no) if item[0] == slot}
    assert one
    assert other
    assert one.isdisjoint(other)


@pytest.mark.parametrize("slot", SLOTS.values(), ids=lambda slot: slot.name)
def test_every_published_example_is_understood(slot: Any) -> None:
    for example in slot.examples:
        assert slot.name in {directive.slot for directive in read_instructions(example)}, example


def test_repertoire_names_values_and_examples() -> None:
    published = repertoire()["slots"]
    assert len(published) == len(SLOTS)
    assert all(entry["values"] and entry["examples"] and entry["description"] for entry in published)


def test_places_of_sentences_are_exact() -> None:
    text = "# Dates\n\n- Write dates as Jan 2021. Never add a month.\n* Good luck!\n"
    sentences = read_sentences(text)
    assert [text[part.start : part.end] for part in sentences] == [part.text for part in sentences]
    assert [part.kind for part in sentences] == ["heading", "sentence", "sentence", "sentence"]
    assert [part.judged for part in sentences] == [True, True, True, False]


def test_wishes_are_weaker_than_orders() -> None:
    order = read_instructions("Include languages.")[0]
    wish = read_instructions("If possible, include languages.")[0]
    assert wish.strength < order.strength


def test_code_and_examples_are_no_sentences() -> None:
    text = 'Use this shape:\n```json\n{"languages": [{"language": "do not include"}]}\n```\n'
    assert {directive.slot for directive in read_instructions(text)} <= {"field_names", "json_only"}


def test_schema_descriptions_count() -> None:
    schema = {
        "type": "object",
        "properties": {"company": {"type": "string", "description": "Full employer name with its division."}},
    }
    assert [(item.slot, item.value, item.source) for item in read_schema(schema)] == [
        ("company_name", "full", "schema")
    ]
    assert read_schema(None) == ()


def test_an_example_nested_without_end_is_left_unread() -> None:
    deep = '{"a":' * 900 + '"x"' + "}" * 900
    assert _said(deep) == set()
    assert not any(sentence.directives for sentence in read_sentences(f"Input: a\nOutput: {deep}"))
