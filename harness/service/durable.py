"""The two-pass task, durable: killed between any two calls, it goes on where it stopped, in any process.

The durable-execution library (DBOS) keeps which task is being worked on by whom, and the numbers of the calls that
are done; what a call answered is in our own table, so that its tables hold ids and nothing of a CV. A call is asked
again only where the process died while it was under way.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, error
from sqlalchemy.exc import SQLAlchemyError

from harness.assistants.legacy import LegacyPrompts
from harness.base.types import Failure
from harness.models.types import Attempt, Call, Caller
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PipelineInput, PipelineResult
from harness.service.asking import dump_attempts, load_attempts, spent, wall_ms
from harness.service.database import is_away
from harness.service.logs import failed, log, warn
from harness.service.store import Finished, Store, TaskGoneError

WORKFLOWS = "cv-import-1"
"""Version of the workflow's steps: tasks begun under another version are not gone on with (they end as overdue)."""

DRAWS = 1_000_000
_OVER = frozenset({"SUCCESS", "ERROR"})
"""States of the library's in which it does nothing more about a task."""
_MOST_TIMES = 5
"""How often a process begins a task again that the database broke off: one that it never takes has to end."""


@dataclass(slots=True)
class _UnderWay:
    """What this process knows of a task it works on. pass_1_ms: that pass 1 waited for the model."""

    metadata: asyncio.Event
    done: asyncio.Event
    pass_1_ms: float = 0.0


class TwoPass:
    """Legacy tasks of one process. seconds: one process's time for a task. finished: called with each task that ends
    here and what it came to."""

    def __init__(
        self,
        store: Store,
        prompts: LegacyPrompts,
        caller: Caller,
        *,
        seconds: float,
        dead_after_s: float,
        finished: Callable[[str, Finished], Awaitable[None]],
    ) -> None:
        self.worker_id = uuid.uuid4().hex
        self._store = store
        self._model = prompts.model
        self._pipeline = LegacyPipeline(prompts)
        self._caller = caller
        self._seconds = seconds
        self._dead_after_s = dead_after_s
        self._finished = finished
        self._closing = False
        self._under_way: dict[str, _UnderWay] = {}
        self._broken_off: Counter[str] = Counter()
        self._workflow: Callable[[str], Awaitable[None]] | None = None

    @property
    def running(self) -> int:
        return len(self._under_way)

    async def launch(self, url: str) -> None:
        """Start the library on the running event loop; the tables are there already. No console, no telemetry."""
        config: DBOSConfig = {
            "name": "cv-import",
            "system_database_url": url,
            "application_version": WORKFLOWS,
            "executor_id": self.worker_id,
            "log_level": "WARNING",
            "enable_otlp": False,
            "conductor_key": None,
            "serializer": DBOSPortableJSONSerializer(),
        }
        await asyncio.to_thread(self._store.beat, self.worker_id)
        DBOS(config=config)
        library = logging.getLogger("dbos")
        library.setLevel("WARNING")
        library.handlers.clear()  # it would write lines of its own form to stderr
        library.addFilter(_not_of_deleted)

        # A task is recovered as often as processes die; the deadline ends it, not a count.
        @DBOS.workflow(name="two_pass", max_recovery_attempts=1000)
        async def two_pass(task_id: str) -> None:
            await self._run(task_id)

        self._workflow = two_pass
        DBOS.launch()

    async def start(self, task_id: str) -> None:
        """Begin a task that is in the store."""
        assert self._workflow is not None
        self._under_way[task_id] = _UnderWay(asyncio.Event(), asyncio.Event())
        with SetWorkflowID(task_id):
            await DBOS.start_workflow_async(self._workflow, task_id)  # type: ignore[arg-type]

    async def metadata(self, task_id: str) -> float:
        """Wait until a task begun here is through pass 1, or at its end; milliseconds that the model took of it."""
        known = self._under_way.get(task_id)
        if known is None:
            return 0.0
        await known.metadata.wait()
        return known.pass_1_ms

    async def drain(self) -> None:
        """Wait until no task is under way in this process."""
        while self._under_way:
            await next(iter(self._under_way.values())).done.wait()

    async def take_over(self) -> int:
        """Say that this process is alive, and go on with the tasks of those that are not. How many processes."""
        await asyncio.to_thread(self._store.beat, self.worker_id)
        dead = [w for w in await asyncio.to_thread(self._store.dead_workers, self._dead_after_s) if w != self.worker_id]
        for worker_id in dead:
            # The library re-enqueues in one step what the dead one had, so two of us doing this do no harm.
            await asyncio.to_thread(DBOS._recover_pending_workflows, [worker_id])
            await asyncio.to_thread(self._store.drop_worker, worker_id)
            warn("the tasks of a process that died go on here", worker=worker_id)
        return len(dead)

    async def begin_unbegun(self) -> None:
        """Begin tasks whose process died between storing and beginning them, of which the library knows nothing, and
        again those that it takes for ended although the database was away when they were to say how."""
        for task_id in await asyncio.to_thread(self._store.unfinished_legacy, 2 * self._dead_after_s):
            if task_id in self._under_way:
                continue
            known = await DBOS.get_workflow_status_async(task_id)
            if known is not None:
                if known.status not in _OVER:
                    continue
                theirs = known.executor_id != self.worker_id
                if theirs and await asyncio.to_thread(self._store.has_worker, known.executor_id):
                    continue  # whose it was begins it again
                await DBOS.delete_workflows_async([task_id])  # what the model answered is in our own table
            await self.start(task_id)

    async def forget(self, task_ids: list[str]) -> None:
        """Stop tasks and take the library's rows of them away."""
        for task_id in task_ids:
            await DBOS.cancel_workflow_async(task_id)
        if task_ids:
            await DBOS.delete_workflows_async(task_ids)

    async def close(self) -> None:
        """Stop the library. Tasks still under way are broken off and left to another process."""
        self._closing = True
        loop = asyncio.get_running_loop()
        # The library has made its own thread pool the loop's, and shuts it down: neither can it be stopped from
        # within, nor is it of use afterwards.
        with ThreadPoolExecutor(1) as outside:
            await loop.run_in_executor(outside, lambda: DBOS.destroy(destroy_registry=True))
        loop.set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(self._store.retire_worker, self.worker_id)

    async def _run(self, task_id: str) -> None:
        """The workflow. Never raises, so that no exception's text gets into the library's tables."""
        known = self._under_way.setdefault(task_id, _UnderWay(asyncio.Event(), asyncio.Event()))
        try:
            await self._work(task_id, known)
        except TaskGoneError:
            log("a task was deleted while it was under way", task=task_id)
        except Exception as error:  # noqa: BLE001  (the outermost handler of a task: it must end, whatever happened)
            if self._closing:
                return  # broken off by our own end: another process goes on
            self._broken_off[task_id] += 1
            if is_away(error) and self._broken_off[task_id] <= _MOST_TIMES:
                warn("a task waits for the database, and is begun again", task=task_id, error=type(error).__name__)
                return
            await self._failed(task_id)
        finally:
            known.metadata.set()
            known.done.set()
            self._under_way.pop(task_id, None)

    async def _failed(self, task_id: str) -> None:
        try:
            if await asyncio.to_thread(self._store.task, task_id) is None:
                log("a task was deleted while it was under way", task=task_id)
                return
            failed("a legacy task failed unexpectedly", task=task_id)
            await self._end(task_id, Finished("failed", None, None, "internal", "internal"))
        except SQLAlchemyError as error:
            warn("a task waits for the database, and is begun again", task=task_id, error=type(error).__name__)

    async def _work(self, task_id: str, known: _UnderWay) -> None:
        task = await asyncio.to_thread(self._store.task, task_id)
        if task is None or task.text is None or task.state not in ("pending", "metadata_extracted"):
            return
        until = self._store.clock.now() + timedelta(seconds=2 * self._seconds)
        await asyncio.to_thread(self._store.set_state, task_id, task.state, until)
        caller = _DurableCaller(self, task_id, known)
        try:
            async with asyncio.timeout(self._seconds):
                result = await self._pipeline.run(PipelineInput(task.text), caller, draw_of(task_id))
        except TimeoutError:
            await self._end(task_id, Finished("failed", None, None, "deadline", "deadline"))
            return
        latency_ms = (self._store.clock.now() - task.created_at).total_seconds() * 1000.0
        await self._end(task_id, outcome(result, self._model, latency_ms))

    async def _end(self, task_id: str, finished: Finished) -> None:
        try:
            await asyncio.to_thread(self._store.finish, task_id, finished)
            self._broken_off.pop(task_id, None)
            await self._finished(task_id, finished)
        except TaskGoneError:
            log("a task was deleted while it was under way", task=task_id)

    async def ask(self, task_id: str, number: int, call: Call) -> int:
        """A step: the call's number, once its answer is in our table."""
        if await asyncio.to_thread(self._store.call, task_id, number, call.key) is None:
            attempts = await self._caller(call)
            await asyncio.to_thread(self._store.add_call, task_id, number, call.key, dump_attempts(attempts))
        return number

    async def answered(self, task_id: str, number: int, call: Call) -> tuple[Attempt, ...]:
        kept = await asyncio.to_thread(self._store.call, task_id, number, call.key)
        if kept is None:
            raise TaskGoneError(task_id)
        return load_attempts(kept)

    async def metadata_done(self, task_id: str) -> None:
        await asyncio.to_thread(self._store.set_state, task_id, "metadata_extracted")


@dataclass(slots=True)
class _DurableCaller:
    """The pipeline's caller for one task: each call is a step. The second one begins when pass 1 is understood."""

    tasks: TwoPass
    task_id: str
    known: _UnderWay
    number: int = 0

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        self.number += 1
        if self.number == 2:
            await self.tasks.metadata_done(self.task_id)
            self.known.metadata.set()
        number = await DBOS.run_step_async({"name": "call"}, self.tasks.ask, self.task_id, self.number, call)
        attempts = await self.tasks.answered(self.task_id, number, call)
        if number == 1:
            self.known.pass_1_ms = wall_ms(attempts)
        return attempts


def _not_of_deleted(record: logging.LogRecord) -> bool:
    """A log filter: that a task's rows are gone while it ends is no error, for a user has deleted it."""
    return record.exc_info is None or not isinstance(record.exc_info[1], error.DBOSNonExistentWorkflowError)


def forget_rows(url: str, task_ids: list[str]) -> None:
    """Take the library's rows of tasks away, from outside a running service."""
    if not task_ids:
        return
    client = DBOSClient(system_database_url=url, serializer=DBOSPortableJSONSerializer())
    try:
        client.cancel_workflows(task_ids)
        client.delete_workflows(task_ids)
    finally:
        client.destroy()


def draw_of(task_id: str) -> int:
    """The draw of a task: the simulator's luck differs from upload to upload as a model's does."""
    return int(task_id[:8], 16) % DRAWS


def outcome(result: PipelineResult, model: str, latency_ms: float) -> Finished:
    """What the two passes came to, as the store keeps it. error: the notes, joined as the product joins them; they
    hold places and codes only."""
    sums = spent(result.attempts, model)
    failure = result.answer if isinstance(result.answer, Failure) else None
    skipped = "; ".join(result.notes)
    return Finished(
        state=result.state,
        method=None if failure else "legacy",
        answer=None if failure else answer_text(result.answer),
        error=failure.code if failure else skipped if result.state == "completed_with_errors" else None,
        cause=failure.code if failure else None,
        latency_ms=latency_ms,
        model_ms=sums.model_ms,
        calls=sums.calls,
        input_tokens=sums.input_tokens,
        output_tokens=sums.output_tokens,
        cost=sums.cost,
    )


def answer_text(answer: object) -> str:
    """An answer as the service sends it: keys in the contract's order, UTF-8; half a surrogate pair, which no
    database takes, becomes a question mark."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()
