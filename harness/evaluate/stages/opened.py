"""What the stages work with: a run that is open (to be judged), and a session (which can also ask for answers)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.base.clock import Clock, SystemClock
from harness.base.errors import HarnessError, UsageError
from harness.base.listed_models import listed_models
from harness.base.project import Project
from harness.corpus.goldens import hashes_of
from harness.evaluate.setup.arms import ArmSet, begun_arms, build_arms, declared_arms, deployed_arms, recording_arms
from harness.evaluate.setup.baseline_check import require_baseline
from harness.evaluate.setup.inputs import Inputs, load_inputs
from harness.evaluate.setup.linted import refuse_lint_errors
from harness.evaluate.setup.looks import check_looks
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, open_provider
from harness.evaluate.stages.listener import Listener, Silent
from harness.evaluate.stages.merging import absorb_left
from harness.evaluate.stages.owed import record_owed
from harness.models.recordings import RecordingStore
from harness.replay.manifest import new_manifest
from harness.replay.runs import RunInfo, discard_unbegun, find_run
from harness.replay.settings import RunSettings
from harness.replay.store import RunStore
from harness.replay.types import NewRun
from harness.scoring import SCORER_VERSION


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run whose store is open for writing, the plan that it is judged by, and what it is judged against."""

    project: Project
    plan: Plan
    inputs: Inputs
    store: RunStore
    listener: Listener
    clock: Clock

    @property
    def folder(self) -> Path:
        return self.store.folder


@dataclass(frozen=True, slots=True)
class Session:
    """An open run, and who answers in it. recording: every arm may be asked for what is not recorded yet, and what it
    answers is committed (`cv-harness record`)."""

    run: OpenRun
    provider: Provider
    arms: ArmSet
    recordings: RecordingStore
    recording: bool = False


@contextlib.contextmanager
def open_run(
    project: Project,
    folder: Path,
    plan: Plan,
    *,
    listener: Listener | None = None,
    clock: Clock | None = None,
    inputs: Inputs | None = None,
) -> Iterator[OpenRun]:
    """The stored run in `folder`, against today's goldens (`inputs`: against these). Its texts are in the store, so no
    CV file is looked at. Raises UsageError where it is no run, or another process writes it."""
    record_owed(project, RecordingStore.of(project), listener or Silent())
    inputs = inputs or load_inputs(project, plan, verify=False)
    with RunStore.open(folder, write=True) as store:
        absorb_left(store, inputs, listener or Silent())
        yield OpenRun(project, plan, inputs, store, listener or Silent(), clock or SystemClock())


@contextlib.contextmanager
def open_session(
    project: Project,
    plan: Plan,
    *,
    listener: Listener,
    clock: Clock,
    resume: str | None = None,
    recording: bool = False,
    provider: Provider | None = None,
) -> Iterator[Session]:
    """A new run of what `plan` says, or the begun run `resume` ("": the newest) to go on with. provider: one that is
    open already, and stays open.

    Raises UsageError before anything is sent. A run that ends with an error before anything was sent or written
    leaves no trace.
    """
    recordings = RecordingStore.of(project)
    record_owed(project, recordings, listener)
    listener.stage("reading the corpus")
    inputs = load_inputs(project, plan)
    check_looks(inputs, plan)
    begun = _begun(project, resume)
    with contextlib.nullcontext(provider) if provider else open_provider(project, plan, recordings) as provider:
        if plan.require_baseline:
            require_baseline(project, plan.require_baseline, provider.origin, plan.assistants)
        arms = _arms(project, plan, inputs, provider, recordings, begun, clock)
        if recording:
            arms = recording_arms(arms)
        for note in (*inputs.notes, *arms.notes):
            listener.note(note)
        if begun is None:
            store = new_store(project, plan, inputs, arms, provider, clock, recording=recording)
        else:
            store = RunStore.open(begun.folder, write=True)
        try:
            with store:
                run = OpenRun(project, plan, inputs, store, listener, clock)
                if begun is not None:
                    absorb_left(store, inputs, listener)
                yield Session(run, provider, arms, recordings, recording)
        except HarnessError:
            discard_unbegun(store.folder)
            raise


def _begun(project: Project, resume: str | None) -> RunInfo | None:
    """The run to go on with: by id, the newest for "", None where a new one is wanted."""
    if resume is None:
        return None
    info = find_run(project, resume or None)
    info.readable()
    if info.status == "complete":
        raise UsageError(f"run {info.run_id} is complete", hint=f"`cv-harness report {info.run_id}` renders it again")
    return info


def _arms(
    project: Project,
    plan: Plan,
    inputs: Inputs,
    provider: Provider,
    recordings: RecordingStore,
    begun: RunInfo | None,
    clock: Clock,
) -> ArmSet:
    """Those that the run was begun with, those that declared answers name, a service's ways, or those that the plan
    means."""
    if begun is not None:
        if plan.service is None and any(arm.pipeline == "http" for arm in begun.readable().arms):
            raise UsageError("the run measures a service", hint="go on with --resume --service URL")
        return begun_arms(project, begun, inputs, provider)
    if plan.answers is not None:
        return declared_arms(project, plan, inputs)
    if plan.service is not None:
        return deployed_arms(project, plan, provider.origin)
    today = clock.now().date()
    arms = build_arms(project, plan, provider, recordings, today)
    if not plan.force:
        refuse_lint_errors(arms.arms, today, listed_models(project, provider.origin))
    return arms


def new_store(
    project: Project,
    plan: Plan,
    inputs: Inputs,
    arms: ArmSet,
    provider: Provider,
    clock: Clock,
    *,
    recording: bool = False,
) -> RunStore:
    """The store of a new run, with its manifest. Its answers become recordings: of every arm where asking costs money
    or is done on new draws (which are seen from then on), else of the references."""
    every = provider.costs_money or plan.fresh
    new = NewRun(
        arms=arms.arms,
        documents=inputs.documents,
        goldens=hashes_of(inputs.goldens),
        selection=inputs.selection,
        scorer=SCORER_VERSION,
        seed=plan.seed,
        concurrency=plan.concurrency,
        command=plan.command,
        settings=RunSettings(
            origin=provider.origin,
            provider=plan.provider,
            base_url=plan.base_url,
            profile=plan.profile,
            reader=plan.reader,
            fresh=plan.fresh,
            sequential=plan.sequential,
            repeat=plan.repeat,
            legacy_wire=arms.legacy.wire,
            accepted=arms.accepted.wire if arms.accepted else None,
            unreviewed=inputs.unreviewed,
            cvs=str(plan.cvs.resolve()) if isinstance(plan.cvs, Path) else plan.cvs,
            answers=str(plan.answers.resolve()) if plan.answers else None,
            probes=plan.probes,
            way=plan.way,
            recorded="committed" if recording else "every arm" if every else "references",
        ),
    )
    return RunStore.create(project, new_manifest(project, new, clock.now()))
