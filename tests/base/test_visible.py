"""What nobody sees is written out, and what scripts and pictures are written with stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.visible import visible

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("sign", [*_BIDI, *"\u00ad\u200b\u2060\u2064\ufeff\u3164\U000e0041\u2028"])
def test_a_sign_without_a_shape_is_named(sign: str) -> None:
    assert visible(f"Anna{sign} Beispiel{sign}") == f"Anna⟨U+{ord(sign):04X}⟩ Beispiel⟨U+{ord(sign):04X}⟩"


@pytest.mark.parametrize(
    "text",
    ["Anna Müller", "دیتاسنتر می\u200cخواهم", "क्\u200dषि", "👩\u200d💻 ☀\ufe0f", "ᏣᎳᎩ", "בְּרֵאשִׁית", "10\u00a0%", "؀١"],
)
def test_what_is_printed_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("text", ["an\u200cna", "\u200danna", "anna\u200c", "👩\u200d"])
def test_a_joiner_that_joins_nothing_is_named(text: str) -> None:
    assert "⟨U+200" in visible(text)
    assert visible(text).isprintable()


@given(st.text())
def test_no_direction_is_left(text: str) -> None:
    told = visible(text)
    assert visible(told) == told
    assert not set(told) & set(_BIDI)
