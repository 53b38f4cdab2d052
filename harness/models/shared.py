"""One account for many processes: its money, its requests and tokens a minute and its calls at a time are kept in one
place (`Account`), and each process asks there (`Share`) through objects that callers know already.

Nothing of a call crosses but a number of tokens and of dollars. Each leave that is given has a ticket that its taker
chose, so that it can be given back by a taker who went away while he waited, and by whoever hears that a process died.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from harness.base.clock import Clock, SystemClock
from harness.models.budget import Budget, BudgetSpentError, Reservation
from harness.models.limiter import Limiter, Slot
from harness.models.rates import Rates

Ask: TypeAlias = Callable[..., Awaitable[Any]]
"""Calls a method of the account, by its name."""
Outcome: TypeAlias = Literal["", "succeeded", "throttled"]


@dataclass(frozen=True, slots=True)
class Limits:
    """concurrency: calls at a time, of which `start` to begin with. requests, tokens: a minute; None: no limit."""

    concurrency: int
    start: int
    requests: int | None = None
    tokens: int | None = None

    def limiter(self) -> Limiter:
        return Limiter(self.concurrency, start=self.start)

    def rates(self) -> Rates:
        return Rates(self.requests, self.tokens)


class Account:
    """What the account may do, and who holds what of it. lease: which process, for which of its tasks."""

    def __init__(self, budget: Budget, limits: Limits) -> None:
        self.budget = budget
        self._limiter = limits.limiter()
        self._rates = limits.rates()
        self._reserved: dict[str, tuple[str, Decimal]] = {}
        self._slots: dict[str, tuple[str, AbstractAsyncContextManager[Slot], Slot]] = {}
        self._given_up: set[str] = set()
        self._gone: set[str] = set()

    async def reserve(self, lease: str, ticket: str, dollars: Decimal) -> str:
        """Room for an attempt; why there is none, "" where there is. Waits as `Budget.reserve` does."""
        try:
            await self.budget.hold(Reservation(dollars))
        except BudgetSpentError as error:
            return str(error)
        self._reserved[ticket] = lease, dollars
        if self._nobody_waits(lease, ticket):
            await self.settle(ticket, Decimal(0))
        return ""

    async def settle(self, ticket: str, dollars: Decimal) -> None:
        """An attempt is over: what it cost, in place of what was reserved."""
        if ticket in self._reserved:
            _, reserved = self._reserved.pop(ticket)
            self.budget.settle(Reservation(reserved), dollars)

    async def leave(self, tokens: int) -> float:
        """As `Rates.leave`."""
        return await self._rates.leave(tokens)

    async def note(self, headers: Mapping[str, str]) -> None:
        """As `Rates.note`."""
        self._rates.note(headers)

    async def enter(self, lease: str, ticket: str) -> float:
        """Leave to send one request; the milliseconds that it was waited for."""
        slot = self._limiter.slot()
        given = await slot.__aenter__()
        self._slots[ticket] = lease, slot, given
        if self._nobody_waits(lease, ticket):
            await self.exit(ticket, "")
        return given.queue_ms

    async def exit(self, ticket: str, outcome: Outcome) -> None:
        """The request is over; outcome: what the limiter should know of it."""
        if ticket not in self._slots:
            return
        _, slot, given = self._slots.pop(ticket)
        if outcome == "succeeded":
            self._limiter.succeeded(given)
        elif outcome == "throttled":
            self._limiter.throttled(given)
        await slot.__aexit__(None, None, None)

    async def give_up(self, ticket: str) -> None:
        """Nobody waits for this leave any more; where it was given meanwhile, it is free again."""
        if ticket in self._reserved:
            await self.settle(ticket, Decimal(0))
        elif ticket in self._slots:
            await self.exit(ticket, "")
        else:
            self._given_up.add(ticket)

    async def gone(self, lease: str) -> None:
        """A process died, or its task is over: its calls are under way no longer. What was reserved for them counts as
        spent, because nobody knows their end."""
        self._gone.add(lease)
        for ticket, (holder, dollars) in list(self._reserved.items()):
            if holder == lease:
                await self.settle(ticket, dollars)
        for ticket, (holder, _, _) in list(self._slots.items()):
            if holder == lease:
                await self.exit(ticket, "")

    async def spent(self) -> Decimal:
        """US dollars, as the budget counts them."""
        return self.budget.spent

    def _nobody_waits(self, lease: str, ticket: str) -> bool:
        given_up = ticket in self._given_up
        self._given_up.discard(ticket)
        return given_up or lease in self._gone


@dataclass(frozen=True, slots=True)
class _Line:
    """One process's way to the account. told: what was said without waiting for an answer."""

    lease: str
    ask: Ask
    told: set[asyncio.Future[Any]]

    async def wait_for(self, method: str, *given: object) -> Any:
        """Ask for a leave under a new ticket; it and the answer. A taker who goes away gives it back. Raises
        BudgetSpentError where the account is not there any more: nothing more may be paid for."""
        ticket = secrets.token_hex(8)
        try:
            return ticket, await self._asked(method, self.lease, ticket, *given)
        except asyncio.CancelledError:
            self.tell("give_up", ticket)
            raise

    async def _asked(self, method: str, *given: object) -> Any:
        try:
            return await self.ask(method, *given)
        except Exception as error:
            raise BudgetSpentError(f"the run's account cannot be asked ({type(error).__name__})") from error

    async def without_ticket(self, method: str, *given: object) -> Any:
        return await self._asked(method, *given)

    def tell(self, method: str, *given: object) -> None:
        telling = asyncio.ensure_future(self._asked(method, *given))
        self.told.add(telling)


class Share:
    """One process's part in an `Account`: what its callers are built with."""

    def __init__(self, lease: str, ask: Ask) -> None:
        self._line = _Line(lease, ask, set())

    def budget(self, on: date, tell: Callable[[str], None]) -> Budget:
        return _SharedBudget(self._line, on, tell)

    def limiter(self) -> Limiter:
        return _SharedLimiter(self._line)

    def rates(self) -> Rates:
        return _SharedRates(self._line)

    async def settled(self) -> None:
        """Wait until all that was told has arrived, so that the account is right to the cent."""
        while self._line.told:
            await asyncio.gather(*(self._line.told.pop() for _ in range(len(self._line.told))), return_exceptions=True)


class _SharedBudget(Budget):
    """spent, reserved: of this process alone."""

    def __init__(self, line: _Line, on: date, tell: Callable[[str], None]) -> None:
        super().__init__(Decimal(0), on=on, tell=tell)
        self._line = line
        self._tickets: dict[int, str] = {}

    async def hold(self, wanted: Reservation) -> None:
        ticket, refused = await self._line.wait_for("reserve", wanted.dollars)
        if refused:
            raise BudgetSpentError(refused)
        self._tickets[id(wanted)] = ticket
        self.reserved += wanted.dollars

    def settle(self, reservation: Reservation, dollars: Decimal) -> None:
        super().settle(reservation, dollars)
        self._line.tell("settle", self._tickets.pop(id(reservation)), dollars)


class _SharedLimiter(Limiter):
    def __init__(self, line: _Line, clock: Clock | None = None) -> None:
        super().__init__(1)
        self._line = line
        self._wall = clock or SystemClock()
        self._outcomes: dict[int, Outcome] = {}

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot]:
        begin = self._wall.monotonic_ms()
        ticket, _ = await self._line.wait_for("enter")
        slot = Slot(self._wall.monotonic_ms() - begin, 0)
        try:
            yield slot
        finally:
            self._line.tell("exit", ticket, self._outcomes.pop(id(slot), ""))

    def succeeded(self, slot: Slot) -> None:
        self._outcomes[id(slot)] = "succeeded"

    def throttled(self, slot: Slot) -> None:
        self._outcomes[id(slot)] = "throttled"


class _SharedRates(Rates):
    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._line = line

    @property
    def of_tokens(self) -> bool:
        return True  # the account knows

    async def leave(self, tokens: int) -> float:
        return float(await self._line.without_ticket("leave", tokens))

    def note(self, headers: Mapping[str, str]) -> None:
        kept = {name: value for name, value in headers.items() if name.startswith("x-ratelimit-")}
        if any(value.strip() == "0" for value in kept.values()):
            self._line.tell("note", kept)
