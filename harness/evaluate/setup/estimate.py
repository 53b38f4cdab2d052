"""What a run that costs money will cost, said before its first call and capped while it runs; and what it lacks.

The arms' own pipelines are walked with a caller that sends nothing: what is recorded answers, what is not is counted.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from harness.assistants.legacy import LegacyPrompts
from harness.base.canonical import canonical, sha256
from harness.base.errors import HarnessError, UsageError
from harness.base.known_models import known_model
from harness.base.types import Json
from harness.corpus.types import Golden
from harness.models.calls import assistant_call
from harness.models.prices import cost, cost_without_cache
from harness.models.recordings import RecordingStore, recorded_attempts
from harness.models.tokens import count
from harness.models.types import ASKING, Attempt, Call, Usage, Wire
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import PipelineInput
from harness.replay.types import Arm, RecordKey


class TooExpensiveError(UsageError):
    """A run would cost more than it may."""


_ROLES = 5
"""Roles of a CV whose golden does not say."""
_THINKING: Mapping[str, int] = {"minimal": 50, "low": 200, "medium": 700, "high": 2000, "xhigh": 4000, "max": 6000}
"""Hidden tokens of an answer by effort, where nothing is recorded: an assumption, no measurement."""
_BLOCK = 512
_FIRST_CACHED, _CACHE_STEP = 1024, 128
"""Providers read a prefix of at least 1,024 tokens at the cached price, in steps of 128."""
_ROLE_TOKENS = 60
_WRAPPING = 12
"""Tokens that a provider adds to a request."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What one arm will take. usage: of all calls, `cached_tokens` where the provider's cache works as documented.
    dollars, without_cache: None where the model is unpriced. missing: records that may only be replayed and have no
    recording; why: of the first of them."""

    arm: Arm
    calls: int
    usage: Usage
    dollars: Decimal | None
    without_cache: Decimal | None
    missing: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """What an estimate is made from. on: the day whose prices count; wire: of an assistant that does not say."""

    texts: Mapping[str, str]
    goldens: Mapping[str, Golden]
    legacy: LegacyPrompts
    recordings: RecordingStore
    on: date
    wire: Wire = "responses"


def expected(arms: Iterable[Arm], given: Material, *, done: Collection[RecordKey] = ()) -> tuple[Expected, ...]:
    """What of each arm is neither `done` nor recorded yet. Inputs are counted; an answer is taken to be as long as the
    recorded ones of the same CV, else as its golden, else 1.3 times the CV's text."""
    arms = tuple(arms)
    lengths = _Lengths(given, arms)
    found = []
    for arm in arms:
        walk = _Walk(arm, given, lengths)
        for document in given.texts:
            for draw in arm.draws:
                if RecordKey(document, arm.id, draw) not in done:
                    walk.record(document, draw)
        found.append(walk.expected())
    return tuple(found)


def totals(found: Sequence[Expected]) -> tuple[int, Decimal | None]:
    """(calls, US dollars without any cache) of all arms; None where a model that is asked is unpriced."""
    asked = [each for each in found if each.calls]
    prices = [each.without_cache for each in asked]
    known = [price for price in prices if price is not None]
    return sum(each.calls for each in asked), sum(known, Decimal(0)) if len(known) == len(prices) else None


def expected_cost(
    arms: Iterable[Arm],
    texts: Mapping[str, str],
    goldens: Mapping[str, Golden],
    legacy: LegacyPrompts,
    recordings: RecordingStore,
    on: date,
    *,
    done: Collection[RecordKey] = (),
) -> tuple[int, Decimal | None]:
    """(calls, US dollars) of what is neither `done` nor recorded yet; None where a model is unpriced."""
    return totals(expected(arms, Material(texts, goldens, legacy, recordings, on), done=done))


def refuse_over(
    expected: Decimal | None, calls: int, max_cost: float, *, may_be_free: bool, spent: Decimal = Decimal(0)
) -> str:
    """The sentence that says what a run will cost. Raises TooExpensiveError where that and what it has `spent` is more
    than `max_cost`, UsageError where it is not known of a provider that is never free."""
    if expected is None:
        if may_be_free:
            return f"about {calls} calls; what they cost is not known (the model is unpriced)"
        raise UsageError(
            f"about {calls} calls to a model without a price, so the cost cannot be capped",
            hint="add its price to harness/models/prices.toml",
        )
    before = f", after ${spent:.2f} that this run has spent" if spent else ""
    said = f"about {calls} calls for about ${expected:.2f}{before}"
    if expected + spent > Decimal(str(max_cost)):
        raise TooExpensiveError(
            f"{said}, more than --max-cost {max_cost:.2f}",
            hint=f"give --max-cost {float(expected) * 1.2 + float(spent):.2f}, fewer CVs with --limit, or fewer draws "
            "with --repeat 1",
        )
    return said


@dataclass(slots=True)
class _Walk:
    """One arm's records, walked without sending anything."""

    arm: Arm
    given: Material
    lengths: _Lengths
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    dollars: Decimal | None = Decimal(0)
    without_cache: Decimal | None = Decimal(0)
    missing: int = 0
    why: str = ""
    _prefixes: set[str] = field(default_factory=set)
    _counted: dict[str, int] = field(default_factory=dict)

    def record(self, document: str, draw: int) -> None:
        caller = _Unsent(self.arm, self.given.recordings)
        pipeline = (
            AssistantPipeline(self.arm.bundle, self.given.wire)
            if self.arm.bundle
            else LegacyPipeline(self.given.legacy)
        )
        _finish(pipeline.run(PipelineInput(self.given.texts[document]), caller, draw))
        if self.arm.policy not in ASKING:
            if caller.unrecorded and self.arm.policy == "replay_only":
                self.missing += 1
                self.why = self.why or caller.why(self.given.recordings)
            return
        unread = self.lengths.roles(document) if caller.first_pass_is_missing else 0
        for call in caller.unrecorded:
            self._add(call, self.lengths.output(self.arm, document, first=call is caller.unrecorded[0]))
        for _ in range(unread):  # the roles that the first pass would have found
            self._add(self._of_a_role(document, draw), self.lengths.output(self.arm, document, first=False))

    def expected(self) -> Expected:
        told = (self.arm, self.calls, self.usage, self.dollars, self.without_cache)
        return Expected(*told, self.missing, self.why)

    def _add(self, call: Call, output_tokens: int) -> None:
        prompt = _prompt(call.body)
        read = self._counted.get(prompt) or count(prompt) + _WRAPPING
        self._counted[prompt] = read
        most = next((call.body[name] for name in _LIMITS if isinstance(call.body.get(name), int)), None)
        written = output_tokens if most is None else min(output_tokens, most)
        usage = Usage(read, self._cached(prompt, read), output_tokens=written)
        self.calls += 1
        self.usage += usage
        for name, price in (("dollars", cost), ("without_cache", cost_without_cache)):
            sofar, more = getattr(self, name), price(self.arm.model, usage, self.given.on)
            setattr(self, name, None if sofar is None or more is None else sofar + more)

    def _cached(self, prompt: str, tokens: int) -> int:
        """Tokens of the longest beginning that an earlier call of the arm had too."""
        rolling, shared, known = "", 0, True
        for end in range(_BLOCK, len(prompt) + 1, _BLOCK):
            rolling = sha256(rolling + prompt[end - _BLOCK : end])
            known = known and rolling in self._prefixes
            shared = end if known else shared
            self._prefixes.add(rolling)
        cached = int(tokens * shared / max(1, len(prompt))) // _CACHE_STEP * _CACHE_STEP
        return cached if cached >= _FIRST_CACHED else 0

    def _of_a_role(self, document: str, draw: int) -> Call:
        legacy = self.given.legacy
        prompt = legacy.description_prompt({"job_title": "x " * (_ROLE_TOKENS // 2)}, self.given.texts[document])
        body = {"messages": [{"content": prompt}], **legacy.parameters["description"]}
        return Call({}, draw, "", "chat", body)


_LIMITS = ("max_output_tokens", "max_completion_tokens", "max_tokens")


@dataclass(slots=True)
class _Unsent:
    """Answers from recordings as the arm's policy has it; what would be sent is kept in `unrecorded`."""

    arm: Arm
    recordings: RecordingStore
    unrecorded: list[Call] = field(default_factory=list)

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        if self.arm.policy != "call":
            failed = self.arm.policy not in ASKING
            found = self.recordings.lookup(self.arm.origin, call.key, call.draw, failed=failed)
            if found is not None:
                return recorded_attempts(found)
        self.unrecorded.append(call)
        return (_unanswered(call),)

    @property
    def first_pass_is_missing(self) -> bool:
        return self.arm.bundle is None and len(self.unrecorded) == 1 and "role" not in self.unrecorded[0].parts

    def why(self, recordings: RecordingStore) -> str:
        return recordings.missing(self.arm.origin, self.unrecorded[0]).message


def _unanswered(call: Call) -> Attempt:
    return Attempt(
        id="unsent", call_key=call.key, number=1, started=datetime.now(UTC), queue_ms=0.0, retry_wait_ms=0.0,
        headers_ms=None, total_ms=None, model_ms=None, status=None, usage=None, request_id=None, source="recorded",
        outcome="failed", body=None, error="unsent", draw=call.draw,
    )  # fmt: skip


def _finish(work: Coroutine[Any, Any, object]) -> None:
    """Run a pipeline to its end: a caller that sends nothing never waits, so that no event loop is needed."""
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise HarnessError("a pipeline waited for a call that is not sent")


class _Lengths:
    """How long answers will be, in tokens."""

    def __init__(self, given: Material, arms: Sequence[Arm]) -> None:
        self._given = given
        self._known: dict[str, list[Usage]] = {}
        references = [arm for arm in arms if arm.bundle is not None]
        for arm in references[:1]:
            for document, text in given.texts.items():
                self._known[document] = list(_recorded(arm, text, given))
        self._goldens = {name: _golden_tokens(given.goldens[name]) for name in given.texts if name in given.goldens}
        self._texts = {name: count(text) for name, text in given.texts.items()}
        measured = [
            (sum(_visible(one) for one in usages) / len(usages), self._golden(name))
            for name, usages in self._known.items()
            if usages
        ]
        self._ratio = sum(one for one, _ in measured) / max(1, sum(other for _, other in measured)) if measured else 1.0

    def roles(self, document: str) -> int:
        golden = self._given.goldens.get(document)
        return len(golden.cv["work_experience"]) if golden is not None else _ROLES

    def output(self, arm: Arm, document: str, *, first: bool) -> int:
        """Of one call; first: legacy's first pass, else that of a role."""
        if arm.bundle is None:
            whole, roles = self._golden_parts(document), max(1, self.roles(document))
            return whole[0] if first and roles else whole[1] // roles
        usages = self._known.get(document, [])
        if usages:
            visible = sum(_visible(one) for one in usages) // len(usages)
        else:
            visible = round(self._ratio * self._golden(document))
        return visible + _hidden(arm)

    def _golden(self, document: str) -> int:
        return self._goldens.get(document) or int(1.3 * self._texts[document])

    def _golden_parts(self, document: str) -> tuple[int, int]:
        """Tokens of what legacy's first pass says of a CV, and of all that its roles' calls say."""
        golden = self._given.goldens.get(document)
        if golden is None:
            return self._texts[document] // 3, int(0.8 * self._texts[document])
        roles, rest = golden.cv["work_experience"], ("education", "certifications")
        told = ("title", "company", "start_date", "end_date", "location")
        first: Json = {
            "work_experiences": [{name: role.get(name) for name in told} for role in roles],
            **{name: [{k: v for k, v in each.items() if k != "id"} for each in golden.cv[name]] for name in rest},
        }
        second = [{"description": role.get("description"), "skills": role.get("skills")} for role in roles]
        return count(json.dumps(first, ensure_ascii=False)), sum(
            count(json.dumps(each, ensure_ascii=False)) for each in second
        )


def _golden_tokens(golden: Golden) -> int:
    return count(json.dumps(golden.cv, ensure_ascii=False))


def _recorded(arm: Arm, text: str, given: Material) -> Iterable[Usage]:
    """What the recorded answers of an arm's assistant to a text took, at most three of them."""
    assert arm.bundle is not None
    call = assistant_call(arm.bundle, text, wire=given.wire)
    for draw in given.recordings.draws(arm.origin, call.key)[:3]:
        found = given.recordings.lookup(arm.origin, call.key, draw)
        usage = found.attempts[-1].usage if found is not None else None
        if usage is not None:
            yield usage


def _visible(usage: Usage) -> int:
    return usage.output_tokens - usage.reasoning_tokens


def _hidden(arm: Arm) -> int:
    known = known_model(arm.model)
    reasoning = arm.bundle.parameters.get("reasoning") if arm.bundle is not None else None
    effort = (reasoning or {}).get("effort") or (known.default_effort if known is not None else "")
    return _THINKING.get(effort, 0)


def _prompt(body: Mapping[str, Json]) -> str:
    """All that a provider reads of a request, in the order in which it is cached: the schema, then the messages."""
    text = (body.get("text") or {}).get("format") or {}
    schema = text.get("schema") or ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
    given = body.get("input", body.get("messages", ""))
    said = [given] if isinstance(given, str) else [str(message.get("content", "")) for message in given]
    parts = (canonical(schema).decode() if schema else "", str(body.get("instructions") or ""), *said)
    return "\n".join(part for part in parts if part)
