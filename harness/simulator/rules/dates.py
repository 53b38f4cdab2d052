"""Dates: their spelling, lone years, what still runs."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import FULL_MONTH, MONTH, RUNNING, Heard, Item, Rule, either

_ALTERNATIVE = re.compile(r",?\s*\b(?:rather than|instead of|as opposed to|not|never)\s+(?=[\"'“‘`\w])", re.I)
_FORMATS: tuple[tuple[str, str], ...] = (
    (r"\b(?:19|20)\d\d-\d\d-\d\d\b|\byyyy-mm-dd\b", "YYYY-MM-DD"),
    (r"\b(?:19|20)\d\d-\d\d\b(?!-)|\byyyy-mm\b(?!-)|\biso[ -]?8601\b|\biso (?:format|dates?)\b", "YYYY-MM"),
    (r"\b\d\d/(?:19|20)\d\d\b|\bmm/yyyy\b", "MM/YYYY"),
    (r"\b\d\d\.(?:19|20)\d\d\b|\bmm\.yyyy\b", "MM.YYYY"),
    (
        rf"\b{FULL_MONTH} (?:19|20)\d\d\b|\bmmmm yyyy\b|\bmonth(?:s|'s name)?\b[^,;]{{0,30}}\b(?:in full"
        rf"|spelled out|spelt out|written out)\b|\bfull (?:english )?(?:month|name of the month)"
        rf"|\bspell(?:ing)? (?:the )?months? out\b|\bspell out (?:the )?months?\b",
        "MMMM YYYY",
    ),
    (
        rf"\b{MONTH}\.? (?:19|20)\d\d\b|\bmmm yyyy\b|\bmon yyyy\b|\bthree[- ]letter\b|\bthree letters\b|\b3[- "
        rf"]letter|\babbreviated (?:english )?months?\b|\bshort(?:ened)? (?:english )?months?\b|\bmonths? "
        rf"(?:is |are |be )?abbreviated\b",
        "MMM YYYY",
    ),
)


def _date_format(heard: Heard) -> list[Item]:
    out: list[Item] = []
    about_dates = heard.any("date") or re.search(r"\bdates?\b|\bmonths?\b", heard.sentence, re.I)
    segments = _ALTERNATIVE.split(heard.text)
    starts_negative = (heard.negative and len(segments) == 1) or bool(
        re.match(r"\s*(?:not|never|rather than|instead of)\b", heard.text, re.I)
    )
    for number, segment in enumerate(segments):
        for pattern, value in _FORMATS:
            if not re.search(pattern, segment, re.I):
                continue
            if not about_dates and not re.search(r"\b(?:19|20)\d\d\b|yyyy", segment, re.I):
                continue
            prohibited = starts_negative or (
                number > 0 and heard.says(r"rather than|instead of|as opposed to|\bnot\b|\bnever\b")
            )
            out.append(("date_format", value, -1 if prohibited else 1))
            break
    if (
        not out
        and heard.any("date")
        and heard.says(
            r"\bas (?:it is |they are |they were )?(?:printed|written|given|stated|they appear|it appears"
            r"|found)\b|\b(?:exactly|just) (?:as|the way)\b|\bthe way\b.*\b(?:wrote|written|prints?|printed)\b"
            r"|\boriginal (?:date )?(?:format|spelling)\b|\bunchanged\b|\bverbatim\b"
            r"|\bkeep the (?:spelling|format|wording)\b|\bas (?:the )?\w+ (?:used|wrote) (?:them|it)\b"
        )
    ) and not heard.says(r"\bonly where\b"):
        out.extend(either("date_format", "as_printed", "MMM YYYY", heard.negative))
    return out


def _month_missing(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    lacks = re.search(
        r"\b(?:no|without(?: a)?|lacks?(?: the| a)?|missing|absent|only (?:a|the) year|year only|only a year"
        r"|just (?:a|the) year)\b",
        whole,
        re.I,
    )
    if re.search(r"\bmonths?\b|\bonly (?:a|the) year\b", whole, re.I) and lacks:
        if (
            heard.says(
                r"\byears?\b[^.]{0,25}\b(?:alone|only|by itself|(?:is|are) (?:enough|sufficient)"
                r"|will do|suffices|on its own|just)\b|\b(?:only|just"
                r"|bare)\b[^.]{0,12}\byears?\b|\byyyy\b(?![- /]?mm)"
            )
            and not heard.negative
        ):
            return [("month_missing", "year_only", 1)]
        if heard.says(
            r"\b(?:add|invent|make up|made up|guess|assume|insert|fill in|supply|default to|use january|put "
            r"january|estimate)\b"
        ):
            return either("month_missing", "invent", "year_only", heard.negative)
    if heard.says(r"\b(?:add|invent|make up|made up|guess|assume|insert|supply)\b[^.]{0,20}\bmonths?\b"):
        return either("month_missing", "invent", "year_only", heard.negative)
    return []


def _present_word(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    quoted = re.search(r"[\"“‘'`]\s*(present|current|now|ongoing|today|to date|current role)\s*[\"”’'`]", whole, re.I)
    bare = re.search(
        r"\b(?i:word|as|put|write|use|say|end(?:s|ing)? in|end with|gets?|be|is)\s+(?:the word )?(Present"
        r"|Current|Now|Ongoing|Today)\b(?!\s+(?:job|role|position))",
        whole,
    )
    match = quoted or bare
    if match and (
        re.search(RUNNING, re.sub(re.escape(match.group(0)), " ", whole), re.I)
        or re.search(r"\bend(?:ing)? dates?\b|\bend\b", whole, re.I)
    ):
        word = match.group(1)[0].upper() + match.group(1)[1:].lower()
        forbidden = heard.negative and heard.says(r"\b(?:do not|don't|never|not|avoid)\b")
        return [("present_word", word, -1 if forbidden else 1)]
    if (
        re.search(RUNNING, whole, re.I)
        and heard.says(r"\bend dates?\b|\bdates?\b")
        and heard.says(r"\b(?:empty|blank|null|no end date)\b")
        and not heard.says(r"\bnone\b")
    ):
        return [("present_word", "empty", -1 if heard.negative and not heard.says("no end date") else 1)]
    return []


RULES: tuple[Rule, ...] = (
    _date_format,
    _month_missing,
    _present_word,
)
