"""A part of a value exchanged: the legal form of an employer, a title at a name, a letter; and what looks like it and
says the same. The CV's text has it as the golden, or, of the harmless ones, as the answer."""

from __future__ import annotations

import random
import re

from bench.corpus_kinds import Case, Make, fresh, kind
from bench.corpus_people import Person
from bench.disturb import BAD, CLOSE_OR_BAD, Touched

_FORMS = (
    ("GmbH", "AG", "KG"), ("Ltd", "PLC", "LLP"), ("Limited", "plc", "LLC"), ("Inc.", "LLC", "Corp."),
    ("SARL", "SA", "S.A.S."), ("S.r.l.", "S.p.A.", "SpA"), ("S.L.", "S.A.", "SA"), ("Lda", "S.A.", "SA"),
    ("Sp. z o.o.", "S.A.", "SA"), ("B.V.", "N.V.", "NV"), ("AB", "AG", "Oy"), ("ApS", "A/S", "AB"),
    ("GmbH & Co. KG", "AG", "OHG"), ("s.r.o.", "a.s.", "AG"), ("Pty Ltd", "Inc.", "LLC"), ("UG", "GmbH", "AG"),
)  # fmt: skip
"""A form, and two others."""
_SPELT = (
    ("GmbH", "G.m.b.H."), ("Ltd", "Limited"), ("Limited", "Ltd."), ("Inc.", "Incorporated"), ("Corp.", "Corporation"),
    ("plc", "P.L.C."), ("SARL", "S.A.R.L."), ("S.A.", "SA"), ("S.r.l.", "SRL"), ("S.p.A.", "SpA"), ("S.L.", "SL"),
    ("B.V.", "BV"), ("GmbH & Co. KG", "GmbH & Co KG"), ("LLC", "L.L.C."), ("Lda", "Lda."), ("A/S", "AS"),
)  # fmt: skip
_TITLES = {
    "Dr. {}": r"d(?:r|ra|octo|okto|ott|out)|ph\.?d|m\.?d\b|doct", "{}, PhD": r"d(?:r|ra|octo|okto|ott|out)|ph\.?d|doct",
    "{}, Ph.D.": r"d(?:r|ra|octo|okto|ott|out)|ph\.?d|doct", "Prof. {}": r"prof", "Dipl.-Ing. {}": r"dipl|ing",
    "Prof. Dr. {}": r"prof", "Ing. {}": r"ing", "Dott. {}": r"dott|laurea|dr", "Sir {}": r"sir\b",
    "{}, MBA": r"mba|m b a|masters? (?:of|in) business", "{}, M.Sc.": r"m\.? ?sc?\b|master", "{}, MD": r"m\.?d\b|d",
    "{}, CPA": r"cpa", "{}, CFA": r"cfa", "{} PMP": r"pmp", "{}, RN": r"rn\b",
}  # fmt: skip
"""Titles, and what a text says that may give them to its person (at the beginning of a word)."""
_SKILLS = (
    "Horticulture", "Wastewater treatment", "Archaeology", "Palaeography", "Letterpress printing", "Buchhaltung",
    "Lohnabrechnung", "comptabilité", "contabilidad", "ragioneria", "contabilità", "księgowość", "boekhouding",
)  # fmt: skip


def _at_employer(forms: tuple[tuple[str, ...], ...], *, harmful: bool) -> Make:
    """An employer with a legal form in text and golden, and another one, or another spelling, in the answer."""

    def make(person: Person, rng: random.Random) -> Case | None:
        case = fresh(person)
        at = rng.randrange(len(case.golden["work_experience"]))
        name = re.split(r"[,(–|]| - ", case.golden["work_experience"][at]["company"])[0].strip()
        here, *others = rng.choice(forms)
        other = rng.choice(others)
        if not re.fullmatch(r"[^\W\d_][\w ]{3,}", name) or re.search(r"\b[A-Z]{2,4}$|\w\.", name):
            return None  # a form of its own, perhaps
        case.golden["work_experience"][at]["company"] = f"{name} {here}"
        case.answer["work_experience"][at]["company"] = f"{name} {other}".strip()
        case.text += f"{name} {here}\n"
        if harmful:
            case.expected = Touched({f"work_experience[{at}].company": BAD}, hallucinated={f"{name} {other}"})
        return case

    return make


kind("employer of another legal form", harmful=True)(_at_employer(_FORMS, harmful=True))
kind("harmless: a legal form in another spelling", harmful=False)(_at_employer(_SPELT, harmful=False))
kind("harmless: a legal form left out", harmful=False)(
    _at_employer(tuple((form, "") for form, *_ in _FORMS), harmful=False)
)


@kind("a title or degree put to the name", harmful=True)
def _title_put_in(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    name = case.golden["personal_info"]["name"]
    free = [one for one, told in _TITLES.items() if not re.search(rf"\b(?:{told})", case.text, re.IGNORECASE)]
    if not re.fullmatch(r"[^\W\d_]+ [^\W\d_]+", name) or not free or name not in case.text:
        return None
    titled = case.answer["personal_info"]["name"] = rng.choice(free).format(name)
    case.expected = Touched({"personal_info.name": BAD}, hallucinated={titled})
    return case


@kind("harmless: a title that the CV prints, given or left out", harmful=False)
def _title_printed(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    name = case.golden["personal_info"]["name"]
    if not re.fullmatch(r"[^\W\d_]+ [^\W\d_]+", name):
        return None
    titled = rng.choice(tuple(_TITLES)).format(name)
    case.text = case.text.replace(name, titled) if name in case.text else f"{titled}\n{case.text}"
    side = rng.choice((case.golden, case.answer))
    side["personal_info"]["name"] = titled
    return case


def _slipped(text: str, rng: random.Random) -> str | None:
    """A long word's inner letter left out, put twice, exchanged with the next, or another one in its place."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) >= 6]
    if not words:
        return None
    word = rng.choice(words)
    at = rng.randrange(2, len(word) - 2)
    one, two = word[at], word[at + 1]
    ways = [word[:at] + word[at + 1 :], word[:at] + one + word[at:], word[:at] + "q" + word[at + 1 :]]
    if one != two:
        ways.append(word[:at] + two + one + word[at + 2 :])
    return text.replace(word, rng.choice(ways), 1)


@kind("a letter exchanged in a skill", harmful=True)
def _skill_slip(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    skill = rng.choice(_SKILLS)
    slipped = _slipped(skill, rng)
    at = len(case.golden["skills"])
    if slipped is None:
        return None
    case.golden["skills"].append(skill)
    case.answer["skills"].append(slipped)
    case.text += f"{skill}\n"
    case.expected = Touched({f"skills[{at}]": BAD}, hallucinated={slipped})
    return case


@kind("harmless: a skill misspelt in the text, as the answer has it", harmful=False)
def _skill_misspelt(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    skill = rng.choice(_SKILLS)
    slipped = _slipped(skill, rng)
    if slipped is None:
        return None
    case.golden["skills"].append(skill)
    case.answer["skills"].append(slipped)
    case.text += f"{slipped}\n"
    return case


def _letter(section: str, name: str) -> Make:
    def make(person: Person, rng: random.Random) -> Case | None:
        case = fresh(person)
        if not case.golden[section]:
            return None
        at = rng.randrange(len(case.golden[section]))
        slipped = _slipped(case.golden[section][at][name], rng)
        if slipped is None:
            return None
        case.answer[section][at][name] = slipped
        case.expected = Touched({f"{section}[{at}].{name}": CLOSE_OR_BAD})
        return case

    return make


kind("a letter exchanged in an employer", harmful=True)(_letter("work_experience", "company"))
kind("a letter exchanged in a job title", harmful=True)(_letter("work_experience", "title"))
kind("a letter exchanged in a school", harmful=True)(_letter("education", "institution"))
