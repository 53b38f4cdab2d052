"""The order of entries, apart from their content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from harness.scoring.assign import Pair
from harness.scoring.layout import DATED
from harness.scoring.reading import Entry, ReadCv
from harness.scoring.types import Order
from harness.values.dates import CvDate, parse_date


def order_of(given: ReadCv, pairs: Mapping[str, Sequence[Pair]]) -> Order:
    """Whether the answer's roles and studies stand newest first, and the share of adjacent matched pairs that stand
    as in the golden (pairs: by section, golden index and answer index)."""
    verdicts = [one for section in DATED if (one := _newest_first(given.sections[section])) is not None]
    kept = adjacent = 0
    for section in DATED:
        in_answer_order = sorted(pairs.get(section, ()), key=lambda pair: pair[1])
        for (golden, _), (following, _) in pairwise(in_answer_order):
            adjacent += 1
            kept += golden < following
    return Order(all(verdicts) if verdicts else None, kept / adjacent if adjacent else None)


def _newest_first(entries: Sequence[Entry]) -> bool | None:
    """None where fewer than two entries have a date."""
    spans = [span for entry in entries if (span := _span(entry)) is not None]
    if len(spans) < 2:
        return None
    return all(_may_precede(one, other) for one, other in pairwise(spans))


def _span(entry: Entry) -> tuple[CvDate | None, CvDate | None] | None:
    """(end, start), each None where it is not there."""
    start, end = (
        parse_date(value.text) if (value := entry.scalars.get(name)) else None for name in ("start_date", "end_date")
    )
    return (end, start) if start or end else None


def _may_precede(one: tuple[CvDate | None, CvDate | None], other: tuple[CvDate | None, CvDate | None]) -> bool:
    """Whether an entry may stand before another: its end is later, or the same and its start is not earlier. What
    cannot be told (a bare year beside a month of it, a missing date) is no fault."""
    ends = _compare(one[0] or one[1], other[0] or other[1])
    if ends:
        return ends > 0
    return _compare(one[1], other[1]) >= 0


def _compare(one: CvDate | None, other: CvDate | None) -> int:
    if one is None or other is None:
        return 0
    if one.present or other.present:
        return one.present - other.present
    if one.year == other.year and (one.month is None or other.month is None):
        return 0
    return (one.months > other.months) - (one.months < other.months)
