"""What strangers wrote cannot command the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.terminal import safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nnext", "plain\ttext\nnext"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://example.com\x1b\\link", "link"),
        ("over\rwritten\x08", "overwritten"),
        ("\x9b31mred", "31mred"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("\x1bPq#0\x1b\\x", "x"),
        ("\x1bcx", "x"),
    ],
)
def test_safe(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text())
def test_nothing_dangerous_is_left(text: str) -> None:
    shown = safe(text)
    assert safe(shown) == shown
    assert not any((char < " " and char not in "\n\t") or "\x7f" <= char <= "\x9f" for char in shown)
