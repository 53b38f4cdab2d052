"""One table of models for lint, simulator and prices: what one of them knows, none contradicts."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from harness.base.known_models import TABLE, checked, known_model
from harness.models.prices import cost, own_prices
from harness.models.types import Usage
from harness.simulator.catalogue import MODELS

NAMES = sorted(tomllib.loads(TABLE.read_text(encoding="utf-8"))["models"])


UNPRICED = {"gpt-6.2-*"}
"""Of which no price table says anything: a run with one of them says "unpriced", never $0."""


@pytest.mark.parametrize("name", NAMES)
def test_every_known_model_and_its_replacement_have_a_price_or_are_said_to_have_none(name):
    known = known_model(name)
    for each in filter(None, (name, known.replacement)):
        priced = cost(each.replace("*", "sol"), Usage(1000, output_tokens=1000), date(2026, 11, 28)) is not None
        assert priced == (each not in UNPRICED), each
        assert known_model(each) is not None, each


@pytest.mark.parametrize("name", NAMES)
def test_every_known_model_is_served_by_the_simulator(name):
    assert name in MODELS or (name.endswith("*") and any(known_model(each) is known_model(name) for each in MODELS))


def test_the_simulator_serves_nothing_that_the_table_does_not_know():
    assert [name for name in MODELS if known_model(name) is None] == []


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("gpt-6.2-sol", "gpt-6.2-*"),
        ("gpt-6.2-sol-2026-11-17", "gpt-6.2-*"),
        ("gpt-6.2-", None),
        ("gpt-6.2", None),
        ("gpt-6.20-sol", None),
        ("gpt-5.6-sol", "gpt-5.6-sol"),
        ("gpt-5.6-cyber", None),
    ],
)
def test_a_family_stands_for_its_models_and_for_no_other(name, entry):
    assert known_model(name) is (known_model(entry) if entry is not None else None)


def test_what_openai_names_as_replacements_is_what_the_table_names():
    named = {"gpt-4o": "gpt-6-luna", "gpt-5": "gpt-6.1-sol", "gpt-5-mini": "gpt-6.1-terra"}
    assert {name: known_model(name).replacement for name in named} == named


@pytest.mark.parametrize("name", sorted(name for name in MODELS if known_model(name) is not None))
def test_the_simulator_serves_a_model_as_the_table_knows_it(name):
    served, known = MODELS[name], known_model(name)
    assert known is not None
    assert served.shutdown == (known.shutdown.isoformat() if known.shutdown else None)
    if known.unknown:
        return
    assert served.efforts == known.efforts
    assert served.max_output == known.max_output_tokens
    assert served.takes_temperature("none") == (
        known.temperature == "any" or (known.temperature == "without_reasoning" and "none" in known.efforts)
    )


def test_both_tables_say_when_they_were_checked():
    assert checked() >= date(2026, 11, 28)
    assert own_prices().checked >= date(2026, 11, 28)
