"""The simulator must not know the corpus: no run of three content words stands in both their sources.

A rule-based model that carries a phrase of a CV would be good at this corpus and at nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from harness.corpus.check_report import Finding

_WORD = re.compile(r"[^\W\d_]{2,}")
_EMPTY_WORDS = """
a an and are as at be but by for from had has have he her his if in into is it its my no not of on or our
out over she so than that the their them then there they this to too two under up was we were what when
which who whose with without you your de la le les des du et en el los las der die das und von mit für im
am zu
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_RUN = 3


def check_overlap(banks: Path, simulator: Path) -> Iterator[Finding]:
    """Runs of three content words that a text below `banks` shares with a source or data file below `simulator`."""
    theirs: dict[tuple[str, ...], str] = {}
    for path in sorted(simulator.rglob("*")):
        if path.suffix in (".py", ".toml", ".json", ".txt", ".csv", ".md") and path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for run in _runs(line):
                    theirs.setdefault(run, f"{path.name}:{number}")
    for path in sorted(banks.rglob("*.toml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for run in _runs(line):
                if run in theirs:
                    message = f"{' '.join(run)!r} stands in {theirs[run]} of the simulator too"
                    yield Finding("error", "overlap", path.stem, f"{path.name}:{number}", message)


def _runs(line: str) -> Iterator[tuple[str, ...]]:
    for piece in re.split(r"[|;,:.()\"“”/]+", line):
        words = [word for word in _WORD.findall(piece.casefold()) if word not in _EMPTY]
        yield from (tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
