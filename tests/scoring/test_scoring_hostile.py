"""Answers and texts that repeat themselves: the time grows with their size, and not with its square."""

from __future__ import annotations

import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest

from harness.base.types import Json
from harness.scoring.score import score

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = json.loads((ROOT / "goldens" / "a01-txt.json").read_text(encoding="utf-8"))["cv"]
UNITS = ("a", "1", "a-", "1-", "never, ", "http://", "Jan 2020 - ", "a-\n", "a@", "年月日", "\u0301\u0323", "\u0f73")
SIZE = 20_000
MOST_S = 8.0
"""Before its loops passed over the insides of words, the first of them took minutes."""


def _each(value: Json, text: str) -> Any:
    if isinstance(value, dict):
        return {name: _each(inner, text) for name, inner in value.items()}
    return [_each(inner, text) for inner in value] if isinstance(value, list) else text


@pytest.mark.long
@pytest.mark.parametrize("unit", UNITS)
def test_a_value_that_repeats_itself_cannot_keep_the_scorer_busy(unit: str) -> None:
    text = (unit * SIZE)[:SIZE]
    bullets = copy.deepcopy(GOLDEN)
    bullets["work_experience"][0]["description"] = [text[at : at + 60] for at in range(0, SIZE, 60)]
    begin = time.process_time()
    for answer in (_each(GOLDEN, text[:2_000]), bullets):
        score(answer, GOLDEN, text)
    assert time.process_time() - begin < MOST_S
