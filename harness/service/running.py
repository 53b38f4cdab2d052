"""One process of the service, put together: what it holds, its start, its timers, its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from harness.assistants.legacy import LegacyPrompts
from harness.assistants.types import AssistantBundle
from harness.base.clock import Clock, SystemClock
from harness.corpus.hostile_docx import docx
from harness.corpus.hostile_pdf import plain_pdf
from harness.corpus.text import Extractor, Limits
from harness.corpus.types import Extraction
from harness.models.endpoints import Endpoint
from harness.models.prices import cost
from harness.models.types import Usage
from harness.service import erasure, guard
from harness.service.asking import Models
from harness.service.breaker import Breaker
from harness.service.database import open_engine
from harness.service.durable import TwoPass
from harness.service.flags import CHECK_S, Flags
from harness.service.limits import Allowance
from harness.service.logs import failed, flush, log, warn
from harness.service.metrics import Metrics, bury_dead, worker_ends
from harness.service.settings import ServiceSettings
from harness.service.shadow import Agreement, Shadow
from harness.service.store import Finished, Store
from harness.service.telemetry import Telemetry
from harness.service.tokens import Tokens
from harness.service.ways import Ways

_SWEEP_S = 5.0
_GUARD_S = 2.0
_HYPHENATED = b"The people of the company have worked with the manage-\nment team since March 2019.\n"
"""A reader looks such a word up in its dictionaries, and so loads them (a third of a second) before a user waits."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the composing room brings: the assistant, legacy's prompts, where the model is, and how two answers are
    compared. accepted: whether the assistant is the accepted one."""

    bundle: AssistantBundle
    accepted: bool
    prompts: LegacyPrompts
    endpoint: Endpoint
    agreement: Agreement


class Running:
    """Everything that requests share."""

    def __init__(self, settings: ServiceSettings, parts: Parts, clock: Clock | None = None) -> None:
        self.settings = settings
        self.parts = parts
        self.clock = clock or SystemClock()
        self.stopping = False
        self._unscrubbed = False
        bury_dead()
        self.metrics = Metrics()
        self.telemetry = Telemetry(settings.otlp_endpoint)
        self.tokens = Tokens(settings.tokens)
        self.flags = Flags(Path(settings.flags))
        self.store = Store(open_engine(settings.database), self.clock)
        self.limits = Limits(file_bytes=settings.upload_bytes)
        self.extractor = Extractor(limits=self.limits, workers=settings.readers, cache=None, beside=True)
        self._reading = ThreadPoolExecutor(settings.readers, "reading")
        self.uploads = Allowance(self.store, "upload", settings.uploads_a_minute)
        rules = settings.fallback
        self.breaker = Breaker(rules.breaker_window, rules.breaker_failures, rules.breaker_open_s, self.clock)
        self.models = Models(
            parts.endpoint,
            settings,
            metrics=self.metrics,
            telemetry=self.telemetry,
            stopped=lambda: self.flags.off and not settings.legacy_retired,
            clock=self.clock,
        )
        self.ways = Ways(
            settings, parts.bundle, parts.prompts, self.models, self.breaker,
            Allowance(self.store, "fallback", rules.a_minute), self.metrics, self.clock,
        )  # fmt: skip
        self.shadow = Shadow(
            settings, self.store, parts.bundle, parts.prompts, self.models, self.metrics,
            allowed=lambda: not self.flags.off and not self.stopping, agreement=parts.agreement,
        )  # fmt: skip
        self.tasks = TwoPass(
            self.store,
            parts.prompts,
            self.models.legacy,
            seconds=settings.deadlines.task,
            dead_after_s=settings.dead_after_s,
            finished=self._task_finished,
        )
        self._timers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to work: tasks of processes that died go on, timers run."""
        await asyncio.to_thread(self.extractor.warm_up, plain_pdf(), docx(), _HYPHENATED)
        await asyncio.to_thread(self._warm_up)
        await self.tasks.launch(self.settings.durable)
        self.shadow.start()
        for seconds, work in (
            (CHECK_S, self._look_at_flags),
            (self.settings.dead_after_s / 5, self._alive),
            (_SWEEP_S, self._sweep),
            (self.settings.retention.every_s, self._retain),
            *(((_GUARD_S, self._guard),) if self.settings.guard.enabled else ()),
        ):
            self._timers.append(asyncio.create_task(_every(seconds, work)))
        log("the service has started", worker=self.tasks.worker_id, assistant=self.parts.bundle.wire[:12],
            accepted=self.parts.accepted, origin=self.parts.endpoint.origin, flags=self.flags.digest)  # fmt: skip

    async def stop(self) -> None:
        """Finish what is under way within the time to drain; legacy tasks beyond it go on in another process."""
        self.stopping = True
        try:
            async with asyncio.timeout(self.settings.deadlines.drain):
                await self.tasks.drain()
        except TimeoutError:
            warn("tasks are left to another process", tasks=self.tasks.running)
        for timer in self._timers:
            timer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await timer
        await self.shadow.stop()
        await self.tasks.close()
        await self.models.aclose()
        self.extractor.close()
        self._reading.shutdown()
        self.telemetry.close()
        self.store.engine.dispose()
        worker_ends()
        log("the service has stopped", worker=self.tasks.worker_id)
        await asyncio.to_thread(flush)

    async def read(self, data: bytes) -> Extraction:
        """The text of a file. Files wait for a reader in a queue of their own, and so in nobody's way."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self.extractor.extract_data, data)

    async def erase(self, task_ids: list[str]) -> int:
        """Erase tasks wherever they left a trace; how many there were."""
        await self.tasks.forget(task_ids)
        erased = await asyncio.to_thread(erasure.erase_tasks, self.store, task_ids)
        self._unscrubbed = not await asyncio.to_thread(erasure.scrub_files, self.store)
        return erased

    def _warm_up(self) -> None:
        """What the first upload would wait for otherwise: the price list's import."""
        cost(self.parts.prompts.model, Usage(1), self.clock.now().date())

    def problems(self) -> dict[str, str]:
        """What keeps this process from being ready or in order, by part; empty where nothing does."""
        found = {}
        if self.stopping:
            found["stopping"] = "finishing what is under way"
        if self.flags.problem:
            found["flags"] = f"the file is not in effect, the last good state is: {self.flags.problem}"
        return found

    async def _task_finished(self, task_id: str, finished: Finished) -> None:
        if finished.cause is not None:
            self.metrics.failures.labels("legacy", finished.cause).inc()
        elif finished.latency_ms is not None:
            self.metrics.latency.labels("legacy").observe(finished.latency_ms / 1000.0)
        await self.shadow.settle(task_id)

    async def _look_at_flags(self) -> None:
        if self.flags.refresh():
            self.metrics.flag_broken.set(1 if self.flags.problem else 0)
            if self.flags.problem:
                warn("the flag file is broken; the last good state stays in effect", problem=self.flags.problem)
            else:
                log("the flag file is in effect", flags=self.flags.digest, off=self.flags.off)

    async def _alive(self) -> None:
        await self.tasks.take_over()

    async def _sweep(self) -> None:
        await self.tasks.begin_unbegun()
        late = await asyncio.to_thread(self.store.fail_overdue)
        if late:
            warn("tasks were ended because nobody finished them in time", tasks=late)
        if self._unscrubbed:
            self._unscrubbed = not await asyncio.to_thread(erasure.scrub_files, self.store)

    async def _retain(self) -> None:
        rules = self.settings.retention
        old = list(await asyncio.to_thread(erasure.too_old, self.store, rules))
        cleared = await asyncio.to_thread(erasure.clear_old_contents, self.store, rules)
        if old or cleared:
            log("retention", tasks=await self.erase(old), pairs=cleared)

    async def _guard(self) -> None:
        if self.flags.off:
            return
        rules = self.settings.guard
        window = await asyncio.to_thread(guard.look, self.store, rules, self.parts.bundle.wire)
        limits = guard.broken_limits(window, rules)
        if limits:
            await asyncio.to_thread(guard.roll_back, self.store, self.flags.path, window, limits, rules)
            self.flags.refresh()
            for limit in limits:
                self.metrics.guard.labels(limit).inc()
            warn("the guard has switched the assistant off", limits=list(limits), n=window.n)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again. A failure is logged and does not end it."""
    while True:
        try:
            await work()
        except Exception:  # noqa: BLE001  (a timer outlives a database that is away for a moment)
            failed("a timer's work failed", work=getattr(work, "__name__", ""))
        await asyncio.sleep(seconds)
