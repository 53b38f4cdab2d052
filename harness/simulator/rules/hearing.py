"""What is noticed in a clause: its topics, whether it forbids, whether it asks to leave something out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from harness.simulator.rules import negation
from harness.simulator.rules.negation import NO_NEED

Item: TypeAlias = tuple[str, str, int]
"""Slot, value, polarity."""

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)"
FULL_MONTH = r"(?:january|february|march|april|june|july|august|september|october|november|december)"

TOPICS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.I)
    for name, pattern in {
        "date": r"\bdates?\b|\bdated\b|\bmonths?\b|\byears?\b|\btimestamps?\b",
        "month": r"\bmonths?\b",
        "company": r"\bemployers?\b|\bcompan(?:y|ies)\b|\borgani[sz]ations?\b|\bfirms?\b",
        "division": r"\bdivisions?\b|\bdepartments?\b|\bbusiness units?\b|\bsubsidiar|\bunits?\b|\bbranch(?:es)?\b",
        "title": r"\b(?:job |position |role )?titles?\b",
        "role": r"\broles?\b|\bjobs?\b|\bpositions?\b|\bwork (?:experience|history)\b|\bemployments?\b|\bposts?\b"
        r"|\bentr(?:y|ies)\b",
        "bullet": r"\bbullets?\b|\bachievements?\b|\baccomplishments?\b|\bdut(?:y|ies)\b|\bresponsibilit"
        r"|\bstatements?\b|\btasks? (?:done|performed)\b|\bhighlights?\b",
        "description": r"\bdescriptions?\b|\bdetails\b",
        "language": r"\blanguages?\b|\btongues?\b",
        "training": r"\btrainings?\b|\bcourses?\b|\bworkshops?\b|\bseminars?\b",
        "certificate": r"\bcertificat|\blicen[cs]es?\b|\baccreditation|\bcredentials?\b",
        "project": r"\bprojects?\b",
        "skill": r"\bskills?\b|\bcompetenc|\babilities\b",
        "tool": r"\btools?\b|\btechnolog|\bskills?\b|\bstack\b",
        "summary": r"\bsummary\b|\bprofile\b|\bobjective\b",
        "link": r"\blinks?\b|\burls?\b|\bweb ?sites?\b|\bweb address|\bportfolio\b|\bgit ?hub\b|\bpersonal (?:site"
        r"|page)|\bhome ?pages?\b|\bcode[- ]host",
        "linkedin": r"\blinked ?in\b",
        "contact": r"\be-?mail|\bphone\b|\btelephone\b|\bcontact (?:details|data|information)\b|\bpersonal (?:details"
        r"|info|data)|\b(?:candidate|person|applicant)(?:'s|’s)? name\b|\bfull name of the (?:candidate"
        r"|person)",
        "place": r"\blocations?\b|\bplaces?\b|\bcit(?:y|ies)\b|\bwhere\b.*\b(?:located|based|was|lives|worked)\b",
        "education": r"\beducation\b|\bstud(?:y|ies)\b|\bacademic\b|\buniversit",
        "notes": r"\bgrades?\b|\bhonou?rs\b|\bthes[ie]s\b|\bdissertation|\bgpa\b",
        "degree": r"\bdegrees?\b|\bqualifications?\b",
        "subject": r"\bsubjects?\b|\bfields?\b|\bmajors?\b|\bdisciplines?\b",
        "cv": r"\bcvs?\b|\br[eé]sum[eé]s?\b|\bdocument\b|\bcandidates?\b|\btext\b|\bsource\b",
        "level": r"\blevels?\b|\bproficienc|\bfluency\b",
        "id": r"\bids?\b|\bidentifiers?\b",
        "expiry": r"\bexpir(?:y|es?|ations?|ing)\b|\bvalid(?:ity| until)\b",
        "every": r"\bevery\b|\ball\b|\beach\b|\bany\b|\bcomplete(?:ly)?\b|\bhowever many\b"
        r"|\bno matter how\b|\bentire\b",
        "json": r"\bjson\b",
        "fence": r"\bmark ?down\b|\bcode[- ](?:fences?|blocks?)\b|\bfences?\b|```|\bback ?ticks?\b",
        "keys": r"\b(?:field|key|property) names?\b|\bkeys\b|\bnames of the (?:fields|keys)\b|\bschema\b|\bshape\b",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A clause with what was noticed in it."""

    text: str
    condition: str
    sentence: str
    topics: frozenset[str]
    negative: bool
    dropping: bool
    whole: str = ""
    """The clause with the alternatives that it turns down."""
    plain: str = ""
    """The clause as its negations are counted in."""
    tangled: bool = False
    """It holds more than one negation, and their reach cannot be told."""

    def has(self, *names: str) -> bool:
        """All of these topics are mentioned in the clause."""
        return self.topics.issuperset(names)

    def any(self, *names: str) -> bool:
        """At least one of these topics is mentioned in the clause."""
        return bool(self.topics.intersection(names))

    def says(self, pattern: str) -> bool:
        """Whether the clause matches."""
        return re.search(pattern, self.text, re.I) is not None

    def wish(self, topic: str) -> str | None:
        """Whether what `topic` matches is to be given ("include", "exclude"); None where the clause does not say."""
        return negation.wish(self.text, topic)

    def told(self, pattern: str) -> bool:
        """Whether the clause, its condition or its sentence matches."""
        return re.search(pattern, f"{self.text} \n {self.condition} \n {self.sentence}", re.I) is not None


def hear(text: str, condition: str, sentence: str) -> Heard:
    """The clause `text` with its if-part `condition`, of `sentence`."""
    asked = negation.without_alternatives(text)
    topics = frozenset(name for name, pattern in TOPICS.items() if pattern.search(asked))
    plain = negation.bare(asked)
    negations = negation.count(plain)
    dropping = bool(negation.DROP.search(plain.replace("`", ""))) != bool(NO_NEED.search(asked))
    return Heard(asked, condition, sentence, topics, negations % 2 == 1, dropping, text, plain, negations > 1)


RUNNING = (
    r"\b(?:current(?:ly)?|running|ongoing|on-going|still|present (?:job|role|position)|holds?|not ended"
    r"|unfinished|in progress|continu(?:es|ing))\b"
)
JOIN = (
    r"\b(?:join(?:s|ed|ing)?|combine[sd]?|combining|merge[sd]?|merging|unite[sd]?|one (?:role|job|entry"
    r"|position)|single (?:role|job|entry|position)|put both|together)\b"
)
APART = (
    r"\b(?:separate(?:ly|d)?|apart|distinct|individual(?:ly)?|own entr(?:y|ies)|different entries|split"
    r"|independent)\b"
)
VERBATIM = (
    r"\bleave\b[^.]{0,40}\b(?:alone|untouched|as (?:it|they) (?:is|are))\b|"
    r"\bverbatim\b|\bword[- ](?:for|by)[- ]word\b|\b1:1\b"
    r"|\bone[- ]to[- ]one\b|\bliteral(?:ly)?\b|\bunchanged\b|\bunaltered\b|\bexact "
    r"(?:words?|wording)\b|\bin (?:the|its|their) (?:cv's |candidate's |own )?own words\b|\bworded as\b"
    r"|\bas (?:it|they) stands?\b"
    r"|\bas (?:it is |they are |it stands |they stand )?(?:printed|written|in the cv|worded|stated)\b"
    r"|\bexactly (?:as|the way|what)\b|\bquot(?:e|ed)\b|\boriginal (?:wording|words|text)\b|\bkeep the "
    r"wording\b|\bcopy (?:the )?wording\b"
)
REWORD = (
    r"\b(?:rephras|paraphras|reword|rewrit|rewrote|embellish|polish|improve|punchier|reformulat|restyl"
    r"|edit)\w*\b"
)
SHORTEN = (
    r"\b(?:summari[sz]|condens|shorten|abridg|abbreviat|compress|trim)\w*\b|\b(?:at most|no more than"
    r"|maximum|under|up to) (?:\w+ )?words\b|\bbrief(?:ly)?\b|\bconcise(?:ly)?\b"
)
INVENT = (
    r"\b(?:comput|calculat|construct|presum|suppos|approximat|extrapolat|reconstruct)\w*\b|\bimpl(?:y|ies|ied)\b"
    r"|\bwork out\b"
    r"|\blook up\b|\b(?:world|general|common|your own) knowledge\b|\b(?:plausible|probable|likely|typical|educated)\b|"
    r"\bcomplet(?:e|es|ing) (?:the |any |all )?(?:missing|partial|gaps?|values?|incomplete|truncated|what is)\b"
    r"|\bcorrect(?:s|ing)? (?:the |any |all )?(?:obvious|errors?|mistakes?|values?|wrong)\b|\b(?:best|own"
    r"|sound) judge?ment\b"
    r"|\bcommon sense\b|\bmost common\b|"
    r"\b(?:invent|guess|fabricat|hallucinat|estimat|speculat|assum|conjectur|deduc)\w*\b|\bmak(?:e|ing) "
    r"(?:\w+ )?up\b|\bmade up\b|\bfill (?:in )?(?:\w+ )?(?:gaps|missing)\b|\binfer(?:red|ring|s)?\b|\bcomplete or "
    r"correct\b"
)


Rule: TypeAlias = Callable[[Heard], list[Item]]


def either(slot: str, value: str, other: str, negative: bool) -> list[Item]:
    """The value asked for: `other` where the clause forbids it."""
    return [(slot, other if negative else value, 1)]
