"""Sentences that change no value of an answer: forms that are free, what stands around the record, remarks and titles.

Each is recognised as a whole: every word of it has to be one that belongs there.
"""

from __future__ import annotations

import re

from harness.simulator.rules.negation import limits

_QUOTED = re.compile(
    r"[\"“„«`'][^\"“”„«»`']{0,60}[\"“”»`']|\([^()]{0,60}\)|\{[^{}]{0,60}\}|\b\w{1,8}[-_#]\w{0,4}\d+\b|…|\.\.\."
)
_ID = re.compile(r"\bids?\b", re.I)
_ID_WORDS = re.compile(
    r"\b(?:ids?|an?|the|of|and|or|in|with|for|by|to|each|every|all|as|are|is|be|like|such|so|from|on|it|its|than|that|should"
    r"|must|may|can|shall|let|we|you|please|use|give|make|made|number|numbers|numbered|numbering|prefix|prefixed|suffix|letters?"
    r"|digits?|lower|upper|case|lowercase|uppercase|capitals?|capital|kebab|snake|hex|hexadecimal|uuids?|version|slugs?|counter"
    r"|count|counts|counting|down|up|running|short|random|consecutive|consecutively|sequential|sequentially|through|throughout"
    r"|followed|hyphen|dash|underscore|dot|entry|entries|section|role|roles|study|studies|project|projects|certificate"
    r"|certificates|course|courses|training|work|education|experience|job|jobs|first|second|third|one|two|three|four|five|six"
    r"|eight|start|starts|starting|begin|begins|beginning|end|form|format|pattern|look|looks|take|takes|built|ideally|prefer"
    r"|preferably|plain|simple|unique|within|cv|across|sections|sorted|sort|order|alphabetically|contain|contains|consist"
    r"|consists|only|characters?|e|g|example|say|exp|edu|w|p|c|t|respectively|others?|rest|newest|highest|lowest|oldest)\b",
    re.I,
)
"""What a form of ids is described with: ids are no content."""
_ID_HARM = re.compile(
    r"\b(?:same|repeat\w*|twice|shar\w+|reus\w+|empty|blank|null|no|not|never|without|leave|omit|skip|drop"
    r"|remove|ids? optional)\b",
    re.I,
)
_JSON_WORDS = re.compile(
    r"\b(?:the|a|an|of|and|or|in|with|for|by|to|as|are|is|be|so|on|it|its|your|you|we|please|pls|use|should|must|may|can|need|fine|ok"
    r"|okay|json|answer|output|result|object|record|indent\w*|indentation|spaces?|tabs?|blanks?|whitespace|white|pretty\w*|print\w*"
    r"|minif\w+|compact\w*|one|single|two|four|lines?|newlines?|trailing|end|ends|ending|start|break|breaks|escape\w*|unescaped"
    r"|unicode|utf|ascii|non|characters?|real|umlauts?|accents?|slashes|slash|backslash|sequences?|write|written|keep|put|return"
    r"|emit|encode\w*|encoding|keys?|fields?|properties|order|sort\w*|alphabetic\w*|any|same|which|schema|lists?|listed|them|stand"
    r"|stands|comes?|first|last|begin|starts?|let|no|not|neither|nor|without|needn|quotes?|double|between|after|before|raw|urls?"
    r"|it|does|do|matter|matters|free|whatever|important|either|way|both|all|every|each|then|only|pls|level|levels|wide|deep|at)\b",
    re.I,
)
_JSON_ABOUT = re.compile(
    r"\b(?:indent\w*|whitespace|white space|newlines?|pretty[- ]?print\w*|minif\w+|compact|escape[sd]?"
    r"|unescaped|escaping|utf-?8"
    r"|unicode|tabs|trailing|(?:order of|sort|keep|list|put) (?:the |all |your )*(?:json )?(?:keys|fields"
    r"|properties)|one line"
    r"|single line)\b",
    re.I,
)
"""How JSON is laid out: the values that are read from it are the same."""
_REMARK = re.compile(
    r"^\W*(?:(?:an?|one|one more|another|here is|here's|here comes|worked|final|last|first|second|third|more"
    r"|a few|some|the|next|our"
    r"|this is|that is|that was|end of|by|way|of|so much for|two|three|four)\W+){0,4}"
    r"(?:examples?|samples?|demos?|demonstrations?|cases?|shots?|few-?shots?|illustrations?|ejemplos?|beispiele?|exemples?|muster)"
    r"(?:\W+(?:\d{1,2}|[a-d]|over|ends?|follows?|done|begins?|ende|fin|one|two|three|four))?\W*$"
    r"|^\W*(?:you (?:see|get) the (?:pattern|idea|point)|and so on|and so forth|etc|that is all|that's all"
    r"|that's it|got it"
    r"|understood|clear|so far so good|same (?:here|again)|usw|y así sucesivamente|und so weiter"
    r"|et ainsi de suite"
    r"|let us begin|let's go|let's begin|here we go|off you go|hello|hi"
    r"|hi there|hello there"
    r"|dear (?:model|assistant|parser)|welcome|thank you|thanks|many thanks|thanks a lot|thank you very much"
    r"|danke|vielen dank"
    r"|merci|merci beaucoup|gracias|muchas gracias)\W*$",
    re.I,
)
_ABOUT_US = re.compile(
    r"^\W*(?:(?:all|most|many|some) of )?(?:our|this|these) (?:\w+ ){0,2}?(?:company|firm|team|page|site"
    r"|website|product|service|prompt"
    r"|customers?|clients?|users?|recruiters?|readers?|startup|start-up|app|application|platform|agency|agencies|office|founders?"
    r"|colleagues?|instructions|document|file) (?:who [\w ]{2,40}? )?(?:is|are|was|were|has been|have been"
    r"|belongs?|lives?|sits?|works?"
    r"|comes?|started|exists?|serves?|helps?|runs?|powers?)\b",
    re.I,
)
_NO_BACKGROUND = re.compile(
    r"\b(?:english|german|french|spanish|american|british|languages?|translat\w*|only|just|short\w*|brief\w*|long\w*|space|room|limit\w*"
    r"|fit\w*|small|narrow|mobile|phones?|busy|hurry|time|time-?poor|skim\w*|scan\w*|dates?|formats?|iso|numbers?|digits?|years?|months?|skills?"
    r"|bullets?|roles?|jobs?|titles?|employers?|projects?|certificat\w*|courses?|training|education|summar\w*|levels?|names?|ids?|keys?"
    r"|json|null|empty|missing|fields?|values?|markdown|private|privacy|gdpr|bias\w*|anonym\w*|sensitive|legal\w*|database|import\w*"
    r"|search\w*|match\w*|filter\w*|compare\w*|need\w*|want\w*|prefer\w*|like|likes|hate\w*|love\w*|expect\w*|must|should|may|can|cannot"
    r"|not|no|never|without|better|easier|best|clean\w*|modern|senior|recent|latest|new\w*|old\w*|order\w*|sort\w*|text|wording|polish\w*"
    r"|simple|simpl\w+|understand\w*|read|reads|able|unable|interest\w*|care|cares|reject\w*|fail\w*|break\w*|replac\w*|instead|ignore\w*"
    r"|deprecated|obsolete|void|wrong|outdated|inactive|off|above|below|previous|data|trust\w*|obey\w*|follow\w*|command\w*|location\w*|places?"
    r"|cit(?:y|ies)|country|countries|speak\w*|written|writes?|if|when|unless)\b|\d",
    re.I,
)
"""Words with which a remark about the firm may mean an order all the same."""


def idle(sentence: str) -> bool:
    """Whether a sentence changes nothing, whatever an assistant makes of it."""
    if _REMARK.match(sentence):
        return True
    plain = _QUOTED.sub(" ", sentence)
    if _ID.search(plain) and not _ID_HARM.search(plain) and not _left(_ID_WORDS, plain):
        return True
    if _JSON_ABOUT.search(plain) and not _left(_JSON_WORDS, plain):
        return True
    return _ABOUT_US.match(sentence) is not None and not _NO_BACKGROUND.search(sentence) and not limits(sentence)


def _left(known: re.Pattern[str], text: str) -> bool:
    return re.search(r"[^\W\d_]{2}", known.sub(" ", text)) is not None
