"""Weaknesses on demand, which a corpus of goldens hardly shows: off unless asked for by name.

Each is what real readers do: names in other scripts or with unusual letters are read badly, old dates are taken for
noise, and a CV in an unusual order is read as far as the usual one goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

LATIN = "LATIN"
OLD = 1995


def _script(answer: dict[str, Any], _text: str) -> None:
    """A name without a Latin letter is left out."""
    name = answer.get("personal_info", {}).get("name", "")
    if name and not any(LATIN in unicodedata.name(letter, "") for letter in name):
        answer["personal_info"]["name"] = ""


def _diacritics(answer: dict[str, Any], _text: str) -> None:
    """Of a name with two marked letters or more the last word is lost."""
    name = answer.get("personal_info", {}).get("name", "")
    marked = sum(unicodedata.combining(letter) > 0 for letter in unicodedata.normalize("NFD", name))
    if marked > 1 and " " in name:
        answer["personal_info"]["name"] = name.rpartition(" ")[0]


def _older(answer: dict[str, Any], _text: str) -> None:
    """Studies that ended long ago are left out."""
    kept = []
    for study in answer.get("education", ()):
        years = re.findall(r"(?:19|20)\d\d", f"{study.get('start_date', '')} {study.get('end_date', '')}")
        if not years or max(map(int, years)) >= OLD:
            kept.append(study)
    answer["education"] = kept


def _order(answer: dict[str, Any], text: str) -> None:
    """Where studies stand before roles, only the first role is read."""
    study, role = (_first(answer.get(section), text) for section in ("education", "work_experience"))
    if -1 < study < role:
        answer["work_experience"] = answer["work_experience"][:1]


def _first(entries: Any, text: str) -> int:
    """Where the first entry's first name stands, -1 for nowhere."""
    for entry in entries or ():
        for key in ("institution", "company"):
            if value := entry.get(key):
                return text.find(value)
    return -1


WEAKNESSES: Mapping[str, Callable[[dict[str, Any], str], None]] = {
    "script": _script,
    "diacritics": _diacritics,
    "older": _older,
    "order": _order,
}
"""By name, as `--weakness` takes them."""


def weaken(answer: dict[str, Any], text: str, names: Collection[str]) -> None:
    """Change an answer in place as these weaknesses do. Raises KeyError for an unknown one."""
    for name in names:
        WEAKNESSES[name](answer, text)


def suffix(names: Collection[str]) -> str:
    """What the origin of such answers says, so that they never stand in for others."""
    return f"+weak-{'-'.join(sorted(names))}" if names else ""
