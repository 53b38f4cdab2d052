"""Content from the banks: a career of a sector, deterministic by document id.

Bullets and summaries are handed out once each, in matrix order, so that no sentence occurs in two people's CVs.
"""

from __future__ import annotations

import random
from functools import cache

from harness.corpus.builder import contacts
from harness.corpus.builder.bank import LEVELS, Bank, bank
from harness.corpus.builder.content import (
    Certificate,
    Content,
    Course,
    Date,
    End,
    Extra,
    Person,
    Project,
    Role,
    SkillGroup,
    Study,
    Tongue,
)
from harness.corpus.builder.plan import Planned, primaries

_NOW = Date(2026, 9)
_IRISH = frozenset({"Cork", "Dublin", "Galway", "Limerick", "Waterford"})
_SPAN = {"junior": (8, 22), "mid": (18, 48), "senior": (26, 66)}
_BULLETS = {
    "junior": ((5, 6), (3, 4)),
    "mid": ((5, 7), (4, 5), (3, 4), (2, 3)),
    "senior": ((6, 7), (4, 6), (3, 5), (2, 4), (2, 3)),
}
"""By level: the least and most bullets of a role, newest first; the last pair holds for all older ones."""
_UNIVERSITIES = (
    "University of Northmere",
    "Ridgeway College",
    "Royal Marsh Academy",
    "Thornleigh University",
    "University of the Western Isles Coast",
    "Camber Institute of Technology",
    "St Oswin's College",
    "Great Fen University",
    "Kilmory University",
    "Harbourside Metropolitan University",
)
_TONGUES = (
    "French",
    "Spanish",
    "German",
    "Polish",
    "Urdu",
    "Welsh",
    "Portuguese",
    "Romanian",
    "Italian",
    "Hindi",
    "Cantonese",
    "Arabic",
)
_LEVELS_OF_TONGUES = ("fluent", "B2", "conversational", "basic", "C1", "intermediate", "A2")
_INTERESTS = (
    "Interests|Fell running, sourdough, and restoring valve radios",
    "References|Available on request",
    "Hobbies|Choir, chess by post, cold-water swimming",
    "Interests|Volunteer lifeguard; plays the tenor horn",
    "Additional information|Full driving licence, own car, willing to relocate",
    "References|References can be supplied at interview.",
)
_NOTES = (
    "First Class Honours",
    "Upper Second Class Honours (2:1)",
    "Distinction",
    "Dissertation on queue lengths in rural bus depots",
    "Graduated with Merit",
    "Thesis: Small errors in large ledgers",
    "Year abroad in Utrecht",
    "GPA 3.7/4.0",
)


@cache
def _sector(sector: str) -> dict[str, Content]:
    used: set[str] = set()
    return {
        planned.id: _compose(planned, place, used)
        for place, planned in enumerate(primaries())
        if planned.roles and planned.sector == sector
    }


def composed(planned: Planned) -> Content:
    """The content of a planned document whose matrix row says how many roles it has."""
    return _sector(planned.sector)[planned.twin_of or planned.id]


def _compose(planned: Planned, place: int, used: set[str]) -> Content:
    rng = random.Random(f"cv:{planned.id}")
    source = bank(planned.sector)
    ladder, summary = _ladder(source, planned, place, used)
    roles = _roles(planned, source, ladder, rng, used)
    first = min((role.start for role in roles if role.start), default=_NOW)
    name = planned.name
    person = Person(
        name=name,
        email=contacts.email(name, rng),
        phone=contacts.phone(planned.locale, (place * 7) % 100),
        location=contacts.city(
            planned.locale, rng.choice([home for _, home in source.employers if home not in _IRISH]), rng
        )
        if rng.random() < 0.9
        else "",
        linkedin=contacts.linkedin(name) if rng.random() < 0.7 or planned.style.contact == "links" else "",
        portfolio=contacts.portfolio(name, rng)
        if rng.random() < (0.5 if planned.sector == "software" else 0.2)
        else "",
        headline=roles[0].titles[0],
    )
    traits = planned.style.traits
    return Content(
        person=person,
        summary=summary,
        roles=roles,
        studies=_studies(planned, source, first, rng),
        skills=_skills(planned, source, rng),
        projects=_projects(source, rng, used),
        certificates=_certificates(source, rng),
        tongues=_tongues(rng),
        courses=_courses(source, rng),
        extras=_extras(rng) if "extras" in traits else (),
    )


def _ladder(source: Bank, planned: Planned, place: int, used: set[str]) -> tuple[int, str]:
    if "no-summary" not in planned.style.traits:
        for level, ladder, text in source.summaries:
            if level == planned.level and text not in used:
                used.add(text)
                return ladder, _local(text, planned)
    return place % len(source.ladders) + 1, ""


def _roles(planned: Planned, source: Bank, ladder: int, rng: random.Random, used: set[str]) -> tuple[Role, ...]:
    steps = source.ladders[ladder - 1]
    top = {"junior": 1, "mid": 2, "senior": 4}[planned.level]
    count = planned.roles
    end: End = "present" if rng.random() < 0.75 else Date(2026, rng.randint(1, 8))
    cursor = _NOW if end == "present" else end
    assert isinstance(cursor, Date)
    offset = rng.randrange(len(source.employers))
    roles: list[Role] = []
    counts, spans = random.Random(f"bullets:{planned.id}"), _BULLETS[planned.level]
    for number in range(count):
        step = max(0, top - number * max(1, round(top / max(1, count - 1)))) if count > 1 else top - 1
        step = 0 if number and number == count - 1 else step
        start = _back(cursor, rng.randint(*_SPAN[planned.level]))
        company, home = source.employers[(offset + number * 4) % len(source.employers)]
        if planned.locale != "uk":
            home = rng.choice(contacts.CITIES[planned.locale].split("|"))
        old = number >= 4
        wanted = counts.randint(*spans[min(number, len(spans) - 1)])
        pool = ("junior", "mid", "mid", "senior", "senior")[step]
        tech: tuple[str, ...] = ()
        if "tech" in planned.style.traits and not old:
            tech = tuple(rng.sample([item for _, items in source.skills for item in items], 3))
        roles.append(
            Role(
                company=company,
                titles=(steps[step],),
                start=start,
                end=end,
                location=home if "no-places" not in planned.style.traits else "",
                bullets=tuple(_local(text, planned) for text in _take(source, pool, ladder, wanted, used)),
                tech=tech,
            )
        )
        cursor = end = _back(start, rng.choice((0, 1, 1, 2)))
    return tuple(roles)


def _take(source: Bank, level: str, ladder: int, wanted: int, used: set[str]) -> list[str]:
    """The next unused bullets of a level: those of the ladder first, then those of none, then the levels around."""
    taken: list[str] = []
    around = sorted(LEVELS, key=lambda other: abs(LEVELS.index(other) - LEVELS.index(level)))
    for fitting in ((ladder, 0), (1, 2, 3, 4, 5)):
        for other in around if fitting[0] != ladder else (level,):
            for owner, text in source.bullets[other]:
                if len(taken) < wanted and owner in fitting and text not in used:
                    used.add(text)
                    taken.append(text)
    if len(taken) < wanted:
        raise ValueError(f"the bank {source.sector!r} has no bullets left: write more")
    return taken


def _studies(planned: Planned, source: Bank, first: Date, rng: random.Random) -> tuple[Study, ...]:
    count = 2 if planned.level != "junior" and rng.random() < 0.4 else 1
    year = first.year - rng.choice((0, 0, 1))
    studies: list[Study] = []
    for degree, field in rng.sample(source.degrees, count):
        length = 1 if degree.startswith(("MSc", "Post", "MBA")) else 3
        begin = Date(year - length) if rng.random() < 0.55 else None
        studies.append(
            Study(
                institution=rng.choice(
                    [name for name in _UNIVERSITIES if name not in {s.institution for s in studies}]
                ),
                degree=degree,
                field=field,
                start=begin,
                end=Date(year),
                location=rng.choice(("", "", "Norwich", "Glasgow")) if planned.locale == "uk" else "",
                notes=(rng.choice(_NOTES),) if rng.random() < 0.4 else (),
            )
        )
        year -= length + rng.choice((0, 2, 5))
    return tuple(studies)


def _skills(planned: Planned, source: Bank, rng: random.Random) -> tuple[SkillGroup, ...]:
    groups = rng.sample(source.skills, rng.randint(2, min(4, len(source.skills))))
    most = 3 if planned.level == "junior" else 5
    return tuple(
        SkillGroup(label, tuple(rng.sample(items, min(len(items), rng.randint(2, most))))) for label, items in groups
    )


def _projects(source: Bank, rng: random.Random, used: set[str]) -> tuple[Project, ...]:
    for name, tech, bullets in source.projects:
        if name not in used and rng.random() < 0.35:
            used.add(name)
            date: End = Date(rng.randint(2019, 2025)) if rng.random() < 0.7 else None
            return (Project(name, date, bullets, tech),)
    return ()


def _certificates(source: Bank, rng: random.Random) -> tuple[Certificate, ...]:
    found = []
    for name, issuer in rng.sample(source.certificates, rng.choice((0, 1, 2, 2, 3))):
        year = rng.randint(2014, 2025)
        found.append(
            Certificate(
                name=name,
                issuer=issuer if rng.random() < 0.75 else "",
                year=Date(year) if rng.random() < 0.8 else None,
                expiry=Date(max(year + 3, 2027)) if rng.random() < 0.2 else None,
            )
        )
    return tuple(found)


def _courses(source: Bank, rng: random.Random) -> tuple[Course, ...]:
    return tuple(
        Course(name, provider, Date(rng.randint(2015, 2026)) if rng.random() < 0.8 else None)
        for name, provider in rng.sample(source.courses, rng.choice((0, 0, 1, 2)))
    )


def _tongues(rng: random.Random) -> tuple[Tongue, ...]:
    count = rng.choice((0, 1, 2, 2, 3))
    others = [Tongue(name, rng.choice(_LEVELS_OF_TONGUES)) for name in rng.sample(_TONGUES, count)]
    return (Tongue("English", rng.choice(("native", "mother tongue", "fluent"))), *others) if count else ()


def _extras(rng: random.Random) -> tuple[Extra, ...]:
    title, text = rng.choice(_INTERESTS).split("|")
    return (Extra(title, (text,)),)


def _local(text: str, planned: Planned) -> str:
    return text.replace("£", contacts.CURRENCY[planned.locale])


def _back(date: Date, months: int) -> Date:
    total = date.year * 12 + date.month - 1 - months
    return Date(total // 12, total % 12 + 1)
