"""The reader on edits of the instructions that were written down before it was run on them: how many are read back to
front. Which sets were looked at, and when, stands in `held_out/README.md`."""

from __future__ import annotations

import pytest
from reading_held_out import Read, entries, read

GOAL = 0.02
REACHED = 0.03
"""The share of the half that nobody looks at that is read back to front. The goal is not met there; it may not get
worse."""


def _wrong(half: int) -> tuple[list[Read], int]:
    found = [read(entry) for entry in entries(half)]
    return [one for one in found if one.wrong], len(found)


@pytest.mark.long
@pytest.mark.parametrize(
    ("number", "half", "least"),
    [
        (1, 0, 200),
        (2, None, 350),
        (3, None, 150),
        (4, None, 220),
        (5, None, 1740),
        (6, None, 240),
        (7, None, 236),
        (8, None, 414),
    ],
)
def test_what_the_reader_was_developed_on_meets_the_goal(number: int, half: int | None, least: int) -> None:
    found = [read(entry) for entry in entries(half, number=number)]
    assert len(found) >= least
    assert not [one.entry["id"] for one in found if one.misleads]


@pytest.mark.long
def test_the_half_for_the_figure_alone_does_not_get_worse() -> None:
    wrong, n = _wrong(1)
    assert n >= 200
    assert len(wrong) <= REACHED * n
    assert sum(one.wrong == "false alarm" for one in wrong) <= GOAL * n


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_nobody_can_tell_is_not_read_as_harm(number: int) -> None:
    assert not [
        one
        for entry in entries(number=number)
        if entry["effect"] == "unknowable" and (one := read(entry)).outcome == "harm"
    ]
