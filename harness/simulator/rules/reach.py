"""How far a rule's finding may be trusted: a clause that restricts, excepts, converts or misplaces what it names asks
for more than the finding says, and is better left unread than read as its plain half."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import INVENT, RUNNING, Heard, Item
from harness.simulator.rules.negation import DROP, NO_NEED, limits

_GIVEN = re.compile(
    r"^(?:even|whether)\b|\b(?:cv|document|r[eé]sum[eé]|text|candidate|person|applicant|somebody|someone|they|it|its"
    r"|there|one|none|values?|fields?|dates?|months?|years?|sections?|something|information|anything|applicable"
    r"|possible|available|present|printed|given|stated|titles?|overlap\w*|missing|unknown|necessary)\b",
    re.I,
)
_CHOOSY = re.compile(
    r"\b(?:relevant|important|more than|longer|at least|older|newer|recent|english|german|french|spanish|senior|useful"
    r"|fits?|short|room|space|too many|fewer|less than|before|after|asked|requested|needed|matter\w*|helps?|seems?"
    r"|likely"
    r"|interesting|impressive|clear|unclear|obvious)\b",
    re.I,
)
_UNLESS = re.compile(r"^(?:unless|except (?:if|when|where))\b", re.I)
_STRANGE = re.compile(
    r"\b(?:rat(?:e|ing)|rank(?:ing|ed)?|scor(?:e|ing)|classif\w+|annotat\w+|emojis?|alphabetical\w*|upper ?-?case"
    r"|lower ?-?case|capitali[sz]\w*|capital letters|italics?|bold|prefix\w*|suffix\w*|round(?:ed)? (?:up|down|to)"
    r"|anonymi[sz]\w*|redact\w*|mask\w*|initials|abbreviations? of|acronyms?|synonyms?|years of experience|seniority"
    r"|usual(?:ly)?|standard(?:i[sz]\w+)?|canonical|short forms?|reverse|double|twice as|append\w*|in brackets"
    r"|in parentheses|hashtags?|confidence|third person|first person|past tense|present tense|active voice|buzzwords?"
    r"|keywords?|gender\w*|salar\w+|grammar|typos?|spelling|shorter|longer|replac\w+|convert\w*|re-?format\w*"
    r"|normali[sz]\w*|map(?:ped|s)?|express\w*|simplif\w+|clean\w*|correct\w*|fix(?:ed)?|unif\w+|harmoni[sz]\w+"
    r"|categori[sz]\w+|group by|by industry|parent|holding|industr\w+|count\w*|number of|guess\w*|soft skills"
    r"|additional"
    r"|extra|plus|as well as any|modern\w*|generic|common|cefr|iso|international|e\.164|country code|sum up"
    r"|highlight\w*"
    r"|emphasi[sz]\w*|star(?:red)?|mark(?:ed|s)?|tag(?:ged|s)?|label\w*|percentages?|numbers|figures|adjectives"
    r"|pronouns?|verbs?|tense|combined with|mix\w*|swap\w*|invert\w*|random\w*|countr(?:y|ies)|continent"
    r"|post ?codes?|postal|zip|street|home address|full address|region|in (?:one|a single|two"
    r"|three) (?:\w+ )?(?:sentences?|lines?|words?)|your own words|(?:write|compose|draft|generate|create) an?"
    r"|sampl\w+|example)\b",
    re.I,
)
"""Acts and things that no slot stands for."""
_OWN_WORDS = frozenset(
    {"date_format", "bullet_wording", "bullet_split", "order", "duplicates", "title_wording", "field_names",
     "invention", "json_only", "markdown", "company_name", "present_word", "missing", "month_missing", "translation",
     "task", "cv_is_data", "skills_split", "overlapping_roles", "titles_at_one_company", "degree_field"}
)  # fmt: skip
"""Slots whose own rules know such words."""
_OTHER_FORM = re.compile(r"\b(?:yaml|xml|csv|html|toml|tables?|json ?l|json lines|plain text|arrays?|minified)\b", re.I)
_EXCEPTED = re.compile(
    r"\b(?:except(?! (?:if|when|where))|excluding|other than|save for|aside from|with the exception|not (?:all|every)\b"
    r"|but not (?:the|those|for)|or (?:else )?(?:leave|omit|skip|write|use|drop)\b|either\b)",
    re.I,
)
_SELECTED = re.compile(
    r"\b(?:latest|current|last|first|newest|most recent|senior|previous|main|longest|each second) "
    r"(?:role|job|position|employer|company|entry|study|degree|bullet|statement|certificate|title)s?\b(?! (?:first"
    r"|at the"
    r" top|before|comes))",
    re.I,
)
_ONLY = re.compile(r"\b(?:only|solely|exclusively|just|merely)\b", re.I)
_SOURCED = re.compile(
    r"\b(?:cv|document|r[eé]sum[eé]|text|source|candidate|applicant|person|printed|stated|named?|names|mention\w*"
    r"|listed"
    r"|list(?:s|ed)?|section|explicit\w*|given|present|those (?:that|which)|it (?:says|names))\b",
    re.I,
)
_PLACED = re.compile(r"\b(?:into|under|in|to|as) (?:the |its |a )?[`'\"]?([a-z_]{4,})[`'\"]?", re.I)
_HOMES = {
    "include.languages": {"languages", "language"},
    "include.certifications": {"certifications", "certificates", "certification"},
    "include.training": {"training", "trainings", "courses"},
    "include.projects": {"projects"},
    "include.summary": {"summary"},
    "include.links": {"portfolio"},
    "include.linkedin": {"linkedin"},
    "include.role_location": {"location"},
    "include.education_notes": {"description", "education"},
    "include.skills": {"skills"},
    "include.role_skills": {"skills"},
    "include.proficiency": {"proficiency", "level", "languages", "language"},
    "include.technologies": {"technologies", "projects"},
    "include.expiry": {"expiry", "certifications", "certificates"},
}
_FIELDS = frozenset().union(*_HOMES.values()) | {
    "title", "company", "degree", "field", "institution", "name", "email", "phone", "education", "issuer",
}  # fmt: skip


def stands(item: Item, heard: Heard) -> bool:
    """Whether what a rule found may be said of the clause as a whole."""
    slot, value, _ = item
    sentence = heard.sentence
    if limits(sentence) and not (value in ("limited", "shortened") or slot in ("date_format", "month_missing")):
        return False
    if slot not in _OWN_WORDS and (_STRANGE.search(sentence) or _misplaced(slot, heard)):
        return False
    if slot == "json_only" and _OTHER_FORM.search(sentence):
        return False
    if slot not in ("order", "present_word", "all_roles") and _SELECTED.search(sentence):
        return False
    if slot not in ("date_format", "missing", "titles_at_one_company") and _EXCEPTED.search(sentence):
        return False
    if NO_NEED.search(heard.text) and not slot.startswith("include.") and slot != "company_name":
        return False
    if slot.startswith("include.") and value == "include" and not _whole(heard):
        return False
    return _fits(item, heard)


def _misplaced(slot: str, heard: Heard) -> bool:
    """Whether the clause puts the thing into a field that is another thing's."""
    homes = _HOMES.get(slot)
    targets = {name.lower() for name in _PLACED.findall(heard.text)} & _FIELDS
    return bool(homes and targets and not targets & homes)


def _whole(heard: Heard) -> bool:
    """Whether "give X" means all of X, and X itself."""
    text = heard.text
    if re.search(INVENT, text, re.I) and not heard.negative and not heard.dropping:
        return False
    return not _ONLY.search(text) or bool(_SOURCED.search(text))


def _fits(item: Item, heard: Heard) -> bool:
    """Whether the finding holds under the clause's condition."""
    slot, value, _ = item
    condition = heard.condition
    if not condition or condition.lower().startswith("even"):
        return True
    if _UNLESS.match(condition):
        return (
            slot.startswith("include.") and not heard.negative and value != "exclude" and not _CHOOSY.search(condition)
        )
    if slot in ("invention", "present_word", "month_missing", "missing", "titles_at_one_company", "overlapping_roles"):
        return True
    if re.search(RUNNING, condition, re.I) and slot != "present_word":
        return False
    return value != "exclude" and bool(_GIVEN.search(condition)) and not _CHOOSY.search(condition)


def asks_more(heard: Heard) -> bool:
    """Whether a clause in which no rule found anything orders something all the same: then its sentence is not
    understood, whatever its other clauses say."""
    text = heard.plain or heard.text
    return bool(DROP.search(text) or _EXCEPTED.search(text) or _ORDERED.match(text) or limits(text))


_ORDERED = re.compile(
    r"\W*(?:and |then |also |but |or |please |always |never )*(?:add|append|convert|replace|remove|round|rank|rate"
    r"|sort|group"
    r"|translate|shorten|summari[sz]e|merge|join|combine|rewrite|rephrase|improve|correct|fix|estimate|infer|guess"
    r"|leave"
    r"|write|use|put|mark|capitali[sz]e|abbreviate|change|turn|split|move|prefix|drop|omit|skip)\b",
    re.I,
)
