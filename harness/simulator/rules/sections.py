"""Which sections and fields are wanted."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.simulator.rules.hearing import (
    INVENT,
    JOIN,
    REWORD,
    SHORTEN,
    TOPICS,
    VERBATIM,
    Heard,
    Item,
    Rule,
    either,
)
from harness.simulator.rules.negation import NO_NEED

_GIVE = (
    r"\b(?:includ|extract|list|giv|keep|kept|retain|preserv|captur|record|return|put|writ|cop|report"
    r"|provid|add|fill|not(?:e|ed)\b|pick|collect|tak|stat|us|show|mention|nam|name|go|belong|need|want"
    r"|forget|expect|contain|output|present|read|get|find|cover|speak)"
)


def _courses(heard: Heard) -> list[Item]:
    if heard.says(r"\b(?:courses?|workshops?|seminars?)\b") and heard.says(
        r"\b(?:under|into|in|to|belong\w*|go(?:es)?|as)\b[^.]{0,20}`?\btrainings?\b"
    ):
        return either("courses", "training", "certifications", heard.negative)
    if (
        heard.says(r"\b(?:courses?|workshops?|trainings?)\b")
        and heard.says(r"\b(?:as|under|to|into|with|among)\b[^.]{0,20}\bcertificat")
        and not heard.says(r"\bno certificate|\bapart from")
    ):
        return either("courses", "certifications", "training", heard.negative)
    return []


def _degree_field(heard: Heard) -> list[Item]:
    if heard.any("degree") and heard.any("subject"):
        if heard.says(JOIN):
            return either("degree_field", "together", "split", heard.negative)
        if heard.says(r"\b(?:apart|separate|split|own|different|distinguish|not mix)\b") or (
            heard.says(r"\binto\b")
            and not heard.negative
            and not heard.says(r"\b(?:empty|blank|whole|complete|entire|both)\b")
        ):
            return either("degree_field", "split", "together", heard.negative and not heard.says(r"\bnot mix"))
    return []


def _sections(heard: Heard) -> list[Item]:
    acts = heard.dropping or re.search(_GIVE, heard.text, re.I) is not None or bool(NO_NEED.search(heard.text))
    if not acts and not heard.says(VERBATIM):
        return []
    qualified = heard.says(VERBATIM) or heard.says(REWORD) or heard.says(SHORTEN)
    out: list[Item] = [
        (f"include.{slot}", value, 1)
        for slot, topic, meant in _SECTIONS
        if heard.any(topic) and (value := heard.wish(TOPICS[topic].pattern)) is not None and meant(heard)
    ]
    return [] if qualified and any(value == "exclude" for _, value, _ in out) else out


def _about_output(heard: Heard) -> bool:
    """Whether the languages are those of the answer, or of programs, and not the person's."""
    return heard.says(
        r"\btranslat|\b(?:programming|original|same|cv's|output|answer|response) languages?\b"
        r"|\bsame as\b|\blanguage of (?:output|answers?)\b|\blanguage of (?:the|a)\b|\bin the "
        r"language\b"
    )


def _levels(heard: Heard) -> bool:
    if _about_output(heard):
        return False
    return heard.has("level") and not heard.dropping and heard.says(r"\b(?:each|its|their|with|together)\b")


def _languages(heard: Heard) -> bool:
    if _about_output(heard):
        return False
    if not _levels(heard):
        return True
    # beside their levels, languages themselves are asked for only where something says so
    return re.search(r"\b(?:under|into|in|to) [`'\"]?languages\b", heard.sentence, re.I) is not None or heard.says(
        r"\b(?:list|includ|extract|captur|record|return|collect|report|mention|speak|add|indicat)\w*\b"
        r"|\b(?:giv|not|show|stat|nam|writ)\w{1,3} (?:the |all |every )?(?:\w+ )?languages\b"
    )


def _training(heard: Heard) -> bool:
    asked = heard.says(r"\b(?:list|includ|extract|captur|record|collect)\w*\b")
    return not heard.says(r"\btraining data\b|`?\bdetails\b`?") and (asked or not heard.any("date"))


def _certifications(heard: Heard) -> bool:
    return not heard.says(INVENT) and not heard.says(
        r"\bno certificate|\bapart from certificates|\bof a certificate\b|\bcertificate (?:has|years?"
        r"|lacks)\b|\bcertificate's\b"
    )


def _projects(heard: Heard) -> bool:
    return not heard.says(r"\btechnolog") or heard.says(
        r"\b(?:list|includ|extract)\w* (?:all |every |the |any )?(?:side |personal )?projects?\b"
    )


def _summary(heard: Heard) -> bool:
    return not heard.says(r"\bsummari[sz]e\b")


def _education(heard: Heard) -> bool:
    return not heard.any("notes", "degree", "subject") and not heard.says(r"\bfirst\b|\border\b|\bnewest\b")


def _skills(heard: Heard) -> bool:
    return not (
        (heard.says(r"\bskills? section\b") and not heard.dropping)
        or heard.says(
            r"\b(?:each|every|one|individual|only) skills?\b|\bgroup|\bcategor|\binfer"
            r"|\bbreak|\bsplit"
        )
        or heard.any("role")
        or re.search(r"\binfer|\bderive", heard.sentence, re.I)
    )


def _links(heard: Heard) -> bool:
    others = heard.text.lower().count("link") != heard.text.lower().count("linkedin")
    return others or heard.says(r"\bportfolio|\bweb|\bsite|\bgit|\burl|\bhome ?page|\bcode[- ]host")


def _work_experience(heard: Heard) -> bool:
    return (
        heard.says(r"\bwork (?:experience|history)\b|\bemployment history\b")
        and not heard.says(r"\bwork (?:experience|history)\b[^.]{0,5}:")
        and not heard.any("skill")
    )


def _always(_: Heard) -> bool:
    return True


_SECTIONS: tuple[tuple[str, str, Callable[[Heard], bool]], ...] = (
    ("proficiency", "language", _levels),
    ("languages", "language", _languages),
    ("training", "training", _training),
    ("projects", "project", _projects),
    ("certifications", "certificate", _certifications),
    ("summary", "summary", _summary),
    ("education", "education", _education),
    ("skills", "skill", _skills),
    ("linkedin", "linkedin", _always),
    ("links", "link", _links),
    ("personal_info", "contact", _always),
    ("work_experience", "role", _work_experience),
)
"""Slot, topic that speaks of it, and whether a clause with that topic is about giving or leaving out that part."""


def _fields(heard: Heard) -> list[Item]:
    out: list[Item] = []
    role = heard.any("role") or re.search(r"\b(?:work|worked|job|role)\b", heard.text, re.I) is not None
    acts = heard.dropping or re.search(_GIVE, heard.text, re.I) is not None
    if heard.any("place") and (
        heard.says(r"\bplace of work\b|\bwhere\b[^.]{0,20}\b(?:job|role|located|based)\b")
        or (role and not heard.says(r"\blives?\b"))
    ):
        _add(out, heard, "role_location", "place", acts)
    elif heard.any("place") and heard.says(r"\b(?:lives?|resid\w+|home|candidate|person)\b"):
        _add(out, heard, "personal_info", "place")
    of_role = role and heard.says(r"\b(?:role|job|position|it mentions|this|each|that very)\b")
    if heard.any("tool") and of_role and not heard.says(r"\bskills? section\b|\binfer|\bwork history\b"):
        if heard.says(r"\bonly\b"):
            out.append(("include.role_skills", "include", 1))
        else:
            _add(out, heard, "role_skills", "tool")
    of_project = re.search(TOPICS["project"].pattern, heard.sentence, re.I) is not None and not of_role
    _add(out, heard, "technologies", "tool", of_project and heard.says(r"\btechnolog|\btools?\b"))
    noted = heard.any("education", "description") or heard.says(
        r"\bput|\binclude|\badd|\bkeep|\bgive|\blist|\bomit|\bskip|\bleave"
    )
    _add(out, heard, "education_notes", "notes", noted)
    _add(out, heard, "expiry", "expiry")
    of_language = not heard.any("language") and re.search(r"\blanguages?\b", heard.sentence, re.I) is not None
    lacking = rf"\b(?:without|no) (?:\w+ )?(?:{TOPICS['level'].pattern})"
    if heard.any("language", "level") and re.search(lacking, heard.plain, re.I):
        out.append(("include.proficiency", "exclude", 1))
    else:
        _add(out, heard, "proficiency", "level", of_language)
    if (value := _described(heard, acts)) is not None:
        out.append(("include.descriptions", value, 1))
    return out


_BULLETS = r"(?:bullets?(?: points?)?|duties|achievements|responsibilities)"


def _described(heard: Heard, acts: bool) -> str | None:
    """Whether statements about a role are wanted; None where the clause does not say."""
    if heard.says(_DESCRIBED) and acts:
        return heard.wish(_DESCRIBED)
    if (
        heard.any("bullet")
        and heard.says(r"\b(?:every|each|all)\b[^.]{0,30}\b(?:bullets?|statements?)\b[^.]{0,40}\b(?:into|under|as)\b")
        and not heard.negative
        and not heard.dropping
    ):
        return "include"
    spared = heard.negative and heard.dropping and heard.wish(_BULLETS) == "include"
    if spared or heard.says(rf"^\W*(?:every|all|each)(?: single)? {_BULLETS}\W*$"):
        return "include"
    if heard.says(rf"^\W*(?:omit|skip|drop|leave out|exclude|remove) (?:all |the |every |any )*{_BULLETS}\W*$"):
        return "exclude"
    return None


_DESCRIBED = (
    r"\bjob descriptions?\b|\bdescriptions? of (?:jobs|roles)\b"
    r"|\bwhat (?:was|has been|they|the person) (?:done|did)\b"
)


def _add(out: list[Item], heard: Heard, slot: str, topic: str, applies: bool = True) -> None:
    """Add what the clause says about giving `topic`, if anything."""
    if applies and heard.any(topic) and (value := heard.wish(TOPICS[topic].pattern)) is not None:
        out.append((f"include.{slot}", value, 1))


RULES: tuple[Rule, ...] = (
    _courses,
    _degree_field,
    _sections,
    _fields,
)
