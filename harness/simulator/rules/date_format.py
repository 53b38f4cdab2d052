"""The spelling of dates: named ("MMM YYYY"), described ("three letters") or shown ("Feb 2020")."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import FULL_MONTH, MONTH, TOPICS, Heard, Item, either

_ALTERNATIVE = re.compile(
    r"(?:,\s*|(?<!\s)\s+|)\b(?:rather than|instead of|as opposed to"
    r"|(?<!is )(?<!are )(?<!be )(?<!do )(?<!must )(?<!may )(?<!should )(?<!shall )(?<!can )(?<!will )(?:not"
    r"|never))\s+(?=[\"'“‘`\w])",
    re.I,
)
_FORMATS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), value)
    for pattern, value in (
        (r"\b(?:19|20)\d\d-\d\d-\d\d\b|\byyyy-mm-dd\b", "YYYY-MM-DD"),
        (
            r"\b(?:19|20)\d\d[-/]\d\d\b(?!-)|\byyyy[-/]mm\b(?!-)|\biso[ -]?8601\b|\biso (?:format|dates?|style)\b",
            "YYYY-MM",
        ),
        (r"\b\d\d?/(?:19|20)\d\d\b|\bmm/yyyy\b|\b\d\d-(?:19|20)\d\d\b|\bmm-yyyy\b|\bmm/yy\b", "MM/YYYY"),
        (r"\b\d\d?\.(?:19|20)\d\d\b|\bmm\.yyyy\b", "MM.YYYY"),
        (
            rf"\b{FULL_MONTH},? (?:19|20)\d\d\b(?<!may \d\d\d\d)|\bmmmm yyyy\b|\bmonth(?:s|'s name)?\b[^,;.]{{0,30}}\b"
            rf"(?:in full|spelled out|spelt out|written out)\b|\bfull (?:english )?(?:months?\b|names? of the month)"
            rf"|\bspell(?:ing)? (?:the )?months? out\b|\bspell out (?:the )?months?\b|\bmonth names? in full\b",
            "MMMM YYYY",
        ),
        (
            rf"\b{MONTH} (?:19|20)\d\d\b|\bmmm yyyy\b|\bmon yyyy\b"
            rf"|\bthree[- ]letters?\b"
            rf"|\b3[- ]letters?\b|\babbreviated (?:english )?months?\b|\bshort(?:ened)? (?:english )?months?\b"
            rf"|\bmonths? (?:is |are |be )?abbreviated\b|\babbreviat\w* (?:the )?months?\b",
            "MMM YYYY",
        ),
        (rf"(?:{MONTH}\. ?|{MONTH}, ?)(?:19|20)\d\d\b|\bmmm\.|\b{MONTH}-(?:19|20)\d\d\b|\bmmm-yyyy\b", "MMM. YYYY"),
        (r"\b\d{10}\b|\bunix\b|\bepoch\b|\b\w+ '\d\d\b", "other"),
    )
)
_MISSPELT = re.compile(
    rf"\b\d{{1,2}}\.? (?i:{MONTH})\w*\.? (?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec) (?:19"
    rf"|20)\d\d\b"
    rf"|\b(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC) (?:19|20)\d\d\b"
)
"""A month and a year with a day before them, or in another case than "Jan 2021"."""
_SOURCE = re.compile(
    r"\b(?:prints?|printed|shows?|says?|said|has|have|gives?|from|of|replac\w+|convert|chang\w+|turn|see|reads?"
    r"|appears?|found|contains?|every|any|each|if|where|when)\s*(?:dates? )?(?:like |such as |as )?"
    r"(?:the |a |an )?[\"'“‘`]?$",
    re.I,
)
_TARGET = re.compile(
    r"\b(?:writ\w+|as|to|into|in|with|like|us\w+|output|return|becomes?|e\.g\.,?|format|follow\w*|pattern|style|put"
    r"|means|look\w*|example,?|instance,?|form|normali[sz]e\w*|spell\w*|prefer\w*|be)\s*(?:like |such as )?"
    r"(?:the |a |an |format )?[\"'“‘`:(]*$",
    re.I,
)
_AS_PRINTED = (
    r"\bas (?:it is |they are |they were )?(?:printed|written|given|stated|they appear|it appears|they stand|found"
    r"|in the (?:cv|document|original|source))\b|\b(?:exactly|just) (?:as|the way)\b"
    r"|\bthe way\b[^.]{0,60}\b(?:wrote|written|prints?|printed)\b|\boriginal (?:date )?(?:formats?|spelling|form"
    r"|notation)\b"
    r"|\bunchanged\b|\bverbatim\b|\bkeep the (?:spelling|format|wording)\b|\bas (?:the )?\w+ (?:used|wrote|prints"
    r"|writes|has"
    r"|shows) (?:them|it)\b"
)
_REFORMAT = r"\b(?:reformat|normali[sz]|standardi[sz]|convert|unify|harmoni[sz])\w*\b"
_ODD = (
    r"\bupper ?-?case\b|\bcapital letters?\b|\bcapitals\b|\blower ?-?case\b|\ball caps\b|\bfull stop\b|\bperiod after\b"
    r"|\btwo-digit years?\b|\bapostrophe\b|\bdash\b|\bhyphen\b|\brange\b|\bwithout spaces?\b|\bseparated\b|\bcomma\b"
    r"|\b(?:german|french|spanish) months?\b|\bseasons?\b"
    r"|\blanguage of\b|\b\w+'s language\b|\bown language\b|\bnative\b|\blocal\b|\bnumeric\w*\b"
    r"|\bdigits? for the month\b|\bdays?\b|\byear (?:first|before|in front)\b|\bmonth (?:last|after)\b|\bquarters?\b"
)
"""Ways to write a date that no format here stands for."""
_YEAR_ONLY = (
    r"\b(?:only|just) (?:the |with )?years?\b|\byears? only\b|\bonly (?:give|write|use|keep|put) (?:the )?years?\b"
    r"|\b(?:drop|omit|leave out|skip|remove|ignore|strip)\w* (?:the |all |any )?months?\b|\byears? alone\b"
    r"|\b(?:without|no) (?:the |a |any )?months?\b|\b(?:reduced?|shorten\w*|cut) (?:\w+ ){0,3}to (?:the "
    r"|their )?years?\b"
)


_SOME_DATES = (
    r"\b(?:lacks?|missing|absent|certificat\w*|only a year|no months?|not a month|where|for dates|seasons?|quarters?"
    r"|spring|summer|autumn|winter|vague|circa|alone for (?:it|them|these|those|that|this))\b"
)
"""Words for the dates that the year alone is meant for, where it is not meant for all."""


def formats_in(text: str) -> list[tuple[str, int]]:
    """Every date format that a text names or shows, and where it stands: each passage once, in order."""
    left, found = text, list[tuple[str, int]]()
    for pattern, value in _FORMATS:
        found += [(value, match.start()) for match in pattern.finditer(left)]
        left = pattern.sub(lambda match: "\0" * len(match.group(0)), left)
    for match in _MISSPELT.finditer(text):
        found = [(("other" if match.start() <= place <= match.end() else value), place) for value, place in found]
    return sorted(found, key=lambda item: item[1])


def date_format(heard: Heard) -> list[Item]:
    """The format that a clause asks for or forbids; nothing where it names several and does not say which."""
    about_dates = TOPICS["date"].search(re.sub(r"\b(?:to|till|until) date\b", " ", heard.sentence))
    segments = _ALTERNATIVE.split(heard.whole)
    first_off = (heard.negative and len(segments) == 1) or bool(
        re.match(r"\s*(?:not|never|rather than|instead of)\b", heard.whole, re.I)
    )
    turned = re.search(r"\brather than\b|\binstead of\b|\bas opposed to\b|\bnot\b|\bnever\b", heard.whole, re.I)
    out: list[Item] = []
    for number, segment in enumerate(segments):
        if not about_dates and not (re.search(r"\b(?:19|20)\d\d\b|yyyy", segment, re.I) and _speaks(heard.sentence)):
            continue
        shown = formats_in(segment)
        values = list(dict.fromkeys(value for value, _ in shown))
        if len(values) > 1:
            values = _asked(segment, shown)
        off = first_off or (number > 0 and turned is not None)
        out.extend(("date_format", value, -1 if off else 1) for value in values)
    if len({value for _, value, sign in out if sign > 0}) > 1:
        return []
    if out and re.search(_BUT_THIS, heard.sentence, re.I):
        return []
    if out and re.search(_ODD, heard.sentence, re.I):
        return []
    return out or _in_words(heard)


_BUT_THIS = (
    r"\b(?:any|every|all|no)(?:thing)?\b[^.]{0,30}\b(?:but|other than|except|besides)\b[^.]{0,60}\b(?:is|are|counts?)\b"
)
"""What is said of every format but one."""


def _speaks(sentence: str) -> bool:
    """Whether a sentence that shows a date asks for it; a line of a CV does not."""
    words = re.sub(r"[\"“„«‘'`][^\"“”„«»‘’'`]{0,200}[\"”»’'`]", " ", sentence)
    return _ASKS.search(words) is not None or (
        _RANGE.search(sentence) is None and len(re.findall(r"[^\W\d_]{2,}", words)) <= _BARE
    )


_RANGE = re.compile(r"\b(?:19|20)\d\d\W{0,3}(?:[-–—]|to\b|until\b)|\b(?:since|seit|depuis|desde)\b", re.I)
"""A period, as the lines of a CV have it."""
_BARE = 4
"""Words beside which a date still is what a line is about."""
_ASKS = re.compile(
    r"\b(?:writ\w+|use|give|put|like|as|format|output|return|record|becomes?|is|are|be|not|never|instead|rather|example"
    r"|e\.g|into?|yyyy|should|must|turns?|spell\w*)\b",
    re.I,
)


def _in_words(heard: Heard) -> list[Item]:
    if not heard.any("date"):
        return []
    if heard.says(_AS_PRINTED) and not heard.says(r"\bonly where\b"):
        return either("date_format", "as_printed", "MMM YYYY", heard.negative)
    if heard.says(_REFORMAT) and heard.negative:
        return [("date_format", "as_printed", 1)]
    if heard.says(_YEAR_ONLY) and not heard.condition and not heard.negative and not heard.says(_SOME_DATES):
        return [("date_format", "YYYY", 1)]
    return []


def _asked(segment: str, shown: list[tuple[str, int]]) -> list[str]:
    """Of several formats in one segment, the one that is asked for; none where that cannot be told."""
    asked: set[str] = set()
    for value, start in shown:
        before = segment[max(0, start - 40) : start]
        if _SOURCE.search(before):
            continue
        if not _TARGET.search(before):
            return []
        asked.add(value)
    return list(asked) if len(asked) == 1 else []
