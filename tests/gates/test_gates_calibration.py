"""The whole decision on simulated worlds: a short seeded run here, the published one with `-m long`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.gates import foreign
from harness.gates.calibration import (
    AA,
    FOLLOWED,
    MOVED,
    REGRESSIONS,
    World,
    at_margin,
    configuration,
    follow,
    main,
    operate,
    operate_by_looks,
    sections,
    table,
)
from harness.gates.config import GateConfig
from harness.gates.harm import Harm
from harness.gates.simulated import Noise

FAST = replace(GateConfig(), resamples=1999)


@pytest.mark.long
def test_an_unchanged_assistant_ships_and_is_not_held() -> None:
    row = operate(World(AA, 60, runs=100), config=FAST)
    assert row.ship >= 0.90
    assert row.hold <= 0.05


@pytest.mark.long
def test_a_loss_at_the_margin_ships_rarely() -> None:
    for harm in at_margin(60, FAST)[:2]:
        assert operate(World(harm, 60, runs=60), config=FAST).ship <= 0.12, harm.name


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("harm", [REGRESSIONS[0], REGRESSIONS[4], REGRESSIONS[9]], ids=lambda harm: harm.name)
def test_a_seeded_regression_is_held(harm: Harm) -> None:
    assert operate(World(harm, 60, runs=40), config=FAST).hold >= 0.85


def test_the_same_seed_gives_the_same_table() -> None:
    one, two = (operate(World(AA, 40, runs=8), seed=5, config=FAST) for _ in range(2))
    assert one == two
    assert "| unchanged assistant (A/A) | 40 | 3 |" in table([one])


def test_the_script_prints_the_sections_asked_for() -> None:
    said: list[str] = []
    main(["--runs", "1", "--only", "Rare", "--why"], said.append)
    assert said[0].startswith("\n**Rare large drops**")
    assert len(said) == 7
    assert len(sections()) == 15


def test_the_published_table_is_in_the_documentation() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "gating.md").read_text(encoding="utf-8")
    for harm in (AA, *REGRESSIONS):
        assert f"| {harm.name} | 60 | 3 |" in text, harm.name


RUNS = 300
SLACK = 1.65 * (0.06 * 0.94 / RUNS) ** 0.5
"""What 95 % of simulations of this length stay within, were the rate exactly .06."""


@pytest.mark.long
@pytest.mark.parametrize("n", [40, 60, 80, 100])
def test_operating_characteristics_unchanged(n: int) -> None:
    row = operate(World(AA, n, runs=RUNS), seed=11)
    assert row.hold <= 0.05
    assert row.ship >= 0.80
    assert operate(World(AA, n, 1, runs=RUNS), seed=11).hold <= 0.05 + SLACK


@pytest.mark.long
def test_operating_characteristics_of_a_release_on_gate_and_sealed_splits() -> None:
    row = operate(World(replace(AA, profile="release"), 80, runs=RUNS), seed=11)
    assert row.hold <= 0.05
    assert row.ship >= 0.80


@pytest.mark.long
@pytest.mark.parametrize("harm", at_margin(60, GateConfig()), ids=lambda harm: harm.name)
def test_operating_characteristics_at_the_margin(harm: Harm) -> None:
    """Of so many rows one in twenty is over its slack by luck: it is run five times as long, and held to that."""
    if operate(World(harm, 60, runs=RUNS), seed=11).ship > 0.06 + SLACK:
        assert operate(World(harm, 60, runs=5 * RUNS), seed=11).ship <= 0.06 + SLACK / 5**0.5


@pytest.mark.long
@pytest.mark.parametrize("harm", REGRESSIONS, ids=lambda harm: harm.name)
def test_operating_characteristics_of_seeded_regressions(harm: Harm) -> None:
    """Without any allowance: a row that is short of it by luck is run five times as long, and held to it then."""
    if operate(World(harm, 60, runs=RUNS), seed=11).hold < 0.90:
        assert operate(World(harm, 60, runs=5 * RUNS), seed=11).hold >= 0.90


@pytest.mark.long
def test_worse_noise_makes_it_wait_and_not_hold() -> None:
    for noise in (Noise(unparseable=0.005), Noise(critical=0.05), Noise(sticky=0.5), Noise(f1=0.08)):
        row = operate(World(AA, 60, noise=noise, runs=RUNS), seed=11, config=configuration("ci"))
        assert row.hold <= 0.05


@pytest.mark.long
@pytest.mark.parametrize("noise", [Noise(critical=0.05), Noise(sticky=0.5)], ids=["flips", "coin tosses"])
def test_worse_noise_lets_no_loss_at_the_margin_through(noise: Noise) -> None:
    assert operate(World(MOVED, 60, noise=noise, runs=RUNS), seed=11).ship <= 0.06 + SLACK


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("world", [foreign.STILL, foreign.STUCK], ids=lambda world: world.name)
def test_an_assistant_whose_mistakes_stay_with_people_ships(world: foreign.World) -> None:
    row = operate(World(AA, 60, noise=world, runs=25), config=FAST)
    assert (row.ship, row.hold) == (1.0, 0.0)


@pytest.mark.long
def test_in_a_still_world_a_lost_role_in_one_cv_of_ten_is_held() -> None:
    assert operate(World(REGRESSIONS[0], 60, noise=foreign.STILL, runs=40), config=FAST).hold >= 0.85


def test_a_reworded_assistant_makes_as_many_mistakes_elsewhere() -> None:
    found = foreign.answers(np.random.default_rng(3), 400, 1, foreign.COLD)
    right = [side.correct.sum() for side in (found.candidate, found.other)]
    assert right[0] == right[1]
    moved = (found.candidate.correct != found.other.correct).any(axis=(1, 2))
    assert 0.3 < moved.mean() < 0.9


def test_frozen_draws_are_all_the_same() -> None:
    found = foreign.answers(np.random.default_rng(3), 50, 3, foreign.FROZEN)
    for side in (found.candidate, found.other):
        assert (side.f1() == side.f1()[:, :1]).all()
    assert (found.candidate.f1() != found.other.f1()).any()


@pytest.mark.long
@pytest.mark.parametrize("world", [foreign.STILL, foreign.STUCK, foreign.LIVE], ids=lambda world: world.name)
def test_operating_characteristics_in_foreign_noise(world: foreign.World) -> None:
    row = operate(World(AA, 60, noise=world, runs=RUNS), seed=11)
    assert row.hold <= 0.03 + SLACK
    assert row.ship >= 0.90 - SLACK


@pytest.mark.long
@pytest.mark.parametrize("world", [foreign.REWORDED, foreign.COLD, foreign.FROZEN], ids=lambda world: world.name)
def test_as_many_mistakes_elsewhere_are_not_held(world: foreign.World) -> None:
    row = operate(World(AA, 60, noise=world, runs=RUNS), seed=11)
    assert row.hold <= 0.05 + SLACK
    assert row.ship >= 0.70


@pytest.mark.long
def test_nor_are_draws_that_never_change_among_forty_people() -> None:
    assert operate(World(AA, 40, noise=foreign.FROZEN, runs=RUNS), seed=11, config=FAST).hold <= 0.05


@pytest.mark.long
@pytest.mark.parametrize("event", ["lost_entries", "critical", "hallucinations"])
def test_operating_characteristics_by_looks(event: str) -> None:
    harm = Harm(f"{event}: 7.7% of CVs", 0.077, event=event)
    assert operate_by_looks(harm, (20, 40, 60), 3, RUNS, seed=11).ship <= 0.08 + SLACK


@pytest.mark.long
def test_of_twenty_edits_at_the_margin_fewer_ship() -> None:
    """Series of twenty tries against one baseline, the k-th at the level of its look; in two thirds of them one shipped
    where every look had the first one's level."""
    harm = Harm("lost_entries: 7.7% of CVs", 0.077, event="lost_entries")
    missed = 1.0
    for look in range(1, 21):
        missed *= 1 - operate(World(harm, 60, runs=40), seed=11 + look, look=look, config=FAST).ship
    assert 1 - missed <= 0.35


@pytest.mark.long
@pytest.mark.parametrize("noise", [Noise(), foreign.LIVE], ids=["even", "live"])
def test_a_thousand_people_are_decided_by_what_matters(noise: Noise | foreign.World) -> None:
    def of(harm: Harm) -> tuple[float, float]:
        row = operate(World(harm, 1000, noise=noise, runs=8), seed=11, config=FAST)
        return row.ship, row.hold

    assert of(AA)[0] >= 0.85
    assert of(Harm("−0.05 points", share=1.0, f1=-0.0005))[1] == 0
    assert of(Harm("lost_entries: 0.5% of CVs", 0.005, event="lost_entries"))[1] == 0
    assert of(Harm("lost_entries: 4% of CVs", 0.04, event="lost_entries"))[1] >= 0.85
    assert of(Harm("−2.1 points", share=1.0, f1=-0.021))[0] == 0


@pytest.mark.long
def test_ten_thousand_people_are_decided() -> None:
    assert operate(World(Harm("−0.05 points", share=1.0, f1=-0.0005), 10_000, runs=1)).ship == 1.0


@pytest.mark.long
def test_who_follows_the_number_of_cvs_asked_for_gets_a_decision() -> None:
    worlds = [(harm, noise) for harm, noise in FOLLOWED if harm.event == "lost_entries" or noise is foreign.LIVE]
    found = [follow(harm, n, 3, 6, noise=noise) for harm, noise in worlds for n in (40, 60)]
    settled, still = sum(row.ship + row.hold for row in found), sum(row.open for row in found)
    assert settled + still >= 20
    assert settled / (settled + still) >= 0.8
