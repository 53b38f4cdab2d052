"""Pairs: what legacy and another reading made of the same upload."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from harness.base.types import Json
from harness.service.store import DONE, Store, TaskGoneError
from harness.service.tables import Pair, Task


def add_pair(store: Store, pair: Pair) -> None:
    """Raises TaskGoneError where the upload was deleted meanwhile."""
    pair.created_at = store.clock.now()
    try:
        with store.session() as session:
            session.add(pair)
    except IntegrityError:
        raise TaskGoneError(pair.task_id) from None


def settle_pairs(
    store: Store, task_id: str, agreement: Callable[[Json, Json], float | None]
) -> Sequence[tuple[str, float | None]]:
    """Compare the pairs of a finished task that were not yet; (kind, agreement) of each. Text and answer of a user
    who did not consent go now."""
    with store.session() as session:
        task = session.get(Task, task_id)
        if task is None or task.state not in DONE:
            return []
        pairs = session.scalars(select(Pair).where(Pair.task_id == task_id, Pair.agreement.is_(None))).all()
    # Comparing takes its time, and nobody waits for the database meanwhile.
    found = {
        pair.id: agreement(json.loads(task.answer), json.loads(pair.answer))
        for pair in pairs
        if pair.answer is not None and task.answer is not None
    }
    settled = []
    with store.session() as session:
        chosen = select(Pair).where(Pair.id.in_([pair.id for pair in pairs]), Pair.agreement.is_(None))
        for pair in session.scalars(chosen.with_for_update()).all():
            if pair.id in found:
                pair.agreement = found[pair.id]
                settled.append((pair.kind, pair.agreement))
            if not pair.consent:
                pair.answer = pair.text = None
    return settled


def spent_today(store: Store) -> float:
    """Dollars spent on pairs since midnight UTC. An answer whose price is not known counts as a dollar, so that an
    unpriced model cannot spend without end."""
    midnight = datetime.combine(store.clock.now().date(), time(), UTC)
    with store.session() as session:
        priced, unpriced = session.execute(
            select(func.coalesce(func.sum(Pair.cost), 0.0), func.count().filter(Pair.cost.is_(None))).where(
                Pair.created_at >= midnight
            )
        ).one()
        return float(priced or 0.0) + float(unpriced)
