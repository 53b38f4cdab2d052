"""Taking things away: one task, one person, what is too old. What is erased leaves the database's files as well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from harness.service.database import scrub
from harness.service.settings import RetentionRules
from harness.service.store import Store
from harness.service.tables import Event, Hit, Pair, Task

_TABLES = ("tasks", "calls", "pairs", "feedback", "hits")
_BATCH = 500


def erase_tasks(store: Store, task_ids: Sequence[str]) -> int:
    """Erase tasks with their calls, pairs and feedback; how many there were. `scrub_files` comes after."""
    erased = 0
    for start in range(0, len(task_ids), _BATCH):
        with store.session() as session:
            chosen = Task.id.in_(task_ids[start : start + _BATCH])
            there = session.scalars(select(Task.id).where(chosen)).all()
            session.execute(delete(Task).where(chosen))
            erased += len(there)
    return erased


def tasks_of_person(store: Store, user: str) -> Sequence[str]:
    """Ids of all tasks of a user, also those still running."""
    with store.session() as session:
        return session.scalars(select(Task.id).where(Task.user == user)).all()


def forget_hits(store: Store, user: str) -> None:
    """What the rate limit remembers of a user."""
    with store.session() as session:
        session.execute(delete(Hit).where(Hit.key.like(f"%/{_escaped(user)}/%", escape="\\")))


def too_old(store: Store, rules: RetentionRules) -> Sequence[str]:
    """Ids of finished tasks whose time is over."""
    before = store.clock.now() - timedelta(days=rules.task_days)
    with store.session() as session:
        return session.scalars(select(Task.id).where(Task.updated_at < before)).all()


def clear_old_contents(store: Store, rules: RetentionRules) -> int:
    """Take text and answer out of pairs whose time is over, and old rate-limit entries away; how many pairs."""
    now = store.clock.now()
    with store.session() as session:
        session.execute(delete(Hit).where(Hit.at < now.timestamp() - 3600))
        session.execute(delete(Event).where(Event.at < now - timedelta(days=365)))
        result = session.execute(
            update(Pair)
            .where(Pair.created_at < now - timedelta(days=rules.pair_days))
            .where(or_(Pair.text.is_not(None), Pair.answer.is_not(None)))
            .values(text=None, answer=None)
        )
        return int(getattr(result, "rowcount", 0))


def scrub_files(store: Store, tries: int = 5) -> bool:
    """Take erased content out of the database's files. False where readers were in the way each time; the timer
    tries again."""
    return any(scrub(store.engine, _TABLES) for _ in range(tries))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
