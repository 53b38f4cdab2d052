"""The harmless twins of `corpus_kinds`: what looks like a change and is none."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bench.corpus_kinds import Case, Make, fresh, kind
from bench.corpus_people import Person
from harness.values.data import table
from harness.values.dates import parse_date


def _each_bullet(change: Callable[[str, random.Random], str]) -> Make:
    def make(person: Person, rng: random.Random) -> Case | None:
        case = fresh(person)
        for role in case.answer["work_experience"]:
            role["description"] = [change(bullet, rng) for bullet in role["description"]]
        return case if case.answer != case.golden else None

    return make


def _broken(bullet: str, rng: random.Random) -> str:
    words = bullet.split(" ")
    long = [at for at, word in enumerate(words) if word.isalpha() and word.islower() and len(word) > 6]
    if long:
        at = rng.choice(long)
        words[at] = words[at][:3] + "-\n" + words[at][3:]
    return " ".join(words)


def _grouped(bullet: str, rng: random.Random) -> str:
    mark = rng.choice((",", "'", "\u00a0", " "))
    return re.sub(r"(?<![\d.,-])([1-9])(\d{3})(?=\d?(?: [^\W\d]|万|亿|億))(?!\d)", rf"\g<1>{mark}\g<2>", bullet)


for _name, _change in {
    "line-end hyphens in any language": _broken,
    "thousands grouped": _grouped,
    "per cent apart or together": lambda bullet, rng: (
        bullet.replace(" %", "%") if " %" in bullet else bullet.replace("%", " %")
    ),
    "decimals that say nothing (12.0)": lambda bullet, rng: re.sub(r"(?<![\d.,/-])(\d\d)(?= %)", r"\1.0", bullet),
    "upper case statements": lambda bullet, rng: bullet.upper() if "ß" not in bullet else bullet,
    "quotes and dashes of print": lambda bullet, rng: bullet.replace("'", "’").replace(" - ", " – "),
    "list marks and full stops": lambda bullet, rng: f"{rng.choice('•▪-–*')} {bullet.rstrip('.')}.",
    "spaces that do not break": lambda bullet, rng: bullet.replace(" ", "\u00a0", 2),
    "accents lost in any language": lambda bullet, rng: bullet.translate(
        str.maketrans("éèêáàâíóôúùûüöäçñãõąęśćżźłńÉÁÖÜ", "eeeaaaioouuuuoacnaoaesczzlnEAOU")
    ),
    "hyphens of compounds as spaces": lambda bullet, rng: re.sub(r"(?<=[a-zà-ÿ])-(?=[a-zà-ÿ])", " ", bullet),
}.items():
    kind(f"harmless: {_name}", harmful=False)(_each_bullet(_change))


@kind("harmless: bullets joined in any language", harmful=False)
def _joined(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    for role in case.answer["work_experience"]:
        given = role["description"]
        role["description"] = ["; ".join(given[at : at + 2]) for at in range(0, len(given), 2)]
    return case


@kind("harmless: planted statements split and shuffled", harmful=False)
def _split(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    if person.language in ("ja", "zh"):
        return None
    for role in {one.role for one in person.turned}:
        planted = {one.before for one in person.turned}
        bullets = case.answer["work_experience"][role]["description"]
        parts = [part for bullet in bullets for part in (re.split(r",\s+", bullet) if bullet in planted else [bullet])]
        rng.shuffle(parts)
        case.answer["work_experience"][role]["description"] = parts
    return case


def _long_word(person: Person, bullet: str) -> str | None:
    found = [word for word in re.findall(r"[^\W\d_]{7,}", bullet) if person.text.count(word) == 1]
    return max(found, key=len) if found else None


def _read_otherwise(change: Callable[[str], str]) -> Make:
    """Text and answer have a word as the reader gave it, the golden as it is printed."""

    def make(person: Person, rng: random.Random) -> Case | None:
        case = fresh(person)
        places = [
            (role, at, word)
            for role, one in enumerate(case.golden["work_experience"])
            for at, bullet in enumerate(one["description"])
            if (word := _long_word(person, bullet)) and len(bullet.split()) > 4
        ]
        if not places:
            return None
        role, at, word = rng.choice(places)
        bullets = case.answer["work_experience"][role]["description"]
        bullets[at] = bullets[at].replace(word, change(word))
        case.text = case.text.replace(word, change(word))
        return case

    return make


kind("harmless: a word split by the reader", harmful=False)(_read_otherwise(lambda word: f"{word[:3]} {word[3:]}"))
kind("harmless: a ligature lost by the reader", harmful=False)(_read_otherwise(lambda word: f"{word[:2]} {word[4:]}"))
kind("harmless: letters misread by the reader", harmful=False)(_read_otherwise(lambda word: f"{word[:3]}rn{word[4:]}"))


@kind("harmless: a number that the golden has otherwise than the text", harmful=False)
def _golden_slip(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    ways = [one for one in person.turned if one.kind == "number"]
    if not ways:
        return None
    way = rng.choice(ways)
    case.golden["work_experience"][way.role]["description"][way.bullet] = way.after
    return case


def _respelt_months(person: Person, rng: random.Random) -> Case | None:
    """Every date in a language of CLDR, in text and answer."""
    names: dict[int, list[str]] = {}
    for name, months in table("months")["names"].items():
        if len(months) == 1:
            names.setdefault(months[0], []).append(name)
    case = fresh(person)
    changed = False
    for golden, role in zip(case.golden["work_experience"], case.answer["work_experience"], strict=True):
        for key in ("start_date", "end_date"):
            date = parse_date(golden[key])
            if date and date.month and date.year and re.fullmatch(r"\w+ \d{4}", golden[key]):
                role[key] = f"{rng.choice(names[date.month])} {date.year}"
                case.text += role[key] + "\n"
                changed = True
    return case if changed else None


kind("harmless: months in any language of CLDR", harmful=False)(_respelt_months)


@kind("harmless: one of two printed phones", harmful=False)
def _one_of_two(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    printed = case.golden["personal_info"]["phone"]
    if not printed:
        return None
    one, two = (f"0{rng.randrange(20, 99)} {rng.randrange(1000, 9999)} {rng.randrange(1000, 9999)}" for _ in range(2))
    both = f"{one}{rng.choice((' / ', ' | ', '; ', ', ', ' or '))}{two}"
    case.golden["personal_info"]["phone"] = both
    case.text = case.text.replace(printed, both)
    case.answer["personal_info"]["phone"] = rng.choice((one, two, both))
    return case


@kind("harmless: addresses with what says nothing", harmful=False)
def _tracked(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    name = "".join(rng.choices("abcdefghkmnprstuvwxyz", k=8))
    case.golden["personal_info"] |= {"portfolio": f"github.com/{name}", "linkedin": f"linkedin.com/in/{name}"}
    case.text += f"github.com/{name}\nlinkedin.com/in/{name}\n"
    case.answer["personal_info"] |= {
        "portfolio": f"https://www.github.com/{name}/?utm_source=cv&tab=repositories#top",
        "linkedin": f"https://{rng.choice(('uk', 'de', 'www'))}.linkedin.com/in/{name}/?trk=profile",
    }
    return case


@kind("harmless: initials and & with other spaces", harmful=False)
def _initials(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    one, two = rng.sample("ABCDEFGHJKLMNPRSTW", 2)
    case.golden["personal_info"]["name"] = f"{one}.{two}. Quillon"
    case.answer["personal_info"]["name"] = f"{one}. {two}. Quillon"
    case.golden["work_experience"][0]["company"] = f"{one} & {two} Foundry"
    case.answer["work_experience"][0]["company"] = f"{one}&{two} Foundry"
    case.text += f"{one}.{two}. Quillon\n{one} & {two} Foundry\n"
    return case


@kind("harmless: dates with what leads to them", harmful=False)
def _expected(person: Person, rng: random.Random) -> Case | None:
    case = fresh(person)
    forms = ("Expected: {}", "{} (expected)", "voraussichtlich {}", "{} (prévu)", "since {}", "ca. {}", "{}.")
    for role in case.answer["work_experience"]:
        if re.fullmatch(r"\w+ \d{4}", role["start_date"]):
            role["start_date"] = rng.choice(forms).format(role["start_date"])
    return case
