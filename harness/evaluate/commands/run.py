"""One evaluation from documents to dashboard: replay → score → decide → render."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from harness.base.clock import Clock, SystemClock
from harness.base.errors import HarnessError, ProviderUnavailableError, UsageError
from harness.base.project import Project
from harness.evaluate.setup.arms import ArmSet, arms_again, begun_arms, build_arms, declared_arms, recording_arms
from harness.evaluate.setup.baseline_check import require_baseline
from harness.evaluate.setup.estimate import TooExpensiveError
from harness.evaluate.setup.inputs import Inputs, load_inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, open_provider
from harness.evaluate.stages.evaluation import Evaluation
from harness.evaluate.stages.judging import assess, gate_config, present
from harness.evaluate.stages.listener import Listener, Silent
from harness.evaluate.stages.replaying import replay_arms
from harness.models.recordings import RecordingStore, record
from harness.models.types import Call, Recording
from harness.replay.manifest import new_manifest
from harness.replay.progress import ReplaySummary
from harness.replay.runs import RunInfo, discard_unbegun, find_run
from harness.replay.store import RunStore

AskAgain: TypeAlias = Callable[[Collection[str], Collection[str]], bool]
"""Makes two further draws of arms (by id) on documents (by id); whether the run has changed by it."""


def _no_model(_arms: Collection[str], _documents: Collection[str]) -> bool:
    """Asks nothing again."""
    return False


def evaluate(
    project: Project,
    plan: Plan,
    *,
    listener: Listener | None = None,
    resume: str | None = None,
    clock: Clock | None = None,
) -> Evaluation:
    """Replay what `plan` says (or go on with run `resume`), then score, decide and render it.

    Ctrl-C ends the replay cleanly; what is there is scored and shown, and the verdict says that it is partial.
    Raises HarnessError: UsageError before anything is sent, ProviderUnavailableError, RecordingsMissingError.
    """
    from harness.gates.decide import unconfirmed

    gate_config(plan)
    if plan.out is not None and plan.out.exists() and not plan.out.is_dir():
        raise UsageError(f"--out {plan.out} is a file", hint="name a folder")
    listener, clock = listener or Silent(), clock or SystemClock()
    looks: list[Evaluation] = []

    def look(folder: Path, ask_again: AskAgain) -> bool:
        """Whether the evidence so far decides; every look at it is counted."""
        assessed = assess(project, folder, plan, listener=listener)
        doubtful = [unconfirmed(verdict) for verdict in assessed.verdicts.values()]
        if ask_again({arm for arms, _ in doubtful for arm in arms}, {name for _, names in doubtful for name in names}):
            assessed = assess(project, folder, plan, listener=listener)
        looks.append(present(project, assessed, plan, listener=listener, clock=clock))
        return bool(looks[-1].verdicts) and all(each.verdict != "INCONCLUSIVE" for each in looks[-1].verdicts.values())

    replayed = replay_plan(project, plan, listener=listener, resume=resume, clock=clock, look=look)
    result = looks[-1]
    evaluation = replace(result, replay=replayed.summary, notes=(*replayed.notes, *result.notes))
    if replayed.summary.missing and not plan.allow_missing:
        from harness.evaluate.stages.missing import missing_error

        page = next(iter(evaluation.pages.values()), replayed.folder)
        raise missing_error(project, plan, replayed.folder, replayed.arms, replayed.summary.missing, page)
    return evaluation


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay that ended, and where it is."""

    folder: Path
    summary: ReplaySummary
    notes: tuple[str, ...]
    provider: Provider
    arms: ArmSet


def replay_plan(
    project: Project,
    plan: Plan,
    *,
    listener: Listener,
    resume: str | None = None,
    clock: Clock | None = None,
    recording: bool = False,
    look: Callable[[Path, AskAgain], bool] = lambda _folder, _ask_again: True,
) -> Replayed:
    """The first stage alone: make the records of the plan. `recording`: every arm may be asked for what is not
    recorded yet, and what it answers is committed (`cv-harness record`).

    look: called with the run's folder after each planned number of people, and at the end; True ends the run. What
    it is given beside that makes two further draws of arms on documents, and says whether it did.
    """
    clock = clock or SystemClock()
    recordings = RecordingStore.of(project)
    listener.stage("reading the corpus")
    inputs = load_inputs(project, plan)
    _check_looks(inputs, plan)
    begun = _begun(project, resume)
    if plan.answers is None:
        threading.Thread(target=_warm_up, daemon=True).start()
    with open_provider(plan, recordings) as provider:
        if plan.require_baseline:
            require_baseline(project, plan.require_baseline, provider.origin, plan.assistants)
        if begun is not None:
            arms = begun_arms(project, begun, inputs, provider)
        else:
            arms = (
                declared_arms(project, plan, inputs)
                if plan.answers
                else build_arms(project, plan, provider, recordings, clock.now().date())
            )
        if recording:
            arms = recording_arms(arms)
        notes = (*inputs.notes, *arms.notes)
        for note in notes:
            listener.note(note)
        store = _store(project, plan, inputs, arms, provider, begun, clock)
        made: list[ReplaySummary] = []

        def make(store: RunStore, arms: ArmSet, inputs: Inputs) -> ReplaySummary:
            spent = sum((each.cost for each in made), Decimal(0))
            left = replace(plan, max_cost=max(0.0, plan.max_cost - float(spent)))
            made.append(asyncio.run(replay_arms(store, left, inputs, arms, provider, recordings, listener)))
            _keep(store, arms, plan, provider, recordings, committed=recording)
            return made[-1]

        def ask_again(names: Collection[str], documents: Collection[str]) -> bool:
            further = arms_again(arms, names)
            if not made[-1].complete or not further.arms or not documents:
                return False
            chosen = tuple(each for each in inputs.documents if each.id in documents)
            listener.stage(f"asking again about {len(chosen)} CVs: does what was counted show again?")
            try:
                with RunStore.open(store.folder, write=True) as again:
                    failures = sum(make(again, further, replace(inputs, documents=chosen)).failures.values())
            except TooExpensiveError as error:
                listener.note(f"not asked again: {error}")
                return False
            except ProviderUnavailableError as error:
                listener.note(f"not all asked again: {error}")
                return True
            if failures:
                listener.note(f"{failures} further answers did not come; their CVs stay unconfirmed")
            return True

        for batch in batches(inputs, plan):
            try:
                with store:
                    simulated = " on the simulator (free; dollars as a model would take)" if provider.simulated else ""
                    listener.stage(f"replaying {len(batch.documents)} CVs{simulated}")
                    summary = make(store, arms, batch)
            except HarnessError as error:
                discard_unbegun(store.folder)
                if not made or not isinstance(error, TooExpensiveError):
                    raise
                listener.note(f"ending: {error}")
                with RunStore.open(store.folder, write=True) as begun_store:
                    begun_store.set_status("interrupted", clock.now())
                look(store.folder, _no_model)
                break
            if look(store.folder, ask_again) or not all(each.complete for each in made):
                break
            store = RunStore.open(store.folder, write=True)
        store.close()
        return Replayed(store.folder, summary, notes, provider, arms)


def _check_looks(inputs: Inputs, plan: Plan) -> None:
    """Raise UsageError where a planned look is at more people than there are: it could never be taken."""
    people = len({document.persona for document in inputs.documents})
    if plan.sequential and max(plan.sequential) > people:
        looks = ",".join(map(str, plan.sequential))
        raise UsageError(
            f"--sequential {looks}: {people} people are selected",
            hint=f"plan equally spaced looks up to {people} people",
        )


def batches(inputs: Inputs, plan: Plan) -> Iterator[Inputs]:
    """What is replayed before each look: the planned numbers of people in a seeded order, with their twins; all of
    them at once where nothing is planned."""
    if not plan.sequential:
        yield inputs
        return
    people = sorted({document.persona for document in inputs.documents})
    random.Random(plan.seed).shuffle(people)
    for planned in plan.sequential:
        chosen = set(people[:planned])
        yield replace(inputs, documents=tuple(each for each in inputs.documents if each.persona in chosen))


def _warm_up() -> None:
    """Load the SDK while the simulator starts and the corpus is read: half a second that nobody waits for."""
    import openai.resources.chat
    import openai.resources.responses  # noqa: F401


def _begun(project: Project, resume: str | None) -> RunInfo | None:
    """The run to go on with: by id, the newest for "", None where a new one is wanted."""
    if resume is None:
        return None
    info = find_run(project, resume or None)
    info.readable()
    if info.status == "complete":
        raise UsageError(f"run {info.run_id} is complete", hint=f"`cv-harness report {info.run_id}` renders it again")
    return info


def _store(
    project: Project,
    plan: Plan,
    inputs: Inputs,
    arms: ArmSet,
    provider: Provider,
    begun: RunInfo | None,
    clock: Clock,
) -> RunStore:
    from harness.scoring import SCORER_VERSION

    if begun is not None:
        return RunStore.open(begun.folder, write=True)
    manifest = new_manifest(
        project,
        arms=arms.arms,
        documents=inputs.documents,
        goldens={document_id: golden.sha256 for document_id, golden in inputs.goldens.items()},
        selection=inputs.selection,
        scorer=SCORER_VERSION,
        seed=plan.seed,
        concurrency=plan.concurrency,
        command=plan.command,
        now=clock.now(),
        settings={
            "origin": provider.origin,
            "provider": plan.provider,
            "base_url": plan.base_url,
            "profile": plan.profile,
            "reader": plan.reader,
            "fresh": plan.fresh,
            "sequential": list(plan.sequential),
            "repeat": plan.repeat,
            "legacy_wire": arms.legacy.wire,
            "accepted": arms.accepted.wire if arms.accepted else None,
            "unreviewed": list(inputs.unreviewed),
            "cvs": str(plan.cvs.resolve()) if plan.cvs else None,
            "answers": str(plan.answers.resolve()) if plan.answers else None,
        },
    )
    return RunStore.create(project, manifest)


def _keep(
    store: RunStore, arms: ArmSet, plan: Plan, provider: Provider, recordings: RecordingStore, *, committed: bool
) -> None:
    """What was really asked becomes recordings: of every arm where asking costs money or was done on new draws (which
    are seen from then on), else of the references."""
    if provider.origin == "declared":
        return
    every = committed or provider.costs_money or plan.fresh
    chosen = [arm.id for arm in arms.arms if every or arm.id not in arms.candidates]
    recordings.add(recordings_of(store, provider.origin, chosen), local=not committed)


def recordings_of(store: RunStore, origin: str, arms: Iterable[str]) -> Iterator[Recording]:
    """The calls that a run really sent for these arms, as recordings."""
    for arm in arms:
        for stored in store.calls(arm):
            call = Call(stored.parts, stored.draw, stored.call_key, stored.wire, {})
            yield record(origin, call, stored.attempts)
