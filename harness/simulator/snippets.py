"""Answers that instructions show as JSON or YAML: by themselves, or as what became of a text.

An answer is read only where every value in it is explained: it stands in the text word for word, or a rule knows what
became of it. What it keeps is no harm and what it changes in an unknown way cannot be told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from harness.base.types import Json
from harness.simulator.fielded import flat_of, is_filled, objects, read_json
from harness.simulator.keys import (
    COURSE_KEYS,
    ENTRY_KEYS,
    PERSON_KEYS,
    PROJECT_KEYS,
    ROLE_KEYS,
    SECTION_KEYS,
    STUDY_KEYS,
    snake,
)
from harness.simulator.rules.hearing import Item
from harness.simulator.rules.pairs import DIVISION, FILLER, LACKING, LEVEL, MONTHLY, TONGUE, names_subject, read_pair

_SHAPE = 4
"""Keys from which on empty values are the shape of an answer, not an example of what is missing."""
_DATE_KEYS = ("start_date", "end_date", "date", "year", "from", "to", "start", "end", "expiry")
_STATEMENTS = ("description", "bullets", "achievements")
_LOST = 0.34
"""Share of the words of a text that a whole record may lack: labels, signs and the words between."""


def read_answer(value: Mapping[str, Json], left: str) -> tuple[Item, ...]:
    """What an answer asks for that became of the text `left`; without effect where it keeps all as printed; nothing
    where a value in it or what it lacks is not explained."""
    if left and not _formed(value):
        return ()
    flat = flat_of(value)
    found: dict[Item, None] = {}
    for key, inner in flat:
        items = tuple(_keyed(key, inner, left))
        if not items and left and not _explained(key, inner, left):
            return ()
        found.update(dict.fromkeys(items))
    for entry in objects(dict(value)) if left else ():
        found.update(dict.fromkeys(_levelled(entry, left)))
    if left and not found and not is_filled(dict(value)):
        return ()
    if left and ((not _harmful(found) and _loses(value, left)) or (not found and _leaves(value, left))):
        return ()
    if left:
        lost = {slot for slot, kept, _ in found if kept == "exclude"}
        found.update({item: None for item in _given(value) if item[0] not in lost})
    return tuple(found) or ((("manner", "said", 1),) if left else ())


def read_snippet(text: str) -> tuple[tuple[Item, ...], bool]:
    """What a piece of JSON shows by the values that it is filled with; and whether it is filled at all."""
    value = read_json(text)
    if value is None:
        return (), _prose(text)
    if isinstance(value, dict):
        found = dict.fromkeys(item for key, inner in flat_of(value) for item in _keyed(key, inner, ""))
        return tuple(found), is_filled(value) or len(value) < _SHAPE
    return (), is_filled(value)


def _prose(text: str) -> bool:
    """Whether a block that is no JSON says something: text, or words beside the shape of an answer."""
    if text.count("|") > 1:
        return False
    if not re.match(r"^\W*[{\[<\"]|^\s*[{\[<\"]", text):
        return re.search(r"[^\W\d_]{3}", text) is not None
    beside = re.sub(r"\"[^\"\n]{0,200}\"", " ", text)
    return re.search(r"\b(?:is|are|not|never|right|wrong|instead|becomes?|rather|must|should)\b", beside) is not None


_LISTS = frozenset(
    name
    for keys in (ROLE_KEYS, STUDY_KEYS, PROJECT_KEYS, COURSE_KEYS)
    for name, meaning in keys.items()
    if meaning in ("description", "skills", "technologies", "details")
) | {"skills"}
_KNOWN = _LISTS.union(SECTION_KEYS, PERSON_KEYS, *ENTRY_KEYS.values())


def _formed(value: Mapping[str, Json], *, inside: bool = False) -> bool:
    """Whether an answer has the record's form: its fields and no others, entries as objects, the rest as text."""
    for key, inner in value.items():
        name = snake(key)
        section = not inside and SECTION_KEYS.get(name) not in (None, "skills", "summary")
        if name not in _KNOWN:
            return False
        if isinstance(inner, dict):
            if not section or not _formed(inner, inside=True):
                return False
        elif isinstance(inner, list) and any(isinstance(one, dict) for one in inner):
            if not section or not all(isinstance(one, dict) and _formed(one, inside=True) for one in inner):
                return False
        elif isinstance(inner, list) and inner:
            if name not in _LISTS or not all(isinstance(one, str) for one in inner):
                return False
        elif not isinstance(inner, str | list | None):
            return False
    return True


_GIVEN = {
    "languages": "languages", "language": "languages", "proficiency": "proficiency", "level": "proficiency",
    "training": "training", "projects": "projects", "certifications": "certifications", "summary": "summary",
    "linkedin": "linkedin", "portfolio": "links", "technologies": "technologies", "skills": "skills",
}  # fmt: skip
"""By key: what an answer gives by filling it."""
_NAMED = {
    name: re.compile(rf"(?:^|(?<=\w)[^\w\n]*+\n)\W*+(?:{words})[^\w:\n]*+[:\n]", re.I)
    for name, words in (
        ("languages", "languages?|language skills|sprachen|sprachkenntnisse|langues|idiomas"),
        ("training", "trainings?|courses?|weiterbildung(?:en)?|formations?|formación"),
        ("projects", "projects?|projekte|projets|proyectos"),
        ("certifications", "certificates?|certifications?|zertifikate|certificats|certificados"),
        ("summary", "summary|profile|about me|profil|perfil"),
        ("skills", "(?:key |technical )?skills|kenntnisse|compétences|competencias"),
        ("technologies", "technologies|tools|stack"),
        ("linkedin", "linkedin"),
        ("links", "website|portfolio"),
    )
}
_ADDRESS = {
    "linkedin": re.compile(r"linkedin\.com", re.I),
    "links": re.compile(r"https?://|www\.|git(?:hub|lab)\.com", re.I),
}
"""By what is given: how a text says that it has it, so that an empty field leaves it out."""
_NOTES = re.compile(
    r"\b(?:grades?|note|mention|gpa|honou?rs|thesis|thèse|tesis|distinction|first[- ]class)\b|^\d[:.]\d$", re.I
)


def _given(value: Mapping[str, Json]) -> Iterator[Item]:
    """What an answer gives by being filled, whatever it is filled with."""
    filled = {name: inner for name, inner in flat_of(value) if inner}
    names = {*filled, *(name.lower() for name, inner in value.items() if is_filled(inner))}
    yield from ((f"include.{_GIVEN[name]}", "include", 1) for name in sorted(names) if name in _GIVEN)
    if "degree" in filled:
        if "field" in filled:
            yield ("degree_field", "split", 1)
        elif dict(flat_of(value)).get("field") == "" and names_subject(str(filled["degree"])):
            yield ("degree_field", "together", 1)
    if "location" in filled and names & {"title", "company"}:
        yield ("include.role_location", "include", 1)
    if any(_NOTES.search(str(filled[name])) for name in _STATEMENTS if name in filled):
        yield ("include.education_notes", "include", 1)


def _keyed(name: str, value: Json, left: str) -> Iterator[Item]:
    """What the value of one key of an example's answer shows."""
    if left and LACKING.search(left) and value in (None, "", []):
        yield ("missing", "null" if value is None else "empty", 1)
    elif left and value and name in ("year", "issuer", "expiry") and LACKING.search(left) and str(value) not in left:
        yield ("invention", "estimate", 1)
    elif isinstance(value, str) and FILLER.match(value):
        yield ("missing", "placeholder", 1)
    elif left and name in ("year", "expiry", "date") and isinstance(value, str) and _in(value, left):
        return
    elif name in _DATE_KEYS and isinstance(value, str):
        yield from read_pair(_date_before(name, value, left), value, "dates")
    elif left and value in (None, "", []) and name in _GIVEN:
        if _has(name, left):
            yield (f"include.{_GIVEN[name]}", "exclude", 1)
    elif name in _STATEMENTS and left and value:
        yield from _statements(value, left)
    elif name in ("company", "employer") and isinstance(value, str) and left:
        yield from _company(value, left)
    elif name == "title" and isinstance(value, str) and left:
        yield from _title(value, left)
    elif name == "skills" and isinstance(value, list) and left and len(value) > 1 and _listed(value, left):
        yield from read_pair(left, json.dumps(value, ensure_ascii=False), "skills")


def _has(name: str, left: str) -> bool:
    """Whether a text has what an answer leaves empty: under its heading, by its address, languages by their levels."""
    given = _GIVEN[name]
    if name in ("proficiency", "level"):
        return False  # which of the languages lacks it is told by `_levelled`
    if given in _ADDRESS and _ADDRESS[given].search(left):
        return True
    if given == "languages" and TONGUE.search(left) and LEVEL.search(left):
        return True
    return _NAMED[given].search(left) is not None and not LACKING.search(left)


def _levelled(value: Mapping[str, Json], left: str) -> Iterator[Item]:
    """Whether an answer lacks the level of a language that the text gives it."""
    language, level = str(value.get("language") or ""), value.get("proficiency", value.get("level"))
    behind = left[left.find(language) + len(language) :] if language and language in left else ""
    if level in ("", None) and ("proficiency" in value or "level" in value):
        own = re.match(r"\W{0,4}[^,;|\n)]{0,24}", behind)
        if own and LEVEL.search(own[0]):
            yield ("include.proficiency", "exclude", 1)


def _title(value: str, left: str) -> Iterator[Item]:
    if _in(value, left):
        behind = left[left.find(value) + len(value) :] if value in left else ""
        if re.match(r"[ \t]+(?!at\b|bei\b|chez\b|en\b|in\b|for\b|@)\w", behind):
            return
        yield ("title_wording", "as_printed", 1)
        return
    part = _part_with(left, value)
    yield from (item for item in read_pair(part, value, "title") if item[0].startswith("title"))


def _listed(skills: list[Json], left: str) -> bool:
    """Whether skills are as the text lists them, or in groups."""
    return all(_in(str(one), left) for one in skills) or any(":" in str(one) for one in skills)


def _statements(value: Json, left: str) -> Iterator[Item]:
    """Statements about a role beside the bullets of the text, or the text itself where it has none."""
    bullets = [match[1].strip() for match in re.finditer(r"^\s*[-–*•]\s+(\S.*)$", left, re.M)]
    items = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if not bullets:
        if len(items) > 1 and all(_in(item, left) for item in items) and not _loses({"": list(items)}, left):
            yield from (("bullet_split", "one_each", 1), ("bullet_wording", "verbatim", 1))
        elif not (items and all(_in(item, left) for item in items) and re.search(r"\d|[,|:\n]", left)):
            yield from read_pair(
                left, json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value), "bullets"
            )
    elif isinstance(value, str) and len(bullets) > 1:
        yield ("bullet_split", "merged", 1)
    elif [_words(item) for item in items] == [_words(bullet) for bullet in bullets]:
        yield ("bullet_wording", "verbatim", 1)
        if len(bullets) > 1:
            yield ("bullet_split", "one_each", 1)


def _company(value: str, left: str) -> Iterator[Item]:
    """Whether an employer kept the division that stands behind it in the text."""
    if not _in(value, left):
        return
    whole = _words(value) == _words(left.split(":", 1)[-1]) and re.search(r"[,(|/–]", value)
    if DIVISION.search(value) or whole:
        yield ("company_name", "full", 1)
        return
    behind = left[left.lower().find(value.lower()) + len(value) :] if value.lower() in left.lower() else ""
    follows = re.match(r"[ \t]*[,(/|–-][ \t]*([^,;|)\n]{0,60})", behind)
    if follows and DIVISION.search(follows[1]):
        yield ("company_name", "short", 1)


def _explained(name: str, value: Json, left: str) -> bool:
    """Whether a value for which no rule stands is as the text has it, or need not be in it."""
    if name == "id" or value in (None, "", []):
        return True
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, str) and (not re.search(r"\w", item) or _in(item, left)) for item in items)


def _in(value: str, left: str) -> bool:
    """Whether a text holds a value word for word; a label before it may be written otherwise."""
    return f" {' '.join(_words(value, fold=False))} " in f" {' '.join(_words(left, fold=False))} " or (
        ":" in value and _in(value.split(":", 1)[1], left)
    )


def _words(text: str, *, fold: bool = True) -> list[str]:
    return re.findall(r"\w+", text.lower() if fold else text)


def _harmful(found: Mapping[Item, None]) -> bool:
    return any(value in ("shortened", "short", "exclude", "merged") for _, value, _ in found)


def _loses(value: Mapping[str, Json], left: str) -> bool:
    """Whether an answer that is whole (a list, or a role with its title) lacks much of its text."""
    flat = flat_of(value)
    whole = {"title", "company", "employer"} & {name for name, _ in flat}
    if not whole and not any(isinstance(inner, list) for _, inner in flat):
        return False
    said = set(_words(" ".join(json.dumps(inner, ensure_ascii=False) for _, inner in flat)))
    undated = MONTHLY.sub(" ", left)
    wanted = [word for word in _words(undated.split(":", 1)[-1] if not whole else undated) if not word.isdigit()]
    return bool(wanted) and sum(word not in said for word in wanted) > _LOST * len(wanted)


_BETWEEN = frozenset(
    [
        "since",
        "seit",
        "depuis",
        "desde",
        "bis",
        "until",
        "till",
        "to",
        "from",
        "now",
        "today",
        "heute",
        "present",
        "date",
        "and",
        "und",
        "et",
        "y",
        "of",
        "the",
        "at",
        "in",
        "im",
        "for",
        "on",
        "a",
        "an",
        "à",
        "de",
        "la",
        "le",
        "les",
        "en",
        "el",
        "by",
        "with",
        "no",
        "not",
        "language",
        "languages",
        "skills",
        "skill",
        "sprachen",
        "level",
        "certificate",
        "certificates",
        "certs",
        "degree",
        "project",
        "course",
        "exp",
        "expires",
        "valid",
        "both",
        "missing",
        "given",
        "printed",
        "phone",
    ]
)
"""Words of a text that an answer need not have."""


def _leaves(value: Mapping[str, Json], left: str) -> bool:
    """Whether an answer that shows a field or two lacks a word of a short text: what became of it is not told."""
    flat = flat_of(value)
    if {"title", "company", "employer"} <= {name for name, _ in flat} or any(isinstance(one, list) for _, one in flat):
        return False
    said = set(_words(" ".join(str(inner) for _, inner in flat)))
    rest = _words(_TOKEN.sub(" ", left.split(":", 1)[-1]))
    return any(word not in said and word not in _BETWEEN and not word.isdigit() for word in rest)


_TOKEN = re.compile(
    r"\b(?:jan|feb|fév|fev|mar|mär|apr|avr|abr|ma[iy]|jun|juin|jul|juil|aug|aoû|ago|se[pt]|oct|okt|nov|dec|dez|déc|dic|ene)"
    rf"[^\W\d]{{0,7}}\.?,? (?:de |del )?(?:19|20)\d\d\b|{MONTHLY.pattern}|(?<!\d)(?:19|20)\d\d(?!\d)",
    re.I,
)
"""A date in a line of a CV: a month of any of its languages and a year, or a year."""


def _date_before(name: str, value: str, left: str) -> str:
    """The text that a date of an example's answer comes from."""
    if not left:
        return "heute" if re.fullmatch(r"[A-Za-zé' ]+", value) else "" if re.fullmatch(r"\d{4}", value) else "01/1999"
    ends = name.startswith(("end", "to"))
    dates = [match[0] for match in _TOKEN.finditer(left)]
    if re.search(r"\d", value) and (len(dates) == 2 or (dates and not ends)):
        return dates[-1 if ends else 0]
    halves = re.split(r"\s*(?:[-–—]|\bto\b|\bbis\b)\s*(?=[^\d]|\d{2}[./]|(?:19|20)\d\d)", left, maxsplit=1)
    if len(halves) == 2:
        return halves[1] if ends else halves[0].split(",")[-1]
    return left


def _part_with(left: str, value: str) -> str:
    """The part of a text, between commas and ends of lines, that a value of several words was made of."""
    last = value.split()[-1:]
    return next((part.strip() for part in re.split(r"[\n|;,]", left) if last and last[0] in part), left)
