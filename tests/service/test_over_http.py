"""`cv-harness run --service`: a running service as the run's arms, measured as its users meet it."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from harness.base.errors import ProviderUnavailableError, UsageError
from harness.base.types import Failure
from harness.cli.main import app
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.visiting import LOADS, load_of, quantile
from harness.pipelines.http import Service
from harness.replay.runs import find_run
from harness.replay.store import RunStore

BOTH = ("legacy-http", "candidate-http")


def records(run):
    with RunStore.open(run.folder) as store:
        return list(store.records())


@pytest.fixture
def at(shared):
    """The shared service as a plan names it; users poll quickly."""
    return Service(shared.service.url, shared.settings.secrets["ann"], poll_s=0.05)


def test_a_services_ways_are_the_arms_and_every_visit_is_split(small_project, at, shared):
    project = small_project(["a01", "a02"])
    run = evaluate(project, Plan(arms=BOTH, service=at, repeat=2, concurrency=2))
    arms = {arm.id: arm for arm in run.manifest.arms}
    assert {arm.pipeline for arm in arms.values()} == {"http"}
    assert {arm.origin for arm in arms.values()} == {shared.settings.value.origin}, "so that it is marked SIMULATED"
    models = shared.ann.get("/readyz").json()["models"]
    assert (arms["legacy"].model, arms["candidate"].model) == (models["legacy"], models["assistant"])
    made = records(run)
    assert len(made) == 8
    for record in made:
        names = [phase.name for phase in record.phases]
        if record.arm == "legacy":
            assert names == ["upload and pass 1", "pass 2 and polling", "sections"]
        else:
            assert names == ["upload"]
        assert record.latency_ms == pytest.approx(sum(phase.ms for phase in record.phases))
    loads = json.loads((run.folder / LOADS).read_text())["loads"]
    assert [(load["arm"], load["users"], load["n"]) for load in loads] == [("legacy", 2, 4), ("candidate", 2, 4)]
    assert all(load["answers_a_minute"] > 0 for load in loads)
    claims = {claim.name: claim for claim in run.verdict.claims}
    waited = sum(record.latency_ms for record in made if record.arm == "candidate")
    theirs = sum(record.latency_ms for record in made if record.arm == "legacy")
    assert claims["wait_p50"].value == pytest.approx(claims["speed_p50"].value), (
        "what a user waits is what was measured"
    )
    assert claims["throughput"].value == pytest.approx(theirs / waited, rel=0.01)
    assert claims["wait_p50"].verdict == "NOT SHOWN"
    assert "simulated" in claims["wait_p50"].note, "a simulator's times keep no promise about a real model"
    assert run.verdict.verdict == "INCONCLUSIVE"
    assert any("no baseline beside it" in reason for reason in run.verdict.reasons)
    token = at.token.encode()
    assert not [path for path in run.folder.rglob("*") if path.is_file() and token in path.read_bytes()]


@pytest.mark.long
def test_a_live_services_times_keep_or_break_the_promises(small_project, at, monkeypatch):
    """The same, where the service says that a real model is behind it."""
    monkeypatch.setattr("harness.evaluate.setup.provider.origin_of", lambda service: "openai")
    run = evaluate(small_project(["a01", "a02", "a09"]), Plan(arms=BOTH, service=at, repeat=1, concurrency=3))
    claims = {claim.name: claim for claim in run.verdict.claims}
    assert claims["wait_p50"].source == "live"
    assert "measured at a running service, 3 users at a time" in claims["wait_p50"].note
    assert "3 CVs at a time" in claims["throughput"].note


def test_what_failed_is_counted_by_code_and_is_no_answer(small_project, at):
    foreign = replace(at, token="cvt_nobody")
    with pytest.raises(ProviderUnavailableError):
        evaluate(small_project(["a01", "a02"]), Plan(arms=BOTH, service=foreign, repeat=8, concurrency=1))


def test_ways_that_are_none_and_a_service_that_is_not_there_are_named(small_project, at):
    project = small_project(["a01"])
    for arms, named in ((("legacy", "candidate"), "legacy"), (("legacy-http",), "candidate-http")):
        with pytest.raises(UsageError, match=named):
            evaluate(project, Plan(arms=arms, service=at, repeat=1))
    with pytest.raises(ProviderUnavailableError, match="no service answers"):
        evaluate(project, Plan(arms=BOTH, service=replace(at, base_url="http://127.0.0.1:9"), repeat=1))
    with pytest.raises(UsageError):
        find_run(project, None)


@pytest.mark.long
def test_the_command_needs_a_token_and_says_what_users_got(small_project, at, monkeypatch):
    project = small_project(["a01"])
    command = ["--project", str(project.root), "run", "--arms", ",".join(BOTH), "--service", at.base_url,
               "--repeat", "1", "--load", "2"]  # fmt: skip
    refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, UsageError)
    assert "CV_HARNESS_SERVICE_TOKEN" in refused.exception.message
    monkeypatch.setenv("CV_HARNESS_SERVICE_TOKEN", at.token)
    done = CliRunner().invoke(app, command)
    assert "INCONCLUSIVE" in done.output
    assert "candidate, 2 users at a time: n 1 · " in done.output
    assert "pass 2 and polling: median" in done.output
    with pytest.raises(UsageError, match="complete"):
        evaluate(project, Plan(arms=BOTH, service=at), resume="")


@pytest.mark.long
def test_a_load_counts_failures_fallbacks_and_quantiles(small_project, at):
    run = evaluate(small_project(["a01", "a02"]), Plan(arms=BOTH[1:], service=at, repeat=1))
    one, two = records(run)
    lost = replace(two, answer=Failure("provider", "http_429", "status 429"))
    load = load_of("candidate", 3, [one, lost], 30.0)
    assert (load.n, load.failed, load.a_minute) == (2, {"http_429": 1}, 2.0)
    assert "--uploads-a-minute" in load.lines()[0]
    assert load.total_ms == [one.latency_ms]
    assert quantile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert quantile([1.0], 0.95) == 1.0
