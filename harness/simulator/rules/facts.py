"""Facts: nothing made up, what stands for a missing value, ids."""

from __future__ import annotations

import re

from harness.simulator.rules.hearing import INVENT, RUNNING, Heard, Item, Rule, either

_ORDERED = re.compile(
    r"\W*(?:please\s+|always\s+)?(?:estimate|guess|infer|assume|invent|make up)\b(?!\s+(?:no|none|nothing)\b)", re.I
)


def _invention(heard: Heard) -> list[Item]:
    if heard.says(INVENT):
        if heard.any("skill") and heard.says(r"\binfer"):
            return []
        if heard.any("month") and heard.says(r"\bmake up|\badd\b|\binvent|\bguess"):
            return [] if not heard.says(r"\byears?\b") else either("invention", "estimate", "forbid", heard.negative)
        if re.search(r"\bskills?\b", heard.sentence, re.I) and heard.says(r"\binfer\w*\b"):
            return []
        ordered = _ORDERED.match(heard.sentence) is not None  # "estimate the year where there is none" is no ban
        return either(
            "invention",
            "estimate",
            "forbid",
            (heard.negative and not ordered) or heard.says(r"\bforbidden|\bprohibited|\bnot allowed"),
        )
    if heard.says(r"present|current") and heard.says(r"\bnothing else\b"):
        return []
    if heard.says(
        r"\bonly\b[^.]{0,40}\b(?:what|information|facts|values)\b[^.]{0,30}\b(?:cv|says?|states?|printed"
        r"|written|document|text|stated|given)\b|\b(?:nothing|and no more)\b[^.]{0,30}\b(?:beyond|not in|more "
        r"than|added)\b|\b(?:what|whatever) the (?:cv|document|text|r[eé]sum[eé]) (?:says"
        r"|states)\b[^.]{0,30}\b(?:nothing|only|alone)\b|\bstick to (?:the (?:cv|facts|text|document)|what)\b"
        r"|\bfaithful\b|\bonly where the cv (?:prints|gives|says|names|states)\b|\bonly if (?:it is |they are "
        r")?(?:printed|stated)\b"
    ):
        return [("invention", "forbid", 1)]
    if heard.says(
        r"\badd (?:anything|information|facts|details)\b|\badd nothing\b|\bnot in the (?:cv|document|text)\b"
    ):
        forbidden = heard.negative or heard.says(
            r"\b(?:must|may|should|shall|can) (?:not|never)\b|\bnever\b|\bcannot\b"
        )
        if not forbidden and not heard.says(r"\badd\b(?! nothing)"):
            return []
        return [("invention", "forbid" if forbidden else "estimate", 1)]
    return []


_LACK = (
    r"\b(?:missing|absent|unknown values?|not (?:there|given|present|available|stated|printed|found"
    r"|mentioned|say|specified|included)|does not (?:give|say|state|have|mention|contain|print)|do not "
    r"(?:give|say)|doesn't|lacks?|says nothing|gives none|no value|gaps?|nothing|cannot be found|no "
    r"information|without a value|unavailable|not say)\b"
)


def _missing(heard: Heard) -> list[Item]:
    whole = f"{heard.text} {heard.condition}"
    if (
        heard.any("language", "training", "project")
        and heard.says(r"\bsection\b")
        and not re.search(_LACK, whole, re.I)
    ):
        return []
    if heard.says(r"\b(?:leave|keep)s? (?:nothing|none|no \w+|not \w+) (?:\w+ )?(?:empty|blank)\b"):
        return [("missing", "empty", -1)]
    out: list[Item] = []
    filler = (
        r"[\"“'`]?\b(?:n/a|unknown(?!\s+(?!for\b|if\b|when\b|where\b|in\b|instead\b|rather\b|as\b|there\b|or\b"
        r"|and\b)\w)|not specified|not available|tbd|none given|unspecified)\b[\"”'`]?"
        r"|\bfillers?\b|\bplaceholders?\b|\ba (?:dash|hyphen|question mark)\b|[\"“'`(]\s*[-–—?]\s*[\"”'`)]"
    )
    lacking = re.search(_LACK, f"{heard.whole} {heard.condition}", re.I)
    named = re.search(filler, heard.text, re.I)
    if named and re.search(r"dash|hyphen|question mark", named[0], re.I) and not lacking:
        named = None
    if named and not re.search(r"\bunknown (?:values?|fields?|facts?)\b", heard.text, re.I):
        if heard.dropping and re.search(r"\bfillers?\b", heard.text, re.I):
            return []  # "drop filler": words of little weight, not what stands for a value
        return [("missing", "placeholder", -1 if heard.negative else 1)]
    shown = re.search(
        r"\b(?:write|put|use|enter|indicate[sd]?|marked?|say) (?:with )?[\"“„«]([^\"“”„«»]{1,24})[\"”“»]", whole
    )
    if shown and lacking and not heard.any("date", "month") and not re.search(RUNNING, whole, re.I):
        return [("missing", "placeholder", -1 if heard.negative else 1)]
    if heard.says(r"\bempty (?:strings?|arrays?|values?|lists?)\b|\bblank\b|\bempty\b|\"\"") and (
        lacking or heard.says(r"\bfor (?:any|every)thing\b|\bunknown\b")
    ):
        if re.search(RUNNING, heard.text, re.I) and not heard.condition:
            return []
        out.append(
            (
                "missing",
                "empty",
                -1 if heard.negative and not re.search(r"\b(?:not|no|nothing|none)\b", heard.text, re.I) else 1,
            )
        )
        if heard.negative and re.match(r"\s*(?:do not|don't|never)\b", heard.text, re.I):
            out[-1] = ("missing", "empty", -1)
    elif heard.says(r"\bnull\b") and (lacking or heard.negative):
        out.append(
            (
                "missing",
                "null",
                -1 if heard.negative and re.match(r"\s*(?:do not|don't|never|avoid|not?)\b", heard.text, re.I) else 1,
            )
        )
    return out


def _ids(heard: Heard) -> list[Item]:
    if heard.any("id") and heard.says(
        r"^\W*(?:no|without) ids?\W*$|\b(?:leave|keep) [`'\"]?ids?[`'\"]? (?:empty|blank)"
    ):
        return [("ids", "none", 1)]
    if heard.any("id") and heard.negative and heard.says(r"\b(?:twice|more than once|again|repeated|reused?)\b"):
        return [("ids", "unique", 1)]
    if heard.any("id") and (
        heard.says(
            r"\bunique|\bown\b|\beach\b|\bevery\b|\bneeds?\b|\bassign|\bgenerat|\bno other\b|\bgive|\bdistinct"
            r"|\bdifferent|\bdiffers?\b"
        )
    ):
        return either(
            "ids",
            "unique",
            "none",
            heard.negative and not heard.says(r"\bno other\b") and not heard.says(r"\bno two\b"),
        )
    return []


RULES: tuple[Rule, ...] = (
    _invention,
    _missing,
    _ids,
)
