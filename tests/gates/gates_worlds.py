"""Invented people with CVs, answers with a little independent noise, and ways to harm them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache

from harness.base.types import Failure, Json
from harness.contract.read import read
from harness.contract.types import Reading
from harness.corpus.types import Document
from harness.gates.types import Case
from harness.models.types import Usage
from harness.replay.types import Arm, Manifest, Record
from harness.scoring.score import score

FIRST = ("Ada", "Ben", "Cleo", "Dev", "Elin", "Finn", "Gita", "Hugo", "Iris", "Jon", "Kaya", "Luis")
LAST = ("Abbot", "Brandt", "Cole", "Dietz", "Ekwall", "Frost", "Garnier", "Holt", "Ivers", "Jansen", "Kerr", "Lund")
PLACES = ("Leeds", "York", "Bath", "Derby", "Truro", "Ely", "Wells", "Ripon")
FIRMS = ("Northfield", "Harbour", "Bluestone", "Kestrel", "Oakridge", "Silverline", "Tamar", "Westmark", "Zephyr")
KINDS = ("Logistics", "Foods", "Energy", "Textiles", "Optics", "Rail", "Dairy", "Robotics")
DIVISIONS = ("Cold Chain", "Retail", "Field Service", "Research", "Export", "Procurement")
TITLES = ("Planner", "Buyer", "Analyst", "Engineer", "Team Leader", "Auditor", "Coordinator", "Designer")
VERBS = ("Rebuilt", "Negotiated", "Trained", "Mapped", "Shortened", "Audited", "Launched", "Migrated", "Repaired")
THINGS = ("the depot roster", "supplier contracts", "new starters", "the order flow", "delivery times",
          "safety records", "a returns desk", "the stock ledger", "conveyor drives")  # fmt: skip
SKILLS = ("Python", "SQL", "Excel", "SAP", "Kanban", "Tableau", "Docker", "Terraform", "Git", "Linux", "CAD", "Lean")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LANGUAGES = (("German", "Fluent"), ("French", "Basic"), ("Welsh", "Native"))

Answer = Json | Failure
Harm = Callable[[Json, random.Random], Answer | str]
"""Changes an answer in place or gives another; a string is raw text, read as the pipeline would."""


@cache
def person(number: int) -> Json:
    """One invented CV, always the same. Every fifth has Java, every third certificates, every third languages."""
    rng = random.Random(f"person {number}")
    name = f"{FIRST[number % 12]} {LAST[(number * 5 + number // 12) % 12]}"
    handle = name.lower().replace(" ", ".") + str(number)
    year = 2024
    roles = []
    for place in range(3 + number % 3 if number % 20 else 9):
        start = year - rng.randint(1, 2)
        roles.append(
            {
                "id": f"w{place}",
                "company": f"{rng.choice(FIRMS)} {rng.choice(KINDS)} {rng.choice(DIVISIONS)} Unit {number}{place}",
                "title": f"{rng.choice(('Senior', 'Junior', 'Lead'))} {rng.choice(TITLES)}",
                "start_date": f"{rng.choice(MONTHS)} {start}",
                "end_date": "Present" if place == 0 else f"{rng.choice(MONTHS)} {year}",
                "location": rng.choice(PLACES),
                "description": [
                    f"{rng.choice(VERBS)} {rng.choice(THINGS)} for team {number}{place}{item}: {rng.randint(3, 89)}"
                    for item in range(4)
                ],
                "skills": [],
            }
        )
        year = start
    skills = rng.sample(SKILLS, 6) + (["Java"] if number % 5 == 0 else [])
    return {
        "personal_info": {
            "name": name,
            "email": f"{handle}@example.com",
            "phone": f"+44 20 7946 {number:04d}",
            "location": rng.choice(PLACES),
            "linkedin": f"linkedin.com/in/{handle.replace('.', '-')}",
            "portfolio": "",
            "summary": f"{TITLES[number % 8]}, {rng.randint(3, 20)} years in {rng.choice(KINDS).lower()} ({number}).",
        },
        "work_experience": roles,
        "education": [
            {
                "id": "e0",
                "institution": f"{rng.choice(PLACES)} University",
                "degree": rng.choice(("BSc", "MSc", "BA")),
                "field": rng.choice(("Physics", "Economics", "History")),
                "start_date": f"{year - 5}",
                "end_date": f"{year - 2}",
                "location": "",
                "description": [],
            }
        ],
        "skills": skills,
        "projects": [],
        "certifications": (
            [{"id": "c0", "name": f"Prince2 Level {number}", "issuer": "Axelos", "year": f"{year - 1}", "expiry": ""}]
            if number % 3 == 0
            else []
        ),
        "languages": (
            [{"language": language, "proficiency": level} for language, level in LANGUAGES[: 1 + number % 3]]
            if number % 3 == 1
            else []
        ),
        "training": (
            [{"id": "t0", "name": f"First Aid Course {number}", "provider": "Red Cross", "date": "2019", "details": []}]
            if number % 3 == 2
            else []
        ),
    }


@cache
def text_of(number: int) -> str:
    """The CV as printed: every value of it on a line."""
    return "\n".join(_lines(person(number)))


def _lines(value: Json) -> Iterable[str]:
    match value:
        case dict():
            for key, item in value.items():
                if key != "id":
                    yield from _lines(item)
        case list():
            for item in value:
                yield from _lines(item)
        case _:
            if value:
                yield str(value)


def answer_of(number: int, rng: random.Random, noise: float = 1.0) -> Json:
    """The CV with a little noise: a bullet or a skill missing now and then, a location dropped."""
    answer = copy.deepcopy(person(number))
    for role in answer["work_experience"]:
        if rng.random() < 0.08 * noise:
            role["description"].pop(rng.randrange(len(role["description"])))
        if rng.random() < 0.05 * noise:
            role["location"] = ""
    if rng.random() < 0.3 * noise:
        answer["skills"].pop(rng.randrange(min(6, len(answer["skills"]))))
    if rng.random() < 0.1 * noise:
        answer["personal_info"]["linkedin"] = ""
    return answer


def document(number: int, split: str = "gate", media: str = "application/pdf") -> Document:
    return Document(f"cv-{number:03}", f"cvs/cv-{number:03}", media, "0" * 64, f"person-{number:03}", split)  # type: ignore[arg-type]


@cache
def _plain_case(arm: str, number: int, draw: int, seed: int, noise: float) -> Case:
    rng = random.Random(f"{arm} {number} {draw} {seed}")
    return make_case(arm, number, draw, answer_of(number, rng, noise), rng)


def make_case(
    arm: str,
    number: int,
    draw: int,
    answer: Answer | str,
    rng: random.Random,
    *,
    tokens: float = 1.0,
    latency: float = 1.0,
    source: str = "declared",
    media: str = "application/pdf",
    goldens: bool = True,
) -> Case:
    reading = (
        read(answer) if isinstance(answer, str) else read(json.dumps(answer)) if isinstance(answer, dict) else None
    )
    value = reading.value if reading is not None else answer
    readings: tuple[Reading, ...] = (reading,) if reading is not None else ()
    scored = score(value, person(number) if goldens else None, text_of(number))
    size = 1 + (number % 7) / 5
    used = Usage(int(1500 * size * tokens), 0, 0, int(900 * size * tokens * rng.uniform(0.95, 1.05)))
    record = Record(
        document_id=f"cv-{number:03}",
        arm=arm,
        draw=draw,
        answer=value,
        state="completed",
        readings=readings,
        phases=(),
        notes=(),
        text_sha256=f"{number:064d}",
        latency_ms=6000 * size * latency * rng.lognormvariate(0, 0.2),
        queue_ms=0.0,
        retry_ms=0.0,
        source=source,  # type: ignore[arg-type]
        usage=used,
        usage_known=True,
        cost=Decimal(used.total) / Decimal(100_000),
        calls=1,
        attempts=1,
        snapshot="m-1",
    )
    return Case(document(number, media=media), record, scored)


def world(
    people: int = 60,
    draws: int = 3,
    harm: Harm | None = None,
    *,
    hit: Callable[[int], bool] = lambda number: True,
    seed: int = 1,
    noise: float = 1.0,
    tokens: float = 1.0,
    latency: float = 1.0,
    arms: tuple[str, ...] = ("baseline", "candidate"),
    media: Mapping[int, str] | None = None,
) -> list[Case]:
    """All cases of a run, the candidate harmed on the people that `hit` names."""
    cases = []
    for number in range(people):
        for arm in arms:
            for draw in range(draws):
                changed = arm == "candidate" and (tokens != 1 or latency != 1 or (harm is not None and hit(number)))
                if not changed and media is None:
                    cases.append(_plain_case(arm, number, draw, seed, noise))
                    continue
                rng = random.Random(f"{arm} {number} {draw} {seed}")
                answer: Answer | str = answer_of(number, rng, noise)
                if changed and harm is not None and hit(number):
                    found = harm(answer, random.Random(f"harm {number} {draw}"))
                    answer = answer if found is None else found
                more = {"tokens": tokens, "latency": latency} if arm == "candidate" else {}
                kind = (media or {}).get(number, "application/pdf")
                cases.append(make_case(arm, number, draw, answer, rng, media=kind, **more))
    return cases


def manifest(
    arms: tuple[str, ...] = ("baseline", "candidate"), draws: int = 3, origin: str = "declared", **more: Json
) -> Manifest:
    given = {
        "run_id": "run-1",
        "started": "2026-11-01T00:00:00Z",
        "finished": "2026-11-01T00:01:00Z",
        "status": "complete",
        "arms": tuple(
            Arm(arm, "legacy" if arm == "legacy" else "declared", None, "m", origin, range(draws)) for arm in arms
        ),
        "documents": {},
        "selection": {"split": "gate"},
        "contract": "contract",
        "scorer": "1",
        "prices": "prices",
        "seed": 1,
        "commit": "abc",
        "dirty": False,
        "packages": {},
        "command": (),
        "harness": "0.1.0",
        "concurrency": 4,
    }
    return Manifest(**(given | more))
