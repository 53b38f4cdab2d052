"""How often the whole decision is right: `judge` over simulated pairs with live-like noise.

`python -m harness.gates.calibration` prints the table that docs/gating.md holds. The worlds are made of arrays, not
of CVs, so that thousands of decisions fit into a minute; a test proves that arrays and cases are judged alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np

from harness.gates.catalogue import COUNTED, GATES
from harness.gates.config import GateConfig
from harness.gates.context import Context
from harness.gates.decide import judge, unconfirmed
from harness.gates.events import Counted
from harness.gates.harm import Harm
from harness.gates.pairs import Pair, Replaced, Values
from harness.gates.paths import GROUPS
from harness.gates.statistics import Bools, Floats
from harness.gates.tables import events_from
from harness.gates.types import AGAIN_DRAWS, Comparability


@dataclass(frozen=True, slots=True)
class Noise:
    """Noise of one arm, per persona and draw. Standard deviations of F1 and of logarithms; rates of critical flips and
    invalid answers.

    f1, critical, lists, latency and invalid are the design's figures; the others are assumptions of the same size.
    unparseable: answers worth nothing, on top. sticky: share of critical flips that sit in values as hard as a coin
    toss instead of being spread evenly. others: times `Counted.noise` for other events.
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


@dataclass(frozen=True, slots=True)
class Row:
    """Operating characteristics of one world: shares of SHIP, HOLD and INCONCLUSIVE over `runs` decisions."""

    name: str
    n: int
    draws: int
    ship: float
    hold: float
    runs: int
    blame: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Simulated:
    """One pair of arms, and the draws that would be made were it asked again. events: persona × further draw × item
    of both arms; f1: persona × further draw."""

    pair: Pair
    first: Mapping[str, tuple[Bools, Bools]]
    events: Mapping[str, tuple[Bools, Bools]]
    f1: tuple[Floats, Floats]

    def ask(self, personas: Sequence[str]) -> Pair:
        """The pair with the further draws of these personas."""
        asked = np.isin(self.pair.personas, personas)
        unseen = [np.where(asked[:, None], side, np.nan) for side in self.f1]
        return replace(
            self.pair,
            events={
                event: events_from(*tables, COUNTED[event], 3, again=self.events[event], asked=asked)
                for event, tables in self.first.items()
            },
            f1_again=Values(unseen[0], unseen[1]),
        )


def simulate(
    rng: np.random.Generator, n: int, draws: int, harm: Harm, noise: Noise, against: str = "baseline"
) -> Simulated:
    """One pair of arms on n personas, the candidate harmed."""
    every = draws + AGAIN_DRAWS
    hit = _hit(rng, n, every, harm)
    level = np.clip(rng.normal(0.93, 0.04, (n, 1)), 0.5, 0.99)
    f1 = [np.clip(level + rng.normal(0, noise.f1, (n, every)), 0, 1.05) for _ in range(2)]
    f1[0] = f1[0] + harm.f1 * hit
    tables = {name: _event(rng, of, n, every, harm, noise, hit) for name, of in COUNTED.items()}
    if noise.unparseable:
        broken = [rng.random((n, every)) < noise.unparseable for _ in range(2)]
        f1 = [np.where(bad, 0.0, values) for bad, values in zip(broken, f1, strict=True)]
        invalid = [bad | (rng.random((n, every)) < noise.invalid) for bad in broken]
        if harm.event == "contract":
            invalid[0] |= hit > 0
        tables["contract"] = (invalid[0][:, :, None], invalid[1][:, :, None])
    hit = hit[:, :draws]
    groups = {}
    for name in GROUPS:
        sd = noise.lists if name in ("work_bullets", "skills", "rest") else noise.fields
        mine, theirs = (0.93 + rng.normal(0, sd, (n, draws)) for _ in range(2))
        groups[name] = Values(mine + harm.groups.get(name, 0.0) * hit, theirs)
    size = np.exp(rng.normal(0, 0.4, (n, 1)))
    tokens = [2500 * size * np.exp(rng.normal(0, noise.tokens, (n, draws))) for _ in range(2)]
    latency = [9000 * size * np.exp(rng.normal(0, noise.latency, (n, draws))) for _ in range(2)]
    personas = tuple(f"p{row}" for row in range(n))
    replaced: tuple[Replaced, ...] = ()
    if harm.replaced:
        replaced = (Replaced("skills[]", "java", "javascript", personas[: harm.replaced], draws, ()),)
    cheaper = 0.5 if against == "legacy" else 1.0
    first = {event: (mine[:, :draws], theirs[:, :draws]) for event, (mine, theirs) in tables.items()}
    pair = Pair(
        against=against,
        arm=against,
        personas=personas,
        documents={persona: (persona,) for persona in personas},
        draws=(draws, draws),
        f1=Values(f1[0][:, :draws], f1[1][:, :draws]),
        groups=groups,
        events={event: events_from(*sides, COUNTED[event], 3) for event, sides in first.items()},
        replaced=replaced,
        tokens=Values(cheaper * tokens[0] * harm.tokens, tokens[1]),
        cost=Values(cheaper * tokens[0] * harm.cost, tokens[1]),
        latency=Values(latency[0] * harm.latency, latency[1]) if harm.profile == "release" else "left out for speed",
        source="live",
        comparable=Comparability(True, personas),
    )
    return Simulated(
        pair,
        first,
        {event: (mine[:, draws:], theirs[:, draws:]) for event, (mine, theirs) in tables.items()},
        (f1[0][:, draws:], f1[1][:, draws:]),
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


def _event(
    rng: np.random.Generator, counted: Counted, n: int, draws: int, harm: Harm, noise: Noise, hit: Floats
) -> tuple[Bools, Bools]:
    """Where an event shows in both arms: persona × draw × item."""
    event, items = counted.name, counted.items
    if event == "critical":
        even = noise.critical * (1 - noise.sticky)
        hard = rng.random((n, 1, items)) < 2 * noise.critical * noise.sticky
        rate = np.where(hard, 0.5, even)
    else:
        rate = np.full((n, 1, 1), noise.invalid if event == "contract" else noise.others * counted.noise)
    bad = [rng.random((n, draws, items)) < rate for _ in range(2)]
    if event == harm.event:
        bad[0][:, :, 0] |= hit > 0
    return bad[0], bad[1]


AA = Harm("unchanged assistant (A/A)")

REGRESSIONS: tuple[Harm, ...] = tuple(harm for gate in GATES.values() for harm in gate.seeded)

RARE: tuple[Harm, ...] = tuple(
    Harm(f"half of F1 lost in {share:.0%} of CVs", share, f1=-0.5) for share in (0.01, 0.02, 0.05)
)


def at_margin(n: int, config: GateConfig) -> tuple[Harm, ...]:
    """A true loss at the margin of each deciding metric in turn; of count rules, the rate that they can exclude."""
    return tuple(gate.at_margin(n, config.rule(name)) for name, gate in GATES.items() if gate.at_margin is not None)


def configuration(profile: str) -> GateConfig:
    """The shipped constants. The absolute latency budget is left out: it is not about a difference."""
    if profile == "ci":
        return GateConfig()
    return GateConfig.from_mapping({"profile": "release", "latency_budget": {"level": "advisory"}})


def operate(
    harm: Harm,
    n: int,
    draws: int,
    runs: int,
    *,
    seed: int = 1,
    noise: Noise | None = None,
    legacy: bool = False,
    again: bool = True,
    config: GateConfig | None = None,
) -> Row:
    """Decide `runs` simulated evaluations of one world, asking again where the decision asks for it; with `legacy`,
    an equally good legacy stands beside it."""
    rng = np.random.default_rng((seed, n, draws, crc32(harm.name.encode())))
    config = config or configuration(harm.profile)
    noise = noise or Noise()
    ship = hold = 0
    blame: Counter[str] = Counter()
    for _ in range(runs):
        found = [simulate(rng, n, draws, harm, noise, against) for against in ("baseline", "legacy")[: 1 + legacy]]
        verdict = judge([one.pair for one in found], config, Context())
        _, doubtful = unconfirmed(verdict)
        if doubtful and again:
            verdict = judge([one.ask(doubtful) for one in found], config, Context())
        ship += verdict.verdict == "SHIP"
        hold += verdict.verdict == "HOLD"
        blame.update(
            gate.name
            for comparison in verdict.comparisons
            for gate in comparison.gates
            if gate.level == "deciding" and gate.status in ("FAIL", "INCONCLUSIVE", "NOT_MEASURED")
        )
    return Row(harm.name, n, draws, ship / runs, hold / runs, runs, blame)


def table(rows: Iterable[Row]) -> str:
    """Rows as Markdown."""
    lines = ["| world | CVs | draws | SHIP | INCONCLUSIVE | HOLD | runs |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        other = max(0.0, 1 - row.ship - row.hold)
        lines.append(
            f"| {row.name} | {row.n} | {row.draws} | {row.ship:.3f} | {other:.3f} | {row.hold:.3f} | {row.runs} |"
        )
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class World:
    """One row to be simulated."""

    harm: Harm
    n: int
    draws: int = 3
    noise: Noise = field(default_factory=Noise)
    legacy: bool = False


def sections() -> Mapping[str, Sequence[World]]:
    """Every part of the published table."""
    sizes = (40, 60, 80, 100)
    released = replace(AA, profile="release")
    harder = {
        "unparseable answers .5 %": Noise(unparseable=0.005),
        "critical flips 5 %": Noise(critical=0.05),
        "half of the critical flips in coin-toss values": Noise(sticky=0.5),
        "F1 sd .08 a draw": Noise(f1=0.08),
    }
    return {
        "Unchanged assistant": [World(AA, n, draws) for draws in (3, 1) for n in sizes],
        "Unchanged, an equally good legacy beside it": [World(AA, n, legacy=True) for n in sizes],
        "Unchanged, release profile": [World(released, n) for n in (60, 80, 100)],
        "Unchanged, harder noise": [
            World(replace(AA, name=f"unchanged, {name}"), 60, noise=noise) for name, noise in harder.items()
        ],
        **{
            f"A true loss at the margin, {n} CVs": [World(harm, n) for harm in at_margin(n, GateConfig())]
            for n in (60, 100)
        },
        "A true loss at the margin, harder noise, 60 CVs": [
            World(replace(harm, name=f"{harm.name}; {name}"), 60, noise=noise)
            for harm in at_margin(60, GateConfig())
            for name, noise in harder.items()
            if harm.event in ("critical", "lost_entries", "contract")
        ],
        "Seeded regressions, three draws": [World(harm, 60) for harm in REGRESSIONS],
        "Seeded regressions, one draw": [World(harm, 60, 1) for harm in REGRESSIONS],
        "Rare large drops": [World(harm, n) for harm in RARE for n in (60, 100)],
    }


def main(arguments: Sequence[str] | None = None, write: Callable[[str], object] = print) -> None:
    """Print the table of operating characteristics."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m harness.gates.calibration", description=main.__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="decisions simulated for each row")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="sections whose title holds this")
    parser.add_argument("--why", action="store_true", help="the gates that kept each row from SHIP")
    given = parser.parse_args(arguments)
    for title, worlds in sections().items():
        if given.only not in title:
            continue
        rows = [
            operate(one.harm, one.n, one.draws, given.runs, seed=given.seed, noise=one.noise, legacy=one.legacy)
            for one in worlds
        ]
        write(f"\n**{title}**\n\n{table(rows)}")
        if given.why:
            for row in rows:
                first = sorted(row.blame.items(), key=lambda item: -item[1])[:5]
                write(f"<!-- {row.name}, {row.n} × {row.draws}: {first} -->")


if __name__ == "__main__":
    main()
