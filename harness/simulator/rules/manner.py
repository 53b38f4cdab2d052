"""Ways of working, praise and politeness: what changes no value of an answer, whoever says it."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import Item
from harness.simulator.rules.idle import idle
from harness.simulator.rules.negation import limits

_MANNER = re.compile(
    r"\b(?:tip you|will be tipped|reward(?:ed)?)\b[^.]{0,60}"
    r"|^(?:the|our|this|your) (?:output|answer|result|record|page|data|json)s? (?:feeds?|goes|helps|powers"
    r"|is (?:used|shown|read|stored|displayed|loaded|processed))\b.*$"
    r"|\b(?:minif(?:y|ied)|pretty[- ]print\w*|indent\w*)\b(?: the)?(?: json| answer| output)?"
    r"|\bsort (?:the )?(?:json )?keys(?: alphabetically)?|\b(?:the )?order of (?:the )?keys\b.*$"
    r"|\bstep[- ]by[- ]step\b|\btake your time\b|\bdouble[- ]check\b|\bcheck (?:your|the) (?:answer|work|output|result)"
    r"|\bbe (?:very |as |extremely |always |especially |more )*(?:careful|precise|accurate|thorough|diligent|meticulous"
    r"|attentive|exact|rigorous|conscientious|professional|consistent|reliable|helpful)\b"
    r"|\b(?:work|read|proceed|think|go|reason|extract|parse|act)\b[^.]{0,40}\b(?:carefully|thoroughly|diligently|slowly"
    r"|precisely|accurately|attentively|conscientiously|systematically|methodically|twice|line by line"
    r"|with (?:great |utmost |the utmost |extreme |special )?(?:care|precision|attention|diligence))\b"
    r"|\bcarefully (?:read|review|check|examine|analy[sz]e|study)\b|\b(?:re-?read|proofread|review)\b"
    r"|\b(?:pay|paying) (?:\w+ )?(?:attention|heed)\b|\bwith (?:great|utmost|the utmost|extreme) (?:care|precision)\b"
    r"|\b(?:high(?:est)?|top|excellent|outstanding|best|great|superior)[- ](?:\w+ )?(?:quality|accuracy|standards?"
    r"|results?)\b"
    r"|\bdo your best\b|\bquality (?:matters|counts|is)\b|\b(?:accuracy|precision|care) (?:matters|counts|is)\b"
    r"|\byou(?:'re| are) (?:an? |the )?(?:\w+[- ]){0,4}(?:expert|specialist|professional|recruiter|assistant|analyst"
    r"|veteran"
    r"|master)\b|\byears of experience\b|\b(?:very|extremely|really) important\b|\bmy (?:job|career) depends\b"
    r"|\bthank(?:s| you)\b|\bplan (?:before|your)\b|\bthink (?:hard|first|before|about (?:it|each))\b"
    r"|\breason (?:about|through)"
    r"|\b(?:before you (?:writ|answer|giv|return|start|output|begin|respond)\w*(?: (?:the|your|an?|any"
    r"|anything|record|answer|json|output|result|object|it|down)\b)*)"
    r"|\b(?:keep|use|hold|stay in) an? (?:neutral|factual|matter-of-fact|sober)(?:,? (?:and )?(?:neutral|factual"
    r"|objective|sober|professional))* tone\b"
    r"|^\W*(?:do not|don't|never) (?:(?:evaluate|rank|rate|judge|score|assess|comment on|praise|criticise|criticize"
    r"|recommend)(?:, | or | and )?)+ (?:the |any )?(?:candidates?|persons?|applicants?|people|cvs?)\W*$"
    r"|^this (?:prompt|text|file|instruction)s? (?:belongs?|is (?:maintained|owned|versioned|reviewed)"
    r"|was written)\b.*$"
    r"|\btake care\b|\bconcentrat\w+\b|\bthink (?:it|this|everything) through\b|\bone (?:section|step) (?:at a time"
    r"|after)\b",
    re.I,
)
_ORDERS = re.compile(
    r"\b(?:write|list|include|omit|skip|drop|give|put|use|keep|leave|translat\w*|shorten\w*|summari[sz]\w*|rephras\w*"
    r"|rewrit\w*|improv\w*|merg\w*|join\w*|combin\w*|split\w*|sort\w*|order\w*|invent\w*|guess\w*|estimat\w*"
    r"|infer\w*|add"
    r"|remov\w*|explain\w*|comment\w*|format\w*|normali[sz]\w*|null|empty|field|date|bullet|correct\w*|fix\w*|polish\w*"
    r"|complet\w*|concise|brief|short|only|never|not|no|without|ignore)\b",
    re.I,
)

_BESIDE = re.compile(
    r"\b(?:an?|the|and|or|but|of|in|on|at|to|for|with|as|by|from|so|too|also|than|that|this|these|it|its|is|are|be|was|will|would"
    r"|can|could|do|does|may|we|us|our|you|you'd|you'll|your|i|my|me|they|them|their|he|she|somebody's|people's|who|when|while"
    r"|during|before|after|until|once|again|first|last|then|now|here|there|always|ideally|really|very|much|more|most|many|long"
    r"|all|every|each|whole|entire|both|please|bitte|por|favor|s'il|vous|plaît|sé|time|deep|breath|take|hang|hangs|depend|depends"
    r"|speed|haste|hurry|eye|eyes|details?|attention|care|careful|calm|calmly|silently|quietly|patient|patiently|neutral"
    r"|respectful|polite|fair|factual|towards?|candidates?|person|people|users?|customers?|hiring|manager|recruiters?|recruiting"
    r"|recruitment|hr|human|resources|talent|executive|search|industry|decades?|years?|twenty|ten|fifteen|twelve|thirty|career"
    r"|job|next|work|working|task|cv|cvs|résumés?|resumes?|documents?|text|texts|page|pages|record|records|output|answer"
    r"|answers|answering|json|result|results|data|parsing|reading|read|extraction|tables?|columns?|layouts?|sections?|headings?"
    r"|character|line|lines|throughout|think|thinking|send|sending|return|returning|like|special|particular|important|brand"
    r"|promise|company|team|dollars?|euros?|perfect|flawless|good|great|well|job|anything|something|everything|thank|thanks"
    r"|experienced|seasoned|senior|expert|quality|matters?|counts?|start|begin|finish|way|end|top|bottom|exact(?:ly)?|precise(?:ly)?"
    r"|accurate(?:ly)?|thorough(?:ly)?|diligent(?:ly)?|methodical(?:ly)?|systematic(?:ally)?|consistent(?:ly)?|rigorous(?:ly)?"
    r"|meticulous(?:ly)?|conscientious(?:ly)?|reliabl[ey]|professional(?:ly)?|attentive(?:ly)?|carefully|slow(?:ly)?|high|highest"
    r"|standards?|accuracy|precision|world|class|leading|best|analyst|parser|assistant|specialist|extractor|engine|system|software"
    r"|department|agency|firm|final(?:ly)?|internally|mentally|yourself|own|head|mind|trust|rely|count|hope|believe|know|proud"
    r"|grateful|appreciate[ds]?|happy|glad|ready|started|focus(?:ed)?|concentrate[ds]?|life|lives|family|reward|bonus|tip|mistakes?"
    r"|errors?|costly|consequences|extracting|parse|parsed|understand|understanding|step|steps|one|two|twice|several|times?"
    r"|moments?|minutes?|applications?|applicants?|someone|someone's|somebody|entry|readers?|parsers?|structured|information"
    r"|facts?|oriented|trained|skilled|skills?|deadlines?|pressure|rush|hurried|model|tool|expertise|background|knowledge|love"
    r"|loves|done|doing|made|right|correct|correctly|properly|success|successful|try|effort|efforts|hard|difficult|tricky|messy"
    r"|file|files|pdf|format|formats|kind|kinds|sort|sorts|europe|european|german|english|french|spanish|international)\b",
    re.I,
)
"""Words beside a way of working that ask for nothing."""
_NO_FIELD = re.compile(
    r"\b(?:hobb(?:y|ies)|interests?|references?|referees?|photos?|photographs?|pictures?|dates? of birth|birth ?dates?"
    r"|birthdays?|place of birth|age|marital status|nationalit(?:y|ies)|citizenship|religion|gender|children"
    r"|salar(?:y|ies)"
    r"(?: expectations?)?|notice period|driving licen[cs]es?|signatures?|page numbers?|(?:page "
    r"|running )?headers?|(?:page )?footers?"
    r"|file names?|print dates?|watermarks?|pastimes?|height|weight|blood type|horoscopes?|star signs?"
    r"|passport numbers?)\b",
    re.I,
)
"""What a CV may have and the record has no field for: left out whatever is said."""
_LEFT_OUT = re.compile(
    r"\b(?:are|is|be|to|can|may|should|must|do|does|have|has|no|not|never|ignor\w*|skip\w*|omit\w*|leave|left|out|drop\w*"
    r"|exclude\w*|disregard\w*|place|part|room|in|of|for|the|a|an|any|and|or|nor|record|answer|output|json|result|needed"
    r"|wanted|relevant|want|need|we|you|include\w*|report\w*|list\w*|extract\w*|cv|person|candidate|please|such|things|as"
    r"|belong|belongs|details|aside|field|fields|goes|go|into|home|nowhere|top|bottom|foot|page|pages|on|at|each|every|from|to"
    r"|other|like|with|have)\b",
    re.I,
)
_SHOWN = re.compile(r"[\"“][^\"”\n]{1,60}[\"”]|\([^()]{1,60}\)")
_REFUSED = re.compile(
    r"\b(?:ignor|skip|omit|leave|left|drop|exclud|disregard|no|not|never|don't|nor|without)\w*\b", re.I
)


def manner(sentence: str) -> tuple[Item, ...]:
    """`manner` where a sentence only says how to work and orders nothing about the answer."""
    if idle(sentence):
        return (("manner", "said", 1),)
    if (
        _NO_FIELD.search(sentence)
        and _REFUSED.search(sentence)
        and not re.search(
            r"\w{2}", _LEFT_OUT.sub(" ", _NO_FIELD.sub(" ", _SHOWN.sub(" ", sentence).replace("don't", "not")))
        )
    ):
        return (("manner", "said", 1),)
    rest = _MANNER.sub(" ", sentence)
    beside = re.search(r"[^\W\d_]{2}", _BESIDE.sub(" ", rest.replace("’", "'"))) is None
    if _MANNER.search(sentence) and beside and not _ORDERS.search(rest) and not limits(sentence):
        return (("manner", "said", 1),)
    return ()
