"""How a model changes words when it does not copy them: rewording, shortening, condensing, expanding."""

from __future__ import annotations

import re

from harness.simulator.luck import Luck

_SYNONYMS = {
    "led": "headed",
    "built": "developed",
    "cut": "reduced",
    "reduced": "lowered",
    "managed": "oversaw",
    "created": "established",
    "wrote": "authored",
    "ran": "operated",
    "run": "operate",
    "introduced": "implemented",
    "set": "established",
    "trained": "coached",
    "improved": "enhanced",
    "moved": "migrated",
    "designed": "devised",
    "raised": "increased",
    "increased": "boosted",
    "organised": "coordinated",
    "organized": "coordinated",
    "planned": "scheduled",
    "took": "assumed",
    "kept": "maintained",
    "made": "produced",
    "helped": "assisted",
    "taught": "instructed",
    "sold": "marketed",
    "tested": "verified",
    "found": "identified",
    "started": "launched",
    "launched": "initiated",
    "supervised": "directed",
    "won": "secured",
    "negotiated": "arranged",
    "mentored": "guided",
    "presented": "delivered",
    "replaced": "substituted",
    "hired": "recruited",
    "recruited": "hired",
    "and": "as well as",
    "with": "using",
    "new": "novel",
    "all": "every",
    "first": "initial",
    "which": "that",
    "people": "staff",
    "staff": "employees",
    "half": "50 percent",
    "about": "approximately",
    "instead": "rather",
    "without": "with no",
    "after": "following",
    "before": "prior to",
    "during": "throughout",
    "through": "via",
    "by": "through",
    "under": "below",
    "over": "more than",
    "big": "large",
    "small": "minor",
    "yearly": "annual",
    "whole": "entire",
}
_ABBREVIATED = {
    "sr": "Senior",
    "jr": "Junior",
    "mgr": "Manager",
    "eng": "Engineer",
    "vp": "Vice President",
    "asst": "Assistant",
    "dir": "Director",
    "sre": "Site Reliability Engineer",
    "hr": "Human Resources",
    "qa": "Quality Assurance",
}


def reword(text: str, luck: Luck, item: str) -> str:
    """The same said in other words: synonyms, dropped detail."""
    words = text.split()
    out: list[str] = []
    for index, word in enumerate(words):
        bare = word.strip(",.;:()").lower()
        swap = _SYNONYMS.get(bare)
        if swap is not None:
            swap = swap.capitalize() if word[:1].isupper() else swap
            out.append(word.replace(word.strip(",.;:()"), swap))
        elif bare in ("the", "a", "an", "our", "its") and index:
            continue
        else:
            out.append(word)
    cut = re.split(r"(?<=\S)(?:, which |, so that |; |: | – )", " ".join(out), maxsplit=1)
    kept = cut[0] if len(cut) > 1 and len(cut[0].split()) >= 4 else " ".join(out)
    if len(kept.split()) > 7 and luck.pick(2, f"reword/{item}"):
        kept = f"Responsible for {kept[0].lower()}{kept[1:]}"
    return kept


def shorten(text: str) -> str:
    """Its beginning: up to the first break after some words, at most nine of them."""
    words = re.split(r"[,;:(–]|\s(?:which|by|through|with|so that|instead)\s", text, maxsplit=1)[0].split()
    if len(words) < 3:
        words = text.split()
    return " ".join(words[:9]).rstrip(",;:")


def cut_off(text: str) -> str:
    """The text without its last third."""
    words = text.split()
    return " ".join(words[: max(3, len(words) * 2 // 3)]).rstrip(",;:") if len(words) > 5 else text


def condense(first: str, second: str) -> str:
    """Two statements made one, most of the second lost."""
    words = second.split()
    kept = " ".join(words[: max(2, min(6, round(len(words) * 0.4)))]).rstrip(",;:")
    return f"{first.rstrip('.; ')} and {kept[:1].lower()}{kept[1:]}"


def expand_title(title: str) -> str:
    """A job title without abbreviations."""
    return " ".join(_ABBREVIATED.get(word.strip(".,").lower(), word) for word in title.split())
