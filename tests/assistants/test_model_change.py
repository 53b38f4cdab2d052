"""An assistant on another model: what that model refuses is mended and said, and lint then finds no error."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.assistants.bundle import load_bundle, make_bundle
from harness.assistants.lint import lint
from harness.assistants.model_change import moved
from harness.base.known_models import _models, known_model

PRODUCT = load_bundle(Path(__file__).resolve().parents[2] / "harness" / "assistants" / "cv-parser-pro")
TODAY = date(2026, 11, 28)


def bundle(**parameters: Any) -> Any:
    return make_bundle(
        name="x", description="", model="gpt-4o", parameters=parameters, instructions="Say JSON.", output="json_object",
        schema={},
    )  # fmt: skip


@pytest.mark.parametrize("model", sorted(_models()))
def test_on_no_known_model_does_the_product_break_what_lint_knows(model: str) -> None:
    found = moved(PRODUCT, model)
    errors = [each.code for each in lint(found.bundle, TODAY) if each.severity == "error"]
    assert errors == []
    known = known_model(model)
    assert known is not None
    assert bool(found.mended) == (known.temperature not in ("any", "unknown")), (
        "what changes is said, and nothing else is"
    )


@pytest.mark.parametrize(
    ("model", "given", "left"),
    [
        ("gpt-6-luna", {"temperature": 0}, {"temperature": 0, "reasoning": {"effort": "none"}}),
        (
            "gpt-6-luna",
            {"temperature": 0, "reasoning": {"effort": "low"}},
            {"reasoning": {"effort": "low"}},
        ),
        ("gpt-6.1-sol", {"temperature": 0, "top_p": 0.5}, {}),
        ("gpt-6.1-sol", {"reasoning": {"effort": "none"}}, {"reasoning": {"effort": "medium"}}),
        ("gpt-4o-mini", {"reasoning": {"effort": "low"}}, {}),
        ("gpt-4o-mini", {"max_output_tokens": 99_999}, {"max_output_tokens": 16_384}),
        ("nobody-knows", {"temperature": 0, "reasoning": {"effort": "max"}}, None),
        ("gpt-4.1", {"temperature": 0.3}, None),
        ("gpt-5.6-sol", {"temperature": 0.3, "reasoning": {"effort": "none"}, "max_output_tokens": 99_999}, None),
        ("gpt-6.2-sol", {"temperature": 0.3, "reasoning": {"effort": "low"}}, {"reasoning": {"effort": "low"}}),
    ],
)
def test_parameters_are_kept_as_near_as_a_model_allows(model: str, given: Any, left: Any) -> None:
    found = moved(bundle(**given), model)
    assert found.bundle.parameters == (given if left is None else left)
    assert bool(found.mended) == (left is not None)
    assert all(f"mended for {model}" in each for each in found.mended)
    assert found.bundle.model == model
