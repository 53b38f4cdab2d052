"""Whether a clause orders: what departs from what is wanted is read only from a clause that certainly asks for it.

"Recruiters hate shortened bullets", "the CV has only one job" and "where a bullet wraps, join the lines" name a harm
and order none. What keeps to the wanted may be said in any form.
"""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import TOPICS, Heard, Item
from harness.simulator.slots import SLOTS

_WANTED = {"date_format": "MMM YYYY", "order": "newest_first", "markdown": "none", "present_word": "Present"}
"""What the record's contract wants where it is not the first value of a slot."""
ACTS = (
    r"(?:writ|us|giv|put|list|omit|skip|drop|leav|keep|translat|shorten|summari[sz]|condens|abbreviat|trim|cut|rephras|reword"
    r"|rewrit|improv|polish|merg|combin|join|group|split|sort|order|start|begin|add|insert|invent|guess|estimat|assum|infer"
    r"|deriv|convert|chang|turn|replac|remov|exclud|ignor|return|output|answer|wrap|includ|copy|record|render|treat|tak|fill"
    r"|mak|mov|nam|show|stat|spell|format|normali[sz]|reduc|limit|restrict|restyl|complet|correct|fix|follow|obey|carry"
    r"|extract|collect|select|choos|pick|transform|expand|delet|discard|disregard|forget|strip|hid|prefer|go|report|mention"
    r"|set|enter|apply|store|stop|sum|fold|bundle|lump|comput|calculat|work|sound|look|try|feel|explain|indicat|number|call"
    r"|print|express|fabricat|suppl|retain|represent|display|provid|concat|separat|bring|let|get|be|do|avoid|end|construct"
    r"|embellish|mark|fus)"
)
IMPERATIVE = re.compile(
    rf"^\W*(?:(?:and|or|but|so|then|also|instead|please|pls|always|only|just|simply|better|rather|never|not|do|kindly|first"
    rf"|finally|otherwise|generally|usually|ideally|where possible|if possible|in that case|for|to|in|all|each|every"
    rf"|(?:\w+ly)),? ){{0,4}}(?:the |a |all |every |each )?{ACTS}(?!(?:ors?|ers?|rs|ions?|ings)\b)\w{{0,3}}\b",
    re.I,
)
_LEAD = (
    r"^\W*(?:(?:and|or|but|so|then|also|instead|please|pls|always|just|simply|kindly|first|finally|ideally"
    r"|for [\w ]{3,40},),? ){0,3}"
)
_MODAL = (
    r"(?:must|should|shall|may|might|can|could|will|would (?:be|do|like)|suffices?|(?:is"
    r"|are) (?:more than )?(?:enough|plenty)"
    r"|need(?:s|n't)?|has to|have to|ought to|(?:is|are) to be"
    r"|do(?:es)? not (?:have|need|matter)|don't (?:have|need|matter)|doesn't (?:have|need|matter))\b"
)
_DONE = (
    rf"(?:(?:\w+ly )?(?:{ACTS}\w*(?:ed|en|n|t|d)|put|kept|left|made|taken|given|written|cut|split|set|sorted|told|done"
    r"|fine|okay|ok|empty|null|short|brief|optional|data|together|enough|no use|of no|irrelevant|unnecessary|redundant"
    r"|not (?:needed|wanted|required|necessary|important|interesting|relevant|listed|included|extracted|reported|given)"
    r"|in (?:english|german|french|spanish)|[\"“„'`\d])|(?:a |an )(?:fair|good) )"
)
_TOKEN = r"(?:['’`/-]{0,2}\w[\w'’`/-]*)"
_CERTAIN = tuple(
    re.compile(_LEAD + pattern, re.I)
    for pattern in (
        rf"(?:{_TOKEN},? (?:{_TOKEN},? ){{0,6}})?{_MODAL}",
        rf"{_TOKEN} (?:{_TOKEN} ){{0,7}}?(?:is|are|be|gets?) {_DONE}",
        r"(?:nobody|no one|no-one) (?:needs|reads|wants|cares|asks)\b",
        r"(?:we|i|they|our \w+) (?:don't|do not|doesn't|does not) (?:care|need|use|read|want|require|expect)\b",
        r"(?:only|just) [\w ]{2,40} (?:matters?|counts?|is needed|are needed|is wanted|are wanted)\b",
        r"(?:feel free|no need|there is no need|there's no need|it is (?:fine|ok|okay|enough|allowed|permitted"
        r"|sufficient"
        r"|not necessary|unnecessary)|it's (?:fine|ok|okay|enough|not necessary)|we (?:want|need|do not need|don't need"
        r"|would like|expect|only (?:want|need))|i (?:want|need)|you are (?:free|allowed|welcome)|do not hesitate"
        r"|don't hesitate|has(?:n't)? need)\b",
        r"(?:every|each|all|the|a|our) [\w ,]{2,60}\b(?:gets?|gives?|means?|goes?|becomes?|starts?|ends?|comes?|stays?"
        r"|only understands?|stands?)\b",
        r"[\w ]{2,40} (?:means|becomes|equals|stays|remains) ",
        r"(?:\w+ ){1,3}(?:go(?:es)? in|end|start|begin)s? (?:as|exactly|with|in)\b",
        r"[^,;:]{2,60}\bis what (?:we|i) (?:want|need|expect)\b",
    )
)
"""Forms in which something is asked for without an imperative: "bullets may be merged", "dates are written as …"."""
_DESCRIBING = re.compile(
    rf"{_LEAD}(?:the |a |an |some |many |most |every |each |their |his |her |our |this |that )?"
    r"(?:cvs?|r[eé]sum[eé]s?|documents?|candidates?|applicants?|persons?|people|texts?|input|page|reader|recruiters?"
    r"|customers?|clients?|users?|import|database|system|parser|tool|model|version)\b"
    r"(?! (?:record|answer|gives|in (?:one|english)))",
    re.I,
)
"""A clause about the document, its owner or its readers, not about the record."""
_UNDERSTOOD_ALONE = re.compile(
    r"\b(?:import|database|system|page|parser|tool|customers?|clients?) (?:only )?(?:needs?|wants?|expects?|requires?"
    r"|understands?|accepts?|reads?)\b",
    re.I,
)
REASON = re.compile(
    r",? \b(?:so that|because|seeing that|in order to|since (?=we|our|they|it|the)|for the sake of|as (?=our|we"
    r"|recruiters)"
    r"|to (?:save|avoid|help|ease|speed))\b[^.;]*$"
    r"|, (?:our|the|we|nos|it|they|that|this|recruiters) [^,;.]*$",
    re.I,
)
"""Why something is asked for, at the end of a clause."""
_LABELLED = re.compile(r"^\W*(?P<label>[^.:=→]{1,50})(?::\s|\s?=|→)", re.I)
_SPEAKER = re.compile(
    r"^\W*(?:human|user|customer|candidate|recruiter|q|question|cv|r[eé]sum[eé]|text|input|source|line|case|frage|nutzer"
    r"|mensch|pregunta|usuario|humain|utilisateur|note|changelog|v\d+|fixed|changed|added|todo|reason|background|context"
    r"|why|wrong|bad|old|before)\b[\w .]{0,12}:",
    re.I,
)
"""A label that hands the word to somebody else, or tells what was."""
_ASIDE = re.compile(r"^\s*(?:>|[(\[{].*[)\]}]\W*$|[\"“„«][^\"”“»]*[\"”“»]\W*$)", re.S)
"""A quotation, or a note in brackets."""
_AT_ITS_END = re.compile(rf"\b{ACTS}\w{{0,3}}\W*$", re.I)
_SHORT = 5
"""Words of the longest clause that orders without a verb ("short bullets")."""
_FELT = re.compile(
    r"\b(?:hates?|loves?|likes?|chokes?|breaks?|fails?|does|did|is|are|was|were|has|have|had|happens?|became|got|went"
    r"|used to|said|says|means)\b",
    re.I,
)
_TOLD = re.compile(
    r"^\W*(?:then|dann|alors|entonces)\b|\bnor\b|\b(?:was|were|had|became|used to|once|last (?:week|month|year)"
    r"|yesterday|earlier version|would have|might have"
    r"|as if|as though|imagine|pretend|what if|suppose|happened)\b|\bprefer\w* [^.]{1,60} to (?!be\b)",
    re.I,
)
"""What is told, imagined or weighed against something."""


def departs(item: Item) -> bool:
    """Whether an item asks for other than what the record's contract wants."""
    slot, value, sign = item
    wanted = value == _WANTED.get(slot, next(iter(SLOTS[slot].prior)))
    return wanted if sign < 0 else not wanted and SLOTS[slot].name not in ("task", "manner")


def stands_as_order(item: Item, heard: Heard) -> bool:
    """Whether what a clause names may be taken as asked for: it is wanted anyway, or the clause certainly orders it."""
    return not departs(item) or (_orders(heard) and _named(item, heard))


_ABOUT_CVS = re.compile(
    r"\b(?:some|many|most|certain|few|older|old|other|these|such|long|short|of|in|expect) (?:of (?:the|our) )?(?:\w+ )?"
    r"(?:cvs|r[eé]sum[eé]s|people|candidates|applicants)\b|\b(?:cvs|r[eé]sum[eé]s) (?:in which|that|who|where|whose)\b",
    re.I,
)
"""What is said of several CVs or people is about them."""
_QUOTATION = re.compile(
    r"^\W{0,2}[\"“„«][^\"“”„«»]{1,300}[\"”“»],? (?:is|are|was|were|stood|stands|would|does|did|in an?|has|had|as"
    r"|may|can"
    r"|might|could|and|or|on|if|from|for|comes?|came|belongs?)\b"
)
_ACT_AS_THING = re.compile(
    rf"^\W*(?:to |not |the )?(?:{ACTS}\w{{0,4}}ing\b|(?<=to ){ACTS})[^.;:]{{0,80}}?\b(?:is|are|was|were|belongs?"
    rf"|means|costs?|takes?"
    r"|helps?|makes?|has|have|had|loses?|ruins?|would be)\b(?! (?:welcome|fine|ok|okay|allowed|permitted"
    r"|encouraged|wanted"
    r"|expected|required|needed|desired|desirable|recommended|advised|mandatory|good|in order|acceptable|enough"
    r"|preferred"
    r"|sufficient|appreciated))",
    re.I,
)
"""An act that something is said of ("translating is for translators") is not asked for."""
_AGENT = re.compile(
    rf"^\W*(?:an?|the|our|every|each|no|any|one|your|my) (?:\w+ )?(?!orders?\b|employers?\b|numbers?\b|headers?\b"
    rf"|footers?\b"
    rf"|letters?\b|majors?\b|others?\b)\w+(?:ers?|ors?|ists?|ants?|ians?|team|department) {ACTS}\w{{0,3}}s\b",
    re.I,
)
"""Somebody and what they do."""
_JUDGED = re.compile(
    r"^\W*(?:it|that|this) (?:is|was|would be|seems|would seem) (?:\w+ly )?(?!fine|ok|okay|enough|allowed"
    r"|permitted|sufficient|better|best"
    r"|necessary|not|unnecessary|important|essential|preferable|desirable|wanted|required|acceptable|good|sensible|wise|mandatory"
    r"|possible|advisable)\w+ (?:not )?(?:to|if|when)\b|\bstop(?:s|ped)? short of\b"
    r"|^\W*(?:sure|right|great|fine|well|yeah|oh|bravo|perfect)\b,"
    r"|\band (?:watch|see how|(?:(?:you|we|they|it|users?|nobody)(?:'ll)? \w+"
    r"|the \w+ (?:is|are|will|gets?|breaks?|loses?)))"
    r"|^\W*(?:it|that|this) (?:may|might|can|could|would|will) (?:be|seem|look|sound)s? \w+ to\b"
    r"|^\W*(?:even )?an? (?![^.]*\b(?:must|should|shall|may|can|(?:is|are|has|needs?) to|gets?|gives?|needs?|goes"
    r"|becomes?|enough|will do|so)\b)"
    r"|\b(?:better|worse|sooner)\b[^.;]{1,60}\b(?:than|that|as)\b"
    r"|[;,:] (?!what|how|who|which|where)[^;,:]{1,30} (?:is|are|does|(?<!will )do|stays?|counts?)\W*$|\b(?:zero|0)\b"
    r"|=[^=]*=|\bleave\b[^.;]{1,40}\bto (?:the|others|us"
    r"|them|him|her|our|an?)\b|^\W*\w+ed \w+ (?:has|have|had|cost|cannot|can't|will|makes?|leads?|means?)\b",
    re.I,
)


def aside(sentence: str) -> bool:
    """Whether a sentence is a quotation, a note in brackets, a question, or what somebody else says."""
    return (
        sentence.rstrip().endswith("?")
        or _ASIDE.match(sentence) is not None
        or _SPEAKER.match(sentence) is not None
        or _TOLD.search(sentence) is not None
    )


def _orders(heard: Heard) -> bool:
    sentence, text = heard.sentence, REASON.sub("", heard.whole or heard.text)
    if aside(sentence) or any(
        kind.search(sentence) for kind in (_ABOUT_CVS, _QUOTATION, _ACT_AS_THING, _AGENT, _JUDGED)
    ):
        return False
    if IMPERATIVE.match(text):
        return True
    if _DESCRIBING.match(text) and not _UNDERSTOOD_ALONE.search(text):
        return False
    label = _LABELLED.match(sentence)
    return (
        (len(text.split()) <= _SHORT and not _FELT.search(text))
        or (label is not None and any(topic.search(label["label"]) for topic in TOPICS.values()))
        or any(pattern.search(text) for pattern in (*_CERTAIN, _AT_ITS_END))
    )


_OBJECTS = {
    "bullet_split": r"\bbullets?\b|\bstatements?\b|\bachievements?\b|\bduties\b|\btasks?\b|\bdescriptions?\b"
    r"|\bthem\b|\bpoints?\b"
    r"|\bresponsibilit|\bdetails\b",
    "bullet_wording": r"\bbullets?\b|\bstatements?\b|\bachievements?\b|\bdut(?:y|ies)\b|\btasks?\b"
    r"|\bdescriptions?\b|\bthem\b"
    r"|\bpoints?\b|\bwording\b|\btext\b|\bstyle\b|\bresponsibilit|\bsentences?\b|\bfunctions\b|\bjobs?\b|\beverything\b",
    "invention": r"\bmonths?\b|\byears?\b|\bissuers?\b|\bdates?\b|\bvalues?\b|\bmissing\b|\binformation\b"
    r"|\blevels?\b|\bdata\b"
    r"|\bwhat\b|\bit\b|\bone\b|\bthem\b|\bplaces?\b|\bcit(?:y|ies)\b|\baddress\b|\bphone\b|\btitles?\b|\btypos\b|\bmistakes?\b"
    r"|\berrors?\b|\bfields?\b|\bgaps?\b|\bfacts?\b|\bdetails?\b|[\"“„«`]|\bimpl(?:y|ied)\b|\bnames?\b|\bjanuary\b|\bskills?\b"
    r"|\bemployers?\b|\bestimated\b|\bexpir|thing\b|\bprobable\b",
}  # fmt: skip
"""By slot: what the clause itself must name, so that it is about that slot and not its condition or a neighbour."""
_NOT_OBJECTS = {
    "date_format": r"\b(?:inside|within|in) (?:an? |the )?(?:running )?(?:text|bullets?|summary|descriptions?)\b",
    "present_word": r"\b(?:has|have|with|had) an? end\b|\bended\b|\bunless\b|\bpast\b|\bfinished\b|\bover\b|\bformer\b"
    r"|\bmissing\b|\bgaps?\b|\bunknown\b",
    "bullet_split": r"\bsplit (?:an?|any|one|single) (?:\w+ )?bullets?\b|\bat (?:an?|the|every|each|its)\b"
    r"|\blines?\b|\bhalves\b|\bwords?\b|\bhyphen|\bletters?\b",
    "bullet_wording": r"\bids?\b|\bkeys?\b|\bnames?\b",
    "invention": r"\bassum\w* (?:that )?(?:the |a |every |any )?(?:cv|text|reader|candidate|user|input|document"
    r"|person)\b|\bids?\b"
    r"|^\W*(?:correct|complete|likely) (?!what\b)\w+s? (?:are|is|matter|count|come|go)\b",
    "missing": r"\b(?:in|on|of|from) the (?:cv|text|document)\b|\bempty\b|\blines?\b|\bbetween the\b|\bword\b",
    "all_roles": r"\btitles?\b|\b(?:a|one|the) name\b|\b(?:a )?(?:schema|field|key)s?\b",
    "order": r"\bkeys?\b|\bfields?\b|\bskills?\b|\blanguages?\b|\bids?\b|\bbullets?\b|\bproperties\b|\bletters?\b",
    "markdown": r"\bprompt\b|\bexamples?\b|\binput\b|\bcv\b|\bhere\b|\babove\b|\bbelow\b",
    "ids": r"\bcv\b|\bcandidate\b|\bperson\b|\bpassport\b",
    "field_names": r"\bcv\b|\bcandidate\b",
    "include.skills": r"\bheadings?\b|\bcategor\w+|\bwords?\b|\blabels?\b",
    "description_form": r"\b(?:remove|undo|inside|within|layout|wrap\w*)\b",
    "company_name": r"\btitles?\b|\bbullets?\b|\bplaces?\b|\bids?\b",
}  # fmt: skip
"""By slot: what the clause is about where it only looks as if it were about that slot."""


def _named(item: Item, heard: Heard) -> bool:
    slot, text = item[0], heard.text
    wanted, other = _OBJECTS.get(slot), _NOT_OBJECTS.get(slot)
    if other and re.search(other, text, re.I):
        return False
    return wanted is None or re.search(wanted, text, re.I) is not None
