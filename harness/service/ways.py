"""Answering inside the request: the assistant, and legacy where it fails, both under one absolute deadline.

`Answered` says who answered and why; nothing here raises for what a model does but `Problem`, when nobody answered.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from harness.assistants.legacy import LegacyPrompts
from harness.assistants.types import AssistantBundle
from harness.base.clock import Clock
from harness.base.types import Failure, Json
from harness.contract.check import check
from harness.contract.types import Rung
from harness.models.types import Attempt, Call, Caller
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PipelineInput, PipelineResult
from harness.service.asking import AssistantStoppedError, Models, Spent, spent, wall_ms
from harness.service.breaker import Breaker
from harness.service.limits import Allowance
from harness.service.metrics import Metrics
from harness.service.problems import Problem, assistant_code
from harness.service.settings import ServiceSettings
from harness.service.store import SWITCHED_OFF

EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class Answered:
    """What an upload came to. cause: why it is not the assistant's answer, "" where it is. spent: of whoever
    answered, and lost: of the assistant before it."""

    answer: Json
    method: str
    cause: str
    spent: Spent
    model_wall_ms: float
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Kept:
    """A caller that keeps the attempts, so that what was paid is known even where the deadline cuts a run off."""

    caller: Caller
    attempts: list[Attempt]

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        attempts = await self.caller(call)
        self.attempts.extend(attempts)
        return attempts


class Ways:
    """Both ways of one process."""

    def __init__(
        self,
        settings: ServiceSettings,
        bundle: AssistantBundle,
        prompts: LegacyPrompts,
        models: Models,
        breaker: Breaker,
        fallbacks: Allowance,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self.bundle = bundle
        self._legacy_model = prompts.model
        self._settings = settings
        self._assistant = AssistantPipeline(bundle, models.wire)
        self._legacy = LegacyPipeline(prompts)
        self._models = models
        self._breaker = breaker
        self._fallbacks = fallbacks
        self._metrics = metrics
        self._clock = clock

    async def assistant(self, text: str, draw: int, until_ms: float) -> Answered:
        """The assistant's answer, or legacy's in its place, by `until_ms` on the monotonic clock."""
        begin = self._clock.monotonic_ms()
        answer, attempts, code = await self._ask_assistant(text, draw, until_ms)
        wall = wall_ms(attempts)
        if not code:
            return Answered(answer, "assistant", "", spent(attempts, self.bundle.model), wall)
        if code == SWITCHED_OFF:
            wall = self._clock.monotonic_ms() - begin
            instead = await self.legacy(text, draw, until_ms, cause=SWITCHED_OFF)
            return replace(instead, model_wall_ms=wall + instead.model_wall_ms)
        self._metrics.failures.labels("assistant", code).inc()
        # A call that the deadline cut off has no attempt: the time until now was the model's.
        wall = wall if attempts else self._clock.monotonic_ms() - begin
        rules = self._settings.fallback
        if not rules.enabled or self._settings.legacy_retired:
            raise Problem(code)
        wait = await asyncio.to_thread(self._fallbacks.take, EVERYBODY)
        if wait is not None:
            raise Problem("fallbacks_exhausted", headers={"Retry-After": str(int(wait) + 1)}, more={"cause": code})
        self._metrics.fallbacks.labels(code).inc()
        instead = await self.legacy(text, draw, until_ms, cause=code)
        return Answered(instead.answer, "legacy", code, instead.spent, wall + instead.model_wall_ms, instead.notes)

    async def legacy(self, text: str, draw: int, until_ms: float, *, cause: str) -> Answered:
        """Legacy's two passes inside the request. Raises Problem where they fail or the deadline passes."""
        kept = _Kept(self._models.legacy, [])
        try:
            async with asyncio.timeout(self._left_s(until_ms)):
                result = await self._legacy.run(PipelineInput(text), kept, draw)
        except TimeoutError:
            self._metrics.failures.labels("legacy", "deadline").inc()
            raise Problem("deadline", more={"cause": cause}) from None
        if isinstance(result.answer, Failure):
            self._metrics.failures.labels("legacy", result.answer.code).inc()
            raise Problem("model_failed", more={"cause": cause})
        sums = spent(result.attempts, self._legacy_model)
        return Answered(result.answer, "legacy", cause, sums, wall_ms(result.attempts), result.notes)

    async def _ask_assistant(self, text: str, draw: int, until_ms: float) -> tuple[Json, tuple[Attempt, ...], str]:
        """(answer, attempts, "") or (None, attempts, code of what went wrong)."""
        permit = self._breaker.enter()
        if permit is None:
            self._metrics.assistant.labels("breaker_open").inc()
            return None, (), "assistant_breaker_open"
        kept = _Kept(self._models.assistant, [])
        code = "assistant_failed"
        try:
            async with asyncio.timeout(min(self._left_s(until_ms), self._settings.deadlines.assistant)):
                result = await self._assistant.run(PipelineInput(text), kept, draw)
            code = verdict_on(result)
        except AssistantStoppedError:
            self._breaker.abandon(permit)
            self._metrics.assistant.labels(SWITCHED_OFF).inc()
            return None, tuple(kept.attempts), SWITCHED_OFF
        except TimeoutError:
            result = None
            code = "assistant_timeout"
        except BaseException:
            self._breaker.abandon(permit)
            raise
        self._breaker.note(permit, ok=not code)
        self._metrics.breaker.set(0 if self._breaker.state == "closed" else 1)
        self._metrics.assistant.labels(code or "ok").inc()
        return (None if result is None or code else result.answer), tuple(kept.attempts), code

    def _left_s(self, until_ms: float) -> float:
        return max(0.0, (until_ms - self._clock.monotonic_ms()) / 1000.0)


def verdict_on(result: PipelineResult) -> str:
    """ "" where the answer may go to the page, else the code of what is wrong with it. The page falls over on a date
    or a shape that is not the contract's, so an answer must reach the last rung."""
    if isinstance(result.answer, Failure):
        return assistant_code(result.answer)
    return "" if check(result.answer).rung >= Rung.STRICT else "assistant_contract"
