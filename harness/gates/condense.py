"""A case condensed to what gates ask for: numbers, and named harms that are there or not.

One pass over the outcomes that are not correct; everything later works on these few values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from harness.base.types import Failure
from harness.contract.types import Rung
from harness.gates.paths import CRITICAL, GROUPS, LONG_TEXT, SECTION_FIELDS, field_of, section_of
from harness.gates.types import Case
from harness.scoring.types import Counts, FieldOutcome, Score

Substitution = tuple[str, str, str]
"""(field, golden value, answer value), both casefolded; "" where a side has nothing."""

BULLETS = "work_experience[].description[]"
MANY_PAIRS = 12
"""More leftovers than this on a side of a list field are no substitution but a different list."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One document × arm × draw.

    bad: items of harm by event, an item being a path, a field or a broken rule. judged: events that could be
    judged at all. kinds: outcomes that are not correct, by (field, kind). failure: "" or kind:code.
    """

    document: str
    f1: float | None
    groups: Mapping[str, float]
    fields: Mapping[str, Counts]
    bad: Mapping[str, frozenset[str]]
    judged: frozenset[str]
    kinds: Mapping[tuple[str, str], int]
    substitutions: frozenset[Substitution]
    failure: str
    scorer: str
    source: str
    snapshot: str
    text: str | None
    tokens: int | None
    cost: float | None
    latency_ms: float | None
    calls: int
    attempts: int
    notes: Mapping[str, str] = field(default_factory=dict)


UNUSABLE = ("provider:", "unparseable:")
"""How an observation's failure begins where there is nothing to score."""

_CONTRACT = frozenset({"contract", "date_format", "ids"})
_GROUNDED = frozenset({"hallucinations"})
_CONTENT = frozenset({"critical", "lost_entries", "duplicates", "bullet_shape", "order"})


def condense(case: Case, source: str, only: frozenset[str] | None = None) -> Observation | None:
    """What the gates need of a case; None where our own harness failed, which says nothing about an arm.

    only: field paths that both arms are asked for; None for all. source: of the figures, the simulator named.
    """
    record, score = case.record, case.score
    failed = _told(record.answer) if isinstance(record.answer, Failure) else None
    if failed is not None and failed.kind == "harness":
        return None
    bad: dict[str, frozenset[str]] = {}
    notes: dict[str, str] = {}
    judged = {"errors", "coverage"}
    unread = failed is not None and failed.kind == "extraction"
    bad["coverage"] = frozenset({failed.code}) if failed and unread else frozenset()
    down = failed is not None and failed.kind == "provider"
    bad["errors"] = frozenset({failed.code}) if failed and down else frozenset()
    if not unread and not down:
        judged |= _CONTRACT
        bad |= _contract(case, failed, notes)
    f1, groups, counts = None, {}, {}
    kinds: Counter[tuple[str, str]] = Counter()
    substitutions: frozenset[Substitution] = frozenset()
    if score is not None and not unread:
        if failed is None:
            judged |= _GROUNDED
            bad["hallucinations"] = frozenset(
                outcome.field for outcome in score.hallucinations if only is None or outcome.field in only
            )
        if score.has_golden:
            counts = {name: of for name, of in score.counts.items() if only is None or name in only}
            groups = _group_f1(counts)
            f1 = score.f1 if only is None else _total(counts.values()).f1
            if failed is None:
                judged |= _CONTENT
                content, kinds, substitutions = _content(score, only)
                bad |= content
                bad["bullet_shape"] = _bullet_shape(counts)
                bad["order"] = frozenset({"order"}) if score.order.reverse_chronological is False else frozenset()
    return Observation(
        document=case.document.id,
        f1=f1,
        groups=groups,
        fields=counts if failed is None else {},
        bad=bad,
        judged=frozenset(judged),
        kinds=kinds,
        substitutions=substitutions,
        failure=f"{failed.kind}:{failed.code}" if failed else "",
        scorer=score.scorer if score else "",
        source=source,
        snapshot=record.snapshot,
        text=record.text_sha256,
        tokens=record.usage.total if record.usage_known else None,
        cost=float(record.cost) if record.cost is not None else None,
        latency_ms=record.latency_ms,
        calls=record.calls,
        attempts=record.attempts,
        notes=notes,
    )


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


def _contract(case: Case, failed: Failure | None, notes: dict[str, str]) -> dict[str, frozenset[str]]:
    """Broken rules as sent and in the end: `unparseable:<code>`, `repaired:<repair>`, or `<pointer>: <message>`
    without indices."""
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
    return {"contract": frozenset(broken), "date_format": dates, "ids": ids}


def _anywhere(pointer: str) -> str:
    """A JSON pointer with `*` for positions, so that the same mistake in two roles is one."""
    return "/".join("*" if step.isdigit() else step for step in pointer.split("/")) or "/"


def _path(pointer: str) -> str:
    """`/education/0/end_date` → `education[].end_date`."""
    path = ""
    for step in pointer.split("/")[1:]:
        path += "[]" if step.isdigit() else (f".{step}" if path else step)
    return path


def _content(
    score: Score, only: frozenset[str] | None
) -> tuple[dict[str, frozenset[str]], Counter[tuple[str, str]], frozenset[Substitution]]:
    lost_entries = set(score.lost_entries)
    kinds: Counter[tuple[str, str]] = Counter()
    critical: set[str] = set()
    repeats: dict[str, set[tuple[str, str]]] = {}
    replaced: set[Substitution] = set()
    left: dict[str, list[FieldOutcome]] = {}
    over: dict[str, list[FieldOutcome]] = {}
    for outcome in score.outcomes:
        kind, name = outcome.kind, outcome.field
        if kind == "correct" or (only is not None and name not in only):
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
    bad = {
        "critical": frozenset(critical),
        "lost_entries": frozenset(lost),
        "duplicates": frozenset(_entries_twice(repeats)),
    }
    return bad, kinds, frozenset(replaced)


def _lost_sections(counts: Mapping[str, Counts], only: frozenset[str] | None) -> set[str]:
    """First fields of sections that the golden has and the answer has nothing of."""
    return {
        name
        for name in SECTION_FIELDS.values()
        if (only is None or name in only)
        and name in counts
        and counts[name].golden > 0
        and counts[name].answer == 0
        and section_of(name) not in ("work_experience", "education")
    }


def _entries_twice(repeats: Mapping[str, set[tuple[str, str]]]) -> Iterable[str]:
    """Lists (`work_experience[]`) with an entry that says over again what another one says, and nothing new."""
    for entry, said in repeats.items():
        section = section_of(entry)
        again = (SECTION_FIELDS.get(section), "duplicate") in said
        if entry and again and all(kind == "duplicate" for _, kind in said):
            yield f"{section}[]"


def _bullet_shape(counts: Mapping[str, Counts]) -> frozenset[str]:
    """Whether right bullets stand merged (or split) in the answer: at least two, and a sixth of them."""
    of = counts.get(BULLETS)
    if of is None or abs(of.more_correct) < max(2.0, of.correct / 6):
        return frozenset()
    return frozenset({"merged" if of.more_correct < 0 else "split"})


def _group_f1(counts: Mapping[str, Counts]) -> dict[str, float]:
    found = {}
    for group, names in GROUPS.items():
        total = _total(counts[name] for name in names if name in counts)
        if total.golden or total.answer:
            found[group] = total.f1
    return found


def _total(counts: Iterable[Counts]) -> Counts:
    """Counts added up (as one object: this runs seven times a case)."""
    correct = near = golden = answer = more_correct = more_near = 0
    for of in counts:
        correct += of.correct
        near += of.near
        golden += of.golden
        answer += of.answer
        more_correct += of.more_correct
        more_near += of.more_near
    return Counts(correct, near, golden, answer, more_correct, more_near)


def _plain(value: object) -> str:
    return " ".join(str(value).split()).casefold() if value is not None else ""


def item_field(item: str) -> str:
    """The field an item of harm is shown under: a lost entry under its first field."""
    name = field_of(item)
    if name.endswith("[]") and name[:-2] in SECTION_FIELDS:
        return SECTION_FIELDS[name[:-2]]
    return name
