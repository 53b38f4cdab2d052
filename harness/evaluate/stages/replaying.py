"""The first stage: making records. One client, one reader, the cost said and capped, Ctrl-C that loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import FrameType
from typing import TYPE_CHECKING

from harness.base.canonical import sha256
from harness.base.errors import HarnessError, UsageError
from harness.corpus.text import Extractor
from harness.corpus.types import Document, Extraction
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.inputs import NO_TEXT, Inputs
from harness.evaluate.stages.enforcement import tell_unenforced
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import Session
from harness.evaluate.stages.preflight import check
from harness.evaluate.stages.turned_away import explained
from harness.models.budget import Budget
from harness.models.caller import build_caller
from harness.models.client import ModelClient
from harness.models.limiter import Limiter
from harness.models.rates import Rates
from harness.models.retry import Retries, RetryPolicy
from harness.models.types import ASKING, Call, Caller, Wire
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.declared import DeclaredPipeline
from harness.pipelines.http import Flavour, HttpPipeline, Service
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PerDocument, Pipeline
from harness.replay.engine import Pace, Work, replay
from harness.replay.health import TurnedAwayError
from harness.replay.maker import OnRecord
from harness.replay.progress import Progress, ReplaySummary
from harness.replay.recorded import keep
from harness.replay.types import Arm

if TYPE_CHECKING:
    from harness.corpus.text import Extractor
    from harness.models.client import ModelClient

_SLOW_START = 2
"""Calls that a paid account is begun with, before it is known how many at a time it takes."""
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end."""


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


def replay_part(session: Session, part: Part, on_record: OnRecord | None = None) -> ReplaySummary:
    """Make every record of the part that is not in the store yet, and keep what was asked as recordings. Ctrl-C ends
    it cleanly. Raises ProviderUnavailableError, StoreError, and TooExpensiveError before the first call."""
    session.run.listener.stage(part.told)
    summary = asyncio.run(_replay(session, part, on_record))
    keep(session.run.store, session.recordings)
    return summary


async def _replay(session: Session, part: Part, on_record: OnRecord | None) -> ReplaySummary:
    run, provider = session.run, session.provider
    stop = asyncio.Event()
    client = ModelClient(provider.endpoint) if provider.endpoint else None
    try:
        if client is not None:
            await _check_models(client, [arm for arm in part.arms.arms if arm.policy in ASKING])
        with Extractor(reader=run.plan.reader) as extractor:
            budget, before = None, run.store.spent()
            if provider.costs_money:
                check(session, part.arms, part.inputs, part.budget, extractor)
                day = date.fromisoformat(run.store.manifest().started[:10])
                budget = Budget(before + part.budget, on=day, spent=before, tell=run.listener.note)
            work = Work(
                part.inputs.documents,
                part.arms.arms,
                extractions=_reads(part.inputs, extractor),
                pipeline_of=_pipelines(part.arms, part.inputs, run.plan.service, provider.wire),
                caller_of=_callers(session, client, budget),
            )
            with _heard(stop, run.listener) as ending:
                summary = await replay(
                    run.store,
                    work,
                    Pace(run.plan.concurrency, run.plan.seed),
                    on_event=_Watch(run.listener, budget, before),
                    on_record=on_record,
                    stop=stop,
                )
            _tell_end(run.listener, summary)
            if client is not None and budget is not None:
                await tell_unenforced(client, run.store, part.arms.arms, provider.wire, budget, run.listener)
            if extractor.cache_problem:
                run.listener.note(extractor.cache_problem)
            cost = summary.cost if budget is None else budget.spent - before
            return replace(summary, cost=cost, interrupted=summary.interrupted or ending.asked)
    except TurnedAwayError as error:
        raise error if client is None else await explained(client, error) from None
    finally:
        if client is not None:
            await client.aclose()


@dataclass(frozen=True, slots=True)
class _Watch:
    """Shows the progress; where a budget is kept, with what it says is spent."""

    listener: Listener
    budget: Budget | None
    before: Decimal

    def __call__(self, progress: Progress) -> None:
        if self.budget is not None:
            progress = replace(progress, cost=self.budget.spent - self.before)
        self.listener.progress(progress)


def _tell_end(listener: Listener, summary: ReplaySummary) -> None:
    """Why there is more to come, and how."""
    if summary.ended:
        listener.note(f"ending: {summary.ended}; `--resume` with a higher one goes on")
    elif summary.to_ask_again:
        listener.note(
            f"{summary.to_ask_again} records failed for reasons that may pass (a refused key, an empty account, a "
            "server that was down): `--resume` asks for them again"
        )


def _reads(inputs: Inputs, extractor: Extractor) -> Callable[[Document], Awaitable[Extraction]]:
    async def read(document: Document) -> Extraction:
        if (text := inputs.texts.get(document.id)) is not None:
            return Extraction("ok", text, sha256(text), "made")
        path = inputs.paths.get(document.id)
        return NO_TEXT if path is None else await asyncio.to_thread(extractor.extract, path)

    return read


def _callers(session: Session, client: ModelClient | None, budget: Budget | None) -> Callable[[Arm], Caller]:
    """One limiter, one journal, one budget and one store of retries for all arms: the account is the same."""
    plan, endpoint = session.run.plan, session.provider.endpoint
    journal, limiter, rates, attempts = session.run.store.journal(), Limiter(plan.concurrency), None, 4
    if endpoint is not None and session.provider.costs_money:
        limiter = Limiter(min(plan.concurrency, endpoint.concurrency or plan.concurrency), start=_SLOW_START)
        rates = Rates(endpoint.requests_per_minute, endpoint.tokens_per_minute)
        attempts = endpoint.attempts
    retry = RetryPolicy(attempts=attempts, left=Retries(endpoint.retries if endpoint is not None else None))

    def caller_of(arm: Arm) -> Caller:
        if arm.pipeline in ("declared", "http"):
            return _no_calls
        return build_caller(
            origin=arm.origin,
            policy=arm.policy,
            journal=journal,
            client=client if arm.policy in ASKING else None,
            recordings=session.recordings,
            limiter=limiter,
            cache_key=f"{arm.pipeline}-{session.run.folder.name}",
            retry=retry,
            budget=budget,
            rates=rates,
        )

    return caller_of


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


async def _no_calls(call: Call) -> tuple[()]:
    """The caller of answers made elsewhere, by somebody or in a service: there is nobody to call from here."""
    raise HarnessError(f"answers made elsewhere call no model, but {call.wire} was called")


@dataclass(slots=True)
class _Ending:
    """Whether a signal asked for the end, also one that came too late for the loop to hear of it."""

    asked: bool = False


@contextlib.contextmanager
def _heard(stop: asyncio.Event, listener: Listener) -> Iterator[_Ending]:
    """The first Ctrl-C (SIGTERM, or SIGHUP unless it is ignored, as under nohup) asks the replay to end, the second
    one ends the process. What was there before is back after the block."""
    loop, ending = asyncio.get_running_loop(), _Ending()
    found = {each: signal.getsignal(each) for each in ENDING}
    before = {each: handler for each, handler in found.items() if handler not in (signal.SIG_IGN, None)}

    def restore() -> None:
        while before:
            signal.signal(*before.popitem())

    def tell() -> None:
        listener.note("ending: calls in flight are finished, what is there is kept (Ctrl-C again to stop at once)")
        stop.set()

    def first(_number: int, _frame: FrameType | None) -> None:
        ending.asked = True
        restore()
        loop.call_soon_threadsafe(tell)

    try:
        for each in before:
            signal.signal(each, first)
    except ValueError:  # only the main thread hears signals
        before.clear()
    try:
        yield ending
    finally:
        restore()


def _pipelines(
    arms: ArmSet, inputs: Inputs, service: Service | None, wire: Wire
) -> Callable[[Arm], Pipeline | PerDocument]:
    def pipeline_of(arm: Arm) -> Pipeline | PerDocument:
        if service is not None:
            flavour: Flavour = "legacy" if arm.id == "legacy" else "assistant"
            return HttpPipeline(service, flavour, lambda document: inputs.paths[document.id])
        if arm.pipeline == "declared":
            return DeclaredPipeline(inputs.answers, arm.id)  # type: ignore[arg-type]
        if arm.bundle is not None:
            return AssistantPipeline(arm.bundle, wire)
        return LegacyPipeline(arms.legacy)

    return pipeline_of
