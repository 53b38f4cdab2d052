"""`cv-harness suggest`: edits of the instructions worth trying, each tried on the dev split.

The gate split is left unlooked at: an edit that was written from what it shows would be judged on what it was written
from. Nothing is written here; the command line asks first.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness.assistants.bundle import find_bundle, make_bundle, save_bundle
from harness.assistants.legacy import load_legacy_prompts
from harness.assistants.types import AssistantBundle
from harness.base.canonical import sha256
from harness.base.clock import SystemClock
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.base.types import Failure
from harness.corpus.manifest import load_manifest
from harness.corpus.types import Document
from harness.evaluate.commands.blame_measure import Figure, per_persona
from harness.evaluate.commands.run import evaluate
from harness.evaluate.commands.suggest_sources import asking, from_repertoire, question, read_answer, taken_back
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, open_provider
from harness.evaluate.stages.evaluation import Evaluation
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import OpenRun, Session, new_store, open_run
from harness.evaluate.stages.replaying import Part, replay_part
from harness.evaluate.stages.scoring import score
from harness.gates.types import Case, Gate, Verdict
from harness.models.recordings import BLAME, RecordingStore
from harness.replay.types import Arm
from harness.review.acceptance import load_accepted
from harness.review.suggest import Effect, Lost, Proposal, applied, difference, effect, losses
from harness.scoring.metrics import f1_on

LOSSES = 8
"""Fields that edits are sought for."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An edit with the instructions that it makes, and what it did on the dev split. verdict: the word of its run
    against the accepted assistant, reason: its first; harm: what fails there under it and not without it, in words; ""
    for nothing; lines: what differs."""

    proposal: Proposal
    instructions: str
    lines: tuple[str, ...]
    effect: Effect | None
    verdict: str
    reason: str
    harm: str

    @property
    def helps(self) -> bool:
        """Shown to make people better, and to do no harm of its own."""
        return self.effect is not None and self.effect.shown and not self.harm


@dataclass(frozen=True, slots=True)
class Suggested:
    """What suggesting came to. tried: the best first; people, draws: what each was tried on; cost in US dollars."""

    losses: tuple[Lost, ...]
    tried: tuple[Tried, ...]
    people: int
    draws: int
    cost: Decimal
    run: str
    simulated: bool

    @property
    def paid(self) -> str:
        """What it cost, in words."""
        return f"free; ${self.cost:.2f} as a model would take" if self.simulated else f"${self.cost:.2f}"

    @property
    def helping(self) -> tuple[Tried, ...]:
        return tuple(each for each in self.tried if each.helps)


def suggest_edits(project: Project, plan: Plan, *, most: int, listener: Listener) -> Suggested:
    """Replay the dev split, find what is lost, and try at most `most` edits for it. plan: its one assistant is the one
    to improve, its max_cost caps all of it together.

    Raises HarnessError as `evaluate` does; UsageError where nothing is lost or no edit was found.
    """
    plan = replace(plan, arms=("baseline", "candidate"), splits=("dev",), fresh=False, sequential=())
    if not any(each.split == "dev" for each in load_manifest(project, verify=False)):
        raise UsageError(
            "no CV of this project is in the dev split, and suggest looks at no other",
            hint="bring some in for it: cv-harness corpus add FOLDER --split dev",
        )
    now = find_bundle(project, plan.assistants[0]).bundle
    with open_provider(project, plan, RecordingStore.of(project)) as provider:
        first = evaluate(project, plan, listener=listener, provider=provider)
        cases = _cases(project, first, plan)
        spent = _spent(first)
        lost = losses(cases, "candidate")[:LOSSES]
        if not lost:
            raise UsageError(
                "the answers of the dev split lose nothing: there is no edit to look for",
                hint="more dev CVs would show more: cv-harness corpus add FOLDER --split dev",
            )
        found, asked = _proposals(project, _within(plan, spent), provider, now, lost, most, listener)
        spent += asked
        if not found:
            raise UsageError(
                "no edit was found for what is lost",
                hint="the simulator proposes what its repertoire has (cv-harness simulate --repertoire); a model with "
                "--provider openai writes its own",
            )
        with tempfile.TemporaryDirectory(prefix="cv-harness-suggest-") as folder:
            names = [_saved(now, text, Path(folder) / f"edit-{number}") for number, (_, text) in enumerate(found, 1)]
            wider = replace(_within(plan, spent), assistants=(plan.assistants[0], *names))
            listener.note(f"trying {len(found)} edits on the dev split")
            second = evaluate(project, wider, listener=listener, provider=provider)
        tried = _judged(project, second, wider, now, found)
    best = sorted(tried, key=lambda each: (not each.helps, -(each.effect.f1.value if each.effect else 0.0)))
    people = len({case.document.persona for case in cases})
    return Suggested(
        lost, tuple(best), people, plan.repeat, spent + _spent(second), second.manifest.run_id, provider.simulated
    )


def _proposals(
    project: Project,
    plan: Plan,
    provider: Provider,
    now: AssistantBundle,
    lost: Sequence[Lost],
    most: int,
    listener: Listener,
) -> tuple[list[tuple[Proposal, str]], Decimal]:
    """Edits that differ, with the instructions that they make, at most `most`; and what asking for them cost."""
    accepted = load_accepted(project, provider.origin)
    found = list(taken_back(accepted[1] if accepted else None, now))
    cost = Decimal(0)
    if provider.simulated:
        more = from_repertoire(now.instructions, lost)
    else:
        answer, cost = _asked(project, plan, provider, now, lost, most, listener)
        more = read_answer(answer, now.instructions)
    found += [(each, applied(now.instructions, each)) for each in more]
    texts: dict[str, tuple[Proposal, str]] = {}
    for proposal, text in found:
        if text.strip() != now.instructions.strip():
            texts.setdefault(text.strip(), (proposal, text))
    return list(texts.values())[:most], cost


def _asked(
    project: Project,
    plan: Plan,
    provider: Provider,
    now: AssistantBundle,
    lost: Sequence[Lost],
    most: int,
    listener: Listener,
) -> tuple[Any, Decimal]:
    """The model's answer to what could be edited, and what it cost: one call, like any other, recorded as such."""
    text = question(now.instructions, lost)
    recordings = RecordingStore.of(project)
    with tempfile.TemporaryDirectory(prefix="cv-harness-suggest-") as folder:
        digest = sha256(text)
        path = Path(folder) / "losses.txt"
        path.write_text(text, encoding="utf-8")
        document = Document(digest[:16], str(path), "text/plain", digest, digest[:16], "none")
        inputs = Inputs((document,), {document.id: path}, {}, {"blame": True, "partial": True}, True)
        bundle = asking(now, most)
        arm = Arm(
            "candidate", "assistant", bundle, bundle.model, provider.origin, range(BLAME, BLAME + 1), "record_first"
        )
        arms = ArmSet((arm,), load_legacy_prompts(project))
        clock = SystemClock()
        with new_store(project, plan, inputs, arms, provider, clock) as store:
            session = Session(OpenRun(project, plan, inputs, store, listener, clock), provider, arms, recordings)
            summary = replay_part(session, Part(arms, inputs, Decimal(str(plan.max_cost)), "asking for edits"))
            answers = [record.answer for record in store.records()]
        shutil.rmtree(store.folder)  # values of CVs in a place where nobody looks for them; what was paid is recorded
    if not answers or isinstance(answers[0], Failure):
        said = answers[0].detail if answers and isinstance(answers[0], Failure) else "nothing"
        raise UsageError(f"the model proposed no edits: {said}")
    return answers[0], summary.cost


def _judged(
    project: Project, evaluation: Evaluation, plan: Plan, now: AssistantBundle, found: Sequence[tuple[Proposal, str]]
) -> tuple[Tried, ...]:
    """Each edit's arm beside the arm of the assistant as it is, both on the same draws of the same CVs."""
    cases = _cases(project, evaluation, plan)
    by_arm = {name: [case for case in cases if case.record.arm == name] for name in evaluation.verdicts}
    fields = sorted({each.field for case in cases if case.score for each in case.score.outcomes})
    own = by_arm["candidate"]
    tried = []
    for number, (proposal, text) in enumerate(found, 2):
        name = f"candidate:{number}"
        verdict = evaluation.verdicts[name]
        moved = {field: (per_persona(by_arm[name], _f1(field)), per_persona(own, _f1(field))) for field in fields}
        did = effect(per_persona(by_arm[name], _f1()), per_persona(own, _f1()), moved, tried=len(found))
        lines = difference(now.instructions, text)
        reason = next(iter(verdict.reasons), "")
        harm = _harm(verdict, evaluation.verdicts["candidate"])
        tried.append(Tried(proposal, text, lines, did, verdict.verdict, reason, harm))
    return tuple(tried)


def _harm(under: Verdict, without: Verdict) -> str:
    """The sentence of a gate that fails under an edit and not without it, or in a field that failed in none; "" where
    there is none.

    An assistant that is held already is made better by one edit at a time: what it is held for is no harm of theirs.
    """
    had = _failed(without)
    fields = {field for gate in had.values() for field in gate.fields}
    new = (gate for key, gate in _failed(under).items() if key not in had or not fields.issuperset(gate.fields))
    return next((gate.reason for gate in new), "")


def _failed(verdict: Verdict) -> dict[tuple[str, str], Gate]:
    return {
        (one.against, gate.name): gate
        for one in verdict.comparisons
        for gate in one.gates
        if gate.level == "deciding" and gate.status == "FAIL"
    }


def _f1(field: str = "") -> Figure:
    """F1 of a case's answer over all fields, or over one."""

    def figure(case: Case) -> float | None:
        if case.score is None or case.document.twin_of is not None:
            return None
        return f1_on(case.score, frozenset({field})) if field else case.score.f1

    return figure


def _cases(project: Project, evaluation: Evaluation, plan: Plan) -> tuple[Case, ...]:
    with open_run(project, evaluation.folder, plan) as run:
        return tuple(score(run).cases)


def _saved(now: AssistantBundle, instructions: str, folder: Path) -> str:
    """The folder of a bundle that differs in its instructions alone."""
    bundle = make_bundle(
        name=now.name, description=now.description, model=now.model, parameters=dict(now.parameters),
        instructions=instructions, output=now.output, schema=now.schema, asked_over=now.asked_over,
    )  # fmt: skip
    save_bundle(bundle, folder)
    return str(folder)


def _within(plan: Plan, spent: Decimal) -> Plan:
    """The plan with what is left of its cap."""
    return replace(plan, max_cost=float(max(Decimal(0), Decimal(str(plan.max_cost)) - spent)))


def _spent(evaluation: Evaluation) -> Decimal:
    return evaluation.replay.cost if evaluation.replay is not None else Decimal(0)
