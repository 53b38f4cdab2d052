"""`cv-harness shrink`: the smallest text of a CV in which a loss still shows, for a bug report or the prompt."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from harness.assistants.legacy import load_legacy_prompts
from harness.base.canonical import sha256
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.base.types import Json
from harness.corpus.check_text import in_text
from harness.corpus.types import Document
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, open_provider
from harness.evaluate.stages.listener import Listener, Silent
from harness.evaluate.stages.opened import OpenRun, Session, new_store, open_run
from harness.evaluate.stages.replaying import Part, replay_part
from harness.evaluate.stages.scoring import score
from harness.gates.types import Case
from harness.models.recordings import BLAME, RecordingStore
from harness.replay.runs import RunInfo
from harness.replay.types import Arm
from harness.review.says import says
from harness.review.shrink import Shrunk, shrink


@dataclass(frozen=True, slots=True)
class Target:
    """The value that is lost: where it stands in the golden, and how many draws of each arm have it right."""

    document: str
    field: str
    path: str
    value: Json
    right: int
    draws: int
    other_right: int | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much may be asked: fresh answers of each arm to a text, texts, US dollars."""

    repeat: int
    most: int
    max_cost: float


@dataclass(frozen=True, slots=True)
class Found:
    """What shrinking came to. before: characters of the whole text; cost in US dollars."""

    target: Target
    shrunk: Shrunk
    before: int
    calls: int
    cost: Decimal


def shrink_run(
    project: Project,
    info: RunInfo,
    plan: Plan,
    document: str,
    *,
    path: str,
    allowed: Allowance,
    listener: Listener,
) -> Found:
    """Shrink the text of `document` as the run read it. path: field path or golden path of the loss; "" for the first.

    Raises UsageError where the run shows no such loss, or where it would cost more than is allowed.
    """
    arms = [arm for arm in info.readable().arms if arm.id in ("candidate", "baseline") and arm.bundle is not None]
    if all(arm.id != "candidate" for arm in arms):
        raise UsageError("the run has no candidate with a bundle", hint="shrink needs one to ask")
    with open_run(project, info.folder, plan, listener=listener) as run:
        texts = {name: extraction.text for name, extraction in run.store.extractions()}
        if document not in texts:
            raise UsageError(f"{document} is not in run {info.run_id}", hint="`cv-harness corpus list` names documents")
        target = _target(run, document, path)
        _check_cost(run, target, allowed.most * allowed.repeat * len(arms), allowed.max_cost)
        recordings = RecordingStore.of(project)
        with (
            open_provider(project, plan, recordings) as provider,
            tempfile.TemporaryDirectory(prefix="cv-harness-shrink-") as folder,
        ):
            texts_shown = _Shown(run, provider, recordings, arms, target, Path(folder), allowed)
            try:
                shrunk = shrink(texts[document], texts_shown, most=allowed.most)
            except ValueError:
                raise UsageError(
                    f"in {allowed.repeat} fresh answers {target.path} is not lost any more: it may have been noise",
                    hint="ask more often with --repeat, or another --field",
                ) from None
        return Found(target, shrunk, len(texts[document]), texts_shown.calls, texts_shown.spent)


def _target(run: OpenRun, document: str, path: str) -> Target:
    """The first value that the candidate has wrong in most draws and the baseline right, or, without one, any that the
    candidate has wrong though the text has it."""
    right: dict[str, dict[str, list[bool]]] = {}
    values: dict[str, tuple[str, Json]] = {}
    for case in score(run).cases:
        if case.document.id != document or case.score is None:
            continue
        for outcome in case.score.outcomes:
            if outcome.golden_path is not None and outcome.kind in ("correct", "near", "wrong", "missing"):
                values[outcome.golden_path] = (outcome.field, outcome.golden)
                at = right.setdefault(outcome.golden_path, {})
                at.setdefault(case.record.arm, []).append(outcome.kind == "correct")
    if not values:
        raise UsageError(f"{document} has no golden in this run: what is lost is not known")
    for golden_path, arms in right.items():
        name, value = values[golden_path]
        mine, theirs = arms.get("candidate", []), arms.get("baseline")
        if path not in ("", name, golden_path) or not mine or 2 * sum(mine) >= len(mine):
            continue
        if theirs is None or 2 * sum(theirs) > len(theirs):
            other = None if theirs is None else sum(theirs)
            return Target(document, name, golden_path, value, sum(mine), len(mine), other)
    what = path or "value"
    raise UsageError(f"the run's candidate lost no {what} of {document} that the baseline has", hint="try another CV")


@dataclass(slots=True)
class _Shown:
    """Whether the loss shows in texts: in most draws the candidate does not give the value and the baseline does (or,
    without one, the text has it). calls, spent: so far."""

    run: OpenRun
    provider: Provider
    recordings: RecordingStore
    arms: Sequence[Arm]
    target: Target
    folder: Path
    allowed: Allowance
    calls: int = 0
    spent: Decimal = field(default=Decimal(0))

    def __call__(self, texts: Sequence[str]) -> list[bool]:
        largest = max(map(len, texts), default=0)
        self.run.listener.stage(
            f"{self.calls} calls, ${self.spent:.2f}; {len(texts)} texts of up to {largest} characters"
        )
        documents = [self._document(text) for text in texts]
        by_id = {document.id: text for document, text in zip(documents, texts, strict=True)}
        given: dict[tuple[str, str], list[bool]] = {}
        for case in self._replay(documents):
            text = by_id[case.document.id]
            said = says(case.record.answer, self.target.field, self.target.value, text)
            given.setdefault((case.document.id, case.record.arm), []).append(said)
        return [self._shows(document.id, text, given) for document, text in zip(documents, texts, strict=True)]

    def _shows(self, name: str, text: str, given: dict[tuple[str, str], list[bool]]) -> bool:
        mine, theirs = given.get((name, "candidate"), []), given.get((name, "baseline"))
        if not mine or 2 * sum(mine) >= len(mine):
            return False
        if theirs is not None:
            return 2 * sum(theirs) > len(theirs)
        return isinstance(self.target.value, str) and in_text(text, self.target.path, self.target.value)

    def _document(self, text: str) -> Document:
        digest = sha256(text)
        path = self.folder / f"{digest[:16]}.txt"
        path.write_text(text, encoding="utf-8")
        return Document(digest[:16], str(path), "text/plain", digest, digest[:16], "none")

    def _replay(self, documents: Sequence[Document]) -> tuple[Case, ...]:
        project, plan = self.run.project, replace(self.run.plan, command=("cv-harness", "shrink"))
        inputs = Inputs(
            tuple(documents),
            {document.id: Path(document.path) for document in documents},
            {},
            {"blame": True, "partial": True},
            True,
        )
        draws = range(BLAME, BLAME + self.allowed.repeat)
        asked = tuple(
            replace(arm, origin=self.provider.origin, draws=draws, policy="record_first") for arm in self.arms
        )
        arms = ArmSet(asked, load_legacy_prompts(project))
        budget = max(Decimal(0), Decimal(str(self.allowed.max_cost)) - self.spent)
        with new_store(project, plan, inputs, arms, self.provider, self.run.clock) as store:
            run = replace(self.run, plan=plan, inputs=inputs, store=store, listener=Silent())
            session = Session(run, self.provider, arms, self.recordings)
            summary = replay_part(session, Part(arms, inputs, budget, "asking about smaller texts"))
            self.calls += summary.calls
            self.spent += summary.cost
            cases = tuple(score(run).cases)
        shutil.rmtree(store.folder)  # parts of a CV that nobody looks for; what was paid for is recorded
        return cases


def _check_cost(run: OpenRun, target: Target, calls: int, max_cost: float) -> None:
    """Say what it may cost at most before it costs it, by what this CV's answers cost in the run."""
    costs = [record.cost for record in run.store.records() if record.document_id == target.document]
    known = [cost for cost in costs if cost is not None]
    run.listener.note(
        f"{target.path}: right in {target.right} of {target.draws} answers of the candidate"
        + (f", {target.other_right} of the baseline" if target.other_right is not None else "")
    )
    if run.plan.provider == "simulator" and not run.plan.base_url:
        run.listener.note(f"at most {calls} simulated calls (free)")
        return
    if not known:
        raise UsageError("what a call costs is not known, so shrinking cannot be capped", hint="the model is unpriced")
    worst = float(max(known)) * calls
    run.listener.note(f"at most {calls} calls for ${worst:.2f}; smaller texts cost less")
    if worst > max_cost:
        raise UsageError(
            f"shrinking may cost ${worst:.2f}, more than --max-cost {max_cost:.2f}",
            hint="ask about fewer texts with --most, or give a higher --max-cost",
        )
