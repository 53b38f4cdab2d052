"""Whether the model's server answers at all: a refused key, a dead address or a path that the server does not have
must not become a thousand failures of the assistant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.base.errors import ProviderUnavailableError
from harness.models.answers import QUOTA, of_the_input
from harness.models.retry import retryable
from harness.models.types import Attempt
from harness.replay.types import Arm, RecordKey

if TYPE_CHECKING:
    from harness.replay.store import RunStore


def is_shut_out(attempt: Attempt) -> bool:
    """Whether the failure is the account's or the address's, so that every other call would meet it too. A
    recorded one was that of another day."""
    if attempt.outcome != "failed" or attempt.source == "recorded":
        return False
    return attempt.error in ("connection", "unreachable", QUOTA) or attempt.status in (401, 403)


def may_pass(attempt: Attempt) -> bool:
    """Whether the failure is no word about the call, so that a resumed run asks again: the key was refused, the
    account was empty, nothing could be sent, or the server has no such path or model."""
    if is_shut_out(attempt):
        return attempt.error != "connection"
    elsewhere = attempt.status is not None and 300 <= attempt.status < 400
    return (elsewhere or attempt.status in (404, 405)) and is_turned_away(attempt)


def is_turned_away(attempt: Attempt) -> bool:
    """Whether the server refused the request as such (a path, model or parameter that it does not know, or an address
    that it has left), which may meet every call alike; not where it is about the input, a key, or too many requests."""
    refused = attempt.outcome == "failed" and attempt.source in ("live", "simulated")
    if not refused or attempt.status is None or not 300 <= attempt.status < 500:
        return False
    return not (is_shut_out(attempt) or attempt.status in (408, 409, 429))


class TurnedAwayError(ProviderUnavailableError):
    """An arm whose calls the server refuses all alike. path: of the wire, as "/responses"; "" where it is not known."""

    def __init__(self, arm: str, path: str, attempt: Attempt, times: int) -> None:
        calls = "a call" if times == 1 else f"{times} calls in a row"
        super().__init__(
            f"{arm}: {calls} refused alike, which is no fault of the assistant: {attempt.detail or attempt.error}",
            hint="mend what the server refuses, then continue with --resume",
        )
        self.arm, self.path, self.attempt = arm, path, attempt


def to_ask_again(store: RunStore, arms: Sequence[Arm]) -> frozenset[RecordKey]:
    """Records that are failures today and may be answers tomorrow: those that `may_pass`, and all of an arm that was
    asked and never got an answer, because its server was down or turned everything away."""
    many = store.many()
    failed: dict[str, dict[RecordKey, Sequence[Attempt]]] = {}
    for key in list(store.record_keys("provider")):
        failed.setdefault(key.arm, {})[key] = store.attempts_of(key)[-1:]
    found: set[RecordKey] = set()
    for arm in arms:
        last = failed.get(arm.id, {})
        found |= {key for key, attempts in last.items() if any(map(may_pass, attempts))}
        if len(last) == many.get(arm.id, 0) and all(_was_down(each) for every in last.values() for each in every):
            found |= last.keys()
    return frozenset(found)


def _was_down(attempt: Attempt) -> bool:
    return attempt.source != "recorded" and (is_shut_out(attempt) or retryable(attempt))


_NUMBERED = re.compile(r"(?<!\S)\S*\d\S*")
"""Counts and request ids, which differ where nothing else does."""


@dataclass(slots=True)
class _Alike:
    """Refusals of one arm that say the same. records: whose calls they were."""

    said: str
    first: Attempt
    path: str
    records: set[RecordKey] = field(default_factory=set)


@dataclass(slots=True)
class Health:
    """Calls in a row that were shut out, by origin, or turned away alike, by arm. `limit` of them end the run.

    answered: arms that were answered in an earlier session."""

    limit: int
    answered: set[str] = field(default_factory=set)
    _in_a_row: dict[str, int] = field(default_factory=dict)
    _ever_answered: set[str] = field(default_factory=set)
    _last: dict[str, Attempt] = field(default_factory=dict)
    _alike: dict[str, _Alike] = field(default_factory=dict)
    _broken: dict[str, dict[str, Attempt]] = field(default_factory=dict)
    """By arm: documents whose calls failed for what may pass. Only of arms of which no call ended in any other way."""
    _heard: set[str] = field(default_factory=set)

    def note(self, origin: str, of: RecordKey, last: Attempt, path: str = "") -> None:
        """Take in how a call for a record ended. Raises ProviderUnavailableError at the limit."""
        self._note_turned_away(of, last, path)
        if last.source in ("live", "simulated") and retryable(last):
            self._broken.setdefault(of.arm, {})[of.document_id] = last
        else:
            self._heard.add(of.arm)
        if not is_shut_out(last):
            self._in_a_row.pop(origin, None)
            self._ever_answered.add(origin)
            return
        self._last[origin] = last
        self._in_a_row[origin] = self._in_a_row.get(origin, 0) + 1
        if self._in_a_row[origin] >= self.limit:
            raise self._unavailable(origin)

    def suspected(self, origin: str, arm: str) -> bool:
        """Whether the newest call of this origin was shut out, or that of this arm turned away."""
        return origin in self._in_a_row or arm in self._alike

    def check_end(self) -> None:
        """At the end of a run: raises ProviderUnavailableError for an origin that never let a call in, and for an arm
        whose every call was turned away for what is not its input, or met a server that was broken. (One document alone
        may be what breaks it.)"""
        for origin in self._in_a_row:
            if origin not in self._ever_answered:
                raise self._unavailable(origin)
        for arm, alike in self._alike.items():
            if arm not in self.answered and not of_the_input(alike.first.status, alike.first.error):
                raise self._turned_away(arm)
        for arm, documents in self._broken.items():
            broken = next(iter(documents.values()))
            if len(documents) > 1 and arm not in self._heard | self.answered:
                late = "raise `timeouts` of this endpoint, or " if broken.error == "timeout" else ""
                raise ProviderUnavailableError(
                    f"{arm}: no call was answered, which is no fault of the assistant: {broken.detail or broken.error}",
                    hint=f"{late}look at the server, then continue with --resume",
                )

    def _note_turned_away(self, of: RecordKey, last: Attempt, path: str) -> None:
        """What is about the input counts as well, until the arm is answered once: no server that reads one CV refuses
        so many in a row for their length."""
        if not is_turned_away(last):
            self._alike.pop(of.arm, None)
            if last.outcome != "failed":
                self.answered.add(of.arm)
            return
        said = f"{last.status} {last.error} {_NUMBERED.sub('#', last.detail)}"
        alike = self._alike.get(of.arm)
        if alike is None or alike.said != said:
            alike = self._alike[of.arm] = _Alike(said, last, path)
        alike.records.add(of)
        about_input = of_the_input(last.status, last.error)
        if len(alike.records) >= self.limit and not (about_input and of.arm in self.answered):
            raise self._turned_away(of.arm)

    def _turned_away(self, arm: str) -> TurnedAwayError:
        alike = self._alike[arm]
        return TurnedAwayError(arm, alike.path, alike.first, len(alike.records))

    def _unavailable(self, origin: str) -> ProviderUnavailableError:
        last, times = self._last[origin], self._in_a_row[origin]
        calls = "a call" if times == 1 else f"{times} calls in a row"
        because = last.detail or last.error
        if last.error == QUOTA:
            hint = "top up the account or raise its limit, then continue with --resume"
        elif last.status in (401, 403):
            hint = "check the API key and what it may use, then continue with --resume"
        else:
            hint = "check the address and the network, then continue with --resume"
        return ProviderUnavailableError(f"{calls} to {origin} did not get through: {because}", hint=hint)
