"""The contract: valid answers, and the rungs beyond its schema (dates, ids, order)."""

from __future__ import annotations

from harness.gates.count_words import Count, by_field, say_count
from harness.gates.counts import count
from harness.gates.definition import Definition
from harness.gates.events import Counted
from harness.gates.harm import Harm
from harness.gates.looked import Looked
from harness.gates.margins import EVERY_GROUP, net_margin
from harness.gates.words import FAILURE_WORDS


def _broken(seen: Looked) -> frozenset[str] | None:
    return None if seen.contract is None else seen.contract.broken


def _dates(seen: Looked) -> frozenset[str] | None:
    return None if seen.contract is None else seen.contract.dates


def _ids(seen: Looked) -> frozenset[str] | None:
    return None if seen.contract is None else seen.contract.ids


def _order(seen: Looked) -> frozenset[str] | None:
    if seen.judged is None:
        return None
    return frozenset({"order"}) if seen.judged.order.reverse_chronological is False else frozenset()


def _rules(count: Count) -> str:
    """The rule that most break, others broken at the same place, and how many more there are."""
    place, items = count.item.partition(": ")[0], count.items
    same = [one.partition(": ")[2] for one in items[1:] if one.startswith("/") and one.startswith(f"{place}: ")]
    others = len(items) - 1 - len(same)
    more = f", and {others} other broken rule{'s' if others > 1 else ''}" if others else ""
    return f"{'; '.join((_rule(count.item), *same))} in {count.many} of {count.n} CVs{more}"


def _rule(item: str) -> str:
    kind, _, rest = item.partition(":")
    if kind == "unparseable":
        return FAILURE_WORDS.get(rest, rest)
    return f"JSON only after a repair ({rest})" if kind == "repaired" else item


GATES = (
    Definition(
        name="contract",
        label="contract",
        metric="CVs with an invalid answer",
        default=0.02,
        meaning="rate that the other arm keeps under",
        place=30,
        figure="people with an invalid answer, raw or final",
        passes="as `lost_entries`",
        fails="as `lost_entries`; or 2 more than 2 % (3 at least) where the other arm keeps that, over people or over"
        " single answers",
        judge=count,
        say=say_count(by_field(_rules)),
        severity=0,
        counted=Counted("contract", _broken, "with an invalid answer", "capped", 0.005, whole=True, raw=True),
        at_margin=net_margin("contract"),
        seeded=(
            Harm("broken JSON in 3 of 60", exactly=3, f1=-0.93, groups=EVERY_GROUP, event="contract"),
            Harm(
                "broken JSON in 5 % of the answers",
                0.05,
                per_draw=True,
                f1=-0.93,
                groups=EVERY_GROUP,
                event="contract",
            ),
        ),
    ),
    Definition(
        name="date_format",
        label="date format",
        metric="CVs with a date not in contract form",
        default=0.02,
        meaning="rate the other arm keeps under",
        place=180,
        figure="people with a date that the page cannot read",
        passes="as `contract`",
        fails="as `contract`",
        judge=count,
        say=say_count(
            by_field(lambda count: f"{count.item}: a date that the page cannot read in {count.many} of {count.n} CVs")
        ),
        severity=0,
        counted=Counted("date_format", _dates, "with a date not in contract form", "capped", 0.005, whole=True),
        at_margin=net_margin("date_format"),
        seeded=(Harm("dates in another format in a fifth of the CVs", 0.2, event="date_format"),),
    ),
    Definition(
        name="ids",
        label="ids",
        metric="CVs with missing or repeated ids",
        default=0.02,
        meaning="rate the other arm keeps under",
        place=190,
        figure="people with missing or repeated ids",
        passes="as `contract`",
        fails="as `contract`",
        judge=count,
        say=say_count(by_field(lambda count: f"{count.item}: missing or repeated in {count.many} of {count.n} CVs")),
        severity=0,
        counted=Counted("ids", _ids, "with missing or repeated ids", "capped", 0.001, whole=True),
        at_margin=net_margin("ids"),
    ),
    Definition(
        name="order",
        label="order",
        metric="CVs not in reverse chronological order",
        default=0.02,
        meaning="rate the other arm keeps under",
        place=200,
        figure="people whose roles or studies are not newest first",
        passes="as `contract`",
        fails="as `contract`",
        judge=count,
        say=say_count(
            by_field(
                lambda count: f"work_experience[] or education[]: not newest first in {count.many} of {count.n} CVs",
                fields=False,
            )
        ),
        severity=5,
        counted=Counted("order", _order, "not newest first", "capped", 0.005, whole=True),
        at_margin=net_margin("order"),
    ),
)
