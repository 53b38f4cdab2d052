"""The assistant beside legacy, on real uploads, for nobody's answer: bounded, sampled, paid from its own budget.

Offering an upload never waits and never raises. What is dropped is counted with its reason.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.assistants.legacy import LegacyPrompts
from harness.assistants.types import AssistantBundle
from harness.base.canonical import sha256
from harness.base.types import Failure, Json
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PipelineInput
from harness.service.asking import AssistantStoppedError, Models, spent
from harness.service.durable import DRAWS, answer_text
from harness.service.logs import failed
from harness.service.metrics import Metrics
from harness.service.pairs import add_pair, settle_pairs, spent_today
from harness.service.probed import spent_on_probes
from harness.service.settings import ServiceSettings
from harness.service.store import Store, TaskGoneError
from harness.service.tables import Pair
from harness.service.ways import verdict_on

PairKind: TypeAlias = Literal["assistant", "control"]
Agreement: TypeAlias = Callable[[Json, Json], float | None]
"""Share of legacy's fields that another answer reads the same; None where legacy read none."""


@dataclass(frozen=True, slots=True)
class _Offer:
    task_id: str
    text: str
    consent: bool
    draw: int
    kind: PairKind


class Shadow:
    """Shadow requests of one process. allowed: whether the flag still lets the assistant be asked."""

    def __init__(
        self,
        settings: ServiceSettings,
        store: Store,
        bundle: AssistantBundle,
        prompts: LegacyPrompts,
        models: Models,
        metrics: Metrics,
        *,
        allowed: Callable[[], bool],
        agreement: Agreement,
    ) -> None:
        self._rules = settings.shadow
        self._probed = settings.probes.figures
        self._seconds = settings.deadlines.shadow
        self._store = store
        self._bundle = bundle
        self._most = int(bundle.parameters.get("max_output_tokens") or 0)
        self._legacy_model = prompts.model
        self._assistant = AssistantPipeline(bundle, models.wire)
        self._legacy = LegacyPipeline(prompts)
        self._models = models
        self._metrics = metrics
        self._allowed = allowed
        self._agreement = agreement
        self._queue: asyncio.Queue[_Offer] = asyncio.Queue(max(1, self._rules.queue))
        self._workers: list[asyncio.Task[None]] = []
        self._busy = 0

    def start(self) -> None:
        self._workers = [asyncio.create_task(self._work()) for _ in range(max(1, self._rules.at_once))]

    def offer(self, task_id: str, text: str, draw: int, *, consent: bool) -> None:
        """Read this upload beside legacy, if the sample and the queue have room for it."""
        kinds = sampled(task_id, self._rules.rate, self._rules.control)
        if not kinds:
            self._count("not_sampled")
            return
        for kind in kinds:
            try:
                self._queue.put_nowait(_Offer(task_id, text, consent, draw, kind))
            except asyncio.QueueFull:
                self._count("dropped_queue_full")
        self._metrics.queue.set(self._queue.qsize())

    async def idle(self) -> None:
        """Wait until nothing is waiting or running."""
        await self._queue.join()

    async def stop(self) -> None:
        """Drop what is waiting and break off what is running."""
        while not self._queue.empty():
            self._queue.get_nowait()
            self._queue.task_done()
            self._count("dropped_stopping")
        for worker in self._workers:
            worker.cancel()
        for worker in self._workers:
            with contextlib.suppress(asyncio.CancelledError):
                await worker
        self._metrics.queue.set(0)

    async def settle(self, task_id: str) -> None:
        """Legacy has finished the task: compare, where the other answer is there too."""
        for kind, agreement in await asyncio.to_thread(settle_pairs, self._store, task_id, self._agreement):
            if agreement is not None:
                self._metrics.disagreement.labels(kind).observe(1.0 - agreement)

    async def _work(self) -> None:
        while True:
            offer = await self._queue.get()
            self._metrics.queue.set(self._queue.qsize())
            try:
                self._count(await self._read(offer))
            except TaskGoneError:
                self._count("dropped_task_deleted")
            except AssistantStoppedError:
                self._count("dropped_flag_off")
            except Exception:  # noqa: BLE001  (whatever it is, it is the shadow's alone)
                failed("a shadow request failed unexpectedly", task=offer.task_id)
                self._count("error")
            finally:
                self._queue.task_done()

    def _spent_today(self) -> float:
        """US dollars of today, on pairs and on probes: they share one budget."""
        day = self._store.clock.now().date().isoformat()
        return spent_today(self._store) + spent_on_probes(self._probed, day)

    async def _read(self, offer: _Offer) -> str:
        """One pair. What became of it."""
        if not self._allowed():
            return "dropped_flag_off"
        try:
            async with asyncio.timeout(self._seconds):
                await self._models.room(offer.text, self._most)
        except TimeoutError:
            return "dropped_users_first"
        if await asyncio.to_thread(self._spent_today) >= self._rules.dollars_a_day:
            return "dropped_spending_cap"
        control = offer.kind == "control"
        pipeline, caller, model = (
            (self._legacy, self._models.shadow, self._legacy_model)
            if control
            else (self._assistant, self._models.shadow, self._bundle.model)
        )
        pair = Pair(
            id=uuid.uuid4().hex,
            task_id=offer.task_id,
            kind=offer.kind,
            consent=offer.consent,
            sampling=self._rules.rate,
            bundle="" if control else self._bundle.wire,
        )
        try:
            async with asyncio.timeout(self._seconds):
                # The control is legacy once more with luck of its own.
                result = await pipeline.run(PipelineInput(offer.text), caller, (offer.draw + DRAWS // 2) % DRAWS)
        except TimeoutError:
            pair.failure = "assistant_timeout"
        else:
            sums = spent(result.attempts, model)
            pair.latency_ms, pair.calls, pair.cost = sums.model_ms, sums.calls, sums.cost
            pair.input_tokens, pair.output_tokens = sums.input_tokens, sums.output_tokens
            pair.failure = verdict_on(result) or None
            pair.valid = pair.failure != "assistant_contract"
            if control and not isinstance(result.answer, Failure):
                pair.failure, pair.valid = None, None
            if not isinstance(result.answer, Failure):
                pair.answer, pair.text = answer_text(result.answer), offer.text
        await asyncio.to_thread(add_pair, self._store, pair)
        await self.settle(offer.task_id)
        return "failed" if pair.failure else offer.kind

    def _count(self, outcome: str) -> None:
        self._metrics.shadow.labels(outcome).inc()


def sampled(task_id: str, rate: float, control: float) -> tuple[PairKind, ...]:
    """What reads this upload beside legacy: nothing where it is not in the sample, else the assistant, and for a share
    of the sample legacy a second time as well. Two independent digests of its id decide, so that the sample can be told
    again later."""

    def share(what: str) -> float:
        return int(sha256(f"{what}:{task_id}")[:13], 16) / 16**13

    if share("shadow") >= rate:
        return ()
    return ("assistant", "control") if share("control") < control else ("assistant",)
