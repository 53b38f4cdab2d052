"""One evaluation from documents to dashboard: replay → score → decide → render."""

from __future__ import annotations

import asyncio
import random
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from harness.base.clock import Clock, SystemClock
from harness.base.errors import HarnessError, UsageError
from harness.base.project import Project
from harness.corpus.types import Document, Extraction
from harness.evaluate.arms import ArmSet, begun_arms, build_arms, declared_arms, recording_arms
from harness.evaluate.baseline_check import require_baseline
from harness.evaluate.inputs import NO_TEXT, Inputs, load_inputs
from harness.evaluate.plan import Plan
from harness.evaluate.provider import Provider, open_provider
from harness.gates.types import Verdict
from harness.models.caller import build_caller
from harness.models.limiter import Limiter
from harness.models.recordings import RecordingStore, record
from harness.models.types import Call, Caller, Recording
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.declared import DeclaredPipeline
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PerDocument, Pipeline
from harness.replay.engine import replay
from harness.replay.manifest import new_manifest
from harness.replay.progress import Progress, ReplaySummary
from harness.replay.runs import RunInfo, discard_unbegun, find_run
from harness.replay.store import RunStore
from harness.replay.types import Arm, Manifest

if TYPE_CHECKING:
    from harness.corpus.text import Extractor


class Listener(Protocol):
    """Whoever shows a running evaluation to a person."""

    def stage(self, name: str) -> None: ...

    def note(self, text: str) -> None: ...

    def progress(self, progress: Progress) -> None: ...


class Silent:
    """Shows nothing."""

    def stage(self, name: str) -> None: ...

    def note(self, text: str) -> None: ...

    def progress(self, progress: Progress) -> None: ...


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation came to. verdicts: by candidate arm; pages: the dashboard of each."""

    folder: Path
    manifest: Manifest
    verdicts: Mapping[str, Verdict]
    pages: Mapping[str, Path]
    replay: ReplaySummary | None
    notes: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """The one that counts: the worst of all candidates' (HOLD before INCONCLUSIVE before SHIP)."""
        order = ("HOLD", "INCONCLUSIVE", "SHIP")
        return min(self.verdicts.values(), key=lambda verdict: order.index(verdict.verdict))


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
    from harness.evaluate.stages import judge

    listener, clock = listener or Silent(), clock or SystemClock()
    looks: list[Evaluation] = []

    def look(folder: Path) -> bool:
        """Whether the evidence so far decides; every look at it is counted."""
        looks.append(judge(project, folder, plan, listener=listener, clock=clock))
        return bool(looks[-1].verdicts) and all(each.verdict != "INCONCLUSIVE" for each in looks[-1].verdicts.values())

    replayed = replay_plan(project, plan, listener=listener, resume=resume, clock=clock, look=look)
    result = looks[-1]
    evaluation = replace(result, replay=replayed.summary, notes=(*replayed.notes, *result.notes))
    if replayed.summary.missing and not plan.allow_missing:
        from harness.evaluate.missing import missing_error

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
    look: Callable[[Path], bool] = lambda _: True,
) -> Replayed:
    """The first stage alone: make the records of the plan. `recording`: every arm may be asked for what is not
    recorded yet, and what it answers is committed (`cv-harness record`).

    look: called with the run's folder after each planned number of people, and at the end; True ends the run.
    """
    clock = clock or SystemClock()
    recordings = RecordingStore.of(project)
    listener.stage("reading the corpus")
    inputs = load_inputs(project, plan)
    begun = _begun(project, resume)
    if plan.answers is None:
        threading.Thread(target=_warm_up, daemon=True).start()
    with open_provider(plan, recordings) as provider:
        if plan.require_baseline:
            require_baseline(project, plan.require_baseline, provider.origin)
        if begun is not None:
            arms = begun_arms(project, begun, inputs, provider)
        else:
            arms = (
                declared_arms(project, plan, inputs)
                if plan.answers
                else build_arms(project, plan, provider, clock.now().date())
            )
        if recording:
            arms = recording_arms(arms)
        notes = (*inputs.notes, *arms.notes)
        for note in notes:
            listener.note(note)
        store = _store(project, plan, inputs, arms, provider, begun, clock)
        for batch in batches(inputs, plan):
            try:
                with store:
                    simulated = " on the simulator (free; dollars as a model would take)" if provider.simulated else ""
                    listener.stage(f"replaying {len(batch.documents)} CVs{simulated}")
                    summary = asyncio.run(replay_arms(store, plan, batch, arms, provider, recordings, listener))
                    _keep(store, arms, provider, recordings, committed=recording)
            except HarnessError:
                discard_unbegun(store.folder)
                raise
            if look(store.folder) or summary.interrupted:
                break
            store = RunStore.open(store.folder, write=True)
        store.close()
        return Replayed(store.folder, summary, notes, provider, arms)


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
    if info.manifest is None:
        raise UsageError(f"run {info.run_id} cannot be read: {info.problem}")
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


async def replay_arms(
    store: RunStore,
    plan: Plan,
    inputs: Inputs,
    arms: ArmSet,
    provider: Provider,
    recordings: RecordingStore,
    listener: Listener,
) -> ReplaySummary:
    """Make every record of `arms` that is not in `store` yet; Ctrl-C ends it cleanly."""
    from harness.corpus.text import Extractor
    from harness.models.client import ModelClient

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    restore = _on_interrupt(loop, stop, listener)
    client = ModelClient(provider.endpoint) if provider.endpoint else None
    limiter = Limiter(plan.concurrency)
    journal = store.journal()
    try:
        if client is not None:
            for model in sorted({arm.model for arm in arms.arms if arm.policy != "replay_only"}):
                await client.check(model)
        with Extractor(reader=plan.reader) as extractor:
            if provider.costs_money:
                listener.note(_refuse_cost(plan, inputs, arms, provider, recordings, extractor))

            def progress(progress: Progress) -> None:
                listener.progress(progress)
                if provider.costs_money and progress.cost > Decimal(str(plan.max_cost)) and not stop.is_set():
                    listener.note(f"ending: ${progress.cost:.2f} is more than --max-cost {plan.max_cost:.2f}")
                    stop.set()

            async def read(document: Document) -> Extraction:
                path = inputs.paths.get(document.id)
                return NO_TEXT if path is None else await asyncio.to_thread(extractor.extract, path)

            def caller_of(arm: Arm) -> Caller:
                if arm.origin == "declared":
                    return _no_calls
                return build_caller(
                    origin=arm.origin,
                    policy=arm.policy,
                    journal=journal,
                    client=None if arm.policy == "replay_only" else client,
                    recordings=recordings,
                    limiter=limiter,
                    cache_key=f"{arm.pipeline}-{store.folder.name}",
                )

            return await replay(
                store=store,
                documents=inputs.documents,
                extractions=read,
                arms=arms.arms,
                pipeline_of=_pipelines(arms, inputs),
                caller_of=caller_of,
                concurrency=plan.concurrency,
                seed=plan.seed,
                on_event=progress,
                stop=stop,
            )
    finally:
        restore()
        if client is not None:
            await client.aclose()


def _refuse_cost(
    plan: Plan, inputs: Inputs, arms: ArmSet, provider: Provider, recordings: RecordingStore, extractor: Extractor
) -> str:
    """What the run will cost; raises UsageError where that is too much."""
    from harness.evaluate.estimate import expected_cost, refuse_over

    paths = [inputs.paths[document.id] for document in inputs.documents if document.id in inputs.paths]
    read = dict(zip(inputs.paths, extractor.extract_many(paths), strict=True))
    texts = {document_id: extraction.text for document_id, extraction in read.items() if extraction.readable}
    today = SystemClock().now().date()
    calls, expected = expected_cost(arms.arms, texts, inputs.goldens, arms.legacy, recordings, today)
    return refuse_over(expected, calls, plan.max_cost, may_be_free=provider.origin != "openai")


async def _no_calls(call: Call) -> tuple[()]:
    """The caller of answers made elsewhere: there is nobody to call."""
    raise HarnessError(f"declared answers call no model, but {call.wire} was called")


def _on_interrupt(loop: asyncio.AbstractEventLoop, stop: asyncio.Event, listener: Listener) -> Callable[[], None]:
    """The first Ctrl-C asks the replay to end, the second one ends the process. Returns what undoes this."""

    def first() -> None:
        listener.note("ending: calls in flight are finished, what is there is kept (Ctrl-C again to stop at once)")
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    try:
        loop.add_signal_handler(signal.SIGINT, first)
    except (NotImplementedError, RuntimeError, ValueError):  # not the main thread, or a platform without signals
        return lambda: None
    return lambda: (loop.remove_signal_handler(signal.SIGINT), None)[1]


def _pipelines(arms: ArmSet, inputs: Inputs) -> Callable[[Arm], Pipeline | PerDocument]:
    def pipeline_of(arm: Arm) -> Pipeline | PerDocument:
        if arm.pipeline == "declared":
            return DeclaredPipeline(inputs.answers, arm.id)  # type: ignore[arg-type]
        if arm.bundle is not None:
            return AssistantPipeline(arm.bundle)
        return LegacyPipeline(arms.legacy)

    return pipeline_of


def _keep(store: RunStore, arms: ArmSet, provider: Provider, recordings: RecordingStore, *, committed: bool) -> None:
    """What was really asked becomes recordings: of every arm where asking costs money, else of the references."""
    if provider.origin == "declared":
        return
    chosen = [arm.id for arm in arms.arms if committed or provider.costs_money or arm.id not in arms.candidates]
    recordings.add(recordings_of(store, provider.origin, chosen), local=not committed)


def recordings_of(store: RunStore, origin: str, arms: Iterable[str]) -> Iterator[Recording]:
    """The calls that a run really sent for these arms, as recordings."""
    for arm in arms:
        for stored in store.calls(arm):
            call = Call(stored.parts, stored.draw, stored.call_key, stored.wire, {})
            yield record(origin, call, stored.attempts)
