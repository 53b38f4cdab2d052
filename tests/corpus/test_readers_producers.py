"""One CV by many producers: not a digit, hyphen or word of it may be lost, whoever printed it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from harness.base.project import Project
from harness.corpus.builder.producers import PRODUCERS, printed_lines
from harness.corpus.text import extract_inline

FOLDER = Project.find().root / "fixtures" / "producers"
WORDS = re.compile(r"[\w@.,/&+-]*\w[\w@.,/&+%-]*")


def test_every_producer_is_there_and_printed_the_same_cv() -> None:
    assert {path.stem for path in FOLDER.glob("*.pdf")} == set(PRODUCERS)
    assert json.loads((FOLDER / "printed.json").read_text(encoding="utf-8")) == printed_lines()
    assert len(PRODUCERS) >= 12


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.pdf")), ids=lambda path: path.stem)
def test_nothing_is_lost(path: Path) -> None:
    found = extract_inline(path)
    wanted = Counter(word for line in printed_lines() for word in WORDS.findall(line))
    there = Counter(WORDS.findall(found.text))
    assert not wanted - there
    lines = [line for line in found.text.split("\n") if line.strip()]
    assert len(found.text.split()) / len(lines) > 6
