"""Values that the answer has, in the wrong place: they still cost, but they are neither lost nor invented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from harness.scoring.bullets import CoverKind, cover
from harness.scoring.comparators import compare
from harness.scoring.layout import COMPARATORS, SECTIONS
from harness.scoring.reading import ReadCv, text_of
from harness.scoring.types import FieldOutcome
from harness.values.aliases import skill_key
from harness.values.normalise import squeeze, tokens

_LEAST = 4
"""Shorter values (a year, a level) turn up everywhere."""
_COMMON = ("date", "proficiency")
_MOST_COMPARED = 2_000
_LEAST_TOKENS = 4


def label_misplaced(outcomes: Sequence[FieldOutcome], given: ReadCv) -> list[FieldOutcome]:
    """Outcomes with notes about values that stand elsewhere in the answer, and one `unscored` outcome for each
    value under a key that the contract does not know.

    A missing or wrong golden value found elsewhere is noted `misplaced → path`; the answer's value there, where the
    golden has none, becomes wrong (noted `misplaced ← path`) instead of invented.
    """
    extras = [
        FieldOutcome("", None, value.path, None, value.raw, "unscored", "not in the contract") for value in given.extras
    ]
    wanted = [at for at, one in enumerate(outcomes) if one.kind in ("missing", "wrong") and one.golden_path]
    spare = [at for at, one in enumerate(outcomes) if one.kind in ("invented", "wrong") and one.answer_path]
    if not wanted or not (spare or extras):
        return [*outcomes, *extras]
    spare += range(len(outcomes), len(outcomes) + len(extras))
    return _Search([*outcomes, *extras], wanted, spare).labelled()


class _Search:
    """One search. all: outcomes and extras; wanted, spare: indices into it."""

    def __init__(self, every: list[FieldOutcome], wanted: list[int], spare: list[int]) -> None:
        self._all = every
        self._wanted = wanted
        self._spare = spare
        self._used: set[int] = set()
        self._by_text: dict[str, list[int]] = defaultdict(list)
        for at in spare:
            self._by_text[_text_key(every[at].answer)].append(at)
        # Where other values of a golden entry were found.
        self._moved: dict[str, str] = {}

    def labelled(self) -> list[FieldOutcome]:
        for at in list(self._wanted):
            key = _text_key(self._all[at].golden)
            if _distinctive(key) and COMPARATORS.get(self._all[at].field) not in _COMMON:
                self._place_first(at, self._ranked(at, self._by_text.get(key, ())))
        # Short values (dates, levels) only in an entry that a longer value of the same entry was found in.
        for at in list(self._wanted):
            elsewhere = self._moved.get(_entry_of(self._all[at].golden_path or ""))
            if elsewhere is not None:
                same = self._by_text.get(_text_key(self._all[at].golden), ())
                self._place_first(at, (i for i in same if _entry_of(self._all[i].answer_path or "") == elsewhere))
        self._place_respelt()
        self._place_statements()
        return self._all

    def _place_first(self, golden_at: int, candidates: Iterable[int]) -> None:
        golden = self._all[golden_at]
        for at in candidates:
            other = self._all[at]
            # The same issuer or town in another entry is no misplacement; a bullet or skill there is.
            elsewhere = other.field != golden.field or golden.field.endswith("[]")
            if at not in self._used and at != golden_at and elsewhere and other.answer_path != golden.answer_path:
                self._place(golden_at, at)
                return

    def _ranked(self, golden_at: int, candidates: Iterable[int]) -> list[int]:
        """Candidates, first those in the entry where other values of the golden's entry are, then by content."""
        found = list(candidates)
        if len(found) < 2:
            return found
        moved = self._moved.get(_entry_of(self._all[golden_at].golden_path or ""))
        return sorted(found, key=lambda at: (_entry_of(self._all[at].answer_path or "") != moved, self._content(at)))

    def _content(self, at: int) -> tuple[str, list[str]]:
        """The field, and all that is spare in the same entry: what an outcome is, wherever its entry stands."""
        entry = _entry_of(self._all[at].answer_path or "")
        same = (self._all[i] for i in self._spare if _entry_of(self._all[i].answer_path or "") == entry)
        return self._all[at].field, sorted(text_of(one.answer) for one in same)

    def _place(self, golden_at: int, answer_at: int) -> None:
        self._used.add(answer_at)
        self._wanted.remove(golden_at)
        golden, answer = self._all[golden_at], self._all[answer_at]
        golden_path, answer_path = golden.golden_path or "", answer.answer_path or ""
        self._all[golden_at] = replace(golden, note=_noted(golden.note, f"misplaced → {answer_path}"))
        self._moved.setdefault(_entry_of(golden_path), _entry_of(answer_path))
        if answer.kind == "invented":
            self._all[answer_at] = replace(answer, kind="wrong", note=_noted(answer.note, f"misplaced ← {golden_path}"))

    def _place_respelt(self) -> None:
        """Values under unknown keys, in another spelling."""
        extras = [at for at in self._spare if not self._all[at].field and at not in self._used]
        if len(extras) * len(self._wanted) > _MOST_COMPARED:
            return
        for at in list(self._wanted):
            golden = self._all[at]
            comparator = COMPARATORS.get(golden.field)
            text = text_of(golden.golden)
            if comparator and comparator not in _COMMON and _distinctive(_text_key(text)):
                right = (i for i in extras if compare(comparator, text, text_of(self._all[i].answer)).kind == "correct")
                self._place_first(at, self._ranked(at, right))

    def _place_statements(self) -> None:
        """Bullets that moved and were touched on the way, by coverage."""
        ours = [at for at in self._wanted if self._all[at].kind == "missing" and _is_statement(self._all[at].golden)]
        theirs = [at for at in self._spare if at not in self._used and _is_statement(self._all[at].answer)]
        if not theirs or len(ours) * len(theirs) > _MOST_COMPARED:
            return
        theirs.sort(key=lambda at: text_of(self._all[at].answer))
        for at in ours:
            golden = text_of(self._all[at].golden)
            found = {other: _said_by(golden, text_of(self._all[other].answer)) for other in theirs}
            # One that says something else counts only where the text says it too: else it is made up, wherever it is.
            alike = [
                at
                for at in theirs
                if found[at] in ("correct", "near") or (found[at] == "wrong" and self._all[at].grounded)
            ]
            self._place_first(at, sorted(alike, key=lambda other: found[other] != "correct"))


@lru_cache(maxsize=2048)
def _said_by(golden: str, answer: str) -> CoverKind:
    """Whether one statement says another; asked for again by each draw that moves it."""
    return cover([golden], [answer])[0].kind


def _is_statement(value: object) -> bool:
    return isinstance(value, str) and len(tokens(value)) >= _LEAST_TOKENS


def _text_key(value: object) -> str:
    text = text_of(value)
    return skill_key(text) if len(text) <= 40 else squeeze(text)


def _distinctive(key: str) -> bool:
    return len(key) >= _LEAST and not key.isdigit()


def _entry_of(path: str) -> str:
    """The entry (or section) that a path is in."""
    head = path.split(".", 1)[0]
    return head if head.split("[", 1)[0] in SECTIONS else path


def _noted(note: str, more: str) -> str:
    """`more` first: what a reader needs most."""
    return f"{more}; {note}" if note else more
