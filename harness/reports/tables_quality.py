"""Tables about what was read right and wrong: fields, slices, hallucinations, flips, worst CVs, flaky leaves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from harness.contract.schema import LEAVES
from harness.reports.prepare import Leaf, Prepared, interval, mean, rounded, same_value
from harness.reports.stories import Telling
from harness.reports.summary_types import (
    Flaky,
    FlakyArm,
    FlakyDocument,
    FlakyDocumentLeave,
    Flips,
    FlipsDocument,
    Hallucinations,
    HallucinationsArm,
    HallucinationsRow,
    HallucinationsRowDocument,
    Headline,
    Slice,
    SliceArm,
)
from harness.reports.tables_fields import field_order
from harness.scoring.types import Counts, Score

FlipClass: TypeAlias = Literal["broken", "mixed", "fixed", "both_wrong"]

WORST = 50
LISTED = 200


def headline(ready: Prepared) -> dict[str, Headline]:
    """Per arm: strict F1 per CV (mean, interval over personas), lenient, exact matches, contract, failures."""
    rows: dict[str, Headline] = {}
    shared = _shared_fields(ready)
    for arm in ready.arms:
        cases = ready.main[arm]
        by_persona: dict[str, list[float]] = defaultdict(list)
        f1: list[float] = []
        figures: list[tuple[float | None, float | None, float | None, float]] = []
        valid = failed = 0
        documents = set()
        for case in cases:
            score = case.score
            documents.add(case.document.id)
            valid += score is not None and score.contract.valid
            failed += score is None or score.failed
            if score is not None and score.f1 is not None:
                f1.append(score.f1)
                by_persona[case.document.persona].append(score.f1)
                figures.append((score.precision, score.recall, score.lenient_f1, _f1_on(shared, score)))
        precision, recall, lenient, on_shared = (mean(each[at] for each in figures) for at in range(4))
        means = [sum(values) / len(values) for values in by_persona.values()]
        low, high = interval(means, 0.0)
        rows[arm] = {
            "f1": rounded(mean(means)),
            "lower": rounded(low),
            "upper": rounded(high),
            "precision": rounded(precision),
            "recall": rounded(recall),
            "lenient_f1": rounded(lenient),
            "shared_f1": rounded(on_shared),
            "exact": sum(1 for value in f1 if value == 1.0),
            "valid": valid,
            "failed": failed,
            "n": len(f1),
            "records": len(cases),
            "personas": len(by_persona),
            "documents": len(documents),
        }
    return rows


def _shared_fields(ready: Prepared) -> frozenset[str]:
    """Field paths that every arm of the run is asked for."""
    return frozenset(path for path in LEAVES if all(ready.asked(arm, path) for arm in ready.arms))


def _f1_on(paths: frozenset[str], score: Score) -> float:
    """Strict F1 of one answer on some field paths."""
    correct = golden = answer = more = 0  # as one object at the end: this runs for every answer
    for path, count in score.counts.items():
        if path in paths:
            correct += count.correct
            golden += count.golden
            answer += count.answer
            more += count.more_correct
    return Counts(correct=correct, golden=golden, answer=answer, more_correct=more).f1


def slices(ready: Prepared) -> list[Slice]:
    """Mean strict F1 per CV by tag and value, for tags with more than one value."""
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for document in map(ready.documents.__getitem__, ready.main_documents):
        for tag, value in document.tags.items():
            members[tag, str(value)].append(document.id)
    values_of = Counter(tag for tag, _ in members)
    rows: list[Slice] = []
    for (tag, value), ids in sorted(members.items()):
        if values_of[tag] < 2:
            continue
        arms: dict[str, SliceArm] = {}
        for arm in ready.arms:
            known = [f1 for f1 in (ready.f1(i, arm) for i in ids) if f1 is not None]
            arms[arm] = {"f1": rounded(mean(known)), "n": len(known)}
        pairs = _pairs(ready, ids)
        low, high = interval(pairs)
        rows.append(
            {
                "tag": tag,
                "value": value,
                "n": len(ids),
                "personas": len({ready.documents[i].persona for i in ids}),
                "arms": arms,
                "delta": {
                    "value": rounded(mean(pairs)),
                    "lower": rounded(low),
                    "upper": rounded(high),
                    "n": len(pairs),
                },
            }
        )
    return rows


def _pairs(ready: Prepared, ids: list[str]) -> list[float]:
    found = []
    for document in ids:
        new, old = ready.f1(document, ready.candidate), ready.f1(document, ready.baseline)
        if new is not None and old is not None:
            found.append(new - old)
    return found


def hallucinations(ready: Prepared, places: Mapping[str, Iterable[int]]) -> Hallucinations:
    """Values that are neither in the golden nor in the CV's text: by arm, field and value, the candidate's first.
    places: by arm, the places among its cases of those that have any."""
    rows: list[HallucinationsRow] = []
    per_arm: dict[str, HallucinationsArm] = {}
    for arm in sorted(ready.arms, key=lambda name: name != ready.candidate):
        found: dict[tuple[str, str], HallucinationsRow] = {}
        seen: dict[tuple[str, str, str], HallucinationsRowDocument] = {}
        for case in map(ready.by_arm[arm].__getitem__, places[arm]):
            name = case.document.id
            for outcome in case.score.hallucinations if case.score else ():
                key = (outcome.field, same_value(outcome))
                row = found.setdefault(
                    key,
                    {"arm": arm, "field": outcome.field, "value": outcome.answer, "why": outcome.note, "documents": []},
                )
                if (*key, name) not in seen:
                    of = ready.many(name, arm)
                    seen[*key, name] = {"document": name, "path": outcome.answer_path, "draws": 0, "of": of}
                    row["documents"].append(seen[*key, name])
                seen[*key, name]["draws"] += 1
        per_arm[arm] = {
            "values": len(seen),
            "documents": len({name for *_, name in seen}),
            "n": sum(ready.many(name, arm) > 0 for name in ready.documents),
        }
        rows += sorted(found.values(), key=lambda row: (-len(row["documents"]), field_order(row["field"])))
    return {"arms": per_arm, "rows": rows[:LISTED], "total": len(rows)}


def flips(ready: Prepared, old: str) -> Flips | None:
    """Leaf by leaf (majority of draws): fixed, broken and both wrong between `old` and the candidate.

    n: CVs whose golden both arms were judged by. None where there is no such CV: nothing is known to have stayed.
    """
    if not old:
        return None
    judged = ready.known_flips[old] = dict[str, FlipsDocument | None]()
    telling = Telling(ready, old)
    by_field: dict[str, Counter[str]] = defaultdict(Counter)
    for document in ready.main_documents:
        for arm in (old, ready.candidate):
            ready.f1(document, arm)  # worked out while its cases are at hand
        if right := ready.all_right(document, old, ready.candidate):
            telling.take_right(right)
            judged[document] = None
            continue
        before, after = ready.leaves(document, old), ready.leaves(document, ready.candidate)
        if not (before and after):
            continue
        telling.take(document, before, after)
        marks = flip_marks(ready, old, document)
        for mark, fields_hit in marks.items():
            for name, count in fields_hit.items():
                by_field[name][mark] += count
        judged[document] = flip_row(document, marks) if marks else None
    if not judged:
        return None
    ready.known_stories[old] = telling.told  # so that nobody goes through all leaves for them again
    documents = [row for row in judged.values() if row is not None]
    documents.sort(key=lambda row: (row["fixed"] - row["broken"], -row["both_wrong"], row["document"]))
    classes = Counter(row["class"] for row in documents)
    return {
        "against": old,
        "n": len(judged),
        "documents": documents,
        "classes": {
            "broken": classes["broken"],
            "mixed": classes["mixed"],
            "fixed": classes["fixed"],
            "both_wrong": classes["both_wrong"],
        },
        "fields": [
            {"field": name, "fixed": c["fixed"], "broken": c["broken"], "both_wrong": c["both_wrong"]}
            for name, c in sorted(by_field.items(), key=lambda item: (item[1]["fixed"] - item[1]["broken"], item[0]))
        ],
    }


def flip_of(ready: Prepared, old: str, document: str) -> tuple[bool, FlipsDocument | None]:
    """Whether `old` and the candidate were both scored against a golden of this CV; its row where something is not
    right in both."""
    known = ready.known_flips.get(old, {})
    if document in known:
        return True, known[document]
    if not (ready.leaves(document, old) and ready.leaves(document, ready.candidate)):
        return False, None
    marks = flip_marks(ready, old, document)
    return True, flip_row(document, marks) if marks else None


def flip_marks(ready: Prepared, old: str, document: str) -> dict[str, Counter[str]]:
    """How often each field of a CV is "fixed", "broken" and "both_wrong"; {} where all is right in both."""
    before, after = ready.leaves(document, old), ready.leaves(document, ready.candidate)
    marks: dict[str, Counter[str]] = defaultdict(Counter)
    for path, leaf in after.items():
        mark = flip(before[path], leaf) if path in before and ready.asked(old, leaf.field) else ""
        if mark:
            marks[mark][leaf.field] += 1
    return marks


def flip_row(document: str, marks: Mapping[str, Counter[str]]) -> FlipsDocument:
    """The marks of one CV (some) as counts, its class, and the fields that broke most."""
    counts = {mark: marks[mark].total() if mark in marks else 0 for mark in ("fixed", "broken", "both_wrong")}
    broken = marks["broken"].most_common(3) if "broken" in marks else []
    return {
        "document": document,
        "class": _flip_class(counts),
        "fixed": counts["fixed"],
        "broken": counts["broken"],
        "both_wrong": counts["both_wrong"],
        "fields": [name for name, _ in broken],
    }


def flip(before: Leaf, after: Leaf) -> str:
    """ "fixed", "broken", "both_wrong", or "" where both are right or the draws are split."""
    if before.lost and after.majority:
        return "fixed"
    if before.majority and after.lost:
        return "broken"
    return "both_wrong" if before.lost and after.lost else ""


def _flip_class(marks: Mapping[str, int]) -> FlipClass:
    if marks["broken"]:
        return "mixed" if marks["fixed"] else "broken"
    return "fixed" if marks["fixed"] else "both_wrong"


def flaky(ready: Prepared) -> Flaky:
    """Leaves that are right in some draws only: per arm and field the flip rate, and the CVs that hold them."""
    arms: dict[str, FlakyArm] = {}
    rows: list[FlakyDocument] = []
    for arm in ready.arms:
        fields_seen: dict[str, Counter[str]] = defaultdict(Counter)
        draws_seen = 0
        for document in ready.documents:
            if draws_seen and ready.many(document, arm) < 2:
                continue  # one draw is steady, and that an arm has one is known already
            unstable: list[FlakyDocumentLeave] = []
            for path, leaf in ready.leaves(document, arm).items():
                draws_seen = max(draws_seen, leaf.draws)
                if leaf.draws < 2:
                    continue
                fields_seen[leaf.field]["leaves"] += 1
                if 0 < leaf.right < leaf.draws:
                    fields_seen[leaf.field]["flaky"] += 1
                    unstable.append({"path": path, "right": leaf.right, "of": leaf.draws})
            if unstable:
                rows.append({"arm": arm, "document": document, "leaves": unstable[:8], "count": len(unstable)})
        leaves = sum(c["leaves"] for c in fields_seen.values())
        flips_ = sum(c["flaky"] for c in fields_seen.values())
        arms[arm] = {
            "draws": draws_seen,
            "leaves": leaves,
            "flaky": flips_,
            "rate": rounded(flips_ / leaves) if leaves else None,
            "fields": [
                {"field": name, "flaky": c["flaky"], "leaves": c["leaves"]}
                for name, c in sorted(fields_seen.items(), key=lambda item: -item[1]["flaky"] / item[1]["leaves"])
                if c["flaky"]
            ],
        }
    rows.sort(key=lambda row: (row["arm"] != ready.candidate, -row["count"], row["document"]))
    return {"arms": arms, "documents": rows[:LISTED], "total": len(rows)}
