"""Names of months, magnitudes, units, currencies, countries and towns in many languages, from CLDR through Babel.

`python -m harness.values.cldr` writes `data/months.json`, `data/measures.json` and `data/regions.json` anew; a test
holds them against the installed Babel, which is needed for that alone: at run time it takes thirty times as long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

LANGUAGES = (
    "en", "de", "fr", "es", "pt", "it", "pl", "nl", "he", "ar", "ru", "uk", "cs", "sv", "da", "nb", "fi", "ro",
    "hu", "tr", "el", "sk", "bg", "hr", "sl", "sr", "sr_Latn", "bs", "mk", "be", "et", "lv", "lt", "is", "ga",
    "cy", "mt", "sq", "ca", "gl", "eu", "lb", "nn", "ka", "hy", "az", "kk", "id", "ms", "fil", "vi", "ja", "zh", "ko",
    "fa", "hi", "th", "ar_DZ", "ar_MA", "ar_SY", "ar_TN", "de_AT", "en_GB", "en_CA", "en_AU", "es_MX", "es_CO",
    "pt_PT", "fr_CA",
)  # fmt: skip
"""Where a name stands for two months (listopad), the language that comes first decides."""
_MEASURED = (*LANGUAGES[:22], "en_GB")
INFLECTED = ("pl", "cs", "sk", "ru", "uk", "be", "bg", "fi", "hu", "el")
"""Whose months have further case forms that CLDR does not list."""
_KINDS = (
    "duration", "length", "mass", "volume", "area", "digital", "energy", "power", "speed", "temperature", "frequency",
    "concentr-percent", "concentr-permille",
)  # fmt: skip
_FOLDER = Path(__file__).parent / "data"
_ODD = re.compile(
    r"-person$|grain|jigger|spoon|dram|pinch|drop|light-|astronomical|parsec|becquerel|beaufort|tsubo|dunam"
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_][^\s{}()]*|[°%‰]\w*")


def months() -> dict[str, Any]:
    """names: name → months (1 … 12) that it stands for, the likeliest first; inflected: those with more case forms."""
    from babel import Locale

    names: dict[str, list[int]] = {}
    inflected: set[str] = set()
    for language in LANGUAGES:
        data = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in data[context][width].items():
                    plain = str(name).casefold().strip(".॰׳'’ ").removeprefix("de ").removeprefix("d’")
                    if _DIGIT.search(plain) or len(plain) < 2:
                        continue
                    found = names.setdefault(plain, [])
                    if number not in found:
                        found.append(number)
                    if language in INFLECTED and width == "wide":
                        inflected.add(plain)
    return _file("Names of months.", {"names": dict(sorted(names.items())), "inflected": sorted(inflected)})


def measures() -> dict[str, Any]:
    """magnitudes: word → powers of ten; units: word → CLDR's names of units; short: the same for abbreviations, which
    count only after a number; currencies: sign, code or word → code."""
    return _file(
        "Magnitudes, units and currencies.",
        {
            "magnitudes": _sorted(_magnitudes()),
            "units": _sorted(_units("long")),
            "short": _sorted(_units("short")),
            "currencies": _currencies(),
        },
    )


def _sorted(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, set[Any]] = {}
    for word, meaning in pairs:
        found.setdefault(word, set()).add(meaning)
    return {word: sorted(found[word]) for word in sorted(found)}


def _magnitudes() -> Iterator[tuple[str, int]]:
    from babel import Locale

    for language in _MEASURED:
        for forms in Locale.parse(language).compact_decimal_formats["long"].values():
            for size, pattern in forms.items():
                zeros = str(pattern.pattern).count("0")
                words = re.findall(r"[^\W\d_]{3,}", str(pattern.pattern).replace("'", ""))
                if len(words) == 1:  # of two ("0 mil millones") neither is the whole magnitude
                    yield words[0].casefold().strip("."), len(size) - max(1, zeros)


def _units(length: str) -> Iterator[tuple[str, str]]:
    from babel import Locale

    for language in _MEASURED:
        patterns: Any = Locale.parse(language)._data["unit_patterns"]
        for unit in sorted(patterns):
            if unit.startswith(_KINDS) and not _ODD.search(unit):
                for pattern in patterns[unit].get(length, {}).values():
                    words = _WORD.findall(str(pattern).replace("{0}", " ")) if "{0}" in str(pattern) else []
                    if len(words) == 1:
                        yield words[0].casefold().strip("."), unit


def _currencies() -> dict[str, str]:
    """Codes and signs that stand for one currency only, and what the euro is called."""
    from babel import Locale

    english = Locale.parse("en")
    found = {str(code).casefold(): str(code) for code in english.currencies if "(" not in english.currencies[code]}
    signs: dict[str, set[str]] = {}
    for code, sign in english.currency_symbols.items():
        signs.setdefault(str(sign).casefold(), set()).add(str(code))
    found |= {sign: codes.pop() for sign, codes in signs.items() if len(codes) == 1}
    for language in _MEASURED:
        names: Any = Locale.parse(language)._data["currency_names_plural"].get("EUR", {})
        found |= {str(name).casefold(): "EUR" for name in names.values() if " " not in str(name)}
    return dict(sorted(found.items()))


def regions() -> dict[str, Any]:
    """names: a country, or a town that a time zone of Europe or Asia is called by, in English → its names in the other
    languages. A name that two of them have is of neither, and what `places.json` says stands."""
    from babel import Locale

    said = {name: main for main, others in _places().items() for name in (*others, main)}
    english = _named(Locale.parse("en"))
    owners: dict[str, set[str]] = {}
    for language in LANGUAGES:
        if "_" not in language:
            for key, name in _named(Locale.parse(language)).items():
                main = english.get(key) or key.rpartition("/")[2].replace("_", " ").casefold()
                owners.setdefault(name, set()).add(said.get(main, main))
    names: dict[str, set[str]] = {}
    for name, mains in owners.items():
        main = next(iter(mains))
        short = name.isascii() and len(name) < _LEAST_REGION
        if len(mains) == 1 and name != main and name not in said and not short:
            names.setdefault(main, set()).add(name)
    return _file("Names of countries and towns.", {"names": {main: sorted(names[main]) for main in sorted(names)}})


_LEAST_REGION = 4


def _places() -> dict[str, list[str]]:
    return dict(json.loads((_FOLDER / "places.json").read_text(encoding="utf-8"))["names"])


def _named(locale: Any) -> dict[str, str]:
    """Codes of countries, and time zones, with their name in a language."""
    found = {str(code): str(name) for code, name in locale.territories.items() if re.fullmatch("[A-Z]{2}", str(code))}
    found |= {
        str(zone): str(names["city"])
        for zone, names in locale.time_zones.items()
        if "city" in names and str(zone).startswith(("Europe/", "Asia/"))
    }
    return {key: name.casefold() for key, name in found.items() if "(" not in name}


def _file(about: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "_": f"{about} From CLDR: `python -m harness.values.cldr`.", **content}


def main() -> None:
    """Write the files anew."""
    for name, content in (("months", months()), ("measures", measures()), ("regions", regions())):
        text = json.dumps(content, ensure_ascii=False, indent=0, separators=(",", ":"))
        (_FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
