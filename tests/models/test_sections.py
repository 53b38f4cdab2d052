"""Each section of the instructions with its tokens and its price per 1,000 CVs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from model_doubles import bundle

from harness.models.sections import dollars, sections

ON = date(2026, 11, 28)
TEXT = "You read CVs.\n\n# Dates\nWrite them as MMM YYYY.\n\n## Roles\nKeep their order.\n"


def test_sections_are_those_of_the_headings_and_add_up() -> None:
    found = sections(bundle(instructions=TEXT, model="gpt-4o"), ON)
    assert [each.name for each in found] == ["(before the first heading)", "Dates", "Roles", "(schema)"]
    whole = sections(bundle(instructions=TEXT, model="gpt-4o", output="text"), ON)
    assert [each.name for each in whole] == ["(before the first heading)", "Dates", "Roles"]
    for each in found:
        assert each.dollars == Decimal("2.5") * each.tokens / 1000
        assert each.cached == Decimal("1.25") * each.tokens / 1000


def test_a_text_without_headings_is_one_and_an_unknown_model_unpriced() -> None:
    (one,) = sections(bundle(instructions="Read CVs.", model="nobody", output="text"), ON)
    assert (one.name, one.dollars, one.cached) == ("instructions", None, None)
    assert dollars("gpt-4o", -400, ON) == Decimal("-1.0")
