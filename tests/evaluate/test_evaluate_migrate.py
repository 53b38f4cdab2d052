"""`migrate-model`: the whole change of a model, on the simulator and on a server that bills."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from other_server import ANSWER, OtherServer, chat, responses

from harness.base.clock import SystemClock
from harness.base.errors import UsageError
from harness.evaluate.commands.accept import accept_notes, accept_run
from harness.evaluate.commands.migrate import migrate
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.estimate import TooExpensiveError
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.replay.runs import latest, runs
from harness.replay.store import RunStore
from harness.review.acceptance import load_accepted

GIVEN = {"reason": "gpt-4o ends", "by": "A Person", "override": True, "environment": {}}
PLAN = Plan(command=("cv-harness", "migrate-model", "gpt-4o", "gpt-6-luna"), concurrency=4)


class Person(Silent):
    """Hears what is said, and answers as told."""

    def __init__(self, yes: bool = True) -> None:
        self.yes, self.shown, self.notes = yes, "", []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def confirm(self, text: str) -> bool:
        self.shown = text
        return self.yes

    @property
    def said(self) -> str:
        return "\n".join(self.notes)


class Clock2027(SystemClock):
    """After gpt-4o's end."""

    def now(self) -> datetime:
        return datetime(2027, 2, 1, tzinfo=UTC)


@pytest.mark.long
def test_the_whole_change_on_the_simulator_and_what_is_left_stays_a_dated_reference(finished_project):
    person = Person()
    migrated = migrate(finished_project, PLAN, "gpt-4o", ("gpt-6-luna",), listener=person)
    assert '  -model = "gpt-4o"' in person.notes
    assert '  +effort = "none"' in person.notes
    assert "gpt-6-luna beside itself: F1" in person.said
    assert "here are 3, so 5 answers each" in person.said, "three people are too few, and it says so"
    assert "37 more people would be" in person.said
    evaluation = migrated.evaluation
    assert evaluation is not None
    assert evaluation.verdict.verdict == "INCONCLUSIVE"
    assert evaluation.verdict.reasons[0].startswith("the simulator cannot judge a model")
    draws = {arm.id: (arm.draws.start, len(arm.draws)) for arm in evaluation.manifest.arms}
    assert draws["baseline"] == draws["candidate"] == (3, 5), "two of each beside itself came before them"
    assert draws["legacy"] == (0, 1), "asked nothing: it goes as far as it is recorded"
    summary = json.loads((evaluation.folder / "summary.json").read_text(encoding="utf-8"))
    assert [row["model"] for row in summary["migration"]["aa"]] == ["gpt-4o", "gpt-6-luna"]
    assert all(row["people"] == 3 for row in summary["migration"]["aa"])
    page = (evaluation.folder / "index.html").read_text(encoding="utf-8")
    assert "gpt-4o → gpt-6-luna" in page
    assert "Each model beside itself first" in page
    assert latest(finished_project).run_id == evaluation.manifest.run_id, "the A/A is no run to look at"

    before = len(runs(finished_project))
    again = migrate(finished_project, PLAN, "gpt-4o", ("gpt-6-luna",), listener=person)
    assert again.already
    assert len(runs(finished_project)) == before

    accepted, _ = accept_run(finished_project, None, **GIVEN)
    assert accepted.model == "gpt-6-luna"
    (note,) = [each for each in accept_notes(finished_project, accepted) if "assistant.toml" in each]
    assert "model gpt-4o → gpt-6-luna" in note
    assert "parameters.reasoning.effort not set → none" in note
    assert accepted.elsewhere == {"legacy": (0, 1)}
    left = load_accepted(finished_project, "simulator", "before")
    assert left is not None
    assert (left[0].model, left[0].first_draw, left[0].draws) == ("gpt-4o", 3, 5)
    with pytest.raises(UsageError, match="gpt-6-luna is what is accepted for simulator since"):
        migrate(finished_project, PLAN, "gpt-4o", ("gpt-6-luna",))

    later = evaluate(finished_project, Plan(repeat=2, models=("gpt-6-luna",)), clock=Clock2027())
    arms = {arm.id: arm for arm in later.manifest.arms}
    assert arms["anchor"].model == "gpt-4o"
    assert arms["anchor"].policy == "as_recorded", "it is gone, and not asked"
    assert arms["legacy"].draws == range(0, 1)
    with RunStore.open(later.folder) as store:
        assert len(list(store.records(arm="anchor"))) == 6
    shown = json.loads((later.folder / "summary.json").read_text(encoding="utf-8"))
    assert shown["headline"]["anchor"]["f1"] is not None
    assert "anchor_recorded" in json.loads((later.folder / "verdict.json").read_text(encoding="utf-8"))["provenance"]


@pytest.mark.long
def test_ctrl_c_between_the_stages_says_how_it_goes_on(finished_project, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.evaluate.commands.migrate.measure", interrupted)
    person = Person()
    with pytest.raises(KeyboardInterrupt):
        migrate(finished_project, PLAN, "gpt-4o", ("gpt-6-luna",), listener=person)
    assert "give the same command again, it goes on and asks nothing twice" in person.said


def test_what_cannot_be_tried_is_said_before_anything_is_asked(finished_project, small_project):
    project = finished_project
    for source, targets, said in (
        ("gpt-4.1", ("gpt-6-luna",), "is on gpt-4o, not on gpt-4.1"),
        ("gpt-4o", ("gpt-4o",), "gpt-4o is what is accepted for simulator since"),
        ("gpt-4o", ("gpt-6-luna", "gpt-4o"), "gpt-4o is what is accepted"),
    ):
        with pytest.raises(UsageError, match=said):
            migrate(project, PLAN, source, targets)
    with pytest.raises(UsageError, match="nothing is accepted for openai yet") as caught:
        migrate(project, replace(PLAN, provider="openai"), "gpt-4o", ("gpt-6-luna",))
    assert "cv-harness record --provider openai" in caught.value.hint
    with pytest.raises(UsageError, match="`o3` was shut down on 2026-12-11"):
        migrate(project, PLAN, "gpt-4o", ("o3",), clock=Clock2027())
    assert len(runs(project)) == 1


@pytest.fixture
def billed(finished_project, monkeypatch):
    """A server that bills, with an accepted assistant on gpt-4o: the project, the server and the plan."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    snapshot = {"gpt-4o": "gpt-4o-2024-08-06"}

    def ask(path: str, body: Any) -> tuple[int, Any]:
        said, model = json.dumps(ANSWER), snapshot.get(body["model"], body["model"])
        return 200, responses(said, model=model) if path.endswith("/responses") else chat(said, model=model)

    with OtherServer(ask) as server:
        plan = replace(PLAN, base_url=server.url, repeat=1, max_cost=5.0, confirm_above=0.0)
        evaluate(finished_project, replace(plan, arms=("candidate",), command=("cv-harness", "run")))
        accept_run(finished_project, None, **GIVEN)
        server.requests.clear()
        yield finished_project, server, plan, snapshot


@pytest.mark.long
def test_the_cost_is_asked_once_capped_and_a_cut_migration_goes_on(billed):
    project, server, plan, _ = billed
    with pytest.raises(TooExpensiveError, match=r"more than --max-cost 0\.01"):
        migrate(project, replace(plan, max_cost=0.01), "gpt-4o", ("gpt-6-luna",))
    no = Person(yes=False)
    with pytest.raises(UsageError, match="the answer was no"):
        migrate(project, plan, "gpt-4o", ("gpt-6-luna",), listener=no)
    assert not server.requests
    assert "in all, up to $" in no.shown

    whole, ask = [], server.ask

    def cut(path: str, body: Any) -> tuple[int, Any]:
        whole.append(body)
        if len(whole) == 5:
            return 401, {"error": {"message": "bad key", "code": "invalid_api_key"}}
        return ask(path, body)

    server.ask = cut
    yes = Person()
    first = migrate(project, plan, "gpt-4o", ("gpt-6-luna",), listener=yes)
    assert first.evaluation is None or first.evaluation.replay.interrupted or not first.evaluation.replay.complete
    server.ask = ask
    again = Person()
    typed = replace(plan, command=("cv-harness", "--project", "elsewhere", "migrate-model", "gpt-4o", "gpt-6-luna"))
    second = migrate(project, typed, "gpt-4o", ("gpt-6-luna",), listener=again)
    assert not again.shown, "what was begun is not asked about once more"
    assert second.evaluation is not None
    assert second.evaluation.replay.complete
    needed = 3 * 2 * 2 + 3 * 3 * 2  # three people, each model beside itself and then beside the other
    of_cvs = [body for _, body, _ in server.requests if len(body["instructions"]) > 1000]
    assert len(of_cvs) == needed + 1, "the refused call alone is made again"
    sent = len(server.requests)
    third = migrate(project, replace(plan, command=()), "gpt-4o", ("gpt-6-luna",), listener=again)
    assert third.already
    assert len(server.requests) == sent


@pytest.mark.long
def test_an_accepted_assistant_whose_model_moved_is_nothing_that_was_accepted(billed):
    project, _, plan, snapshot = billed
    live = replace(plan, arms=("baseline", "candidate"), fresh=True, command=("cv-harness", "run", "--pair-live"))
    assert evaluate(project, live).verdict.verdict == "SHIP"
    snapshot["gpt-4o"] = "gpt-4o-2024-11-20"
    verdict = evaluate(project, live).verdict
    assert verdict.verdict == "INCONCLUSIVE"
    assert verdict.reasons[0].startswith("the model behind gpt-4o has moved: gpt-4o-2024-11-20 answered, and when")


@pytest.mark.long
def test_no_list_of_models_and_no_schemas_keep_nobody_from_trying(billed):
    project, server, plan, _ = billed
    before = threading.active_count()  # other tests' threads are none of its business
    assert server.models is None
    migrated = migrate(project, plan, "gpt-4o", ("our-own-model",), listener=(person := Person()))
    assert migrated.evaluation is not None
    assert "nothing is known about `our-own-model`" in person.said
    assert "what they cost is not known" in person.shown
    assert threading.active_count() < before + 40


@pytest.mark.long
def test_a_model_that_is_gone_is_left_by_what_is_recorded_of_it(billed):
    project, server, plan, _ = billed
    person = Person()
    migrated = migrate(project, plan, "gpt-4o", ("gpt-6-luna",), listener=person, clock=Clock2027())
    assert migrated.evaluation is not None
    assert {body["model"] for _, body, _ in server.requests} == {"gpt-6-luna"}
    assert "gpt-4o was shut down on 2027-01-14: its recorded answers (draws 0 to 0) stand for it" in person.said
    arms = {arm.id: arm for arm in migrated.evaluation.manifest.arms}
    assert (arms["baseline"].policy, arms["baseline"].draws) == ("as_recorded", range(0, 1))
    assert migrated.evaluation.verdict.comparisons[0].comparable.documents, "it stands beside the new one all the same"


@pytest.mark.long
def test_after_the_change_a_run_finds_every_reference_where_it_is_recorded(billed):
    project, server, plan, _ = billed
    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Report only what", "Report, only, what"), encoding="utf-8"
    )
    ask = replace(plan, arms=("baseline", "candidate"), command=("cv-harness", "run"))
    evaluate(project, ask)
    accept_run(project, None, **GIVEN)  # an edit: the anchor is another assistant from now on
    server.requests.clear()
    migrate(project, plan, "gpt-4o", ("gpt-6-luna",))
    assert {body["instructions"].count("Report only what") for _, body, _ in server.requests} == {0}, (
        "no anchor is asked"
    )
    accepted, _ = accept_run(project, None, **GIVEN)
    assert accepted.elsewhere["anchor"] == (0, 1)
    server.requests.clear()
    later = evaluate(project, replace(ask, models=("gpt-6-luna",), repeat=3))  # a missing recording would raise
    arms = {arm.id: (arm.model, arm.policy, arm.draws) for arm in later.manifest.arms}
    assert arms["anchor"] == ("gpt-4o", "replay_only", range(0, 1))
    assert arms["before"][:2] == ("gpt-4o", "as_recorded")
    assert not server.requests, "all of it is recorded"
    summary = json.loads((later.folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["headline"]["before"]["records"] == 9
