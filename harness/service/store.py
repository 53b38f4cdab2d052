"""What the service keeps: tasks and their calls. Plain blocking functions; the service calls them in threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from harness.base.clock import Clock
from harness.service.tables import CallRow, Pair, Task, Worker

RUNNING = ("pending", "metadata_extracted")
DONE = ("completed", "completed_with_errors", "failed")
SWITCHED_OFF = "switched_off"
"""Cause of a task that was the assistant's and that legacy answered, because the flag went off while it waited for a
place: nobody failed, and it says nothing about the assistant."""


class TaskGoneError(Exception):
    """The task was deleted while it was being worked on."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a task came to. answer: canonical JSON text, None where there is none. cost: dollars, None: unpriced."""

    state: str
    method: str | None
    answer: str | None
    error: str | None = None
    cause: str | None = None
    latency_ms: float | None = None
    model_ms: float | None = None
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    bundle: str | None = None


class Store:
    """The database, for one process. clock: stamps."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        # SQLite has one writer, and makes others sleep up to a tenth of a second before they look again: within a
        # process a lock hands its place on at once. PostgreSQL needs none.
        self._turn: AbstractContextManager[object] = Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back by an exception."""
        with self._turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def add_task(self, task: Task) -> None:
        """A new task; it is stamped here."""
        task.created_at = task.updated_at = self.clock.now()
        with self.session() as session:
            session.add(task)

    def task(self, task_id: str, user: str | None = None) -> Task | None:
        """The task; with `user`, only where it is that user's."""
        with self.session() as session:
            found = session.get(Task, task_id)
            return found if found is not None and user in (None, found.user) else None

    def tasks_of(self, user: str, most: int = 200) -> Sequence[Task]:
        """A user's tasks, newest first."""
        with self.session() as session:
            chosen = select(Task).where(Task.user == user).order_by(Task.created_at.desc(), Task.id).limit(most)
            return session.scalars(chosen).all()

    def set_state(self, task_id: str, state: str, deadline_at: datetime | None = None) -> None:
        """Raises TaskGoneError."""
        values: dict[str, Any] = {"state": state, "updated_at": self.clock.now()}
        if deadline_at is not None:
            values["deadline_at"] = deadline_at
        with self.session() as session:
            self._change(session, task_id, values)

    def finish(self, task_id: str, finished: Finished) -> None:
        """The end of a task. Its calls go, and its text where the user did not consent. Raises TaskGoneError."""
        with self.session() as session:
            task = session.get(Task, task_id)
            if task is None:
                raise TaskGoneError(task_id)
            for name in Finished.__dataclass_fields__:
                setattr(task, name, getattr(finished, name))
            task.deadline_at = None
            task.updated_at = self.clock.now()
            if not task.consent:
                task.text = None
            session.execute(delete(CallRow).where(CallRow.task_id == task_id))

    def call(self, task_id: str, number: int, key: str) -> str | None:
        """The attempts of a call that was answered before, as kept."""
        with self.session() as session:
            row = session.get(CallRow, (task_id, number))
            return row.attempts if row is not None and row.key == key else None

    def add_call(self, task_id: str, number: int, key: str, attempts: str) -> None:
        """Raises TaskGoneError where the task was deleted meanwhile."""
        try:
            with self.session() as session:
                session.merge(CallRow(task_id=task_id, number=number, key=key, attempts=attempts))
        except IntegrityError:
            raise TaskGoneError(task_id) from None

    def fail_overdue(self) -> int:
        """End tasks that nobody brought to an end by their deadline: none hangs in a running state. How many."""
        now = self.clock.now()
        values = {
            "state": "failed", "error": "interrupted", "cause": "interrupted",
            "text": None, "updated_at": now, "deadline_at": None,
        }  # fmt: skip
        with self.session() as session:
            late = (Task.state.in_(RUNNING), Task.deadline_at < now)
            result: Any = session.execute(update(Task).where(*late).values(**values))
            # Their pairs are never compared now: what nobody consented to does not wait for that.
            ended = select(Task.id).where(Task.cause == "interrupted")
            session.execute(
                update(Pair)
                .where(Pair.consent.is_(False), Pair.task_id.in_(ended))
                .values(text=None, answer=None)
                .execution_options(synchronize_session=False)
            )
            return int(result.rowcount)

    def unfinished_legacy(self, older_s: float) -> Sequence[str]:
        """Ids of legacy tasks that are not at their end and not quite new."""
        before = self.clock.now() - timedelta(seconds=older_s)
        chosen = select(Task.id).where(Task.way == "legacy", Task.state.in_(RUNNING), Task.created_at < before)
        with self.session() as session:
            return session.scalars(chosen).all()

    def beat(self, worker_id: str) -> None:
        """This process is alive."""
        with self.session() as session:
            session.merge(Worker(id=worker_id, seen=self.clock.now().timestamp()))

    def has_worker(self, worker_id: str | None) -> bool:
        """Whether a process is known, alive or not yet taken over."""
        with self.session() as session:
            return session.get(Worker, worker_id or "") is not None

    def dead_workers(self, after_s: float) -> Sequence[str]:
        """Processes that were not seen for so long."""
        with self.session() as session:
            return session.scalars(select(Worker.id).where(Worker.seen < self.clock.now().timestamp() - after_s)).all()

    def retire_worker(self, worker_id: str) -> None:
        """This process ends: what it had under way may be taken over at once."""
        with self.session() as session:
            session.merge(Worker(id=worker_id, seen=0.0))

    def drop_worker(self, worker_id: str) -> None:
        with self.session() as session:
            session.execute(delete(Worker).where(Worker.id == worker_id))

    def _change(self, session: Session, task_id: str, values: dict[str, Any]) -> None:
        result: Any = session.execute(update(Task).where(Task.id == task_id).values(**values))
        if not result.rowcount:
            raise TaskGoneError(task_id)
