"""Whoever watches a running evaluation: the terminal, a test, nobody."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from harness.replay.progress import Progress


class Listener(Protocol):
    """Whoever shows a running evaluation to a person."""

    def stage(self, name: str) -> None: ...

    def note(self, text: str) -> None: ...

    def progress(self, progress: Progress) -> None: ...


@runtime_checkable
class Asks(Protocol):
    """A listener that has a person before it, who may be asked."""

    def confirm(self, text: str) -> bool: ...


class Silent:
    """Shows nothing."""

    def stage(self, name: str) -> None: ...

    def note(self, text: str) -> None: ...

    def progress(self, progress: Progress) -> None: ...
