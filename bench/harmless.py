"""Disturbances that change nothing that matters: the scorer may not report an error."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bench.disturb import Cv, Touched, entries_of, map_texts, reordering, respelling
from bench.invented import MONTHS

# Harmless: other spellings ------------------------------------------------------------------------------------


@respelling("identity")
def _identity(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    return Touched()


def _respell_dates(answer: Cv, change: Callable[[str, str], str]) -> Touched:
    names = ("start_date", "end_date", "date", "year")
    for _, _, entry in entries_of(answer):
        for name in names:
            month, _, year = str(entry.get(name) or "").partition(" ")
            if month in MONTHS and year:
                entry[name] = change(month, year)
    return Touched()


@respelling("dates as 2019-01")
def _iso(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    return _respell_dates(answer, lambda month, year: f"{year}-{MONTHS.index(month) + 1:02d}")


@respelling("dates as 01/2019")
def _slashed(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    return _respell_dates(answer, lambda month, year: f"{MONTHS.index(month) + 1:02d}/{year}")


@respelling("dates in words of another language")
def _german_months(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    names = (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    )
    return _respell_dates(answer, lambda month, year: f"{names[MONTHS.index(month)]} {year}")


@respelling("Present in other words")
def _present(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        if role["end_date"] == "Present":
            role["end_date"] = rng.choice(("Current", "present", "heute", "to date"))
    return Touched()


@respelling("upper case")
def _upper(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for name in ("name", "location", "summary"):
        answer["personal_info"][name] = answer["personal_info"][name].upper()
    for role in answer["work_experience"]:
        role["company"], role["title"] = role["company"].upper(), role["title"].upper()
    return Touched()


@respelling("white space and invisible characters")
def _spaces(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    changed = map_texts(answer, lambda text: "  " + text.replace(" ", " \u00a0\u200b", 1) + "\t")
    answer.update(changed)
    return Touched()


@respelling("typographic quotes and dashes")
def _typography(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    keep = ("id", "email", "linkedin", "portfolio")
    answer.update(map_texts(answer, lambda text: text.replace("'", "’").replace("-", "–"), skip=keep))
    return Touched()


@respelling("bullet glyphs and full stops")
def _glyphs(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        role["description"] = [f"• {bullet}." for bullet in role["description"]]
    return Touched()


@respelling("empty as null")
def _nulls(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for entry in (answer["personal_info"], *(entry for _, _, entry in entries_of(answer))):
        for name, value in entry.items():
            if value in ("", []):
                entry[name] = None
    return Touched()


@respelling("empty as a placeholder")
def _placeholders(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for entry in (answer["personal_info"], *(entry for _, _, entry in entries_of(answer))):
        for name, value in entry.items():
            if value == "":
                entry[name] = rng.choice(("N/A", "unknown", "Not specified", "-"))
    return Touched()


@respelling("phone otherwise grouped")
def _phone_groups(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    digits = re.sub(r"\D", "", answer["personal_info"]["phone"])
    answer["personal_info"]["phone"] = rng.choice(
        (f"+{digits}", f"0{digits[2:4]} {digits[4:8]} {digits[8:]}", f"+44 (0)20-{digits[4:]}")
    )
    return Touched()


@respelling("links with scheme and www")
def _links(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    person = answer["personal_info"]
    person["linkedin"] = "https://www." + person["linkedin"] + "/"
    if person["portfolio"]:
        person["portfolio"] = person["portfolio"].removeprefix("https://") + "/"
    person["email"] = "mailto:" + person["email"].upper()
    return Touched()


@respelling("legal form left out")
def _legal_form(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        role["company"] = role["company"].rsplit(" ", 1)[0]
    return Touched()


@respelling("titles abbreviated")
def _titles(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        for long, short in (
            ("Senior", "Sr."),
            ("Junior", "Jr"),
            ("Manager", "Mgr"),
            ("Human Resources", "HR"),
            ("Quality Assurance", "QA"),
            ("Vice President", "VP"),
            ("Chief Technology Officer", "CTO"),
        ):
            role["title"] = role["title"].replace(long, short)
    return Touched()


@respelling("degrees abbreviated")
def _degrees(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    short = {
        "Bachelor of Science": "B.Sc.",
        "Master of Arts": "MA",
        "Bachelor of Engineering": "BEng",
        "Master of Business Administration": "MBA",
        "PhD": "Doctor of Philosophy",
    }
    for study in answer["education"]:
        study["degree"] = short.get(study["degree"], study["degree"])
    return Touched()


@respelling("degree and field in one")
def _boundary(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for study in answer["education"]:
        study["degree"], study["field"] = f"{study['degree']} in {study['field']}", ""
    return Touched()


@respelling("skills by other names")
def _skill_names(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    other = {
        "JavaScript": "JS",
        "Kubernetes": "K8s",
        "PostgreSQL": "Postgres",
        "C#": "C Sharp",
        "Microsoft Excel": "MS Excel",
        "Machine Learning": "ML",
        "React": "React.js",
        "Amazon Web Services": "AWS",
        "Node.js": "NodeJS",
        ".NET": "dotnet",
        "Go": "Golang",
    }
    answer["skills"] = [other.get(skill, skill) for skill in answer["skills"]]
    return Touched()


@respelling("last name first, with a form of address")
def _last_first(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    first, _, last = answer["personal_info"]["name"].partition(" ")
    answer["personal_info"]["name"] = rng.choice(
        (f"{last.upper()}, {first}", f"Ms {first} {last}", f"{first} {last}, Esq.")
    )
    return Touched()


@respelling("countries by other names")
def _countries(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for one in (answer["personal_info"], *answer["work_experience"], *answer["education"]):
        for old, new in (
            ("United Kingdom", "GB"),
            ("UK", "United Kingdom"),
            ("Germany", "Deutschland"),
            ("Texas", "TX"),
            ("Canada", "Kanada"),
        ):
            if old in (one["location"] or ""):
                one["location"] = one["location"].replace(old, new)
                break
    return Touched()


@respelling("accents lost")
def _accents(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    table = str.maketrans("éíüøäö", "eiuoao")
    answer.update(map_texts(answer, lambda text: text.translate(table)))
    return Touched()


@respelling("full-width letters")
def _full_width(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        role["title"] = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in role["title"])
    return Touched()


@respelling("languages in their own names")
def _own_names(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    own = {
        "German": "Deutsch",
        "French": "Français",
        "Spanish": "Español",
        "Polish": "polski",
        "Japanese": "日本語",
        "Italian": "italiano",
    }
    for one in answer["languages"]:
        one["language"] = own.get(one["language"], one["language"])
    return Touched()


@respelling("line-end hyphens in bullets")
def _hyphens(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    def broken(bullet: str) -> str:
        words = bullet.split(" ")
        at = next((i for i, word in enumerate(words) if word.isalpha() and word.islower() and len(word) > 6), None)
        if at is not None:
            words[at] = words[at][:4] + "-\n" + words[at][4:]
        return " ".join(words)

    for role in answer["work_experience"]:
        role["description"] = [broken(bullet) for bullet in role["description"]]
    return Touched()


@respelling("per cent apart, hyphens apart")
def _percent(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        role["description"] = [
            bullet.replace("%", " %").replace("first-time", "first time") for bullet in role["description"]
        ]
    return Touched()


@respelling("unknown keys")
def _unknown_keys(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    answer["references"] = "on request"
    for role in answer["work_experience"]:
        role["type"] = "full time"
    return Touched()


# Harmless: other order and division -----------------------------------------------------------------------------


@reordering("entries shuffled")
def _shuffle_entries(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for section in ("work_experience", "education", "projects", "certifications", "languages", "training"):
        rng.shuffle(answer[section])
    return Touched()


@reordering("bullets and skills shuffled")
def _shuffle_lists(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    rng.shuffle(answer["skills"])
    for _, _, entry in entries_of(answer):
        for value in entry.values():
            if isinstance(value, list):
                rng.shuffle(value)
    return Touched()


@reordering("bullets split")
def _split(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        if not isinstance(role["description"], list):
            return Touched()
        role["description"] = [part for bullet in role["description"] for part in bullet.split(", ")]
    return Touched()


@reordering("bullets joined")
def _join(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        given = role["description"]
        if not isinstance(given, list):
            return Touched()
        role["description"] = ["; ".join(given[at : at + 2]) for at in range(0, len(given), 2)]
    return Touched()


@reordering("description as one string")
def _one_string(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        if isinstance(role["description"], list):
            role["description"] = "\n".join(role["description"])
    return Touched()


@reordering("new ids")
def _new_ids(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for _, _, entry in entries_of(answer):
        if "id" in entry:
            entry["id"] = f"x{rng.randrange(10**9)}"
    return Touched()
