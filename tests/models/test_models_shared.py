"""One account for several processes: what one of them takes no other one gets, and what a dead one held is free."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from harness.models.budget import Budget, BudgetSpentError, Reservation
from harness.models.shared import Account, Limits, Share

TODAY = date(2026, 11, 22)


def an_account(limit="1", concurrency=2, **limits):
    return Account(Budget(Decimal(limit), on=TODAY), Limits(concurrency, concurrency, **limits))


def a_share(account, lease):
    return Share(lease, lambda method, *given: getattr(account, method)(*given))


def budget_of(account, lease):
    share = a_share(account, lease)
    return share, share.budget(TODAY, lambda _: None)


def test_what_one_process_reserved_is_not_there_for_another_one():
    async def both():
        account = an_account("1.00")
        share, mine = budget_of(account, "one")
        _, other = budget_of(account, "two")
        first = Reservation(Decimal("0.70"))
        await mine.hold(first)
        second = asyncio.ensure_future(other.hold(Reservation(Decimal("0.60"))))
        await asyncio.sleep(0.01)
        assert not second.done()  # it depends on what the first one will have cost
        mine.settle(first, Decimal("0.10"))
        await share.settled()
        await second
        return account, mine

    account, mine = asyncio.run(both())
    assert (account.budget.spent, account.budget.reserved) == (Decimal("0.10"), Decimal("0.60"))
    assert mine.spent == Decimal("0.10")


def test_nobody_gets_more_than_the_run_may_cost():
    async def ask():
        account = an_account("1.00")
        share, mine = budget_of(account, "one")
        held = Reservation(Decimal("0.90"))
        await mine.hold(held)
        mine.settle(held, Decimal("0.90"))
        await share.settled()
        _, other = budget_of(account, "two")
        await other.hold(Reservation(Decimal("0.20")))

    with pytest.raises(BudgetSpentError, match=r"--max-cost 1\.00; give at least 1\.10"):
        asyncio.run(ask())


def test_calls_of_all_processes_together_are_as_many_as_may_be():
    async def ask():
        account, under_way, most = an_account(concurrency=3), 0, 0

        async def call(limiter):
            nonlocal under_way, most
            async with limiter.slot() as slot:
                under_way += 1
                most = max(most, under_way)
                await asyncio.sleep(0)
                limiter.succeeded(slot)
                under_way -= 1

        limiters = [a_share(account, name).limiter() for name in ("one", "two")]
        await asyncio.gather(*(call(limiter) for limiter in limiters for _ in range(20)))
        return most

    assert asyncio.run(ask()) == 3


def test_a_server_that_refuses_one_process_slows_all():
    async def ask():
        account = an_account(concurrency=8)
        share = a_share(account, "one")
        limiter = share.limiter()
        async with limiter.slot() as slot:
            limiter.throttled(slot)
        await share.settled()
        return account._limiter.limit

    assert asyncio.run(ask()) == 4


def test_requests_a_minute_are_those_of_all_processes(monkeypatch):
    async def ask():
        slept = []

        async def sleep(seconds):
            slept.append(seconds)

        account = an_account(requests=60)
        account._rates._sleep = sleep
        for _ in range(11):  # ten seconds' worth may go at once
            for name in ("one", "two"):
                await a_share(account, name).rates().leave(1)
        return slept

    assert len(asyncio.run(ask())) == 12


def test_an_empty_account_holds_all_processes():
    async def ask():
        account, slept = an_account(), []

        async def sleep(seconds):
            slept.append(round(seconds))

        account._rates._sleep = sleep
        share = a_share(account, "one")
        share.rates().note(
            {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "30s", "x-request-id": "a"}
        )
        await share.settled()
        await a_share(account, "two").rates().leave(1)
        return slept

    assert asyncio.run(ask()) == [30]


def test_what_a_dead_process_held_is_free_and_its_money_counts_as_spent():
    async def ask():
        account = an_account("1.00", concurrency=1)
        _, dead = budget_of(account, "dead")
        await dead.hold(Reservation(Decimal("0.40")))
        for name in ("alive", "zealous"):
            await budget_of(account, name)[1].hold(Reservation(Decimal("0.10")))
        slot = a_share(account, "dead").limiter().slot()
        await slot.__aenter__()
        waiting = a_share(account, "alive").limiter().slot()
        entered = asyncio.ensure_future(waiting.__aenter__())
        await asyncio.sleep(0.01)
        assert not entered.done()
        await account.gone("dead")
        await entered
        await waiting.__aexit__(None, None, None)
        return account

    account = asyncio.run(ask())
    assert (account.budget.spent, account.budget.reserved) == (Decimal("0.40"), Decimal("0.20"))


def test_leave_that_comes_after_its_process_died_is_given_back():
    async def ask():
        account = an_account("1.00", concurrency=1)
        async with a_share(account, "alive").limiter().slot():
            late = asyncio.ensure_future(a_share(account, "dead").limiter().slot().__aenter__())
            await asyncio.sleep(0.01)
            await account.gone("dead")
        await late
        async with a_share(account, "alive").limiter().slot():
            pass
        return account._limiter.active

    assert asyncio.run(asyncio.wait_for(ask(), 30)) <= 1


@pytest.mark.parametrize("late", [False, True])
def test_who_goes_away_while_he_waits_holds_nothing(late):
    """late: the leave is on its way when he goes."""

    async def ask():
        account = an_account("1.00", concurrency=1)
        share = a_share(account, "one")
        budget = share.budget(TODAY, lambda _: None)
        first = Reservation(Decimal("0.90"))
        await budget.hold(first)
        second = asyncio.ensure_future(budget.hold(Reservation(Decimal("0.50"))))
        entering = asyncio.ensure_future(share.limiter().slot().__aenter__())
        await asyncio.sleep(0.01)
        if late:
            budget.settle(first, Decimal(0))
        for waiting in (second, entering):
            waiting.cancel()
        await asyncio.gather(second, entering, return_exceptions=True)
        if not late:
            budget.settle(first, Decimal(0))
        await share.settled()
        await account.gone("one")
        return account

    account = asyncio.run(ask())
    assert (account.budget.spent, account.budget.reserved) == (Decimal(0), Decimal(0))
    assert account._limiter.active == 0


def test_without_its_account_a_process_pays_for_nothing_more():
    async def broken(*_):
        raise ConnectionError("the driver is gone")

    async def ask():
        await Share("one", broken).budget(TODAY, lambda _: None).hold(Reservation(Decimal("0.01")))

    with pytest.raises(BudgetSpentError, match="cannot be asked"):
        asyncio.run(ask())
