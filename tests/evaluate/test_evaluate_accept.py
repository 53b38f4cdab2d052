"""What a run must have shown before its candidate becomes the baseline, on the real simulator."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from made_project import make_project, once, own_copy

from harness.base.errors import UsageError
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.scoring import score_run
from harness.gates.noise import noise_floor
from harness.replay.runs import find_run
from harness.replay.store import RunStore
from harness.review.acceptance import load_accepted

IDS = ["a01", "a02", "a09", "a10"]
GIVEN = {"reason": "better", "by": "A Person", "environment": {}}


@pytest.fixture(scope="module")
def _accepted(tmp_path_factory):
    with once(tmp_path_factory.mktemp("accepted")) as folder:
        project = make_project(folder / "project", IDS, texts_in=folder / "cache")
        evaluate(project, Plan(repeat=1))
        accept_run(project, None, override=True, **GIVEN)
    return folder


@pytest.fixture
def project(_accepted, tmp_path, monkeypatch, simulator_inside):
    """A project with an accepted assistant and nothing else: its own copy."""
    return own_copy(_accepted, tmp_path, monkeypatch)


def other(project, name, before, after):
    """Another bundle of the project: its path."""
    folder = project.root / "assistants" / name
    shutil.copytree(project.root / "assistants" / "cv-parser-pro", folder)
    path = folder / "instructions.md"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return str(folder)


@pytest.mark.long
def test_a_run_against_a_baseline_that_was_replaced_since_is_refused(project):
    one = other(project, "one", "Report only what", "Report, only, what")
    two = other(project, "two", "Report only what", "Say only what")
    first = evaluate(project, Plan(repeat=1, assistants=(one,)))
    second = evaluate(project, Plan(repeat=1, assistants=(two,)))
    accept_run(project, second.manifest.run_id, override=True, **GIVEN)
    with pytest.raises(UsageError, match="the baseline was replaced after this run began"):
        accept_run(project, first.manifest.run_id, override=False, **GIVEN)
    accepted = load_accepted(project, "simulator")
    assert accepted is not None
    assert accepted[0].run_id == second.manifest.run_id
    assert accept_run(project, first.manifest.run_id, override=True, **GIVEN)[0].override


@pytest.mark.long
def test_a_run_that_ended_early_is_no_baseline(project):
    evaluate(project, Plan(repeat=1, sequential=(2, 4)))  # the accepted assistant: nothing more to learn after two
    info = find_run(project)
    assert info.status == "complete"
    assert len(info.replayed) == 2
    assert info.records == info.expected // 2
    with pytest.raises(UsageError, match=f"ended early: {info.records} of its records were not made") as caught:
        accept_run(project, None, override=True, **GIVEN)
    assert "without --sequential" in caught.value.hint


@pytest.mark.long
def test_the_noise_that_is_kept_is_the_accepted_assistants_own(project):
    worse = other(project, "worse", "Report only what", "Say only what")
    plan = Plan(repeat=2, aa=True, assistants=(worse,))
    evaluation = evaluate(project, plan)
    cases = cases_of(project, evaluation)
    accepted, _ = accept_run(project, None, override=True, **GIVEN)
    assert accepted.noise_floor == noise_floor(cases, "candidate")
    assert accepted.noise_floor != noise_floor(cases, "baseline")

    # of the same assistant, the A/A run is the better measure
    evaluation = evaluate(project, replace(plan, repeat=2))
    again, _ = accept_run(project, None, override=False, **GIVEN)
    assert again.noise_floor == noise_floor(cases_of(project, evaluation), "baseline")


def cases_of(project, evaluation):
    from harness.evaluate.setup.inputs import load_inputs

    with RunStore.open(evaluation.folder, write=True) as store:
        return score_run(store, load_inputs(project, Plan(), verify=False))


@pytest.mark.long
def test_what_was_lost_when_it_was_accepted_is_owed_until_it_is_mended(project):
    """Two people's languages go with an edit that is accepted all the same: on its record, and told of every later edit
    that still lacks them; not of one that has them again."""
    line = next(text for text in instructions(project).split("\n") if text.startswith("List every human language"))
    worse = other(project, "worse", f"{line}\n", "")
    evaluate(project, Plan(repeat=1, assistants=(worse,)))
    accepted, _ = accept_run(project, None, override=True, **GIVEN)
    assert accepted.debts["lost_entries"]
    assert load_accepted(project, "simulator")[0].debts == accepted.debts

    after = other(project, "after", f"{line}\n", "Think step by step.\n")
    later = evaluate(project, Plan(repeat=1, assistants=(after,)))
    told = later.verdicts["candidate"].reasons[-1]
    assert told.startswith("open debts, accepted with the baseline and counted against this edit: ")
    owed = ", ".join(accepted.debts["lost_entries"])
    assert f"lost entries in {owed}" in told
    assert "open debts, accepted with the baseline" in (later.folder / "index.html").read_text(encoding="utf-8")

    mended = evaluate(project, Plan(repeat=1))
    assert not any("open debts" in reason for reason in mended.verdicts["candidate"].reasons)


def instructions(project):
    return (project.root / "assistants" / "cv-parser-pro" / "instructions.md").read_text(encoding="utf-8")
