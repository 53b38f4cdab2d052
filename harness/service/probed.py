"""What probes of production found and spent, as a small file: the prober writes it, every worker shows it.

Probing is a process of its own (`evaluate/commands/prober.py`): it shares nothing with requests but the database, the
day's budget and this file, which holds figures alone.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.base.files import write_whole

OUTCOMES = ("probed", "nothing_to_probe", "budget_spent", "too_dear", "cut_short", "flag_off", "failed")
"""What may come of one time that probes were due."""


@dataclass(frozen=True, slots=True)
class Probed:
    """day: in UTC, that `dollars` were spent or reserved on. times: how often each outcome was met since the service's
    files were made. at: seconds since 1970 when CVs were probed last; tried: when probes were due last, whatever came
    of it. cvs, probes: so many at the last time. estimate: F1, without goldens. worst_gap: of a group to the mean of
    its groups, in shares; 0 or less."""

    day: str = ""
    dollars: float = 0.0
    times: tuple[tuple[str, int], ...] = ()
    at: float = 0.0
    cvs: int = 0
    probes: int = 0
    estimate: float | None = None
    worst_gap: float | None = None
    tried: float = 0.0


def load(path: Path) -> Probed:
    """What the file says; nothing yet where there is none, or one that a broken disk cut short."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        return Probed(**{**given, "times": tuple((name, int(count)) for name, count in given["times"])})
    except (OSError, ValueError, TypeError, KeyError):
        return Probed()


def save(path: Path, probed: Probed) -> None:
    write_whole(path, json.dumps(asdict(probed)), private=True)


def spent_on_probes(path: str, day: str) -> float:
    """US dollars of the day (as `2026-12-31`) that probes have spent or reserved."""
    found = load(Path(path)) if path else Probed()
    return found.dollars if found.day == day else 0.0
