"""Where outcomes and counts are written down, each value looked up in the text on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields

from harness.scoring.grounding import Ground, Grounder
from harness.scoring.reading import Judged, Value
from harness.scoring.types import FieldOutcome, OutcomeKind
from harness.scoring.witness import Witness
from harness.values.find import Looked

GOLDEN_UNGROUNDED = "golden not in the text"
AMBIGUOUS = "ambiguous"

# An outcome for every value: a frozen class checks each assignment, its slots' own setters take less than half of that.
_new = object.__new__
(
    _set_field,
    _set_golden_path,
    _set_answer_path,
    _set_golden,
    _set_answer,
    _set_kind,
    _set_note,
    _set_evidence,
    _set_grounded,
) = (getattr(FieldOutcome, one.name).__set__ for one in fields(FieldOutcome))


class Ledger:
    """Outcomes in order, and counts per field path: [correct, near, golden, answer, more_correct, more_near] (see
    `types.Counts`). accept, ambiguous: the golden's, by path."""

    def __init__(self, source_text: str | None, accept: Mapping[str, Sequence[str]], ambiguous: frozenset[str]) -> None:
        self.outcomes: list[FieldOutcome] = []
        self.counts: dict[str, list[int]] = {}
        self.accept = accept
        self._ambiguous = ambiguous
        self.witness = Witness(source_text)
        self._grounder = Grounder(source_text)
        self.look = self._grounder.look
        """Where a value of a kind stands in the text, preferably at or after an offset: called for every value."""
        self.says = self._grounder.says
        """The same of a statement that is not right: not where the text turns it round."""

    def apart(self, judge: Callable[[], object]) -> Judged:
        """What a judge writes down, without writing it down here."""
        before = self.outcomes, self.counts
        self.outcomes, self.counts = [], {}
        try:
            judge()
            return Judged(self.outcomes, self.counts)
        finally:
            self.outcomes, self.counts = before

    def take_in(self, judged: Judged) -> None:
        """Write down what was judged apart."""
        self.outcomes += judged.outcomes
        for field, counted in judged.counts.items():
            mine = self.counted(field)
            for at, count in enumerate(counted):
                if count:
                    mine[at] += count

    def may_be_absent(self, path: str) -> bool:
        """Whether the golden accepts that the answer leaves this value out."""
        return bool(self.accept) and "" in self.accept.get(path, ())

    def tells_code(self, golden: str, phone: str) -> bool:
        """Whether the CV's text supports a country code that only the answer's number has."""
        return self._grounder.tells_code(golden, phone)

    def printed_beside(self, golden: str, phone: str) -> bool:
        """Whether the CV's text prints both telephone numbers side by side, so that either is right."""
        return self._grounder.printed_beside(golden, phone)

    def counted(self, field: str) -> list[int]:
        counted = self.counts.get(field)
        if counted is None:
            counted = self.counts[field] = [0, 0, 0, 0, 0, 0]
        return counted

    def right(self, field: str, one: Value, other: Value, kind: Looked, near: int) -> Ground:
        """A value that is right, without a note; returns where the answer's stands in the text."""
        counted = self.counted(field)
        counted[0] += 1
        counted[2] += 1
        counted[3] += 1
        ground = self.look(other.text, kind, near)
        self.add(field, one, other, "correct", "", ground, one.path)
        return ground

    def golden_note(self, note: str, ground: Ground) -> str:
        if ground.grounded is False:
            return f"{note}; {GOLDEN_UNGROUNDED}" if note else GOLDEN_UNGROUNDED
        return note

    def missing(self, field: str, one: Value, ground: Ground, note: str = "") -> None:
        self.counted(field)[2] += 1
        self.add(field, one, None, "missing", self.golden_note(note, ground), ground, one.path)

    def absent(self, field: str, one: Value, ground: Ground) -> None:
        self.add(field, one, None, "absent", "accepted alternative", ground, one.path)

    def invented(self, field: str, other: Value, ground: Ground, note: str = "", golden_path: str = "") -> None:
        self.counted(field)[3] += 1
        self.add(field, None, other, "invented", note, ground, golden_path)

    def duplicate(self, field: str, other: Value, ground: Ground) -> None:
        self.add(field, None, other, "duplicate", "", ground, "")

    def add(
        self,
        field: str,
        one: Value | None,
        other: Value | None,
        kind: OutcomeKind,
        note: str,
        ground: Ground,
        golden_path: str,
    ) -> None:
        if self._ambiguous and golden_path and self._is_ambiguous(golden_path):
            note = f"{note}; {AMBIGUOUS}" if note else AMBIGUOUS
        outcome = _new(FieldOutcome)
        _set_field(outcome, field)
        _set_golden_path(outcome, one.path if one else None)
        _set_answer_path(outcome, other.path if other else None)
        _set_golden(outcome, one.raw if one else None)
        _set_answer(outcome, other.raw if other else None)
        _set_kind(outcome, kind)
        _set_note(outcome, note)
        _set_evidence(outcome, ground.evidence)
        # Evidence of a missing value is the golden's; whether the answer's value is in the text has no answer.
        _set_grounded(outcome, ground.grounded if other else None)
        self.outcomes.append(outcome)

    def _is_ambiguous(self, path: str) -> bool:
        """Whether the path, or an entry or list that it is in, is marked ambiguous."""
        while path:
            if path in self._ambiguous:
                return True
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return False

    def unscored(self, field: str, value: Value, ground: Ground, note: str = "") -> None:
        self.outcomes.append(
            FieldOutcome(field, None, value.path, None, value.raw, "unscored", note, ground.evidence, ground.grounded)
        )
