"""Lists with values on both sides: skills as sets, bullets by coverage, written into the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from harness.scoring.bullets import Cover, cover, phrase, times_said
from harness.scoring.grounding import NOT_LOOKED_UP
from harness.scoring.items import match_items
from harness.scoring.layout import Listed
from harness.scoring.ledger import Ledger
from harness.scoring.reading import Value
from harness.scoring.types import OutcomeKind


def judge_items(ledger: Ledger, listed: Listed, golden: Sequence[Value], answer: Sequence[Value], near: int) -> None:
    for found in match_items(golden, answer, ledger.accept, ledger.witness):
        one, other = found.golden, found.answer
        if one is not None and other is not None and found.kind == "correct" and not found.note:
            ledger.right(listed.path, one, other, listed.looked, near)
            continue
        value = other or one
        ground = ledger.look(value.text, listed.looked, near) if value else NOT_LOOKED_UP
        if one is not None and other is not None:
            counted = ledger.counted(listed.path)
            counted[2] += 1
            counted[3] += 1
            counted[0] += found.kind == "correct"
            ledger.add(
                listed.path,
                one,
                other,
                "correct" if found.kind == "correct" else "wrong",
                found.note,
                ground,
                one.path,
            )
        elif one is not None:
            if ledger.may_be_absent(one.path):
                continue
            ledger.missing(listed.path, one, ground)
        elif other is not None:
            if found.kind == "duplicate":
                ledger.duplicate(listed.path, other, ground)
            else:
                ledger.invented(listed.path, other, ground)


def judge_bullets(ledger: Ledger, listed: Listed, golden: Sequence[Value], answer: Sequence[Value], near: int) -> None:
    our_texts, their_texts = [one.text for one in golden], [one.text for one in answer]
    same = our_texts == their_texts and len(set(our_texts)) == len(our_texts)
    if same and not ledger.accept:
        for one, other in zip(golden, answer, strict=True):
            ledger.right(listed.path, one, other, listed.looked, near)
        return
    ours, theirs, repeats = list(golden), list(answer), list[Value]()
    if not same:
        ours, _ = _unique(golden)
        theirs, repeats = _unique(answer)
        if repeats:
            # Said as often by the golden (a split bullet's end that others share): no repetition.
            theirs += [one for one in repeats if times_said(one.text, our_texts) > 1]
            repeats = [one for one in repeats if one not in theirs]
        our_texts, their_texts = [one.text for one in ours], [one.text for one in theirs]
    said = (
        [Cover("correct", index) for index in range(len(ours))]
        if same
        else cover(our_texts, their_texts, witness=ledger.witness)
    )
    alternatives: list[str] = []
    if ledger.accept:
        said = [_accepted(ledger, one, found, their_texts, alternatives) for one, found in zip(ours, said, strict=True)]
    known = said
    if not same:
        right = {index for index, found in enumerate(said) if found.kind == "correct"}
        known = cover(their_texts, our_texts + alternatives, of_answer=True, witness=ledger.witness, said=right)
    counted = ledger.counted(listed.path)
    correct, near_count = _tally(said)
    more_correct, more_near = _tally(known)
    for at, added in enumerate(
        (correct, near_count, len(ours), len(theirs), more_correct - correct, more_near - near_count)
    ):
        counted[at] += added
    told: set[int] = set()
    for at, (one, found) in enumerate(zip(ours, said, strict=True)):
        if found.kind == "none":
            if ledger.may_be_absent(one.path):
                counted[2] -= 1
                continue
            ground = ledger.look(one.text, listed.looked, near)
            ledger.add(listed.path, one, None, "missing", ledger.golden_note(found.note, ground), ground, one.path)
            continue
        beside = found.partner if found.kind == "correct" else _culprit(at, found, known)
        partner = theirs[beside] if beside is not None else None
        if found.kind != "correct" and beside is not None:
            told.add(beside)
        text = (partner or one).text
        ground = ledger.look(text, listed.looked, near) if found.kind == "correct" else ledger.says(text, near)
        ledger.add(listed.path, one, partner, found.kind, found.note, ground, one.path)
    for index, (other, found) in enumerate(zip(theirs, known, strict=True)):
        if found.kind == "correct" or (found.kind != "none" and index in told):
            continue
        if found.kind == "near" and _is_told(found, said):
            continue
        kind: OutcomeKind = "invented" if found.kind == "none" else found.kind
        ledger.add(listed.path, None, other, kind, found.note, ledger.says(other.text, near), "")
    for other in repeats:
        ledger.duplicate(listed.path, other, ledger.look(other.text, listed.looked, near))


def _accepted(ledger: Ledger, one: Value, found: Cover, theirs: Sequence[str], used: list[str]) -> Cover:
    if found.kind != "correct":
        for text in ledger.accept.get(one.path, ()):
            again = cover([text], theirs, witness=ledger.witness)[0] if text else found
            if again.kind == "correct":
                used.append(text)
                return Cover("correct", again.partner, "accepted alternative")
    return found


def _tally(covers: Sequence[Cover]) -> tuple[int, int]:
    kinds = [found.kind for found in covers]
    return kinds.count("correct"), kinds.count("near")


def _culprit(at: int, found: Cover, known: Sequence[Cover]) -> int | None:
    """The answer's bullet that makes a golden's one not right: of a bullet that was split, not the half that is."""
    if found.partner is None or known[found.partner].kind != "correct":
        return found.partner
    worse = (index for index, one in enumerate(known) if one.partner == at and one.kind in ("wrong", "near"))
    return min(worse, key=lambda index: known[index].kind != "wrong", default=found.partner)


def _is_told(found: Cover, said: Sequence[Cover]) -> bool:
    """Whether the golden's bullet that an answer's one is nearly is reported as not right already."""
    return found.partner is not None and found.partner < len(said) and said[found.partner].kind in ("near", "wrong")


def _unique(values: Sequence[Value]) -> tuple[list[Value], list[Value]]:
    """Bullets without repetitions, and the repetitions."""
    seen: set[str] = set()
    first: list[Value] = []
    repeats: list[Value] = []
    for value in values:
        key = phrase(value.text).joined
        (repeats if key in seen else first).append(value)
        seen.add(key)
    return first, repeats
