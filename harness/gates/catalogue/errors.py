"""CVs that got no answer, and CVs that could not be read."""

from __future__ import annotations

from harness.gates.count_words import Count, by_field, say_count
from harness.gates.counts import count
from harness.gates.definition import Definition
from harness.gates.events import Counted
from harness.gates.looked import Looked
from harness.gates.margins import net_margin
from harness.gates.words import FAILURE_WORDS


def _down(seen: Looked) -> frozenset[str]:
    return frozenset({seen.failed.code}) if seen.failed and seen.down else frozenset()


def _unread(seen: Looked) -> frozenset[str]:
    return frozenset({seen.failed.code}) if seen.failed and seen.unread else frozenset()


def _failures(count: Count) -> str:
    said = ", ".join(f"{FAILURE_WORDS.get(code, code)} in {people}" for code, people in count.ranked)
    return f"{said} of {count.n} CVs"


GATES = (
    Definition(
        name="errors",
        label="errors",
        metric="CVs without an answer",
        default=0.02,
        meaning="rate of failed CVs that the other arm keeps under",
        place=10,
        figure="people without an answer",
        passes="as `contract`",
        fails="as `contract`",
        judge=count,
        say=say_count(by_field(_failures, fields=False)),
        severity=0,
        counted=Counted("errors", _down, "without an answer", "capped", 0.002, whole=True, raw=True),
        at_margin=net_margin("errors"),
    ),
    Definition(
        name="coverage",
        label="coverage",
        metric="CVs not read",
        default=0.02,
        meaning="rate of unread CVs that the other arm keeps under",
        place=20,
        figure="people whose CV could not be read",
        passes="as `contract`",
        fails="as `contract`",
        judge=count,
        say=say_count(
            by_field(
                lambda count: f"{FAILURE_WORDS.get(count.item, count.item)} in {count.many} of {count.n} CVs",
                fields=False,
            )
        ),
        severity=0,
        counted=Counted("coverage", _unread, "not read", "capped", 0.0, whole=True, asks=False),
    ),
)
