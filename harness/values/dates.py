"""Dates as CVs print them. General date parsers fill what is missing from today; this one never does.

A date is a year with or without a month, or "Present". The spelling is no part of it: `June 2016`, `2016-06`,
`06/2016`, `juin 2016` and `2016年6月` are one date. Days are read over: the contract has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal, TypeAlias

from harness.values.data import table
from harness.values.normalise import normalise, unaccented
from harness.values.running import WORD, YEAR, is_present

FIRST_YEAR, LAST_YEAR = 1900, 2099
_PIVOT = 70
"""Two-digit years: '70 and above are 19xx."""


@dataclass(frozen=True, slots=True)
class CvDate:
    """year and month as printed (month None where only a year is), or present. part: the season, quarter or half of the
    year that is printed beside it; two dates are equal without it."""

    year: int | None
    month: int | None = None
    present: bool = False
    part: str = field(default="", compare=False)

    @property
    def months(self) -> int:
        """Months since year 0, for sorting; a bare year counts as its January, Present comes after all."""
        return 10**6 if self.present or self.year is None else self.year * 12 + (self.month or 1) - 1


PRESENT = CvDate(None, None, True)

DateMatch: TypeAlias = Literal["equal", "coarser", "finer", "different"]


def compare_dates(golden: CvDate, answer: CvDate) -> DateMatch:
    """coarser: same year, the answer lacks the month; finer: same year, only the answer has a month."""
    if golden == answer:
        return "different" if golden.part and answer.part and golden.part != answer.part else "equal"
    if golden.present or answer.present or golden.year != answer.year:
        return "different"
    if answer.month is None:
        return "coarser"
    return "finer" if golden.month is None else "different"


@cache
def _months() -> dict[str, tuple[int, ...]]:
    """Month names and abbreviations of all languages, with and without accents, to the months that they stand for, the
    likeliest first."""
    names: dict[str, tuple[int, ...]] = {}
    given = [(name, tuple(found)) for name, found in table("months")["names"].items()]
    for name, found in [*given, *((name, (number,)) for name, number in table("dates")["months"].items())]:
        for spelling in {normalise(name), unaccented(name)}:
            names[spelling] = tuple(dict.fromkeys((*names.get(spelling, ()), *found)))
    return names


@cache
def _inflected() -> dict[str, tuple[str, ...]]:
    """Names of months in languages with further case forms, by their first three letters."""
    names: dict[str, tuple[str, ...]] = {}
    for name in table("months")["inflected"]:
        for spelling in {normalise(name), unaccented(name)}:
            names[spelling[:3]] = (*names.get(spelling[:3], ()), spelling)
    return names


@cache
def _words_of(kind: str) -> frozenset[str]:
    return frozenset(normalise(word) for word in table("dates")[kind])


@cache
def _parts_of_years() -> dict[str, str]:
    """Words for seasons, quarters and halves to the part of the year that they name."""
    return {normalise(word): part for part, found in table("dates")["seasons"].items() for word in found}


@cache
def _eras() -> re.Pattern[str]:
    return re.compile(f"({'|'.join(table('dates')['eras'])})(元|\\d{{1,2}})年")


_MARKS_AROUND = str.maketrans("()[]", "    ")
_AROUND_UNSPACED = re.compile(
    r"(?:卒業|修了|取得)?(?:予定|見込み?|見込)$|(?:卒業|修了|取得|入学|入社|退社|毕业|畢業|至|から|まで|より|起)$|^(?:预计|預計|预期)"
)
_QUARTER = re.compile(r"(?<!\w)(?:([1-4])(?:st|nd|rd|th|er|e|º|ª)?[. ]*|(first|second|third|fourth) )([^\W\d_]+)")
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}
_WHOLE_WORD = WORD + "+"  # possessive: a part of a word is never tried
_PATTERNS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<y>{YEAR})",
        rf"(?P<y>{YEAR})[-/.](?P<m>\d{{1,2}})(?:[-/.]\d{{1,2}})?(?:t[\d:.z+-]*)?",  # 2016-06, 2016-06-01T00:00:00Z
        rf"(?P<m>\d{{1,2}})[-/. ]{{1,2}}(?P<y>{YEAR})",  # 06/2016
        rf"(?P<a>\d{{1,2}})[-/.]\s?(?P<b>\d{{1,2}})[-/.]\s?(?P<y>{YEAR})",  # 01.06.2016, 06/15/2016
        rf"(?P<y>{YEAR}) ?[年년][ ,]?(?:(?P<m>\d{{1,2}}) ?[月월])?(?: ?\d{{1,2}} ?[日일])?",
        rf"(?P<w>{WORD}(?:[ .]{WORD})?)[ .,'/-]*(?P<y>{YEAR})",  # june 2016, czerwca 2016
        rf"(?P<w>{WORD})[ .,]*\d{{1,2}}(?:st|nd|rd|th)?[ ,]+(?P<y>{YEAR})",  # june 10, 2016
        rf"\d{{1,2}}(?:st|nd|rd|th|er|º|o)?[ .-]*(?P<w>{WORD})[ .,-]*(?P<y>{YEAR})",  # 10. juni 2016
        rf"(?P<y>{YEAR})[ ,./-]+(?P<w>{WORD})",  # 2016 june
        rf"(?P<y>{YEAR})\. (?P<m>\d{{1,2}})(?:\. ?\d{{1,2}})?",  # 2019. 08., 2019. 08. 15.
        rf"(?P<y>{YEAR})[ .,]+(?P<w>{WORD})[ .]*\d{{1,2}}",  # 2019. augusztus 15.
        rf"(?:tháng|thg\.?) ?(?P<m>\d{{1,2}})(?: năm)?[ ,/.-]*(?P<y>{YEAR})",  # tháng 8 năm 2019
        rf"(?P<part>[^\W\d_]\d|\d[^\W\d_]|{WORD})[ /'-]*(?P<y>{YEAR})(?:/\d\d)?",  # q3 2016, ws 2019/20
        rf"(?P<y>{YEAR})[ /'-]*(?P<part>[^\W\d_]\d|\d[^\W\d_]|{WORD})",  # 2016 q3
        r"(?P<part>[^\W\d_]\d|\d[^\W\d_]|[^\W\d_]{4,})[ /'-]*(?P<yy>\d\d)",  # q3 '16, summer '16
        rf"(?P<w>{WORD})\.?[ /-]?'?(?P<yy>\d\d)",  # jun '16, jun-16
        rf"(?P<m>\d{{1,2}}) ?[月월] ?(?P<y>{YEAR})",  # 8월 2019
        r"(?P<m>\d{1,2})[/.-]'?(?P<yy>\d\d)",  # 06/16
        r"'?(?P<yy>\d\d)",  # '16
    )
)


@lru_cache(maxsize=8192)
def parse_date(text: str) -> CvDate | None:
    """The date a text prints, or None where it prints none or several ("2019 - 2021").

    Where day and month could be either (01/06/2016), the month is the second number, as in Europe; a second number
    over 12 is a day.
    """
    return _parse(normalise(text))


def _parse(folded: str) -> CvDate | None:
    if not folded or len(folded) > 60:
        return None
    if is_present(folded):
        return PRESENT
    # Without the words that only lead to a date: "since", "of", "de" (not "to" between two dates: that is no match).
    given = [part.strip(":;") for part in folded.translate(_MARKS_AROUND).split()]
    parts = [part for part in given if part.strip(".,") not in _words_of("fillers")]
    plain = _QUARTER.sub(_short_quarter, " ".join(parts).strip(" .,'"))
    if not plain.isascii():
        plain = _AROUND_UNSPACED.sub("", plain).strip()
    if is_present(plain):
        return PRESENT
    # As it stands first: a word that leads to dates in one language is a month in another ("tra").
    for spelling in dict.fromkeys((" ".join(given), plain)):
        for pattern in _PATTERNS:
            found = pattern.fullmatch(spelling)
            if found and (date := _from_groups(found.groupdict())):
                return date
    era = _eras().match(plain)
    if era:
        start = table("dates")["eras"][era[1]]
        rest = plain[era.end() :]
        return _parse(f"{start + (1 if era[2] == '元' else int(era[2]))}年{rest}")
    return None


def _short_quarter(found: re.Match[str]) -> str:
    """ "3. quartal", "third quarter" as q3."""
    number = found[1] or _ORDINALS[found[2]]
    return f"q{number}" if found[3] in _words_of("quarter_words") else found[0]


def _from_groups(groups: dict[str, str | None]) -> CvDate | None:
    year_text, short = groups.get("y"), groups.get("yy")
    if year_text:
        year = int(year_text)
    elif short:
        year = int(short) + (1900 if int(short) >= _PIVOT else 2000)
    else:
        return None
    word = groups.get("w")
    if word is not None:
        month = month_number(word)
        if month is None:
            part = _parts_of_years().get(word)
            return CvDate(year, part=part) if part and year_text else None
        return CvDate(year, month)
    if (named := groups.get("part")) is not None:
        part = _parts_of_years().get(named)
        return CvDate(year, part=part) if part else None
    if groups.get("a") is not None:
        first, second = int(groups["a"] or 0), int(groups["b"] or 0)
        month = second if second <= 12 else first
        return CvDate(year, month) if 1 <= month <= 12 else None
    if groups.get("m") is not None:
        month = int(groups["m"] or 0)
        return CvDate(year, month) if 1 <= month <= 12 else None
    return CvDate(year)


def month_number(word: str) -> int | None:
    """1 … 12 for a month's name or abbreviation in any of the known languages (normal form), else None. Of a name that
    stands for different months in two languages, the likelier one."""
    found = month_numbers(word)
    return found[0] if found else None


@lru_cache(maxsize=4096)
def month_numbers(word: str) -> tuple[int, ...]:
    """All months that a name stands for in any of the known languages (normal form), the likeliest first."""
    months = _months()
    found = months.get(word) or months.get(unaccented(word))
    if found or (word.isascii() and len(word) < 4):
        return found or ()
    if len(word) > 3 and (word[0] in "בהוכלמש" or word.startswith("ال")):
        # Hebrew and Arabic write prepositions and articles in one with the word.
        found = months.get(word[1:]) or months.get(word[2:])
        if found:
            return found
    return next((months[name] for name in _inflected().get(word[:3], ()) if _is_case_of(name, word)), ())


def _is_case_of(name: str, word: str) -> bool:
    """Whether a word is a month's name with another ending ("sierpniu", "elokuussa")."""
    if len(name) > 4 and word.startswith(name):
        return len(word) <= len(name) + 3
    return len(name) > 3 and word.startswith(name[:-1]) and len(word) <= len(name) + 1


@dataclass(frozen=True, slots=True)
class Printed:
    """A date printed in a text, and where (offsets into the text that was searched)."""

    date: CvDate
    start: int
    end: int


_ANY_YEAR = re.compile(r"(?<!\d)(?<!\d,)(?:19|20)\d\d(?![\d%])")
_SHORT = re.compile(r"[ '/-](\d\d)(?![\w/.%-])")
_YEAR_BEFORE = re.compile(r"(?<![\d,])((?:19|20)\d\d) ?[-/ ]$")
_WORD_BEFORE = re.compile(rf"(?<!\w)({WORD})\.?[ -]?[ '-]$")
_NUMBER_BEFORE = re.compile(r"(?<![\d/.-])(\d{1,2})/'?$")
_MONTH_AFTER = re.compile(r" ?(\d{1,2}) ?月")
_DAY = r"(?:[.,]? ?\d{1,2}(?:st|nd|rd|th)?)?"
_RANGE = rf"(?:[-–/~] ?|({_WHOLE_WORD}) )"
_BEFORE_WORD = re.compile(
    rf"(?<![^\W\d_])(?:({_WHOLE_WORD}){_DAY}\.? ?{_RANGE}(?:\d{{1,2}}\.? )?)?({_WHOLE_WORD}){_DAY}[ .,'/-]*$"
)
_BEFORE_FILLER = re.compile(r"[ ,](?:de|del|di|of|r)[. ]*$")
_BEFORE_NUMBER = re.compile(r"(?<!\d)(?:(\d{1,2})[-/.] ?)?(\d{1,2}) ?[-/. ]$")
_BEFORE_RANGE = re.compile(r"(?<![\d/.-])(\d{1,2})\.? ?[-~] ?\d{1,2}[./]$")
_AFTER = re.compile(
    r"[-/.](\d{1,2})(?![\d%])|\. (\d\d(?=[.\s]*(?:$|[-~\d]))|\d(?=\.))"
    r"| ?[年년] ?(\d{1,2}) ?[月월](?: ?[-~至から]+ ?(\d{1,2}) ?[月월])?"
)
# A dash between spaces begins what comes after the date: "2019 - March 2021" has no month for 2019.
_AFTER_WORD = re.compile(
    rf"(?:[ ,./]+(?:m\.? |gada )?|[-/])({WORD})(?![\w]|[ ,.']{{1,2}}(?:19|20)\d\d)(?: ?(?:[-–/~] ?|({WORD}) )({WORD}))?"
)
_APOSTROPHE_YEAR = re.compile(r"(?<![\w'])'(\d\d)(?![\w'])")


def dates_in(text: str) -> Iterator[Printed]:
    """Every date that a folded text prints (see `normalise.fold`; white space collapsed), in any spelling.

    A month counts only beside its year, or as the first of a range that shares one ("Jan - Mar 2019").
    """
    for found in _ANY_YEAR.finditer(text):
        for month, start, end in _around(text, found):
            yield Printed(CvDate(int(found[0]), month), start, end)
    yield from dates_elsewise(text)


def dates_elsewise(text: str) -> Iterator[Printed]:
    """Dates of a folded text without a year of four digits: "Jun '16", "06/16", "2018/19", Japanese eras."""
    for found in _SHORT.finditer(text):
        start, end = found.span()
        year = int(found[1])
        year += 1900 if year >= _PIVOT else 2000
        before = text[max(0, start - 16) : start + 1]
        base = max(0, start - 16)
        if ranged := _YEAR_BEFORE.search(before):
            first = int(ranged[1])
            if year % 100 > first % 100:
                yield Printed(CvDate(first // 100 * 100 + year % 100), base + ranged.start(), end)
        elif worded := _WORD_BEFORE.search(before):
            if month := month_number(worded[1]):
                yield Printed(CvDate(year, month), base + worded.start(), end)
        elif (numbered := _NUMBER_BEFORE.search(before)) and 1 <= int(numbered[1]) <= 12:
            yield Printed(CvDate(year, int(numbered[1])), base + numbered.start(), end)
    for found in _APOSTROPHE_YEAR.finditer(text) if "'" in text else ():
        if _WORD_BEFORE.search(text, max(0, found.start() - 16), found.start()):
            continue
        year = int(found[1])
        yield Printed(CvDate(year + (1900 if year >= _PIVOT else 2000)), found.start(), found.end())
    if not text.isascii() and any(map(text.__contains__, table("dates")["eras"])):
        for era in _eras().finditer(text):
            first = table("dates")["eras"][era[1]] + (1 if era[2] == "元" else int(era[2]))
            month_after = _MONTH_AFTER.match(text, era.end())
            if month_after and 1 <= int(month_after[1]) <= 12:
                yield Printed(CvDate(first, int(month_after[1])), era.start(), month_after.end())
            yield Printed(CvDate(first), era.start(), era.end())


def date_like(text: str, date: CvDate, near: int) -> Printed | None:
    """The first place at or after `near`, else the first of all, where a folded text prints `date` with a year of four
    digits: looks only where that year is."""
    later = None
    for printed in dates_like(text, date, near):
        if printed.start >= near:
            return printed
        later = later or printed
    return next(dates_like(text, date, 0, near), later)


def dates_like(text: str, date: CvDate, first: int = 0, last: int | None = None) -> Iterator[Printed]:
    """Where a folded text prints `date` with a year of four digits that begins from `first` on and before `last`."""
    year = str(date.year)
    at = text.find(year, first)
    while at >= 0 and (last is None or at < last):
        if found := _ANY_YEAR.match(text, at):
            if date.month is None:
                yield Printed(date, at, found.end())
            else:
                yield from (
                    Printed(date, start, end) for month, start, end in _around(text, found) if month == date.month
                )
        at = text.find(year, at + len(year))


def _around(text: str, found: re.Match[str]) -> Iterator[tuple[int | None, int, int]]:
    """Month (or none), start and end of each date that a year may be part of."""
    start, end = found.span()
    yield None, start, end
    before = text[max(0, start - 32) : start]
    base = start - len(before)
    filler = _BEFORE_FILLER.search(before)
    if filler:
        before = before[: filler.start()] + " "
    worded = _BEFORE_WORD.search(before)
    named = False
    if worded:
        ranged = worded[2] is None or worded[2] in _words_of("until")
        for group in (1, 3) if ranged else (3,):
            for month in month_numbers(worded[group]) if worded[group] else ():
                named = True
                yield month, base + worded.start(group), end
    if not named and (several := _of_several_words(before)):
        yield several[0], base + several[1], end
    numbered = _BEFORE_NUMBER.search(before)
    if numbered and numbered[0][-1] == " " and before[: numbered.start()][-1:].isalpha():
        numbered = None  # H1 2018, room B12 2018
    if numbered:
        if (to := _BEFORE_RANGE.search(before)) and 1 <= int(to[1]) <= 12:
            yield int(to[1]), base + to.start(), end
        first, second = int(numbered[1] or 0), int(numbered[2])
        month = second if second <= 12 else first
        if 1 <= month <= 12:
            yield month, base + numbered.start(), end
    after = _AFTER.match(text, end)
    if after:
        for number in (after[1] or after[2] or after[3], after[4]):
            if number and 1 <= int(number) <= 12:
                yield int(number), start, after.end()
    following = _AFTER_WORD.match(text, end)
    if following and not named and not numbered and (months := month_numbers(following[1])):
        for month in months:
            yield month, start, following.end(1)
        if following[3] and (following[2] is None or following[2] in _words_of("until")):
            for month in month_numbers(following[3]):
                yield month, start, following.end()


@cache
def _names_of_several_words() -> tuple[tuple[str, int], ...]:
    """Names of months that are several words (Irish, Arabic of the Levant), with their numbers."""
    return tuple((name, found[0]) for name, found in _months().items() if " " in name)


def _of_several_words(before: str) -> tuple[int, int] | None:
    """The month that such a name right before a year says, and where it begins."""
    given = before.rstrip(" .,'/-")
    for name, month in _names_of_several_words():
        if given.endswith(name) and not given[: -len(name)][-1:].isalnum():
            return month, len(given) - len(name)
    return None
