"""Rare harm has to show again: which CVs are asked again, and what their further draws do to the verdict."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import numpy as np
import pytest
from gates_harms import bundle, drop_role, gate, invent_certificate, javascript
from gates_worlds import Harm, answer_of, make_case, manifest, world
from hypothesis import given, settings
from hypothesis import strategies as some
from test_gates_evidence import BLANK, NAMED

from harness.base.types import Json
from harness.gates.calibration import REGRESSIONS, World, operate
from harness.gates.catalogue import COUNTED
from harness.gates.decide import decide, unconfirmed
from harness.gates.events import Events
from harness.gates.evidence import Evidence
from harness.gates.serial import verdict_from_dict, verdict_to_dict
from harness.gates.tables import events_from
from harness.gates.tally import events_of_all
from harness.gates.types import AGAIN, Case
from harness.replay.types import Arm

FEW = ("cv-004", "cv-011", "cv-023")


def in_draws(harm: Harm, draws: int) -> Harm:
    """`harm` in the first so many draws of each person."""
    seen: dict[str, int] = {}

    def some_draws(answer: Json, rng: random.Random) -> Json:
        name = answer["personal_info"]["name"]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= draws:
            harm(answer, rng)
        return answer

    return some_draws


def title_lost(answer: Json, rng: random.Random) -> None:
    answer["work_experience"][0]["title"] = "Somebody"


def phone_invented(answer: Json, rng: random.Random) -> None:
    answer["personal_info"]["phone"] = "+44 161 555 0199"


def hit(number: int) -> bool:
    return f"cv-{number:03}" in FEW


def further(harm: Harm | None, shown: int = 3, arms: tuple[str, ...] = ("candidate", "baseline")) -> list[Case]:
    """Two further draws of both arms on the few; `harm` in the candidate's, for the first `shown` of them."""
    cases = []
    for place, name in enumerate(FEW):
        number = int(name[3:])
        for arm in arms:
            for draw in (500, 501):
                rng = random.Random(f"{arm} {number} {draw}")
                answer = answer_of(number, rng)
                if harm is not None and arm == "candidate" and place < shown:
                    harm(answer, rng)
                cases.append(make_case(arm + AGAIN, number, draw, answer, rng))
    return cases


def test_what_shows_in_two_draws_of_three_waits_until_it_is_asked_again() -> None:
    cases = world(60, 3, in_draws(title_lost, 2), hit=hit)
    first = decide(Evidence.of(cases, manifest()))
    assert first.verdict == "INCONCLUSIVE"
    assert gate(first, "critical").unconfirmed == FEW
    assert unconfirmed(first) == (("candidate", "baseline"), FEW)

    shown = decide(Evidence.of([*cases, *further(title_lost)], manifest()))
    assert shown.verdict == "HOLD"
    assert "asked again, 3 of 3 showed it again" in gate(shown, "critical").reason
    assert unconfirmed(shown) == ((), ())

    refuted = decide(Evidence.of([*cases, *further(None)], manifest()))
    assert refuted.verdict == "SHIP"
    assert "asked again, 0 of 3 showed it again" in gate(refuted, "critical").reason

    one_left = decide(Evidence.of([*cases, *further(title_lost, shown=1)], manifest()))
    assert one_left.verdict == "SHIP"
    assert "1 of 60 CVs newly worse" in gate(one_left, "critical").reason


def test_with_one_draw_a_rare_loss_is_held_only_after_it_showed_again() -> None:
    cases = world(60, 1, drop_role, hit=hit)
    first = decide(Evidence.of(cases, manifest(draws=1)))
    assert first.verdict == "INCONCLUSIVE"
    assert set(FEW) <= set(unconfirmed(first)[1])
    held = decide(Evidence.of([*cases, *further(drop_role)], manifest(draws=1)))
    assert held.verdict == "HOLD"
    assert held.reasons[0] == gate(held, "lost_entries").reason


@pytest.mark.long
def test_a_hold_by_counting_that_does_not_show_again_waits() -> None:
    cases = world(60, 3, invent_certificate, hit=hit)
    first = decide(Evidence.of(cases, manifest()))
    assert first.verdict == "HOLD"
    assert unconfirmed(first) == (("candidate", "baseline"), FEW)
    assert decide(Evidence.of([*cases, *further(invent_certificate)], manifest())).verdict == "HOLD"
    again = decide(Evidence.of([*cases, *further(None)], manifest()))
    assert again.verdict == "INCONCLUSIVE"  # three draws of five are still most of them
    assert "asked again, 3 of 3" in gate(again, "hallucinations").reason


def test_an_invented_phone_in_one_draw_waits_until_it_is_asked_again() -> None:
    cases = world(60, 3, in_draws(phone_invented, 1), hit=lambda number: number == 4)
    first = decide(Evidence.of(cases, manifest()))
    assert first.verdict == "INCONCLUSIVE"
    assert first.reasons[0].startswith("personal_info.phone: invented, the CV does not have it")
    assert unconfirmed(first) == (("candidate", "baseline"), ("cv-004",))
    held = decide(Evidence.of([*cases, *further(phone_invented)], manifest()))
    assert held.verdict == "HOLD"
    assert held.reasons[0].startswith("personal_info.phone: invented, the CV does not have it")
    assert decide(Evidence.of([*cases, *further(None)], manifest())).verdict == "SHIP"


def test_a_substitution_seen_in_one_draw_is_asked_again() -> None:
    java = tuple(f"cv-{number:03}" for number in (5, 10, 20))
    cases = world(60, 1, javascript, hit=lambda number: number in (5, 10, 20))
    first = decide(Evidence.of(cases, manifest(draws=1)))
    assert gate(first, "substitutions").status == "INCONCLUSIVE"
    assert set(gate(first, "substitutions").unconfirmed) == set(java)

    def again(harmed: bool) -> list[Case]:
        made = []
        for number in (5, 10, 20):
            for draw in (500, 501):
                rng = random.Random(f"{number} {draw}")
                answer = answer_of(number, rng, noise=0)
                if harmed:
                    javascript(answer, rng)
                made.append(make_case("candidate" + AGAIN, number, draw, answer, rng))
        return made

    assert gate(decide(Evidence.of([*cases, *again(True)], manifest(draws=1))), "substitutions").status == "FAIL"
    assert gate(decide(Evidence.of([*cases, *again(False)], manifest(draws=1))), "substitutions").status == "PASS"


@pytest.mark.long
def test_harm_that_is_shown_without_counting_asks_nothing_again() -> None:
    verdict = decide(Evidence.of(world(60, 3, drop_role), manifest()))
    assert verdict.verdict == "HOLD"
    assert unconfirmed(verdict) == ((), ())


def test_the_accepted_assistant_is_not_asked_again() -> None:
    arms = tuple(Arm(name, "assistant", bundle("same"), "m", "openai", range(3)) for name in ("baseline", "candidate"))
    cases = world(60, 3, in_draws(title_lost, 2), hit=hit)
    verdict = decide(Evidence.of(cases, dataclasses.replace(manifest(), arms=arms)))
    assert verdict.identical
    assert unconfirmed(verdict) == ((), ())


def test_further_draws_change_no_mean_and_no_total() -> None:
    cases = world(60, 3, in_draws(title_lost, 2), hit=hit)
    before = decide(Evidence.of(cases, manifest()))
    after = decide(Evidence.of([*cases, *further(title_lost)], manifest()))
    for name in ("accuracy", "tokens", "cost", "latency_p50", "group_work_core"):
        assert gate(before, name).delta == gate(after, name).delta, name


def test_the_documents_to_ask_again_survive_json() -> None:
    verdict = decide(Evidence.of(world(60, 3, in_draws(title_lost, 2), hit=hit), manifest()))
    given_back = verdict_from_dict(verdict_to_dict(verdict))
    assert gate(given_back, "critical").unconfirmed == FEW
    old = verdict_to_dict(verdict)
    for comparison in old["comparisons"]:
        for each in comparison["gates"]:
            del each["unconfirmed"]  # written before there was such a thing
    assert gate(verdict_from_dict(old), "critical").unconfirmed == ()


@settings(max_examples=60, deadline=None)
@given(
    some.sampled_from(["critical", "lost_entries", "contract"]),
    some.integers(1, 4),
    some.integers(0, 10**6),
)
def test_tables_and_cases_give_the_same_events_after_asking_again(event: str, draws: int, seed: int) -> None:
    items, people = (1 if event == "contract" else 3), 6
    rng = np.random.default_rng(seed)
    first, again = ([rng.random((people, many, items)) < 0.5 for _ in range(2)] for many in (draws, 2))
    asked = rng.random(people) < 0.6

    def seen(table: np.ndarray, row_there: Callable[[int], bool]) -> dict[str, dict[int, object]]:
        return {
            f"d{row}": {
                draw: dataclasses.replace(
                    BLANK, bad={event: frozenset(f"i{item}" for item in range(items) if table[row, draw, item])}
                )
                for draw in range(table.shape[1])
            }
            for row in range(people)
            if row_there(row)
        }

    personas = {f"p{row}": (f"d{row}",) for row in range(people)}
    one, two = (seen(table, lambda _: True) for table in first)
    more = tuple(seen(table, lambda row: bool(asked[row])) for table in again)
    of_cases = events_of_all({event: COUNTED[event]}, personas, one, two, 3, more)[event]  # type: ignore[arg-type]
    of_tables = events_from(first[0], first[1], COUNTED[event], 3, again=(again[0], again[1]), asked=asked)
    for name in (field.name for field in dataclasses.fields(Events)):
        if name not in NAMED:
            assert np.asarray(getattr(of_cases, name)) == pytest.approx(np.asarray(getattr(of_tables, name))), name
    for name in ("lost", "gained", "chance"):
        steady = (np.asarray(getattr(of.steady, name)) for of in (of_cases, of_tables))
        assert next(steady) == pytest.approx(next(steady)), name


@pytest.mark.long
def test_asking_again_makes_a_quick_look_able_to_decide() -> None:
    harm = next(harm for harm in REGRESSIONS if harm.name == "a role dropped in 10 % of CVs")
    alone, again = (operate(World(harm, 60, 1, runs=40), seed=5, again=asked) for asked in (False, True))
    assert again.hold > alone.hold
    assert again.hold >= 0.85


def test_one_further_draw_of_two_confirms_nothing() -> None:
    cases = world(60, 3, in_draws(title_lost, 2), hit=hit)
    once = [case for case in further(title_lost) if case.record.draw == 500]
    verdict = decide(Evidence.of([*cases, *once], manifest()))
    assert verdict.verdict == "INCONCLUSIVE"
    assert gate(verdict, "critical").unconfirmed == FEW
