"""Rate limits over the service's own database, so that all worker processes count together.

The strategy is the `limits` library's moving window; this is a storage for it.
"""

from __future__ import annotations

import time

import limits
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from harness.service.store import Store
from harness.service.tables import Hit


class DatabaseStorage(Storage, MovingWindowSupport):
    """Entries of moving windows as rows. Only what the moving window needs is there."""

    STORAGE_SCHEME = None

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = time.time()
        with self._store.session() as session:
            if session.get_bind().dialect.name == "postgresql":
                # One at a time for one key; on SQLite the DELETE takes the only writer's place.
                session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": key})
            # What lies far ahead is from before a clock was set back, and must lock nobody out until then.
            session.execute(delete(Hit).where(Hit.key == key, (Hit.at <= now - expiry) | (Hit.at > now + expiry)))
            used = session.scalar(select(func.count()).select_from(Hit).where(Hit.key == key)) or 0
            if used + amount > limit:
                return False
            session.add_all(Hit(key=key, at=now) for _ in range(amount))
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        del limit  # the base class's signature
        now = time.time()
        with self._store.session() as session:
            oldest, used = session.execute(
                select(func.min(Hit.at), func.count()).where(Hit.key == key, Hit.at > now - expiry)
            ).one()
            return (now if oldest is None else float(oldest)), int(used)

    def check(self) -> bool:
        with self._store.session() as session:
            return session.scalar(select(1)) == 1

    def clear(self, key: str) -> None:
        with self._store.session() as session:
            session.execute(delete(Hit).where(Hit.key == key))

    def reset(self) -> int | None:
        raise NotImplementedError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError

    def get(self, key: str) -> int:
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError


class Allowance:
    """So many a minute, for each of many names."""

    def __init__(self, store: Store, what: str, a_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(DatabaseStorage(store))
        self._item = limits.parse(f"{a_minute}/minute")
        self._what = what

    def check(self) -> bool:
        """Whether the database answers. Raises its error where it does not."""
        return self._limiter.storage.check()

    def take(self, name: str) -> float | None:
        """None where it was granted, else the seconds until it can be again."""
        if self._limiter.hit(self._item, self._what, name):
            return None
        return max(1.0, self._limiter.get_window_stats(self._item, self._what, name).reset_time - time.time())
