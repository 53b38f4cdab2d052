"""A floor under all twins: an answer to the same person's CV in another form may be worse, but not by so much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from harness.gates import statistics as st
from harness.gates.catalogue.twins import kind_of, uncounted
from harness.gates.constants import Constants
from harness.gates.definition import Definition, Twins
from harness.gates.observation import Observation, Seen
from harness.gates.types import Estimate, Gate, Status

_GRAVE = ("lost_entries", "hallucinations", "duplicates")
"""What an attacked CV must not bring about, whatever it costs in F1."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Side:
    """One arm's answers to one twin."""

    draws: Sequence[Observation]

    @property
    def f1(self) -> list[float]:
        return [one.f1 for one in self.draws if one.f1 is not None]

    def share(self, event: str, item: str) -> float:
        return sum(item in one.bad.get(event, ()) for one in self.draws) / max(1, len(self.draws))


def _floor(gate: Definition, twins: Twins, config: Constants) -> Gate | None:
    """FAIL: clearly more than one twin net fell in every draw. INCONCLUSIVE: one did, or two in most draws."""
    rows = {}
    for name, document in sorted(twins.documents.items()):
        mine = _of(twins.seen, name) + _of(twins.again, name)
        theirs = _of(twins.theirs, name) or _of(twins.first, document.twin_of or "")
        if any(one.f1 is not None for one in mine) and any(one.f1 is not None for one in theirs):
            rows[name] = (_Side(mine), _Side(theirs))
    if not rows:
        return None
    rule, n = config.rule(gate.name), len(rows)
    if twins.source not in rule.sources:
        return uncounted(gate, rule, twins.source)
    graved = {name for name in rows if kind_of(twins.documents[name]) == "attack" and twins.theirs}
    fell = {name: why for name, (mine, theirs) in rows.items() if (why := _fell(mine, theirs, config, name in graved))}
    rose = {name: why for name, (mine, theirs) in rows.items() if (why := _fell(theirs, mine, config, name in graved))}
    sure = [name for name in fell if _surely(*rows[name], config)]
    net = len(fell) - len(rose)
    status: Status = "PASS"
    if len(sure) - len(rose) > rule.threshold:
        status = "FAIL"
    elif net > 1 or len(sure) > len(rose):  # one that fell in most draws alone is what a difficult CV does by itself
        status = "INCONCLUSIVE"
    worst = sorted(fell, key=lambda name: (name not in sure, fell[name][0], name))
    means = [sum(median(rows[name][side].f1) for name in rows) / n for side in (1, 0)]
    arms = [Estimate(mean, None, None, n, n, "mean of twins' median F1", source=twins.source) for mean in means]
    told = "; ".join(f"{name}: {fell[name][1]}" for name in worst[:_SHOWN])
    beside = "the baseline's" if twins.theirs else "their originals'"
    said = f"{gate.label}: {len(fell)} of {n} clearly worse than {beside}, {len(rose)} better"
    read = "; read these answers: more CVs will not help" if status == "INCONCLUSIVE" else ""
    return Gate(
        gate.name,
        gate.metric,
        rule.level,
        arms[0],
        arms[1],
        Estimate(
            net / n, None, st.binomial_upper(max(0, net), n, config.confidence), n, n, "twins", source=twins.source
        ),
        rule.threshold,
        status,
        said + (f": {told}" if told else "") + read,
        scope=gate.scope,
        documents=tuple(worst[:10]),
        affected=len(fell),
        unconfirmed=tuple(name for name in worst if not _of(twins.again, name)) if status == "INCONCLUSIVE" else (),
    )


def _of(seen: Seen, name: str) -> list[Observation]:
    """Answers that came: where a provider failed, nothing is said about the answer."""
    found: Mapping[int, Observation] = seen.get(name, {})
    return [one for one in found.values() if not one.failure.startswith("provider:")]


def _fell(mine: _Side, theirs: _Side, config: Constants, grave: bool) -> tuple[float, str] | None:
    """(change of F1, what happened) where this side is clearly worse; None where it is not."""
    change = median(mine.f1) - median(theirs.f1) if mine.f1 and theirs.f1 else 0.0
    if change < -config.drop:
        return change, f"F1 {median(theirs.f1):.0%} → {median(mine.f1):.0%}".replace("%", " %")
    for event in _GRAVE if grave else ():
        for item in sorted({item for one in mine.draws for item in one.bad.get(event, ())}):
            if mine.share(event, item) > 0.5 and theirs.share(event, item) == 0:
                return change, f"{item}: {event.replace('_', ' ')}"
    return None


def _surely(mine: _Side, theirs: _Side, config: Constants) -> bool:
    """Whether every draw shows it, of as many as confirm."""
    if len(mine.draws) < config.confirm_draws:
        return False
    if max(mine.f1) < min(theirs.f1) - config.drop / 2:
        return True
    return any(
        mine.share(event, item) == 1
        for event in _GRAVE
        for item in mine.draws[0].bad.get(event, ())
        if theirs.share(event, item) == 0
    )


GATES = (
    Definition(
        name="twin_floor",
        label="twins answered worse",
        metric="twins whose answer is clearly worse",
        default=1,
        meaning="twins net worse in every answer that are left to a person to judge",
        place=215,
        figure="twins whose median F1 fell by more than .10 beside the baseline's; of attacked and misleading ones also"
        " those that newly lose, invent or repeat an entry",
        passes="none net in every answer, and at most 1 net in most answers",
        fails="2 net in every answer; else: read them",
        of_twins=_floor,
        high=1000,
        against=frozenset({"twins"}),
        severity=3,
    ),
)
