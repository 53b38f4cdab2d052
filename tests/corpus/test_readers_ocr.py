"""OCR: words on a picture come in the order that a person reads them, and what is missing is said with its command."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.corpus.readers import ocr_rapid
from harness.corpus.readers.ocr_rapid import Box, in_reading_order
from harness.corpus.text import remedy


def box(left: float, top: float, text: str, height: float = 20) -> Box:
    return Box(left, top, left + 10 * len(text), top + height, text)


def test_what_stands_beside_a_line_stays_on_it() -> None:
    roles = [box(50, 100 * at, f"Role number {at}") for at in range(1, 6)]
    dates = [box(600, 100 * at + 3, f"201{at} - 201{at + 1}") for at in range(1, 6)]
    tasks = [box(50, 100 * at + 30, "did this and that with great care") for at in range(1, 6)]
    found = in_reading_order([*dates, *tasks, *roles])
    assert found[:2] == ["Role number 1\t2011 - 2012", "did this and that with great care"]


def test_columns_are_read_one_after_the_other_below_the_name() -> None:
    name = box(50, 10, "Robin Sample of Leeds and York and Hull", 30)
    left = [box(50, 100 + 26 * at, f"skill {at}") for at in range(8)]
    right = [box(300, 110 + 37 * at, f"a line of the main column {at}") for at in range(6)]
    found = in_reading_order([*right, *left, name])
    assert found == [name.text, *(each.text for each in left), *(each.text for each in right)]


def test_words_of_a_line_are_joined_by_spaces() -> None:
    words = [box(50, 100, "Robin"), box(110, 104, "Sample"), box(50, 140, "Leeds")]
    assert in_reading_order(words) == ["Robin Sample", "Leeds"]
    assert in_reading_order([]) == []


def test_what_a_machine_lacks_is_said_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(ocr_rapid, "is_installed", lambda: False)
    said = remedy([("no_text_layer", "application/pdf"), ("unsupported", "application/msword")])
    assert "make ocr" in said
    assert "apt install catdoc" in said
    assert remedy([("corrupt", "application/pdf")]) == ""
    monkeypatch.setattr(ocr_rapid, "is_installed", lambda: True)
    assert "make ocr" not in remedy([("no_text_layer", "application/pdf")])
