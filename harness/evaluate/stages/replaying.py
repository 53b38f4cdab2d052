"""The first stage: making records. One client, one reader, the cost said and capped, Ctrl-C that loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

from harness.base.errors import HarnessError, UsageError
from harness.base.memory import give_back
from harness.corpus.text import Extractor
from harness.corpus.types import Document, Extraction
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.batching import collect_left, open_desk, unless
from harness.evaluate.stages.enforcement import breaks_schema, tell_unenforced
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import Session
from harness.evaluate.stages.preflight import check
from harness.evaluate.stages.turned_away import explained
from harness.models.budget import Budget
from harness.models.caller import Desk, Terms, build_caller
from harness.models.client import ModelClient
from harness.models.endpoints import Endpoint, is_simulated
from harness.models.limiter import Limiter
from harness.models.retry import Retries, RetryPolicy
from harness.models.shared import Limits, Share
from harness.models.types import ASKING, Call, Caller, Wire
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.declared import DeclaredPipeline
from harness.pipelines.http import Flavour, HttpPipeline
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PerDocument, Pipeline
from harness.replay.engine import Pace, Work, replay
from harness.replay.health import TurnedAwayError
from harness.replay.maker import OnRecord
from harness.replay.progress import Progress, ReplaySummary
from harness.replay.recorded import keep
from harness.replay.types import Arm, Record

if TYPE_CHECKING:
    from harness.corpus.text import Extractor
    from harness.models.client import ModelClient

_SLOW_START = range(2, 9)
"""Calls at a time that a paid account is begun with, before it is known how many it takes: a quarter of those that were
asked for, at least so many and at most so many."""
_BATCH_GRACE_S = 1.0
"""That records have at the end of a run whose calls wait for batches."""
ENDING_TOLD = "calls in flight are finished, what is there is kept"
_LEAVING = "what was asked goes on at the server, what is there is kept"
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that ask a process to end."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a session's run: these arms on these documents, for at most `budget` US dollars. told: what a person
    reads while it is made. shared: where it is one of several that are made at a time, its part in the account and who
    ends it; what is done once for all of them (asking whether the models are there, saying what it will cost, keeping
    recordings) is then done by whoever began them."""

    arms: ArmSet
    inputs: Inputs
    budget: Decimal
    told: str
    shared: Shared | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """account: this process's part in it. portion: of the run's documents, and so of its retries. on_end: hears what to
    call, from any thread, when the part has to end."""

    account: Share
    portion: float
    on_end: Callable[[Callable[[], object]], None]


def all_arms(session: Session, inputs: Inputs, budget: Decimal) -> Part:
    """Every arm of the session on these documents."""
    simulated = " on the simulator (free; dollars as a model would take)" if session.provider.simulated else ""
    return Part(session.arms, inputs, budget, f"replaying {len(inputs.documents)} CVs{simulated}")


def replay_part(session: Session, part: Part, on_record: OnRecord | None = None) -> ReplaySummary:
    """Make every record of the part that is not in the store yet, and keep what was asked as recordings. Ctrl-C ends
    it cleanly. Raises ProviderUnavailableError, StoreError, and TooExpensiveError before the first call."""
    session.run.listener.stage(part.told)
    summary = asyncio.run(_replay(session, part, on_record))
    if part.shared is None:
        give_back()
        keep(session.run.store, session.recordings)
    return summary


async def _replay(session: Session, part: Part, on_record: OnRecord | None) -> ReplaySummary:
    run, provider = session.run, session.provider
    stop = asyncio.Event()
    client = ModelClient(provider.endpoint) if provider.endpoint else None
    try:
        if client is not None and part.shared is None:
            await check_models(client, [arm for arm in part.arms.arms if _is_asked(arm)])
            with heard(stop, run.listener, _LEAVING):
                await collect_left(session, client, partial(unless, stop))
        with Extractor(reader=run.plan.reader, workers=None if part.shared is None else 1) as extractor:
            known: dict[str, Extraction] = {}
            if provider.costs_money and part.shared is None:
                known = check(session, part.arms, part.inputs, part.budget, extractor)
            before = run.store.spent() if part.shared is None else Decimal(0)
            budget = _budget(session, part, before)
            work = Work(
                part.inputs.documents,
                part.arms.arms,
                extractions=_reads(part.inputs, extractor, known),
                pipeline_of=_pipelines(part.arms, part.inputs, run.plan, provider.wire),
                caller_of=_callers(session, part, client, budget),
            )
            with heard(stop, run.listener, _LEAVING if run.plan.way else ENDING_TOLD, part.shared) as ending:
                async with AsyncExitStack() as stack:
                    pace = Pace(records_at_once(run.plan), run.plan.seed)
                    if run.plan.way:
                        desk = await stack.enter_async_context(open_desk(session, client, budget))
                        work = replace(work, caller_of=_callers(session, part, client, budget, desk))
                        pace = replace(pace, gathering=desk, grace_s=_BATCH_GRACE_S)
                    watch, seen = _Watch(run.listener, budget, before), _Seen(on_record)
                    summary = await replay(run.store, work, pace, on_event=watch, on_record=seen, stop=stop)
            if part.shared is None:
                tell_end(run.listener, summary)
                if client is not None and budget is not None and (seen.broken or summary.kept):
                    await tell_unenforced(client, run.store, part.arms.arms, provider.wire, budget, run.listener)
            if extractor.cache_problem:
                run.listener.note(extractor.cache_problem)
            cost = summary.cost if budget is None else budget.spent - before
            return replace(summary, cost=cost, interrupted=summary.interrupted or ending.asked)
    except TurnedAwayError as error:
        raise error if client is None else await explained(client, error) from None
    finally:
        if part.shared is not None:
            await part.shared.account.settled()
        if client is not None:
            await client.aclose()


def _is_asked(arm: Arm) -> bool:
    """Whether its model has to be there; of a reference on the simulator all is recorded as a rule."""
    reference = is_simulated(arm.origin) and arm.policy == "record_first" and not arm.id.startswith("candidate")
    return arm.policy in ASKING and not reference


def _budget(session: Session, part: Part, before: Decimal) -> Budget | None:
    """Where somebody bills: what the part may cost, or its part in what all of them may. before: what was spent."""
    if not session.provider.costs_money:
        return None
    day = date.fromisoformat(session.run.store.manifest().started[:10])
    if part.shared is not None:
        return part.shared.account.budget(day, session.run.listener.note)
    return Budget(before + part.budget, on=day, spent=before, tell=session.run.listener.note)


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


@dataclass(slots=True)
class _Seen:
    """Hands records on. broken: whether any of them breaks the schema that it was asked in."""

    then: OnRecord | None
    broken: bool = False

    def __call__(self, record: Record, text: Extraction | None) -> None:
        self.broken = self.broken or breaks_schema(record)
        if self.then is not None:
            self.then(record, text)


def tell_end(listener: Listener, summary: ReplaySummary) -> None:
    """Why there is more to come, and how; and what nobody knows the end of."""
    if summary.unknown_calls:
        listener.note(
            f"{summary.unknown_calls} calls of this run were sent and their end is not known (the process or the line "
            "was cut): they may have been billed, and --max-cost counts them at the most that they may have cost"
        )
    if summary.ended:
        listener.note(f"ending: {summary.ended}; `--resume` with a higher one goes on")
    elif summary.to_ask_again:
        listener.note(
            f"{summary.to_ask_again} records failed for reasons that may pass (a refused key, an empty account, a "
            "server that was down): `--resume` asks for them again"
        )


def _reads(
    inputs: Inputs, extractor: Extractor, known: dict[str, Extraction]
) -> Callable[[Document], Awaitable[Extraction]]:
    """Reads a document once. known: what was read before, given back as it is used."""

    async def read(document: Document) -> Extraction:
        if document.id in known and document.id not in inputs.texts:
            return known.pop(document.id)
        return await asyncio.to_thread(inputs.read, document, extractor)

    return read


def records_at_once(plan: Plan) -> int:
    """How many records are in work. Where a limiter holds calls to the plan's number, half as many more: one whose call
    has ended is kept, and the next one made ready, while as many calls as may be are under way. A service's ways have
    no limiter."""
    return plan.concurrency if plan.service is not None else plan.concurrency * 3 // 2


def limits_of(plan: Plan, endpoint: Endpoint) -> Limits:
    """How many calls at a time, and how much a minute, a paid account is asked."""
    concurrency = min(plan.concurrency, endpoint.concurrency or plan.concurrency)
    start = min(max(concurrency // 4, _SLOW_START[0]), _SLOW_START[-1])
    return Limits(concurrency, start, endpoint.requests_per_minute, endpoint.tokens_per_minute)


def _callers(
    session: Session, part: Part, client: ModelClient | None, budget: Budget | None, desk: Desk | None = None
) -> Callable[[Arm], Caller]:
    """One limiter, one journal, one budget and one store of retries for all arms: the account is the same."""
    plan, endpoint = session.run.plan, session.provider.endpoint
    journal, limiter, rates, attempts = session.run.store.journal(), Limiter(plan.concurrency), None, 4
    retries = endpoint.retries if endpoint is not None else None
    if endpoint is not None and session.provider.costs_money:
        limits, attempts = limits_of(plan, endpoint), endpoint.attempts
        limiter, rates = limits.limiter(), limits.rates()
        if part.shared is not None:
            limiter, rates = part.shared.account.limiter(), part.shared.account.rates()
            retries = None if retries is None else math.ceil(retries * part.shared.portion)
    retry = RetryPolicy(attempts=attempts, left=Retries(retries))
    terms = Terms(limiter, retry, budget, rates, desk)
    run_id = session.run.store.manifest().run_id  # a shard's is its run's

    def caller_of(arm: Arm) -> Caller:
        if arm.pipeline in ("declared", "http"):
            return _no_calls
        return build_caller(
            origin=arm.origin,
            policy=arm.policy,
            journal=journal,
            client=client if arm.policy in ASKING else None,
            recordings=session.recordings,
            terms=terms,
            cache_key=f"{arm.pipeline}-{run_id}",
        )

    return caller_of


async def check_models(client: ModelClient, asked: Sequence[Arm]) -> None:
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
def heard(stop: asyncio.Event, listener: Listener, told: str, shared: Shared | None = None) -> Iterator[_Ending]:
    """The first Ctrl-C (SIGTERM, or SIGHUP unless it is ignored, as under nohup) asks the replay to end, the second
    one ends the process; so does whoever may end a shared part. What was there before is back after the block."""
    loop, ending = asyncio.get_running_loop(), _Ending()
    found = {each: signal.getsignal(each) for each in ENDING}
    before = {each: handler for each, handler in found.items() if handler not in (signal.SIG_IGN, None)}

    def restore() -> None:
        while before:
            signal.signal(*before.popitem())

    def tell() -> None:
        listener.note(f"ending: {told} (Ctrl-C again to stop at once)")
        stop.set()

    def first(_number: int, _frame: FrameType | None) -> None:
        ending.asked = True
        restore()
        loop.call_soon_threadsafe(tell)

    if shared is not None:
        shared.on_end(lambda: loop.call_soon_threadsafe(stop.set))
    try:
        for each in before:
            signal.signal(each, first)
    except ValueError:  # only the main thread hears signals
        before.clear()
    try:
        yield ending
    finally:
        restore()


def _pipelines(arms: ArmSet, inputs: Inputs, plan: Plan, wire: Wire) -> Callable[[Arm], Pipeline | PerDocument]:
    def pipeline_of(arm: Arm) -> Pipeline | PerDocument:
        if plan.service is not None:
            flavour: Flavour = "legacy" if arm.id == "legacy" else "assistant"
            return HttpPipeline(plan.service, flavour, lambda document: inputs.paths[document.id])
        if arm.pipeline == "declared":
            return DeclaredPipeline(inputs.answers, arm.id)  # type: ignore[arg-type]
        if arm.bundle is not None:
            return AssistantPipeline(arm.bundle, wire)
        return LegacyPipeline(arms.legacy, at_once=bool(plan.way))

    return pipeline_of
