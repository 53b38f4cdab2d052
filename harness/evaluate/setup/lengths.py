"""How long a model's answers will be, in tokens: what an estimate knows beside the texts of its requests.

As long as the recorded ones of the same CV; else as its golden, in proportion to what is recorded of others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from harness.assistants.legacy import LegacyPrompts
from harness.base.errors import HarnessError
from harness.base.known_models import known_model
from harness.base.types import Json
from harness.corpus.types import Golden
from harness.models.calls import assistant_frame, framed_call
from harness.models.recordings import RecordingStore, recorded_attempts
from harness.models.tokens import count
from harness.models.types import Attempt, Call, Usage, Wire
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PipelineInput
from harness.replay.types import Arm, RecordKey

_ROLES = 5
"""Roles of a CV whose golden does not say."""
_THINKING: Mapping[str, int] = {"minimal": 50, "low": 200, "medium": 700, "high": 2000, "xhigh": 4000, "max": 6000}
"""Hidden tokens of an answer by effort, where nothing is recorded: an assumption, no measurement."""
_LOOKED_AT = 3
"""Recorded draws of a CV."""


@dataclass(frozen=True, slots=True)
class Material:
    """What an estimate is made from. on: the day whose prices count; wire: of an assistant that does not say. paid:
    what the run has for a record already, from an earlier session."""

    texts: Mapping[str, str]
    goldens: Mapping[str, Golden]
    legacy: LegacyPrompts
    recordings: RecordingStore
    on: date
    wire: Wire = "responses"
    paid: Callable[[RecordKey], Iterable[Attempt]] = lambda _: ()


@dataclass(frozen=True, slots=True)
class Passes:
    """What legacy does with one CV: roles that its first pass finds, tokens of that pass and of all of its roles'."""

    roles: float
    first: float
    rest: float


class Lengths:
    """How long answers will be, in tokens."""

    def __init__(self, given: Material, arms: Sequence[Arm]) -> None:
        self._given = given
        self._known: dict[str, list[Usage]] = {}
        for origin, bundle in [(arm.origin, arm.bundle) for arm in arms if arm.bundle is not None][:1]:
            frame = assistant_frame(bundle, given.wire)
            for document, text in given.texts.items():
                self._known[document] = list(_recorded(origin, framed_call(frame, text), given.recordings))
        self._goldens: dict[str, int] = {}
        measured = [
            (sum(_visible(one) for one in usages) / len(usages), self._golden(name))
            for name, usages in self._known.items()
            if usages
        ]
        self._ratio = sum(one for one, _ in measured) / max(1, sum(other for _, other in measured)) if measured else 1.0
        self._passes: dict[str, dict[str, Passes]] = {}

    def legacy(self, arm: Arm, document: str) -> Passes:
        """As recorded at other draws; else as the golden has it, in proportion to what is recorded of other CVs."""
        if arm.origin not in self._passes:
            self._passes[arm.origin] = dict(_recorded_passes(arm, self._given))
        recorded = self._passes[arm.origin]
        if document in recorded:
            return recorded[document]
        golden = self._golden_passes(document)
        pairs = [(one, self._golden_passes(name)) for name, one in recorded.items() if name in self._given.goldens]
        if not pairs:
            return golden

        def scaled(part: Callable[[Passes], float]) -> float:
            return part(golden) * sum(part(one) for one, _ in pairs) / max(1.0, sum(part(other) for _, other in pairs))

        return Passes(scaled(lambda one: one.roles), scaled(lambda one: one.first), scaled(lambda one: one.rest))

    def output(self, arm: Arm, document: str, *, first: bool) -> int:
        """Of one call; first: legacy's first pass, else that of a role."""
        if arm.bundle is None:
            passes = self.legacy(arm, document)
            return round(passes.first if first else passes.rest / max(1.0, passes.roles))
        usages = self._known.get(document, [])
        if usages:
            visible = sum(_visible(one) for one in usages) // len(usages)
        else:
            visible = round(self._ratio * self._golden(document))
        return visible + _hidden(arm)

    def _golden(self, document: str) -> int:
        if document not in self._goldens:
            golden = self._given.goldens.get(document)
            self._goldens[document] = _golden_tokens(golden) if golden is not None else int(1.3 * self._text(document))
        return self._goldens[document]

    def _text(self, document: str) -> int:
        return count(self._given.texts[document])

    def _golden_passes(self, document: str) -> Passes:
        golden = self._given.goldens.get(document)
        if golden is None:
            return Passes(_ROLES, self._text(document) // 3, int(0.8 * self._text(document)))
        roles, rest = golden.cv["work_experience"], ("education", "certifications")
        told = ("title", "company", "start_date", "end_date", "location")
        first: Json = {
            "work_experiences": [{name: role.get(name) for name in told} for role in roles],
            **{name: [{k: v for k, v in each.items() if k != "id"} for each in golden.cv[name]] for name in rest},
        }
        second = [{"description": role.get("description"), "skills": role.get("skills")} for role in roles]
        return Passes(
            len(roles),
            count(json.dumps(first, ensure_ascii=False)),
            sum(count(json.dumps(each, ensure_ascii=False)) for each in second),
        )


@dataclass(slots=True)
class _Recorded:
    """Answers from recordings alone, and keeps how they went. whole: nothing was missing or failed."""

    origin: str
    recordings: RecordingStore
    calls: list[Call] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)
    whole: bool = True

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        self.calls.append(call)
        found = self.recordings.lookup(self.origin, call.key, call.draw)
        attempts = recorded_attempts(found) if found is not None else ()
        usage = attempts[-1].usage if attempts else None
        if usage is None:
            self.whole = False
        else:
            self.usages.append(usage)
        return attempts or (unanswered(call),)


def _recorded_passes(arm: Arm, given: Material) -> Iterable[tuple[str, Passes]]:
    """What is recorded whole of legacy, by CV: the means of at most so many draws."""
    pipeline = LegacyPipeline(given.legacy)
    for document, text in given.texts.items():
        asked = _Recorded(arm.origin, given.recordings)
        finish(pipeline.run(PipelineInput(text), asked, -1))
        found = []
        for draw in given.recordings.draws(arm.origin, asked.calls[0].key)[:_LOOKED_AT]:
            seen = _Recorded(arm.origin, given.recordings)
            finish(pipeline.run(PipelineInput(text), seen, draw))
            if seen.whole:
                first, *rest = [usage.output_tokens for usage in seen.usages]
                found.append(Passes(len(rest), first, sum(rest)))
        if found:
            n = len(found)
            means = (sum(one.roles for one in found), sum(one.first for one in found), sum(one.rest for one in found))
            yield document, Passes(*(each / n for each in means))


def unanswered(call: Call) -> Attempt:
    return Attempt(
        id="unsent", call_key=call.key, number=1, started=datetime.now(UTC), queue_ms=0.0, retry_wait_ms=0.0,
        headers_ms=None, total_ms=None, model_ms=None, status=None, usage=None, request_id=None, source="recorded",
        outcome="failed", body=None, error="unsent", draw=call.draw,
    )  # fmt: skip


def finish(work: Coroutine[Any, Any, object]) -> None:
    """Run a pipeline to its end: a caller that sends nothing never waits, so that no event loop is needed."""
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise HarnessError("a pipeline waited for a call that is not sent")


def _golden_tokens(golden: Golden) -> int:
    return count(json.dumps(golden.cv, ensure_ascii=False))


def _recorded(origin: str, call: Call, recordings: RecordingStore) -> Iterable[Usage]:
    """What the recorded answers to a call took, at most three of them."""
    for draw in recordings.draws(origin, call.key)[:3]:
        found = recordings.lookup(origin, call.key, draw)
        usage = found.attempts[-1].usage if found is not None else None
        if usage is not None:
            yield usage


def _visible(usage: Usage) -> int:
    return usage.output_tokens - usage.reasoning_tokens


def _hidden(arm: Arm) -> int:
    known = known_model(arm.model)
    reasoning = arm.bundle.parameters.get("reasoning") if arm.bundle is not None else None
    default = "" if known is None else known.default_effort or ("medium" if known.efforts is None else "")
    return _THINKING.get((reasoning or {}).get("effort") or default, 0)
