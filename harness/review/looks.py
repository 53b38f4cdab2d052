"""How often the gate split was looked at: twenty tries against one frozen baseline ship a bad one by luck.

One line per decision in `reports/looks.jsonl` (local); uses of the sealed split also in
`reports/baseline/sealed.jsonl` (committed). Deciding twice on the very same evidence (same candidate, same
draws, same documents) is one look, not two.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from harness.base.canonical import digest
from harness.base.files import as_in_git
from harness.base.project import Project
from harness.review.acceptance import slot


@dataclass(frozen=True, slots=True)
class Look:
    """One decision: about which candidate, against which baseline (`wire` hashes), on which evidence.

    cost: US dollars that were spent for it, beyond what an earlier look at the same run had spent; what was replayed
    from recordings cost nothing now. "" where the model is unpriced. unknown: what calls of unknown end may have cost
    beside it, "" for nothing.
    """

    baseline: str
    candidate: str
    origin: str
    splits: str
    evidence: str
    run_id: str
    verdict: str
    at: str
    cost: str
    sealed: bool
    unknown: str = ""


def evidence_of(texts: Mapping[str, str | None], draws: range, origin: str) -> str:
    """A digest of what a decision looks at: documents' texts, draws, origin."""
    return digest({"texts": dict(texts), "draws": [draws.start, draws.stop], "origin": origin})


def number(
    project: Project,
    *,
    baseline: str,
    candidate: str,
    evidence: str,
    origin: str,
    started: str = "",
    among: Collection[tuple[str, str]] = (),
) -> int:
    """Which look at the gate split this decision is, for its baseline and kind of origin: 1 for the first, counting
    every candidate tried. The same candidate on the same evidence keeps its number; a decision that is no look itself
    has the number it would have had when its run `started` (ISO 8601; "" for now). among: (candidate, evidence) of
    decisions that come before it and are not recorded yet, as those of the same run are."""
    seen: dict[tuple[str, str], int] = {}
    later: set[tuple[str, str]] = set()
    for look in looks(project):
        at_gate = "gate" in look.splits.split(",")
        if at_gate and look.baseline == baseline and slot(look.origin) == slot(origin):
            key = look.candidate, look.evidence
            if key not in seen and started and look.at > started:
                later.add(key)
            seen.setdefault(key, len(seen) + 1)
    new = {each for each in among if each not in seen} - {(candidate, evidence)}
    return seen.get((candidate, evidence), len(seen) - len(later) + len(new) + 1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A look with its number (None where it was not at the gate split), its cost in US dollars (None where unpriced),
    and what its baseline's looks cost up to it. known: whether all of them are priced. unknown: US dollars that calls
    of unknown end may have cost beside it."""

    look: Look
    number: int | None
    cost: Decimal | None
    so_far: Decimal
    known: bool
    unknown: Decimal = Decimal(0)


def counted(project: Project) -> tuple[Counted, ...]:
    """All looks of this machine, oldest first."""
    seen: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    spent: dict[tuple[str, str], Decimal] = {}
    unknown: set[tuple[str, str]] = set()
    found = []
    for look in looks(project):
        series = (look.baseline, slot(look.origin))
        place = None
        if "gate" in look.splits.split(","):
            numbers = seen.setdefault(series, {})
            place = numbers.setdefault((look.candidate, look.evidence), len(numbers) + 1)
        cost = _dollars(look.cost)
        if cost is None:
            unknown.add(series)
        spent[series] = spent.get(series, Decimal(0)) + (cost or 0)
        may = _dollars(look.unknown) or Decimal(0)
        found.append(Counted(look, place, cost, spent[series], series not in unknown, may))
    return tuple(found)


def spent_on(project: Project, run_id: str, candidate: str) -> tuple[Decimal, Decimal]:
    """What earlier looks at a run, about a candidate, say that they cost, and may have cost beside that."""
    of_run = [look for look in looks(project) if look.run_id == run_id and look.candidate == candidate]
    cost = sum((_dollars(look.cost) or Decimal(0) for look in of_run), Decimal(0))
    return cost, sum((_dollars(look.unknown) or Decimal(0) for look in of_run), Decimal(0))


def _dollars(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def record(project: Project, look: Look) -> None:
    """Append one decision."""
    for path in (_local(project), *([_sealed(project)] if look.sealed else [])):
        with as_in_git(path) if path == _sealed(project) else nullcontext():
            _append(path, look)


def _append(path: Path, look: Look) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    there = path.read_bytes() if path.is_file() else b""
    begin = "\n" if there and not there.endswith(b"\n") else ""  # a crash cut the last line off
    with path.open("a", encoding="utf-8") as out:
        out.write(begin + json.dumps(asdict(look)) + "\n")


def looks(project: Project) -> Iterator[Look]:
    """All decisions of this machine, oldest first."""
    yield from _lines(_local(project))


def sealed_uses(project: Project) -> int:
    """How many decisions have used the sealed split; the same candidate on the same evidence is one."""
    return len({(look.baseline, look.candidate, look.evidence) for look in _lines(_sealed(project))})


def _lines(path: Path) -> Iterator[Look]:
    """A line cut off by a crash is passed over: it was never a decision shown."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield Look(**json.loads(line))
        except (ValueError, TypeError):
            continue


def _local(project: Project) -> Path:
    return project.reports / "looks.jsonl"


def _sealed(project: Project) -> Path:
    return project.baseline / "sealed.jsonl"
