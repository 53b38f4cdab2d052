"""Skills: one each, and where they come from."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import Heard, Item, Rule, either


def _skills(heard: Heard) -> list[Item]:
    if not heard.any("skill"):
        return []
    out: list[Item] = []
    together = re.search(
        r"[\"“„«`][^\"”“»`]*[:,;][^\"”“»`]*[\"”“»`] (?:is|are|stays?|remains?|makes?|counts as) (?:one|a single)\b"
        r"|^\W*(?:please )?(?:group|cluster|bundle)\b", heard.sentence, re.I,
    )  # fmt: skip
    if together and not heard.negative:
        return [("skills_split", "grouped", 1)] if heard.says(r"\bgroup|\bcluster|\bbundle") else []
    categorised = heard.says(r"\bwith (?:its|the|their) (?:category|categories|heading|group)")
    if (
        not categorised
        and heard.says(
            r"\b(?:one|each|every|individual(?:ly)?|single|separate[sd]?|separately|break"
            r"|split)\b[^.]{0,40}\b(?:skills?|item|own|per|each|members?)\b|\bown item\b|\bone per (?:item"
            r"|entry)\b|\bseparate its members\b|\bwithout (?:its|the|their) (?:category|heading)|\bone each\b"
        )
        and not heard.says(r"\b(?:for|of|in|to|with|after|behind|beside|next to) (?:each|every)\b")
    ):
        out.append(
            (
                "skills_split",
                "grouped" if heard.negative and not heard.says(r"\bno skill\b|\bwithout\b|\bis no\b") else "one_each",
                1,
            )
        )
    elif heard.says(r"\bwith (?:its|the|their) (?:category|categories|heading|group)"):
        out.append(("skills_split", "grouped", 1))
    elif heard.says(r"\b(?:group(?:ed)?|categor(?:y|ies)|cluster(?:ed)?)\b"):
        keeps = heard.says(r"\b(?:keep|group|by category|grouped|retain)\b")
        out.append(
            ("skills_split", "grouped" if keeps and not heard.negative and not heard.dropping else "one_each", 1)
        )
    if heard.says(
        r"\binfer(?:red|ring)?\b|\bderiv(?:e|ed|ing)\b|\bdeduc\w+|\bguess\w*|\bfrom the (?:work history|jobs"
        r"|roles|experience)\b|\b(?:from|in|across"
        r"|throughout) (?:anywhere|everywhere|(?:the )?(?:entire|whole|complete))\b"
    ):
        out.extend(either("skills_source", "inferred", "listed", heard.negative))
    elif (
        heard.says(r"\bskills? section\b|\bonly\b[^.]{0,30}\b(?:listed|named|appear)\b|\bexplicitly\b")
        and not heard.any("role")
        and not heard.dropping
        and not heard.says(r"\bempty\b")
    ):
        out.append(("skills_source", "inferred" if heard.negative else "listed", 1))
    return out


def _skills_more(heard: Heard) -> list[Item]:
    if (
        not heard.any("skill")
        and re.search(r"\bskills?\b", heard.sentence, re.I)
        and heard.says(r"\binfer|\bderive|\bdeduce")
    ):
        return either("skills_source", "inferred", "listed", heard.negative)
    if (
        not heard.any("skill")
        and re.search(r"\bskills?\b", heard.sentence, re.I)
        and heard.says(r"\bseparate (?:its|the|their) members\b|\bsplit (?:them|its members)\b")
    ):
        return either("skills_split", "one_each", "grouped", heard.negative)
    return []


RULES: tuple[Rule, ...] = (
    _skills,
    _skills_more,
)
