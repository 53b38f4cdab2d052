"""Simulated pairs of arms for calibration: arrays instead of CVs, in live-like noise or in a foreign world.

A test proves that arrays and cases are judged alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import numpy as np

from harness.gates.catalogue import COUNTED
from harness.gates.events import Counted
from harness.gates.foreign import Answers, World, answers, groups_of
from harness.gates.harm import Harm
from harness.gates.pairs import Pair, Replaced, Values
from harness.gates.paths import GROUPS
from harness.gates.statistics import Bools, Floats
from harness.gates.tables import Items, events_from
from harness.gates.types import AGAIN_DRAWS, Comparability

Cut = TypeVar("Cut", bound=Values | str)


@dataclass(frozen=True, slots=True)
class Noise:
    """Noise of one arm, per persona and draw. Standard deviations of F1 and of logarithms; rates of critical flips and
    invalid answers.

    f1, critical, lists, latency and invalid are the design's figures; the others are assumptions of the same size.
    unparseable: answers worth nothing, on top. sticky: share of critical flips that sit in values as hard as a coin
    toss instead of being spread evenly. others: times `Counted.noise` for other events. grave: share of draws with an
    invented telephone, of which one is enough to hold: values as hard as a coin toss, the same in both arms.
    """

    f1: float = 0.04
    critical: float = 0.01
    lists: float = 0.08
    fields: float = 0.05
    latency: float = 0.35
    tokens: float = 0.05
    invalid: float = 0.005
    unparseable: float = 0.0
    sticky: float = 0.0
    others: float = 1.0
    grave: float = 0.0


@dataclass(frozen=True, slots=True)
class Simulated:
    """One pair of arms, and the draws that would be made were it asked again. first, events: persona × draw × item of
    both arms, the first draws and the further ones; items: what an event's items are, where they differ; f1: persona ×
    further draw."""

    pair: Pair
    first: Mapping[str, tuple[Bools, Bools]]
    events: Mapping[str, tuple[Bools, Bools]]
    items: Mapping[str, Items]
    f1: tuple[Floats, Floats]

    def ask(self, personas: Sequence[str]) -> Pair:
        """The pair with the further draws of these personas."""
        asked = np.isin(self.pair.personas, personas)
        unseen = [np.where(asked[:, None], side, np.nan) for side in self.f1]
        return replace(
            self.pair,
            events={
                event: events_from(
                    *tables, COUNTED[event], 3, again=self.events[event], asked=asked, items=self.items.get(event)
                )
                for event, tables in self.first.items()
            },
            f1_again=Values(unseen[0], unseen[1]),
        )

    def reached(self, n: int) -> Simulated:
        """What is there after the first n people."""
        first, further = (
            {event: (mine[:n], theirs[:n]) for event, (mine, theirs) in tables.items()}
            for tables in (self.first, self.events)
        )
        items = {event: Items(of.names, of.has[:n]) for event, of in self.items.items()}
        pair = replace(
            self.pair,
            personas=self.pair.personas[:n],
            f1=_cut(self.pair.f1, n),
            groups={name: _cut(values, n) for name, values in self.pair.groups.items()},
            events={
                name: events_from(*sides, COUNTED[name], 3, items=items.get(name)) for name, sides in first.items()
            },
            tokens=_cut(self.pair.tokens, n),
            cost=_cut(self.pair.cost, n),
            latency=_cut(self.pair.latency, n),
            comparable=Comparability(True, self.pair.personas[:n]),
        )
        return Simulated(pair, first, further, items, (self.f1[0][:n], self.f1[1][:n]))


def _cut(values: Cut, n: int) -> Cut:
    return cast(Cut, Values(values.candidate[:n], values.other[:n])) if isinstance(values, Values) else values


@dataclass(frozen=True, slots=True)
class _Quality:
    """What answers are worth before any harm, candidate and other arm, over all draws that might be asked for."""

    f1: tuple[Floats, Floats]
    groups: Mapping[str, tuple[Floats, Floats]]
    tables: dict[str, tuple[Bools, Bools]]
    items: Mapping[str, Items]


def simulate(
    rng: np.random.Generator, n: int, draws: int, harm: Harm, noise: Noise | World, against: str = "baseline"
) -> Simulated:
    """One pair of arms on n personas, the candidate harmed."""
    every = draws + AGAIN_DRAWS
    hit = _hit(rng, n, every, harm)
    made = _even(rng, n, every, noise) if isinstance(noise, Noise) else _foreign(answers(rng, n, every, noise))
    f1 = (np.clip(made.f1[0] + harm.f1 * hit, 0, 1.05), made.f1[1])
    if harm.event:
        struck = made.tables[harm.event][0].copy()
        names = made.items[harm.event].names if harm.event in made.items else ()
        item = harm.item or _STRUCK
        struck[:, :, names.index(item) if item in names else 0] |= hit > 0
        made.tables[harm.event] = (struck, made.tables[harm.event][1])
    groups = {
        name: Values(mine[:, :draws] + harm.groups.get(name, 0.0) * hit[:, :draws], theirs[:, :draws])
        for name, (mine, theirs) in made.groups.items()
    }
    figures = noise if isinstance(noise, Noise) else Noise(tokens=0.05 if noise.even else 0.0)
    size = np.exp(rng.normal(0, 0.4, (n, 1)))
    tokens = [2500 * size * np.exp(rng.normal(0, figures.tokens, (n, draws))) for _ in range(2)]
    latency = [9000 * size * np.exp(rng.normal(0, figures.latency, (n, draws))) for _ in range(2)]
    personas = tuple(f"p{row}" for row in range(n))
    replaced: tuple[Replaced, ...] = ()
    if harm.replaced:
        replaced = (Replaced("skills[]", "java", "javascript", personas[: harm.replaced], draws, ()),)
    cheaper = 0.5 if against == "legacy" else 1.0
    first = {event: (mine[:, :draws], theirs[:, :draws]) for event, (mine, theirs) in made.tables.items()}
    pair = Pair(
        against=against,
        arm=against,
        personas=personas,
        documents={persona: (persona,) for persona in personas},
        draws=(draws, draws),
        f1=Values(f1[0][:, :draws], f1[1][:, :draws]),
        groups=groups,
        events={
            event: events_from(*sides, COUNTED[event], 3, items=made.items.get(event)) for event, sides in first.items()
        },
        replaced=replaced,
        tokens=Values(cheaper * tokens[0] * harm.tokens, tokens[1]),
        cost=Values(cheaper * tokens[0] * harm.cost, tokens[1]),
        latency=Values(latency[0] * harm.latency, latency[1]) if harm.profile == "release" else "left out for speed",
        source="live",
        comparable=Comparability(True, personas),
    )
    further = {event: (mine[:, draws:], theirs[:, draws:]) for event, (mine, theirs) in made.tables.items()}
    return Simulated(pair, first, further, made.items, (f1[0][:, draws:], f1[1][:, draws:]))


_STRUCK = "work_experience[].company"
"""The critical value that goes wrong in a harmed answer, where values have names: the first employer."""


_GRAVE = "personal_info.phone"


def _even(rng: np.random.Generator, n: int, every: int, noise: Noise) -> _Quality:
    """Noise that strikes all people alike."""
    level = np.clip(rng.normal(0.93, 0.04, (n, 1)), 0.5, 0.99)
    f1 = [np.clip(level + rng.normal(0, noise.f1, (n, every)), 0, 1.05) for _ in range(2)]
    tables = {name: _event(rng, of, n, every, noise) for name, of in COUNTED.items()}
    if noise.unparseable:
        broken = [rng.random((n, every)) < noise.unparseable for _ in range(2)]
        f1 = [np.where(bad, 0.0, values) for bad, values in zip(broken, f1, strict=True)]
        invalid = [bad | (rng.random((n, every)) < noise.invalid) for bad in broken]
        tables["contract"] = (invalid[0][:, :, None], invalid[1][:, :, None])
    items = {}
    if noise.grave:
        invented = COUNTED["hallucinations"]
        rate = np.where(rng.random((n, 1, 1)) < 2 * noise.grave, 0.5, 0.0)
        some = [rng.random((n, every, 1)) < rate for _ in range(2)]
        first = tables[invented.name]
        tables[invented.name] = np.dstack([first[0], some[0]]), np.dstack([first[1], some[1]])
        items[invented.name] = Items((invented.name, _GRAVE), np.ones((n, 2), dtype=np.bool_))
    groups = {}
    for name in GROUPS:
        sd = noise.lists if name in ("work_bullets", "skills", "rest") else noise.fields
        mine, theirs = (0.93 + rng.normal(0, sd, (n, every)) for _ in range(2))
        groups[name] = (mine, theirs)
    return _Quality((f1[0], f1[1]), groups, tables, items)


def _foreign(found: Answers) -> _Quality:
    """Mistakes that stay with people."""
    sides = (found.candidate, found.other)
    n, every = found.candidate.golden.shape[:2]
    none = np.zeros((n, every, 1), dtype=np.bool_)
    tables = dict.fromkeys(COUNTED, (none, none))
    tables["lost_entries"] = (sides[0].lost, sides[1].lost)
    tables["critical"] = (sides[0].critical, sides[1].critical)
    mine, theirs = (groups_of(side) for side in sides)
    return _Quality(
        (sides[0].f1(), sides[1].f1()),
        {name: (mine[name], theirs[name]) for name in GROUPS},
        tables,
        {"critical": Items(found.critical, found.has)},
    )


def _hit(rng: np.random.Generator, n: int, draws: int, harm: Harm) -> Floats:
    """Where the harm strikes: persona × draw, 1 or 0."""
    if harm.exactly:
        rows = np.zeros((n, 1))
        rows[rng.choice(n, harm.exactly, replace=False)] = 1.0
        return np.repeat(rows, draws, axis=1)
    if harm.per_draw:
        return (rng.random((n, draws)) < harm.share).astype(float)
    return np.repeat((rng.random((n, 1)) < harm.share).astype(float), draws, axis=1)


def _event(rng: np.random.Generator, counted: Counted, n: int, draws: int, noise: Noise) -> tuple[Bools, Bools]:
    """Where an event shows in both arms by chance: persona × draw × item."""
    items = counted.items
    if counted.name == "critical":
        even = noise.critical * (1 - noise.sticky)
        hard = rng.random((n, 1, items)) < 2 * noise.critical * noise.sticky
        rate = np.where(hard, 0.5, even)
    else:
        rate = np.full((n, 1, 1), noise.invalid if counted.name == "contract" else noise.others * counted.noise)
    bad = [rng.random((n, draws, items)) < rate for _ in range(2)]
    return bad[0], bad[1]
