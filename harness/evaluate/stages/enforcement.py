"""A strict schema that was sent and not kept: the assistant's fault, or a server's that takes schemas and ignores
them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from harness.base.types import Failure
from harness.contract.types import Rung
from harness.evaluate.stages.listener import Listener
from harness.models.budget import Budget, BudgetSpentError
from harness.models.client import ModelClient
from harness.models.probe import Probed, probe, question
from harness.models.types import Call, Wire
from harness.replay.store import RunStore
from harness.replay.types import Arm, Record


def breaks_schema(record: Record) -> bool:
    """Whether a model's whole answer is not in the schema that it was read against."""
    return _counts(record) and record.readings[0].rung < Rung.SCHEMA


def _counts(record: Record) -> bool:
    cut = isinstance(record.answer, Failure) and record.answer.code == "truncated"
    return record.source == "live" and bool(record.readings) and not cut


async def tell_unenforced(
    client: ModelClient, store: RunStore, arms: Iterable[Arm], wire: Wire, budget: Budget, listener: Listener
) -> None:
    """Where answers broke the strict schema that they were asked in, a short question tells whether the server holds
    any model to one; where it does not, that is noted, and kept in the run's log. The question is paid for as any call
    is, and not asked where nothing is left for it."""
    asked = {arm.id: arm.bundle for arm in arms if arm.bundle is not None and arm.bundle.output == "json_schema"}
    broken: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for record in store.records():
        if record.arm in asked and _counts(record):
            answers[record.arm] += 1
            broken[record.arm] += breaks_schema(record)
    worst = max(broken, key=lambda arm: broken[arm], default="")
    if not worst or not broken[worst]:
        return
    bundle = asked[worst]
    found = await _asked(client, store, question(bundle, bundle.asked_over or wire), budget)
    if found is None or found.attempt.outcome != "answered" or found.enforced:
        return
    said = (
        f"{broken[worst]} of {answers[worst]} answers of {worst} broke the strict schema that was sent, and "
        f"{client.endpoint.origin} does not hold models to one: that is the server's, not the assistant's "
        "(`cv-harness doctor` shows which wire does)"
    )
    listener.note(said)
    await store.log("warning", said)


async def _asked(client: ModelClient, store: RunStore, call: Call, budget: Budget) -> Probed | None:
    """The answer, journaled outside any record; None where there is no money left for it."""
    try:
        reserved = await budget.reserve(call)
    except BudgetSpentError:
        return None
    journal, spent = store.journal(), reserved.dollars
    try:
        found = await probe(client, call, await journal.intend(call, reserved.dollars))
        spent = budget.price(call, budget.believed(found.attempt, reserved), reserved)
        await journal.commit(found.attempt, spent)
    finally:
        budget.settle(reserved, spent)
    return found
