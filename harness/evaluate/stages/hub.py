"""The actor of a run in shards, in a process of its own, which starts the sooner the less is imported here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from harness.models.budget import Budget
from harness.models.shared import Account, Limits
from harness.replay.progress import Progress


class Hub(Account):
    """The run's account, and where workers say how far they are and hear that they have to end."""

    def __init__(self, limit: Decimal, spent: Decimal, on: date, limits: Limits) -> None:
        self._notes: list[str] = []
        super().__init__(Budget(limit, on=on, spent=spent, tell=self._notes.append), limits)
        self._progress: dict[str, Progress] = {}
        self._ended = False

    async def report(self, lease: str, progress: Progress | None, notes: tuple[str, ...]) -> bool:
        if progress is not None and lease not in self._gone:
            self._progress[lease] = progress
        self._notes += notes
        return self._ended

    async def whole(self) -> tuple[dict[str, Progress], list[str]]:
        """The newest progress by lease, and the notes since the last time."""
        notes, self._notes[:] = list(self._notes), []
        return dict(self._progress), notes

    async def end(self) -> None:
        self._ended = True
