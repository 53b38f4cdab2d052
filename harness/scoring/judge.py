"""Golden and answer side by side: what became of each value, and the counts per field path."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rapidfuzz.distance import OSA

from harness.scoring.align import align, is_repeat
from harness.scoring.assign import Pair
from harness.scoring.bullets import cover
from harness.scoring.comparators import Match, compare, compare_summaries, same_degree_and_field
from harness.scoring.grounding import NOT_LOOKED_UP, NOT_THERE, Ground
from harness.scoring.layout import DATED, ENTRIES, PERSONAL, SKILLS, Comparator, Scalar, Section
from harness.scoring.ledger import GOLDEN_UNGROUNDED, Ledger
from harness.scoring.lists import judge_bullets, judge_items
from harness.scoring.reading import Entry, ReadCv, Value
from harness.values.normalise import tokens

ENTRY_MISSING, ENTRY_INVENTED = "entry missing", "entry invented"
_AROUND = 200
"""How far before an entry's first found value its other values are looked for, in characters."""
NOT_IN_TEXT = "not in the text: "
"""How a note of a nearly right value goes on that has words which the CV's text does not have."""
EXCHANGED = "not as in the text: "
"""How the note of a value begins that would be right but for a part that the text has otherwise."""
_COPIED: frozenset[Comparator] = frozenset({"name", "organisation", "title", "degree", "place", "portfolio", "text"})
_LEAST_SLIP, _ALIKE = 5, 0.8
_RANK = {"correct": 0, "near": 1, "wrong": 2}


class Judge:
    """Judges every value into a ledger. pairs: by section, indices of golden and answer entries as they were read;
    lost: golden paths of roles and studies that the answer does not have."""

    def __init__(self, ledger: Ledger) -> None:
        self.pairs: dict[str, list[Pair]] = {}
        self.lost: list[str] = []
        self._ledger = ledger

    def judge(self, golden: ReadCv, answer: ReadCv) -> None:
        """Judge every value of both, in the contract's order."""
        self._once(golden.personal, answer.personal, lambda: self._scalars(PERSONAL, golden.personal, answer.personal))
        for section in ENTRIES[:2]:
            self._section(section, golden.sections[section.name], answer.sections[section.name])
        self._once(
            golden.alone, answer.alone, lambda: judge_items(self._ledger, SKILLS, golden.skills, answer.skills, 0)
        )
        for section in ENTRIES[2:]:
            self._section(section, golden.sections[section.name], answer.sections[section.name])

    def only_ground(self, answer: ReadCv) -> None:
        """Look every value of an answer up; nothing is judged right or wrong."""
        for section, entries in ((PERSONAL, [answer.personal]), *((one, answer.sections[one.name]) for one in ENTRIES)):
            for entry in entries:
                near = 0
                for scalar in section.scalars:
                    if value := entry.scalars.get(scalar.name):
                        ground = self._ledger.look(value.text, scalar.looked, near)
                        near = near or _anchor(ground)
                        self._ledger.unscored(scalar.path, value, ground)
                for listed in section.lists:
                    for value in entry.lists.get(listed.name, ()):
                        self._ledger.unscored(listed.path, value, self._ledger.look(value.text, listed.looked, near))
        for value in answer.skills:
            self._ledger.unscored(SKILLS.path, value, self._ledger.look(value.text, "skill"))

    def _once(self, golden: Entry, answer: Entry, judge: Callable[[], object]) -> None:
        """Judge two entries, or write down what they came to before, in another answer that has the same one."""
        if answer.judged is None:
            judge()
            return
        found = answer.judged.get(golden.path)
        if found is None:
            found = answer.judged[golden.path] = self._ledger.apart(judge)
        self._ledger.take_in(found)

    # Entries ---------------------------------------------------------------------------------------------------

    def _section(self, section: Section, golden: list[Entry], answer: list[Entry]) -> None:
        pairs = align(golden, answer, section, self._ledger.accept)
        self.pairs[section.name] = pairs
        partner = dict(pairs)
        for index, entry in enumerate(golden):
            if index in partner:
                other = answer[partner[index]]
                self._once(entry, other, partial(self._pair, section, entry, other))
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
                judge_bullets(self._ledger, listed, ours, theirs, near)
            else:
                judge_items(self._ledger, listed, ours, theirs, near)

    def _missing_entry(self, section: Section, entry: Entry) -> None:
        if section.name in DATED:
            self.lost.append(entry.path)
        near = 0
        for scalar in section.scalars:
            if value := entry.scalars.get(scalar.name):
                ground = self._ledger.look(value.text, scalar.looked, near)
                near = near or _anchor(ground)
                self._ledger.missing(scalar.path, value, ground, ENTRY_MISSING)
        for listed in section.lists:
            for value in entry.lists.get(listed.name, ()):
                self._ledger.missing(
                    listed.path, value, self._ledger.look(value.text, listed.looked, near), ENTRY_MISSING
                )

    def _extra_entry(self, section: Section, entry: Entry, twin: Entry | None) -> None:
        """An answer's entry without a partner: invented, or, value by value, a repetition of another one."""
        near = 0
        for scalar in section.scalars:
            if value := entry.scalars.get(scalar.name):
                ground = self._ledger.look(value.text, scalar.looked, near)
                near = near or _anchor(ground)
                other = twin.scalars.get(scalar.name) if twin else None
                if other and compare(scalar.comparator, other.text, value.text).kind != "wrong":
                    self._ledger.duplicate(scalar.path, value, ground)
                else:
                    self._ledger.invented(scalar.path, value, ground, ENTRY_INVENTED)
        for listed in section.lists:
            values = entry.lists.get(listed.name, ())
            said = cover(
                [one.text for one in values], [one.text for one in twin.lists.get(listed.name, ())] if twin else []
            )
            for value, found in zip(values, said, strict=True):
                ground = self._ledger.look(value.text, listed.looked, near)
                if found.kind == "correct":
                    self._ledger.duplicate(listed.path, value, ground)
                else:
                    self._ledger.invented(listed.path, value, ground, ENTRY_INVENTED)

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
            if one is not None and other is not None and one.text == other.text:
                ground = self._ledger.right(scalar.path, one, other, scalar.looked, near)
            else:
                ground = self._scalar(scalar, one, other, f"{golden.path}.{name}" if one is None else one.path, near)
            if not near and section.repeated:
                near = _anchor(ground)
        return near

    def _scalar(self, scalar: Scalar, one: Value | None, other: Value | None, golden_path: str, near: int) -> Ground:
        if other is None:
            assert one is not None
            ground = self._ledger.look(one.text, scalar.looked, near)
            if self._ledger.may_be_absent(golden_path):
                self._ledger.absent(scalar.path, one, ground)
            else:
                self._ledger.missing(scalar.path, one, ground)
            return ground
        ground = self._ledger.look(other.text, scalar.looked, near)
        if one is None:
            match = self._accepted(scalar, golden_path, other, None)
            if match is None:
                self._ledger.invented(scalar.path, other, ground, golden_path=golden_path)
                return ground
            one = Value(other.text, golden_path, None)
        else:
            match = self._compare(scalar, one.text, other.text)
            if self._ledger.accept and match.kind != "correct":
                match = self._accepted(scalar, golden_path, other, match) or match
        if match.note.startswith(EXCHANGED):
            ground = NOT_THERE  # its name without what was put in is in the text
        self._both(scalar.path, one, other, match, ground, scalar, near)
        return ground

    def _compare(self, scalar: Scalar, golden: str, answer: str) -> Match:
        match = compare(scalar.comparator, golden, answer)
        if match.kind != "correct" and scalar.comparator == "summary":
            return compare_summaries(golden, answer, self._ledger.witness)
        if match.kind == "correct" and scalar.comparator == "phone" and not self._ledger.tells_code(golden, answer):
            return Match("wrong", "country code added")
        if match.kind == "correct" and (other := self._ledger.witness.exchanged(scalar.comparator, golden, answer)):
            return Match("wrong", EXCHANGED + other)
        if match.kind == "wrong" and scalar.comparator == "phone" and self._ledger.printed_beside(golden, answer):
            return Match("correct", "the other printed number")
        return match

    def _accepted(self, scalar: Scalar, golden_path: str, other: Value, match: Match | None) -> Match | None:
        """The best match among the accepted alternatives, where better than `match`; None where none is."""
        best = match
        for text in self._ledger.accept.get(golden_path, ()):
            if text:
                found = self._compare(scalar, text, other.text)
                if found.kind != "wrong" and (best is None or _RANK[found.kind] < _RANK[best.kind]):
                    best = Match(found.kind, "accepted alternative")
        return best if best is not match else None

    def _both(
        self, field: str, one: Value, other: Value, match: Match, ground: Ground, scalar: Scalar, near: int
    ) -> None:
        counted = self._ledger.counted(field)
        counted[2] += 1
        counted[3] += 1
        note = match.note
        if match.kind == "correct":
            counted[0] += 1
        else:
            if match.kind == "near":
                counted[1] += 1
            if ground.grounded is not None and self._ledger.look(one.text, scalar.looked, near).grounded is False:
                note = f"{note}; {GOLDEN_UNGROUNDED}" if note else GOLDEN_UNGROUNDED
            elif match.kind == "near" and ground.grounded is False and scalar.comparator in _COPIED:
                added = ", ".join(self._made_up(scalar, one.text, other.text))
                note = "; ".join(part for part in (note, added and NOT_IN_TEXT + added) if part)
        self._ledger.add(field, one, other, match.kind, note, ground, one.path)

    def _made_up(self, scalar: Scalar, golden: str, answer: str) -> list[str]:
        """Words of a nearly right answer that the text has in no spelling, and that are none of the golden's with a
        slip in it."""
        known = tokens(golden)
        return [
            word
            for word in dict.fromkeys(tokens(answer))
            if word not in known
            and not any(
                len(word) >= _LEAST_SLIP and OSA.normalized_similarity(word, other) >= _ALIKE for other in known
            )
            and self._ledger.look(word, scalar.looked, 0).grounded is False
        ]

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
        counted = self._ledger.counted(scalar.path)
        if one is not None:
            counted[0] += 1
            counted[2] += 1
        if other is not None:
            counted[3] += 1
        counted[4] += (other is not None) - (one is not None)
        ground = self._ledger.look(other.text, "degree", near) if other else NOT_LOOKED_UP
        if one is not None:
            self._ledger.add(scalar.path, one, other, "correct", "boundary", ground, one.path)
        elif other is not None:
            self._ledger.unscored(scalar.path, other, ground, "boundary")


def _anchor(ground: Ground) -> int:
    return max(1, ground.evidence[0] - _AROUND) if ground.evidence else 0
