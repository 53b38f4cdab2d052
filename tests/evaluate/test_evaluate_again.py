"""A run asks again about rare harm, on the real simulator: it costs little, is kept, and can be resumed."""

from __future__ import annotations

import os
import re
import shutil
import signal
from dataclasses import replace
from decimal import Decimal

import pytest
from made_project import make_project, once, own_copy

from harness.base.errors import RecordingsMissingError
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.arms import build_arms
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.listener import Silent
from harness.gates.types import AGAIN
from harness.models.budget import Budget
from harness.replay.runs import find_run
from harness.replay.store import RunStore

LANGUAGES = "List every human language that the CV names under `languages`, with its level as printed."
SPEAKERS = ["a22", "a24", "a39"]
MARKED = "a18"
"""The candidate leaves a bullet's own sign before its thesis, and the baseline's first draw has no thesis."""
OTHERS = ["a02", "a17", "a18", "a21", "a23", "a25", "a31"]
STILL = ["a19", "a20"]
"""Of these the languages are listed without the sentence, too: the field is not lost as a whole."""
EDITED = Plan(repeat=1)


class Notes(Silent):
    def __init__(self, stop_at="never"):
        self.said = []
        self.stop_at = stop_at

    def stage(self, name):
        self.said.append(name)
        if self.stop_at in name:
            raise KeyboardInterrupt

    def note(self, text):
        self.said.append(text)


@pytest.fixture(scope="module")
def _edited(tmp_path_factory):
    with once(tmp_path_factory.mktemp("edited")) as folder:
        project = make_project(folder / "project", SPEAKERS + OTHERS + STILL, texts_in=folder / "cache")
        evaluate(project, EDITED)
        accept_run(project, None, reason="first", by="A Person", override=True, environment={})
    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    text = path.read_text(encoding="utf-8")
    assert LANGUAGES in text
    path.write_text(text.replace(LANGUAGES, ""), encoding="utf-8")
    return folder


@pytest.fixture
def edited(_edited, tmp_path, monkeypatch, simulator_inside):
    """A project whose candidate has lost the sentence about languages, without which three of five people lose theirs:
    so few that only counting can tell. Its own copy."""
    return own_copy(_edited, tmp_path, monkeypatch)


def further(evaluation):
    with RunStore.open(evaluation.folder) as store:
        return {(record.arm, record.document_id, record.draw) for record in store.records() if AGAIN in record.arm}


def test_lost_languages_are_asked_for_again_and_held(edited):
    listener = Notes()
    evaluation = evaluate(edited, EDITED, listener=listener)
    made = further(evaluation)
    assert any(said.startswith("asking again about") for said in listener.said)
    asked = {document for _, document, _ in made}
    assert {*SPEAKERS, MARKED} <= asked < {*SPEAKERS, *OTHERS, *STILL}  # who got better is asked again too
    assert made == {
        (arm + AGAIN, document, draw) for arm in ("candidate", "baseline") for document in asked for draw in (500, 501)
    }
    assert evaluation.verdict.verdict == "HOLD"
    assert any("showed it again" in reason for reason in evaluation.verdict.reasons)
    # further draws are evidence for counting only: no arm, and no record, of the page's tables
    assert [arm.id for arm in evaluation.manifest.arms] == ["legacy", "baseline", "candidate"]
    again = judge(edited, evaluation.folder, EDITED, count_look=False)
    assert again.verdict == evaluation.verdict


@pytest.mark.long
def test_what_asking_again_costs_is_part_of_the_look(edited):
    from harness.review.looks import looks

    evaluation = evaluate(edited, EDITED)
    with RunStore.open(evaluation.folder) as store:
        asked = [record for record in store.records() if record.source == "simulated"]
    assert {record.arm for record in asked} == {"candidate", "candidate" + AGAIN, "baseline" + AGAIN}  # not recorded
    look = list(looks(edited))[-1]
    assert Decimal(look.cost) == sum((record.cost or Decimal(0) for record in asked), Decimal(0))


@pytest.fixture
def short_answers(monkeypatch):
    """Every answer is expected to be short: else the room for the longest one ends a run before what is tested here."""
    most = Budget.most
    monkeypatch.setattr(Budget, "most", lambda self, call: replace(most(self, call), dollars=Decimal("0.0001")))


@pytest.mark.long
def test_a_run_that_may_not_cost_more_is_not_asked_again(edited, monkeypatch, short_answers):
    monkeypatch.setattr(Provider, "costs_money", property(lambda self: True))
    free = Notes()
    dear = evaluate(edited, replace(EDITED, max_cost=1.0), listener=free)
    assert further(dear)
    with RunStore.open(dear.folder) as store:
        spent = sum((r.cost or Decimal(0) for r in store.records() if AGAIN not in r.arm), Decimal(0))
    listener = Notes()
    plan = replace(EDITED, fresh=True, first_draw=0, max_cost=max(0.12, float(spent) * 1.2))
    frugal = evaluate(edited, plan, listener=listener)
    assert any(said.startswith("not asked again: about ") for said in listener.said), listener.said
    assert not further(frugal)
    waiting = {name for one in frugal.verdict.comparisons[0].gates for name in one.unconfirmed}
    assert set(SPEAKERS) <= waiting


@pytest.mark.long
def test_a_run_that_was_ended_while_asking_again_goes_on(edited):
    with pytest.raises(KeyboardInterrupt):
        evaluate(edited, EDITED, listener=Notes("asking again"))
    begun = find_run(edited)
    assert begun.manifest is not None
    with RunStore.open(begun.folder, write=True) as store:
        store.set_status("interrupted")
    resumed = evaluate(edited, EDITED, resume=begun.run_id)
    assert resumed.folder == begun.folder
    assert further(resumed)
    assert resumed.verdict.verdict == "HOLD"


def test_a_run_with_missing_recordings_is_not_asked_again_and_stays_open(edited, monkeypatch):
    from harness.evaluate.stages import opened

    def without_legacy(*given):
        arms = build_arms(*given)
        frozen = [
            replace(arm, policy="replay_only", draws=range(40, 41)) if arm.id == "legacy" else arm for arm in arms.arms
        ]
        return replace(arms, arms=tuple(frozen))

    monkeypatch.setattr(opened, "build_arms", without_legacy)
    with pytest.raises(RecordingsMissingError):
        evaluate(edited, EDITED)
    begun = find_run(edited)
    assert begun.status == "interrupted"
    with RunStore.open(begun.folder) as store:
        assert not [record for record in store.records() if AGAIN in record.arm]


class Ending(Notes):
    """Ctrl-C once some of the further answers are there, or the last of them."""

    def __init__(self, *, last):
        super().__init__()
        self.last = last

    def progress(self, progress):
        enough = progress.records_done == progress.records if self.last else progress.calls
        if self.said[-1].startswith("asking again") and enough:
            self.said.append("Ctrl-C")
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def hearing():
    """Ctrl-C is heard, also where the tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.long
@pytest.mark.usefixtures("hearing")
@pytest.mark.parametrize("last", [False, True])
def test_ctrl_c_while_asking_again_ends_a_sequential_run(edited, last):
    listener = Ending(last=last)
    evaluation = evaluate(edited, replace(EDITED, sequential=(5, 10), concurrency=1), listener=listener)
    if "Ctrl-C" not in listener.said:
        pytest.fail(f"nothing was asked again at the first look: {listener.said}")
    assert sum(said.startswith("replaying") for said in listener.said) == 1
    assert evaluation.verdict.verdict == "INCONCLUSIVE"
    assert find_run(edited).status == "interrupted"


@pytest.mark.long
def test_money_that_does_not_reach_the_next_look_leaves_a_run_to_resume(edited, monkeypatch, short_answers):
    monkeypatch.setattr(Provider, "costs_money", property(lambda self: True))
    plan = replace(EDITED, fresh=True, first_draw=0, sequential=(5, 10), max_cost=9.0)
    dear = Notes()
    evaluate(edited, plan, listener=dear)
    first, second = (
        float(re.search(r"for about \$([\d.]+)", dear.said[place + 1])[1])
        for place, said in enumerate(dear.said)
        if said.startswith("replaying")
    )
    assert 0 < second < 2 * first  # the second look pays for its own people only
    frugal = Notes()
    evaluation = evaluate(edited, replace(plan, max_cost=first * 1.02), listener=frugal)
    assert any(said.startswith("ending: about ") for said in frugal.said), frugal.said
    assert evaluation.verdict.reasons[0].startswith("the run is interrupted")
    begun = find_run(edited)
    assert begun.status == "interrupted"
    assert evaluate(edited, plan, resume=begun.run_id).manifest.status == "complete"


@pytest.mark.long
def test_each_candidate_of_a_run_has_a_look_of_its_own(edited):
    from harness.review.looks import counted

    other = edited.root / "edits" / "other"
    shutil.copytree(edited.root / "assistants" / "cv-parser-pro", other)
    path = other / "instructions.md"
    path.write_text(
        path.read_text(encoding="utf-8") + "\nReturn one JSON object and no other text.\n", encoding="utf-8"
    )
    plan = replace(EDITED, assistants=("cv-parser-pro", str(other)))
    evaluation = evaluate(edited, plan)
    numbers = {arm: verdict.look for arm, verdict in evaluation.verdicts.items()}
    assert len(set(numbers.values())) == 2
    assert list(numbers.values()) == [one.number for one in counted(edited)][-2:]
    again = judge(edited, evaluation.folder, plan, count_look=False)
    assert {arm: verdict.look for arm, verdict in again.verdicts.items()} == numbers
