"""Faults on demand: what goes wrong between a client and a provider, by command line, endpoint or request header.

A header `x-sim-fault: 429; retry_after=0.2` breaks that request. A plan (`POST /sim/faults`, `--fault`) breaks
requests that match it: all, the first `times` of each different request, or a `rate` of all attempts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields

from harness.base.types import Json
from harness.simulator.apierror import ApiError, bad
from harness.simulator.chance import uniform

KINDS = {
    "429": "rate limit reached, with retry-after",
    "insufficient_quota": "429 that no retry helps",
    "500": "server error",
    "503": "overloaded",
    "timeout": "no answer for `seconds`",
    "reset": "connection cut before the answer",
    "truncated_body": "connection cut in the middle of the answer, which is billed",
    "broken_json": "200 whose body is no JSON",
    "html": "200 with a web page",
    "failed": "200 with status `failed` (responses), 500 on chat",
    "refusal": "the model declines",
    "content_filter": "the answer is cut by the content filter",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One plan. times: only the first so many attempts of each different request; rate: the share of attempts
    that break; wire: "chat" or "responses"; model: only this one; retry_after, seconds: in seconds."""

    kind: str
    times: int | None = None
    rate: float = 1.0
    wire: str = ""
    model: str = ""
    retry_after: float = 1.0
    seconds: float = 600.0


def read_fault(given: Json) -> Fault:
    """A plan from JSON (`{"kind": "429", "times": 1}`) or text (`429; times=1`). Raises ApiError."""
    if isinstance(given, str):
        kind, *pairs = [part.strip() for part in given.split(";")]
        given = {"kind": kind}
        for pair in filter(None, pairs):
            name, _, value = pair.partition("=")
            given[name.strip()] = value.strip()
    if not isinstance(given, dict) or str(given.get("kind")) not in KINDS:
        raise bad(f"Unknown fault: {given!r:.80}. Known: {', '.join(KINDS)}.", "kind")
    unknown = set(given) - {field.name for field in fields(Fault)}
    if unknown:
        raise bad(f"Unknown fault option: {', '.join(sorted(unknown))}.")
    try:
        return Fault(
            kind=str(given["kind"]),
            times=None if given.get("times") in (None, "") else int(given["times"]),
            rate=float(given.get("rate", 1.0)),
            wire=str(given.get("wire", "")),
            model=str(given.get("model", "")),
            retry_after=float(given.get("retry_after", 1.0)),
            seconds=float(given.get("seconds", 600.0)),
        )
    except (TypeError, ValueError) as error:
        raise bad(f"Invalid fault: {error}.") from error


class FaultPlans:
    """The plans in force, and which attempt of which request this is."""

    def __init__(self, seed: int, plans: tuple[Fault, ...] = ()) -> None:
        self.seed, self.plans = seed, plans
        self._attempts: Counter[str] = Counter()

    def pick(self, header: str | None, key: str, wire: str, model: str) -> Fault | None:
        """The fault for this attempt of request `key`, or None."""
        self._attempts[key] += 1
        attempt = self._attempts[key]
        if header:
            return read_fault(header)
        for number, plan in enumerate(self.plans):
            if (plan.wire and plan.wire != wire) or (plan.model and plan.model != model):
                continue
            if plan.times is not None and attempt > plan.times:
                continue
            if plan.rate < 1.0 and uniform(self.seed, "fault", number, key, attempt) >= plan.rate:
                continue
            return plan
        return None


def as_error(fault: Fault) -> ApiError | None:
    """The error answer of a fault that has one."""
    after = f"{fault.retry_after:g}"
    match fault.kind:
        case "429":
            return ApiError(
                429,
                f"Rate limit reached on requests per min (RPM). Please try again in {after}s.",
                code="rate_limit_exceeded",
                kind="requests",
                headers={"retry-after": after, "retry-after-ms": f"{fault.retry_after * 1000:g}"},
            )
        case "insufficient_quota":
            return ApiError(
                429,
                "You exceeded your current quota, please check your plan and billing details.",
                code="insufficient_quota",
                kind="insufficient_quota",
            )
        case "500":
            return ApiError(
                500, "The server had an error while processing your request. Sorry about that!", kind="server_error"
            )
        case "503":
            return ApiError(
                503,
                "The engine is currently overloaded, please try again later.",
                kind="service_unavailable_error",
                headers={"retry-after": after},
            )
        case _:
            return None
