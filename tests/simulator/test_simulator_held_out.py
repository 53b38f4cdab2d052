"""The reader on edits that somebody else wrote: how many are read back to front."""

from __future__ import annotations

from reading_held_out import Read, entries, read

GOAL = 0.02
REACHED = 0.055
"""The share of the second half that is read back to front. The goal is not met there; it may not get worse."""


def _wrong(half: int) -> tuple[list[Read], int]:
    found = [read(entry) for entry in entries(half)]
    return [one for one in found if one.wrong], len(found)


def test_the_half_that_the_reader_was_developed_on_meets_the_goal() -> None:
    wrong, n = _wrong(0)
    assert n >= 200
    assert len(wrong) <= GOAL * n, [one.entry["id"] for one in wrong]


def test_the_half_for_the_figure_alone_does_not_get_worse() -> None:
    wrong, n = _wrong(1)
    assert n >= 200
    assert len(wrong) <= REACHED * n
    assert sum(one.wrong == "false alarm" for one in wrong) <= GOAL * n


def test_what_nobody_can_tell_is_not_read_as_harm() -> None:
    assert not [
        one for entry in entries() if entry["effect"] == "unknowable" and (one := read(entry)).outcome == "harm"
    ]
