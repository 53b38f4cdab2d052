"""What a worked example asks for: this text of a CV, that value in the answer.

An example says what to do by what it does: the form of its date, the part of a name that it leaves out. What it does
is told by comparing both sides; where they differ in a way that is no known rule, nothing is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.base.types import Json
from harness.simulator.keys import SECTION_KEYS
from harness.simulator.rules.date_format import formats_in
from harness.simulator.rules.hearing import FULL_MONTH, MONTH, TOPICS, Item
from harness.simulator.rules.reach import FIELDS
from harness.simulator.slots import SLOTS

_RUNNING = re.compile(
    r"\b(?:heute|present|today|now|current(?:ly)?|ongoing|to date|aktuell|laufend|bis jetzt|jetzt|derzeit"
    r"|aujourd['’]?hui|présent|en cours|actuel|à ce jour|actualidad|actual|presente|hoy|since|seit|depuis|desde|oggi"
    r"|heden|ongoing|till date)\b|(?:19|20)\d\d\s*[-–—]\s*(?:[^\W\d]{2,12}\.?\W*)?$",
    re.I,
)
_WORD_FOR_NOW = re.compile(
    r"^\W*(present|current|now|ongoing|today|heute|aktuell|aujourd['’]?hui|présent|actualidad|presente|actual|hoy"
    r"|to date)\W*$",
    re.I,
)
MONTHLY = re.compile(
    rf"(?:{FULL_MONTH}|\b{MONTH}\b|\b(?:januar|februar|märz|mai|juni|juli|oktober|dezember|mär|okt|dez|janvier"
    rf"|février|mars"
    rf"|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto"
    rf"|septiembre|octubre|noviembre|diciembre)\b|(?<!\d)\d{{1,2}}[./-])[.,]?\s*['’]?(?:19|20)?\d\d\b|\b(?:19"
    rf"|20)\d\d[-/]\d\d\b",
    re.I,
)
_WORDED_MONTH = re.compile(
    r"^\W*(?!(?:spring|summer|autumn|fall|winter|frühling|frühjahr|sommer|herbst|printemps|été|automne|hiver|primavera"
    r"|verano|otoño|invierno|since|seit|depuis|desde|circa|ca|about|around|early|late|mid|anfang|ende|début|fin|until"
    r"|from|bis|dal|year|jahr|quarter)\b)[^\W\d]{3,12}\.? (?:de |del |d['’])?(?:19|20)\d\d\W*$",
    re.I,
)
"""A month in any language: one word, no season, and a year."""
_YEAR = re.compile(r"^\W*(?:19|20)\d\d\W*$")
_FIRM = re.compile(
    r"\b(?:gmbh|ag|inc|ltd|llc|se|s\.?a|sarl|plc|corp|co|kg|group|bank|division|departments?|dept|abteilung|unit|branch"
    r"|university|technologies|systems|solutions|company|holding|subsidiary|consulting|insurance|motors|hospital)\b",
    re.I,
)
DIVISION = re.compile(
    r"\b(?:\w*divisions?|division|abt|departments?|dept|\w*abteilung|business units?|units?|branch|\w*bereich"
    r"|\w*sparte|ward"
    r"|subsidiary|filiale|niederlassung|direction|département|departamento|división|sucursal|service)\b",
    re.I,
)
"""Words for a part of an employer."""
LEVEL = re.compile(
    r"\b[abc][12]\b|\b(?:native|fluent|basic|intermediate|advanced|muttersprache|mother tongue|fließend|courant"
    r"|nativo|conversational|proficient|beginner)\b",
    re.I,
)
TONGUE = re.compile(
    r"\b(?:german|english|french|spanish|italian|dutch|polish|portuguese|turkish|russian|chinese|arabic|deutsch"
    r"|englisch"
    r"|französisch|spanisch|français|anglais|allemand|inglés|alemán|francés)\b",
    re.I,
)
_LISTED_TONGUE = re.compile(rf"^\W*+(?:(?:languages?|sprachen|langues|idiomas)\W*+)?(?:{TONGUE.pattern})", re.I)
"""A text that lists languages."""
_NOTHING = re.compile(
    r"^\W*(?:null|none|n/?a|unknown|not specified|not given|empty|nothing|missing|omitted?|\[\]|-)?\W*$", re.I
)
FILLER = re.compile(r"^\W*(?:n/?a|unknown|not (?:specified|given|available|stated)|tbd|unspecified)\W*$", re.I)
LACKING = re.compile(r"\b(?:no|not|missing|none|without|nothing|absent|lacks?|empty)\b", re.I)
_GROUP = re.compile(r"^[\w /&+-]{2,40}:\s*\S")
_SHORT_TITLE = re.compile(r"\b(?:sr|jr|mgr|eng|asst|dir|vp|dev|qa|hr|sre)\b\.?", re.I)


@dataclass(frozen=True, slots=True)
class Sides:
    """left: as the CV has it. right: as the answer is to have it. parts: the items of the right side where it is a
    list, else the whole. about: the sentence and heading around, lower case."""

    left: str
    right: str
    parts: tuple[str, ...]
    listed: bool
    about: str


def read_pair(left: str, right: str, about: str = "", *, forbidden: bool = False) -> tuple[Item, ...]:
    """What the example `left` → `right` asks for; `forbidden`: it shows what is not to be done."""
    if (field := right.strip(" `\"'.[]")) in FIELDS and left.strip().lower() != field:
        return _placed(left, field) if not forbidden else ()
    parts, listed = _parts(right)
    sides = Sides(left.strip(), right.strip(), parts, listed, about.lower())
    found: dict[Item, None] = {}
    for rule in _RULES:
        if items := rule(sides):
            found.update(dict.fromkeys(items))
            break
    if not found and not forbidden and _same(sides):
        return (("manner", "said", 1),)
    return tuple(found) if not forbidden else tuple(_turned(item) for item in found if _can_turn(item))


def _same(sides: Sides) -> bool:
    """Whether an example keeps a text as it is, and the text is no list of several and no date."""
    several = re.search(r"[,;|•·\n]| / | and | & ", sides.left)
    return (
        not sides.listed
        and sides.left.strip(" .") == sides.right.strip(" .") != ""
        and not (
            several
            or re.search(r"(?:19|20)\d\d|[?]", sides.left)
            or FILLER.match(sides.right)
            or _RUNNING.search(sides.left)
        )
    )


def _placed(left: str, field: str) -> tuple[Item, ...]:
    """What an example asks for whose right side is the field that the left one belongs into."""
    for topic, (name, slot) in _PLACES.items():
        if TOPICS[topic].search(left):
            return ((f"include.{slot}", "include", 1),) if name == field else ()
    return ()


_PLACES = {
    "linkedin": ("linkedin", "linkedin"), "link": ("portfolio", "links"), "language": ("languages", "languages"),
    "certificate": ("certifications", "certifications"), "project": ("projects", "projects"),
    "training": ("training", "training"),
}  # fmt: skip
"""By topic: the field that it belongs into, and the slot that says whether it is given."""


def _can_turn(item: Item) -> bool:
    return item[0] == "date_format" or item[1] in SLOTS[item[0]].opposite


def _turned(item: Item) -> Item:
    slot, value, sign = item
    return (slot, value, -sign) if slot == "date_format" else (slot, SLOTS[slot].opposite[value], sign)


def _parts(right: str) -> tuple[tuple[str, ...], bool]:
    """The items of a right side, and whether it is a list."""
    try:
        value: Json = json.loads(right)
    except ValueError:
        value = None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(str(item) for item in value), True
    quoted = re.findall(r"[\"“”`]([^\"“”`]{1,200})[\"“”`]", right)
    if len(quoted) > 1:
        return tuple(quoted), True
    return (right.strip(" \"“”`'.[]"),), right.strip().startswith("[")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _dates(sides: Sides) -> list[Item]:
    left_dated, right = MONTHLY.search(sides.left) or _WORDED_MONTH.match(sides.left), sides.right
    out: list[Item] = []
    if _YEAR.match(sides.left):
        if _YEAR.match(right):
            return [("month_missing", "year_only", 1)]
        return [("month_missing", "invent", 1)] if MONTHLY.search(right) else []
    if not left_dated and re.search(r"\b(?:19|20)\d\d\b", sides.left) and MONTHLY.search(right):
        return [("month_missing", "invent", 1)]
    if left_dated and _YEAR.match(right):
        span = re.search(r"\b(?:19|20)\d\d\s?[-/–]\s?\d\d\b(?![./-])", sides.left)
        apart = span or re.search(
            r"certif|licen|course|expir|valid|graduat|\byear\b|award|study|studies", sides.about + sides.left, re.I
        )
        return [] if apart else [("date_format", "YYYY", 1)]
    if left_dated or (MONTHLY.search(right) and re.search(r"\b(?:19|20)\d\d\b", sides.left)):
        shown = list(dict.fromkeys(value for value, _ in formats_in(right)))
        if len(shown) == 1:
            out.append(("date_format", shown[0], 1))
        elif len(shown) > 1:
            return []
        if out != [("date_format", "MMM YYYY", 1)] and re.sub(r"\W", "", sides.left) == re.sub(r"\W", "", right):
            return [("date_format", "as_printed", 1)]
    if _RUNNING.search(sides.left):
        out += _present(right)
    return out


def _present(right: str) -> list[Item]:
    for part in re.split(r"\s[-–—]\s|\bto\b|[,;|{}]|\bend_date\b|:", right):
        if match := _WORD_FOR_NOW.match(re.sub(r"^\W*(?:start|end|from|to)\s", "", part)):
            word = match.group(1)
            return [("present_word", word[0].upper() + word[1:].lower(), 1)]
    return [("present_word", "empty", 1)] if _NOTHING.match(right) else []


def _missing(sides: Sides) -> list[Item]:
    if not _NOTHING.match(sides.right) or not (LACKING.search(sides.left) or _NOTHING.match(sides.left)):
        return []
    if FILLER.match(sides.right):
        return [("missing", "placeholder", 1)]
    return [("missing", "null" if "null" in sides.right.lower() else "empty", 1)]


def _levels(sides: Sides) -> list[Item]:
    if not TONGUE.search(sides.left):
        return []
    if LEVEL.search(sides.left) and not LEVEL.search(sides.right):
        if re.search(r"\blanguage\b", sides.right, re.I) or not _LISTED_TONGUE.match(sides.left):
            return []
        return [("include.proficiency", "exclude", 1)] if _words(sides.right)[:1] == _words(sides.left)[:1] else []
    if set(_words(sides.left)) >= set(_words(re.sub(r"\b(?:language|proficiency|level|languages)\b", "", sides.right))):
        return [("include.languages", "include", 1), ("include.proficiency", "include", 1)]
    return []


def _companies(sides: Sides) -> list[Item]:
    named = re.search(r"\b(?:employers?|compan(?:y|ies)|division|department)\b", sides.about)
    apart = (
        not re.search(r" (?:and|or|und|et|y) ", sides.left)
        and re.match(
            r"^[A-ZÀ-Ý][\w&. ]{1,40}(?:,"
            r"| [-–—(/])\s*\(?[A-ZÀ-Ý][\w& .)]*$",
            sides.left,
        )
        is not None
    )
    if not (named or _FIRM.search(sides.left) or apart) or sides.listed:
        return []
    left, right = _words(sides.left), _words(sides.parts[0])
    if left == right and len(left) > 1 and (named or re.search(r",|\(|–| - ", sides.left)):
        return [("company_name", "full", 1)]
    lost = " ".join(left[len(right) :]) if left[: len(right)] == right else ""
    if right and lost and (DIVISION.search(lost) or (_FIRM.search(sides.parts[0]) and "(" in sides.left) or named):
        return [("company_name", "short", 1)]
    return []


def _skills(sides: Sides) -> list[Item]:
    about = "skill" in sides.about or _GROUP.match(sides.left) is not None
    several = re.search(r"[,;/|•·]| and | & ", sides.left.split(":")[-1])
    if not about or not several or "bullet" in sides.about or "description" in sides.about:
        return []
    if sides.listed and len(sides.parts) > 1:
        return [("skills_split", "grouped" if any(_GROUP.match(part) for part in sides.parts) else "one_each", 1)]
    if _words(sides.left) == _words(sides.right) and _GROUP.match(sides.left):
        return [("skills_split", "grouped", 1)]
    return []


def _titles(sides: Sides) -> list[Item]:
    if " / " in sides.right and " / " not in sides.left and not MONTHLY.search(sides.right):
        return [("titles_at_one_company", "join", 1)]
    if _SHORT_TITLE.search(sides.left) and not sides.listed:
        if _words(sides.left) == _words(sides.right):
            return [("title_wording", "as_printed", 1)]
        kept = set(_words(sides.left)) & set(_words(sides.right))
        if len(_words(sides.left)) <= len(_words(sides.right)) <= 7 and kept and not _SHORT_TITLE.search(sides.right):
            return [("title_wording", "expanded", 1)]
    if "title" in sides.about and _words(sides.left) == _words(sides.right):
        return [("title_wording", "as_printed", 1)]
    return []


def _statements(sides: Sides) -> list[Item]:
    left = _words(sides.left)
    if len(left) < 3 or re.search(r"\b(?:19|20)\d\d\b|[(:{]", sides.left) or re.search(r'"\s*:|[:{]', sides.right):
        return []
    right = _words(" ".join(sides.parts))
    if left == right:
        if sides.listed and len(sides.parts) > 1:
            return [("bullet_split", "one_each", 1), ("bullet_wording", "verbatim", 1)]
        return [("bullet_wording", "verbatim", 1)]
    if not right or not _told(sides):
        return []
    shared = len(set(left) & set(right)) / len(set(right))
    if len(left) >= (3 if "bullet" in sides.about else 4) and len(right) < 0.75 * len(left) and shared >= 0.6:
        return [("bullet_wording", "shortened", 1)]
    if shared == 0 and not re.search(r"\d", sides.left):
        return _foreign(sides)
    if len(left) >= 4 and len(right) >= 3 and shared < 0.75:
        return [("bullet_wording", "reworded", 1)]
    return []


_ELSEWHERE = re.compile(
    r"@|https?:|www\.|[+]\d|\?|\b(?:names?|phone|telephone|addresses|e-?mail|titles?|summary|location|place|header|footer"
    r"|heading|page|issuer|certificate|degree|field|grade|languages?|skills?|level|then|you|born|married)\b",
    re.I,
)


def _told(sides: Sides) -> bool:
    """Whether a left side is a statement of a CV: running text, and not a name, a title or an address."""
    words = re.findall(r"[^\W\d_]{2,}", sides.left)
    plain = sum(word[0].islower() for word in words)
    return plain * 2 > len(words) and not _ELSEWHERE.search(f"{sides.left} {sides.right}")


def _foreign(sides: Sides) -> list[Item]:
    """Nothing is shared: words of another language, or of another title. Read where neither side has a digit."""
    left, right = _words(sides.left), _words(sides.right)
    if any(
        _NO_TRANSLATION.match(word) or word in SECTION_KEYS or word in FIELDS or len(word) < 3 for word in right
    ) or re.search(r"[äöüßéèêàçñóíáúø]", sides.right, re.I):
        return []
    if left and right and not set(left) & set(right) and not re.search(r"\d", sides.left + sides.right):
        foreign = re.search(r"[äöüßéèêàçñóíáú]", sides.left, re.I) or re.search(
            r"translat|language|german|french", sides.about
        )
        return [("translation", "english", 1)] if foreign else []
    return []


_NO_TRANSLATION = re.compile(
    r"^(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|present|current|null|none|empty|nothing|ignored?|skip|skipped|leave"
    r"|left|out|drop|dropped|no|not|section|heading|field|never|string|array|list|item|entry|roles?|study|same|year|month|date"
    r"|unchanged|as|printed|is|work|record)$"
)
"""Words of a right side that say where a text belongs or what becomes of it, and translate nothing."""


def _degrees(sides: Sides) -> list[Item]:
    shown = re.search(
        r"[\"'`]?degree[\"'`]?\W{1,4}[\"“]([^\"”]*)[\"”]\W{1,6}[\"'`]?field[\"'`]?\W{1,4}[\"“]([^\"”]*)[\"”]",
        sides.right,
        re.I,
    )
    if shown is None:
        return []
    if shown.group(1) and shown.group(2):
        kept = set(_words(" ".join(shown.groups()))) <= set(_words(sides.left))
        return [("degree_field", "split", 1)] if kept else []
    return [("degree_field", "together", 1)] if names_subject(shown.group(1)) else []


_QUALIFIED = re.compile(
    r"^\W*(?:b\.? ?a|b\.? ?sc|m\.? ?sc|m\.? ?a|b\.? ?eng|m\.? ?eng|ll\.?[bm]|ph\.? ?d|dipl\.?|diplom|bachelor"
    r"|master|licence"
    r"|licenciatura|grado|magister)\b\.?(?: \(?hons\)?)?(?: (?:of|in|en|de|of science|of arts|of engineering))*\W+"
    r"(?!of\b|business administration|hons\b|degree|program)\w{3}",
    re.I,
)


def names_subject(degree: str) -> bool:
    """Whether a qualification is given together with its subject ("BSc Physics", not "Executive MBA")."""
    return _QUALIFIED.match(degree) is not None


_RULES: tuple[Callable[[Sides], list[Item]], ...] = (
    _degrees, _dates, _missing, _levels, _companies, _skills, _titles, _statements, _foreign,
)  # fmt: skip
