"""Dates: their spelling, lone years, what still runs."""

from __future__ import annotations

import re

from harness.simulator.rules.date_format import date_format
from harness.simulator.rules.hearing import RUNNING, Heard, Item, Rule, either


def _month_missing(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    lacks = re.search(
        r"\b(?:no|without(?: a)?|lacks?(?: the| a)?|missing|absent|only (?:a|the) year|year only|only a year"
        r"|just (?:a|the) year|not (?:really )?a month)\b",
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
            r"\b(?:add|invent|make up|made up|guess|assume|insert|fill in|supply|default to"
            r"|(?:use|put|write|take|add) january|estimate)\b"
        ):
            return either("month_missing", "invent", "year_only", heard.negative)
    unless = re.match(
        r"unless\b[^.]{0,40}\b(?:gives?|prints?|names?|states?|has|shows?|says?)\b[^.]{0,20}", heard.condition
    )
    if unless and heard.negative and re.search(r"\bmonths?\b", whole, re.I) and not heard.dropping:
        return [("month_missing", "year_only", 1)]
    if heard.says(r"\b(?:add|invent|make up|made up|guess|assume|insert|supply)\b[^.]{0,20}\bmonths?\b"):
        return either("month_missing", "invent", "year_only", heard.negative)
    return []


_FORBIDS = r"\b(?:never|not|don't|avoid|cannot)\b"


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
        if not re.search(RUNNING, whole, re.I) and re.search(
            r"\b(?:every|each|all|newest|latest|any)\b|\bno end date is\b|\bmissing\b", whole, re.I
        ):
            return []
        word = match.group(1)[0].upper() + match.group(1)[1:].lower()
        forbidden = heard.negative and heard.says(r"\b(?:do not|don't|never|not|avoid)\b")
        return [("present_word", word, -1 if forbidden else 1)]
    if re.search(RUNNING, whole, re.I) and heard.says(r"\b(?:today's|current|present) date\b") and not heard.negative:
        return [("present_word", "Today", 1)]
    if (
        re.search(RUNNING, whole, re.I)
        and heard.says(r"\bend[ _]dates?\b|\bdates?\b")
        and heard.says(r"\b(?:empty|blank|null)\b|(?<!if )(?<!when )(?<!where )(?<!is )(?<!s )\bno end date\b")
        and not heard.says(r"\bnone\b")
    ):
        return [("present_word", "empty", -1 if heard.negative and heard.says(_FORBIDS) else 1)]
    return []


RULES: tuple[Rule, ...] = (
    date_format,
    _month_missing,
    _present_word,
)
