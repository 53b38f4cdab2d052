"""Relations of content: the CV says one thing more, less or otherwise, and the answer must follow in just that."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

from harness.probes.changes import (
    YEAR,
    Put,
    Swapped,
    WithCopy,
    WithItem,
    Without,
    WithoutItem,
    Years,
    entries,
    map_texts,
    shifted,
    swapped,
    text_of,
)
from harness.probes.places import MARK, Block, Places
from harness.probes.types import Make, Probe, Relation

YEARS_BACK = 4
_EMPLOYERS = ("Merrowdale Industries", "Castellane Partners", "Norhaven Group", "Tamarisk Works")
_SCHOOLS = ("Westermoor University", "Caldbeck Institute of Technology", "Saint Ebba College")
_TITLES = ("Operations Coordinator", "Service Planner", "Quality Adviser", "Procurement Officer")
_DEGREES = ("Diploma", "Master of Arts", "Bachelor of Science")
_SKILLS = ("Workshop facilitation", "Lean budgeting", "Vendor negotiation", "Route planning", "Archive management")
_STATEMENTS = (
    "Drew up a rota for 17 colleagues that halved overtime within one quarter",
    "Moved 3,400 paper files into a shared archive and trained every team in finding them",
    "Cut the time to answer a complaint from nine days to two",
    "Negotiated a service contract that saved 41,000 a year",
    "Set up a weekly stock count that found 260 missing items in its first month",
    "Wrote the handbook that 85 new starters have used since",
    "Chaired the safety committee and closed 52 open findings",
    "Ran a pilot with 12 branches before the change went to all 140",
    "Prepared the figures that the board reviews each Monday",
)
_NUMBER = re.compile(r"(?<![\w.,/-])[1-9]\d{1,2}(?![\w/%-]|[.,]\d)")
"""A number that counts something, not the part of a name, a date or a share."""
_TWO_DIGIT_YEAR = re.compile(r"['’]\d\d(?!\w)|(?<!\d)\d{1,2}[/.]\d\d(?![\d/.])")


def _one(rng: Random, found: list[Probe]) -> list[Probe]:
    return [found[rng.randrange(len(found))]] if found else []


def _fresh(places: Places, bank: tuple[str, ...], rng: Random, many: int = 1) -> list[str]:
    """Values of a bank that the CV has no word of yet."""
    free = [value for value in bank if value.casefold() not in places.text.casefold()]
    return rng.sample(free, many) if len(free) >= many else []


# -- entries ------------------------------------------------------------------------------------------------------


def _removed(section: str) -> Make:
    def make(places: Places, rng: Random) -> list[Probe]:
        if len(entries(places.guide, section)) < 2:
            return []
        found = []
        for block in places.blocks:
            if block.section == section:
                kept = [*places.lines[: block.first], *places.lines[block.last + 1 :]]
                found.append(Probe("\n".join(kept), Without(section, block.entry), said="one entry taken out"))
        return _one(rng, found)

    return make


def _added(section: str) -> Make:
    """A copy of the oldest entry in other words, years earlier, after it: in the style of the CV, whatever that is."""

    def make(places: Places, rng: Random) -> list[Probe]:
        last = len(entries(places.guide, section)) - 1
        found = [made for block in places.blocks if block.section == section and block.index == last
                 for made in _copied(places, block, rng)]  # fmt: skip
        return _one(rng, found)

    return make


def _copied(places: Places, block: Block, rng: Random) -> list[Probe]:
    work = block.section == "work_experience"
    first, second = ("company", "title") if work else ("institution", "degree")
    pairs: list[tuple[str, str]] = []
    for key, bank in ((first, _EMPLOYERS if work else _SCHOOLS), (second, _TITLES if work else _DEGREES)):
        value = text_of(block.entry, key)
        if value:
            new = _fresh(places, bank, rng)
            if not new:
                return []
            pairs.append((value, new[0]))
    said = [one for one in block.entry.get("description") or () if isinstance(one, str)]
    new = _fresh(places, _STATEMENTS, rng, len(said)) if said else []
    if len(new) < len(said) or text_of(block.entry, "end_date") == "Present":
        return []
    pairs += zip(said, new, strict=True)
    pairs.sort(key=lambda pair: -len(pair[0]))
    if any(one != other and one in other for one, _ in pairs for other, _ in pairs):
        return []  # a value within another one: which of them a word belongs to is not certain
    lines = places.lines[block.first : block.last + 1]
    body = "\n".join(lines)
    for pair in pairs:
        body = swapped(body, (pair,))
    for key, start, end in block.dates:
        if not YEAR.search(places.text[start:end]):
            return []  # a year in two digits
        assert key
    body = shifted(body, -YEARS_BACK)
    change = WithCopy(block.section, block.entry, tuple(pairs), -YEARS_BACK)
    made = map_texts(block.entry, lambda text: shifted(swapped(text, tuple(pairs)), -YEARS_BACK))
    text = "\n".join((*places.lines[: block.last + 1], body, *places.lines[block.last + 1 :]))
    return [
        Probe(text, change, said="one entry more, in the style of the oldest", planted=_planted(block.section, made))
    ]


def _planted(section: str, entry: dict[str, object]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for key, value in entry.items():
        if isinstance(value, str) and value and key not in ("id", "location"):
            found.append((f"{section}[].{key}", value))
        elif isinstance(value, list) and key == "description":
            found += [(f"{section}[].{key}[]", one) for one in value if isinstance(one, str)]
    return tuple(found)


# -- statements and skills ----------------------------------------------------------------------------------------


def _statements(places: Places) -> list[tuple[str, int, int]]:
    """Statements of roles with a mark before them that fill their lines: (statement, first line, last line)."""
    found = []
    for role in entries(places.guide, "work_experience"):
        for said in role.get("description") or ():
            place = places.once(said) if isinstance(said, str) and len(said) > 20 else None
            if place is None:
                continue
            first, last = places.line_at(place[0]), places.line_at(place[1] - 1)
            before = places.text[places.starts[first] : place[0]]
            after = places.text[place[1] : places.starts[last] + len(places.lines[last])]
            whole = MARK.fullmatch(before) and not re.search(r"\w", after)
            if whole and (places.ends(last) or MARK.match(places.lines[last + 1])):
                found.append((said, first, last))
    return found


def _bullet_removed(places: Places, rng: Random) -> list[Probe]:
    found = []
    for said, first, last in _statements(places):
        kept = [*places.lines[:first], *places.lines[last + 1 :]]
        found.append(Probe("\n".join(kept), WithoutItem(said), said="one statement taken out"))
    return _one(rng, found)


def _bullet_added(places: Places, rng: Random) -> list[Probe]:
    found = []
    for said, first, _ in _statements(places):
        new = _fresh(places, _STATEMENTS, rng)
        mark = MARK.match(places.lines[first])
        if new and mark:
            lines = [*places.lines[:first], mark[0] + new[0], *places.lines[first:]]
            planted = (("work_experience[].description[]", new[0]),)
            found.append(Probe("\n".join(lines), WithItem(said, new[0]), said="one statement more", planted=planted))
    return _one(rng, found)


def _skill_gaps(places: Places) -> list[tuple[str, str, int, int]]:
    """Two skills beside each other in one line: (skill, skill, end of the first, start of the second)."""
    skills = [one for one in places.guide.get("skills") or () if isinstance(one, str)]
    found = []
    for one, two in pairwise(skills):
        first, second = places.once(one), places.once(two)
        if first is None or second is None or "\n" in places.text[first[0] : second[1]]:
            continue
        if re.fullmatch(r"\s*[,;|·•/]\s+|\s+[|·•]\s*", places.text[first[1] : second[0]]):
            found.append((one, two, first[1], second[0]))
    return found


def _skill_removed(places: Places, rng: Random) -> list[Probe]:
    found = []
    for _, two, end, start in _skill_gaps(places):
        text = places.text[:end] + places.text[start + len(two) :]
        found.append(Probe(text, WithoutItem(two), said="one skill taken out"))
    return _one(rng, found)


def _skill_added(places: Places, rng: Random) -> list[Probe]:
    found = []
    for one, _, end, start in _skill_gaps(places):
        new = _fresh(places, _SKILLS, rng)
        if new:
            gap = places.text[end:start]
            text = places.text[:end] + gap + new[0] + places.text[end:]
            planted = (("skills[]", new[0]),)
            found.append(Probe(text, WithItem(one, new[0]), said="one skill more", planted=planted))
    return _one(rng, found)


# -- single values ------------------------------------------------------------------------------------------------


def _value_changed(key: str, bank: tuple[str, ...]) -> Make:
    def make(places: Places, rng: Random) -> list[Probe]:
        found = []
        for role in entries(places.guide, "work_experience"):
            old, new = text_of(role, key), _fresh(places, bank, rng)
            place = places.once(old)
            if place is None or not new:
                continue
            text = places.text[: place[0]] + new[0] + places.text[place[1] :]
            planted = ((f"work_experience[].{key}", new[0]),)
            found.append(Probe(text, Swapped(((old, new[0]),)), said="one value changed", planted=planted))
        return _one(rng, found)

    return make


def _number_changed(places: Places, rng: Random) -> list[Probe]:
    found = []
    for role in entries(places.guide, "work_experience"):
        for said in role.get("description") or ():
            place = places.once(said) if isinstance(said, str) else None
            for number in _NUMBER.finditer(said) if place else ():
                new = str(int(number[0]) + rng.choice((1, 2, 3, 5)))
                changed = said[: number.start()] + new + said[number.end() :]
                named = re.search(r"\S\s[A-Z][\w.&]*\s$", said[: number.start()])  # as in "Office 365"
                if named or said.count(number[0]) > 1 or place is None:
                    continue
                printed = places.text[slice(*place)]
                text = places.text[: place[0]] + swapped(printed, ((number[0], new),)) + places.text[place[1] :]
                planted = (("work_experience[].description[]", changed),)
                found.append(Probe(text, Swapped(((said, changed),)), said="one number changed", planted=planted))
    return _one(rng, found)


def _date_changed(places: Places, rng: Random) -> list[Probe]:
    """The first year of one role, a year earlier."""
    found = []
    for block in places.blocks:
        for key, start, end in block.dates:
            year = YEAR.search(places.text, start, end)
            old = text_of(block.entry, key)
            if key != "start_date" or year is None or not old.endswith(year[0]):
                continue
            new = old.replace(year[0], str(int(year[0]) - 1))
            text = places.text[: year.start()] + str(int(year[0]) - 1) + places.text[year.end() :]
            change = Put(block.section, block.entry, key, old, new)
            planted = ((f"{block.section}[].{key}", new),)
            found.append(Probe(text, change, said="one date changed", planted=planted))
    return _one(rng, found)


def years_moved(places: Places, by: int) -> Probe | None:
    """All years moved; None where a date is not written with its year in four digits."""
    dates = [text_of(one, key) for section in ("work_experience", "education") for one in entries(places.guide, section)
             for key in ("start_date", "end_date")]  # fmt: skip
    years = {found[0] for date in dates if (found := YEAR.search(date))}
    text = places.text
    if not years or _TWO_DIGIT_YEAR.search(text) or any(year not in text for year in years) or re.search(r"\d年", text):
        return None
    made, at = [], 0
    for start, end in sorted(places.addresses):
        if start >= at:
            made += [shifted(text[at:start], by), text[start:end]]
            at = end
    left = sum(len(re.findall(rf"(?<!\d){year}(?!\d)", text)) for year in years)
    if left > sum(found[0] in years for found in YEAR.finditer(text)) + _within(places, years):
        return None  # a year of a date is written so that it was not told
    return Probe("".join((*made, shifted(text[at:], by))), Years(by), said=f"all years {by:+d}")


def _within(places: Places, years: set[str]) -> int:
    """How many of these years stand in addresses and are no year that stands alone."""
    parts = [places.text[start:end] for start, end in places.addresses]
    raw = sum(len(re.findall(rf"(?<!\d){year}(?!\d)", part)) for part in parts for year in years)
    return raw - sum(found[0] in years for part in parts for found in YEAR.finditer(part))


def _years_shifted(places: Places, _rng: Random) -> list[Probe]:
    made = years_moved(places, -3)
    return [made] if made else []


CONTENT = (
    Relation("role_removed", "content", "one role taken out", _removed("work_experience")),
    Relation("role_added", "content", "one role more", _added("work_experience")),
    Relation("study_removed", "content", "one study taken out", _removed("education")),
    Relation("study_added", "content", "one study more", _added("education")),
    Relation("bullet_removed", "content", "one statement taken out", _bullet_removed),
    Relation("bullet_added", "content", "one statement more", _bullet_added),
    Relation("skill_removed", "content", "one skill taken out", _skill_removed),
    Relation("skill_added", "content", "one skill more", _skill_added),
    Relation("employer_changed", "content", "one employer has another name", _value_changed("company", _EMPLOYERS)),
    Relation("title_changed", "content", "one job title is another", _value_changed("title", _TITLES)),
    Relation("number_changed", "content", "one number in a statement is another", _number_changed),
    Relation("date_changed", "content", "one role begins a year earlier", _date_changed),
    Relation("years_shifted", "content", "all dates three years earlier", _years_shifted),
)
