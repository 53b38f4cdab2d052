"""Invented people for synthetic runs: the contract object of each, and the text of a CV that prints it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

FIRST = [
    "Ada",
    "Bruno",
    "Chiara",
    "Dmitri",
    "Elif",
    "Farid",
    "Greta",
    "Hana",
    "Ivo",
    "Jun",
    "Kira",
    "Lars",
    "Mina",
    "Noor",
    "Otto",
    "Pia",
]
LAST = [
    "Aldgate",
    "Brook",
    "Castell",
    "Drummond",
    "Ekholm",
    "Farrow",
    "Gellner",
    "Hartwell",
    "Ibarra",
    "Jansen",
    "Kowal",
    "Lindqvist",
]
TOWNS = ["Leeds", "Porto", "Ghent", "Turku", "Graz", "Malmo", "Lyon", "Krakow", "Bergen", "Cork"]
FIRMS = ["Northwind Supply", "Harbour Logistics", "Alder Clinics", "Quarry Bank", "Meridian Rail", "Tallow Foods"]
TITLES = ["Data Engineer", "Nurse Manager", "Site Lead", "Procurement Analyst", "Tax Adviser", "Lab Technician"]
VERBS = ["Cut", "Raised", "Built", "Led", "Moved", "Wrote", "Planned", "Repaired", "Audited", "Trained"]
THINGS = [
    "stock losses in cold storage",
    "ward handovers",
    "the month-end close",
    "supplier scorecards",
    "a rota for nights",
    "pump maintenance records",
    "the tender archive",
    "customs paperwork",
    "sample tracking",
    "lift inspections",
]
SKILLS = ["SQL", "Python", "Excel", "Triage", "Budgeting", "Welding", "Negotiation", "Power BI", "Kanban", "GDPR"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def person(rng: random.Random, roles: int) -> dict[str, Any]:
    name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    mail = name.lower().replace(" ", ".") + f"{rng.randrange(99)}@example.com"
    work = []
    year = 2025
    for i in range(roles):
        start = year - rng.randint(1, 3)
        work.append(
            {
                "id": f"w{i}",
                "company": rng.choice(FIRMS) + f", {rng.choice(TOWNS)} Division",
                "title": rng.choice(TITLES),
                "start_date": f"{rng.choice(MONTHS)} {start}",
                "end_date": "Present" if i == 0 else f"{rng.choice(MONTHS)} {year}",
                "location": rng.choice(TOWNS),
                "description": [
                    f"{rng.choice(VERBS)} {rng.choice(THINGS)} by {rng.randint(3, 90)} % across "
                    f"{rng.randint(2, 40)} sites in {rng.choice(TOWNS)} (case {rng.randrange(10**6)})"
                    for _ in range(4)
                ],
                "skills": [],
            }
        )
        year = start
    return {
        "personal_info": {
            "name": name,
            "email": mail,
            "phone": f"+44 20 7946 0{rng.randint(100, 999)}",
            "location": rng.choice(TOWNS),
            "linkedin": "",
            "portfolio": "",
            "summary": f"{rng.choice(TITLES)} with {rng.randint(3, 30)} years in {rng.choice(TOWNS)}.",
        },
        "work_experience": work,
        "education": [
            {
                "id": "e0",
                "institution": f"University of {rng.choice(TOWNS)}",
                "degree": "BSc",
                "field": rng.choice(["Physics", "Nursing", "Law", "Economics"]),
                "start_date": "2004",
                "end_date": "2008",
                "location": "",
                "description": [],
            }
        ],
        "skills": rng.sample(SKILLS, 6),
        "projects": [],
        "certifications": [{"id": "c0", "name": "First Aid", "issuer": "Red Cross", "year": "2019", "expiry": ""}],
        "languages": [{"language": "English", "proficiency": "Native"}, {"language": "Polish", "proficiency": "B2"}],
        "training": [],
    }


def leaves(cv: Any, path: str = "") -> list[tuple[str, str]]:
    """(field, path) of all non-empty string leaves but ids."""
    found: list[tuple[str, str]] = []
    if isinstance(cv, dict):
        for key, value in cv.items():
            if key != "id":
                found += leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(cv, list):
        for i, value in enumerate(cv):
            found += leaves(value, f"{path}[{i}]")
    elif cv:
        field = "".join("[]" if part.endswith("]") else part for part in _parts(path))
        found.append((field, path))
    return found


def _parts(path: str) -> list[str]:
    import re

    return re.findall(r"\[\d+\]|[^\[]+", path)


def at(cv: Any, path: str) -> Any:
    import re

    for part in re.findall(r"\[(\d+)\]|([^.\[\]]+)", path):
        cv = cv[int(part[0])] if part[0] else cv[part[1]]
    return cv


def put(cv: Any, path: str, value: Any) -> None:
    head, _, last = path.rpartition(".")
    if path.endswith("]"):
        inner, _, index = path.rpartition("[")
        at(cv, inner)[int(index[:-1])] = value
    else:
        (at(cv, head) if head else cv)[last] = value


def text_of(cv: Mapping[str, Any]) -> str:
    info = cv["personal_info"]
    lines = [info["name"], f"{info['location']} · {info['phone']} · {info['email']}", "", info["summary"], "", "Work"]
    for role in cv["work_experience"]:
        lines.append(f"{role['title']}, {role['company']}, {role['location']}")
        lines.append(f"{role['start_date']} – {role['end_date']}")
        lines += [f"• {b}" for b in role["description"]] + [""]
    lines.append("Education")
    for study in cv["education"]:
        lines.append(
            f"{study['degree']} {study['field']}, {study['institution']}, {study['start_date']}–{study['end_date']}"
        )
    lines += ["", "Skills", ", ".join(cv["skills"]), "", "Certificates"]
    lines += [f"{c['name']}, {c['issuer']}, {c['year']}" for c in cv["certifications"]]
    lines += ["", "Languages"] + [f"{x['language']} ({x['proficiency']})" for x in cv["languages"]]
    return "\n".join(lines) + "\n"
