"""Invented CVs for the scorer's benches: a contract object and the text it could have been read from."""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass
from typing import Any

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FIRST = ("Mara", "Tobias", "Ilse", "Renée", "Joaquín", "Priya", "Owen", "Zofia", "Kenji", "Aoife", "Bruno", "Nadia")
LAST = (
    "Okafor",
    "Lindqvist",
    "Müller",
    "Achterberg",
    "Ferreira",
    "Kowalczyk",
    "Brightwater",
    "Tanaka",
    "Dunmore",
    "Sørensen",
)
COMPANIES = (
    "Harrow Logistics",
    "Blue Kestrel Foods",
    "Meridian Water",
    "Ostrava Glassworks",
    "Pinecrest Hospital",
    "Quill Media",
    "Tern Robotics",
    "Vantage Rail",
    "Wexley Insurance",
    "Yarrow Energy",
    "Alder Retail",
    "Copperfield Bank",
    "Dovetail Homes",
    "Elmbridge Council",
    "Fathom Marine",
    "Garnet Pharma",
    "Hollis Textiles",
    "Ironbark Mining",
    "Juniper Travel",
    "Kite Telecom",
    "Larkspur Learning",
    "Mosaic Games",
    "Northgate Airports",
    "Oriel Optics",
    "Pargeter Paints",
    "Quarry Concrete",
    "Rookery Farms",
    "Saltmarsh Hotels",
    "Thistle Biotech",
    "Umber Motors",
    "Vellum Books",
    "Wharfside Arts",
)
FORMS = ("Ltd", "GmbH", "Inc.", "plc", "S.A.", "LLC")
TITLES = (
    "Senior Software Engineer",
    "Junior Data Analyst",
    "Product Manager",
    "Human Resources Assistant",
    "Operations Manager",
    "Quality Assurance Lead",
    "Marketing Coordinator",
    "Vice President Finance",
    "Senior Nurse",
    "Procurement Officer",
    "Research Scientist",
    "Warehouse Supervisor",
    "Customer Success Manager",
    "Graphic Designer",
    "Accountant",
    "Civil Engineer",
    "Teacher of Mathematics",
    "Sales Representative",
    "Security Architect",
    "Chief Technology Officer",
)
PLACES = (
    "London, UK",
    "Berlin, Germany",
    "Lyon, France",
    "Austin, Texas",
    "Toronto, Canada",
    "Porto, Portugal",
    "Leeds, United Kingdom",
)
SCHOOLS = (
    "University of Brackenridge",
    "Halden Institute of Technology",
    "Saint Orla College",
    "Technische Universität Lenzburg",
    "Escuela Superior de Marbela",
)
DEGREES = (
    "Bachelor of Science",
    "Master of Arts",
    "Bachelor of Engineering",
    "Master of Business Administration",
    "PhD",
)
SUBJECTS = (
    "Computer Science",
    "Economics",
    "Mechanical Engineering",
    "Modern History",
    "Applied Linguistics",
    "Biochemistry",
)
SKILLS = (
    "JavaScript",
    "Python",
    "Kubernetes",
    "PostgreSQL",
    "C++",
    "C#",
    "Java",
    "Microsoft Excel",
    "Project Management",
    "Negotiation",
    "Machine Learning",
    "React",
    "Amazon Web Services",
    "Terraform",
    "Forecasting",
    "Copywriting",
    "Adobe Photoshop",
    "Scrum",
    "Stakeholder Management",
    "Bookkeeping",
    "Welding",
    "Phlebotomy",
    "Lesson Planning",
    "Public Speaking",
    "Node.js",
    ".NET",
    "R",
    "Go",
)
LANGUAGES = ("English", "German", "French", "Spanish", "Polish", "Japanese", "Italian")
LEVELS = ("Native", "Fluent", "B2", "Intermediate", "A2")
CERTIFICATES = (
    "Certified Scrum Professional",
    "Chartered Management Diploma",
    "First Aid at Work",
    "Cloud Practitioner Foundation",
    "Food Hygiene Level 3",
)
COURSES = (
    "Advanced Welding Techniques",
    "Leadership for New Managers",
    "Data Protection Basics",
    "Clinical Documentation Workshop",
)
ISSUERS = ("Institute of Applied Practice", "National Skills Board", "Brightpath Academy", "Royal Society of Makers")
PROJECTS = ("Harbour Lights Map", "Recipe Exchange", "Night Bus Planner", "Open Orchard Census", "Tide Clock")

_DID = (
    "Redesigned",
    "Negotiated",
    "Introduced",
    "Rebuilt",
    "Audited",
    "Coordinated",
    "Automated",
    "Supervised",
    "Documented",
    "Drafted",
    "Consolidated",
    "Piloted",
    "Forecast",
    "Inspected",
    "Taught",
    "Translated",
    "Catalogued",
    "Repaired",
    "Presented",
    "Simplified",
    "Scheduled",
    "Benchmarked",
    "Recruited",
    "Mentored",
    "Photographed",
    "Calibrated",
)
_WHAT = (
    "the overnight picking rota",
    "supplier contracts in four regions",
    "a triage form for walk-in patients",
    "invoice matching",
    "the loyalty card database",
    "weekly safety briefings",
    "a bilingual onboarding guide",
    "the returns desk workflow",
    "drainage surveys along the coastal line",
    "quarterly stock counts",
    "a regression suite for the billing engine",
    "the apprentices' rotation plan",
    "customer interviews about delivery slots",
    "the paint mixing recipes",
    "archive boxes from the merger",
    "fuel cards across the van fleet",
    "a browser plug-in for translators",
    "the blood sample tracking sheet",
    "lesson observations",
    "insurance claims above the excess",
    "sensor readings from the pumps",
    "the volunteers' handbook",
    "press releases for the autumn list",
    "spare part orders",
)
_HOW = (
    "cutting waiting time by {n}%",
    "for {n} colleagues in two buildings",
    "which saved {n} hours a month",
    "and reported the findings to the board",
    "raising first-time fixes from {m} to {n}",
    "within {n} weeks of joining",
    "together with the union representatives",
    "after a fire destroyed the old records",
    "with a budget of {n} thousand euros",
    "so that trainees could work alone sooner",
    "covering {n} sites and {m} contractors",
    "without interrupting the night shift",
)


@dataclass(frozen=True, slots=True)
class Invented:
    """An invented person's CV: the contract object, and a text that prints all of it."""

    cv: dict[str, Any]
    text: str


def invent(seed: int, *, roles: int = 5, bullets: int = 4) -> Invented:
    """The CV of invented person number `seed`; always the same for the same arguments."""
    rng = random.Random(f"{seed}:{roles}:{bullets}")
    first, last = rng.choice(FIRST), rng.choice(LAST)
    handle = f"{first[0].lower()}{seed}x{rng.randrange(100, 999)}"
    companies = rng.sample(COMPANIES, min(roles, len(COMPANIES)))
    skills = rng.sample(SKILLS, 14)
    used: set[str] = set()
    newest = 2024
    work = []
    for index in range(roles):
        start, end = newest - 2 * index - 1, newest - 2 * index
        work.append(
            {
                "id": f"work-{index + 1}",
                "company": f"{companies[index % len(companies)]} {rng.choice(FORMS)}",
                "title": TITLES[(seed * 7 + index * 3) % len(TITLES)],
                "start_date": f"{rng.choice(MONTHS[:6])} {start}",
                "end_date": "Present" if index == 0 else f"{rng.choice(MONTHS[6:])} {end}",
                "location": rng.choice(PLACES),
                "description": [_bullet(rng, used) for _ in range(bullets)],
                "skills": rng.sample(skills, 3) if index % 2 == 0 else [],
            }
        )
    education = [
        {
            "id": f"education-{index + 1}",
            "institution": school,
            "degree": degree,
            "field": subject,
            "start_date": str(newest - 2 * roles - 4 * index - 4),
            "end_date": str(newest - 2 * roles - 4 * index - 1),
            "location": rng.choice(PLACES) if index else "",
            "description": [f"Thesis on {rng.choice(_WHAT)}, graded {rng.randrange(60, 95)} of 100"]
            if index == 0
            else [],
        }
        for index, (school, degree, subject) in enumerate(
            zip(rng.sample(SCHOOLS, 2), rng.sample(DEGREES, 2), rng.sample(SUBJECTS, 2), strict=True)
        )
    ]
    cv = {
        "personal_info": {
            "name": f"{first} {last}",
            "email": f"{handle}@example.com",
            "phone": f"+44 20 7946 0{rng.randrange(100, 999)}",
            "location": rng.choice(PLACES),
            "linkedin": f"linkedin.com/in/{handle}",
            "portfolio": f"https://{handle}.example.com/work" if seed % 2 else "",
            "summary": f"{TITLES[seed % len(TITLES)]} with {rng.randrange(4, 30)} years in regulated trades, who "
            f"{_bullet(rng, used).lower()} and keeps records that others can read.",
        },
        "work_experience": work,
        "education": education,
        "skills": skills,
        "projects": [
            {
                "id": "project-1",
                "name": rng.choice(PROJECTS),
                "date": str(newest - 1),
                "description": [_bullet(rng, used)],
                "technologies": rng.sample(skills, 2),
            }
        ],
        "certifications": [
            {
                "id": f"certificate-{index + 1}",
                "name": name,
                "issuer": issuer,
                "year": str(newest - 3 - index) if index == 0 else "",
                "expiry": "",
            }
            for index, (name, issuer) in enumerate(
                zip(rng.sample(CERTIFICATES, 2), rng.sample(ISSUERS, 2), strict=True)
            )
        ],
        "languages": [
            {"language": language, "proficiency": level}
            for language, level in zip(rng.sample(LANGUAGES, 3), rng.sample(LEVELS, 3), strict=True)
        ],
        "training": [
            {
                "id": "training-1",
                "name": rng.choice(COURSES),
                "provider": rng.choice(ISSUERS),
                "date": f"{rng.choice(MONTHS)} {newest - 2}",
                "details": [_bullet(rng, used)],
            }
        ],
    }
    return Invented(cv, _text(cv, rng))


def _bullet(rng: random.Random, used: set[str]) -> str:
    while True:
        m = rng.randrange(11, 49)
        text = f"{rng.choice(_DID)} {rng.choice(_WHAT)}, {rng.choice(_HOW).format(m=m, n=m + rng.randrange(5, 50))}"
        if text not in used:
            used.add(text)
            return text


def _text(cv: dict[str, Any], rng: random.Random) -> str:
    """The CV as a reader gives it: lines wrapped, bullet glyphs, dates in one of several spellings."""
    glyph = rng.choice(("•", "-", "–", "▪"))
    numeric = rng.random() < 0.3

    def date(text: str) -> str:
        month, _, year = text.partition(" ")
        return f"{MONTHS.index(month) + 1:02d}/{year}" if numeric and month in MONTHS else text

    def wrapped(text: str) -> str:
        return "\n".join(textwrap.wrap(f"{glyph} {text}", 92, break_on_hyphens=False))

    person = cv["personal_info"]
    lines = [
        person["name"].upper(),
        f"{person['location']} | {person['phone']} | {person['email']}",
        person["linkedin"],
        person["portfolio"],
    ]
    lines += ["", "PROFILE", *textwrap.wrap(person["summary"], 92, break_on_hyphens=False), "", "EXPERIENCE"]
    for role in cv["work_experience"]:
        lines.append(f"{role['title']}, {role['company']}, {role['location']}")
        lines.append(f"{date(role['start_date'])} - {date(role['end_date'])}")
        lines += [wrapped(bullet) for bullet in role["description"]]
        if role["skills"]:
            lines.append("Skills: " + ", ".join(role["skills"]))
    lines += ["", "EDUCATION"]
    for study in cv["education"]:
        lines.append(f"{study['degree']} in {study['field']}, {study['institution']} {study['location']}")
        lines.append(f"{date(study['start_date'])} - {date(study['end_date'])}")
        lines += [wrapped(bullet) for bullet in study["description"]]
    lines += ["", "SKILLS", *textwrap.wrap(", ".join(cv["skills"]), 92), "", "PROJECTS"]
    for project in cv["projects"]:
        lines += [f"{project['name']} ({date(project['date'])}), {', '.join(project['technologies'])}"]
        lines += [wrapped(bullet) for bullet in project["description"]]
    lines += [
        "",
        "CERTIFICATES",
        *(f"{one['name']}, {one['issuer']} {date(one['year'])}" for one in cv["certifications"]),
    ]
    lines += [
        "",
        "LANGUAGES",
        *(f"{one['language']} ({one['proficiency']})" for one in cv["languages"]),
        "",
        "TRAINING",
    ]
    for course in cv["training"]:
        lines += [f"{course['name']}, {course['provider']}, {date(course['date'])}", *map(wrapped, course["details"])]
    return "\n".join(line for line in lines) + "\n"
