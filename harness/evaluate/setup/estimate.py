"""What a run that costs money will cost, said before its first call and capped while it runs; and what it lacks.

The arms' own pipelines are walked with a caller that sends nothing: what is recorded answers, what is not is counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from decimal import Decimal

from harness.base.canonical import canonical
from harness.base.errors import UsageError
from harness.base.types import Json
from harness.evaluate.setup.lengths import Lengths, Material, finish, unanswered
from harness.models.prices import cost, cost_without_cache
from harness.models.recordings import RecordingStore, recorded_attempts
from harness.models.tokens import count
from harness.models.types import ASKING, Attempt, Call, Usage
from harness.pipelines.assistant import AssistantPipeline
from harness.pipelines.legacy import LegacyPipeline
from harness.pipelines.types import Pipeline, PipelineInput
from harness.replay.calls import Earlier
from harness.replay.types import Arm, RecordKey, Spending


class TooExpensiveError(UsageError):
    """A run would cost more than it may. share: of its calls so many are within that, as far as can be said."""

    share = 0.0


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

    def times(self, whole: int, counted: int) -> Expected:
        """For so many CVs, where it was counted of so many of them."""
        if whole == counted:
            return self
        usage = Usage(*(number * whole // counted for number in astuple(self.usage)))
        dollars, without_cache = (
            None if each is None else each * whole / counted for each in (self.dollars, self.without_cache)
        )
        return replace(
            self, calls=self.calls * whole // counted, usage=usage, dollars=dollars, without_cache=without_cache
        )


def expected(arms: Iterable[Arm], given: Material, *, done: Collection[RecordKey] = ()) -> tuple[Expected, ...]:
    """What of each arm is neither `done` nor recorded yet. Inputs are counted; an answer is taken to be as long as the
    recorded ones of the same CV, else as its golden, else 1.3 times the CV's text."""
    arms = tuple(arms)
    lengths = Lengths(given, arms)
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


_NOTHING_SPENT = Spending()


def refuse_over(
    expected: Decimal | None, calls: int, max_cost: float, *, may_be_free: bool, before: Spending = _NOTHING_SPENT
) -> str:
    """The sentence that says what a run will cost. Raises TooExpensiveError where that and what it cost `before` may be
    more than `max_cost`, UsageError where it is not known of a provider that is never free."""
    if expected is None:
        if may_be_free:
            return f"about {calls} calls; what they cost is not known (the model is unpriced)"
        raise UsageError(
            f"about {calls} calls to a model without a price, so the cost cannot be capped",
            hint="add its price to harness/models/prices.toml",
        )
    spent = before.at_most
    after = f" ({before.told()} by this run)" if spent else ""
    said = f"about {calls} calls for about ${expected:.2f}{after}"
    if expected + spent > Decimal(str(max_cost)):
        error = TooExpensiveError(
            f"{said}, more than --max-cost {max_cost:.2f}",
            hint=f"give --max-cost {float(expected) * 1.2 + float(spent):.2f}, fewer CVs with --limit, or fewer "
            "answers with --repeat 1",
        )
        error.share = max(0.0, (max_cost - float(spent)) / float(expected)) if expected else 0.0
        raise error
    return said


@dataclass(slots=True)
class _Walk:
    """One arm's records, walked without sending anything."""

    arm: Arm
    given: Material
    lengths: Lengths
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    dollars: Decimal | None = Decimal(0)
    without_cache: Decimal | None = Decimal(0)
    missing: int = 0
    why: str = ""
    _pipeline: Pipeline = field(init=False)
    _prompts: _Prompts = field(default_factory=lambda: _Prompts())
    _prefixes: set[int] = field(default_factory=set)
    _found: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bundle, given = self.arm.bundle, self.given
        self._pipeline = AssistantPipeline(bundle, given.wire) if bundle else LegacyPipeline(given.legacy)

    def record(self, document: str, draw: int) -> None:
        caller = _Unsent(
            self.arm, self.given.recordings, Earlier(self.given.paid(RecordKey(document, self.arm.id, draw)))
        )
        finish(self._pipeline.run(PipelineInput(self.given.texts[document]), caller, draw))
        if self.arm.policy not in ASKING:
            if caller.unrecorded and self.arm.policy == "replay_only":
                self.missing += 1
                self.why = self.why or caller.why(self.given.recordings)
            return
        unread = self._roles(document) if caller.first_pass_is_missing else 0
        for call in caller.unrecorded:
            self._add(call, self.lengths.output(self.arm, document, first="role" not in call.parts))
        for _ in range(unread):  # the roles that the first pass would have found
            self._add(self._of_a_role(document, draw), self.lengths.output(self.arm, document, first=False))

    def _roles(self, document: str) -> int:
        """Of the next draw: so that they come to the mean over draws."""
        before = self._found.get(document, 0.0)
        self._found[document] = before + self.lengths.legacy(self.arm, document).roles
        return round(self._found[document]) - round(before)

    def expected(self) -> Expected:
        told = (self.arm, self.calls, self.usage, self.dollars, self.without_cache)
        return Expected(*told, self.missing, self.why)

    def _add(self, call: Call, output_tokens: int) -> None:
        parts = self._prompts.of(call.body)
        prompt, read = "\n".join(parts), sum(map(count, parts)) + _WRAPPING
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
        rolling, shared, known = 0, 0, True
        for end in range(_BLOCK, len(prompt) + 1, _BLOCK):
            rolling = hash((rolling, prompt[end - _BLOCK : end]))
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
    earlier: Earlier
    unrecorded: list[Call] = field(default_factory=list)

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        if known := self.earlier.take(call):
            return known
        if self.arm.policy != "call":
            failed = self.arm.policy not in ASKING
            found = self.recordings.lookup(self.arm.origin, call.key, call.draw, failed=failed)
            if found is not None:
                return recorded_attempts(found)
        self.unrecorded.append(call)
        return (unanswered(call),)

    @property
    def first_pass_is_missing(self) -> bool:
        return self.arm.bundle is None and len(self.unrecorded) == 1 and "role" not in self.unrecorded[0].parts

    def why(self, recordings: RecordingStore) -> str:
        return recordings.missing(self.arm.origin, self.unrecorded[0]).message


@dataclass(slots=True)
class _Prompts:
    """What a provider reads of requests; a schema that comes again is written once."""

    _schema: Json = None
    _written: str = ""

    def of(self, body: Mapping[str, Json]) -> tuple[str, ...]:
        """All of a request in the order in which it is cached: the schema, then the messages."""
        text = (body.get("text") or {}).get("format") or {}
        schema = text.get("schema") or ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
        if schema is not self._schema:
            self._schema, self._written = schema, canonical(schema).decode() if schema else ""
        given = body.get("input", body.get("messages", ""))
        said = [given] if isinstance(given, str) else [str(message.get("content", "")) for message in given]
        parts = (self._written, str(body.get("instructions") or ""), *said)
        return tuple(part for part in parts if part)
