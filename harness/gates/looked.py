"""One case as the gates look at it: what came, and what its score says, worked out once for all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from harness.base.types import Failure
from harness.contract.types import Rung
from harness.gates.observation import Substitution
from harness.gates.paths import CRITICAL, LONG_TEXT, SECTION_FIELDS, section_of
from harness.gates.types import Case
from harness.scoring.types import Counts, FieldOutcome, Score

MANY_PAIRS = 12
"""More leftovers than this on a side of a list field are no substitution but a different list."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one pass over the outcomes that are not correct finds.

    critical: golden paths of critical values that are not right, those of lost entries left out. lost: entries, and
    first fields of sections, that the answer has nothing of. twice: lists with an entry that says another one over
    again. kinds: outcomes by (field, kind).
    """

    critical: frozenset[str]
    lost: frozenset[str]
    twice: frozenset[str]
    kinds: Mapping[tuple[str, str], int]
    substitutions: frozenset[Substitution]


@dataclass(frozen=True, slots=True)
class Contracted:
    """Broken rules as sent and in the end: `unparseable:<code>`, `repaired:<repair>`, or `<pointer>: <message>`
    without indices; field paths of dates and ids that are not in contract form; notes: the first full pointer."""

    broken: frozenset[str]
    dates: frozenset[str]
    ids: frozenset[str]
    notes: Mapping[str, str]


@dataclass(frozen=True)
class Looked:
    """A case of which our own harness did not fail. only: field paths that both arms are asked for; None for all.

    failed: why there is no answer, where there is none. What a gate cannot judge here is None for it (see
    `Counted.find`).
    """

    case: Case
    failed: Failure | None
    only: frozenset[str] | None

    @property
    def unread(self) -> bool:
        """The document itself could not be read."""
        return self.failed is not None and self.failed.kind == "extraction"

    @property
    def down(self) -> bool:
        """No answer ever came."""
        return self.failed is not None and self.failed.kind == "provider"

    @property
    def score(self) -> Score | None:
        return None if self.unread else self.case.score

    @property
    def answered(self) -> Score | None:
        """The score of an answer that could be read."""
        return self.score if self.failed is None else None

    @property
    def judged(self) -> Score | None:
        """The score of such an answer beside a golden."""
        score = self.answered
        return score if score is not None and score.has_golden else None

    @cached_property
    def counts(self) -> Mapping[str, Counts]:
        """By field, beside a golden; empty without one."""
        score = self.score
        if score is None or not score.has_golden:
            return {}
        return {name: of for name, of in score.counts.items() if self.only is None or name in self.only}

    @cached_property
    def contract(self) -> Contracted | None:
        """None where no answer came at all."""
        return None if self.unread or self.down else _contract(self.case, self.failed)

    @cached_property
    def content(self) -> Content | None:
        """None where there is no answer, or no golden."""
        score = self.judged
        return _content(score, self.only) if score is not None else None


def looked(case: Case, only: frozenset[str] | None = None) -> Looked | None:
    """None where our own harness failed, which says nothing about an arm."""
    answer = case.record.answer
    failed = _told(answer) if isinstance(answer, Failure) else None
    return None if failed is not None and failed.kind == "harness" else Looked(case, failed, only)


_TOLD: tuple[tuple[re.Pattern[str], Literal["provider", "unparseable"], str], ...] = (
    (re.compile(r"truncat|cut off|token limit|max_\w*tokens|incomplete", re.I), "unparseable", "truncated"),
    (re.compile(r"json|pars|decod", re.I), "unparseable", "broken_json"),
    (re.compile(r"poll\w*.{0,12}tim|tim\w*.{0,12}poll", re.I), "provider", "poll_timeout"),
    (re.compile(r"time\W?out|timed out", re.I), "provider", "timeout"),
)


def _told(failure: Failure) -> Failure:
    """A failure that an answers file only describes in words, as the kind that its words say."""
    if failure.code != "declared_error":
        return failure
    for pattern, kind, code in _TOLD:
        if pattern.search(failure.detail):
            return Failure(kind, code, failure.detail)
    return failure


def _contract(case: Case, failed: Failure | None) -> Contracted:
    notes: dict[str, str] = {}
    broken: list[str] = []
    if failed is not None:
        broken.append(f"unparseable:{failed.code}")
    for reading in case.record.readings:
        if isinstance(reading.value, Failure):
            if failed is None:
                broken.append(f"unparseable:{reading.value.code}")
            continue
        broken.extend(f"repaired:{repair}" for repair in reading.repairs)
        if reading.rung < Rung.SCHEMA and not reading.repairs and not reading.violations:
            broken.append("not the object that was asked for")
        broken.extend(f"{_anywhere(rule.pointer)}: {rule.message}" for rule in reading.violations)
    dates: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    if case.score is not None and failed is None:
        contract = case.score.contract
        broken.extend(f"{_anywhere(rule.pointer)}: {rule.message}" for rule in contract.violations)
        for rule in (*contract.violations, *contract.date_problems, *contract.id_problems):
            notes.setdefault(f"{_anywhere(rule.pointer)}: {rule.message}", rule.pointer)
        dates = frozenset(_path(rule.pointer) for rule in contract.date_problems)
        ids = frozenset(_path(rule.pointer) for rule in contract.id_problems)
    return Contracted(frozenset(broken), dates, ids, notes)


def _anywhere(pointer: str) -> str:
    """A JSON pointer with `*` for positions, so that the same mistake in two roles is one."""
    return "/".join("*" if step.isdigit() else step for step in pointer.split("/")) or "/"


def _path(pointer: str) -> str:
    """`/education/0/end_date` → `education[].end_date`."""
    path = ""
    for step in pointer.split("/")[1:]:
        path += "[]" if step.isdigit() else (f".{step}" if path else step)
    return path


def _content(score: Score, only: frozenset[str] | None) -> Content:
    lost_entries = set(score.lost_entries)
    kinds: Counter[tuple[str, str]] = Counter()
    critical: set[str] = set()
    repeats: dict[str, set[tuple[str, str]]] = {}
    replaced: set[Substitution] = set()
    left: dict[str, list[FieldOutcome]] = {}
    over: dict[str, list[FieldOutcome]] = {}
    for outcome in score.odd():
        kind, name = outcome.kind, outcome.field
        if only is not None and name not in only:
            continue
        kinds[name, kind] += 1
        path = outcome.golden_path
        if (
            name in CRITICAL
            and path is not None
            and kind in ("near", "wrong", "missing")
            and path.rpartition(".")[0] not in lost_entries
        ):
            critical.add(path)
        if outcome.answer_path is not None and kind in ("duplicate", "invented"):
            repeats.setdefault(outcome.answer_path.rpartition(".")[0], set()).add((name, kind))
        if name in LONG_TEXT:
            continue
        if kind == "wrong":
            replaced.add((name, _plain(outcome.golden), _plain(outcome.answer)))
        elif kind == "missing":
            left.setdefault(name, []).append(outcome)
        elif kind == "invented":
            over.setdefault(name, []).append(outcome)
    for name in left.keys() & over.keys():
        if name.endswith("[]") and len(left[name]) <= MANY_PAIRS and len(over[name]) <= MANY_PAIRS:
            replaced |= {(name, _plain(one.golden), _plain(two.answer)) for one in left[name] for two in over[name]}
    lost = {path for path in lost_entries if only is None or SECTION_FIELDS.get(section_of(path)) in only}
    lost |= _lost_sections(score.counts, only)
    return Content(frozenset(critical), frozenset(lost), frozenset(_entries_twice(repeats)), kinds, frozenset(replaced))


def _lost_sections(counts: Mapping[str, Counts], only: frozenset[str] | None) -> set[str]:
    """First fields of sections that the golden has and the answer has nothing of, in any of their fields."""
    golden: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for name, of in counts.items():
        if only is None or name in only:
            golden[section_of(name)] += of.golden
            answered[section_of(name)] += of.answer
    return {
        first
        for section, first in SECTION_FIELDS.items()
        if section not in ("work_experience", "education") and golden[section] and not answered[section]
    }


def _entries_twice(repeats: Mapping[str, set[tuple[str, str]]]) -> Iterable[str]:
    """Lists (`work_experience[]`) with an entry that says over again what another one says, and nothing new."""
    for entry, said in repeats.items():
        section = section_of(entry)
        again = (SECTION_FIELDS.get(section), "duplicate") in said
        if entry and again and all(kind == "duplicate" for _, kind in said):
            yield f"{section}[]"


def _plain(value: object) -> str:
    return " ".join(str(value).split()).casefold() if value is not None else ""
