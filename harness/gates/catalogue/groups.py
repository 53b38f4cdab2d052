"""Groups of fields: contact, work core, work bullets, education, skills, the rest."""

from __future__ import annotations

from harness.gates.definition import Definition, Question, Said
from harness.gates.paths import GROUP_LABELS, GROUPS
from harness.gates.rules import group
from harness.gates.ruling import Ruling
from harness.gates.words import bounds, changes_of, guilty, story, worst

PREFIX = "group_"


def _judge(ask: Question) -> Ruling:
    return group(ask, ask.pair.groups[ask.name.removeprefix(PREFIX)])


def _say(ask: Question, ruling: Ruling) -> Said:
    figures = f"{ask.gate.label}: {bounds(ruling)} of F1, worse in {ruling.affected} of {ruling.delta.n} CVs"
    if ruling.status != "FAIL":
        return Said(figures)
    worse = guilty(changes_of(ruling, ask.pair), GROUPS[ruling.name.removeprefix(PREFIX)])
    if not worse:
        return Said(figures, (), worst(ask.pair))
    return Said(f"{story(worse[0], ask.pair)} · {figures}", tuple(one.field for one in worse), worse[0].documents)


GATES = tuple(
    Definition(
        name=f"{PREFIX}{name}",
        label=label,
        metric="F1 of the group",
        default=0.02,
        meaning="smallest drop in F1 that can fail",
        place=100 + place,
        figure=f"F1 of {label}",
        passes="never counts towards SHIP",
        fails="exact test, ≥ 5 people changed, drop ≥ M",
        judge=_judge,
        say=_say,
        key="margin",
        unit="share",
        severity=3,
        by_size=True,
        supports=False,
    )
    for place, (name, label) in enumerate(GROUP_LABELS.items())
)
