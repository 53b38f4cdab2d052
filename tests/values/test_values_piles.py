"""Marks piled on one letter take linear time to put into normal form, whichever way they are written."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest

from harness.values.normalise import normalise, unaccented
from harness.values.piles import without_piled_marks

PILES = ("\u0301\u0323", "\u0f73", "\u0f75\u0f74\u0f71", "\u0323\u0301\u0327\u0345")


def test_what_becomes_marks_only_counts_as_one() -> None:
    """Half-width voicing marks become one mark of one class each, which needs no sorting."""
    for code in (*range(0xD800), *range(0xE000, sys.maxunicode + 1)):
        apart = unicodedata.normalize("NFKD", chr(code))
        if len(apart) > 1 and unicodedata.combining(apart[0]):
            assert len(without_piled_marks("a" + chr(code) * 40)) < 40, hex(code)


@pytest.mark.parametrize("pile", PILES)
def test_a_value_with_piled_marks_is_folded_in_a_moment(pile: str) -> None:
    value = "Anna " + pile * 40_000
    begin = time.process_time()
    assert normalise(value).startswith("anna")
    assert unaccented(value).startswith("anna")
    assert time.process_time() - begin < 2.0


def test_marks_that_a_language_writes_stay() -> None:
    for text in ("Phạm Ngọc Thạch và các bạn đồng nghiệp", "བསྒྲུབས་ཀྱི་རྫོགས་ཆེན་པོའི་ཆོས་", "a" + "\u0301\u0323" * 8):
        assert without_piled_marks(text) == text
