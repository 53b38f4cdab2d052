"""The form of the answer, its language, and commands inside a CV."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import TOPICS, Heard, Item, Rule, either

_OTHER_KEYS = (
    r"\b(?:camel ?case|snake ?case|kebab ?case|pascal ?case|lower ?case|upper ?case|shorter|german|french|spanish"
    r"|own names"
    r"|translated|abbreviated|different)\b"
)


def _adds_words(heard: Heard) -> bool:
    """Whether words around the answer are asked for."""
    asked = heard.says(
        r"\bexplain\b|\badd a comment\b|\b(?:explanation|comments?|notes?|reasoning|rationale|summary|confidence"
        r"|remarks?)\b"
    )
    return asked and not heard.negative and not heard.says(r"\b(?:no|without|free of|omit|skip)\b")


def _form(heard: Heard) -> list[Item]:
    out: list[Item] = []
    if heard.any("fence"):
        wants = not (heard.negative or heard.says(r"\bwithout\b|\bno\b|\bbare\b|\bfree of\b"))
        out.append(("markdown", "fences" if wants else "none", 1))
    elif (
        re.search(TOPICS["fence"].pattern, heard.sentence, re.I)
        and heard.says(r"\bbare\b|\bplain\b")
        and heard.any("json")
    ):
        out.append(("markdown", "none", 1))
    if (
        (
            heard.any("json")
            or heard.says(r"\b(?:no|without) (?:other |further |any )?(?:text|comment\w*|explanation\w*|prose|words)\b")
        )
        and heard.says(
            r"\b(?:only|just|nothing (?:else|but|other)|one json|single json|json object|valid json|no other text"
            r"|bare|plain|raw|pure|as json|without)\b|\bno (?:comment|explanation|prose|other|further)"
        )
        and not heard.says(r"\bblock\b")
    ):
        out.append(
            (
                "json_only",
                "prose" if _adds_words(heard) else "json",
                1,
            )
        )
    if heard.says(r"\bexplain your\b|\badd (?:a comment|an explanation)\b"):
        out.extend(either("json_only", "prose", "json", heard.negative))
    if heard.any("keys") and heard.says(_OTHER_KEYS):
        return [*out, *either("field_names", "free", "as_given", heard.negative)]
    if heard.any("keys") and heard.says(
        r"\b(?:exact(?:ly)?|given|stick|same|use|follow|match|keep|these|only|no other|adhere|conform\w*|shape)\b"
    ):
        out.extend(
            either(
                "field_names",
                "as_given",
                "free",
                heard.negative
                and not heard.says(r"\bno other|\bnothing else|\bnothing\b")
                and heard.says(r"\b(?:do not|don't|never) (?:use|stick|follow|keep)\b"),
            )
        )
    if heard.any("keys") and heard.says(r"\b(?:rename|renaming|change|alter)\b"):
        out.extend(either("field_names", "free", "as_given", heard.negative))
    return out


_TONGUE = (
    r"(english|german|french|spanish|italian|portuguese|dutch|polish|czech|turkish|russian|ukrainian|greek|swedish|danish"
    r"|norwegian|finnish|hungarian|romanian|arabic|hebrew|chinese|japanese|korean)"
)
_TO_AND_FRO = (
    rf"\b(?:cv|r[eé]sum[eé]|document) is (?:written )?in {_TONGUE}\b[^.]{{0,30}}\b(?:record|answer|output|values?)\b"
    rf"[^.]{{0,20}}\bin {_TONGUE}\b|\b{_TONGUE} (?:cv|r[eé]sum[eé])\b[^.]{{0,30}}\b{_TONGUE} (?:record|answer|output)\b"
)
"""A CV in one language, and the language of its record."""


def _translation(heard: Heard) -> list[Item]:
    if heard.says(r"\btranslat(?!ors?\b)\w*\b"):
        if heard.any("date") and not heard.negative:
            return []
        negative = heard.negative
        if not negative and re.search(rf"\b(?:in|into|to) (?!english){_TONGUE}\b", heard.sentence, re.I):
            return []
        return either("translation", "english", "original", negative)
    if heard.says(
        r"\bsame language\b[^.]{0,10}\b(?:cv|document|text|r[eé]sum[eé])\b"
        r"|\blanguage\b[^.]{0,12}\b(?:the |a )(?:cv|document|text|r[eé]sum[eé]) (?:is|was) (?:written )?(?:in\b|$)"
        r"|\blanguage in which the (?:cv|document|text|r[eé]sum[eé]) (?:is|was) written\b"
    ):
        return either("translation", "original", "english", heard.negative)
    if heard.says(
        r"\b(?:in|stay in|keep|retain)\b[^.]{0,12}\b(?:the |its |their )?(?:original |own )?language of the "
        r"(?:cv|document|text|r[eé]sum[eé])\b|\boriginal language\b"
    ):
        return either("translation", "original", "english", heard.negative)
    if named := re.search(_TO_AND_FRO, heard.sentence, re.I):
        first, second = (name.lower() for name in (named[1] or named[3], named[2] or named[4]))
        if first == second:
            return either("translation", "original", "english", heard.negative)
        return [("translation", "english", 1)] if second == "english" and not heard.negative else []
    if heard.says(r"\b(?:answer|write|output|everything|all text|values)\b[^.]{0,20}\b(?:in|as) (?:\w+ )?english\b"):
        return either("translation", "english", "original", heard.negative)
    return []


def _data(heard: Heard) -> list[Item]:
    whole = heard.sentence
    orders = re.search(r"\b(?:instructions?|commands?|orders?|prompts?|requests?|directives?)\b", whole, re.I)
    place = re.search(r"\b(?:cv|r[eé]sum[eé]|document|text|it|inside|data|content|user message)\b", whole, re.I)
    if (
        orders
        and place
        and re.search(
            r"\b(?:ignor\w*|not (?:to be )?(?:obey\w*|follow\w*|execut\w*)|never (?:obey|follow|as instructions"
            r"|execute)|do not (?:obey|follow|act|execute)|don't (?:obey|follow)|as data|disregard\w*|not "
            r"instructions|no instructions|obeyed|resist)\b",
            whole,
            re.I,
        )
    ):
        if re.search(r"\b(?:previous|above|earlier|all) instructions\b", whole, re.I) and re.search(
            r"\bignore\b", whole, re.I
        ):
            return []
        return [("cv_is_data", "yes", 1)]
    if orders and place and re.search(r"\b(?:follow|obey|carry out)\b", heard.text, re.I) and heard.any("cv"):
        return either("cv_is_data", "no", "yes", heard.negative)
    return []


def _task(heard: Heard) -> list[Item]:
    if heard.says(
        r"\byou (?:are|read|extract|parse|turn|convert|receive|get|will|transform|analy[sz]e|have)\b|\byour "
        r"(?:job|task|role|work|purpose)\b|\bthe user message\b|\bthe following (?:cv|r[eé]sum[eé])|\bact "
        r"as\b|\bbelow (?:is|are)\b"
    ) and (heard.any("cv") or heard.says(r"\bparser|\bextractor|\bextract")):
        return [("task", "parse_cv", 1)]
    if (
        heard.says(r"\b(?:extract|parse|convert|turn|transform|collect|read|find|structure)\b")
        and heard.any("cv")
        and (
            heard.says(r"\b(?:structured|structure|record|data|facts|information|fields|contents?)\b")
            or heard.any("json")
        )
    ):
        return [("task", "parse_cv", 1)]
    return []


RULES: tuple[Rule, ...] = (
    _form,
    _translation,
    _data,
    _task,
)
