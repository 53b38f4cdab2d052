"""How the names of the probes are chosen and matched: `python -m bench.probe_names --births DB --surnames XLSX`.

Which group a name is of, its list in Faker says (or the source that names.json gives). How often it occurs, two
publications of the United States say for all groups alike, both in the public domain: Social Security's births by
given name and sex, those of 1950 to 2009, and the Census Bureau's surnames of 2010, which come 100 times or more. Every
group has, at each place of its list, a given and a family name about as frequent there as all other groups'. So names
are as rare as each other to a reader of American text, not to the people who bear them.

It needs what the project does not: `faker`, `openpyxl`, and the two files (an SQLite table `usNameData(name, sex,
births, year)` and the Census Bureau's `Names_2010Census.xlsx`).
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import re
import sqlite3
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

FILE = Path(__file__).resolve().parents[1] / "harness" / "probes" / "names.json"
BIRTHS = (110, 165, 218, 258, 325, 380)
"""Given names of each place are to have about so many births of 1950 to 2009."""
HOLDERS = (1380, 800, 1100, 1650, 1000, 1240)
"""Family names of each place are to have about so many holders in 2010."""
FACTOR = 2.0
"""A name is matched where its count is within this factor of what its place is to have."""
LOCALES: Mapping[str, tuple[str, ...]] = {
    "english": ("en_GB", "en_NZ"), "german": ("de_DE",), "french": ("fr_FR",), "spanish": ("es_ES",),
    "turkish": ("tr_TR",), "algerian": ("fr_DZ",), "yoruba": ("yo_NG",), "igbo": ("ig_NG",), "zulu": ("zu_ZA",),
    "indian": ("en_IN",), "chinese": ("zh_CN",), "japanese": ("ja_JP",), "vietnamese": ("vi_VN",),
}  # fmt: skip
_GERMAN = (
    "Anneli Birgit Dagmar Elsbeth Franziska Gerda Hannelore Hedwig Heike Heidemarie Hildegard Ilka Inge Ingeborg "
    "Liesel Luise Margarete Marlies Verena Adelbert Alois Alwin Bernd Bernhard Claus Clemens Florian Friedrich "
    "Georg Gunther Günter Harald Heinrich Heinz Helmut Hermann Horst Jürgen Lorenz Ludwig Moritz Rainer Reinhard "
    "Siegfried Theodor Torsten Ulrich Waldemar"
)
ONLY: Mapping[str, frozenset[str]] = {"german": frozenset(_GERMAN.split())}
"""Of a list of all who live in a country, the given names of its own language, picked by hand."""
_OTHERS = (
    "Amaia Manaia Kiri Mahi Indi Indie Bergen Duha Nura Alexandru Sadat Nili Rayla Edwin Din Azad Laban Libni Oni Osha "
    "Inaya Qasim Rayaan Azaan Gala Sai Toy Loreto Bibi Miah Pi"
)
TAKEN_OUT = frozenset(_OTHERS.split())
"""Names of a list that are rather another people's, and one too short to be told, taken out by hand."""
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "african_american": (
        "Wigfall", "Manigault", "Drakeford", "Roseboro", "Prioleau", "Mayweather", "Ravenell", "Mazyck",
    ),
}  # fmt: skip
"""Family names of the Census Bureau's own list, where it says that 85 % of the holders or more are Black."""
LISTS = {
    "women": ("first_romanized_names_female", "first_romanized_names", "first_names_female"),
    "men": ("first_romanized_names_male", "first_romanized_names", "first_names_male"),
    "family": ("last_romanized_names", "last_names"),
}
LETTER = {"women": "F", "men": "M"}
_FOLDED = str.maketrans({"ı": "i", "ß": "ss", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o"})


def folded(name: str) -> str:
    """A name as the American lists have it: small letters without marks, hyphens and blanks."""
    plain = unicodedata.normalize("NFKD", name.translate(_FOLDED))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha()).lower()


def births(path: Path) -> dict[tuple[str, str], int]:
    """Births by folded given name and sex."""
    found: dict[tuple[str, str], int] = {}
    rows = sqlite3.connect(path).execute(
        "SELECT name, sex, SUM(births) FROM usNameData WHERE year BETWEEN 1950 AND 2009 GROUP BY name, sex"
    )
    for name, sex, count in rows:
        found[folded(name), sex] = found.get((folded(name), sex), 0) + int(count)
    return found


def holders(path: Path) -> dict[str, int]:
    """People by folded surname."""
    sheet = importlib.import_module("openpyxl").load_workbook(path, read_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    return {folded(str(row[0])): int(row[2]) for row in rows if isinstance(row[2], int)}


def listed(group: str, kind: str) -> list[str]:
    """Names of a group's lists, in their order."""
    found: dict[str, None] = {}
    for locale in LOCALES.get(group, ()):
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        names: Sequence[Any] = next((got for key in LISTS[kind] if (got := getattr(provider, key, None))), ())
        found |= dict.fromkeys(name if isinstance(name, str) else name[-1] for name in names)
    if kind == "family" and group in FAMILIES:
        found = dict.fromkeys(FAMILIES[group])
    only = ONLY.get(group) if kind != "family" else None
    return [name for name in found if name.isalpha() and name not in TAKEN_OUT and (only is None or name in only)]


def matched(counts: Mapping[str, int], targets: Sequence[int]) -> list[str] | None:
    """A name for each place with a count as near to its target as can be for all; None where one is further away than
    FACTOR."""
    names = [name for name, count in counts.items() if count]
    if len(names) < len(targets):
        return None
    cost = np.array([[abs(math.log(counts[name] / target)) for name in names] for target in targets])
    rows, columns = linear_sum_assignment(np.where(cost <= math.log(FACTOR) + 1e-9, cost, 1e6))
    if cost[rows, columns].max() > math.log(FACTOR) + 1e-9:
        return None
    return [names[column] for column in columns]


def given(group: str, sex: str, counted: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """The group's given names that no other group has, with their births; not those that three times as many of the
    other sex have."""
    others = {folded(name) for other in LOCALES if other != group for name in listed(other, sex)}
    other_sex = {"F": "M", "M": "F"}[LETTER[sex]]
    return {
        name: counted[folded(name), LETTER[sex]]
        for name in listed(group, sex)
        if folded(name) not in others
        and 3 * counted.get((folded(name), LETTER[sex]), 0) >= max(1, counted.get((folded(name), other_sex), 0))
    }


def family(group: str, counted: Mapping[str, int]) -> dict[str, int]:
    others = {folded(name) for other in LOCALES if other != group for name in listed(other, "family")}
    return {name: counted.get(folded(name), 0) for name in listed(group, "family") if folded(name) not in others}


def rematched(row: dict[str, Any], by_given: Mapping[tuple[str, str], int], by_family: Mapping[str, int]) -> None:
    """One group's names chosen anew in place, and every name's counts beside it. What cannot be matched stays as it
    was."""
    surnames = matched(family(row["key"], by_family), HOLDERS)
    chosen = {sex: matched(given(row["key"], sex, by_given), BIRTHS) for sex in LETTER}
    first_names_match = all(names is not None for names in chosen.values())
    counts = {}
    for sex, names in chosen.items():
        old = [name.split(" ", 1) for name in row[sex]]
        firsts = names if names is not None and first_names_match else [first for first, _ in old]
        lasts = surnames or [last for _, last in old]
        row[sex] = [f"{first} {last}" for first, last in zip(firsts, lasts, strict=True)]
        counts[sex] = [
            [by_given.get((folded(first), LETTER[sex]), 0), by_family.get(folded(last), 0)]
            for first, last in zip(firsts, lasts, strict=True)
        ]
    within = {
        part: all(target / FACTOR <= pair[at] <= target * FACTOR for pairs in counts.values()
                  for pair, target in zip(pairs, targets, strict=True))
        for at, (part, targets) in enumerate((("given", BIRTHS), ("family", HOLDERS)))
    }  # fmt: skip
    row["matched"] = [part for part, good in within.items() if good]
    row["counts"] = counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--births", type=Path, required=True)
    parser.add_argument("--surnames", type=Path, required=True)
    options = parser.parse_args()
    names = json.loads(FILE.read_text(encoding="utf-8"))
    by_given, by_family = births(options.births), holders(options.surnames)
    for row in names["groups"]:
        rematched(row, by_given, by_family)
        print(row["key"], row["matched"], row["women"], row["men"], row["counts"])
    text = json.dumps(names, ensure_ascii=False, indent=1)
    flat = re.sub(r"\[[^][{}]*\]", lambda found: f"[{' '.join(found[0][1:-1].split())}]", text)
    FILE.write_text(flat + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
