"""What is in every draw: told apart from what comes and goes in both arms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.gates import foreign
from harness.gates.calibration import AA, REGRESSIONS, World, configuration, operate
from harness.gates.config import GateConfig
from harness.gates.context import Context
from harness.gates.counts import Moved, more_people
from harness.gates.decide import judge, unconfirmed
from harness.gates.harm import Harm
from harness.gates.pairs import Pair
from harness.gates.simulated import Noise, simulate
from harness.gates.steady import Steady, keeps, steady_of
from harness.gates.unsure import unseen_losses, unsure_gains

FAST = replace(configuration("ci"), resamples=1999)
CONFIG = GateConfig()
DIVISION = next(harm for harm in REGRESSIONS if harm.name == "division dropped in 10 % of CVs")


def tossed(people: int, draws: int, seed: int) -> np.ndarray:
    """Person × draw × one value as hard as a coin toss."""
    return np.random.default_rng(seed).random((people, draws, 1)) < 0.5


def of(mine: np.ndarray, theirs: np.ndarray, *, least: int = 3, unpaid: bool = False) -> Steady:
    number = [np.full(len(side), float(side.shape[1])) for side in (mine, theirs)]
    bad = [side.sum(axis=1).astype(float) for side in (mine, theirs)]
    first = mine[:, 0], theirs[:, 0]
    return steady_of((bad[0], bad[1]), (number[0], number[1]), first, least, unpaid=unpaid)


def test_what_flickers_in_both_arms_is_seldom_in_every_draw_of_one() -> None:
    found = of(tossed(64_000, 3, 1), tossed(64_000, 3, 2))
    assert found.worse / 64_000 == pytest.approx(1 / 64, rel=0.1)
    assert found.better / 64_000 == pytest.approx(1 / 64, rel=0.1)
    assert found.chance.sum() == pytest.approx(found.worse, rel=0.1)  # what dealing the draws anew foretells


def test_two_runs_of_one_assistant_seldom_look_like_harm() -> None:
    """At the level of `unconfirmed`, whatever share of values is hard."""
    low = [of(tossed(60, 3, 2 * seed), tossed(60, 3, 2 * seed + 1)).noise() for seed in range(1000, 1150)]
    assert np.mean([p <= 0.05 for p in low]) <= 0.05


def test_a_value_lost_in_every_draw_beside_many_coin_tosses_is_seen() -> None:
    mine, theirs = tossed(60, 3, 5), tossed(60, 3, 6)
    lost, right = np.ones((6, 3, 1), dtype=bool), np.zeros((6, 3, 1), dtype=bool)
    found = of(np.vstack([mine, lost]), np.vstack([theirs, right]))
    assert found.worse >= 6
    assert found.shown(3, 0.0, CONFIG)
    assert not found.kept(66, CONFIG, 0.95)
    back = of(np.vstack([theirs, right]), np.vstack([mine, lost]))
    assert (back.worse, back.better) == (found.better, found.worse)
    assert not back.shown(3, 0.0, CONFIG)


def test_too_few_draws_say_nothing_of_every_draw() -> None:
    lost, right = np.ones((30, 2, 1), dtype=bool), np.zeros((30, 2, 1), dtype=bool)
    assert of(lost, right).worse == 0
    assert of(lost, right, least=2).worse == 30


def test_an_arm_whose_draws_are_all_alike_is_not_blamed_for_the_other_ones_flicker() -> None:
    """One draw of it, again and again, beside three that differ: as many people to either side."""
    worse = better = 0
    for seed in range(40):
        one = np.repeat(tossed(200, 1, 3000 + seed), 3, axis=1)
        found = of(one, tossed(200, 3, 4000 + seed))
        worse, better = worse + found.worse, better + found.better
        assert not found.shown(6, 0.0, CONFIG)
    assert worse / better == pytest.approx(1, rel=0.1)


def test_an_item_won_makes_a_lost_one_good_unless_it_may_not() -> None:
    mine = np.zeros((1, 3, 2), dtype=bool)
    theirs = mine.copy()
    mine[0, :, 0], theirs[0, :, 1] = True, True
    both = of(mine, theirs)
    assert (both.worse, both.better) == (0, 0)
    unpaid = of(mine, theirs, unpaid=True)
    assert (unpaid.worse, unpaid.better) == (1, 1)


def test_who_won_something_speaks_for_a_rewording_even_where_more_was_lost() -> None:
    """Three people who lost for good, nobody else moved: harm. One of them won another value: mistakes elsewhere."""
    mine, theirs = np.zeros((60, 3, 2), dtype=bool), np.zeros((60, 3, 2), dtype=bool)
    mine[:3, :, 0] = True
    assert of(mine, theirs).shown(3, 0.0, CONFIG)
    wide = np.concatenate([mine, np.zeros((60, 3, 1), dtype=bool)], axis=2)
    other = np.zeros_like(wide)
    wide[0, :, 2], other[0, :, 1] = True, True
    found = of(wide, other)
    assert (found.worse, found.better, found.mended) == (3, 0, 1)
    assert not found.shown(3, 0.0, CONFIG)


@pytest.mark.parametrize(("worse", "better", "kept"), [(1, 0, True), (2, 0, False), (6, 1, False), (11, 10, True)])
def test_the_net_rate_of_sixty_people_is_kept_under_the_margin(worse: int, better: int, kept: bool) -> None:
    assert keeps(worse, better, 60, CONFIG, 0.95) is kept


@pytest.mark.parametrize("asked", [[], [f"p{row}" for row in range(4)]])
def test_a_rate_over_its_limit_in_one_draw_asks_nobody_again(asked: list[str]) -> None:
    """It holds whatever further draws show, so that they would cost money for nothing."""
    broken, whole = np.zeros((60, 3, 1), dtype=bool), np.zeros((60, 3, 1), dtype=bool)
    broken[:4, 0] = True
    found = simulate(np.random.default_rng(4), 60, 1, AA, Noise(f1=0.01, critical=0.0, invalid=0.0, others=0.0))
    first = {**found.first, "contract": (broken[:, :1], whole[:, :1])}
    further = {**found.events, "contract": (broken[:, 1:], whole[:, 1:])}
    verdict = judge([replace(found, first=first, events=further).ask(asked)], FAST, Context())
    (gate,) = (gate for gate in verdict.comparisons[0].gates if gate.name == "contract")
    assert (gate.status, gate.unconfirmed, unconfirmed(verdict)) == ("FAIL", (), ((), ()))


@pytest.mark.long
def test_where_much_comes_and_goes_a_lost_employer_does_not_hide() -> None:
    for harm in (Harm("critical: 7.7% of CVs", 0.077, event="critical"), DIVISION):
        row = operate(World(harm, 60, noise=foreign.LIVE, runs=100), config=FAST, seed=11)
        assert row.ship <= 0.10, harm.name
        assert row.hold >= 0.70, harm.name


@pytest.mark.long
def test_what_flickers_alone_still_ships() -> None:
    row = operate(World(AA, 60, noise=foreign.LIVE, runs=100), config=FAST, seed=11)
    assert row.ship >= 0.80
    assert row.hold <= 0.05


def lasting(flickering: int, *, asked: bool | list[str], alike: bool = False) -> Pair:
    """Sixty people of whom two lost a value in every draw and one won one, beside as many coin tosses; alike: in the
    other arm alone, beside one who lost one and won one."""
    rng = np.random.default_rng(3)
    mine, theirs = np.zeros((60, 5, 2), dtype=bool), np.zeros((60, 5, 2), dtype=bool)
    mine[:2, :, 0], theirs[2:3, :, 0] = True, True
    for row in range(10, 10 + flickering):
        theirs[row, :, 0] = rng.permutation([True, False, True, False, False])
        mine[row, :, 0] = theirs[row, 0, 0] if alike else rng.permutation([True, False, True, False, False])
    if alike:
        mine[5, :, 0], theirs[5, :, 1] = True, True
    found = simulate(rng, 60, 3, AA, Noise(critical=0.0))
    first = {**found.first, "critical": (mine[:, :3], theirs[:, :3])}
    further = {**found.events, "critical": (mine[:, 3:], theirs[:, 3:])}
    told = [f"p{row}" for row in range(60)] if asked is True else asked or []
    return replace(found, first=first, events=further).ask(told)


@pytest.mark.parametrize(
    ("flickering", "asked", "status", "said"),
    [
        (0, False, "PASS", ""),
        (8, False, "INCONCLUSIVE", "in every answer 2 worse, 1 better (1 of the better in too few answers to count)"),
        (8, True, "PASS", ""),
    ],
)
def test_a_gain_pays_for_a_lasting_loss_only_where_chance_does_not_show_one(
    flickering: int, asked: bool, status: str, said: str
) -> None:
    verdict = judge([lasting(flickering, asked=asked)], FAST, Context())
    (found,) = (gate for gate in verdict.comparisons[0].gates if gate.name == "critical")
    assert found.status == status
    assert said in found.reason
    if status != "PASS":
        assert "p2" in found.unconfirmed  # the one who won it is asked again


def test_a_gain_of_an_arm_whose_draws_are_all_alike_waits_for_no_further_ones() -> None:
    pair = lasting(8, asked=False, alike=True)
    steady = pair.events["critical"].steady
    assert steady is not None
    assert (steady.alike, steady.worse, steady.better) == (True, 2, 1)
    assert not unsure_gains(pair.events["critical"], 3, 60, FAST).any()
    assert unsure_gains(lasting(8, asked=False).events["critical"], 3, 60, FAST).tolist()[2]


def once(lost: int, *, asked: bool) -> Pair:
    """Sixty people asked once, of whom some lost a value for good and twelve slipped once, six in each arm."""
    rng = np.random.default_rng(4)
    mine, theirs = np.zeros((60, 3, 2), dtype=bool), np.zeros((60, 3, 2), dtype=bool)
    mine[:lost, :, 0] = mine[20:26, 0, 1] = theirs[30:36, 0, 1] = True
    found = simulate(rng, 60, 1, AA, Noise(f1=0.01, critical=0.0, invalid=0.0, others=0.0))
    first = {**found.first, "critical": (mine[:, :1], theirs[:, :1])}
    further = {**found.events, "critical": (mine[:, 1:], theirs[:, 1:])}
    return replace(found, first=first, events=further).ask([f"p{row}" for row in range(60)] if asked else [])


@pytest.mark.parametrize(
    ("lost", "asked", "status"),
    [(0, False, "INCONCLUSIVE"), (0, True, "PASS"), (5, False, "INCONCLUSIVE"), (5, True, "FAIL")],
)
def test_what_one_draw_shows_passes_only_where_further_ones_tell_what_stays(
    lost: int, asked: bool, status: str
) -> None:
    """One draw shows a value that is lost for good as it shows a slip: among slips in both arms it would hide."""
    verdict = judge([once(lost, asked=asked)], FAST, Context())
    (found,) = (gate for gate in verdict.comparisons[0].gates if gate.name == "critical")
    assert found.status == status
    if not asked:
        assert {"p20", "p30"} <= set(found.unconfirmed)


def test_a_slip_that_may_be_lost_for_good_asks_nobody_again() -> None:
    pair = once(0, asked=False)
    events = pair.events["critical"]
    assert unseen_losses(events, 60, FAST).sum() == 12
    few = replace(events, lost=events.lost & (np.arange(60) == 20))
    assert not unseen_losses(few, 60, FAST).any()
    assert not unseen_losses(once(0, asked=True).events["critical"], 60, FAST).any()
    assert not unseen_losses(replace(events, able=np.ones(60, dtype=bool)), 60, FAST).any()


@pytest.mark.long
def test_where_much_comes_and_goes_a_lost_employer_does_not_hide_from_one_draw() -> None:
    for draws, share, most in ((1, 0.077, 0.25), (1, 0.12, 0.08), (2, 0.12, 0.08)):
        world = World(Harm("critical", share, event="critical"), 60, draws, noise=foreign.LIVE, runs=40)
        assert operate(world, config=FAST, seed=11).ship <= most


def beside_flicker(people: int, draws: int, *, lost: int, won: int, flickering: int, slips: int, items: int) -> Pair:
    """People who lost, or won, one of so many values for good, beside as many who flicker in both arms, and so many
    who slip once in either."""
    rng = np.random.default_rng(3)
    mine, theirs = np.zeros((people, 5, items), dtype=bool), np.zeros((people, 5, items), dtype=bool)
    mine[:lost, :, 0], theirs[lost : lost + won, :, 0] = True, True
    for row in range(20, 20 + flickering):
        theirs[row, :, 0] = rng.permutation([True, False, True, False, False])
        mine[row, :, 0] = rng.permutation([True, False, True, False, False])
    slipping = 20 + flickering
    mine[slipping : slipping + slips, 0, 1] = theirs[slipping + slips : slipping + 2 * slips, 0, 1] = True
    found = simulate(rng, people, draws, AA, Noise(f1=0.01, critical=0.0, invalid=0.0, others=0.0))
    first = {**found.first, "critical": (mine[:, :draws], theirs[:, :draws])}
    return replace(found, first=first, events={**found.events, "critical": (mine[:, draws:], theirs[:, draws:])})


@pytest.mark.parametrize(("lost", "status"), [(0, "PASS"), (4, "INCONCLUSIVE")])
def test_a_loss_that_stays_does_not_pass_by_its_share_of_many_values(lost: int, status: str) -> None:
    pair = beside_flicker(60, 3, lost=lost, won=2, flickering=12, slips=0, items=40)
    verdict = judge([pair.ask([f"p{row}" for row in range(60)])], FAST, Context())
    (found,) = (gate for gate in verdict.comparisons[0].gates if gate.name == "critical")
    assert (found.status, found.unconfirmed) == (status, ())


@pytest.mark.parametrize(("lost", "status"), [(0, "PASS"), (4, "INCONCLUSIVE")])
def test_few_losses_of_one_draw_are_asked_again_where_they_may_stay(lost: int, status: str) -> None:
    pair = beside_flicker(100, 1, lost=lost, won=0, flickering=2, slips=1, items=2).ask([])
    verdict = judge([pair], FAST, Context())
    (found,) = (gate for gate in verdict.comparisons[0].gates if gate.name == "critical")
    assert found.status == status
    assert {f"p{row}" for row in range(lost)} <= set(found.unconfirmed)


def test_who_was_asked_again_is_not_waited_for() -> None:
    """Who won something was asked again, those who flicker were not: the gain stays and counts."""
    assert unsure_gains(lasting(8, asked=False).events["critical"], 3, 60, FAST).tolist()[2]
    assert not unsure_gains(lasting(8, asked=["p2"]).events["critical"], 3, 60, FAST).any()


def test_losses_of_one_draw_count_as_lasting_ones_in_how_many_more_people_are_needed() -> None:
    """Among six slips in either arm: as many more as would keep three losses, if they stay, under the margin are out of
    reach; if they do not, they are not."""
    events = once(3, asked=False).events["critical"]
    nobody, unseen = np.zeros(60, dtype=bool), unseen_losses(events, 60, FAST)
    moved = Moved.of(events)
    assert more_people(events, moved, (nobody, unseen), FAST) is None
    assert more_people(events, moved, (nobody, nobody), FAST) is not None
