"""Employers, titles and jobs: divisions, several titles, overlaps, order, completeness."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import APART, JOIN, REWORD, SHORTEN, TOPICS, Heard, Item, Rule, either
from harness.simulator.rules.negation import NO_NEED


def _company_name(heard: Heard) -> list[Item]:
    division = heard.any("division")
    company = heard.any("company") or re.search(TOPICS["company"].pattern, heard.sentence, re.I)
    if division and (
        company or heard.dropping or heard.says(r"\b(?:keep|retain|preserve|include|drop|omit|without|with|leave)\b")
    ):
        away = heard.dropping or heard.says(
            r"\b(?:only|just|plain|bare|short)\b[^.]{0,25}\b(?:company|employer|name)\b|\bwithout (?:its|the|any"
            r"|their)\b|\bwill do\b"
        )
        negative = heard.negative and not heard.says(r"\bwithout (?:its|the|any|their)\b")
        if heard.says(r"\bshort(?:en|ened|ening)\b|\babbreviat"):
            away = True
        return either("company_name", "short" if away else "full", "full" if away else "short", negative)
    if (
        heard.any("company")
        and heard.says(r"\b(?:full|complete|whole|entire)\b")
        and heard.says(r"\bnames?\b")
        and not heard.dropping
    ):
        return either("company_name", "full", "short", heard.negative)
    if heard.any("company") and heard.says(r"\b(?:short(?:en|ened|ening)?|abbreviat\w*|cut down|truncat\w*)\b"):
        return either("company_name", "short", "full", heard.negative)
    return []


_IN_TURN = (
    r"\b(?:(?:separate|different|own|distinct) (?:dates?|periods?|times?|years)|one after (?:another|the other)"
    r"|after (?:another|each other)|consecutive|in turn|in succession|promot\w+|not at the same time)\b"
)
"""Titles in several periods: what becomes of them is not what becomes of titles in one."""


def _titles(heard: Heard) -> list[Item]:
    if heard.told(_IN_TURN):
        return []
    if heard.says(r"\b(?:every|each) title\b[^.]{0,30}\b(?:own|separate)\b"):
        return either("titles_at_one_company", "separate", "join", heard.negative)
    if heard.negative and heard.says(rf"^\W*(?:never|do not|don't|no) {JOIN} (?:\w+ )?titles\W*$"):
        return [("titles_at_one_company", "separate", 1)]
    whole = f"{heard.text} {heard.condition}"
    several = re.search(
        r"\b(?:several|multiple|two|both|various|more than one|different|all|each"
        r"|successive)\b[^.]{0,30}\b(?:titles?|positions?|functions?)\b|\btitles? held\b|\btitles\b",
        whole,
        re.I,
    )
    same = re.search(
        r"\b(?:same|one|single|an?)\s+(?:employer|company|firm|organi[sz]ation)\b|\bat one\b|\bsame (?:period|time)\b",
        whole,
        re.I,
    )
    if not (several and same and re.search(r"\btitles?\b", whole, re.I)):
        return []
    if re.search(JOIN, heard.text, re.I) or re.search(r"\" / \"|\bslash", heard.text, re.I):
        return either("titles_at_one_company", "join", "separate", heard.negative)
    if re.search(APART, heard.text, re.I):
        return either("titles_at_one_company", "separate", "join", heard.negative)
    return []


def _overlap(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    if not re.search(
        r"\boverlap|\bin parallel\b|\bparallel\b|\bconcurrent|\bsimultaneous|\bat the same time\b|\bsame "
        r"(?:time|period)\b",
        whole,
        re.I,
    ):
        return []
    if re.search(r"\btitles?\b", whole, re.I) and not re.search(r"\bdifferent\b|\boverlap", whole, re.I):
        return []
    if heard.says(APART) or heard.says(r"\bnot (?:be )?merged\b"):
        return either(
            "overlapping_roles",
            "separate",
            "merge",
            heard.negative and not heard.says(r"\bnot (?:to )?(?:be )?merged\b"),
        )
    if heard.says(JOIN):
        return either("overlapping_roles", "merge", "separate", heard.negative)
    return []


def _order(heard: Heard) -> list[Item]:
    if heard.told(r"\b(?:newest|latest|most recent)\b[^.]{0,30}\bfirst\b") and heard.told(
        r"\b(?:oldest|earliest)\b[^.]{0,30}\bfirst\b"
    ):
        return []
    if heard.says(r"\border\b") and (heard.says(r"\bany order\b") or NO_NEED.search(heard.text)):
        return [("order", "as_printed", 1)]
    if heard.says(r"\bolder\b[^.]{0,30}\b(?:before|above|ahead of)\b[^.]{0,20}\bnewer\b"):
        return either("order", "oldest_first", "newest_first", heard.negative)
    if heard.says(r"\b(?:oldest|earliest|old)\b[^.]{0,25}\b(?:to|at)\b[^.]{0,12}\b(?:newest|latest|most recent|new)\b"):
        return either("order", "oldest_first", "newest_first", heard.negative)
    if heard.says(
        r"\b(?:newest|latest|most recent|recent ones?|running|current)\b[^.]{0,40}\b(?:first|top|before|start"
        r"|ahead)\b|\b(?:start|begin)(?:s|ning)?\b[^.]{0,20}\b(?:newest|latest|most recent)\b|\breverse[- "
        r"]chronolog|\bfrom (?:new|newest|latest|recent) to old|\bdescending\b"
    ):
        return either("order", "newest_first", "as_printed", heard.negative)
    if heard.says(
        r"\b(?:oldest|earliest|first job)\b[^.]{0,30}\b(?:first|top|start)\b|\b(?:start|begin)(?:s"
        r"|ning)?\b[^.]{0,20}\b(?:oldest|earliest)\b|(?<!reverse )(?<!reverse-)\bchronological order\b"
        r"|\bascending\b"
    ):
        return either("order", "oldest_first", "newest_first", heard.negative)
    if heard.says(
        r"\b(?:chang|alter|rearrang|revers|mix)\w*\b[^.]{0,20}\border\b"
        r"|\bre-?order\w* (?:the )?(?:roles|jobs|entries)\b"
    ):
        return [("order", "as_printed", 1)] if heard.negative else []
    if heard.says(r"\border\b") and heard.says(
        r"\b(?:document|cv|printed|original|appear|source|as found|leave|keep|resume)\b"
    ):
        return either("order", "as_printed", "newest_first", heard.negative or heard.dropping)
    return []


_SOME_ROLES = (
    r"\b(?:internships?|placements?|freelance(?: work| roles?| jobs?)?|(?:student|summer|holiday|side|part-time"
    r"|temporary|short|old|older) (?:jobs?|roles?|positions?)|contract work|volunteering|volunteer (?:work|roles?))\b"
)
"""Kinds of roles: to leave them out is to leave out some roles."""


def _all_roles(heard: Heard) -> list[Item]:
    if not heard.any("role") and not heard.says(rf"\bjobs?\b|\bthem all\b|{_SOME_ROLES}"):
        return []
    if heard.says(_SOME_ROLES):
        if heard.dropping and not heard.negative:
            return [("all_roles", "limited", 1)]
        if heard.says(r"\b(?:count|are|is|belong)\b[^.]{0,20}\b(?:work experience|roles?|jobs?)\b"):
            return either("all_roles", "all", "limited", heard.negative)
    if heard.says(r"\bno (?:maximum|limit|upper limit|cap)\b") or (
        heard.negative and heard.says(r"\bstop (?:after|before|at|with)\b")
    ):
        return [("all_roles", "all", 1)]
    if NO_NEED.search(heard.text) and heard.says(r"\b(?:every|all)\b[^.]{0,12}\b(?:roles?|jobs?|positions?)\b"):
        return [("all_roles", "limited", 1)]
    if heard.says(SHORTEN) or heard.says(REWORD) or heard.says(r"\bnot (?:only|just|merely)\b"):
        return []
    number = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)"
    if heard.says(
        rf"\b(?:only|at most|no more than|up to|just|limit(?:ed)? to|maximum of)\b[^.]{{0,25}}\b{number}\b"
        r"(?! (?:\w+ )?(?:bullets?|statements?|sentences?|words?|lines?|points?|skills?|items?|achievements?"
        r"|titles?)\b)"
        rf"|\b{number} (?:(?:most |more )?(?:recent|relevant|important|significant|senior)|latest|newest|last)\b"
        rf"|\bonly the (?:most recent|latest|last)\b"
    ):
        return either("all_roles", "limited", "all", heard.negative)
    if (
        heard.any("every")
        and heard.says(r"\b(?:roles?|jobs?|positions?|posts?|employments?|work experience)\b")
        and heard.says(
            r"\b(?:every|all|however many|no matter how many)\b(?! titles?\b)[^.]{0,30}\b(?:roles?|jobs?"
            r"|positions?|posts?)\b|\b(?:roles?|jobs?|positions?)\b[^.]{0,30}\b(?:however many"
            r"|no matter how|all of them)\b"
        )
    ):
        if heard.says(r"\b(?:for|of|in|from|under|to) (?:every|each|all)\b"):
            return []
        wanted = heard.wish(TOPICS["role"].pattern)
        return [] if wanted is None else [("all_roles", "all" if wanted == "include" else "limited", 1)]
    if (
        heard.says(r"\b(?:truncat|cut off|stop early|drop|omit|skip|leave out|lose|shorten)\w*\b")
        and heard.says(r"\b(?:roles?|jobs?|positions?)\b")
        and heard.negative
        and heard.dropping
    ):
        return [("all_roles", "all", 1)]
    return []


def _duplicates(heard: Heard) -> list[Item]:
    if heard.any("bullet") and not heard.any("role"):
        return []
    if heard.says(r"\b(?:twice|duplicat\w*|repeat(?:ed|s)?(?! themselves)|more than once|redundant)\b") and (
        heard.any("role", "skill", "certificate", "project", "training")
        or heard.says(r"\bentr|\bitems?\b|\banything\b|\bduplicate")
    ):
        return (
            [("duplicates", "remove", 1)]
            if heard.negative or heard.dropping or heard.says(r"\bonce\b")
            else [("duplicates", "keep", 1)]
        )
    return []


def _role_scope(heard: Heard) -> list[Item]:
    if heard.says(
        r"\b(?:belongs?|stays?|remains?|kept|keep|assign\w*|put|attach\w*|attribut\w*)\b[^.]{0,30}\b(?:with"
        r"|to|under)\b[^.]{0,12}\b(?:the |its |that |their |own )+(?:role|job|position)|\bfrom (?:another"
        r"|other) (?:roles?|jobs?)|\bonly\b[^.]{0,40}\b(?:about|for|of|from|under) (?:this|that|the) (?:role"
        r"|job|position)|\bnot\b[^.]{0,15}\bother roles\b|\bprinted under\b"
    ):
        return [("role_scope", "own", 1)]
    return []


def _title_wording(heard: Heard) -> list[Item]:
    if not heard.any("title"):
        return []
    if heard.says(
        r"\bas (?:they are |it is )?(?:printed|written|given|stated)\b|\bexactly as\b|\bunchanged\b|\bverbatim\b"
    ):
        return either("title_wording", "as_printed", "expanded", heard.negative)
    if heard.says(
        r"\b(?:expand|spell|spelled|write)\b[^.]{0,30}\b(?:out|abbreviat\w*)\b|\bwithout abbreviations?\b"
        r"|\bno abbreviations?\b|\bexpand\b"
    ):
        negative = heard.negative and not heard.says(r"\b(?:without|no) abbreviat")
        return either("title_wording", "expanded", "as_printed", negative)
    return []


RULES: tuple[Rule, ...] = (
    _company_name,
    _titles,
    _overlap,
    _order,
    _all_roles,
    _duplicates,
    _role_scope,
    _title_wording,
)
