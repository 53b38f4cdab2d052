"""People of the corpus for the scorer's bench: their goldens, with statements in their own language put in, whose
meaning hangs on one word, and a text that prints all of it.

The statements are made of words of each CV and of random numbers, so that no rule can know them by heart.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.disturb import Cv

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "pl", "ja", "zh", "he")
_MOST = 5
"""People of one language."""
_SLOT = re.compile(r"\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}")
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


@dataclass(frozen=True, slots=True)
class Turned:
    """A planted statement with one word turned round. kind: what was turned; path: where it stands in the golden."""

    kind: str
    role: int
    bullet: int
    before: str
    after: str

    @property
    def path(self) -> str:
        return f"work_experience[{self.role}].description[{self.bullet}]"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the corpus. turned: every way to turn a planted statement round."""

    document: str
    language: str
    cv: Cv
    text: str
    turned: tuple[Turned, ...]


def people(seed: int = 0) -> Iterator[Person]:
    """Up to five people of each language, in the manifest's order."""
    manifest = json.loads((ROOT / "fixtures/corpus/manifest.json").read_text(encoding="utf-8"))
    templates = json.loads((ROOT / "bench/turnings.json").read_text(encoding="utf-8"))
    count = dict.fromkeys(LANGUAGES, 0)
    for document in manifest["documents"]:
        language = document["tags"].get("language", "")
        if document.get("twin_of") or count.get(language, _MOST) >= _MOST:
            continue
        golden = json.loads((ROOT / "goldens" / f"{document['id']}.json").read_text(encoding="utf-8"))["cv"]
        if not golden["work_experience"]:
            continue
        count[language] += 1
        yield _person(document["id"], language, golden, templates[language], random.Random(f"{seed}:{document['id']}"))


def _person(document: str, language: str, golden: Cv, templates: list[str], rng: random.Random) -> Person:
    cv = copy.deepcopy(golden)
    nouns = _nouns(cv) or ["depot"]
    turned: list[Turned] = []
    for number, template in enumerate(templates):
        role = number % len(cv["work_experience"])
        bullets = cv["work_experience"][role]["description"]
        fillings = {
            "noun": rng.choice(nouns),
            "number": str(rng.randrange(1100, 9900)) if "{magnitude" in template else str(rng.randrange(12, 89)),
            "count": str(rng.randrange(3, 11)),
        }
        plain = _filled(template, fillings, "")
        at = len(bullets)
        bullets.append(plain)
        for found in _SLOT.finditer(template):
            kind = found[1]
            if found[2]:
                turned.append(Turned(kind, role, at, plain, _filled(template, fillings, kind)))
            elif kind == "number":
                more = fillings | {"number": fillings["number"] + "0"}
                turned.append(Turned(kind, role, at, plain, _filled(template, more, "")))
    return Person(document, language, cv, print_cv(cv), tuple(turned))


def _nouns(cv: Cv) -> list[str]:
    """Long words of a CV's bullets, printed in small letters, or (scripts without capitals) any."""
    text = " ".join(bullet for role in cv["work_experience"] for bullet in role["description"])
    return sorted({word for word in _LONG_WORD.findall(text) if word == word.lower() and len(word) < 14})[:40]


def _filled(template: str, fillings: dict[str, str], turned: str) -> str:
    def fill(found: re.Match[str]) -> str:
        if found[2] is None:
            return fillings[found[1]]
        return found[3] if found[1] == turned else found[2]

    return _SLOT.sub(fill, template)


def print_cv(cv: Cv) -> str:
    """A text that prints every value of a CV, a line for each entry and each statement."""
    person = cv["personal_info"]
    lines = [
        person["name"],
        *(person[key] for key in ("email", "phone", "location", "linkedin", "portfolio") if person[key]),
    ]
    lines += ["", person["summary"]] if person["summary"] else []
    for section in ("work_experience", "education", "projects", "certifications", "languages", "training"):
        lines.append("")
        for entry in cv[section]:
            lines.append(
                " | ".join(value for key, value in entry.items() if isinstance(value, str) and value and key != "id")
            )
            for key in ("description", "details"):
                lines += [f"- {bullet}" for bullet in entry.get(key) or ()]
            for key in ("skills", "technologies"):
                lines += [", ".join(entry[key])] if entry.get(key) else []
    return "\n".join([*lines, "", ", ".join(cv["skills"])]) + "\n"


def plain_copy(person: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    """Golden and answer, both free to be changed."""
    return copy.deepcopy(person.cv), copy.deepcopy(person.cv)
