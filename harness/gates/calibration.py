"""How often the whole decision is right: `judge` over simulated pairs with live-like noise.

`python -m harness.gates.calibration` prints the table that docs/gating.md holds. The worlds are made of arrays, not
of CVs, so that thousands of decisions fit into a minute; a test proves that arrays and cases are judged alike.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

import numpy as np

from harness.gates import foreign
from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.context import Context
from harness.gates.decide import judge, unconfirmed
from harness.gates.harm import Harm
from harness.gates.simulated import Noise, Simulated, simulate
from harness.gates.types import Gate, Verdict


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
class World:
    """One row to be simulated, so many times where none else is said. legacy: an equally good one stands beside it."""

    harm: Harm
    n: int
    draws: int = 3
    noise: Noise | foreign.World = field(default_factory=Noise)
    legacy: bool = False
    runs: int = 400


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
    budget = {"level": "advisory"}
    config = (
        GateConfig.from_mapping({"profile": profile, "latency_budget": budget}) if profile != "ci" else GateConfig()
    )
    return replace(config, bounds_told=False)


def operate(world: World, *, seed: int = 1, again: bool = True, config: GateConfig | None = None, look: int = 1) -> Row:
    """Decide simulated evaluations of one world, asking again where the decision asks for it, unless `again` is False.
    look: the how-maniest decision about this baseline it is."""
    harm, n, draws, runs = world.harm, world.n, world.draws, world.runs
    rng = np.random.default_rng((seed, n, draws, crc32(harm.name.encode())))
    config = config or configuration(harm.profile)
    beside = ("baseline", "legacy") if world.legacy else ("baseline",)
    ship = hold = 0
    blame: Counter[str] = Counter()
    for _ in range(runs):
        found = [simulate(rng, n, draws, harm, world.noise, against) for against in beside]
        verdict = judge([one.pair for one in found], config, Context(look=look))
        _, doubtful = unconfirmed(verdict)
        if doubtful and again:
            verdict = judge([one.ask(doubtful) for one in found], config, Context(look=look))
        ship += verdict.verdict == "SHIP"
        hold += verdict.verdict == "HOLD"
        blame.update(
            gate.name
            for comparison in verdict.comparisons
            for gate in comparison.gates
            if gate.level == "deciding" and gate.status in ("FAIL", "INCONCLUSIVE", "NOT_MEASURED")
        )
    return Row(harm.name, n, draws, ship / runs, hold / runs, runs, blame)


def operate_by_looks(
    harm: Harm,
    looks: tuple[int, ...],
    draws: int,
    runs: int,
    *,
    seed: int = 1,
    noise: Noise | foreign.World | None = None,
) -> Row:
    """Decide at each planned look until one ships or holds."""
    rng = np.random.default_rng((seed, *looks, draws, crc32(harm.name.encode())))
    config = replace(configuration(harm.profile), looks=looks)
    ended: Counter[str] = Counter()
    for _ in range(runs):
        whole = simulate(rng, looks[-1], draws, harm, noise or Noise())
        for n in looks:
            found = whole.reached(n)
            verdict = judge([found.pair], config, Context())
            _, doubtful = unconfirmed(verdict)
            if doubtful:
                verdict = judge([found.ask(doubtful)], config, Context())
            if verdict.verdict != "INCONCLUSIVE":
                break
        ended[verdict.verdict] += 1
    name = f"{harm.name}; looks at {', '.join(map(str, looks))}"
    return Row(name, looks[-1], draws, ended["SHIP"] / runs, ended["HOLD"] / runs, runs, {})


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of INCONCLUSIVE decisions that asked for more CVs, when they got as many. first: settled at once;
    unasked: inconclusive, and told that no number of CVs that there is (`MOST`) would help."""

    name: str
    n: int
    first: int = 0
    unasked: int = 0
    ship: int = 0
    hold: int = 0
    open: int = 0


MOST = 600
"""CVs that the simulated corpus of `follow` has."""


def follow(harm: Harm, n: int, draws: int, runs: int, *, noise: Noise | foreign.World, seed: int = 1) -> Followed:
    """Decide on n people of a corpus; where that is inconclusive, on as many more as the gates ask for."""
    rng = np.random.default_rng((seed, n, draws, crc32(harm.name.encode())))
    config, found = configuration(harm.profile), Counter[str]()
    for _ in range(runs):
        whole = simulate(rng, MOST, draws, harm, noise)
        verdict = _decided(whole.reached(n), config)
        if verdict.verdict != "INCONCLUSIVE":
            found["first"] += 1
            continue
        asked = [gate.more_cvs or MOST for gate in _waiting(verdict)]
        if not asked or n + max(asked) > MOST:
            found["unasked"] += 1
            continue
        ended = _decided(whole.reached(n + max(asked)), config).verdict
        found["open" if ended == "INCONCLUSIVE" else ended.lower()] += 1
    return Followed(harm.name, n, **found)


def _decided(found: Simulated, config: GateConfig) -> Verdict:
    """Asking again where the decision asks for it."""
    verdict = judge([found.pair], config, Context())
    _, doubtful = unconfirmed(verdict)
    return judge([found.ask(doubtful)], config, Context()) if doubtful else verdict


def _waiting(verdict: Verdict) -> list[Gate]:
    gates = (gate for comparison in verdict.comparisons for gate in comparison.gates)
    return [gate for gate in gates if gate.level == "deciding" and gate.status in ("INCONCLUSIVE", "NOT_MEASURED")]


_FOLLOWED_IN: Mapping[str, Noise | foreign.World] = {
    "even noise": Noise(),
    "stuck": foreign.STUCK,
    "live": foreign.LIVE,
    "reworded": foreign.REWORDED,
}
FOLLOWED: tuple[tuple[Harm, Noise | foreign.World], ...] = tuple(
    (replace(harm, name=f"{harm.name}; {name}"), noise)
    for name, noise in _FOLLOWED_IN.items()
    for harm in (
        AA,
        Harm("F1 −1 point", 1.0, f1=-0.01),
        Harm("lost entries in 3 % of CVs", 0.03, event="lost_entries"),
        Harm("lost entries in 6 % of CVs", 0.06, event="lost_entries"),
        Harm("critical values in 4 % of CVs", 0.04, event="critical"),
    )
)
"""Worlds in which many a decision is inconclusive."""


FOLLOWED_TITLE = "As many more CVs as were asked for"


def followed_table(rows: Iterable[Followed]) -> str:
    """Rows as Markdown, and their sum."""
    rows = list(rows)
    lines = [
        "| world | CVs | settled at once | no number helps | then SHIP | then HOLD | still open |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        counts = (row.n, row.first, row.unasked, row.ship, row.hold, row.open)
        lines.append(f"| {row.name} | {' | '.join(map(str, counts))} |")
    sums = (sum(getattr(row, name) for row in rows) for name in ("first", "unasked", "ship", "hold", "open"))
    return "\n".join([*lines, f"| all | | {' | '.join(map(str, sums))} |"])


def table(rows: Iterable[Row]) -> str:
    """Rows as Markdown."""
    lines = ["| world | CVs | draws | SHIP | INCONCLUSIVE | HOLD | runs |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        other = max(0.0, 1 - row.ship - row.hold)
        lines.append(
            f"| {row.name} | {row.n} | {row.draws} | {row.ship:.3f} | {other:.3f} | {row.hold:.3f} | {row.runs} |"
        )
    return "\n".join(lines)


MOVED = Harm("critical: 12% of CVs", 0.12, event="critical")
"""What can be told of critical values where they go wrong in both arms by chance."""


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
        "Unchanged, an equally good legacy beside it": [World(AA, n, legacy=True, runs=200) for n in sizes],
        "Unchanged, release profile": [World(released, n, runs=200) for n in (60, 80, 100)],
        "Unchanged, harder noise": [
            World(_named(AA, f"unchanged, {name}"), 60, noise=noise) for name, noise in harder.items()
        ],
        **{
            f"A true loss at the margin, {n} CVs": [World(harm, n, runs=runs) for harm in at_margin(n, GateConfig())]
            for n, runs in ((60, 600), (100, 300))
        },
        "A true loss at the margin, harder noise, 60 CVs": [
            World(_named(harm, f"{harm.name}; {name}"), 60, noise=noise, runs=300)
            for harm in (MOVED, *at_margin(60, GateConfig()))
            for name, noise in harder.items()
            if harm is MOVED or harm.event in ("lost_entries", "contract")
        ],
        "Seeded regressions, three draws": [World(harm, 60, runs=200) for harm in REGRESSIONS],
        "Seeded regressions, one draw": [World(harm, 60, 1, runs=200) for harm in REGRESSIONS],
        "Rare large drops": [World(harm, n, runs=300) for harm in RARE for n in (60, 100)],
        **_foreign_sections(),
        **_large(),
    }


def _foreign_sections() -> Mapping[str, Sequence[World]]:
    """Worlds in which mistakes stay with people (`harness.gates.foreign`)."""
    here = (foreign.STILL, foreign.STUCK, foreign.LIVE)
    return {
        "Unchanged or equally good, foreign noise": [
            World(_named(AA, world.name), 60, noise=world) for world in foreign.WORLDS
        ],
        "Foreign noise by people and draws": [
            World(_named(AA, world.name), n, draws, world, runs=100)
            for world in (*here, foreign.WILD, foreign.FROZEN, foreign.REWORDED)
            for draws in (1, 3, 5)
            for n in (20, 40, 60, 80, 100)
        ],
        "A true loss at the margin, foreign noise, 60 CVs": [
            World(_named(harm, f"{harm.name}; {world.name}"), 60, noise=world, runs=200)
            for world in here
            for harm in (MOVED, *at_margin(60, GateConfig()))
            if harm.event in ("critical", "lost_entries", "hallucinations", "contract") or harm.f1
        ],
        "Seeded regressions, foreign noise": [
            World(_named(harm, f"{harm.name}; {world.name}"), 60, noise=world, runs=60)
            for world in (foreign.STUCK, foreign.LIVE)
            for harm in REGRESSIONS
        ],
    }


def _large() -> Mapping[str, Sequence[World]]:
    """Corpora of a thousand people and more, where margins in points are far under what matters."""
    rate = GateConfig().rule("lost_entries").threshold
    harms = (
        AA,
        Harm("field accuracy −0.05 points", share=1.0, f1=-0.0005),
        Harm("field accuracy −1 point", share=1.0, f1=-0.01),
        Harm("field accuracy −2.0 points", share=1.0, f1=-0.02),
        *(
            Harm(f"{event}: {share:.1%} of CVs", share, event=event)
            for event in ("lost_entries", "critical")
            for share in (rate / 4, 2 * rate)
        ),
    )
    return {
        "Large corpora": [
            World(_named(harm, f"{harm.name}; {name}"), n, noise=noise, runs=40 if n < 10_000 else 10)
            for n in (1000, 10_000)
            for name, noise in (("even noise", Noise()), ("live", foreign.LIVE))
            for harm in harms
        ]
        + [
            World(_named(harm, f"{harm.name}; telephones that both arms invent"), n, noise=Noise(grave=0.002), runs=12)
            for n in (1000, 10_000)
            for harm in harms[:2]
        ],
    }


def _named(harm: Harm, name: str) -> Harm:
    return replace(harm, name=name)


def main(arguments: Sequence[str] | None = None, write: Callable[[str], object] = print) -> None:
    """Print the table of operating characteristics."""
    parser = argparse.ArgumentParser(prog="python -m harness.gates.calibration", description=main.__doc__)
    parser.add_argument("--runs", type=int, help="decisions simulated for each row (default: each row's own number)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="sections whose title holds this")
    parser.add_argument("--why", action="store_true", help="the gates that kept each row from SHIP")
    given = parser.parse_args(arguments)
    for title, worlds in sections().items():
        if given.only not in title:
            continue
        rows = [operate(replace(one, runs=given.runs or one.runs), seed=given.seed) for one in worlds]
        write(f"\n**{title}**\n\n{table(rows)}")
        if given.why:
            for row in rows:
                first = sorted(row.blame.items(), key=lambda item: -item[1])[:5]
                write(f"<!-- {row.name}, {row.n} × {row.draws}: {first} -->")
    if given.only in FOLLOWED_TITLE:
        runs = given.runs or 20
        found = [follow(harm, n, 3, runs, noise=noise, seed=given.seed) for harm, noise in FOLLOWED for n in (40, 60)]
        write(f"\n**{FOLLOWED_TITLE}**\n\n{followed_table(found)}")


if __name__ == "__main__":
    main()
