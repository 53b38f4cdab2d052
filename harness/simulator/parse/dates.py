"""Dates and periods in the spellings that CVs use, in several languages."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from harness.simulator.parse.model import Moment, Period

MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "january jan januar jaenner janner janvier janv enero ene janeiro gennaio gen styczen stycznia sty",
        "february feb februar fevrier fevr fev febrero fevereiro febbraio luty lutego lut",
        "march mar marz maerz mrz mars marzo marco marzec marca",
        "april apr avril avr abril abr aprile kwiecien kwietnia kwi",
        "may mai mayo maio maggio mag maj maja",
        "june jun juni juin junio junho giugno giu czerwiec czerwca cze",
        "july jul juli juillet juil julio julho luglio lug lipiec lipca lip",
        "august aug aout agosto ago sierpien sierpnia sie",
        "september sep sept septembre septiembre setembro set settembre wrzesien wrzesnia wrz",
        "october oct oktober okt octobre octubre outubro out ottobre ott pazdziernik pazdziernika paz",
        "november nov novembre noviembre novembro listopad listopada lis",
        "december dec dezember dez decembre diciembre dic dezembro dicembre grudzien grudnia gru",
    ),
    start=1,
):
    for _name in _names.split():
        MONTHS[_name] = _number

PRESENT_WORDS = (
    "present|current|currently|now|today|ongoing|to date|date|till date|heute|aktuell|derzeit|laufend"
    "|jetzt|gegenwart|"
    "present|actuel|actuellement|aujourd'hui|aujourd’hui|ce jour|a ce jour|en cours|maintenant"
    "|actualidad|actual|actualmente|"
    "la actualidad|presente|el presente|hoy|la fecha|atual|atualmente|o momento|hoje|attuale|attualmente"
    "|oggi|in corso|"
    "obecnie|teraz|nadal|dzis|dzisiaj|chwili obecnej|至今|现在|現在|今|الآن|الان|حتى الآن|היום|כיום"
)
PRESENT_WORDS = "".join(unicodedata.normalize("NFD", character)[0] for character in PRESENT_WORDS)
SINCE_WORDS = "since|from|seit|ab|depuis|desde|dal|da|od|von|de"
UNTIL_WORDS = "until|till|bis|jusqu'a|jusqu’a|hasta|ate|fino a|do"

_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_POINT = (
    rf"(?:(?:0?[1-9]|[12]\d|3[01])\.?\s+(?:de\s+)?)?(?P<mn{{n}}>{_MONTH_NAMES})\b\.?,?\s*(?:de\s+|del\s+|of\s+)?"
    rf"(?:(?P<yn{{n}}>{_YEAR})|['’](?P<ys{{n}}>\d\d))(?!\d)"
    rf"|(?P<yc{{n}}>{_YEAR})\s*年\s*(?:(?P<mc{{n}}>1[0-2]|0?[1-9])\s*月)?"
    rf"|(?:0?[1-9]|[12]\d|3[01])[./-](?P<md{{n}}>0?[1-9]|1[0-2])[./-](?P<yd{{n}}>{_YEAR})(?!\d)"
    rf"|(?P<yi{{n}}>{_YEAR})[-./](?P<mi{{n}}>0[1-9]|1[0-2])(?:[-./](?:[0-2]\d|3[01]))?(?!\d)"
    rf"|(?P<ma{{n}}>0?[1-9]|1[0-2])\s?[./-]\s?(?P<ya{{n}}>{_YEAR})(?!\d)"
    rf"|(?P<yo{{n}}>{_YEAR})(?!\d)(?!\s?%)"
)
_DASH = (
    r"\s*(?:-|–|—|−|‐|‑|~|〜|→|\bto\b|\buntil\b|\btill\b|\bthrough\b|\bbis\b|\bau\b|\ba\b|\bal\b|\bate\b"
    r"|\bdo\b|\bhasta\b|至|から|到)\s*(?:heute\s*)?"
)
_LEFT = r"(?<![\d/.,€$£#+-])(?<![A-Za-z])"


def _point(n: int) -> str:
    return "(?:" + _POINT.replace("{n}", str(n)) + ")"


_RANGE = re.compile(
    rf"{_LEFT}(?:(?:{SINCE_WORDS}|seit)\s+)?{_point(1)}{_DASH}(?:el\s+|le\s+|la\s+)?(?:{_point(2)}"
    rf"|(?P<pr>{PRESENT_WORDS})(?![a-z]))"
)
_SHARED = re.compile(
    rf"{_LEFT}(?P<m1>{_MONTH_NAMES})\b\.?\s*(?:-|–|—|to|bis|a"
    rf"|au)\s*(?P<m2>{_MONTH_NAMES})\b\.?\s*(?:de\s+)?(?P<y>{_YEAR})(?!\d)"
)
_SHORT = re.compile(rf"{_LEFT}(?P<y1>{_YEAR})\s?[-–/]\s?(?P<y2>\d\d)(?![\d/.-])")
_SINCE = re.compile(rf"(?<![a-z])(?:since|seit|depuis(?:\s+le)?|desde|dal|od|ab)\s+{_point(1)}")
_UNTIL = re.compile(rf"(?<![a-z])(?:{UNTIL_WORDS})\s+{_point(1)}")
_OPEN = re.compile(rf"{_LEFT}{_point(1)}\s*(?:-|–|—|〜)\s*(?=$|[|\t)\]])")
_SINGLE = re.compile(rf"{_LEFT}{_point(1)}")


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """`text` in lower case without accents, character for character, so that positions stay true."""
    if text.isascii():
        return text.lower()
    out: list[str] = []
    for character in text:
        base = unicodedata.normalize("NFD", character)[0] if ord(character) < 0x3000 else character
        lower = base.lower()
        out.append({"ł": "l", "ß": "s", "ø": "o"}.get(lower, lower if len(lower) == 1 else character))
    return "".join(out)


def _moment(match: re.Match[str], n: int, line: str) -> Moment:
    groups = match.groupdict()

    def of(name: str) -> str | None:
        value: str | None = groups.get(f"{name}{n}")
        return value

    if of("mn"):
        short = of("ys")
        year = int(of("yn") or 0) or (2000 + int(short or 0) if int(short or 0) < 50 else 1900 + int(short or 0))
        month: int | None = MONTHS[of("mn") or ""]
    else:
        year = int(of("yc") or of("yd") or of("yi") or of("ya") or of("yo") or 0)
        text = of("mc") or of("md") or of("mi") or of("ma")
        month = int(text) if text else None
    spans = [
        match.span(f"{name}{n}") for name in ("mn", "yn", "ys", "yc", "mc", "md", "yd", "yi", "mi", "ma", "ya", "yo")
    ]
    used = [span for span in spans if span[0] >= 0]
    printed = line[min(span[0] for span in used) : max(span[1] for span in used)]
    return Moment(year, month, printed=printed.strip())


@lru_cache(maxsize=8192)
def find_period(line: str, *, single: bool = True) -> Period | None:
    """The first period in `line`: a range, an open range, or (unless `single` is False) a single date."""
    folded = fold(line)
    match = _RANGE.search(folded)
    if match:
        start = _moment(match, 1, line)
        if match.group("pr") is not None:
            end = Moment(9999, None, True, line[match.start("pr") : match.end("pr")])
        else:
            end = _moment(match, 2, line)
            if (end.year, end.month or 0) < (start.year, start.month or 0) and end.year < start.year:
                start, end = end, start  # written from right to left
        return Period(start, end, match.start(), match.end())
    match = _SHARED.search(folded)
    if match:
        year = int(match.group("y"))
        return Period(
            Moment(year, MONTHS[match.group("m1")], printed=f"{match.group('m1')} {year}"),
            Moment(year, MONTHS[match.group("m2")], printed=f"{match.group('m2')} {year}"),
            match.start(),
            match.end(),
        )
    match = _SHORT.search(folded)
    if match and (int(match.group("y2")) > 12 or "/" not in match.group(0)) and _later(match):
        first = int(match.group("y1"))
        second = first // 100 * 100 + int(match.group("y2"))
        return Period(
            Moment(first, printed=str(first)), Moment(second, printed=match.group("y2")), match.start(), match.end()
        )
    match = _SINCE.search(folded)
    if match:
        return Period(_moment(match, 1, line), Moment(9999, None, True), match.start(), match.end())
    match = _OPEN.search(folded)
    if match:
        return Period(_moment(match, 1, line), Moment(9999, None, True), match.start(), match.end())
    match = _UNTIL.search(folded)
    if match:
        return Period(None, _moment(match, 1, line), match.start(), match.end())
    if not single:
        return None
    match = _SINGLE.search(folded)
    if match:
        return Period(None, _moment(match, 1, line), match.start(), match.end(), single=True)
    return None


def _later(match: re.Match[str]) -> bool:
    first, second = int(match.group("y1")), int(match.group("y2"))
    return first % 100 < second <= first % 100 + 12


def without(line: str, period: Period) -> str:
    """`line` with the period cut out, and the brackets around it; its place is kept as a tab."""
    left, right = line[: period.begin].rstrip(), line[period.stop :].lstrip()
    if left.endswith(("(", "[", "（")) and right[:1] in (")", "]", "）"):
        left, right = left[:-1].rstrip(), right[1:].lstrip()
    left = re.sub(r"[\s,:;|·•(\[–—-]+$", "", left)
    right = re.sub(r"^[\s,:;|·•)\].–—-]+", "", right)
    return f"{left}\t{right}" if left and right else left or right
