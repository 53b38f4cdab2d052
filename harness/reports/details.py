"""What the drill-down shows of one CV: its text, and each leaf beside golden and arms. A view, no new figures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from harness.base.types import Failure, Json
from harness.contract.schema import LEAVES, SECTIONS
from harness.contract.types import Contract, Rung
from harness.corpus.types import Golden
from harness.gates.types import Case
from harness.models.types import Attempt
from harness.reports.prepare import Attempts, Leaf, Prepared, same_value
from harness.reports.redaction import Redactor
from harness.reports.replays import replay
from harness.reports.tables_fields import section
from harness.scoring.types import FieldOutcome

_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_INDEX = re.compile(r"\[(\d+)\]")
NOT_ASKED = "x"
"""A missing leaf that its arm is never asked for: coverage, not a mistake."""

CODES = {
    "correct": "c",
    "near": "n",
    "wrong": "w",
    "missing": "m",
    "invented": "i",
    "absent": "a",
    "duplicate": "d",
    "unscored": "u",
}


@dataclass(slots=True)
class Leaves:
    """One leaf in all arms and draws, filled as they are gone through. known: it stands in the golden. cells: by arm,
    an outcome a draw or None."""

    path: str
    field: str
    known: bool
    golden: Json
    cells: dict[str, list[FieldOutcome | None]]
    marks: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """What all pages of a run show of one CV, before it is decided how much of it. attempts: by arm and draw."""

    name: str
    rows: list[Leaves]
    attempts: Mapping[tuple[str, int], Sequence[Attempt]]


def table(ready: Prepared, name: str, suspects: frozenset[str], attempts: Attempts | None) -> Table:
    """A CV's leaves in contract order, and the attempts behind its answers. suspects: golden paths in doubt."""
    found = {
        (arm, case.record.draw): attempts(case.record.key)[:40] if attempts is not None else ()
        for arm in ready.arms
        for case in ready.by_document[name].get(arm, ())
    }
    return Table(name, _leaves(ready, name, suspects), found)


def detail(
    ready: Prepared, table: Table, *, golden: Golden | None, text: str | None, redactor: Redactor | None = None
) -> dict[str, Any]:
    """One CV as the page's script reads it. With a redactor: no text, no values, no raw JSON, no notes.

    rows: {p: path, f: field where the path does not say it, g: golden value, e: where it stands in the text (start
    from the end of the row before, length; UTF-16 units, as JavaScript counts), a: by arm and draw a cell, m: marks,
    new: not in the golden}. A cell: 0 right; a code of CODES; or [code, value, note, 1 if ungrounded, start, end].
    """
    name = table.name
    document = ready.documents[name]
    open_ = redactor is None
    known = golden.cv if golden is not None and open_ else None
    arms = {
        arm: [_draw(case, table.attempts[arm, case.record.draw], known, open_) for case in cases]
        for arm in ready.arms
        if (cases := ready.by_document[name].get(arm))
    }
    rows = _rows(ready, table, _utf16(text or ""), open_)
    if redactor is not None:
        _without_names(redactor, arms, rows)
    return {
        "id": name if redactor is None else redactor.document(name),
        "persona": document.persona if redactor is None else redactor.document(document.persona),
        "split": document.split,
        "type": document.media_type,
        "file": document.path if open_ else None,
        "twin": (document.twin_of if redactor is None else redactor.document(document.twin_of))
        if document.twin_of
        else None,
        "text": text if open_ else None,
        "golden": known,
        "reviewed": golden.reviewed if golden is not None else None,
        "arms": arms,
        "rows": rows,
        "command": replay(ready.manifest.command, name) if open_ else None,
    }


def _without_names(
    redactor: Redactor, arms: Mapping[str, list[dict[str, Any]]], rows: Sequence[dict[str, Any]]
) -> None:
    """Names that a model invented are content: only those of the contract stay."""
    for row in rows:
        row["p"] = redactor.path(row["p"])
        if "f" in row:
            row["f"] = redactor.path(row["f"])
    for draw in (draw for draws in arms.values() for draw in draws):
        if draw["source"] == "declared":
            draw["snapshot"] = redactor.model(draw["snapshot"])
        draw["lost"] = [redactor.path(place) for place in draw["lost"]]
        draw["raw"] = [[rung, [redactor.text(repair) for repair in repairs]] for rung, repairs in draw["raw"]]


def against(value: Json, golden: Json) -> Json:
    """A value as its difference from the golden's at the same place, since most of an answer is the golden again: 0
    where JSON writes both alike, [value] another, {"o": members} or {"a": items} where both have such parts. The script
    undoes it. Equal in Python is not written alike: 1, 1.0 and true, 0.0 and -0.0, {"a": …} in another order."""
    if isinstance(value, Mapping) and isinstance(golden, Mapping):
        members = {k: against(v, golden[k]) if k in golden else [v] for k, v in value.items()}
        return {"o": members} if any(members.values()) or list(value) != list(golden) else 0
    if isinstance(value, list) and isinstance(golden, (list, tuple)):
        items = [against(v, golden[i]) if i < len(golden) else [v] for i, v in enumerate(value)]
        return {"a": items} if any(items) or len(value) != len(golden) else 0
    same = type(value) is type(golden) and value == golden and (type(value) is not float or repr(value) == repr(golden))
    return 0 if same else [value]


def _draw(case: Case, attempts: Sequence[Attempt], golden: Json, open_: bool) -> dict[str, Any]:
    record, score = case.record, case.score
    failure = record.answer if isinstance(record.answer, Failure) else None
    usage = record.usage
    return {
        "draw": record.draw,
        "state": record.state,
        "source": record.source,
        "f1": score.f1 if score else None,
        "p": score.precision if score else None,
        "r": score.recall if score else None,
        "ms": record.latency_ms,
        "queue": record.queue_ms,
        "retry": record.retry_ms,
        "phases": [[p.name, p.calls, p.ms] for p in record.phases],
        "usage": [usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens]
        if record.usage_known
        else None,
        "cost": float(record.cost) if record.cost is not None else None,
        "calls": record.calls,
        "tries": record.attempts,
        "snapshot": record.snapshot,
        "rung": Rung(score.contract.rung).name if score else None,
        "raw": [[Rung(r.rung).name, list(r.repairs)] for r in record.readings],
        "broken": _broken(score.contract) if score and open_ else [],
        "lost": list(score.lost_entries) if score else [],
        "failure": [failure.kind, failure.code, failure.detail if open_ else ""] if failure else None,
        "notes": list(record.notes) if open_ else [],
        "answer": against(record.answer, golden) if open_ and not failure else None,
        "attempts": [_attempt(each) for each in attempts],
    }


def _broken(contract: Contract) -> list[Json]:
    """The first dozen rules, each once: one that is broken for several names says all of them every time."""
    every = (*contract.violations, *contract.date_problems, *contract.id_problems)
    return [[each.pointer, each.rule, each.message] for each in islice(dict.fromkeys(every), 12)]


def _attempt(attempt: Attempt) -> list[Json]:
    return [
        attempt.number,
        attempt.outcome,
        attempt.status,
        attempt.error,
        attempt.total_ms,
        attempt.model_ms,
        attempt.retry_wait_ms,
        attempt.request_id,
        attempt.source,
    ]


def _leaves(ready: Prepared, name: str, suspects: frozenset[str]) -> list[Leaves]:
    rows: dict[tuple[str, str], Leaves] = {}
    for arm in ready.arms:
        cases = ready.by_document[name].get(arm, [])
        for number, case in enumerate(cases):
            for outcome in case.score.outcomes if case.score else ():
                path = outcome.golden_path
                key = ("golden", path) if path else (f"+{outcome.field}", same_value(outcome))
                row = rows.get(key)
                if row is None:
                    shown = path or outcome.answer_path or outcome.field
                    row = rows[key] = Leaves(shown, outcome.field, path is not None, outcome.golden, {}, [])
                if arm not in row.cells:
                    row.cells[arm] = [None] * len(cases)
                row.cells[arm][number] = outcome
    leaves = {arm: ready.leaves(name, arm) for arm in ready.arms}
    lost = {path for of_arm in leaves.values() for path, leaf in of_arm.items() if leaf.lost}
    for (kind, path), row in rows.items():
        if kind == "golden":
            if path in lost:
                row.marks.extend(_marks(ready, leaves, path, row.field))
            if path in suspects:
                row.marks.append("golden suspect")
    return sorted(rows.values(), key=lambda row: _place(row.path, row.field, row.known))


def _rows(ready: Prepared, table: Table, place: Sequence[int] | None, open_: bool) -> list[dict[str, Any]]:
    there = [arm for arm in ready.arms if ready.by_document[table.name].get(arm)]
    end = 0
    out = []
    for leaf in table.rows:
        row: dict[str, Any] = {"p": leaf.path}
        if leaf.field != _without_indices(leaf.path):
            row["f"] = leaf.field  # else the script makes it from the path
        if not leaf.known:
            row["new"] = 1
        elif open_:
            row["g"] = leaf.golden
        evidence = _first_evidence(leaf.cells, there) if open_ else None
        if evidence is not None:
            start, stop = _at(place, evidence[0]), _at(place, evidence[1])
            row["e"] = [start - end, stop - start]
            end = stop
        if open_:
            row["a"] = [
                [
                    0 if _plain(outcome, evidence) else _cell(ready, arm, outcome, evidence, place)
                    for outcome in leaf.cells.get(arm, ())
                ]
                for arm in there
            ]
        else:
            row["a"] = [[_bare(ready, arm, outcome) for outcome in leaf.cells.get(arm, ())] for arm in there]
        if leaf.marks:
            row["m"] = list(leaf.marks)
        out.append(row)
    return out


def _first_evidence(cells: Mapping[str, Sequence[FieldOutcome | None]], arms: Sequence[str]) -> tuple[int, int] | None:
    """Where the row's value stands, by the first arm that knows: mostly the same for all."""
    for arm in arms:
        for outcome in cells.get(arm, ()):
            if outcome is not None and outcome.evidence is not None:
                return outcome.evidence
    return None


def _plain(outcome: FieldOutcome | None, shared: tuple[int, int] | None) -> bool:
    """Right, as the golden has it, at the row's place: what most leaves are."""
    return (
        outcome is not None
        and outcome.kind == "correct"
        and outcome.grounded is not False
        and not outcome.note
        and outcome.evidence == shared
        and outcome.answer == outcome.golden
    )


def _cell(
    ready: Prepared,
    arm: str,
    outcome: FieldOutcome | None,
    shared: tuple[int, int] | None,
    place: Sequence[int] | None,
) -> Any:
    """One leaf in one arm and draw, as small as it can be: 0 is "right, as the golden has it, at the row's place"."""
    bare = _bare(ready, arm, outcome)
    if outcome is None or bare == NOT_ASKED:
        return bare
    code = CODES[outcome.kind]
    value = outcome.answer if outcome.answer != outcome.golden else None
    own = outcome.evidence if code != "c" or outcome.evidence != shared else None
    ungrounded = 1 if outcome.grounded is False else 0
    cell: list[Any] = [code, value, outcome.note, ungrounded, *((_at(place, at) for at in own) if own else ())]
    while len(cell) > 1 and cell[-1] in (None, "", 0):
        cell.pop()
    return cell if len(cell) > 1 else bare


def _bare(ready: Prepared, arm: str, outcome: FieldOutcome | None) -> Any:
    """A cell that says of an answer what it is, and not what it says."""
    if outcome is None:
        return None
    code = CODES[outcome.kind]
    if code == "m" and not ready.asked(arm, outcome.field):
        return NOT_ASKED
    if outcome.grounded is False:
        return [code, None, "", 1]
    return 0 if code == "c" else code


def _marks(ready: Prepared, leaves: Mapping[str, Mapping[str, Leaf]], path: str, field: str) -> list[str]:
    wrong = [arm for arm in ready.arms if path in leaves[arm] and leaves[arm][path].lost and ready.asked(arm, field)]
    judged = [arm for arm in ready.arms if path in leaves[arm] and ready.asked(arm, field)]
    if not wrong:
        return []
    if len(wrong) == len(judged) and len(judged) > 1:
        return ["all wrong"]
    if len(wrong) == 1:
        return [f"only {wrong[0]} wrong"]
    return [f"{' and '.join(wrong)} wrong"]


@lru_cache(4096)
def _without_indices(path: str) -> str:
    return _INDEX.sub("[]", path)


@lru_cache(4096)
def _place(path: str, field: str, known: bool) -> tuple[Any, ...]:
    """Contract order: section, entry, field, then bullet; what the golden does not have comes after it."""
    indices = [int(i) for i in _INDEX.findall(path)]
    entry = indices[0] if indices and "[]." in field else -1
    at, leaf = _field_place(field)
    return at, not known, entry, leaf, indices


@lru_cache(1024)
def _field_place(field: str) -> tuple[int, int]:
    """Where the field's section and the field itself stand in the contract; unknown ones last."""
    name = section(field)
    return (
        SECTIONS.index(name) if name in SECTIONS else len(SECTIONS),
        LEAVES.index(field) if field in LEAVES else len(LEAVES),
    )


def _utf16(text: str) -> list[int] | None:
    """UTF-16 offset of each code point, or None where the two agree (no character beyond the basic plane)."""
    if _BEYOND.search(text) is None:
        return None
    offsets, at = [], 0
    for character in text:
        offsets.append(at)
        at += 2 if character > "\uffff" else 1
    return [*offsets, at]


def _at(place: Sequence[int] | None, offset: int) -> int:
    return offset if place is None else place[min(offset, len(place) - 1)]
