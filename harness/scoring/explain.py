"""What an outcome means, in one sentence that a person would accept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from harness.base.types import Json
from harness.scoring.bullets import is_cut
from harness.scoring.layout import ENTRIES
from harness.scoring.reading import text_of
from harness.scoring.types import FieldOutcome, Score

_LONGEST = 60
_NAMES = {
    "personal_info.linkedin": "LinkedIn address",
    "personal_info.location": "home location",
    "personal_info.email": "e-mail address",
    "personal_info.phone": "phone number",
    "work_experience[].skills[]": "skill of a role",
    "skills[]": "skill",
    "projects[].technologies[]": "technology of a project",
    "education[].field": "field of study",
    "languages[].language": "language",
    "languages[].proficiency": "language level",
}
_MISPLACED_TO = re.compile(r"misplaced → ([^;]+)")
_MISPLACED_FROM = re.compile(r"misplaced ← ([^;]+)")
_CHANGED = re.compile(r"(number )?(?!misplaced)([^,;→]+?) (?:→ ([^,;]+)|(lost|added))(?=,|$)")
"""What the note of a statement says first: which word became which."""


def field_name(field: str) -> str:
    """A field path in words: `work_experience[].end_date` is "end date", any list of statements is "bullet"."""
    if field in _NAMES:
        return _NAMES[field]
    section, _, name = field.partition(".")
    if name.endswith("[]"):
        noun = next((one.noun for one in ENTRIES if one.name == section.removesuffix("[]")), "")
        return "bullet" if noun == "role" else f"bullet of a {noun}"
    words = name.replace("_", " ")
    if section in ("certifications[]", "training[]", "projects[]"):
        noun = next(one.noun for one in ENTRIES if one.name == section.removesuffix("[]"))
        return f"{noun} {words}"
    return words or section.removesuffix("[]").replace("_", " ") or "value"


def quoted(value: Json) -> str:
    """A value on one line, shortened, without control characters."""
    text = "".join(character if character.isprintable() else " " for character in text_of(value))
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def explain(outcome: FieldOutcome) -> str:
    """One sentence (no full stop) about an outcome."""
    name = field_name(outcome.field)
    golden, answer = quoted(outcome.golden), quoted(outcome.answer)
    sentence = _sentence(outcome, name, golden, answer)
    if "golden not in the text" in outcome.note:
        sentence += " (the golden's value is not in the CV's text either)"
    if "ambiguous" in outcome.note.split("; "):
        sentence += " (ambiguous: more than one reading is right)"
    return sentence


def _sentence(outcome: FieldOutcome, name: str, golden: str, answer: str) -> str:
    bullet = name.startswith("bullet")
    note = outcome.note.split("; ")[0]
    match outcome.kind:
        case "correct":
            return _correct(name, golden, answer, note)
        case "near":
            return _near(name, golden, answer, note, bullet, outcome.golden_path is None)
        case "wrong":
            return _wrong(outcome, name, golden, answer, note)
        case "missing":
            return _missing(outcome, name, golden, note)
        case "invented":
            if outcome.grounded is None:
                why = "the golden has none" if not bullet else "the golden does not say it"
            else:
                why = "in the CV, but not in the golden" if outcome.grounded else "nowhere in the CV"
            return f"{name} invented: {answer} ({why})"
        case "absent":
            return f"{name} left out, which is accepted: {golden}"
        case "duplicate":
            return f"{name} given again: {answer}"
        case "unscored":
            if note == "not in the contract":
                return f"{answer} stands under {outcome.answer_path}, which the contract does not know"
            if outcome.grounded is False:
                return f"{name} {answer} is nowhere in the CV"
            return f"{name} {answer}: not scored" + (f" ({note})" if note else "")


def _correct(name: str, golden: str, answer: str, note: str) -> str:
    reasons = {
        "accent-only": "only accents differ",
        "spacing": "only spaces or hyphens differ",
        "boundary": "degree and field are divided otherwise",
        "accepted alternative": "an accepted alternative",
        "other spelling": "another spelling",
        "nearly the same spelling": "nearly the same spelling",
    }
    right = f"{name} right: {golden or answer}"
    if note in reasons:
        return f"{right} ({reasons[note]}{f': {answer}' if answer and answer != golden else ''})"
    return right if answer in (golden, "") or name.startswith("bullet") else f"{right} (given as {answer})"


def _near(name: str, golden: str, answer: str, note: str, bullet: bool, answer_only: bool) -> str:
    if note == "coarser":
        return f"{name} {answer} lacks the month ({golden})"
    if note == "finer":
        return f"{name} {answer} has a month that the golden does not have ({golden})"
    if bullet and is_cut(note):
        return f"{name} {note}: {golden}"
    if changed := _CHANGED.match(note):
        return f"{name} {_change(changed)}: {answer if answer else golden}"
    if bullet and answer_only:
        return f"{name} says more than the golden ({note}): {answer}"
    if bullet:
        return f"{name} only partly there ({note}): {golden}"
    if note == "same level":
        return f"{name} {answer} instead of {golden}, the same level in other words"
    if note in ("less exact", "more exact"):
        return f"{name} {answer} is {note} than {golden}"
    return f"{name} {answer} is nearly {golden}"


def _change(found: re.Match[str]) -> str:
    """Words in quotation marks: they are a CV's."""
    if found[3]:
        return f"says {_mark(found[3])} instead of {_mark(found[2])}"
    number = "the number " if found[1] else ""
    return f"has {'lost' if found[4] == 'lost' else 'got'} {number}{_mark(found[2])}"


def _mark(words: str) -> str:
    return f"“{words}”" if any(map(str.isalpha, words)) else words


def _wrong(outcome: FieldOutcome, name: str, golden: str, answer: str, note: str) -> str:
    moved = _MISPLACED_FROM.search(outcome.note)
    if moved:
        return f"{answer} stands here as {name}, but belongs to {moved[1]}"
    moved = _MISPLACED_TO.search(outcome.note)
    if moved:
        return f"{name} {answer} instead of {golden}, which stands under {moved[1]}"
    if is_cut(note):
        return f"{name} {note}: {golden}"
    if found := _CHANGED.match(note):
        return f"{name} {_change(found)}: {answer}"
    if note == "no single date":
        return f"{name} {answer} is no single date (right: {golden})"
    return f"{name} {answer} instead of {golden}" if golden else f"{name} wrong: {answer}"


def _missing(outcome: FieldOutcome, name: str, golden: str, note: str) -> str:
    moved = _MISPLACED_TO.search(outcome.note)
    if moved:
        return f"{name} {golden} missing here: it stands under {moved[1]}"
    if is_cut(note):
        return f"{name} {note}: {golden}"
    if note == "entry missing":
        noun = next((one.noun for one in ENTRIES if outcome.field.startswith(one.name)), "entry")
        return f"{name} missing with its whole {noun}: {golden}"
    return f"{name} missing: {golden}"


def explain_lost(score: Score) -> tuple[str, ...]:
    """A sentence for each golden entry (of any section) that the answer lacks as a whole: "role at Acme missing, 9
    values with it"."""
    entries: dict[str, list[FieldOutcome]] = {}
    for outcome in score.outcomes:
        found_elsewhere = "misplaced" in outcome.note
        if (
            outcome.kind == "missing"
            and outcome.golden_path
            and "entry missing" in outcome.note
            and not found_elsewhere
        ):
            entries.setdefault(outcome.golden_path.split(".", 1)[0], []).append(outcome)
    return tuple(_lost(path, outcomes) for path, outcomes in entries.items())


def _lost(path: str, outcomes: Sequence[FieldOutcome]) -> str:
    section = next(one for one in ENTRIES if path.startswith(one.name))
    main = next((quoted(one.golden) for one in outcomes if one.field == section.scalars[0].path), "")
    what = f"{section.noun} {'at ' if section.noun in ('role', 'study') else ''}{main}" if main else section.noun
    more = len(outcomes) - bool(main)
    return f"{what} missing" + (f", {more} {'value' if more == 1 else 'values'} with it" if more else "")


def structure(golden: Json, answer: Json) -> str:
    """DeepDiff's view of how two contract objects differ, one line a difference; ids left out, order ignored.

    For people who look at shapes (missing keys, types); it is never used for scoring.
    """
    from deepdiff import DeepDiff

    found: Any = DeepDiff(
        golden, answer, ignore_order=True, exclude_regex_paths=[r"root\['\w+'\]\[\d+\]\['id'\]"], verbose_level=2
    )
    return str(found.pretty())
