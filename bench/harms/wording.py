"""Harms: meaning, form, wrong sections."""

from __future__ import annotations

import json
import re
import unicodedata

from bench.harms.change import Change, foreign
from bench.harms.edits import About, Edit, at, both, everywhere, first, one, put, words
from bench.harms.people import Cv

_LIE = "The page says of somebody what their CV denies, and they will be asked about it."
_FORM = "The page shows it as it comes: every reader sees that a machine has been careless."
_BREAK = "The page reads this form and no other; what it cannot read it does not show."
_WRONG = "The value is there, but where nobody looks for it."

_bullets = "work_experience[].description[]"
_SWAP = {
    "increased": "reduced",
    "raised": "lowered",
    "reduced": "increased",
    "cut": "raised",
    "improved": "worsened",
    "saved": "lost",
    "won": "lost",
    "rose": "fell",
    "fell": "rose",
    "gained": "lost",
    "faster": "slower",
}


def _turned(text: str) -> str:
    return re.sub(r"[A-Za-z]+", lambda found: _SWAP.get(found[0].lower(), found[0]), text)


def _times_ten(text: str) -> str:
    return re.sub(r"\d+", lambda found: found[0] + "0", text, count=1)


def _later(text: str) -> str:
    return re.sub(r"\d{4}", lambda found: str(int(found[0]) + 1), text)


def _upgraded(text: str) -> str:
    return {"BSc": "MSc", "BA": "MA", "MSc": "PhD"}.get(text, f"Master of {text}")


def _swap(section: str, left: str, right: str) -> Edit:
    """The two values of one entry stand in each other's place."""

    def edit(cv: Cv, about: About) -> None:
        for entry in one([each for each in cv[section] if each[left] and each[right] not in ("", "Present")], about):
            entry[left], entry[right] = entry[right], entry[left]

    return edit


def _merge_employers(cv: Cv, _: About) -> None:
    roles = cv["work_experience"]
    if len(roles) > 1:
        second = roles.pop(1)
        roles[0]["company"] += f" / {second['company']}"
        roles[0]["start_date"] = second["start_date"]
        roles[0]["description"] += second["description"]


def _lie(name: str, edit: Edit, size: int | float | None, smallest: str, draws: int | None = None) -> Change:
    return Change(name, "meaning", "unshippable", edit, smallest, _LIE, size, draws)


MEANING: tuple[Change, ...] = (
    _lie(
        '"Failed to" before a bullet, five CVs',
        words(_bullets, lambda text: f"Failed to {text[0].lower()}{text[1:]}", one),
        5,
        "1 bullet",
    ),
    _lie(
        '"not" in a bullet, five CVs', words(_bullets, lambda text: text.replace(" ", " not ", 1), one), 5, "1 bullet"
    ),
    _lie("rises and falls turned round", words(_bullets, _turned), None, "1 bullet"),
    _lie("pounds become euros", everywhere(lambda text: text.replace("£", "€")), None, "3 bullets"),
    _lie("per cent become points", words(_bullets, lambda text: text.replace(" %", " points")), None, "3 bullets"),
    _lie("kilometres become miles", everywhere(lambda text: re.sub(r"\bkm\b", "miles", text)), None, "1 bullet"),
    _lie("a number ten times as large, four CVs", words(_bullets, _times_ten, one), 4, "1 bullet"),
    _lie(
        '"Led" becomes "Took part in"',
        words(_bullets, lambda text: re.sub(r"^Led\b", "Took part in", text)),
        None,
        "3 bullets",
    ),
    _lie("a degree upgraded, four CVs", words("education[].degree", _upgraded, first), 4, "1 CV"),
    _lie("a degree lost, four CVs", at("education[].degree", lambda _value, _about: None, first), 4, "3 CVs"),
    _lie(
        "Senior, Head, Chief gone from titles",
        words("work_experience[].title", lambda text: re.sub(r"\b(Senior|Head of|Chief|Lead) ", "", text)),
        None,
        "3 CVs",
    ),
    _lie(
        "the newest title made Senior, five CVs",
        words("work_experience[].title", lambda text: f"Senior {text}", first),
        5,
        "1 CV",
    ),
    _lie("start and end exchanged, four CVs", _swap("work_experience", "start_date", "end_date"), 4, "1 CV"),
    _lie("employer and title exchanged, four CVs", _swap("work_experience", "company", "title"), 4, "2 CVs"),
    _lie("one role a year late, six CVs", words("work_experience[].start_date", _later, one), 6, "3 CVs"),
    _lie("one study a year late, six CVs", words("education[].end_date", _later, one), 6, "3 CVs"),
    _lie("two employers made one, four CVs", _merge_employers, 4, "1 CV"),
    _lie("levels of languages all fluent", put("languages[].proficiency", "fluent"), None, "3 CVs"),
    _lie("a certificate's year off, five CVs", words("certifications[].year", _later, first), 5, "2 CVs"),
    _lie(
        "honours gone from degrees",
        words("education[].degree", lambda text: re.sub(r"\s*\(Hons\)|\s+Hons", "", text)),
        None,
        "3 CVs",
    ),
    Change(
        "a gist in English for bullets in other languages",
        "meaning",
        "unshippable",
        put(_bullets, "Responsible for daily operations and reporting to management"),
        "1 CV",
        _LIE,
        where=foreign,
    ),
)


def _plain(text: str) -> str:
    """Letters without their accents; everything else as it was."""
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(each for each in parts if unicodedata.category(each) != "Mn"))


def _fenced(cv: Cv, _: About) -> str:
    return f"```json\n{json.dumps(cv, ensure_ascii=False)}\n```"


def _renamed(old: str, new: str) -> Edit:
    def edit(cv: Cv, _: About) -> None:
        for entry in cv["work_experience"]:
            entry[new] = entry.pop(old)

    return edit


def _joined(cv: Cv, _: About) -> None:
    for entry in cv["work_experience"]:
        entry["description"] = "\n".join(entry["description"])


def _merged_bullets(cv: Cv, _: About) -> None:
    for entry in cv["work_experience"]:
        if len(entry["description"]) > 1:
            entry["description"][:2] = [", ".join(entry["description"][:2])]


def _oldest_first(cv: Cv, _: About) -> None:
    cv["work_experience"].reverse()


def _same_ids(cv: Cv, _: About) -> None:
    for entry in cv["work_experience"]:
        entry["id"] = "1"


def _camel(cv: Cv, _: About) -> Cv:
    return {re.sub(r"_(.)", lambda found: found[1].upper(), name): value for name, value in cv.items()}


def _form(name: str, edit: Edit, smallest: str, size: int | float | None = None) -> Change:
    return Change(name, "form", "unshippable", edit, smallest, _FORM, size)


def _broken(name: str, edit: Edit, smallest: str, size: int | float | None = None) -> Change:
    return Change(name, "contract", "unshippable", edit, smallest, _BREAK, size)


_filled = ("personal_info.linkedin", "personal_info.portfolio", "certifications[].expiry", "education[].location")
_NUMERIC = {
    name: f"{number:02d}"
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}


def _slashed(text: str) -> str:
    return re.sub(r"^([A-Z][a-z]{2}) (\d{4})$", lambda found: f"{_NUMERIC.get(found[1], found[1])}/{found[2]}", text)


FORM: tuple[Change, ...] = (
    _form("everything in capitals", everywhere(str.upper), "3 CVs"),
    _form("everything in small letters", everywhere(str.lower), "3 CVs"),
    _form("bullets in capitals, six CVs", words(_bullets, str.upper), "3 CVs", 6),
    _form("accents lost everywhere", everywhere(_plain), "3 CVs"),
    _form("names without accents", words("personal_info.name", _plain), "1 CV"),
    _form(
        "stars around names and employers",
        both(
            words("personal_info.name", lambda text: f"**{text}**"),
            words("work_experience[].company", lambda text: f"**{text}**"),
        ),
        "3 CVs",
    ),
    _form('"N/A" in every empty field', both(*(put(path, "N/A", empty=True) for path in _filled)), "3 CVs"),
    _form(
        "every skill twice",
        at("skills", lambda value, _: [each for skill in value for each in (skill, skill)]),
        "3 CVs",
    ),
    _form(
        "each role's first bullet twice",
        at("work_experience[].description", lambda value, _: [value[0], *value]),
        "3 CVs",
    ),
    _form("two bullets of each role merged", _merged_bullets, "3 CVs"),
    _form("bullets cut after 80 characters", words(_bullets, lambda text: text[:80]), "3 CVs"),
    _form("bullets cut after 80 characters, six CVs", words(_bullets, lambda text: text[:80]), "3 CVs", 6),
    _form("ampersands as &amp;", everywhere(lambda text: text.replace("&", "&amp;")), "3 CVs"),
    _form("a dash before each bullet", words(_bullets, lambda text: f"- {text}"), "half of CVs"),
    _form(
        "skills with their number",
        at("skills", lambda value, _: [f"{n}. {each}" for n, each in enumerate(value, 1)]),
        "3 CVs",
    ),
    _form("tags around bullets", words(_bullets, lambda text: f"<li>{text}</li>"), "1 CV"),
    _form("a space in each e-mail", words("personal_info.email", lambda text: text.replace("@", " @ ")), "1 CV"),
)

CONTRACT: tuple[Change, ...] = (
    _broken("a fence around each answer", _fenced, "3 CVs"),
    _broken("a word before the object", lambda cv, _: "Here is the record:\n" + json.dumps(cv), "3 CVs"),
    _broken("answers cut off, 5 % of CVs", lambda cv, _: json.dumps(cv)[:-200], "2 CVs", 0.05),
    _broken("title as job_title", _renamed("title", "job_title"), "1 CV"),
    _broken("camelCase keys", _camel, "1 CV"),
    _broken("descriptions as one string, six CVs", _joined, "3 CVs", 6),
    _broken("dates as MM/YYYY", at("work_experience[].start_date", lambda value, _: _slashed(value)), "3 CVs"),
    _broken(
        "running roles end today",
        at("work_experience[].end_date", lambda value, _: "Today" if value == "Present" else value),
        "3 CVs",
    ),
    _broken("the same id everywhere, six CVs", _same_ids, "3 CVs", 6),
    _broken("oldest role first", _oldest_first, "3 CVs"),
    _broken(
        "null for no LinkedIn",
        lambda cv, _: {**cv, "personal_info": {k: v or None for k, v in cv["personal_info"].items()}},
        "3 CVs",
    ),
    _broken("training section left out", lambda cv, _: {k: v for k, v in cv.items() if k != "training"}, "1 CV"),
)


def _move_certificates(cv: Cv, _: About) -> None:
    cv["training"] += [
        {"id": f"t-{each['id']}", "name": each["name"], "provider": each["issuer"], "date": each["year"], "details": []}
        for each in cv["certifications"]
    ]
    cv["certifications"] = []


def _move_training(cv: Cv, _: About) -> None:
    cv["certifications"] += [
        {
            "id": f"c-{each['id']}",
            "name": each["name"],
            "issuer": each["provider"],
            "year": each["date"][-4:],
            "expiry": "",
        }
        for each in cv["training"]
    ]
    cv["training"] = []


def _skills_to_roles(cv: Cv, _: About) -> None:
    for role in cv["work_experience"]:
        role["skills"] = list(cv["skills"])


def _misplaced_bullets(cv: Cv, about: About) -> None:
    roles = [each for each in cv["work_experience"] if each["description"]]
    if len(roles) > 1:
        roles[1]["description"].append(roles[0]["description"].pop())


def _place(cv: Cv, _: About) -> None:
    for role in cv["work_experience"]:
        if role["location"]:
            role["company"], role["location"] = f"{role['company']}, {role['location']}", ""


def _moved(name: str, edit: Edit, smallest: str, size: int | float | None = None) -> Change:
    return Change(name, "a wrong section", "unshippable", edit, smallest, _WRONG, size)


WRONG_SECTION: tuple[Change, ...] = (
    _moved("certificates under training", _move_certificates, "3 CVs"),
    _moved("certificates under training, four CVs", _move_certificates, "3 CVs", 4),
    _moved("courses under certificates", _move_training, "3 CVs"),
    _moved("every role has all skills", _skills_to_roles, "3 CVs"),
    _moved("a bullet on the next role, ten CVs", _misplaced_bullets, "3 CVs", 10),
    _moved("places in the employer's name", _place, "3 CVs"),
)
