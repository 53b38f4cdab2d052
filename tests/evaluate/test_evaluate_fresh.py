"""Draws that nobody has seen: what `--pair-live` and a release ask for, and that later runs find them again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from harness.base.errors import RecordingsMissingError, UsageError
from harness.cli.plans import plan_of, plan_of_run
from harness.cli.settings import Settings
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.record import record
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.arms import build_arms
from harness.evaluate.setup.estimate import TooExpensiveError
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.listener import Silent
from harness.models.recordings import RecordingStore
from harness.replay.runs import find_run
from harness.replay.store import RunStore
from harness.review.acceptance import load_accepted
from harness.review.looks import looks

QUICK = Plan(repeat=1)
FRESH = replace(QUICK, fresh=True)


def draws(evaluation):
    return {arm.id: (arm.draws.start, arm.draws.stop) for arm in evaluation.manifest.arms}


def records(evaluation):
    with RunStore.open(evaluation.folder) as store:
        return list(store.records())


def sources(evaluation):
    return {record.arm: record.source for record in records(evaluation)}


def accept(project):
    return accept_run(project, None, reason="because", by="A Person", override=True, environment={})[0]


def edit(project):
    """The candidate sends something else, and means the same."""
    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    text = path.read_text(encoding="utf-8")
    assert "Report only what the CV says" in text
    path.write_text(text.replace("Report only what the CV says", "Say only what the CV says"), encoding="utf-8")


@pytest.mark.long
def test_each_fresh_run_is_on_new_draws_and_a_look_of_its_own(finished_project):
    edit(finished_project)
    first, second = evaluate(finished_project, FRESH), evaluate(finished_project, FRESH)
    assert draws(first) == dict.fromkeys(("legacy", "baseline", "candidate"), (1, 2))
    assert "new answers (draws), from 1 on (`--first-draw 1` asks for the same again)" in first.notes
    assert draws(second) == dict.fromkeys(("legacy", "baseline", "candidate"), (2, 3))
    assert set(sources(second).values()) == {"simulated"}
    answers = [{r.document_id: r.answer for r in records(each) if r.arm == "candidate"} for each in (first, second)]
    assert answers[0] != answers[1], "new draws must not be the old answers"
    assert len({look.evidence for look in looks(finished_project)}) == 2
    assert second.verdict.look == first.verdict.look + 1


def test_what_only_the_candidate_was_asked_is_seen_too(finished_project):
    alone = replace(FRESH, arms=("candidate",))
    assert draws(evaluate(finished_project, alone)) == {"candidate": (1, 2)}
    assert draws(evaluate(finished_project, alone)) == {"candidate": (2, 3)}


@pytest.mark.long
def test_a_run_can_be_made_again_on_the_same_draws(finished_project):
    first = evaluate(finished_project, FRESH)
    again = evaluate(finished_project, replace(FRESH, first_draw=1))
    assert draws(again) == draws(first)
    assert [r.answer for r in records(again)] == [r.answer for r in records(first)]
    assert plan_of_run(again.manifest, Settings()).first_draw == 1
    assert plan_of_run(again.manifest, Settings()).fresh


@pytest.mark.long
def test_an_accepted_fresh_run_is_what_later_runs_replay(finished_project):
    evaluate(finished_project, replace(FRESH, first_draw=3, repeat=2))
    accepted = accept(finished_project)
    assert (accepted.first_draw, accepted.draws) == (3, 2)
    assert load_accepted(finished_project, accepted.origin)[0].first_draw == 3
    for path in finished_project.local_recordings.rglob("*.gz"):
        path.unlink()  # what is committed is enough
    plan = replace(QUICK, repeat=2)
    plain = evaluate(finished_project, plan)
    assert draws(plain) == dict.fromkeys(("legacy", "baseline", "candidate"), (3, 5))
    assert sources(plain) == {"legacy": "recorded", "baseline": "recorded", "candidate": "simulated"}
    assert plain.replay.missing == ()
    assert plain.verdict.identical
    answers = {(r.arm, r.document_id, r.draw): r.answer for r in records(plain)}
    assert all(answers["baseline", d, n] == answer for (arm, d, n), answer in answers.items() if arm == "candidate")

    edit(finished_project)
    same = evaluate(finished_project, plan)
    assert not same.verdict.identical
    against = next(one for one in same.verdict.comparisons if one.against == "baseline")
    gates = {gate.name: gate for gate in against.gates}
    assert not [name for name, gate in gates.items() if gate.status == "FAIL"]
    assert {gates[name].delta.value for name in ("critical", "lost_entries", "hallucinations", "contract")} == {0}
    assert abs(gates["accuracy"].delta.value) < 0.005, "what a wording draws anew, far less than other draws would"

    record(finished_project, plan, listener=Silent())
    made = find_run(finished_project)
    assert {arm.draws for arm in made.readable().arms} == {range(3, 5)}
    assert {r.arm: r.source for r in records(made)} == {
        "legacy": "recorded",
        "baseline": "recorded",
        "candidate": "simulated",
    }


def test_noise_is_measured_on_the_draws_right_after(finished_project):
    evaluation = evaluate(finished_project, replace(FRESH, aa=True))
    assert draws(evaluation)["baseline"] == (1, 2)
    assert draws(evaluation)["baseline@aa"] == (2, 3)
    assert RecordingStore.of(finished_project).next_draw(evaluation.verdict.origin) == 3


def test_without_anybody_to_ask_the_accepted_draws_are_replayed(finished_project):
    kept = finished_project.baseline / "simulator"
    for name in ("accepted.json", "anchor.json"):
        record = json.loads((kept / name).read_text()) | {"origin": "openai", "first_draw": 6}
        (kept / name).write_text(json.dumps(record))
    kept.rename(finished_project.baseline / "openai")
    recordings = RecordingStore.of(finished_project)
    arms = build_arms(finished_project, FRESH, Provider("openai", None), recordings, date(2026, 11, 22))
    assert {(arm.policy, arm.draws) for arm in arms.arms} == {("replay_only", range(6, 7))}
    assert not any("new answers" in note for note in arms.notes)


@pytest.mark.parametrize("plan", [replace(QUICK, first_draw=500), replace(QUICK, first_draw=-1), Plan(repeat=501)])
def test_a_run_keeps_to_its_own_draws(finished_project, plan):
    with pytest.raises(UsageError, match="a run's own draws are 0 to 499"):
        evaluate(finished_project, plan)


def test_a_release_asks_for_new_draws_of_both_splits():
    release, plain = plan_of(Settings(profile="release")), plan_of(Settings())
    assert (release.fresh, release.splits) == (True, ("gate", "sealed"))
    assert (plain.fresh, plain.splits) == (False, ("gate",))


def test_a_release_that_would_cost_too_much_is_refused_before_its_first_call(finished_project, monkeypatch):
    monkeypatch.setattr(Provider, "costs_money", property(lambda self: True))
    before = len(list(finished_project.runs.iterdir()))
    with pytest.raises(TooExpensiveError, match=r"about \d+ calls for about \$"):
        evaluate(finished_project, replace(FRESH, profile="release", max_cost=0.01))
    assert len(list(finished_project.runs.iterdir())) == before
    assert RecordingStore.of(finished_project).next_draw(load_accepted(finished_project, "simulator@1")[0].origin) == 1


@pytest.mark.long
def test_draws_that_are_not_recorded_are_recorded_by_the_command_that_is_named(finished_project, monkeypatch):
    monkeypatch.setattr(Provider, "simulated", property(lambda self: False))
    plan = replace(QUICK, first_draw=4, max_cost=100.0)
    with pytest.raises(RecordingsMissingError, match="of baseline, legacy have no recording") as caught:
        evaluate(finished_project, plan)
    assert "--first-draw 4 --repeat 1" in caught.value.hint
    record(finished_project, plan, listener=Silent())
    assert evaluate(finished_project, plan).replay.missing == ()
