"""Commands that make a run again, or a part of it, from the command that made it."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Sequence

MIGRATE = "migrate-model"
_SELECTING = frozenset(
    {"--only", "--tag", "--limit", "--split", "--run", "--out", "--sequential", "--first-draw", "--max-cost"}
)
"""Options with a value that a replay of one CV does without."""
_NARROWING = frozenset({"--only", "--tag", "--limit"})
_SELECTING_FLAGS = frozenset({"--resume", "--sealed", "--json", "--quiet", "-q", "--verbose", "--aa", "--pair-live"})


def unnarrowed(command: Sequence[str]) -> list[str]:
    """The command without what chose some documents of its splits."""
    return without(command, _NARROWING)


def without(command: Sequence[str], options: frozenset[str]) -> list[str]:
    """The command without these options and their values."""
    words = iter(command)
    kept = []
    for word in words:
        name, inline, _ = word.partition("=")
        if name not in options:
            kept.append(word)
        elif not inline:
            next(words, None)
    return kept


def replay(command: Sequence[str], document: str, *more: str) -> str:
    """The command that made a run, for one CV ("": for all that it replayed), with further options."""
    kept: list[str] = []
    words = iter(command)
    for word in words:
        name, inline, _ = word.partition("=")
        if document and name in _SELECTING:
            if not inline:
                next(words, None)
        elif not (document and name in _SELECTING_FLAGS) and word not in more:
            kept.append(word)
    if kept[:2] == ["cv-harness", MIGRATE] and document:
        names = itertools.takewhile(lambda word: not word.startswith("-"), kept[3:])
        kept = ["cv-harness", "run", *(word for name in names for word in ("--model", name))]
    if kept[:2] not in (["cv-harness", "run"], ["cv-harness", MIGRATE]):
        kept = ["cv-harness", "run"]
    return shlex.join([*kept, *(("--only", document) if document else ()), *more])
