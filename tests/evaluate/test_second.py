"""A second process beside a large run's own: what it works out is the same, and what becomes of a run without it."""

from __future__ import annotations

import json
import multiprocessing
import os
import secrets
import signal
import threading
from array import array
from dataclasses import dataclass

import pytest
from made_project import make_project

from harness.base.errors import HarnessError
from harness.corpus.goldens import load_golden
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages import known, scoring, second
from harness.evaluate.stages.large import CaseFile, lazy_cases
from harness.evaluate.stages.second import Here
from harness.gates.config import GateConfig

IDS = ["a01", "a02", "a04", "a05", "a09"]
FILES = ("verdict.json", "summary.json", "index.html")


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """A run's of which nothing is held; one CV is answered with the name and address of another."""
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(scoring, "HELD", 0)
    monkeypatch.setattr(secrets, "token_bytes", lambda size=32: b"k" * size)
    project = make_project(tmp_path / "project", IDS)
    cvs = {name: load_golden(project.goldens / f"{name}.json").cv for name in IDS}
    lines = []
    for name in IDS:
        for arm in ("baseline", "candidate"):
            answer = json.loads(json.dumps(cvs[name]))
            if arm == "candidate" and name == "a04":
                answer["personal_info"] = cvs["a09"]["personal_info"]
            lines.append(json.dumps({"document": name, "pipeline": arm, "answer": answer, "latency_ms": 900}))
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return project, Plan(answers=path)


def written(folder):
    return {name: (place / name).read_bytes() for place in (folder, folder / "redacted") for name in FILES}


@pytest.mark.long
def test_two_processes_write_the_same_files_as_one(plan, monkeypatch):
    project, plan = plan
    folder = evaluate(project, plan).folder
    alone = written(folder)
    assert b"cross_talk" in alone["verdict.json"]
    asked = []
    ask = second.Second.ask
    monkeypatch.setattr(second.Second, "ask", lambda self, work, *given: asked.append(work) or ask(self, work, *given))
    monkeypatch.setattr(second, "FROM", 0)
    monkeypatch.setattr(known, "_TOGETHER", 1)
    judge(project, folder, plan)
    assert written(folder) == alone
    assert not list(folder.glob("run.db-*"))  # its log is folded into it: nobody was reading any more
    assert {work.__name__ for work in asked} == {"_people", "_apart", "_begin", "_look", "_found"}


def _die(_: Here, candidate: str, config: GateConfig) -> None:
    os._exit(1)


@pytest.mark.long
def test_a_second_process_that_is_ended_from_outside_is_told_as_that(plan, monkeypatch):
    project, plan = plan
    folder = evaluate(project, plan).folder
    monkeypatch.setattr(second, "FROM", 0)
    monkeypatch.setattr("harness.evaluate.stages.deciding._people", _die)
    with pytest.raises(HarnessError, match="ended from outside"):
        judge(project, folder, plan)


@dataclass
class _Manifest:
    documents: dict


class _Fatal:
    def __reduce__(self):
        return os._exit, (1,)


def test_a_second_process_that_ends_while_it_begins_holds_up_nobody(tmp_path):
    """What it is begun with is more than a pipe holds, and nobody reads on."""
    cases, _ = lazy_cases(CaseFile(tmp_path).in_order(array("Q")))
    begun = second.Second(cases, _Manifest({}), {"a": _Fatal(), "b": "x" * 2**20}, tmp_path)
    told = []

    def ask():
        with pytest.raises(HarnessError, match="ended from outside") as met:
            begun.ask(_die, "candidate", GateConfig()).result()
        told.append(met)
        with pytest.raises(HarnessError, match="ended from outside") as met:
            begun.ask(_die, "candidate", GateConfig())
        told.append(met)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(60)
    assert len(told) == 2
    assert not list(tmp_path.iterdir())


def _stop(_: Here) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


@pytest.mark.long
def test_a_second_process_that_somebody_stopped_ends_when_nobody_waits_for_it_any_more(plan):
    project, plan = plan
    folder = evaluate(project, plan).folder
    cases, _ = lazy_cases(CaseFile(folder).in_order(array("Q")))
    others = set(multiprocessing.active_children())
    begun = second.Second(cases, _Manifest({}), {}, folder)
    asked = begun.ask(_stop)
    (child,) = set(multiprocessing.active_children()) - others
    del begun
    with pytest.raises(TimeoutError):
        asked.future.result(3)
    assert child.is_alive()
    del asked
    child.join(60)
    assert not child.is_alive()


@pytest.mark.long
def test_the_second_process_ends_with_the_run(plan, monkeypatch):
    project, plan = plan
    monkeypatch.setattr(second, "FROM", 0)
    others = set(multiprocessing.active_children())  # of tests before it in this process
    evaluate(project, plan)
    for child in set(multiprocessing.active_children()) - others:
        child.join(60)
    assert not set(multiprocessing.active_children()) - others
