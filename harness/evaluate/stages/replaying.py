"""Making records of arms: one client, one reader, the cost said and capped, Ctrl-C that loses nothing."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from harness.base.clock import SystemClock
from harness.base.errors import HarnessError, UsageError
from harness.corpus.types import Document, Extraction
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.inputs import NO_TEXT, Inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.listener import Listener
from harness.models.caller import build_caller
from harness.models.limiter import Limiter
from harness.models.recordings import RecordingStore
from harness.models.types import ASKING, Call, Caller
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
            await _check_models(client, [arm for arm in arms.arms if arm.policy in ASKING])
        with Extractor(reader=plan.reader) as extractor:
            if provider.costs_money:
                listener.note(_refuse_cost(plan, inputs, arms, provider, recordings, extractor, store))

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
                    client=client if arm.policy in ASKING else None,
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


def _refuse_cost(
    plan: Plan,
    inputs: Inputs,
    arms: ArmSet,
    provider: Provider,
    recordings: RecordingStore,
    extractor: Extractor,
    store: RunStore,
) -> str:
    """What the run will still cost; raises TooExpensiveError where that is too much."""
    from harness.evaluate.setup.estimate import expected_cost, refuse_over

    names = [document.id for document in inputs.documents if document.id in inputs.paths]
    read = dict(zip(names, extractor.extract_many([inputs.paths[name] for name in names]), strict=True))
    texts = {document_id: extraction.text for document_id, extraction in read.items() if extraction.readable}
    today = SystemClock().now().date()
    calls, expected = expected_cost(
        arms.arms, texts, inputs.goldens, arms.legacy, recordings, today, done=store.done().keys()
    )
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
