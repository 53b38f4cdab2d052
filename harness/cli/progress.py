"""A running evaluation on the terminal: a live line where there is a terminal, plain lines where there is none."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

from harness.base.terminal import safe
from harness.replay.progress import Progress

_PLAIN_EVERY_S = 10.0
_SLOW_S = 10.0
"""A call that has been under way for so long is told of."""


class TerminalListener:
    """Shows stages, notes and progress on stderr, so that stdout holds the result alone."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._live: Any = None
        self._printed = 0.0
        self._task: Any = None

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
            from rich.progress import Progress as Bar

            self._live = Bar(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TextColumn("{task.fields[facts]}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._live.add_task("starting", total=None, facts="")
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def stage(self, name: str) -> None:
        if self._live is not None:
            self._live.update(self._task, description=name)
        elif not self._quiet:
            print(f"{name} …", file=sys.stderr)

    def note(self, text: str) -> None:
        if self._live is not None:
            self._live.console.print(f"note: {safe(text)}", markup=False, highlight=False)
        else:
            print(f"note: {safe(text)}", file=sys.stderr)

    def confirm(self, text: str) -> bool:
        """Show `text` and ask whether to go on; yes where nobody can be asked (`--max-cost` holds there)."""
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            self.note(text.splitlines()[-1])
            return True
        if self._live is not None:
            self._live.stop()
        print(safe(text), end="\ngo on? [y/N] ", file=sys.stderr, flush=True)
        yes = sys.stdin.readline().strip().casefold() in ("y", "yes")
        if self._live is not None:
            self._live.start()
        return yes

    def progress(self, progress: Progress) -> None:
        if self._live is not None:
            self._live.update(
                self._task, total=progress.records, completed=progress.records_done, facts=facts(progress)
            )
        elif not self._quiet and time.monotonic() - self._printed > _PLAIN_EVERY_S:
            self._printed = time.monotonic()
            print(f"  {progress.records_done}/{progress.records} answers · {facts(progress)}", file=sys.stderr)


def facts(progress: Progress) -> str:
    """CVs, calls, tokens, cost and time left of a running replay, in one line."""
    parts = [f"{progress.documents_done}/{progress.documents} CVs", f"{progress.calls} calls"]
    if progress.in_flight:
        parts.append(f"{progress.in_flight} in flight")
    if progress.retries:
        parts.append(f"{progress.retries} retries")
    if progress.failures:
        parts.append(f"{progress.failures} failed")
    parts.append(f"{progress.usage.total:,} tokens")
    parts.append(f"${progress.cost:.2f}" + (f" + {progress.unpriced} unpriced" if progress.unpriced else ""))
    if progress.eta_s is not None:
        parts.append(f"{progress.eta_s:.0f} s left")
    if progress.slowest_s >= _SLOW_S:
        parts.append(f"slowest: {safe(progress.slowest)} for {progress.slowest_s:.0f} s")
    return " · ".join(parts)
