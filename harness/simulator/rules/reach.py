"""How far a rule's finding may be trusted: a clause that restricts, excepts, converts or misplaces what it names asks
for more than the finding says, and is better left unread than read as its plain half."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import INVENT, RUNNING, TOPICS, Heard, Item
from harness.simulator.rules.negation import DROP, GIVE, NEGATIONS, NO_NEED, blames, limits

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
    r"|categori[sz]\w+|group by|by industry|parent|holding|industr\w+|count(?!s\b)\w*|number of|guess\w*|soft skills"
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
    r"|\b(?:every|all|any|each)\b[\w ]{1,40}\bbut\b(?! (?:do|never|not|also|no|without|keep|copy|leave|write)\b)"
    r"|\b(?:nothing|none|everything|anything) but\b"
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
_ASIDE = re.compile(r"\b(?:that|which|who)\b[^,`]{0,40}(?=\b(?:under|into|in|to)\b)", re.I)
_HOMES = {
    "contact": {"personal_info", "email", "phone", "name", "contact"},
    "linkedin": {"linkedin"},
    "language": {"languages", "language"},
    "certificate": {"certifications", "certificates", "certification"},
    "training": {"training", "trainings", "courses"},
    "project": {"projects"},
    "summary": {"summary"},
    "link": {"portfolio"},
    "place": {"location"},
    "notes": {"description", "education"},
    "skill": {"skills"},
    "level": {"proficiency", "level", "languages", "language"},
    "expiry": {"expiry", "certifications"},
    "degree": {"degree"},
    "subject": {"field"},
    "bullet": {"description"},
    "company": {"company"},
}
"""By topic: the fields that it belongs into."""
FIELDS = frozenset().union(*_HOMES.values()) | {
    "title", "company", "degree", "field", "institution", "name", "email", "phone", "issuer",
}  # fmt: skip
"""Names of fields of the record."""
_TOPIC_OF = {
    "include.languages": "language",
    "include.certifications": "certificate",
    "include.training": "training",
    "include.projects": "project",
    "include.skills": "skill",
    "include.education": "education",
    "include.work_experience": "role",
    "all_roles": "role",
}
_NARROWING = re.compile(
    r"\b(paid|unpaid|foreign|official|valid|expired|important|relevant|recent|technical|academic|commercial|internal"
    r"|external|online|finished|completed|current|running|former|long|short|large|small|permanent|temporary|freelance"
    r"|voluntary|best|main|major|minor|notable|selected|certified|accredited|european|international|common|popular|new"
    r"|old|different|certain|few|most|several|some|many|two|three|four|five|non-\w+|real|proper|strong|advanced"
    r"|fluent)\s+$",
    re.I,
)
_AFTER = re.compile(
    r"\w*[`'\"]?,?\s+(?:(?:that|which|who) (?!(?:the |a )?(?:cv|document|r[eé]sum[eé]|text|candidate|person"
    r"|applicant|it|they)\b"
    r"|(?:is|are) (?:printed|named|listed|mentioned|stated|given|in)|stand|award|appear|he|she)"
    r"|with (?:a|an|at least|more|less|no|bullets?|dates?|figures|links?)\b(?! (?:level|proficiency)\b)"
    r"|of (?!(?:the|a|an|each|every|that|this|one|his|her|their|its|any)\b)|in (?:which|one|a single|two)\b"
    r"|from (?:the last|20|19)"
    r"|inside\b|lasting\b|longer\b|between\b|since\b|held (?:in|for|after|before|since)\b|(?:above|below|after"
    r"|before|until)\b"
    r"|under the (?:role|job|position)s?\b|without\b(?! (?:exception|fail)))",
    re.I,
)


_PLAIN = re.compile(
    r"\b(?:an?|the|and|or|of|in|on|at|to|into|under|with|by|from|for|as|it|its|them|they|their|these|those|this|that"
    r"|which|who|whose|what|where|when|whenever|wherever|if|is|are|be|was|has|have|had|do|does|done|did|can|may|must"
    r"|should|shall|will|would|so|too|also|well|how|else|not|no|own|one|two|both|any|some|such|there|here|you|your|we"
    r"|our|i|me|he|she|his|her|then|very|please|always|ever|even|just|still|only|up|out|off|side|apart|together"
    r"|separate(?:ly)?|outside|stand(?:s|ing)?|belong(?:s|ing)?|go(?:es)?|gets?|get|found|find(?:s)?|sure|make|see|pick"
    r"|speak(?:s|er)?|spoken|human|foreign|natural|personal|person|people|somebody|someone|work(?:ed|ing)?|award(?:s|ed)?"
    r"|page|text|block|paragraph|introduct\w+|opening|top|level|number|word|item|array|object|element|section|heading"
    r"|array|strings?|field|value|address|name|note|topics?|info|information|details?|long|many|much|however|matter"
    r"|count|they|each|every|all|complete|whole|entire|full|whether|itself|behance|gitlab|domains?|incl|including|e|g"
    r"|i|etc|eg|ie|second|third|separator|exist(?:s|ing)?|carry|carries|held|hold(?:s)?|old|early|ones|along|far|back|forget|fail"
    r"|position|once|exactly|across|through|same|within|alongside|plus|attached|accompan\w+|next|wherever|possible"
    r"|available|applicable|professional|career|history|main|part|s|d|merge|mention(?:s|ed)?|volunteer\w*)\b",
    re.I,
)
"""Words that make nothing fewer, other or elsewhere."""


_KNOWN = tuple(
    re.compile(rf"(?:{pattern.pattern})\w*", re.I)
    for pattern in (*TOPICS.values(), GIVE, DROP, NEGATIONS, NO_NEED, _PLAIN)
)


def _unexplained(text: str) -> bool:
    """Whether a clause that would give something holds a word whose part in it is not known: "cap the list of skills",
    "write the summary yourself"."""
    text = re.sub(r"[`\"“”]", "", text)
    unknown = list(text)
    for pattern in _KNOWN:
        for match in pattern.finditer(text):
            unknown[match.start() : match.end()] = " " * (match.end() - match.start())
    return re.search(r"[^\W\d_]{3}", "".join(unknown)) is not None


def _narrowed(text: str, topic: str) -> bool:
    """Whether a thing is named with what makes it fewer: an adjective before it, a phrase behind it."""
    for match in re.finditer(topic, text, re.I):
        if _NARROWING.search(text[max(0, match.start() - 24) : match.start()]):
            return True
        if _AFTER.match(text[match.end() :]):
            return True
    return False


_SPOILT = {
    "bullet_wording": r"\b(?:almost|nearly|up to the|important|in (?:english|german|french|spanish)|partly|basically"
    r"|essentially"
    r"|without (?:the|its|their|any) (?:figures?|numbers?|names?|dates?)|first|main idea)\b",
    "bullet_split": r"\bsentences?\b|\bwith (?:its|their|the) (?!own\b)\w+|\b(?:two|three|both) (?:bullets"
    r"|statements)\b[^.]{0,30}\bas one\b",
    "translation": r"\b(?:with|in|as|use|but|and) (?:english|german|french|spanish)\b(?<!in english)(?<!into english)",
    "json_only": r"\bfor each\b|\bper\b|\band (?:a|an|then|some)\b|\bfollowed by\b|\bas a string\b",
    "field_names": r"\b(?:of|from|in) the (?:cv|document|text)\b|\bcv's\b",
    "include.summary": r"\b(?:never|not) quoted\b|\bis written\b(?! (?:in|into|to|as|under))|\b(?:make|write"
    "|compose) one\b"
    r"|\bfrom the (?:roles|jobs|rest|bullets|work)\b",
    "ids": r"\bsame\b|\bname as\b",
    "overlapping_roles": r"\b(?:not|never|don't) overlap",
    "titles_at_one_company": r"\b(?:with|by) (?:a|an) (?:comma|dash|hyphen|semicolon|colon|space|line break"
    r"|ampersand)\b|\blast title\b",
    "include.role_skills": r"\btop[- ]level `?skills\b|\b(?:with|from|of) (?:all|the|every) skills? (?:of|from"
    "|in) the (?:cv|skills|document)"
    r"|\bskills section\b",
    "skills_source": r"\blines?\b|\bas (?:they|it) (?:are|is)\b"
    r"|\band (?:the |from the |from )?(?:languages|roles|jobs|projects|bullets|certificates|courses"
    r"|work)\b|\balso\b",
    "company_name": r"\bwithout (?!(?:its |the |their |any )?(?:division|department|unit|branch|business))"
    r"|\bcommonly\b|\btogether with\b",
    "all_roles": r"\bin one (?:entry|item|string|role|text)\b|\bas one\b",
    "include.proficiency": r"\bas (?:a |an )?(?:number|letter|code|percentage|word|stars?)\b|\bor (?:better|higher"
    r"|above)\b",
    "include.languages": r"\bprogramming\b|\bor (?:better|higher|above)\b|\bis written\b",
    "degree_field": r"\b(?:subject|field)\b[^.,]{0,20}\b(?:into|under|in) [`'\"]?degree\b",
    "include.expiry": r"\byear as\b|\bas (?:the )?expiry\b",
    "missing": r"\bempty\b[^.]{0,60}\bnull\b|\bnull\b[^.]{0,60}\bempty (?:string|array)\b",
}
"""By slot: words with which its sentence asks for something that the slot has no value for."""


_IN_ONE = re.compile(
    r"\b(?:in|into|under) (?:one|a single|the same|a common) (?:list|section|array|field|item|entry)\b", re.I
)
_PAST = re.compile(
    r"\b(?:we|you|they|this|it|dates?|bullets?) used to\b|\bno longer the case\b|\bformer rule\b|\bin the past,? we\b"
    r"|\brules?\b[^.]{0,60}\b(?:dropped|withdrawn|no longer|obsolete|void|gone|deleted|removed|abolished)\b"
    r"|\bnot true that\b|\bit is (?:false|untrue|a myth) that\b"
    r"|^\W*(?:no|nothing|without) [^,.]{1,40}, (?:no|nothing)\b"
    r"|\bwho(?:ever)? [^,.]{1,40}, (?:loses|fails|errs|is)\b",
    re.I,
)
"""A rule that is told, not given."""


def stands(item: Item, heard: Heard) -> bool:
    """Whether what a rule found may be said of the clause under its condition, and of all of the thing."""
    slot, value, _ = item
    spared = slot.startswith("include.") or slot in ("company_name", "order", "all_roles", "bullet_wording")
    if NO_NEED.search(heard.text) and not spared:
        return False
    gives = (slot.startswith("include.") and value == "include") or (slot, value) == ("all_roles", "all")
    return not (gives and not _whole(slot, heard)) and _fits(item, heard)


def spoilt(item: Item, heard: Heard) -> bool:
    """Whether the sentence asks for something about it that no value of the slot stands for; then nothing in the
    sentence is understood."""
    slot, value, _ = item
    sentence = heard.sentence
    if _PAST.search(sentence) or blames(heard.text):
        return True
    if limits(sentence) and not (value in ("limited", "shortened") or slot in ("date_format", "month_missing")):
        return True
    if slot not in _OWN_WORDS and _STRANGE.search(sentence):
        return True
    if slot not in ("order", "present_word", "all_roles") and _SELECTED.search(sentence):
        return True
    if slot not in ("date_format", "missing", "titles_at_one_company") and _EXCEPTED.search(sentence):
        return True
    if (slot != "courses" and _misplaced(heard)) or (slot == "json_only" and _OTHER_FORM.search(sentence)):
        return True
    if slot.startswith("include.") and (_IN_ONE.search(sentence) or re.search(r"\botherwise\b", sentence, re.I)):
        return True
    said = heard.text if slot == "missing" else sentence
    return slot in _SPOILT and value != "merged" and re.search(_SPOILT[slot], said, re.I) is not None


def _misplaced(heard: Heard) -> bool:
    """Whether the clause puts a thing into a field that is another thing's."""
    text = _ASIDE.sub(" ", heard.text)
    for match in _PLACED.finditer(text):
        target = match.group(1).lower()
        if target not in FIELDS:
            continue
        before = text[: match.start()]
        last = max(
            ((found.start(), topic) for topic in _HOMES for found in TOPICS[topic].finditer(before)), default=(0, "")
        )[1]
        if last and target not in _HOMES[last]:
            return True
    return False


def _whole(slot: str, heard: Heard) -> bool:
    """Whether "give X" means all of X, and X itself."""
    text = heard.text
    topic = TOPICS[_TOPIC_OF[slot]].pattern if slot in _TOPIC_OF else ""
    if topic and _narrowed(text, topic):
        return False
    if (re.search(INVENT, text, re.I) and not heard.negative and not heard.dropping) or (
        slot != "all_roles" and _unexplained(text)
    ):
        return False
    return not _ONLY.search(text) or bool(_SOURCED.search(text))


def _fits(item: Item, heard: Heard) -> bool:
    """Whether the finding holds under the clause's condition."""
    slot, value, _ = item
    condition = heard.condition
    if not condition or condition.lower().startswith("even"):
        return True
    if slot.startswith("include.") and _ONLY.search(heard.text) and not heard.negative:
        return False
    if _UNLESS.match(condition):
        return (
            slot.startswith("include.") and not heard.negative and value != "exclude" and not _CHOOSY.search(condition)
        )
    if (slot, value) == ("translation", "original"):
        return True
    if slot in ("invention", "present_word", "month_missing", "missing", "titles_at_one_company", "overlapping_roles"):
        return True
    if re.search(RUNNING, condition, re.I) and slot != "present_word":
        return False
    return value != "exclude" and bool(_GIVEN.search(condition)) and not _CHOOSY.search(condition)


def asks_more(heard: Heard) -> bool:
    """Whether a clause in which no rule found anything orders something all the same: then its sentence is not
    understood, whatever its other clauses say."""
    text = heard.plain or heard.text
    return bool(
        DROP.search(text)
        or re.match(r"\W*without\b", text, re.I)
        or _EXCEPTED.search(text)
        or _ORDERED.match(text)
        or limits(text)
    )


_ORDERED = re.compile(
    r"\W*(?:and |then |also |but |or |please |always |never )*(?:add|append|convert|replace|remove|round|rank|rate"
    r"|sort|group"
    r"|translate|shorten|summari[sz]e|merge|join|combine|rewrite|rephrase|improve|correct|fix|estimate|infer|guess"
    r"|leave"
    r"|write|use|put|mark|capitali[sz]e|abbreviate|change|turn|split|move|prefix|drop|omit|skip)\b",
    re.I,
)
