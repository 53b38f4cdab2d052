"""Values that the CV does not have."""

from __future__ import annotations

from harness.gates.count_words import Count, say_count
from harness.gates.counts import count
from harness.gates.definition import Definition
from harness.gates.events import Counted
from harness.gates.harm import Harm
from harness.gates.looked import Looked
from harness.gates.margins import net_margin
from harness.gates.paths import GRAVE_INVENTIONS


def _invented(seen: Looked) -> frozenset[str] | None:
    if seen.answered is None:
        return None
    only = seen.only
    return frozenset(one.field for one in seen.answered.hallucinations if only is None or one.field in only)


def _head(count: Count) -> tuple[str, tuple[str, ...]]:
    grave = count.events.grave or count.events.grave_unconfirmed
    if grave:
        fields = tuple(dict.fromkeys((grave[0], *count.events.grave, *count.items)))
        return f"{grave[0]}: invented, the CV does not have it", fields
    if not count.ranked:
        return "", ()
    where = f"in {count.many} of {count.n} CVs (not so in the {count.pair.against})"
    return f"{count.item}: a value that the CV does not have, {where}", count.items


GATES = (
    Definition(
        name="hallucinations",
        label="hallucinations",
        metric="CVs with a new invented value",
        default=0.02,
        meaning="net rate of people from which on it holds",
        place=60,
        figure="people with a value that their CV does not have",
        passes="as `lost_entries`",
        fails="as `lost_entries`; one confirmed invented name, e-mail, phone or employer is enough (unconfirmed:"
        " INCONCLUSIVE), and so are three unconfirmed, or five people with any invention and nobody the other way; over"
        " 100 people: net 1 %, or more than the other arm has alone lets expect",
        judge=count,
        say=say_count(_head),
        severity=2,
        told=4,
        counted=Counted(
            "hallucinations",
            _invented,
            "with an invented value that the CV does not have",
            "net",
            0.01,
            fresh=True,
            grave=GRAVE_INVENTIONS,
            gross=5,
        ),
        at_margin=net_margin("hallucinations"),
        seeded=(
            Harm(
                "a certificate invented in 10 % of CVs", 0.10, f1=-0.015, groups={"rest": -0.1}, event="hallucinations"
            ),
        ),
    ),
)
