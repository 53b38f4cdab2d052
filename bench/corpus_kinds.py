"""Disturbances of the corpus's people: statements turned round in ten languages, made-up values, and their harmless
twins. What each expects is written down before anything is scored."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.corpus_people import LANGUAGES, Person, plain_copy
from bench.disturb import BAD, CLOSE, CLOSE_OR_BAD, MADE_UP, Cv, Touched
from harness.values.data import table
from harness.values.dates import parse_date

MADE_UP_OR_BAD = MADE_UP | BAD


@dataclass(slots=True)
class Case:
    """What is scored, and what is expected of it."""

    golden: Cv
    answer: Cv
    text: str
    expected: Touched = field(default_factory=Touched)


Make = Callable[[Person, random.Random], "Case | None"]


@dataclass(frozen=True, slots=True)
class CorpusKind:
    """One way to disturb; make gives None where it does not apply to a person."""

    name: str
    harmful: bool
    make: Make


CORPUS_KINDS: dict[str, CorpusKind] = {}


def kind(name: str, *, harmful: bool) -> Callable[[Make], Make]:
    def register(make: Make) -> Make:
        CORPUS_KINDS[name] = CorpusKind(name, harmful, make)
        return make

    return register


def fresh(person: Person) -> Case:
    golden, answer = plain_copy(person)
    return Case(golden, answer, person.text)


# Statements turned round ------------------------------------------------------------------------------------------

_TURNS = ("direction", "number", "unit", "seniority", "quantity", "negation", "currency", "magnitude", "word")


def _turning(turn: str, language: str) -> Make:
    def make(person: Person, rng: random.Random) -> Case | None:
        ways = [one for one in person.turned if one.kind == turn] if person.language == language else []
        if not ways:
            return None
        way, case = rng.choice(ways), fresh(person)
        case.answer["work_experience"][way.role]["description"][way.bullet] = way.after
        case.expected = Touched({way.path: BAD}, hallucinated={way.after})
        return case

    return make


for _language in LANGUAGES:
    for _turn in _TURNS:
        if _turn not in ("word", "seniority") or _language not in ("ja", "zh"):
            kind(f"statement turned, {_turn} ({_language})", harmful=True)(_turning(_turn, _language))


def _some_statement(person: Person, rng: random.Random) -> tuple[int, int, str]:
    way = rng.choice(person.turned)
    return way.role, way.bullet, way.before


@kind("a content word added to a statement", harmful=True)
def _word_added(person: Person, rng: random.Random) -> Case | None:
    role, at, text = _some_statement(person, rng)
    if " " not in text:
        return None
    case = fresh(person)
    first, _, rest = text.partition(" ")
    changed = f"{first} zeitgemvolle {rest}"
    case.answer["work_experience"][role]["description"][at] = changed
    case.expected = Touched({f"work_experience[{role}].description[{at}]": CLOSE_OR_BAD}, hallucinated={changed})
    return case


@kind("a name put into a statement", harmful=True)
def _name_put_in(person: Person, rng: random.Random) -> Case | None:
    role, at, text = _some_statement(person, rng)
    words = text.split(" ")
    if len(words) < 5:
        return None
    case = fresh(person)
    words[-1] = "Vexmoor"
    changed = " ".join(words)
    case.answer["work_experience"][role]["description"][at] = changed
    case.expected = Touched({f"work_experience[{role}].description[{at}]": BAD}, hallucinated={changed})
    return case


@kind("a power flattened (10⁶, 106)", harmful=True)
def _power(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    power = rng.choice("⁵⁶⁷⁹")
    planted = f"Handled 10{power} rows a day for {rng.choice(('depots', 'clinics', 'schools'))}"
    flat = planted.replace(power, {"⁵": "5", "⁶": "6", "⁷": "7", "⁹": "9"}[power])
    at = len(case.golden["work_experience"][0]["description"])
    case.golden["work_experience"][0]["description"].append(planted)
    case.answer["work_experience"][0]["description"].append(flat)
    case.text += f"- {planted}\n"
    case.expected = Touched({f"work_experience[0].description[{at}]": BAD}, hallucinated={flat})
    return case


# Made-up contact data ---------------------------------------------------------------------------------------------


def _contact(name: str, value: Callable[[Person, random.Random], str | None], *, empty: bool) -> Make:
    """A made-up value of one field; empty: where the CV prints none, else in place of the printed one."""

    def make(person: Person, rng: random.Random) -> Case | None:
        case = fresh(person)
        printed = case.golden["personal_info"][name]
        made_up = value(person, rng)
        if made_up is None or (not printed and not empty):
            return None
        if empty and printed:
            case.golden["personal_info"][name] = ""
            case.text = case.text.replace(f"{printed}\n", "")
        case.answer["personal_info"][name] = made_up
        path = f"personal_info.{name}"
        case.expected = (
            Touched(answer={(path, made_up): MADE_UP}, hallucinated={made_up})
            if empty
            else Touched({path: BAD}, hallucinated={made_up})
        )
        return case

    return make


def _digits_of_dates(person: Person, rng: random.Random) -> str | None:
    years = re.findall(r"(?:19|20)\d\d", person.text)
    if len(years) < 3:
        return None
    one, two, three = rng.sample(years, 3)
    digits = one + two + three
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:10]}"


def _name_words(person: Person) -> list[str]:
    return re.findall(r"[a-z]+", person.cv["personal_info"]["name"].lower())


def _from_name(person: Person, rng: random.Random) -> str | None:
    words = _name_words(person)
    return None if len(words) < 2 else f"linkedin.com/in/{rng.choice(('-', '')).join(words)}"


def _mail_from_name(person: Person, rng: random.Random) -> str | None:
    words = _name_words(person)
    return None if len(words) < 2 else f"{words[0]}.{words[-1]}@{rng.choice(('gmail', 'outlook'))}.com"


def _random_phone(person: Person, rng: random.Random) -> str:
    return f"+44 7{rng.randrange(100, 999)} {rng.randrange(100, 999)} {rng.randrange(100, 999)}"


def _part_of_mail(person: Person, rng: random.Random) -> str | None:
    mail = person.cv["personal_info"]["email"]
    return mail[rng.randrange(1, 3) :] if len(mail.partition("@")[0]) > 4 else None


def _other_country(person: Person, rng: random.Random) -> str | None:
    phone = person.cv["personal_info"]["phone"]
    return re.sub(r"^\+\d\d", "+99", phone) if re.match(r"\+\d\d ", phone) else None


def _company_page(person: Person, rng: random.Random) -> str | None:
    address = person.cv["personal_info"]["linkedin"]
    return address.replace("/in/", "/company/") if "/in/" in address else None


def _other_host(person: Person, rng: random.Random) -> str | None:
    address = person.cv["personal_info"]["linkedin"]
    return f"github.com/{address.rsplit('/in/', 1)[1]}" if "/in/" in address else None


for _name, _field, _value, _empty in (
    ("phone made of dates", "phone", _digits_of_dates, True),
    ("phone at random", "phone", _random_phone, True),
    ("phone at random in place of the printed one", "phone", _random_phone, False),
    ("phone of another country than printed", "phone", _other_country, False),
    ("e-mail made of the name", "email", _mail_from_name, True),
    ("e-mail that is a part of the printed one", "email", _part_of_mail, False),
    ("LinkedIn address made of the name", "linkedin", _from_name, True),
    ("LinkedIn address of a company", "linkedin", _company_page, False),
    ("LinkedIn name on another site", "linkedin", _other_host, False),
):
    kind(_name, harmful=True)(_contact(_field, _value, empty=_empty))


@kind("phone spliced from two printed ones", harmful=True)
def _spliced(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    printed = case.golden["personal_info"]["phone"]
    one, two = (f"0{rng.randrange(20, 99)} {rng.randrange(1000, 9999)} {rng.randrange(1000, 9999)}" for _ in range(2))
    if not printed:
        return None
    case.golden["personal_info"]["phone"] = f"{one} / {two}"
    case.text = case.text.replace(printed, f"{one} / {two}")
    spliced = f"{one[-4:]} {two}"
    case.answer["personal_info"]["phone"] = spliced
    case.expected = Touched({"personal_info.phone": BAD}, hallucinated={spliced})
    return case


@kind("page of another user of the same site", harmful=True)
def _other_user(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    site = rng.choice(("github.com/{}", "scholar.google.com/citations?user={}", "orcid.org/{}", "behance.net/{}"))
    one, two = (site.format("".join(rng.choices("abcdefghkmnprstuvwxyz0123456789", k=9))) for _ in range(2))
    case.golden["personal_info"]["portfolio"], case.answer["personal_info"]["portfolio"] = one, two
    case.text += f"{one}\n"
    case.expected = Touched({"personal_info.portfolio": BAD}, hallucinated={two})
    return case


# Made-up names that stand inside or across words -----------------------------------------------------------------


def _inside(person: Person, rng: random.Random) -> str | None:
    inner = [word[2:-2] for word in re.findall(r"[a-z]{9,}", person.text)]
    inner = [name for name in inner if not re.search(rf"(?<!\w){name}(?!\w)", person.text, re.IGNORECASE)]
    return rng.choice(sorted(set(inner))).capitalize() if inner else None


def _across(person: Person, rng: random.Random) -> str | None:
    pairs = re.findall(r"(?<!\w)([a-z]{6,}) ([a-z]{6,})(?!\w)", person.text)
    joined = sorted({one[-3:] + two[:5] for one, two in pairs})
    return rng.choice(joined).capitalize() if joined else None


def _made_up_skill(value: Callable[[Person, random.Random], str | None]) -> Make:
    def make(person: Person, rng: random.Random) -> Case | None:
        skill = value(person, rng)
        if skill is None:
            return None
        case = fresh(person)
        case.answer["skills"].append(skill)
        case.expected = Touched(answer={("skills[]", skill): MADE_UP}, hallucinated={skill})
        return case

    return make


def _made_up_employer(value: Callable[[Person, random.Random], str | None]) -> Make:
    def make(person: Person, rng: random.Random) -> Case | None:
        name = value(person, rng)
        if name is None:
            return None
        case = fresh(person)
        at = rng.randrange(len(case.golden["work_experience"]))
        case.answer["work_experience"][at]["company"] = name
        if not case.golden["work_experience"][at]["company"]:
            return None
        case.expected = Touched({f"work_experience[{at}].company": BAD}, hallucinated={name})
        return case

    return make


kind("skill that stands only inside a word", harmful=True)(_made_up_skill(_inside))
kind("skill that stands only across two words", harmful=True)(_made_up_skill(_across))
kind("employer that stands only inside a word", harmful=True)(_made_up_employer(_inside))
kind("employer that stands only across two words", harmful=True)(_made_up_employer(_across))

_OTHER_WORDS = (
    ("Risk litigation", "Risk mitigation"),
    ("Hypertension care", "Hypotension care"),
    ("Symmetric ciphers", "Asymmetric ciphers"),
    ("Macroeconomics", "Microeconomics"),
    ("Nephrology", "Neurology"),
    ("Causal inference", "Casual inference"),
    ("Internal audit", "External audit"),
    ("Stationery", "Stationary"),
)


@kind("skill of another word that looks alike", harmful=True)
def _other_word(person: Person, rng: random.Random) -> Case | None:
    one, other = rng.choice(_OTHER_WORDS)
    if rng.random() < 0.5:
        one, other = other, one
    case = fresh(person)
    at = len(case.golden["skills"])
    case.golden["skills"].append(one)
    case.answer["skills"].append(other)
    case.text += f"{one}\n"
    case.expected = Touched({f"skills[{at}]": BAD}, hallucinated={other})
    return case


@kind("month of another name in another language", harmful=True)
def _other_month(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    for at, role in enumerate(case.golden["work_experience"]):
        date = parse_date(role["start_date"])
        if date and date.month and date.year:
            names = [name for name, found in table("months")["names"].items() if date.month not in found]
            case.answer["work_experience"][at]["start_date"] = f"{rng.choice(names)} {date.year}"
            case.expected = Touched({f"work_experience[{at}].start_date": BAD})
            return case
    return None


@kind("portfolio cut to its site", harmful=True)
def _cut_page(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    case.golden["personal_info"]["portfolio"] = f"studio{rng.randrange(99)}.example/work/{rng.randrange(999)}"
    case.text += case.golden["personal_info"]["portfolio"] + "\n"
    case.answer["personal_info"]["portfolio"] = case.golden["personal_info"]["portfolio"].partition("/")[0]
    case.expected = Touched({"personal_info.portfolio": CLOSE})
    return case
