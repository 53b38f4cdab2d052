"""Cases in the order that the tables need: by arm, by document, and each leaf's rightness over its draws."""

from __future__ import annotations

import gc
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from harness.corpus.types import Document, Golden
from harness.gates.lazy import ByDocument, LazyCases
from harness.gates.types import Case, Verdict
from harness.models.types import Attempt
from harness.replay.types import Manifest, RecordKey
from harness.reports.summary_types import FlipsDocument
from harness.scoring.types import LEAF_KINDS, AllRight, FieldOutcome

Attempts: TypeAlias = Callable[[RecordKey], Sequence[Attempt]]
"""Finds the attempts behind a record (`RunStore.attempts_of`)."""

_KNOWN = 64
"""Documents' leaves of a large run that are kept."""

RIGHT = "correct"
"""Strict: a near value is not right."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What everything shown of one candidate's verdict is made from.

    goldens, texts: by document id; texts are what the models were given, and without them no golden is audited. fills:
    field paths that an arm is asked for, by arm id; an arm that is not in it is asked for everything. attempts: finds a
    record's attempts, for the tokens of retries.
    """

    cases: Iterable[Case]
    verdict: Verdict
    manifest: Manifest
    goldens: Mapping[str, Golden] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attempts: Attempts | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One golden leaf of a document in one arm: right in `right` of `draws` draws."""

    field: str
    right: int
    draws: int

    @property
    def majority(self) -> bool:
        """Right in more than half of the draws."""
        return self.right * 2 > self.draws

    @property
    def lost(self) -> bool:
        """Right in less than half of the draws; a tie is neither."""
        return self.right * 2 < self.draws


@dataclass(slots=True)
class Prepared:
    """The run, indexed. `baseline`, `legacy`, `candidate` are arm ids, "" where the run has no such arm.

    by_arm: all cases; main: without twins (copies of a CV in another format or layout), which have gates of their
    own and stay out of every figure that the main gates judge. known_flips: by an arm beside the candidate, the CVs
    that both were judged on, each with its row where something is not right in both; known_stories: see `stories`.
    """

    manifest: Manifest
    arms: tuple[str, ...]
    candidate: str
    baseline: str
    legacy: str
    documents: dict[str, Document] = field(default_factory=dict)
    by_arm: dict[str, Sequence[Case]] = field(default_factory=dict)
    main: dict[str, Sequence[Case]] = field(default_factory=dict)
    main_documents: tuple[str, ...] = ()
    by_document: Mapping[str, Mapping[str, Sequence[Case]]] = field(default_factory=dict)
    fills: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known_f1: dict[str, dict[str, float | None]] = field(default_factory=dict)
    known_leaves: dict[tuple[str, str], dict[str, Leaf]] = field(default_factory=dict)
    known_flips: dict[str, dict[str, FlipsDocument | None]] = field(default_factory=dict)
    known_stories: dict[str, Any] = field(default_factory=dict)

    def many(self, document: str, arm: str) -> int:
        """How many answers of an arm to a document there are."""
        if isinstance(self.by_document, ByDocument):
            return self.by_document.many(document, arm)
        return len(self.by_document[document].get(arm, ()))

    def f1(self, document: str, arm: str) -> float | None:
        """Strict F1 of a document in an arm, mean over its draws; None where nothing was scored."""
        known = self.known_f1.setdefault(arm, {})
        if document not in known:
            known[document] = mean(
                case.score.f1
                for case in self.by_document[document].get(arm, ())
                if case.score is not None and case.score.f1 is not None
            )
        return known[document]

    def leaves(self, document: str, arm: str) -> dict[str, Leaf]:
        """Golden leaves by golden path, in the order in which the scorer lists them. Worked out once; do not change."""
        if (document, arm) not in self.known_leaves:
            if isinstance(self.by_document, ByDocument) and len(self.known_leaves) >= _KNOWN:
                self.known_leaves.clear()
            self.known_leaves[document, arm] = self._leaves(document, arm)
        return self.known_leaves[document, arm]

    def _leaves(self, document: str, arm: str) -> dict[str, Leaf]:
        right: dict[str, int] = {}
        fields: dict[str, str] = {}
        draws = 0
        for case in self.by_document[document].get(arm, ()):
            if case.score is None or not case.score.has_golden:
                continue
            draws += 1
            for path, name, kind in case.score.kinds():
                if path is None or kind not in LEAF_KINDS:
                    continue
                fields[path] = name
                right[path] = right.get(path, 0) + (kind == RIGHT)
        return {path: Leaf(fields[path], right[path], draws) for path in right}

    def all_right(self, document: str, *arms: str) -> tuple[str, ...]:
        """The fields of a document's golden leaves, where every one of them is right in the one draw of each of these
        arms, and that is known without looking at them."""
        found: list[AllRight] = []
        for arm in arms:
            cases = self.by_document[document].get(arm, ())
            score = cases[0].score if len(cases) == 1 else None
            right = score.all_right() if score is not None and score.has_golden else None
            if right is None:
                return ()
            found.append(right)
        return found[0].fields if len({each.paths for each in found}) == 1 else ()

    def asked(self, arm: str, field_path: str) -> bool:
        """Whether the arm is asked for a field at all (coverage is not accuracy)."""
        return arm not in self.fills or field_path in self.fills[arm]


def prepare(
    cases: Iterable[Case], verdict: Verdict, manifest: Manifest, fills: Mapping[str, frozenset[str]] | None = None
) -> Prepared:
    """Index the cases. Arms in the order of the manifest, without those of other candidates: each has its own pages.
    Documents in the order of the cases."""
    against = {comparison.against: comparison.arm for comparison in verdict.comparisons}
    named = [arm.id for arm in manifest.arms if not _other_candidate(arm.id, verdict.candidate)]
    ready = Prepared(
        manifest=manifest,
        arms=tuple(named),
        candidate=verdict.candidate if verdict.candidate in named else "",
        baseline=against.get("baseline") or ("baseline" if "baseline" in named else ""),
        legacy=against.get("legacy") or ("legacy" if "legacy" in named else ""),
        fills=fills or {},
    )
    if isinstance(cases, LazyCases):
        ready.documents = cases.documents
        ready.by_document = ByDocument(cases, named)
        ready.by_arm = {arm: cases.of_arm(arm) for arm in named}
        _without_twins(ready, cases)
        return ready
    by_arm: dict[str, list[Case]] = {arm: [] for arm in named}
    by_document: dict[str, dict[str, list[Case]]] = {}
    for case in cases:
        arm = case.record.arm
        if arm not in by_arm:
            continue
        by_arm[arm].append(case)
        ready.documents.setdefault(case.document.id, case.document)
        by_document.setdefault(case.document.id, defaultdict(list))[arm].append(case)
    ready.by_document = by_document
    ready.by_arm = {**by_arm}
    _without_twins(ready, None)
    return ready


def _without_twins(ready: Prepared, lazy: LazyCases | None) -> None:
    """Find the main documents and their cases; where there are only twins, those."""
    own = tuple(name for name, document in ready.documents.items() if document.twin_of is None)
    chosen = frozenset(own or ready.documents)
    for arm, cases in ready.by_arm.items():
        kept = [case for case in cases if case.document.id in chosen] if lazy is None else lazy.of_arm(arm, chosen)
        ready.main[arm] = kept
    ready.main_documents = tuple(name for name in ready.documents if name in chosen)


def _other_candidate(arm: str, candidate: str) -> bool:
    """Whether an arm is a candidate ("candidate", "candidate:2" …) that the verdict is not about."""
    return arm.partition(":")[0] == "candidate" and arm != candidate


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector: tables and details are many small objects without cycles, and for them
    it would walk the whole run in memory again and again (a third of the time)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def mean(values: Iterable[float | None]) -> float | None:
    """Arithmetic mean of what is there, None where nothing is."""
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None


def rounded(value: float | None, digits: int = 6) -> float | None:
    """Finite floats rounded for the file; None for the rest, since JSON has no NaN."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)


def interval(differences: Sequence[float], least: float = -1.0) -> tuple[float | None, float | None]:
    """Two-sided 95 % t interval of a mean of paired differences of shares, for description only; the gates decide. It
    ends where such a mean does: at `least` (0 for shares themselves) and 1.

    (None, None) under five differences or where fewer than three are not zero: a t interval means nothing there.
    """
    n = len(differences)
    if n < 5 or sum(1 for value in differences if value) < 3:
        return None, None
    from scipy.special import stdtrit

    centre = sum(differences) / n
    spread = math.sqrt(sum((value - centre) ** 2 for value in differences) / (n - 1))
    half = float(stdtrit(n - 1, 0.975)) * spread / math.sqrt(n)
    return max(least, centre - half), min(1.0, centre + half)


def same_value(outcome: FieldOutcome) -> str:
    """A key under which two arms' answers to a leaf are the same: folded case and white space."""
    return " ".join(str(outcome.answer).casefold().split())
