"""Values that the answer has, in the wrong place: they still cost, but they are neither lost nor invented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from harness.scoring.bullets import cover
from harness.scoring.layout import SECTIONS
from harness.scoring.reading import ReadCv, text_of
from harness.scoring.types import FieldOutcome
from harness.values.aliases import skill_key
from harness.values.normalise import squeeze, tokens

_LEAST = 4
"""Shorter values (a year, a level) turn up everywhere."""
_MOST_COMPARED = 4_000
_LEAST_TOKENS = 4


def label_misplaced(outcomes: Sequence[FieldOutcome], given: ReadCv) -> list[FieldOutcome]:
    """Outcomes with notes about values that stand elsewhere in the answer, and one `unscored` outcome for each
    value under a key that the contract does not know.

    A missing or wrong golden value found elsewhere is noted `misplaced → path`; the answer's value there, where the
    golden has none, becomes wrong (noted `misplaced ← path`) instead of invented.
    """
    labelled = list(outcomes)
    extras = [
        FieldOutcome("", None, value.path, None, value.raw, "unscored", "not in the contract") for value in given.extras
    ]
    wanted = [i for i, one in enumerate(labelled) if one.kind in ("missing", "wrong") and one.golden_path]
    if wanted:
        spare = [i for i, one in enumerate(labelled) if one.kind in ("invented", "wrong") and one.answer_path]
        if spare or extras:
            _label(labelled, extras, wanted, spare)
    return labelled + extras


def _label(labelled: list[FieldOutcome], extras: list[FieldOutcome], wanted: list[int], spare: list[int]) -> None:
    by_text: dict[str, list[int]] = defaultdict(list)
    all_spare = labelled + extras
    spare_of_all = spare + list(range(len(labelled), len(all_spare)))
    for index in spare_of_all:
        by_text[_text_key(all_spare[index].answer)].append(index)
    used: set[int] = set()
    moved_entries: dict[str, str] = {}

    def place(golden_at: int, answer_at: int) -> None:
        used.add(answer_at)
        golden, answer = labelled[golden_at], all_spare[answer_at]
        assert golden.golden_path is not None and answer.answer_path is not None
        labelled[golden_at] = replace(golden, note=_noted(golden.note, f"misplaced → {answer.answer_path}"))
        moved_entries.setdefault(_entry_of(golden.golden_path), _entry_of(answer.answer_path))
        if answer_at < len(labelled) and answer.kind == "invented":
            labelled[answer_at] = replace(
                answer, kind="wrong", note=_noted(answer.note, f"misplaced ← {golden.golden_path}")
            )

    waiting = []
    for at in wanted:
        key = _text_key(labelled[at].golden)
        found = next((i for i in by_text.get(key, ()) if i not in used and _other_place(labelled[at], all_spare[i])), None)
        if found is not None and _distinctive(key):
            place(at, found)
        else:
            waiting.append(at)
    # Short values (dates, levels) only in an entry that a longer value of the same entry was found in.
    for at in waiting:
        golden = labelled[at]
        elsewhere = moved_entries.get(_entry_of(golden.golden_path or ""))
        if elsewhere is None:
            continue
        found = next(
            (
                i
                for i in by_text.get(_text_key(golden.golden), ())
                if i not in used and _entry_of(all_spare[i].answer_path or "") == elsewhere
            ),
            None,
        )
        if found is not None:
            place(at, found)
    _label_statements(labelled, all_spare, [at for at in waiting if "misplaced" not in labelled[at].note], spare_of_all, used, place)


def _label_statements(labelled, all_spare, waiting, spare, used, place) -> None:  # type: ignore[no-untyped-def]
    """Bullets that moved and were touched on the way, by coverage."""
    ours = [at for at in waiting if labelled[at].kind == "missing" and _is_statement(labelled[at].golden)]
    theirs = [i for i in spare if i not in used and _is_statement(all_spare[i].answer)]
    if not ours or not theirs or len(ours) * len(theirs) > _MOST_COMPARED:
        return
    covers = cover([text_of(labelled[at].golden) for at in ours], [text_of(all_spare[i].answer) for i in theirs])
    for at, found in zip(ours, covers, strict=True):
        if found.kind in ("correct", "near") and found.partner is not None and theirs[found.partner] not in used:
            place(at, theirs[found.partner])


def _is_statement(value: object) -> bool:
    return isinstance(value, str) and len(tokens(value)) >= _LEAST_TOKENS


def _text_key(value: object) -> str:
    text = text_of(value)
    return skill_key(text) if len(text) <= 40 else squeeze(text)


def _distinctive(key: str) -> bool:
    return len(key) >= _LEAST and not key.isdigit()


def _other_place(golden: FieldOutcome, answer: FieldOutcome) -> bool:
    """Not the same outcome, and not another item of the same list."""
    return golden is not answer and golden.answer_path != answer.answer_path


def _entry_of(path: str) -> str:
    """The entry (or section) that a path is in."""
    head = path.split(".", 1)[0]
    return head if head.split("[", 1)[0] in SECTIONS else path


def _noted(note: str, more: str) -> str:
    """`more` first: what a reader needs most."""
    return f"{more}; {note}" if note else more
