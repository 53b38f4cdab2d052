"""The page's script has a word for everything that Python may hand it."""

from __future__ import annotations

import re

import pytest

from harness.contract.types import Rung
from harness.reports.details import CODES, NOT_ASKED
from harness.reports.filters import asset


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("RUNGS", {rung.name for rung in Rung}),
        ("WORDS", {*CODES.values(), NOT_ASKED}),
        ("SIGNS", {*CODES.values(), NOT_ASKED}),
    ],
)
def test_every_key_has_its_word(table: str, keys: set[str]) -> None:
    told = re.search(rf"^const {table} = {{(.*)}};$", asset("page.js"), re.M)
    assert told is not None
    assert set(re.findall(r"(\w+): \"", told[1])) == keys
