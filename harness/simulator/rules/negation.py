"""Negation and contrast: what a clause forbids, what it only sets against what it asks for, how far a "not" reaches.

Every pattern is bounded, so that hostile text is read in linear time. Where the reach of a negation cannot be told,
nothing is read: a sentence without a directive is shown as such, one read back to front is a wrong verdict.
"""

from __future__ import annotations

import re

NO_NEED = re.compile(
    r"\b(?:no need (?:for|to)|there is no need|not needed|not required|not necessary|unnecessary|can be "
    r"ignored|may be ignored|need not be|no reason to|not (?:wanted|relevant|of interest|important)|irrelevant"
    r"|do(?:es)?(?:n't| not) (?:matter|need)|not interested in)\b",
    re.I,
)
DROP = re.compile(
    r"\b(?:omit(?:s|ted|ting)?|skip(?:s|ped|ping)?|ignor(?:e|es|ed|ing)|drop(?:s|ped|ping)?|leav(?:e|es"
    r"|ing) (?:out|off|aside|\w+ out|\w+ \w+ out|\w+ \w+ \w+ out)|left out|exclud(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|"
    r"discard(?:s|ed|ing)?|forget(?:s|ting)?|miss(?:ed|ing)? out|overlook(?:ed|ing)?|los(?:e|es|ing)|lost|cut off"
    r"|truncate[sd]?|strip(?:s|ped|ping)?|suppress(?:ed|ing)?|hide|neglect(?:ed)?|delet(?:e|es|ed|ing)|disregard(?:ed)?"
    r"|filter(?:ed)? out|dispense with|"
    r"(?:leave|keep)s? (?:the |all )?[\w ,]{0,40}\b(?:empty|blank))\b",
    re.I,
)
NEGATIONS = re.compile(
    r"\b(?:never|nothing|none|nobody|no one|not|no|neither|without|avoid(?:s|ed|ing)?|refrains?|abstains?|steer clear"
    r"|stay away|keep(?= from \w+ing)|far(?= from \w+ing)|forbidden|prohibited|banned|taboo"
    r"|stop(?= \w+ing\b)|cannot|beware of|mustn't|don't|don’t|dont|do'nt|doesn't|isn't|aren't|can't|shouldn't"
    r"|won't|off limits"
    r"|forbid)\b",
    re.I,
)
_EMPHATIC = re.compile(
    r"\b(?:under no circumstances?|in no case|by no means|at no time|at no point|on no account|in no way|in no event"
    r"|not ever|never,? ever|do not ever|don't ever|must never|may never|should never|can never|will never"
    r"|do not|don't|don’t|dont|do'nt|must not|may not|should not|shall not|will not|cannot|can not|is not|are not"
    r"|not to be|not be"
    r"|are never|is never|be never|has never|have never|not allowed|no longer(?! than))\b",
    re.I,
)
_IDLE = re.compile(
    r"\b(?:(?:do not|don't|never|not) (?:fail|neglect|omit|forget) to|(?:do not|don't|never) stop(?! \w+ing)"
    r"|under any circumstances|in any case|in any way|whatsoever"
    r"|no matter|not only|nothing (?:else|beyond|more|but"
    r"|other)|if not|whether or not|no other|without exception|without fail|no longer than|no (?:certificate|month|year"
    r"|value|date)s?\b(?! (?:is|are|may|must|should|can|shall|will|gets?)\b)"
    r"|without (?:a )?certificate|and nothing|and no other|no more than|no later than|not later than"
    r"|not more than|no fewer than|not necessarily)\b",
    re.I,
)
_RELATIVE = re.compile(
    r"(?<!sure )(?<!ensure )(?<!important )(?<!note )(?<!it )(?<!means )(?<!require )(?<!essential )(?<!careful )"
    r"(?<!check )(?<!crucial )(?<!remember )(?<!so )(?<!is )(?<!mandatory )(?<!see to it )(?<!demand )(?<!insist )"
    r"\b(?:what(?:ever)? not (?:in|on|from) the (?:cv|document|text|r[eé]sum[eé])\b[^,;:]{0,40}"
    r"|(?:that|which|who|whose|what|whatever)\s+"
    r"(?:(?:the|a|this|that|its)\s+)?(?:(?:cv|document|r[eé]sum[eé]|text|source|candidate|person|applicant|you|it|they)"
    r"(?:'s)?\s+)?(?:\w+ly\s+)?(?:is|are|was|were|has|have|had|does|do|did|cannot|can|could|lacks?|omits?|leaves?"
    r"|isn't|"
    r"aren't|doesn't|don't|didn't|hasn't)\b[^,;:]{0,80})",
    re.I,
)
_REDUCED = re.compile(
    r"(?<!is )(?<!are )(?<!be )(?<!was )(?<!were )(?<!do )(?<!must )(?<!may )(?<!should )\bnot\s+(?:\w+ly\s+)?"
    r"(?:printed|stated|given|named|mentioned|written|found|present|available|listed|supported|contained|covered"
    r"|visible|included|shown|backed|evidenced|(?:in|on|from|part of) (?:the|its|this) (?:cv|r[eé]sum[eé]|text|document"
    r"|source|original|page))\b",
    re.I,
)
_TAIL = re.compile(
    r"(?:,\s+|(?<![\s,])\s+|^)"
    r"(?:(?:and|but)\s+)?(?:rather than|instead of|as opposed to|in place of|in lieu of"
    r"|than (?:to\b|a |an |any ))\s*[^,;]{1,120}",
    re.I,
)
_HEAD = re.compile(r"^\s*(?:rather than|instead of|in place of|in lieu of)\s+[^,;]{1,120},\s*", re.I)
_WORSE = re.compile(
    r"^[^.]{1,80}\b(?:is|are|would be) (?:\w+ )?(?:worse|less (?:useful|helpful|welcome)) than\s+", re.I
)
_THAN = re.compile(r"(\b(?:better|rather|sooner|preferabl[ey]|prefer(?:red)?)\b[^.]{1,80}?)\s+than\s+[^.;]{1,80}", re.I)
"""Two things compared: which of them is asked for."""
_WILLING = re.compile(
    r"\b(?:do not|don't|don’t|never|no need to|not) (?:be )?(?:too |so )?(?:afraid|shy|hesitat\w+|worr\w+|reluctant"
    r"|scared|fear"
    r"|timid|mind|shrink|shy away|strict|cautious)(?: to| of| about| from| from)?\b",
    re.I,
)
"""Encouragement: a negation that asks for what follows it."""
_BAD = (
    r"(?:(?:a|an|the|no small|one of the) (?:\w+ )?(?:mistakes?|errors?|faults?|failures?|sins?|offences?|defects?"
    r"|bugs?)"
    r"|wrong|incorrect|bad|harmful|unacceptable|not ok(?:ay)?|not acceptable|rejected|refused|penali[sz]ed|punished"
    r"|undesirable|unwanted|out of the question|off the table|useless|worthless)"
)
_BLAMED = re.compile(
    rf"\b(?:it (?:is|would be|will be|counts as)|it's|that is|this is) (?:\w+ly )?{_BAD} (?:to|when you|if you)\b"
    rf"|(?<=\w) (?:is|are|would be|will be|gets?|counts? as) (?:\w+ly )?{_BAD}(?: by [\w ]{{1,20}}| here| for us"
    rf"| to us)?\s*$"
    r"|\bresist (?:the )?(?:temptation|urge) (?:to|of)\b|\b(?:do not|don't|never) be tempted to\b",
    re.I,
)
"""What is called wrong is forbidden."""
_BLAME_LEFT = re.compile(
    r"\b(?:mistakes?|(?<!in )errors?|wrong(?:ly)?|incorrect|worse|worst|unacceptable|reject\w*|penali[sz]\w*|punish\w*"
    r"|useless|worthless|harmful|temptations?|tempted|risk(?:s|y)?|dangerous|hurts?|suffers?|complain\w*|at fault"
    r"|better\b[^.]{0,60}\bthan|sooner\b[^.]{0,60}\bthan|loses)\b",
    re.I,
)
_CORRECTED = re.compile(r"\b(?:correct|fix|repair|complet|guess|rectif|amend|mend|spot|report)\w*\b", re.I)


def blames(text: str) -> bool:
    """Whether a clause calls something wrong, or worse than something else, in a way that no rule counts as a "not"."""
    return _BLAME_LEFT.search(_BLAMED.sub(" ", _QUOTES.sub('""', text))) is not None and _CORRECTED.search(text) is None


def faults(text: str) -> bool:
    """Whether what stands beside an example calls it wrong, or says what is lost or made up by it."""
    return blames(text) or any(kind.search(text) for kind in (_BLAMED, _LOST))


_LOST = re.compile(r"\b(?:los(?:es?|t|ing)|made up|invent(?:s|ed)|guess(?:es|ed)|ruin(?:s|ed)?|betrays?)\b", re.I)
_WITHOUT_ONE = re.compile(
    r"\b(?:cvs?|r[eé]sum[eé]s?|documents?|candidates?|persons?|people|applicants?|somebody|someone)"
    r" (?:without|with no|lacking|that lacks?)(?: an?| any| the)?(?: [\w-]+){1,3}?"
    r"(?=[,;:]|$| (?:gives?|gets?|has|have|is|are|leads?|yields?|results?|means|ends?|must|should|comes?|still)\b)",
    re.I,
)
"""A CV that lacks something: a case, no order to leave it out."""
_ENTRY_WITHOUT = re.compile(
    r"\b(?:languages?|certificates?|roles?|jobs?|positions?|studies|study|degrees?|projects?|courses?|entry|entries"
    r"|dates?|employers?|bullets?|skills?|titles?) (?:without|with no|lacking|that lacks?)(?: an?| any| the)?"
    r"(?: [\w-]+){1,2}? (?=(?:gives|gets?|has|have|is|are|leads|stays?|remains?|means|ends|must|should|still"
    r"|counts?)\b)",
    re.I,
)
"""An entry that lacks something, and what becomes of it."""
_OBJECT = re.compile(
    r"^\s*(?!(?:is|are|has|have|with|but|and|or|there|use|for|if|in)\b)(\w+) (?:no|nothing)\b(?! other)", re.I
)
_QUOTES = re.compile(r"[\"“”][^\"“”]{0,200}[\"“”]")


def without_alternatives(text: str) -> str:
    """The clause without what it only names to set it against what it asks for ("rather than …")."""
    text = _WORSE.sub("", text)
    cut = _TAIL.sub(" ", _HEAD.sub("", text))
    cut = _THAN.sub(r"\1", cut)
    return cut if re.search(r"\w", cut) else text


def bare(text: str) -> str:
    """The clause without quotations, idle negations and the negations of its relative clauses, every way to say
    "not" about its verb brought to "never"."""
    plain = NO_NEED.sub(" ", _QUOTES.sub('""', text))
    plain = _ENTRY_WITHOUT.sub(" ", _WITHOUT_ONE.sub(" ", _BLAMED.sub(" never ", plain)))
    plain = _RELATIVE.sub(" ", plain)
    plain = _WILLING.sub("", plain)
    plain = _OBJECT.sub(r"never \1 ", plain)
    plain = _IDLE.sub(" ", plain)
    plain = _EMPHATIC.sub("never", plain)
    plain = re.sub(r"\bneither\b", "never", plain, flags=re.I)
    plain = re.sub(
        r"(?:,\s+(?:and |or )?|\s+(?:and|or)\s+|\s+(?=nor\b))(?:nor|never|not)\b(?=[^,;]{0,60}$)",
        lambda match: _second(plain, match),
        plain,
    )
    if (
        len(NEGATIONS.findall(plain)) + plain.count("not ") > 1
        or NEGATIONS.search(_REDUCED.sub(" ", plain))
        or DROP.search(plain)
    ):
        plain = _REDUCED.sub(" ", plain)
    return plain


def _second(plain: str, match: re.Match[str]) -> str:
    """A negation that goes on with an earlier one ("never shorten, nor rephrase") is the same negation."""
    return " or" if NEGATIONS.search(plain[: match.start()]) else match.group(0)


def count(plain: str) -> int:
    """Negations of a clause that `bare` made."""
    return len(NEGATIONS.findall(plain))


_VERB = (
    r"(?:includ|extract|list|giv|keep|kept|retain|captur|record|return|put|writ|cop|report|provid|add|fill|collect"
    r"|tak|stat|show|mention|nam|output|present|want|need|us|contain|read|transcrib|tell|print)\w*"
)
GIVE = re.compile(rf"\b{_VERB}", re.I)
"""To give something, in all the words for it."""
_BETWEEN = (
    r"(?:(?!under\b|into\b|in\b|as\b|to\b|with\b|for\b|from\b|about\b|by\b|at\b|on\b|between\b)[\w'’`/-]+[, ]+){0,7}?"
)
_NOT = r"(?:never|no|not|avoid\w*|refrain\w* from|stop|without|don't|forbidden to|prohibited to)"
_RESTRICTED = (
    r"\W*\s+(?:that|which|who|whose|with(?!out exception)|without|outside|inside|within|under|below|above|beneath"
    r"|lower|worse|less|older|before|after|unless"
    r"|more than|as|into|to|by|from (?!the (?:cv|output|answer|record|result|document))"
    r"|of (?!the (?:candidate|cv|person|applicant)|an? )|in (?!the (?:output|answer|record|result|cv|json|document)))\b"
)
_LIMIT = re.compile(
    r"\b(?:at most|no more than|not more than|up to|max(?:imum)?(?: of)?|limit(?:ed)?(?: \w+){0,4} to|fewer than"
    r"|less than|more than"
    r"|not exceed\w*|cap(?:ped)? at|top|the first|the last|only the|just the|the) (?:the )?(?:(?:last|first|latest|most"
    r"|top|past|recent|\w+ most) )?(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|[2-9]"
    r"|\d\d+)\b(?!"
    r"[-./]\d)(?![- ](?:letter|digit))"
    r"|\b(?:most|more) (?:important|relevant|impressive|recent \w+ only|significant|notable|essential)\b"
    r"|\b(?:only|just|focus(?:ing)? on|prioriti[sz]e|select|choose|pick)\b[^,;.]{0,30}\b(?:relevant|important|key|main"
    r"|notable|significant|selected|essential|latest|recent|newest|best|strongest|core|major|senior|paid|full-time"
    r"|professional)\b|\bolder than\b|\bmore than \w+ years?\b|\b(?:last|past) (?:\w+ )?years?\b|\bbefore (?:19"
    r"|20)\d\d\b"
    r"|\b(?:one|a single|two|three|1|2|3) (?:\w+ )?(?:bullets?|statements?|sentences?|lines?|skills?|words?|points?)"
    r" (?:\w+ )?(?:per|for each|for every|in each) (?:role|job|position|entry|company|employer|study)\b"
    r"|\b(?:country|city|town|initials?|first name|last name|surname|domain|state|region|acronym)s? (?:only|alone)\b"
    r"|\bonly the (?:country|city|town|initials?|first|last|surname|domain|state|region|beginning|start|gist)\b"
    r"|\b(?:first|last|second|opening) (?:sentence|line|word|half|part|paragraph|bullet)s?\b"
    r"|\bfirst (?:and only|\w+ only)\b|\bonly (?:the )?(?:first|last)\b|\bshorter than\b|\blonger than\b"
    r"|\b(?:role|job|position|study|entry|company|employer)s? (?:gets?|has|have|holds?|contains?|with) (?:only "
    r"|just |exactly )?"
    r"(?:one|a single|two|three|[123]) (?:\w+ )?(?:bullets?|statements?|sentences?|lines?|skills?|points?|items?)\b",
    re.I,
)


_OTHERS = re.compile(
    r"^\W*(?:(?:in|since|until|after|before|during) [^,]{1,40}, )?(?:(?:some|many|most|other|certain|several|few"
    r"|earlier"
    r"|previous|old(?:er)?|former|competing|lesser|bad|weak|sloppy|an?|one|another|the (?:old|former|previous|last"
    r"|other)"
    r"|our (?:old|former|previous|last))\s+(?:\w+\s+){0,2}?(?:tools?|parsers?|systems?|models?|vendors?|versions?"
    r"|users?"
    r"|customers?|clients?|recruiters?|applicants?|candidates?|colleagues?|people|teams?|products?|assistants?"
    r"|competitors?|programs?|scripts?|prompts?))\b(?P<verb>[^.]{0,120})",
    re.I,
)
_BINDING = re.compile(
    r"^[^\"“,:;]*\b(?:must|should|shall|may|can|cannot|needs?|wants?|expects?|prefers?|requires?|has to|have to"
    r"|who|whose|that|with|without|is|are|was|were|has|have|gets?)\b",
    re.I,
)
_COMPLAINED = re.compile(
    r"\b(?:complain(?:s|ed)|criticis?z?ed|grumbled|reported|noticed|objected|remarked|wondered|told us"
    r"|once (?:said|wrote"
    r"|asked))\b",
    re.I,
)


def told_of_others(text: str) -> bool:
    """Whether a sentence tells what somebody else does or said ("some tools translate titles"): no order, and what
    follows from it stands elsewhere."""
    match = _OTHERS.match(text)
    if match is None:
        return False
    said = match["verb"]
    return bool(_COMPLAINED.search(said)) or bool(re.match(r"\s+\w", said) and not _BINDING.match(said))


def limits(text: str) -> bool:
    """Whether a sentence asks for a part of something: some of it, the newest, the most important."""
    return _LIMIT.search(_QUOTES.sub('""', text)) is not None


_MISTAKEN = re.compile(
    r"\b(?:tak|mistak|confus|treat|regard|count|mix|read|pass)\w*\b[^.;]{1,80}\b(?:for|as|with) (?:the|an?|his|her"
    r"|their|its)\b"
    r"|\b(?:referees?|references?|recruiters?|agency|agencies|manager|emergency|employer|company)(?:'s|’s|s')? "
    r"(?:contact|e-?mail|phone|telephone|address|linkedin|web)",
    re.I,
)
"""One thing taken for another, or somebody else's: that it is not to be done leaves nothing out."""
_ANOTHER_TIME = re.compile(
    r"\b(?:twice|more than once|again|repeatedly|a second time|two times|in two places|separately|alone|elsewhere)\b",
    re.I,
)
"""How a thing is not to be given: the thing itself may be."""


def wish(text: str, topic: str) -> str | None:
    """Whether what `topic` matches is to be given: "include" or "exclude"; None where the clause does not say."""
    unquoted = re.sub(r"[\"“”`]", "", text)
    said = bare(unquoted)
    negations = count(said)
    dropped = DROP.search(said) is not None
    spared = NO_NEED.search(text) is not None
    if not negations and not dropped and not spared:
        return "include"
    topic = f"(?:{topic})"
    if negations and (_MISTAKEN.search(unquoted) or _ANOTHER_TIME.search(unquoted)):
        return None
    if re.search(rf"{topic}\w*{_RESTRICTED}", unquoted, re.I):
        return None
    kept = (
        rf"\b{_NOT}\b[\s\w,]{{0,25}}?{DROP.pattern}"
        rf"|\bno\b[\w ]{{0,20}}{topic}\w*[\w ]{{0,30}}\b(?:may|must|should|can|is|are|be"
        rf"|gets?)\b[\w ]{{0,20}}(?:{DROP.pattern}|missing)"
        rf"|{topic}\w*[\w ]{{0,30}}\bnever\b[\w ]{{0,20}}(?:{DROP.pattern}|missing)"
    )
    if negations and re.search(kept, said, re.I):
        return "include" if re.search(topic, unquoted, re.I) and negations == 1 else None
    if negations > 1 or (negations and dropped):
        return None
    gone = (
        rf"\b{_NOT}\s+(?:\w+ ){{0,4}}?{_VERB}\s+{_BETWEEN}{topic}",
        rf"{DROP.pattern}[: ]+{_BETWEEN}{topic}",
        rf"{topic}[\w ,()'’]{{0,40}}\b(?:never|no|not)\b[\w ]{{0,25}}(?:{_VERB}|appear|belong|wanted|needed|go\b)",
        rf"{topic}[\w ,()'’]{{0,50}}{DROP.pattern}",
        rf"\b(?:no|without|avoid\w*)\s+(?:[\w-]+ ){{0,2}}{topic}",
        rf"\b(?:leave|leaving|keep|keeping)\s+{_BETWEEN}{topic}\w*(?: \w+){{0,3}} (?:out|off|aside|empty|blank)",
    )
    if any(re.search(pattern, said, re.I) for pattern in gone):
        return "exclude"
    if spared and re.search(
        rf"{NO_NEED.pattern}[\w ]{{0,30}}{topic}|{topic}[\w ]{{0,30}}{NO_NEED.pattern}", unquoted, re.I
    ):
        return "exclude"
    return None
