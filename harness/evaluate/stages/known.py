"""What of a run could stand in what is published. Of a large run two processes look, from either end, until they
meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from harness.corpus.types import Golden
from harness.evaluate.stages.second import Here, Second
from harness.gates.lazy import LazyCases
from harness.gates.types import Case
from harness.reports.known import Known

_TOGETHER = 500
"""Documents that are looked at at a time."""


def known_of(cases: LazyCases, goldens: Mapping[str, Golden], within: Iterable[str], second: Second | None) -> Known:
    """All that could stand in these texts."""
    known = Known(within)
    if second is None:
        known.take(cases, goldens)
    else:
        _take_both(known, cases, goldens, second)
    known.take_others(goldens, cases.documents)
    return known


def _take_both(known: Known, cases: LazyCases, goldens: Mapping[str, Golden], second: Second) -> None:
    second.ask(_begin, known)
    parts = [slice(begin, begin + _TOGETHER) for begin in range(0, len(cases.documents), _TOGETHER)]
    asked = [second.ask(_look, part) for part in parts]
    while asked and asked[-1].cancel():
        asked.pop()
        known.take(_some(cases, parts.pop()), goldens)
    for each in asked:
        each.result()
    known.add(*second.ask(_found).result())


def _some(cases: LazyCases, part: slice) -> Iterator[Case]:
    for name in islice(cases.documents, part.start, part.stop):
        for place in cases.places(name):
            yield cases[place]


_KNOWN: list[Known] = []
"""In the second process: what was found so far."""


def _begin(_: Here, known: Known) -> None:
    _KNOWN[:] = [known]


def _look(here: Here, part: slice) -> None:
    _KNOWN[0].take(_some(here.cases, part), here.goldens)


def _found(_: Here) -> tuple[set[str], set[str]]:
    known = _KNOWN.pop()
    return known.ids.found, known.values.found
