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
    r"|consists|only|characters?|e|g|example|say|exp|edu|w|p|c|t|respectively|others?|rest|newest|highest|lowest|oldest|carry"
    r"|carries|hash|hashes|more|look|get|gets|build|at|most|between|on|own|number|joined|colon|zeros?|leading|padded|decimal|integers?"
    r"|strings?|base|encoded|generated|any|kind|long|length|member|members|array|record|object|restart|restarts|again|continue"
    r"|continues|which|what|does|do|will|suffice|suffices|enough|fine|good|well|roman|latin|alphabet|mean|means|nothing|unlike)\b",
    re.I,
)
"""What a form of ids is described with: ids are no content."""
_ID_HARM = re.compile(
    r"\b(?:same|repeat\w*|twice|shar\w+|reus\w+|empty|blank|null|no|not|never|without|leave|omit|skip|drop"
    r"|remove|ids? optional|only (?:to|for|the|in))\b",
    re.I,
)
_BARE_ID = re.compile(r"`(ids?)`|[\"“](ids?)[\"”]", re.I)
_JSON_WORDS = re.compile(
    r"\b(?:the|a|an|of|and|or|in|with|for|by|to|as|are|is|be|so|on|it|its|your|you|we|please|pls|use|should|must|may|can|need|fine|ok"
    r"|okay|json|answer|output|result|object|record|indent\w*|indentation|spaces?|tabs?|blanks?|whitespace|white|pretty\w*|print\w*"
    r"|minif\w+|compact\w*|one|single|two|four|lines?|newlines?|trailing|end|ends|ending|start|break|breaks|escape\w*|unescaped"
    r"|unicode|utf|ascii|non|characters?|real|umlauts?|accents?|slashes|slash|backslash|sequences?|write|written|keep|put|return"
    r"|emit|encode\w*|encoding|keys?|fields?|properties|order|sort\w*|alphabetic\w*|any|same|which|schema|lists?|listed|them|stand"
    r"|stands|comes?|first|last|begin|starts?|let|no|not|neither|nor|without|needn|quotes?|double|between|after|before|raw|urls?"
    r"|it|does|do|matter|matters|free|whatever|important|either|way|both|all|every|each|then|only|pls|level|levels|wide|deep|at|braces?|brackets?"
    r"|curly|square|colons?|commas?|separators?|parts?|feeds?|cr|lf|crlf|item|items|array|arrays|element|elements|own|fresh|section"
    r"|sections|entry|entries|value|values|anywhere|inside|within|around|our|logs?|keeps?|because|since|diffs?|easier|that|way|here"
    r"|plain|rather|than|as|character|entities|next|to|above|below|into|objects|wrapped|wrap|characters)\b",
    re.I,
)
_JSON_ABOUT = re.compile(
    r"\b(?:braces?\b|(?:line breaks?|blank lines?) (?:between|after|before)|line feeds?|(?:before|after) (?:the"
    r"|each|every) colon"
    r"|indent\w*|whitespace|white space|newlines?|pretty[- ]?print\w*|minif\w+|compact|escape[sd]?"
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
    r"|merci|merci beaucoup|gracias|muchas gracias"
    r"|(?:you have|take) all the time (?:that )?you need|that happens"
    r"|(?:please )?read on"
    r"|(?:so )?take pride in (?:your work|what you do|the record(?: that)? you (?:hand over|return|write))"
    r"|mistakes are (?:expensive|costly|human)"
    r"|(?:the|these|those|all|all the|our|all of these|the following|all these) (?:rules|instructions)(?: above"
    r"| below)?"
    r" (?:stay|remain|are)(?: all)? (?:the same|as they are|in force|unchanged)"
    r"|(?:the|these|all|all the|the following|all of the|all these) (?:rules|instructions)(?: above| below"
    r"| of this file)?"
    r" (?:apply|hold|are meant|go|stand) (?:to|for) (?:every|each|all|any)(?: of the| the)? (?:cvs?"
    r"|r[eé]sum[eé]s?|documents?)"
    r"|(?:none|nothing) of (?:this|that|it) changes (?:how you (?:read|work)|what you (?:do|write|return)"
    r"|the rules|a rule|any rule"
    r"|anything)|(?:this|that|it) changes (?:nothing|no rule|none of the rules)|nothing (?:else )?changes"
    r"|all sections matter (?:alike|equally)|(?:every|each) section matters)\W*$",
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


_WAS = re.compile(
    r"^\W*(?:(?:in|until|till|before|up to|during) (?:an? |the |our |some )?(?:earlier|former|older|old|previous"
    r"|first|last)"
    r" (?:releases?|versions?|prompts?|drafts?|days|years?|months?|weeks?|spring|summer|autumn|winter|editions?"
    r"|assistants?)"
    r"|(?:an?|the|our|some) (?:earlier|former|older|old|previous) (?:release|version|prompt|draft|edition"
    r"|assistant|parser)s?"
    r"|once|formerly|long ago|years ago|früher|autrefois|antes),? [^.;:!?]{1,160}\W*$",
    re.I,
)
"""What was, told from its first words on."""
_PAST = re.compile(r"\b(?:was|were|had|did|used to|asked|wrote|left|turned|gave|made|\w{3,}ed)\b", re.I)
_OVER = re.compile(
    r"(?:,? and|,|;|,? but) (?:that|this|it) (?:is|was|has been) (?:over|past|gone|history|no longer so"
    r"|not done any more|abolished"
    r"|given up|stopped|gone for good|long past)\b|\band (?:nobody|no one) (?:missed|misses) (?:it|that|them)\b",
    re.I,
)
_IS = re.compile(
    r"\b(?:is|are|be|am|do|does|has|have|must|should|shall|may|can|could|will|would|needs?|wants?|now|since|today|again|still"
    r"|keep|kept|let|please|you|your|better|best|right|good|well|rule|valid|force|so|therefore|hence|but|instead|remains?|stays?"
    r"|goes|works|worked|liked|loved|happy|pleased|success\w*|sensible|rightly|because|why)\b",
    re.I,
)
"""Words with which a tale of what was may mean what is to be."""


def _told(sentence: str) -> bool:
    """Whether a sentence tells what was done once and asks for nothing."""
    rest = _OVER.sub(" ", sentence)
    return _WAS.match(rest) is not None and _PAST.search(rest) is not None and _IS.search(rest) is None


def idle(sentence: str) -> bool:
    """Whether a sentence changes nothing, whatever an assistant makes of it."""
    if _REMARK.match(sentence) or _told(sentence):
        return True
    plain = _QUOTED.sub(" ", _BARE_ID.sub("id", sentence))
    if _ID.search(plain) and not _ID_HARM.search(plain) and not _left(_ID_WORDS, plain):
        return True
    if _JSON_ABOUT.search(plain) and not _left(_JSON_WORDS, plain):
        return True
    return _ABOUT_US.match(sentence) is not None and not _NO_BACKGROUND.search(sentence) and not limits(sentence)


def _left(known: re.Pattern[str], text: str) -> bool:
    return re.search(r"[^\W\d_]{2}", known.sub(" ", text)) is not None
