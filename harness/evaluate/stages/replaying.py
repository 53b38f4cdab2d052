"""The first stage: making records. One client, one reader, the cost said and capped, Ctrl-C that loses nothing."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from harness.base.errors import HarnessError, UsageError
from harness.corpus.types import Document, Extraction
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.inputs import NO_TEXT, Inputs
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import Session
from harness.models.caller import build_caller
from harness.models.limiter import Limiter
from harness.models.recordings import record
from harness.models.types import ASKING, Call, Caller, Recording
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.declared import DeclaredPipeline
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PerDocument, Pipeline
from harness.replay.engine import replay
from harness.replay.progress import Progress, ReplaySummary
from harness.replay.store import RunStore
from harness.replay.types import Arm

if TYPE_CHECKING:
    from harness.corpus.text import Extractor
    from harness.models.client import ModelClient


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a session's run: these arms on these documents, for at most `budget` US dollars. told: what a person
    reads while it is made."""

    arms: ArmSet
    inputs: Inputs
    budget: Decimal
    told: str


def all_arms(session: Session, inputs: Inputs, budget: Decimal) -> Part:
    """Every arm of the session on these documents."""
    simulated = " on the simulator (free; dollars as a model would take)" if session.provider.simulated else ""
    return Part(session.arms, inputs, budget, f"replaying {len(inputs.documents)} CVs{simulated}")


def replay_part(session: Session, part: Part) -> ReplaySummary:
    """Make every record of the part that is not in the store yet, and keep what was asked as recordings. Ctrl-C ends
    it cleanly. Raises ProviderUnavailableError, StoreError, and TooExpensiveError before the first call."""
    session.run.listener.stage(part.told)
    summary = asyncio.run(_replay(session, part))
    keep_recordings(session, part.arms)
    return summary


async def _replay(session: Session, part: Part) -> ReplaySummary:
    from harness.corpus.text import Extractor
    from harness.models.client import ModelClient

    run, provider = session.run, session.provider
    stop = asyncio.Event()
    restore = _on_interrupt(asyncio.get_running_loop(), stop, run.listener)
    client = ModelClient(provider.endpoint) if provider.endpoint else None
    try:
        if client is not None:
            await _check_models(client, [arm for arm in part.arms.arms if arm.policy in ASKING])
        with Extractor(reader=run.plan.reader) as extractor:
            if provider.costs_money:
                run.listener.note(_refuse_cost(session, part, extractor))
            return await replay(
                store=run.store,
                documents=part.inputs.documents,
                extractions=_reads(part.inputs, extractor),
                arms=part.arms.arms,
                pipeline_of=_pipelines(part.arms, part.inputs),
                caller_of=_callers(session, client),
                concurrency=run.plan.concurrency,
                seed=run.plan.seed,
                on_event=_Watch(run.listener, part.budget if provider.costs_money else None, stop),
                stop=stop,
            )
    finally:
        restore()
        if client is not None:
            await client.aclose()


@dataclass(frozen=True, slots=True)
class _Watch:
    """Shows the progress, and ends the run once it costs more than `budget` (None: it costs nothing)."""

    listener: Listener
    budget: Decimal | None
    stop: asyncio.Event

    def __call__(self, progress: Progress) -> None:
        self.listener.progress(progress)
        if self.budget is not None and progress.cost > self.budget and not self.stop.is_set():
            self.listener.note(f"ending: ${progress.cost:.2f} is more than --max-cost {self.budget:.2f}")
            self.stop.set()


def _reads(inputs: Inputs, extractor: Extractor) -> Callable[[Document], Awaitable[Extraction]]:
    async def read(document: Document) -> Extraction:
        path = inputs.paths.get(document.id)
        return NO_TEXT if path is None else await asyncio.to_thread(extractor.extract, path)

    return read


def _callers(session: Session, client: ModelClient | None) -> Callable[[Arm], Caller]:
    """One limiter and one journal for all arms: the account is the same."""
    limiter, journal = Limiter(session.run.plan.concurrency), session.run.store.journal()

    def caller_of(arm: Arm) -> Caller:
        if arm.origin == "declared":
            return _no_calls
        return build_caller(
            origin=arm.origin,
            policy=arm.policy,
            journal=journal,
            client=client if arm.policy in ASKING else None,
            recordings=session.recordings,
            limiter=limiter,
            cache_key=f"{arm.pipeline}-{session.run.folder.name}",
        )

    return caller_of


def keep_recordings(session: Session, arms: ArmSet) -> None:
    """What was really asked becomes recordings: of every arm where asking costs money or was done on new draws (which
    are seen from then on), else of the references."""
    provider = session.provider
    if provider.origin == "declared":
        return
    every = session.recording or provider.costs_money or session.run.plan.fresh
    chosen = [arm.id for arm in arms.arms if every or arm.id not in arms.candidates]
    session.recordings.add(recordings_of(session.run.store, provider.origin, chosen), local=not session.recording)


def recordings_of(store: RunStore, origin: str, arms: Iterable[str]) -> Iterator[Recording]:
    """The calls that a run really sent for these arms, as recordings."""
    for arm in arms:
        for stored in store.calls(arm):
            call = Call(stored.parts, stored.draw, stored.call_key, stored.wire, {})
            yield record(origin, call, stored.attempts)


async def _check_models(client: ModelClient, asked: Sequence[Arm]) -> None:
    """Ask once for each model whether the provider has it; where it lacks a reference's, say how to do without."""
    for model in sorted({arm.model for arm in asked}):
        try:
            await client.check(model)
        except UsageError as error:
            named = {arm.id for arm in asked if arm.model == model}
            if named == {"legacy"}:
                raise UsageError(
                    f"{error.message}, which is legacy's",
                    hint='set legacy = "retired" in [tool.cv-harness], or leave --pair-live out: what is recorded of '
                    "legacy is replayed",
                ) from None
            if any(name.startswith("candidate") for name in named):
                raise
            raise UsageError(
                f"{error.message}, which is that of {' and '.join(sorted(named))}",
                hint="leave --pair-live out: what is recorded of them is replayed",
            ) from None


def _refuse_cost(session: Session, part: Part, extractor: Extractor) -> str:
    """What the part will still cost; raises TooExpensiveError where that is too much."""
    from harness.evaluate.setup.estimate import expected_cost, refuse_over

    inputs = part.inputs
    names = [document.id for document in inputs.documents if document.id in inputs.paths]
    read = dict(zip(names, extractor.extract_many([inputs.paths[name] for name in names]), strict=True))
    texts = {document_id: extraction.text for document_id, extraction in read.items() if extraction.readable}
    calls, expected = expected_cost(
        part.arms.arms,
        texts,
        inputs.goldens,
        part.arms.legacy,
        session.recordings,
        session.run.clock.now().date(),
        done=session.run.store.done().keys(),
    )
    return refuse_over(expected, calls, float(part.budget), may_be_free=session.provider.origin != "openai")


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
