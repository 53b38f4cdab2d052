"""Golden and answer side by side: what became of each value, and the counts per field path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.scoring.align import align, is_repeat
from harness.scoring.assign import Pair
from harness.scoring.bullets import Cover, cover, phrase, times_said
from harness.scoring.comparators import CORRECT, Match, compare, same_degree_and_field
from harness.scoring.grounding import NOT_LOOKED_UP, Ground, Grounder
from harness.scoring.items import match_items
from harness.scoring.layout import DATED, ENTRIES, PERSONAL, SKILLS, Listed, Scalar, Section
from harness.scoring.reading import Entry, ReadCv, Value
from harness.scoring.types import FieldOutcome, OutcomeKind

ENTRY_MISSING, ENTRY_INVENTED = "entry missing", "entry invented"
_AROUND = 200
"""How far before an entry's first found value its other values are looked for, in characters."""
_RANK = {"correct": 0, "near": 1, "wrong": 2}


class Judge:
    """Collects outcomes and counts. counts: per field path [correct, near, golden, answer, more_correct, more_near]
    (see `types.Counts`). pairs: by section, indices of golden and answer entries as they were read."""

    def __init__(self, source_text: str | None, accept: Mapping[str, Sequence[str]], ambiguous: frozenset[str]) -> None:
        self.outcomes: list[FieldOutcome] = []
        self.counts: dict[str, list[int]] = {}
        self.pairs: dict[str, list[Pair]] = {}
        self.lost: list[str] = []
        self._ground = Grounder(source_text)
        self._accept = accept
        self._ambiguous = ambiguous

    def judge(self, golden: ReadCv, answer: ReadCv) -> None:
        """Judge every value of both, in the contract's order."""
        self._scalars(PERSONAL, golden.personal, answer.personal)
        for section in ENTRIES[:2]:
            self._section(section, golden.sections[section.name], answer.sections[section.name])
        self._items(SKILLS, golden.skills, answer.skills, 0)
        for section in ENTRIES[2:]:
            self._section(section, golden.sections[section.name], answer.sections[section.name])

    def only_ground(self, answer: ReadCv) -> None:
        """Look every value of an answer up; nothing is judged right or wrong."""
        for section, entries in ((PERSONAL, [answer.personal]), *((one, answer.sections[one.name]) for one in ENTRIES)):
            for entry in entries:
                near = 0
                for scalar in section.scalars:
                    if value := entry.scalars.get(scalar.name):
                        ground = self._ground.scalar(value.text, scalar.comparator, near)
                        near = near or _anchor(ground)
                        self._unscored(scalar.path, value, ground)
                for listed in section.lists:
                    for value in entry.lists.get(listed.name, ()):
                        self._unscored(listed.path, value, self._look(listed, value.text, near))
        for value in answer.skills:
            self._unscored(SKILLS.path, value, self._ground.item(value.text))

    def _unscored(self, field: str, value: Value, ground: Ground, note: str = "") -> None:
        self.outcomes.append(
            FieldOutcome(field, None, value.path, None, value.raw, "unscored", note, ground.evidence, ground.grounded)
        )

    # Entries ---------------------------------------------------------------------------------------------------

    def _section(self, section: Section, golden: list[Entry], answer: list[Entry]) -> None:
        pairs = align(golden, answer, section, self._accept)
        self.pairs[section.name] = pairs
        partner = dict(pairs)
        for index, entry in enumerate(golden):
            if index in partner:
                self._pair(section, entry, answer[partner[index]])
            else:
                self._missing_entry(section, entry)
        taken = set(partner.values())
        for index, entry in enumerate(answer):
            if index not in taken:
                twin = next(
                    (
                        one
                        for at, one in enumerate(answer)
                        if (at in taken or at < index) and is_repeat(entry, one, section)
                    ),
                    None,
                )
                self._extra_entry(section, entry, twin)

    def _pair(self, section: Section, golden: Entry, answer: Entry) -> None:
        near = self._scalars(section, golden, answer)
        for listed in section.lists:
            ours, theirs = golden.lists.get(listed.name, ()), answer.lists.get(listed.name, ())
            if not ours and not theirs:
                continue
            if listed.kind == "bullets":
                self._bullets(listed, ours, theirs, near)
            else:
                self._items(listed, ours, theirs, near)

    def _missing_entry(self, section: Section, entry: Entry) -> None:
        if section.name in DATED:
            self.lost.append(entry.path)
        near = 0
        for scalar in section.scalars:
            if value := entry.scalars.get(scalar.name):
                ground = self._ground.scalar(value.text, scalar.comparator, near)
                near = near or _anchor(ground)
                self._missing(scalar.path, value, ground, ENTRY_MISSING)
        for listed in section.lists:
            for value in entry.lists.get(listed.name, ()):
                self._missing(listed.path, value, self._look(listed, value.text, near), ENTRY_MISSING)

    def _extra_entry(self, section: Section, entry: Entry, twin: Entry | None) -> None:
        """An answer's entry without a partner: invented, or, value by value, a repetition of another one."""
        near = 0
        for scalar in section.scalars:
            if value := entry.scalars.get(scalar.name):
                ground = self._ground.scalar(value.text, scalar.comparator, near)
                near = near or _anchor(ground)
                other = twin.scalars.get(scalar.name) if twin else None
                if other and compare(scalar.comparator, other.text, value.text).kind != "wrong":
                    self._duplicate(scalar.path, value, ground)
                else:
                    self._invented(scalar.path, value, ground, ENTRY_INVENTED)
        for listed in section.lists:
            values = entry.lists.get(listed.name, ())
            said = cover(
                [one.text for one in values], [one.text for one in twin.lists.get(listed.name, ())] if twin else []
            )
            for value, found in zip(values, said, strict=True):
                ground = self._look(listed, value.text, near)
                if found.kind == "correct":
                    self._duplicate(listed.path, value, ground)
                else:
                    self._invented(listed.path, value, ground, ENTRY_INVENTED)

    # Scalars ---------------------------------------------------------------------------------------------------

    def _scalars(self, section: Section, golden: Entry, answer: Entry) -> int:
        """All fields with one value; returns where in the text the entry's first found value stands, less a little."""
        near = 0
        divided = section.name == "education" and self._differently_divided(golden, answer)
        ours, theirs = golden.scalars, answer.scalars
        for scalar in section.scalars:
            name = scalar.name
            one, other = ours.get(name), theirs.get(name)
            if one is None and other is None:
                continue
            if divided and scalar.comparator == "degree":
                self._divided(scalar, one, other, near)
                continue
            ground = self._scalar(scalar, one, other, f"{golden.path}.{name}" if one is None else one.path, near)
            if not near and section.repeated:
                near = _anchor(ground)
        return near

    def _scalar(self, scalar: Scalar, one: Value | None, other: Value | None, golden_path: str, near: int) -> Ground:
        if other is None:
            assert one is not None
            ground = self._ground.scalar(one.text, scalar.comparator, near)
            if "" in self._accept.get(golden_path, ()):
                self._note_absent(scalar, one, ground)
            else:
                self._missing(scalar.path, one, ground)
            return ground
        ground = self._ground.scalar(other.text, scalar.comparator, near)
        if one is None:
            match = self._accepted(scalar, golden_path, other, None)
            if match is None:
                self._invented(scalar.path, other, ground, golden_path=golden_path)
                return ground
            one = Value(other.text, golden_path, None)
        else:
            match = CORRECT if one.text == other.text else compare(scalar.comparator, one.text, other.text)
            if self._accept and match.kind != "correct":
                match = self._accepted(scalar, golden_path, other, match) or match
        self._both(scalar.path, one, other, match, ground, scalar, near)
        return ground

    def _accepted(self, scalar: Scalar, golden_path: str, other: Value, match: Match | None) -> Match | None:
        """The best match among the accepted alternatives, where better than `match`; None where none is."""
        best = match
        for text in self._accept.get(golden_path, ()):
            if text:
                found = compare(scalar.comparator, text, other.text)
                if found.kind != "wrong" and (best is None or _RANK[found.kind] < _RANK[best.kind]):
                    best = Match(found.kind, "accepted alternative")
        return best if best is not match else None

    def _both(
        self, field: str, one: Value, other: Value, match: Match, ground: Ground, scalar: Scalar, near: int
    ) -> None:
        counted = self._counted(field)
        counted[2] += 1
        counted[3] += 1
        note = match.note
        if match.kind == "correct":
            counted[0] += 1
        else:
            if match.kind == "near":
                counted[1] += 1
            if ground.grounded is not None and self._ground.scalar(one.text, scalar.comparator, near).grounded is False:
                note = f"{note}; {GOLDEN_UNGROUNDED}" if note else GOLDEN_UNGROUNDED
        self._add(field, one, other, match.kind, note, ground, one.path)

    def _differently_divided(self, golden: Entry, answer: Entry) -> bool:
        pairs = [
            tuple(value.text if (value := entry.scalars.get(name)) else "" for name in ("degree", "field"))
            for entry in (golden, answer)
        ]
        if pairs[0] == pairs[1]:
            return False
        (degree, field), (other_degree, other_field) = pairs
        each = all(
            bool(one) == bool(other) and (not one or compare("degree", one, other).kind == "correct")
            for one, other in ((degree, other_degree), (field, other_field))
        )
        return not each and same_degree_and_field((degree, field), (other_degree, other_field))

    def _divided(self, scalar: Scalar, one: Value | None, other: Value | None, near: int) -> None:
        """Degree or field, where both together are right but divided otherwise: right on whichever side has it."""
        counted = self._counted(scalar.path)
        if one is not None:
            counted[0] += 1
            counted[2] += 1
        if other is not None:
            counted[3] += 1
        counted[4] += (other is not None) - (one is not None)
        ground = self._ground.scalar(other.text, "degree", near) if other else NOT_LOOKED_UP
        if one is not None:
            self._add(scalar.path, one, other, "correct", "boundary", ground, one.path)
        elif other is not None:
            self._unscored(scalar.path, other, ground, "boundary")

    # Lists -----------------------------------------------------------------------------------------------------

    def _items(self, listed: Listed, golden: Sequence[Value], answer: Sequence[Value], near: int) -> None:
        for found in match_items(golden, answer, self._accept):
            one, other = found.golden, found.answer
            ground = self._ground.item((other or one).text, near) if other or one else NOT_LOOKED_UP  # type: ignore[union-attr]
            if one is not None and other is not None:
                counted = self._counted(listed.path)
                counted[2] += 1
                counted[3] += 1
                counted[0] += found.kind == "correct"
                self._add(
                    listed.path,
                    one,
                    other,
                    "correct" if found.kind == "correct" else "wrong",
                    found.note,
                    ground,
                    one.path,
                )
            elif one is not None:
                if "" in self._accept.get(one.path, ()):
                    continue
                self._missing(listed.path, one, ground)
            elif other is not None:
                if found.kind == "duplicate":
                    self._duplicate(listed.path, other, ground)
                else:
                    self._invented(listed.path, other, ground)

    def _bullets(self, listed: Listed, golden: Sequence[Value], answer: Sequence[Value], near: int) -> None:
        our_texts, their_texts = [one.text for one in golden], [one.text for one in answer]
        same = our_texts == their_texts and len(set(our_texts)) == len(our_texts)
        ours, theirs, repeats = list(golden), list(answer), list[Value]()
        if not same:
            ours, _ = _unique(golden)
            theirs, repeats = _unique(answer)
            if repeats:
                # Said as often by the golden (a split bullet's end that others share): no repetition.
                theirs += [one for one in repeats if times_said(one.text, our_texts) > 1]
                repeats = [one for one in repeats if one not in theirs]
            our_texts, their_texts = [one.text for one in ours], [one.text for one in theirs]
        said = [Cover("correct", index) for index in range(len(ours))] if same else cover(our_texts, their_texts)
        alternatives: list[str] = []
        if self._accept:
            said = [
                self._accepted_bullet(one, found, their_texts, alternatives)
                for one, found in zip(ours, said, strict=True)
            ]
        known = said if same else cover(their_texts, our_texts + alternatives, of_answer=True)
        counted = self._counted(listed.path)
        correct, near_count = _tally(said)
        more_correct, more_near = _tally(known)
        for at, added in enumerate(
            (correct, near_count, len(ours), len(theirs), more_correct - correct, more_near - near_count)
        ):
            counted[at] += added
        told: set[int] = set()
        for one, found in zip(ours, said, strict=True):
            if found.kind == "none":
                if "" in self._accept.get(one.path, ()):
                    counted[2] -= 1
                    continue
                self._add(
                    listed.path,
                    one,
                    None,
                    "missing",
                    self._golden_note(found.note, self._look(listed, one.text, near)),
                    self._look(listed, one.text, near),
                    one.path,
                )
                continue
            other = theirs[found.partner] if found.partner is not None else None
            if found.kind != "correct" and found.partner is not None:
                told.add(found.partner)
            ground = self._look(listed, (other or one).text, near)
            self._add(listed.path, one, other, found.kind, found.note, ground, one.path)
        for index, (other, found) in enumerate(zip(theirs, known, strict=True)):
            if found.kind == "correct" or (found.kind != "none" and (index in told or _is_told(found, said))):
                continue
            kind: OutcomeKind = "invented" if found.kind == "none" else found.kind
            self._add(listed.path, None, other, kind, found.note, self._look(listed, other.text, near), "")
        for other in repeats:
            self._duplicate(listed.path, other, self._look(listed, other.text, near))

    def _accepted_bullet(self, one: Value, found: Cover, theirs: Sequence[str], used: list[str]) -> Cover:
        if found.kind != "correct":
            for text in self._accept.get(one.path, ()):
                again = cover([text], theirs)[0] if text else found
                if again.kind == "correct":
                    used.append(text)
                    return Cover("correct", again.partner, "accepted alternative")
        return found

    # Outcomes --------------------------------------------------------------------------------------------------

    def _look(self, listed: Listed, text: str, near: int) -> Ground:
        return self._ground.bullet(text, near) if listed.kind == "bullets" else self._ground.item(text, near)

    def _counted(self, field: str) -> list[int]:
        counted = self.counts.get(field)
        if counted is None:
            counted = self.counts[field] = [0, 0, 0, 0, 0, 0]
        return counted

    def _golden_note(self, note: str, ground: Ground) -> str:
        if ground.grounded is False:
            return f"{note}; {GOLDEN_UNGROUNDED}" if note else GOLDEN_UNGROUNDED
        return note

    def _missing(self, field: str, one: Value, ground: Ground, note: str = "") -> None:
        self._counted(field)[2] += 1
        self._add(field, one, None, "missing", self._golden_note(note, ground), ground, one.path)

    def _note_absent(self, scalar: Scalar, one: Value, ground: Ground) -> None:
        self._add(scalar.path, one, None, "absent", "accepted alternative", ground, one.path)

    def _invented(self, field: str, other: Value, ground: Ground, note: str = "", golden_path: str = "") -> None:
        self._counted(field)[3] += 1
        self._add(field, None, other, "invented", note, ground, golden_path)

    def _duplicate(self, field: str, other: Value, ground: Ground) -> None:
        self._add(field, None, other, "duplicate", "", ground, "")

    def _add(
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
        self.outcomes.append(
            FieldOutcome(
                field,
                one.path if one else None,
                other.path if other else None,
                one.raw if one else None,
                other.raw if other else None,
                kind,
                note,
                ground.evidence,
                # Evidence of a missing value is the golden's; whether the answer's value is in the text has no answer.
                ground.grounded if other else None,
            )
        )

    def _is_ambiguous(self, path: str) -> bool:
        """Whether the path, or an entry or list that it is in, is marked ambiguous."""
        while path:
            if path in self._ambiguous:
                return True
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return False


GOLDEN_UNGROUNDED = "golden not in the text"
AMBIGUOUS = "ambiguous"


def _anchor(ground: Ground) -> int:
    return max(1, ground.evidence[0] - _AROUND) if ground.evidence else 0


def _tally(covers: Sequence[Cover]) -> tuple[int, int]:
    kinds = [found.kind for found in covers]
    return kinds.count("correct"), kinds.count("near")


def _is_told(found: Cover, said: Sequence[Cover]) -> bool:
    """Whether the golden's bullet that an answer's one is nearly is reported as not right already."""
    return found.partner is not None and found.partner < len(said) and said[found.partner].kind in ("near", "wrong")


def _unique(values: Sequence[Value]) -> tuple[list[Value], list[Value]]:
    """Bullets without repetitions, and the repetitions."""
    seen: set[str] = set()
    first, repeats = [], []
    for value in values:
        key = phrase(value.text).joined
        (repeats if key in seen else first).append(value)
        seen.add(key)
    return first, repeats
