"""What a run may spend, kept as a promise: no call is sent that could take it over its limit.

Before each attempt the most that it may cost is reserved; what it did cost takes its place. A refused request costs
nothing, one that broke off may have cost all of it. Server's token counts that are missing, or that the texts belie,
are replaced by counts of our own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from harness.base.known_models import known_model
from harness.base.types import Json
from harness.models.batch import NOT_RUN
from harness.models.prices import cost, price_factor
from harness.models.tokens import count, count_call, most_tokens
from harness.models.types import Attempt, Call, Usage

_LIMITS = ("max_output_tokens", "max_completion_tokens", "max_tokens")
_LONGEST_ANSWER = 128_000
"""Tokens of the longest answer that models give, where neither the request nor what is known of the model says."""
_WRAPPING = 200
"""Tokens that a provider may add to a request."""
_FACTOR = 4
"""How far counts of other tokenizers may be from ours before they count as nonsense."""


class BudgetSpentError(Exception):
    """The next call could take the run over its limit; the text says what it is about."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Room for one attempt, in US dollars. input_tokens: counted by us."""

    dollars: Decimal = Decimal(0)
    input_tokens: int = 0
    most_output: int = 0


class Budget:
    """One run's money in US dollars: a limit, what is spent, what is reserved for attempts in flight.

    spent: by earlier sessions of the run. on: the day whose prices count. tell: told once where a server's counts are
    not to be believed. A model without a price reserves and costs nothing: that was said before the first call.
    """

    def __init__(
        self, limit: Decimal, *, on: date, spent: Decimal = Decimal(0), tell: Callable[[str], None] = lambda _: None
    ) -> None:
        self.limit = limit
        self.spent = spent
        self.reserved = Decimal(0)
        self._on = on
        self._tell = tell
        self._said = False
        self._changed = asyncio.Event()

    async def reserve(self, call: Call, factor: Decimal = Decimal(1)) -> Reservation:
        """Room for one attempt of `call` at `factor` of the standard price; waits while it depends on what attempts in
        flight will have cost.

        Raises BudgetSpentError where there is no room and nothing is in flight any more.
        """
        most = self.most(call)
        wanted = replace(most, dollars=most.dollars * factor)
        await self.hold(wanted)
        return wanted

    async def hold(self, wanted: Reservation) -> None:
        """Keep that room. Waits and raises as `reserve` does."""
        while self.spent + self.reserved + wanted.dollars > self.limit:
            if not self.reserved:
                raise self._spent(wanted)
            self._changed.clear()
            await self._changed.wait()
        self.reserved += wanted.dollars

    def room(self, call: Call, factor: Decimal) -> Reservation | None:
        """Room for one attempt at `factor` of the standard price; None where there is none now. Raises BudgetSpentError
        where there will be none."""
        most = self.most(call)
        wanted = replace(most, dollars=most.dollars * factor)
        if self.spent + self.reserved + wanted.dollars > self.limit:
            if not self.reserved:
                raise self._spent(wanted)
            return None
        self.reserved += wanted.dollars
        return wanted

    def settle(self, reservation: Reservation, dollars: Decimal) -> None:
        """An attempt is over: `dollars` in place of what was reserved for it."""
        self.reserved -= reservation.dollars
        self.spent += dollars
        self._changed.set()

    def believed(self, attempt: Attempt, reservation: Reservation) -> Attempt:
        """`attempt` without token counts that its texts belie."""
        if attempt.usage is None or _plausible(attempt.usage, attempt.text, reservation):
            return attempt
        self._say("says token counts that its texts belie")
        return replace(attempt, usage=None)

    def price(self, call: Call, attempt: Attempt, reservation: Reservation) -> Decimal:
        """What a `believed` attempt cost: by the server's counts, else by ours, else all that was reserved."""
        usage = attempt.usage
        if usage is None:
            if _not_billed(attempt):
                return Decimal(0)
            if attempt.text is None:
                self._say("broke off answers that it may bill")
                return reservation.dollars
            self._say("says no token counts")
            usage = Usage(reservation.input_tokens, output_tokens=count(attempt.text))
        known = cost(attempt.snapshot, usage, self._on) if attempt.snapshot else None
        price = (known if known is not None else cost(str(call.body.get("model", "")), usage, self._on)) or Decimal(0)
        factor = price_factor(attempt)
        return max(price, reservation.dollars) if factor is None else price * factor

    def most(self, call: Call) -> Reservation:
        """The most that one attempt of `call` may cost: its text at the dearest input price, and the longest answer."""
        read = count_call(call) + _WRAPPING
        most = _most_output(call.body)
        model = str(call.body.get("model", ""))
        dollars = max(
            cost(model, Usage(read, cache_write_tokens=written, output_tokens=most), self._on) or Decimal(0)
            for written in (0, read)
        )
        return Reservation(dollars, read, most)

    def _spent(self, wanted: Reservation) -> BudgetSpentError:
        return BudgetSpentError(
            f"${self.spent:.2f} is spent, and the next call may cost ${wanted.dollars:.2f}: more than "
            f"--max-cost {self.limit:.2f}; give at least {_cents_up(self.spent + wanted.dollars)}"
        )

    def _say(self, what: str) -> None:
        if not self._said:
            self._said = True
            self._tell(f"the server {what}: what such calls cost is estimated by tokens, and counts in --max-cost")


def _cents_up(dollars: Decimal) -> str:
    return str(dollars.quantize(Decimal("0.01"), rounding=ROUND_CEILING))


def _most_output(body: Mapping[str, Json]) -> int:
    for name in _LIMITS:
        given = body.get(name)
        if isinstance(given, int) and not isinstance(given, bool) and given > 0:
            return given
    known = known_model(str(body.get("model", "")))
    return (known.max_output_tokens if known is not None else None) or _LONGEST_ANSWER


def _not_billed(attempt: Attempt) -> bool:
    """Whether a failure cost nothing for certain: the request was refused, or never left."""
    if attempt.outcome != "failed":
        return False
    return (
        attempt.error == "unreachable"
        or attempt.error in NOT_RUN
        or (attempt.status is not None and attempt.status >= 300)
    )


def _plausible(usage: Usage, text: str | None, reservation: Reservation) -> bool:
    read, text = reservation.input_tokens, text or ""
    if read > _FACTOR * (usage.input_tokens + _WRAPPING) or usage.input_tokens > _FACTOR * read:
        return False
    most_written, most_output = _FACTOR * (usage.output_tokens + _WRAPPING), reservation.most_output
    if most_tokens(text) <= most_written and usage.output_tokens <= most_output + _WRAPPING:
        return True  # whatever counting the answer would say
    written = count(text)
    return written <= most_written and usage.output_tokens <= max(most_output, _FACTOR * written) + _WRAPPING
