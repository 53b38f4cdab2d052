"""What a clause asks for: topics, actions and negations, and the rules that put them together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

Item: TypeAlias = tuple[str, str, int]
"""Slot, value, polarity."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)"
_FULL_MONTH = r"(?:january|february|march|april|june|july|august|september|october|november|december)"

TOPICS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.I)
    for name, pattern in {
        "date": r"\bdates?\b|\bdated\b|\bmonths?\b|\byears?\b|\btimestamps?\b",
        "month": r"\bmonths?\b",
        "company": r"\bemployers?\b|\bcompan(?:y|ies)\b|\borgani[sz]ations?\b|\bfirms?\b",
        "division": r"\bdivisions?\b|\bdepartments?\b|\bbusiness units?\b|\bsubsidiar|\bunits?\b|\bbranch(?:es)?\b",
        "title": r"\b(?:job |position |role )?titles?\b",
        "role": r"\broles?\b|\bjobs?\b|\bpositions?\b|\bwork (?:experience|history)\b|\bemployments?\b|\bposts?\b|\bentr(?:y|ies)\b",
        "bullet": r"\bbullets?\b|\bachievements?\b|\baccomplishments?\b|\bdut(?:y|ies)\b|\bresponsibilit|\bstatements?\b|\btasks? (?:done|performed)\b|\bhighlights?\b",
        "description": r"\bdescriptions?\b|\bdetails\b",
        "language": r"\blanguages?\b|\btongues?\b",
        "training": r"\btrainings?\b|\bcourses?\b|\bworkshops?\b|\bseminars?\b",
        "certificate": r"\bcertificat|\blicen[cs]es?\b|\baccreditation|\bcredentials?\b",
        "project": r"\bprojects?\b",
        "skill": r"\bskills?\b|\bcompetenc|\babilities\b",
        "tool": r"\btools?\b|\btechnolog|\bskills?\b|\bstack\b",
        "summary": r"\bsummary\b|\bprofile\b|\bobjective\b",
        "link": r"\blinks?\b|\burls?\b|\bweb ?sites?\b|\bweb address|\bportfolio\b|\bgit ?hub\b|\bpersonal (?:site|page)|\bhome ?pages?\b|\bcode[- ]host",
        "linkedin": r"\blinked ?in\b",
        "contact": r"\be-?mail|\bphone\b|\btelephone\b|\bcontact (?:details|data|information)\b|\bpersonal (?:details|info|data)|\b(?:candidate|person|applicant)(?:'s|’s)? name\b|\bfull name of the (?:candidate|person)",
        "place": r"\blocations?\b|\bplaces?\b|\bcit(?:y|ies)\b|\bwhere\b.*\b(?:located|based|was|lives|worked)\b",
        "education": r"\beducation\b|\bstud(?:y|ies)\b|\bacademic\b|\buniversit",
        "notes": r"\bgrades?\b|\bhonou?rs\b|\bthes[ie]s\b|\bdissertation|\bgpa\b",
        "degree": r"\bdegrees?\b|\bqualifications?\b",
        "subject": r"\bsubjects?\b|\bfields?\b|\bmajors?\b|\bdisciplines?\b",
        "cv": r"\bcvs?\b|\br[eé]sum[eé]s?\b|\bdocument\b|\bcandidates?\b|\btext\b|\bsource\b",
        "level": r"\blevels?\b|\bproficienc|\bfluency\b",
        "id": r"\bids?\b|\bidentifiers?\b",
        "expiry": r"\bexpir|\bvalid(?:ity| until)\b",
        "every": r"\bevery\b|\ball\b|\beach\b|\bany\b|\bcomplete(?:ly)?\b|\bhowever many\b|\bno matter how\b|\bentire\b",
        "json": r"\bjson\b",
        "fence": r"\bmark ?down\b|\bcode[- ](?:fences?|blocks?)\b|\bfences?\b|```|\bback ?ticks?\b",
        "keys": r"\b(?:field|key|property) names?\b|\bkeys\b|\bnames of the (?:fields|keys)\b|\bschema\b|\bshape\b",
    }.items()
}

_NEGATIONS = re.compile(
    r"\b(?:do not|don't|don’t|does not|doesn't|never|must not|mustn't|should not|shouldn't|may not|may never|cannot|can't|can not|are not|is not|isn't|aren't|"
    r"not to be|not be|not|no|nothing|none|nor|neither|without|avoid|avoiding|refrain|refrains|forbidden|prohibited|not allowed|stop)\b",
    re.I,
)
_NO_NEED = re.compile(r"\b(?:no need (?:for|to)|there is no need|not needed|not required|not necessary|unnecessary|can be ignored|may be ignored|need not be|no reason to)\b", re.I)
_DROP = re.compile(
    r"\b(?:omit(?:s|ted|ting)?|skip(?:s|ped|ping)?|ignor(?:e|es|ed|ing)|drop(?:s|ped|ping)?|leav(?:e|es|ing) (?:out|off|\w+ out|\w+ \w+ out)|left out|exclud(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|"
    r"discard(?:s|ed)?|forget|miss(?:ed)? out|overlook|lose|lost|cut off|truncate[sd]?|strip(?:s|ped)?|suppress|hide|neglect|"
    r"(?:leave|keep)s? (?:the |all )?[\w ,]{0,40}\b(?:empty|blank))\b",
    re.I,
)
_ALTERNATIVE = re.compile(r",?\s*\b(?:rather than|instead of|as opposed to|not|never)\s+(?=[\"'“‘`\w])", re.I)


@dataclass(frozen=True, slots=True)
class Heard:
    """A clause with what was noticed in it."""

    text: str
    condition: str
    sentence: str
    topics: frozenset[str]
    negative: bool
    dropping: bool

    def has(self, *names: str) -> bool:
        """All of these topics are mentioned in the clause."""
        return self.topics.issuperset(names)

    def any(self, *names: str) -> bool:
        """At least one of these topics is mentioned in the clause."""
        return bool(self.topics.intersection(names))

    def says(self, pattern: str) -> bool:
        """Whether the clause matches."""
        return re.search(pattern, self.text, re.I) is not None

    def told(self, pattern: str) -> bool:
        """Whether the clause, its condition or its sentence matches."""
        return re.search(pattern, f"{self.text} \n {self.condition} \n {self.sentence}", re.I) is not None


def _hear(text: str, condition: str, sentence: str) -> Heard:
    topics = frozenset(name for name, pattern in TOPICS.items() if pattern.search(text))
    plain = _NO_NEED.sub(" ", re.sub(r"[\"“”][^\"“”]*[\"“”]", '""', text))
    plain = re.sub(r"\b(?:no matter|not only|nothing (?:else|beyond|more|but|other)|if not|whether or not|no other|without exception|no longer than|no (?:certificate|month|year|value|date)s?|without (?:a )?certificate|and nothing|and no other|no more than)\b", " ", plain, flags=re.I)
    negative = len(_NEGATIONS.findall(re.sub(r"\bnot to be\b|\bdo not\b|\bmust not\b|\bmay not\b|\bis not\b|\bare not\b|\bshould not\b|\bnot be\b", "never", plain, flags=re.I))) % 2 == 1
    dropping = bool(_DROP.search(plain)) != bool(_NO_NEED.search(text))
    return Heard(text, condition, sentence, topics, negative, dropping)


Rule: TypeAlias = Callable[[Heard], list[Item]]
_RULES: list[Rule] = []


def _rule(function: Rule) -> Rule:
    _RULES.append(function)
    return function


@lru_cache(maxsize=8192)
def read_clause(text: str, condition: str, sentence: str) -> tuple[Item, ...]:
    """What a clause asks for. `sentence`: the whole, for topics that stand in another clause."""
    heard = _hear(text, condition, sentence)
    found: dict[Item, None] = {}
    for rule in _RULES:
        for item in rule(heard):
            found.setdefault(item, None)
    return tuple(found)


def _flip(slot: str, value: str, other: str, negative: bool) -> list[Item]:
    return [(slot, other if negative else value, 1)]


# --- dates ---------------------------------------------------------------------------------------------------

_FORMATS: tuple[tuple[str, str], ...] = (
    (r"\b(?:19|20)\d\d-\d\d-\d\d\b|\byyyy-mm-dd\b", "YYYY-MM-DD"),
    (r"\b(?:19|20)\d\d-\d\d\b(?!-)|\byyyy-mm\b(?!-)|\biso[ -]?8601\b|\biso (?:format|dates?)\b", "YYYY-MM"),
    (r"\b\d\d/(?:19|20)\d\d\b|\bmm/yyyy\b", "MM/YYYY"),
    (r"\b\d\d\.(?:19|20)\d\d\b|\bmm\.yyyy\b", "MM.YYYY"),
    (rf"\b{_FULL_MONTH} (?:19|20)\d\d\b|\bmmmm yyyy\b|\bmonth(?:s|'s name)?\b[^,;]{{0,30}}\b(?:in full|spelled out|spelt out|written out)\b|\bfull (?:english )?(?:month|name of the month)|\bspell(?:ing)? (?:the )?months? out\b|\bspell out (?:the )?months?\b", "MMMM YYYY"),
    (rf"\b{_MONTH}\.? (?:19|20)\d\d\b|\bmmm yyyy\b|\bmon yyyy\b|\bthree[- ]letter\b|\bthree letters\b|\b3[- ]letter|\babbreviated (?:english )?months?\b|\bshort(?:ened)? (?:english )?months?\b|\bmonths? (?:is |are |be )?abbreviated\b", "MMM YYYY"),
)


@_rule
def _date_format(heard: Heard) -> list[Item]:
    out: list[Item] = []
    about_dates = heard.any("date") or re.search(r"\bdates?\b|\bmonths?\b", heard.sentence, re.I)
    segments = _ALTERNATIVE.split(heard.text)
    starts_negative = heard.negative and len(segments) == 1 or bool(re.match(r"\s*(?:not|never|rather than|instead of)\b", heard.text, re.I))
    for number, segment in enumerate(segments):
        for pattern, value in _FORMATS:
            if not re.search(pattern, segment, re.I):
                continue
            if not about_dates and not re.search(r"\b(?:19|20)\d\d\b|yyyy", segment, re.I):
                continue
            prohibited = starts_negative or (number > 0 and heard.says(r"rather than|instead of|as opposed to|\bnot\b|\bnever\b"))
            out.append(("date_format", value, -1 if prohibited else 1))
            break
    if not out and heard.any("date") and heard.says(r"\bas (?:it is |they are |they were )?(?:printed|written|given|stated|they appear|it appears|found)\b|\b(?:exactly|just) (?:as|the way)\b|\bthe way\b.*\b(?:wrote|written|prints?|printed)\b|\boriginal (?:date )?(?:format|spelling)\b|\bunchanged\b|\bverbatim\b"):
        if not heard.says(r"\bonly where\b"):
            out.extend(_flip("date_format", "as_printed", "MMM YYYY", heard.negative))
    return out


@_rule
def _month_missing(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    lacks = re.search(r"\b(?:no|without(?: a)?|lacks?(?: the| a)?|missing|absent|only (?:a|the) year|year only|only a year|just (?:a|the) year)\b", whole, re.I)
    if re.search(r"\bmonths?\b|\bonly (?:a|the) year\b", whole, re.I) and lacks:
        if heard.says(r"\byears?\b[^.]{0,25}\b(?:alone|only|by itself|is enough|suffices|on its own|just)\b|\b(?:only|just|bare)\b[^.]{0,12}\byears?\b|\byyyy\b(?![- /]?mm)") and not heard.negative:
            return [("month_missing", "year_only", 1)]
        if heard.says(r"\b(?:add|invent|make up|made up|guess|assume|insert|fill in|supply|default to|use january|put january|estimate)\b"):
            return _flip("month_missing", "invent", "year_only", heard.negative)
    if heard.says(r"\b(?:add|invent|make up|made up|guess|assume|insert|supply)\b[^.]{0,20}\bmonths?\b"):
        return _flip("month_missing", "invent", "year_only", heard.negative)
    return []


_RUNNING = r"\b(?:current(?:ly)?|running|ongoing|on-going|still|present (?:job|role|position)|holds?|not ended|unfinished|in progress|continu(?:es|ing))\b"


@_rule
def _present_word(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    quoted = re.search(r"[\"“‘'`]\s*(present|current|now|ongoing|today|to date|current role)\s*[\"”’'`]", whole, re.I)
    bare = re.search(r"\b(?:word|as|put|write|use|say|end(?:s|ing)? in|end with|gets?|be|is)\s+(?:the word )?(Present|Current|Now|Ongoing|Today)\b(?!\s+(?:job|role|position))", whole)
    match = quoted or bare
    if match and (re.search(_RUNNING, re.sub(re.escape(match.group(0)), " ", whole), re.I) or re.search(r"\bend(?:ing)? dates?\b|\bend\b", whole, re.I)):
        word = match.group(1)[0].upper() + match.group(1)[1:].lower()
        return [("present_word", word, -1 if heard.negative else 1)]
    if re.search(_RUNNING, whole, re.I) and heard.says(r"\bend dates?\b|\bdates?\b") and heard.says(r"\b(?:empty|blank|null|no end date)\b") and not heard.says(r"\bnone\b"):
        return [("present_word", "empty", -1 if heard.negative and not heard.says("no end date") else 1)]
    return []


# --- employers, titles, roles --------------------------------------------------------------------------------


@_rule
def _company_name(heard: Heard) -> list[Item]:
    division = heard.any("division")
    company = heard.any("company") or re.search(TOPICS["company"].pattern, heard.sentence, re.I)
    if division and (company or heard.says(r"\b(?:keep|retain|preserve|include|drop|omit|without|with|leave)\b")):
        away = heard.dropping or heard.says(r"\b(?:only|just|plain|bare|short)\b[^.]{0,25}\b(?:company|employer|name)\b|\bwithout (?:its|the|any|their)\b|\bwill do\b")
        negative = heard.negative and not heard.says(r"\bwithout (?:its|the|any|their)\b")
        if heard.says(r"\bshort(?:en|ened|ening)\b|\babbreviat"):
            away = True
        return _flip("company_name", "short" if away else "full", "full" if away else "short", negative)
    if heard.any("company") and heard.says(r"\b(?:full|complete|whole|entire)\b") and heard.says(r"\bnames?\b") and not heard.dropping:
        return _flip("company_name", "full", "short", heard.negative)
    if heard.any("company") and heard.says(r"\b(?:short(?:en|ened|ening)|abbreviat\w*|cut down|truncat\w*)\b"):
        return _flip("company_name", "short", "full", heard.negative)
    return []


_JOIN = r"\b(?:join(?:s|ed|ing)?|combine[sd]?|combining|merge[sd]?|merging|unite[sd]?|one (?:role|job|entry|position)|single (?:role|job|entry|position)|put both|together)\b"
_APART = r"\b(?:separate(?:ly|d)?|apart|distinct|individual(?:ly)?|own entr(?:y|ies)|different entries|split|independent)\b"


@_rule
def _titles(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    several = re.search(r"\b(?:several|multiple|two|both|various|more than one|different|all|each|successive)\b[^.]{0,30}\b(?:titles?|positions?|functions?)\b|\btitles? held\b|\btitles\b", whole, re.I)
    same = re.search(r"\b(?:same|one|single|an?)\s+(?:employer|company|firm|organi[sz]ation)\b|\bat one\b|\bsame (?:period|time)\b", whole, re.I)
    if not (several and same and re.search(r"\btitles?\b", whole, re.I)):
        return []
    if re.search(_JOIN, heard.text, re.I) or re.search(r"\" / \"|\bslash", heard.text, re.I):
        return _flip("titles_at_one_company", "join", "separate", heard.negative)
    if re.search(_APART, heard.text, re.I):
        return _flip("titles_at_one_company", "separate", "join", heard.negative)
    return []


@_rule
def _overlap(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    if not re.search(r"\boverlap|\bin parallel\b|\bparallel\b|\bconcurrent|\bsimultaneous|\bat the same time\b|\bsame (?:time|period)\b", whole, re.I):
        return []
    if re.search(r"\btitles?\b", whole, re.I) and not re.search(r"\bdifferent\b|\boverlap", whole, re.I):
        return []
    if heard.says(_APART) or heard.says(r"\bnot (?:be )?merged\b"):
        return _flip("overlapping_roles", "separate", "merge", heard.negative and not heard.says(r"\bnot (?:to )?(?:be )?merged\b"))
    if heard.says(_JOIN):
        return _flip("overlapping_roles", "merge", "separate", heard.negative)
    return []


@_rule
def _order(heard: Heard) -> list[Item]:
    if heard.says(r"\b(?:newest|latest|most recent|recent ones?|running|current)\b[^.]{0,40}\b(?:first|top|before|start|ahead)\b|\b(?:start|begin)(?:s|ning)?\b[^.]{0,20}\b(?:newest|latest|most recent)\b|\breverse[- ]chronolog|\bfrom (?:new|newest|latest|recent) to old|\bdescending\b"):
        return _flip("order", "newest_first", "as_printed", heard.negative)
    if heard.says(r"\b(?:oldest|earliest|first job)\b[^.]{0,30}\b(?:first|top|start)\b|\b(?:start|begin)(?:s|ning)?\b[^.]{0,20}\b(?:oldest|earliest)\b|(?<!reverse )(?<!reverse-)\bchronological order\b|\bascending\b"):
        return _flip("order", "oldest_first", "as_printed", heard.negative)
    if heard.says(r"\border\b") and heard.says(r"\b(?:document|cv|printed|original|appear|source|as found|leave|keep|resume)\b"):
        return _flip("order", "as_printed", "newest_first", heard.negative or heard.dropping)
    return []


@_rule
def _all_roles(heard: Heard) -> list[Item]:
    if not heard.any("role") and not heard.says(r"\bjobs?\b|\bthem all\b"):
        return []
    number = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)"
    if heard.says(rf"\b(?:only|at most|no more than|up to|just|limit(?:ed)? to|maximum of)\b[^.]{{0,25}}\b{number}\b|\b{number} (?:most recent|latest|newest|last)\b|\bonly the (?:most recent|latest|last)\b"):
        return _flip("all_roles", "limited", "all", heard.negative)
    if heard.any("every") and heard.says(r"\b(?:roles?|jobs?|positions?|posts?|employments?|work experience)\b") and heard.says(r"\b(?:every|all|however many|no matter how many)\b[^.]{0,30}\b(?:roles?|jobs?|positions?|posts?)\b|\b(?:roles?|jobs?|positions?)\b[^.]{0,30}\b(?:however many|no matter how|all of them)\b"):
        if heard.says(r"\b(?:for|of|in|from|under|to) (?:every|each|all)\b"):
            return []
        wanted = heard.negative != heard.dropping
        return [("all_roles", "limited" if wanted else "all", 1)]
    if heard.says(r"\b(?:truncat|cut off|stop early|drop|omit|skip|leave out|lose|shorten)\w*\b") and heard.says(r"\b(?:roles?|jobs?|positions?)\b") and heard.negative and heard.dropping:
        return [("all_roles", "all", 1)]
    return []


@_rule
def _duplicates(heard: Heard) -> list[Item]:
    if heard.says(r"\b(?:twice|duplicat\w*|repeat(?:ed|s)?|more than once|redundant)\b") and (heard.any("role", "skill", "certificate", "project", "training") or heard.says(r"\bentr|\bitems?\b|\banything\b|\bduplicate")):
        return [("duplicates", "remove", 1)] if heard.negative or heard.dropping or heard.says(r"\bonce\b") else [("duplicates", "keep", 1)]
    return []


@_rule
def _role_scope(heard: Heard) -> list[Item]:
    if heard.says(r"\b(?:belongs?|stays?|remains?|kept|keep|assign\w*|put|attach\w*|attribut\w*)\b[^.]{0,30}\b(?:with|to|under)\b[^.]{0,12}\b(?:the |its |that |their |own )+(?:role|job|position)|\bfrom (?:another|other) (?:roles?|jobs?)|\bonly\b[^.]{0,40}\b(?:about|for|of|from|under) (?:this|that|the) (?:role|job|position)|\bnot\b[^.]{0,15}\bother roles\b|\bprinted under\b"):
        return [("role_scope", "own", 1)]
    return []


@_rule
def _title_wording(heard: Heard) -> list[Item]:
    if not heard.any("title"):
        return []
    if heard.says(r"\bas (?:they are |it is )?(?:printed|written|given|stated)\b|\bexactly as\b|\bunchanged\b|\bverbatim\b"):
        return _flip("title_wording", "as_printed", "expanded", heard.negative)
    if heard.says(r"\b(?:expand|spell|spelled|write)\b[^.]{0,30}\b(?:out|abbreviat\w*)\b|\bwithout abbreviations?\b|\bno abbreviations?\b|\bexpand\b"):
        negative = heard.negative and not heard.says(r"\b(?:without|no) abbreviat")
        return _flip("title_wording", "expanded", "as_printed", negative)
    return []


# --- statements ----------------------------------------------------------------------------------------------


@_rule
def _bullet_split(heard: Heard) -> list[Item]:
    about = heard.any("bullet", "description") or re.search(r"\bbullets?\b|\bstatements?\b", heard.sentence, re.I) is not None
    if not about or (heard.any("notes", "training", "project", "certificate") and not heard.any("bullet")) or heard.any("notes"):
        return []
    if heard.any("training") and heard.says(r"\bdetails\b"):
        return []
    if heard.says(r"\b(?:one|a single|single|1)\b[^.]{0,20}\b(?:achievement|accomplishment|duty|statement|bullet|item)s?\b[^.]{0,25}\b(?:each|per|a piece|apiece|every|an item|array element)\b|\b(?:each|every)\b[^.]{0,45}\b(?:own|separate|single|individual|one|its own|distinct)\b|\bper (?:item|bullet|element|entry|array element|string)\b|\bone each\b|\b(?:holds?|contains?)\b[^.]{0,12}\b(?:one|a single|single|exactly one)\b|\bas its own (?:item|element|string|entry)\b|\bseparate (?:items?|elements?|strings?|bullets?)\b|\bindividual (?:items?|bullets?)\b"):
        return _flip("bullet_split", "one_each", "merged", heard.negative)
    if heard.says(r"\b(?:merg|lump|combin|join|group|fus|bundl|pack)\w*\b|\b(?:one|single|a) paragraph\b|\btogether\b") and not heard.any("title", "company"):
        return _flip("bullet_split", "merged", "one_each", heard.negative)
    if heard.says(r"\bsplit\b|\bseparate\b|\bbreak\b[^.]{0,20}\b(?:up|into|apart)\b"):
        return _flip("bullet_split", "one_each", "merged", heard.negative)
    return []


_VERBATIM = r"\bverbatim\b|\bword[- ]for[- ]word\b|\bliteral(?:ly)?\b|\bunchanged\b|\bunaltered\b|\bexact (?:words?|wording)\b|\bin (?:the|its|their) (?:cv's |candidate's |own )?own words\b|\bworded as\b|\bas (?:it is |they are |it stands |they stand )?(?:printed|written|in the cv|worded|stated)\b|\bexactly (?:as|the way|what)\b|\bquot(?:e|ed)\b|\boriginal (?:wording|words|text)\b|\bkeep the wording\b|\bcopy (?:the )?wording\b"
_REWORD = r"\b(?:rephras|paraphras|reword|rewrit|rewrote|embellish|polish|improve|punchier|reformulat|restyl|edit)\w*\b"
_SHORTEN = r"\b(?:summari[sz]|condens|shorten|abridg|abbreviat|compress|trim)\w*\b|\b(?:at most|no more than|maximum|under|up to) (?:\w+ )?words\b|\bbrief(?:ly)?\b|\bconcise(?:ly)?\b"


@_rule
def _bullet_wording(heard: Heard) -> list[Item]:
    about = heard.any("bullet", "description") or heard.says(r"\bwording\b|\btext\b|\bwhat the (?:candidate|cv|person)\b|\bpoints?\b|\bvalues?\b|\bit\b")
    whole = re.search(r"\b(?:bullets?|statements?|descriptions?|wording|responsibilit\w+|achievements?|candidate wrote)\b", heard.sentence, re.I)
    if not about and not whole:
        return []
    if heard.any("date", "title") and not heard.any("bullet", "description") and not heard.says(r"\bwording\b"):
        return []
    if heard.any("summary", "company", "link", "contact", "level", "language") and not heard.any("bullet", "description") and not heard.says(r"\bwording\b"):
        return []
    if heard.says(_VERBATIM) and not heard.says(r"\bcopied? (?:the name|from)\b"):
        return _flip("bullet_wording", "verbatim", "reworded", heard.negative)
    if heard.says(_REWORD):
        return _flip("bullet_wording", "reworded", "verbatim", heard.negative)
    if heard.says(_SHORTEN) and not heard.any("company", "month"):
        return _flip("bullet_wording", "shortened", "verbatim", heard.negative and not heard.says(r"\bno more than\b"))
    return []


@_rule
def _description_form(heard: Heard) -> list[Item]:
    if not (heard.any("description", "bullet") or re.search(r"\bdescriptions?\b|\bbullets?\b", heard.sentence, re.I)):
        return []
    if heard.says(r"\b(?:one|single|a|long)\s+(?:long |single )?string\b|\bline breaks?\b|\bone text\b"):
        return _flip("description_form", "string", "array", heard.negative or heard.says(r"^\s*(?:never|not)\b"))
    if heard.says(r"\b(?:array|list)s? of (?:strings?|bullets?|items)\b|\bas an array\b|\ban array\b|\barray element\b|\bin an array\b"):
        return _flip("description_form", "array", "string", heard.negative)
    return []


# --- facts ---------------------------------------------------------------------------------------------------

_INVENT = r"\b(?:invent|guess|fabricat|hallucinat|estimat|speculat|assum|conjectur|deduc)\w*\b|\bmak(?:e|ing) (?:\w+ )?up\b|\bmade up\b|\bfill in (?:gaps|missing)\b|\binfer(?:red|ring|s)?\b|\bcomplete or correct\b"


@_rule
def _invention(heard: Heard) -> list[Item]:
    if heard.says(_INVENT):
        if heard.any("skill") and heard.says(r"\binfer"):
            return []
        if heard.any("month") and heard.says(r"\bmake up|\badd\b|\binvent|\bguess"):
            return [] if not heard.says(r"\byears?\b") else _flip("invention", "estimate", "forbid", heard.negative)
        if re.search(r"\bskills?\b", heard.sentence, re.I) and heard.says(r"\binfer\w*\b"):
            return []
        return _flip("invention", "estimate", "forbid", heard.negative or heard.says(r"\bforbidden|\bprohibited|\bnot allowed") and not (heard.negative and heard.says(r"\bnot forbidden")))
    if heard.says(r"present|current") and heard.says(r"\bnothing else\b"):
        return []
    if heard.says(r"\bonly\b[^.]{0,40}\b(?:what|information|facts|values)\b[^.]{0,30}\b(?:cv|says?|states?|printed|written|document|text|stated|given)\b|\b(?:nothing|and no more)\b[^.]{0,30}\b(?:beyond|not in|more than|added)\b|\b(?:what|whatever) the (?:cv|document|text|r[eé]sum[eé]) (?:says|states)\b[^.]{0,30}\b(?:nothing|only|alone)\b|\bstick to (?:the (?:cv|facts|text|document)|what)\b|\bfaithful\b|\bonly where the cv (?:prints|gives|says|names|states)\b|\bonly if (?:it is |they are )?(?:printed|stated)\b"):
        return [("invention", "forbid", 1)]
    if heard.says(r"\badd (?:anything|information|facts|details)\b|\badd nothing\b|\bnot in the (?:cv|document|text)\b"):
        return [("invention", "forbid", 1)] if heard.negative else [("invention", "estimate", 1)]
    return []


_LACK = r"\b(?:missing|absent|unknown values?|not (?:there|given|present|available|stated|printed|found|mentioned|say|specified|included)|does not (?:give|say|state|have|mention|contain|print)|do not (?:give|say)|doesn't|lacks?|says nothing|gives none|no value|gaps?|nothing|cannot be found|no information|without a value|unavailable|not say)\b"


@_rule
def _missing(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    if heard.any("language", "training", "project") and heard.says(r"\bsection\b") and not re.search(_LACK, whole, re.I):
        return []
    out: list[Item] = []
    filler = r"[\"“'`]?\b(?:n/a|unknown|not specified|not available|tbd|none given|unspecified)\b[\"”'`]?|\bfillers?\b|\bplaceholders?\b"
    if re.search(filler, heard.text, re.I) and not re.search(r"\bunknown (?:values?|fields?|facts?)\b", heard.text, re.I):
        return [("missing", "placeholder", -1 if heard.negative else 1)]
    lacking = re.search(_LACK, whole, re.I)
    if heard.says(r"\bempty (?:strings?|arrays?|values?|lists?)\b|\bblank\b|\bempty\b|\"\"") and (lacking or heard.says(r"\bfor (?:any|every)thing\b|\bunknown\b")):
        if re.search(_RUNNING, heard.text, re.I) and not heard.condition:
            return []
        out.append(("missing", "empty", -1 if heard.negative and not re.search(r"\b(?:not|no|nothing|none)\b", heard.text, re.I) else 1))
        if heard.negative and re.match(r"\s*(?:do not|don't|never)\b", heard.text, re.I):
            out[-1] = ("missing", "empty", -1)
    elif heard.says(r"\bnull\b") and (lacking or heard.negative):
        out.append(("missing", "null", -1 if heard.negative and re.match(r"\s*(?:do not|don't|never|avoid|no)\b", heard.text, re.I) else 1))
    return out


@_rule
def _ids(heard: Heard) -> list[Item]:
    if heard.any("id") and (heard.says(r"\bunique|\bown\b|\beach\b|\bevery\b|\bneeds?\b|\bassign|\bgenerat|\bno other\b|\bgive|\bdistinct|\bdifferent")):
        return _flip("ids", "unique", "none", heard.negative and not heard.says(r"\bno other\b") and not heard.says(r"\bno two\b"))
    return []


# --- skills --------------------------------------------------------------------------------------------------


@_rule
def _skills(heard: Heard) -> list[Item]:
    if not heard.any("skill"):
        return []
    out: list[Item] = []
    if heard.says(r"\b(?:one|each|every|individual(?:ly)?|single|separate[sd]?|separately|break|split)\b[^.]{0,40}\b(?:skills?|item|own|per|each|members?)\b|\bown item\b|\bone per (?:item|entry)\b|\bseparate its members\b|\bwithout (?:its|the|their) (?:category|heading)|\bone each\b") and not heard.says(r"\b(?:for|of|in) (?:each|every)\b"):
        out.append(("skills_split", "grouped" if heard.negative and not heard.says(r"\bno skill\b|\bwithout\b|\bis no\b") else "one_each", 1))
    elif heard.says(r"\b(?:group(?:ed)?|categor(?:y|ies)|cluster(?:ed)?)\b"):
        keeps = heard.says(r"\b(?:keep|group|by category|grouped|retain)\b")
        out.append(("skills_split", "grouped" if keeps and not heard.negative and not heard.dropping else "one_each", 1))
    if heard.says(r"\binfer(?:red|ring)?\b|\bderiv(?:e|ed|ing)\b|\bdeduc\w+|\bguess\w*|\bfrom the (?:work history|jobs|roles|experience)\b"):
        out.extend(_flip("skills_source", "inferred", "listed", heard.negative))
    elif heard.says(r"\bskills? section\b|\bonly\b[^.]{0,30}\b(?:listed|named|appear)\b|\bexplicitly\b") and not heard.any("role") and not heard.says(r"\bempty\b"):
        out.append(("skills_source", "inferred" if heard.negative else "listed", 1))
    return out


@_rule
def _skills_more(heard: Heard) -> list[Item]:
    if not heard.any("skill") and re.search(r"\bskills?\b", heard.sentence, re.I) and heard.says(r"\binfer|\bderive|\bdeduce"):
        return _flip("skills_source", "inferred", "listed", heard.negative)
    if not heard.any("skill") and re.search(r"\bskills?\b", heard.sentence, re.I) and heard.says(r"\bseparate (?:its|the|their) members\b|\bsplit (?:them|its members)\b"):
        return _flip("skills_split", "one_each", "grouped", heard.negative)
    return []


# --- form of the answer --------------------------------------------------------------------------------------


@_rule
def _form(heard: Heard) -> list[Item]:
    out: list[Item] = []
    if heard.any("fence"):
        wants = not (heard.negative or heard.says(r"\bwithout\b|\bno\b|\bbare\b|\bfree of\b"))
        out.append(("markdown", "fences" if wants else "none", 1))
    elif re.search(TOPICS["fence"].pattern, heard.sentence, re.I) and heard.says(r"\bbare\b|\bplain\b") and heard.any("json"):
        out.append(("markdown", "none", 1))
    if heard.any("json") or heard.says(r"\b(?:no|without) (?:other |further |any )?(?:text|comment\w*|explanation\w*|prose|words)\b"):
        if heard.says(r"\b(?:only|just|nothing (?:else|but|other)|one json|single json|json object|valid json|no other text|bare|plain|as json|without)\b|\bno (?:comment|explanation|prose|other|further)") and not heard.says(r"\bblock\b"):
            out.append(("json_only", "prose" if heard.says(r"\b(?:explain|add a comment|with an explanation)\b") else "json", 1))
    if heard.says(r"\bexplain your\b|\badd (?:a comment|an explanation)\b"):
        out.extend(_flip("json_only", "prose", "json", heard.negative))
    if heard.any("keys") and heard.says(r"\b(?:exact(?:ly)?|given|stick|same|use|follow|match|keep|these|only|no other|adhere|conform\w*|shape)\b"):
        out.extend(_flip("field_names", "as_given", "free", heard.negative and not heard.says(r"\bno other|\bnothing else|\bnothing\b") and heard.says(r"\b(?:do not|don't|never) (?:use|stick|follow|keep)\b")))
    if heard.any("keys") and heard.says(r"\b(?:rename|renaming|change|alter)\b"):
        out.extend(_flip("field_names", "free", "as_given", heard.negative))
    return out


@_rule
def _translation(heard: Heard) -> list[Item]:
    if heard.says(r"\btranslat\w*\b"):
        negative = heard.negative
        return _flip("translation", "english", "original", negative)
    if heard.says(r"\b(?:in|stay in|keep|retain)\b[^.]{0,12}\b(?:the |its |their )?(?:original |own )?language of the (?:cv|document|text|r[eé]sum[eé])\b|\boriginal language\b"):
        return _flip("translation", "original", "english", heard.negative)
    if heard.says(r"\b(?:answer|write|output|everything|all text|values)\b[^.]{0,15}\bin english\b"):
        return _flip("translation", "english", "original", heard.negative)
    return []


@_rule
def _data(heard: Heard) -> list[Item]:
    whole = heard.sentence
    orders = re.search(r"\b(?:instructions?|commands?|orders?|prompts?|requests?|directives?)\b", whole, re.I)
    place = re.search(r"\b(?:cv|r[eé]sum[eé]|document|text|it|inside|data|content|user message)\b", whole, re.I)
    if orders and place and re.search(r"\b(?:ignor\w*|not (?:to be )?(?:obey\w*|follow\w*|execut\w*)|never (?:obey|follow|as instructions|execute)|do not (?:obey|follow|act|execute)|don't (?:obey|follow)|as data|disregard\w*|not instructions|no instructions|obeyed|resist)\b", whole, re.I):
        if re.search(r"\b(?:previous|above|earlier|all) instructions\b", whole, re.I) and re.search(r"\bignore\b", whole, re.I):
            return []
        return [("cv_is_data", "yes", 1)]
    if orders and place and re.search(r"\b(?:follow|obey|carry out)\b", heard.text, re.I) and heard.any("cv"):
        return _flip("cv_is_data", "no", "yes", heard.negative)
    return []


@_rule
def _task(heard: Heard) -> list[Item]:
    if heard.says(r"\byou (?:are|read|extract|parse|turn|convert|receive|get|will|transform|analy[sz]e|have)\b|\byour (?:job|task|role|work|purpose)\b|\bthe user message\b|\bthe following (?:cv|r[eé]sum[eé])|\bact as\b|\bbelow (?:is|are)\b") and (heard.any("cv") or heard.says(r"\bparser|\bextractor|\bextract")):
        return [("task", "parse_cv", 1)]
    if heard.says(r"\b(?:extract|parse|convert|turn|transform|collect|read|find|structure)\b") and heard.any("cv") and (heard.says(r"\b(?:structured|structure|record|data|facts|information|fields|contents?)\b") or heard.any("json")):
        return [("task", "parse_cv", 1)]
    return []


# --- sections and fields -------------------------------------------------------------------------------------

_GIVE = r"\b(?:includ|extract|list|giv|keep|kept|retain|preserv|captur|record|return|put|writ|cop|report|provid|add|fill|not(?:e|ed)\b|pick|collect|tak|stat|us|show|mention|nam|name|go|belong|need|want|forget|expect|contain|output|present|read|get|find|cover|speak)"


@_rule
def _courses(heard: Heard) -> list[Item]:
    if heard.says(r"\b(?:courses?|workshops?|seminars?)\b") and heard.says(r"\b(?:under|into|in|to|belong\w*|go(?:es)?|as)\b[^.]{0,20}`?\btrainings?\b"):
        return _flip("courses", "training", "certifications", heard.negative)
    if heard.says(r"\b(?:courses?|workshops?|trainings?)\b") and heard.says(r"\b(?:as|under|to|into|with|among)\b[^.]{0,20}\bcertificat") and not heard.says(r"\bno certificate|\bapart from"):
        return _flip("courses", "certifications", "training", heard.negative)
    return []


@_rule
def _degree_field(heard: Heard) -> list[Item]:
    if heard.any("degree") and heard.any("subject"):
        if heard.says(_JOIN):
            return _flip("degree_field", "together", "split", heard.negative)
        if heard.says(r"\b(?:apart|separate|split|into|own|different|distinguish|not mix)\b"):
            return _flip("degree_field", "split", "together", heard.negative and not heard.says(r"\bnot mix"))
    return []


_SECTIONS: tuple[tuple[str, str], ...] = (
    ("languages", "language"), ("training", "training"), ("projects", "project"), ("certifications", "certificate"),
    ("summary", "summary"), ("education", "education"), ("skills", "skill"), ("linkedin", "linkedin"), ("links", "link"),
    ("personal_info", "contact"), ("work_experience", "role"),
)  # fmt: skip


@_rule
def _sections(heard: Heard) -> list[Item]:
    out: list[Item] = []
    exclude = heard.negative != heard.dropping
    value = "exclude" if exclude else "include"
    acts = heard.dropping or re.search(_GIVE, heard.text, re.I) is not None or bool(_NO_NEED.search(heard.text))
    if not acts:
        return out
    qualified = heard.says(_VERBATIM) or heard.says(_REWORD) or heard.says(_SHORTEN)
    for slot, topic in _SECTIONS:
        if not heard.any(topic):
            continue
        if topic == "language":
            if heard.says(r"\btranslat|\b(?:programming|original|same|cv's) languages?\b|\blanguage of (?:the|a)\b|\bin the language\b"):
                continue
            if heard.has("level") and not heard.dropping and heard.says(r"\b(?:each|its|their|with|together)\b"):
                out.append(("include.proficiency", value, 1))
                if not heard.says(r"\b(?:list|includ|extract|captur|record|return|collect|report)\w*\b"):
                    continue
            out.append(("include.languages", value, 1))
        elif topic == "training":
            asked = heard.says(r"\b(?:list|includ|extract|captur|record|collect)\w*\b")
            if heard.says(r"\btraining data\b|`?\bdetails\b`?") or (heard.any("date") and not asked):
                continue
            out.append(("include.training", value, 1))
        elif topic == "certificate":
            if heard.says(_INVENT) or heard.says(r"\bno certificate|\bapart from certificates|\bof a certificate\b|\bcertificate (?:has|years?|lacks)\b|\bcertificate's\b"):
                continue
            out.append(("include.certifications", value, 1))
        elif topic == "project":
            if heard.says(r"\btechnolog") and not heard.says(r"\b(?:list|includ|extract)\w* (?:all |every |the |any )?(?:side |personal )?projects?\b"):
                continue
            out.append(("include.projects", value, 1))
        elif topic == "summary":
            if not heard.says(r"\bsummari[sz]e\b"):
                out.append(("include.summary", value, 1))
        elif topic == "education":
            if heard.any("notes", "degree", "subject") or heard.says(r"\bfirst\b|\border\b|\bnewest\b"):
                continue
            out.append(("include.education", value, 1))
        elif topic == "skill":
            if heard.says(r"\bskills? section\b|\b(?:each|every|one|individual|only) skills?\b|\bgroup|\bcategor|\binfer|\bbreak|\bsplit") or heard.any("role"):
                continue
            if re.search(r"\binfer|\bderive", heard.sentence, re.I):
                continue
            out.append(("include.skills", value, 1))
        elif topic == "linkedin":
            out.append(("include.linkedin", value, 1))
        elif topic == "link":
            if heard.text.lower().count("link") == heard.text.lower().count("linkedin") and not heard.says(r"\bportfolio|\bweb|\bsite|\bgit|\burl|\bhome ?page|\bcode[- ]host"):
                continue
            out.append(("include.links", value, 1))
        elif topic == "contact":
            if not qualified or heard.any("contact"):
                out.append(("include.personal_info", value, 1))
        elif topic == "role":
            if heard.says(r"\bwork (?:experience|history)\b|\bemployment history\b") and not heard.says(r"\bwork (?:experience|history)\b[^.]{0,5}:") and not heard.any("skill"):
                out.append(("include.work_experience", value, 1))
    if exclude and qualified:
        return []
    return out


@_rule
def _fields(heard: Heard) -> list[Item]:
    out: list[Item] = []
    value = "exclude" if heard.negative != heard.dropping else "include"
    role = heard.any("role") or re.search(r"\b(?:work|worked|job|role)\b", heard.text, re.I) is not None
    if heard.any("place") and (heard.says(r"\bplace of work\b|\bwhere\b[^.]{0,20}\b(?:job|role|located|based)\b") or (role and not heard.says(r"\blives?\b"))):
        if re.search(_GIVE, heard.text, re.I) or heard.dropping:
            out.append(("include.role_location", value, 1))
    elif heard.any("place") and heard.says(r"\b(?:lives?|resid\w+|home|candidate|person)\b"):
        out.append(("include.personal_info", value, 1))
    if heard.any("tool") and role and not heard.says(r"\bskills? section\b|\binfer|\bwork history\b"):
        if heard.says(r"\b(?:role|job|position|it mentions|this|each|that very)\b"):
            out.append(("include.role_skills", "include" if heard.says(r"\bonly\b") else value, 1))
    if heard.has("tool", "project") and heard.says(r"\btechnolog|\btools?\b"):
        out.append(("include.technologies", value, 1))
    if heard.any("notes") and (heard.any("education", "description") or heard.says(r"\bput|\binclude|\badd|\bkeep|\bgive|\blist|\bomit|\bskip|\bleave")):
        out.append(("include.education_notes", value, 1))
    if heard.any("expiry"):
        out.append(("include.expiry", value, 1))
    if heard.any("level") and not heard.any("language") and re.search(r"\blanguages?\b", heard.sentence, re.I):
        out.append(("include.proficiency", value, 1))
    if heard.says(r"\bjob descriptions?\b|\bdescriptions? of (?:jobs|roles)\b") and (heard.dropping or re.search(_GIVE, heard.text, re.I)):
        out.append(("include.descriptions", value, 1))
    elif heard.any("bullet") and heard.says(r"\b(?:every|each|all)\b[^.]{0,30}\b(?:bullets?|statements?)\b[^.]{0,40}\b(?:into|under|as)\b") and value == "include":
        out.append(("include.descriptions", "include", 1))
    return out
