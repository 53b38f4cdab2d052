"""Legacy whose model is gone: what is recorded of it is shown with its date, asked for nothing, and decides nothing."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, replace
from datetime import date

import pytest

from harness.assistants.legacy import load_legacy_prompts
from harness.base.canonical import sha256
from harness.base.errors import UsageError
from harness.base.listed_models import update
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.record import record
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.arms import arms_again, build_arms, recording_arms
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.listener import Silent
from harness.models.client import ModelClient
from harness.models.endpoints import Endpoint
from harness.models.recordings import RecordingStore
from harness.replay.runs import find_run
from harness.replay.store import RunStore
from harness.review.acceptance import load_accepted

QUICK = Plan(repeat=1)
RETIRED = replace(QUICK, legacy="retired")
TODAY = date(2026, 11, 22)


def packs(project):
    return [path for root in (project.recordings, project.local_recordings) for path in root.rglob("*.jsonl*")]


def rewrite(project, change):
    """Every recorded line changed by a function; left out where it says None."""
    for path in packs(project):
        packed = path.suffix == ".gz"
        text = (gzip.decompress(path.read_bytes()) if packed else path.read_bytes()).decode("utf-8")
        head, *lines = text.splitlines()
        kept = [line for line in (change(json.loads(line)) for line in lines) if line is not None]
        body = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in kept)
        head = json.dumps(json.loads(head) | {"recordings": len(kept), "sha256": sha256(body)})
        written = f"{head}\n{body}".encode()
        path.write_bytes(gzip.compress(written) if packed else written)


def made_on(*days):
    """Says of the recorded legacy calls, one after the other, that they were made on these days."""
    made = iter(range(10**6))

    def change(line):
        if "message" in line["parts"]:
            day = days[next(made) % len(days)]
            line["attempts"] = [{**one, "started": f"{day}T09:00:00+00:00"} for one in line["attempts"]]
        return line

    return change


def of_legacy(line):
    return "message" in line["parts"]


def records(evaluation, arm="legacy"):
    with RunStore.open(evaluation.folder) as store:
        return list(store.records(arm=arm))


def against_legacy(evaluation):
    return next((one for one in evaluation.verdict.comparisons if one.against == "legacy"), None)


def edit(project):
    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Report only what the CV says", "Say only what the CV says"), encoding="utf-8")


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize(
    ("days", "kept", "said"),
    [
        (("2026-03-04",), "2026-03-04", "on 2026-03-04"),
        (("2026-03-04", "2026-05-06"), "2026-03-04/2026-05-06", "between 2026-03-04 and 2026-05-06"),
    ],
)
def test_the_age_of_legacys_answers_is_shown_and_accepted(finished_project, days, kept, said):
    rewrite(finished_project, made_on(*days))
    evaluation = evaluate(finished_project, QUICK)
    assert f"legacy's answers were recorded {said}" in against_legacy(evaluation).comparable.notes
    verdict = json.loads((evaluation.folder / "verdict.json").read_text())
    assert verdict["provenance"]["legacy_recorded"] == kept
    accepted, _ = accept_run(finished_project, None, reason="again", by="A Person", override=True, environment={})
    assert accepted.legacy_recorded == kept


def test_an_older_record_of_an_acceptance_is_read(finished_project):
    path = finished_project.baseline / "simulator" / "accepted.json"
    old = json.loads(path.read_text())
    del old["first_draw"]
    path.write_text(json.dumps(old))
    assert load_accepted(finished_project, "simulator@1+seed1")[0].first_draw == 0
    assert asdict(load_accepted(finished_project, "simulator@1+seed1", "anchor")[0])["first_draw"] == 0


def test_a_retired_legacy_is_replayed_from_its_own_draws_while_the_others_are_asked(finished_project):
    edit(finished_project)
    evaluation = evaluate(finished_project, replace(RETIRED, fresh=True, first_draw=7))
    assert {arm.id: (arm.draws, arm.policy) for arm in evaluation.manifest.arms} == {
        "legacy": (range(1), "as_recorded"),
        "baseline": (range(7, 8), "call"),
        "candidate": (range(7, 8), "call"),
    }
    assert {record.source for record in records(evaluation)} == {"recorded"}
    gates = against_legacy(evaluation).gates
    assert {gate.level for gate in gates} == {"advisory"}
    assert evaluation.verdict.claims
    assert all("legacy's answers were recorded on " in claim.note for claim in evaluation.verdict.claims)


def test_what_is_not_recorded_of_a_retired_legacy_is_left_out(finished_project):
    with RunStore.open(next(finished_project.runs.iterdir())) as store:
        lost = {
            a.call_key
            for record in store.records(arm="legacy", document_id="a02")
            for a in store.attempts_of(record.key)
        }
    rewrite(finished_project, lambda line: None if line["key"] in lost else line)
    edit(finished_project)
    evaluation = evaluate(finished_project, RETIRED)
    assert evaluation.replay.complete
    assert evaluation.replay.missing == ()
    assert {record.document_id for record in records(evaluation)} == {"a01", "a09"}
    assert set(against_legacy(evaluation).comparable.excluded) == {"a02"}
    assert "quality" not in evaluation.verdict.not_measured
    assert not any("interrupted" in reason or "running" in reason for reason in evaluation.verdict.reasons)
    accept_run(finished_project, None, reason="again", by="A Person", override=True, environment={})


def test_nothing_recorded_of_a_retired_legacy_is_said_and_nobody_is_asked(finished_project):
    rewrite(finished_project, lambda line: None if of_legacy(line) else line)
    evaluation = evaluate(finished_project, RETIRED)
    assert [arm.id for arm in evaluation.manifest.arms] == ["baseline", "candidate"]
    assert any(note.startswith("legacy is retired and nothing of it is recorded from ") for note in evaluation.notes)
    record(finished_project, RETIRED, listener=Silent())
    assert [arm.id for arm in find_run(finished_project).readable().arms] == ["baseline", "candidate"]


def nobody(origin="openai", *, asked=True):
    return Provider(origin, Endpoint(origin, "http://127.0.0.1:9", "no key") if asked else None)


def test_a_retired_legacy_is_asked_neither_by_record_nor_again(finished_project):
    (origin,) = RecordingStore.of(finished_project).origins()
    arms = build_arms(finished_project, RETIRED, nobody(origin), RecordingStore.of(finished_project), TODAY)
    assert {arm.id: arm.policy for arm in recording_arms(arms).arms}["legacy"] == "as_recorded"
    again = arms_again(arms, ("legacy", "candidate"))
    assert [arm.id for arm in again.arms] == ["candidate@again"]


def test_a_date_that_is_past_is_said_while_legacy_is_active(finished_project):
    store = RecordingStore.of(finished_project)
    model = load_legacy_prompts(finished_project).model
    before, after = (
        build_arms(finished_project, QUICK, nobody(), store, day).notes
        for day in (date(2027, 1, 13), date(2027, 1, 14))
    )
    said = [note for note in after if note.startswith(f"legacy's model {model} was shut down on 2027-01-14")]
    assert len(said) == 1
    assert not set(said) & set(before)
    retired = build_arms(finished_project, RETIRED, nobody(), store, date(2027, 1, 14)).notes
    assert not set(said) & set(retired)


def test_a_day_that_the_server_itself_announced_counts_as_one_of_the_table(finished_project):
    model = load_legacy_prompts(finished_project).model
    update(finished_project, nobody().origin, [(model, "2026-12-24")], date(2026, 11, 28))
    store = RecordingStore.of(finished_project)
    said = [
        any(
            f"{model} was shut down on 2026-12-24" in note
            for note in build_arms(finished_project, QUICK, nobody(), store, day).notes
        )
        for day in (date(2026, 12, 23), date(2026, 12, 24))
    ]
    assert said == [False, True]


@pytest.fixture
def live(finished_project, monkeypatch):
    """A provider that costs money and no longer knows legacy's model; the candidate has another one."""
    legacy = load_legacy_prompts(finished_project).model
    checked = []

    async def check(self, model):
        checked.append(model)
        if model == legacy:
            raise UsageError(f"https://example.org knows no model `{model}`", hint="correct it")

    monkeypatch.setattr(ModelClient, "check", check)
    monkeypatch.setattr(Provider, "simulated", property(lambda self: False))
    return replace(QUICK, arms=("legacy", "candidate"), models=("gpt-4.1",)), checked


def test_a_model_that_is_gone_is_not_asked_about_where_legacy_is_only_replayed(finished_project, live):
    plan, checked = live
    evaluation = evaluate(finished_project, plan)
    assert checked == ["gpt-4.1"]
    assert {record.source for record in records(evaluation)} == {"recorded"}


@pytest.mark.long
def test_a_model_that_is_gone_cannot_be_asked_live_and_the_way_out_is_named(finished_project, live):
    plan, _ = live
    with pytest.raises(UsageError, match="which is legacy's") as caught:
        evaluate(finished_project, replace(plan, fresh=True))
    assert 'set legacy = "retired"' in caught.value.hint
    assert "leave --pair-live out" in caught.value.hint
    evaluation = evaluate(finished_project, replace(plan, fresh=True, legacy="retired"))
    assert {record.source for record in records(evaluation)} == {"recorded"}
