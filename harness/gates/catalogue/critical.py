"""Values that a recruiter acts on: name, e-mail, phone, employer, title, dates."""

from __future__ import annotations

from harness.gates.count_words import Count, by_change, by_field, say_count
from harness.gates.counts import count
from harness.gates.definition import Definition
from harness.gates.events import Counted
from harness.gates.harm import Harm
from harness.gates.looked import Looked
from harness.gates.margins import net_margin
from harness.gates.paths import CRITICAL


def _not_right(seen: Looked) -> frozenset[str] | None:
    return None if seen.content is None else seen.content.critical


def _lost(count: Count) -> str:
    where = f"{count.many} of {count.having} CVs that have it"
    return f"{count.item}: no longer right in {where} (right in the {count.pair.against})"


def _head(count: Count) -> tuple[str, tuple[str, ...]]:
    return by_field(_lost)(count) if count.ranked else by_change(CRITICAL)(count)


GATES = (
    Definition(
        name="critical",
        label="critical values",
        metric="CVs net worse in name, e-mail, phone, employer, title or dates",
        default=0.02,
        meaning="net rate of people from which on it holds",
        place=80,
        figure="people net worse in name, e-mail, phone, employer, title, dates (values of lost entries left out)",
        passes="as `lost_entries`; where people change both ways by more than 8.5 % allows for, the share of these"
        " values that went wrong, net: upper bound ≤ 2 points; and of what is in every answer, net, the share of"
        " people: upper bound ≤ 8.5 %",
        fails="as `lost_entries`, also in one of these fields alone",
        judge=count,
        say=say_count(_head),
        high=0.5,
        severity=1,
        by_size=True,
        told=5,
        counted=Counted(
            "critical",
            _not_right,
            "worse in name, e-mail, phone, employer, title or dates",
            "net",
            0.01,
            by_document=True,
            degree=CRITICAL,
            outside="lost_entries",
            items=6,
        ),
        at_margin=net_margin("critical"),
        seeded=(
            Harm(
                "years minus one in a third of the roles", 0.85, f1=-0.03, groups={"work_core": -0.14}, event="critical"
            ),
            Harm("division dropped in 10 % of CVs", 0.10, f1=-0.02, groups={"work_core": -0.1}, event="critical"),
        ),
    ),
)
