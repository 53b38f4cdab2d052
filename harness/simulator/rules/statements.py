"""Statements about a job: one each, word for word, in which form."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import REWORD, SHORTEN, VERBATIM, Heard, Item, Rule, either
from harness.simulator.rules.negation import NO_NEED


def _bullet_split(heard: Heard) -> list[Item]:
    about = (
        heard.any("bullet", "description")
        or re.search(r"\bbullets?\b|\bstatements?\b", heard.sentence, re.I) is not None
    )
    if (
        not about
        or (heard.any("notes", "training", "project", "certificate") and not heard.any("bullet"))
        or heard.any("notes")
    ):
        return []
    if heard.any("training") and heard.says(r"\bdetails\b"):
        return []
    if heard.says(
        r"\b(?:one|a single|single|1)\b[^.]{0,20}\b(?:achievement|accomplishment|duty|statement|bullet"
        r"|item)s?\b[^.]{0,25}\b(?:each|per|a piece|apiece|every|an item|array element)\b|\b(?:each"
        r"|every)\b[^.]{0,45}\b(?:own|separate|single|individual|one|its own|distinct)\b|\bper (?:item|bullet"
        r"|element|entry|array element|string)\b|\bone each\b|\b(?:holds?|contains?)\b[^.]{0,12}\b(?:one|a "
        r"single|single|exactly one)\b|\bas its own (?:item|element|string|entry)\b|\bseparate (?:items?"
        r"|elements?|strings?|bullets?)\b|\bindividual (?:items?|bullets?)\b"
    ):
        return either("bullet_split", "one_each", "merged", heard.negative)
    if heard.says(
        r"\b(?:merg|lump|shar|combin|join|group|fus|bundl|pack)\w*\b|\b(?:one|single|(?:as|into|in|to|form|make"
        r"|write|give|be|is|are) a) paragraph\b|\btogether\b"
    ) and not heard.any("title", "company"):
        if heard.says(r"\b(?:split|undo|separate|repair|restore|unmerge|break)\w*\b"):
            return []
        return either("bullet_split", "merged", "one_each", heard.negative)
    if heard.says(r"\bsplit\b|\bseparate\b|\bbreak\b[^.]{0,20}\b(?:up|into|apart)\b"):
        return either("bullet_split", "one_each", "merged", heard.negative)
    return []


def _bullet_wording(heard: Heard) -> list[Item]:
    about = heard.any("bullet", "description") or heard.says(
        r"\bwording\b|\btext\b|\bwhat the (?:candidate|cv|person)\b|\bpoints?\b|\bvalues?\b|\bit\b"
    )
    whole = re.search(
        r"\b(?:bullets?|statements?|descriptions?|wording|responsibilit\w+|achievements?|candidate wrote)\b",
        heard.sentence,
        re.I,
    )
    if not about and not whole:
        return []
    if heard.any("date", "title") and not heard.any("bullet", "description") and not heard.says(r"\bwording\b"):
        return []
    if (
        heard.any("summary", "company", "link", "contact", "level", "language")
        and not heard.any("bullet", "description")
        and not heard.says(r"\bwording\b")
    ):
        return []
    turned_down = heard.whole.replace(heard.text, " ") if heard.whole != heard.text else ""
    if (
        not heard.negative
        and re.search(f"(?:{REWORD})|(?:{SHORTEN})", heard.whole[len(heard.text) // 2 :], re.I)
        and turned_down
    ):
        return (
            [("bullet_wording", "verbatim", 1)]
            if heard.says(r"\b(?:cop(?:y|ied)|keep|kept|transcrib\w+|quote\w*)\b")
            else []
        )
    if NO_NEED.search(heard.text) and heard.says(VERBATIM):
        return [("bullet_wording", "reworded", 1)]
    if heard.negative and heard.says(VERBATIM) and heard.says(f"(?:{REWORD})|(?:{SHORTEN})"):
        return [("bullet_wording", "verbatim", 1)]
    if heard.says(VERBATIM) and not heard.says(r"\bcopied? (?:the name|from)\b"):
        return either("bullet_wording", "verbatim", "reworded", heard.negative)
    if heard.says(REWORD):
        return either("bullet_wording", "reworded", "verbatim", heard.negative)
    if heard.says(SHORTEN) and not heard.any("company", "month"):
        return either("bullet_wording", "shortened", "verbatim", heard.negative and not heard.says(r"\bno more than\b"))
    return []


def _description_form(heard: Heard) -> list[Item]:
    if not (heard.any("description", "bullet") or re.search(r"\bdescriptions?\b|\bbullets?\b", heard.sentence, re.I)):
        return []
    if heard.says(r"\b(?:one|single|a|long)\s+(?:long |single )?string\b|\bline breaks?\b|\bone text\b"):
        return either("description_form", "string", "array", heard.negative or heard.says(r"^\s*(?:never|not)\b"))
    if heard.says(
        r"\b(?:array|list)s? of (?:strings?|bullets?|items)\b|\bas an array\b|\ban array\b|\barray element\b"
        r"|\bin an array\b"
    ):
        return either("description_form", "array", "string", heard.negative)
    return []


RULES: tuple[Rule, ...] = (
    _bullet_split,
    _bullet_wording,
    _description_form,
)
