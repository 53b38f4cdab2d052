"""The sentence of a gate that counts people: the guilty field first, then how many, then what cannot be excluded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from harness.gates.definition import Question, Said
from harness.gates.events import Events
from harness.gates.pairs import FieldChange, Pair
from harness.gates.paths import FIELD_ORDER
from harness.gates.ruling import Ruling
from harness.gates.steady import upper
from harness.gates.unsure import unsure_gains
from harness.gates.words import changes_of, guilty, one_medium, percent, story, times


@dataclass(frozen=True, slots=True)
class Count:
    """What a head is made of. ranked: (item, people) behind the gate, most people first."""

    events: Events
    pair: Pair
    changes: tuple[FieldChange, ...]
    ranked: tuple[tuple[str, int], ...]
    n: int

    @property
    def item(self) -> str:
        """What most people show; only where something is ranked."""
        return self.ranked[0][0]

    @property
    def many(self) -> int:
        """How many people show it."""
        return self.ranked[0][1]

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(item for item, _ in self.ranked)

    @property
    def having(self) -> int:
        """People whose golden has the item's field."""
        return max(self.events.having.get(self.item, self.n), self.many)


Head: TypeAlias = Callable[[Count], tuple[str, tuple[str, ...]]]
"""The guilty field or broken rule in words, and all fields; ("", ()) where nothing can be named."""


def by_field(said: Callable[[Count], str], *, fields: bool = True) -> Head:
    """A head that names the item that most people show."""

    def head(count: Count) -> tuple[str, tuple[str, ...]]:
        if not count.ranked:
            return "", ()
        return said(count), count.items if fields else ()

    return head


def by_change(names: frozenset[str] | None = None) -> Head:
    """A head that tells the story of the field that lost most."""

    def head(count: Count) -> tuple[str, tuple[str, ...]]:
        worse = guilty(count.changes, names)
        return (story(worse[0], count.pair), tuple(one.field for one in worse)) if worse else ("", ())

    return head


def say_count(head: Head, what: str = "") -> Callable[[Question, Ruling], Said]:
    """The sentence of a counting gate. what: after "CVs newly …", its own where empty."""

    def say(ask: Question, ruling: Ruling) -> Said:
        counted = ask.gate.counted
        return _said(ask, ruling, head, what or (counted.what if counted else ""))

    return say


def _said(ask: Question, ruling: Ruling, head: Head, what: str) -> Said:
    gate, pair, events = ask.gate, ask.pair, ruling.events
    assert events is not None
    n = ruling.delta.n
    lost, gained = int(events.lost.sum()), int(events.gained.sum())
    figures = f"{gate.label}: {lost} of {n} CVs newly {what}"
    possible = f"in truth it may be up to {percent(ruling.delta.upper)}{' net' if gained else ''}"
    if ruling.status == "PASS":
        figures += f", {gained} the other way" if gained else ""
        if events.flaky and pair.draws[0] > 1:
            figures += f"; in some answers only in {len(events.flaky)} more ({_few(events.flaky)})"
        return Said(
            f"{figures}{_again(events)}; {possible}{_steady(ask, ruling)}", (), (*_lost(pair, events), *events.flaky)
        )
    documents = _documents(pair, events)
    ranked = sorted(events.fields.items(), key=lambda item: (-item[1], FIELD_ORDER.get(item[0], 999), item[0]))
    told = tuple((item, many) for item, many in ranked if item != "*")
    heads, fields = head(Count(events, pair, changes_of(ruling, pair), told, n))
    figures += f"{one_medium(pair, documents)}, {gained} the other way"
    if lost == 0 and events.candidate_bad:
        figures = (
            f"{gate.label}: {events.candidate_bad} of {events.candidate_draws} answers {what}"
            f" ({pair.against}: {events.other_bad} of {events.other_draws})"
        )
    figures += f"{_again(events)}; {possible}, and the limit is {percent(ruling.threshold)}{_steady(ask, ruling)}"
    if ruling.noise < 0.05:
        figures += f"; {_chance(ruling.noise)}"
    if ruling.status == "INCONCLUSIVE" and ruling.unconfirmed and pair.draws[0] < ask.config.confirm_draws:
        figures += f"; each CV was asked {times(pair.draws[0])}: two more answers would confirm it"
    return Said(f"{heads} · {figures}" if heads else figures, fields, documents)


def _steady(ask: Question, ruling: Ruling) -> str:
    """What is in every answer, where much comes and goes beside it or it alone keeps the gate open."""
    steady = ruling.events.steady if ruling.events is not None else None
    n, confidence = ruling.delta.n, ask.levels.confidence
    if steady is None or not (steady.worse or steady.better):
        return ""
    assert ruling.events is not None
    unsure = int(unsure_gains(ruling.events, min(ask.pair.draws), n, ask.config).sum())
    bound = upper(steady.worse, steady.better - unsure, n, confidence)
    told = f"; in every answer {steady.worse} worse, {steady.better} better"
    if unsure:
        return f"{told} ({unsure} of the better in too few answers to count): up to {percent(bound)} of that"
    if steady.kept(n, ask.config, confidence) and (ruling.delta.upper or 0.0) <= max(bound, ask.config.net_margin):
        return ""
    return f"{told}: up to {percent(bound)} of that"


def _chance(noise: float) -> str:
    rare = "under .1 %" if noise < 0.001 else percent(noise)
    return f"two runs of one assistant differ so far in {rare} of cases"


def _again(events: Events) -> str:
    """How many of those that were asked again for this harm showed it again."""
    asked = events.at_first & events.asked
    if not asked.any():
        return ""
    return f"; asked again, {int((events.lost & asked).sum())} of {int(asked.sum())} showed it again"


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _lost(pair: Pair, events: Events) -> tuple[str, ...]:
    """A document of each person who lost something."""
    people = (pair.personas[int(row)] for row in np.flatnonzero(events.lost))
    return tuple(pair.documents[persona][0] for persona in people if pair.documents.get(persona))


def _documents(pair: Pair, events: Events) -> tuple[str, ...]:
    order = np.argsort(-events.excess, kind="stable")
    rows = [int(row) for row in order if events.lost[row] or (events.excess[row] > 0 and not events.lost.any())]
    return tuple(name for row in rows for name in pair.documents.get(pair.personas[row], ()))
