"""Whether every word of a clause is one whose part in it is known.

A finding is kept only where nothing else is said: "words split by a hyphen are one word" is about no field although it
has a hyphen in it, and "keep the wording, twelve words at most" is no plain "keep". An unknown word leaves the sentence
unread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from harness.simulator.rules.hearing import APART, INVENT, JOIN, REWORD, RUNNING, SHORTEN, TOPICS, VERBATIM, Heard, Item
from harness.simulator.rules.negation import DROP, GIVE, NEGATIONS, NO_NEED, blames
from harness.simulator.rules.ordering import ACTS, REASON, departs
from harness.simulator.rules.twists import twisted

_WORDS: Mapping[str, frozenset[str]] = {
    name: frozenset(" ".join(lines).split())
    for name, lines in json.loads(files("harness.simulator").joinpath("known_words.json").read_text("utf-8")).items()
}
"""plain: words that make nothing fewer, other or elsewhere, and those that the rules themselves weigh. ordered: words
that an order to depart from the wanted may have besides."""
_COMMON, _ORDERED = _WORDS["plain"], _WORDS["ordered"]
_QUOTES = re.compile(
    r"\"[^\"\n]{0,300}\"|“[^”\n]{0,300}”|„[^“”\n]{0,300}[“”]|«[^»\n]{0,300}»|`[^`\n]{0,300}`|(?<!\w)'[^'\n]{1,300}'(?!\w)"
)
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")
_HARMS = re.compile(
    rf"\b(?:translat|shorten|summari[sz]|condens|abbreviat|trim|rephras|reword|rewrit|improv|polish|embellish|merg|combin"
    rf"|group|bundl|lump|omit|skip|drop|remov|exclud|ignor|delet|discard|expand|round|group|cluster|limit|restrict"
    rf"|reduc|normali[sz]|reformat|simplif)\w*\b|{INVENT}",
    re.I,
)
"""Acts by which a value is lost or changed."""
_FOR_GOOD = {
    "date_format": r"abbreviat|shorten|translat|normali|convert|cut|reduc|trim|reformat|drop|remov",
    "titles_at_one_company": r"merg|combin|join",
    "duplicates": r"remov|drop|omit|skip|merg|ignor|delet|discard|exclud",
    "cv_is_data": r"ignor|skip|exclud|discard|remov|drop",
    "markdown": r"omit|skip|drop|remov|exclud|normali",
    "json_only": r"omit|skip|drop|remov|exclud",
    "skills_split": r"drop|omit|remov|skip|exclud|ignor",
    "missing": r"drop|omit|skip|guess|invent",
    "include.personal_info": r"reformat",
    "task": r".",
    "manner": r".",
    "month_missing": r"drop|omit",
    "courses": r"combin",
}
"""By slot: such acts with which the wanted is asked for."""
_BUT = re.compile(r",? \bbut\b", re.I)
"""In "not 03/2019 but Mar 2019" it sets two forms against each other, and makes no exception."""
_OTHERWISE = re.compile(r"\b(?:otherwise|or else)\b", re.I)
_ONLY_RUNNING = re.compile(
    r"\b(?:that|which|who|where|while|as long as)\b[^,;:]{0,40}\b(?:still|currently|running|ongoing)\b", re.I
)
_APART = re.compile(
    r"\b(?:apart|aside) from (?!each\b|one another|its\b|their\b)|\bexcept\b|\bother than\b|\bsave for\b", re.I
)
_ALLOWED = re.compile(
    r"\b(?:may|can|might|could|should|must|will)\b[^,;:]{0,30}\b(?:translat|shorten|summari|condens|rephras|reword|rewrit"
    r"|improv|polish|merg|combin|group|omit|skip|drop|remov|exclud|guess|estimat|invent|infer|assum)\w*",
    re.I,
)
"""What is allowed beside what is asked for."""
_FILLED = re.compile(
    r"[\"“„'`](?:n/?a|unknown|none|null|not \w+|unspecified|missing|tbd|[-–—?])[\"”“'`]|\b(?:unknown|null"
    r"|n/?a)\b(?! \w)",
    re.I,
)
_FORBIDS = re.compile(
    r"\b(?:never|not|don't|don’t|nor|neither|without|avoid\w*|cannot|refrain\w*|forbidden|prohibited|banned)\b", re.I
)
_CALLED = re.compile(r"\b(?:cv parser pro|an? expert(?: system)?|trusted by leading employers)\b", re.I)
"""What a task calls the one that does it."""
_SUCH_AS = re.compile(r"\((?:e\.g\.|eg|for example|such as|like|z\.B\.|p\. ?ex\.) [^()]{1,80}\)", re.I)
_FOR_WHAT = re.compile(r"^\W*for (?:the sake of )?(?:[\w-]+ ){0,2}[\w-]+, ", re.I)
"""Why something is asked for, at the beginning."""
_HEDGED = re.compile(
    r"\bas (?:if|though)\b|\bas far as\b|\bat (?:its|their|the) best\b|\b(?:must|could|may|might|should|would"
    r"|will) have"
    r" (?:had|been|\w+ed)\b|\bin doubt\b|\bthe way (?!(?:the|it|they)\b)|\bfit(?:s|ting)?\b|\bworth\b"
    r"|\bas an? good\b|\bwould\b"
    r"|\b(?:is|are) known to\b",
    re.I,
)
"""What measures the wanted by something else than the CV."""
_TONGUES = re.compile(r"\b(?:english|german|french|spanish)\b", re.I)
_EARLIER_RULES = tuple(pattern for pattern in (GIVE, DROP, NEGATIONS, NO_NEED, *TOPICS.values()))


def explained(item: Item, heard: Heard) -> bool:
    """Whether the clause says nothing besides what was found in it."""
    slot = item[0]
    if slot in ("task", "manner"):
        return not strange(_CALLED.sub(" ", heard.sentence)) and not twisted(slot, heard.sentence, forbids=False)
    if slot in ("date_format", "present_word") or slot.startswith("include."):
        heard = replace(heard, sentence=_BUT.sub(" ", heard.sentence))
    if departs(item):
        asked = _FOR_WHAT.sub("", _SUCH_AS.sub(" ", heard.sentence)).rstrip(" .!?")
        return not strange(REASON.sub("", asked), ordered=True)
    return not strange(REASON.sub("", heard.sentence)) and not _turned(slot, heard)


@lru_cache(maxsize=8192)
def strange(text: str, *, ordered: bool = False) -> bool:
    """Whether a word is not known; ordered: in an order to depart from the wanted."""
    plain = _PHRASES.sub(" ", _QUOTES.sub(" ", text))
    for word in _WORD.findall(plain):
        small = word.lower().replace("’", "'").removesuffix("'s").rstrip("'")
        if _listed(small, _COMMON) or (ordered and _listed(small, _ORDERED)):
            continue
        if any(part.fullmatch(small) for part in _EARLIER_RULES) or (ordered and _ACT.fullmatch(small)):
            continue
        if "-" in small and all(part in _COMMON for part in small.split("-")):
            continue
        return True
    return False


_PHRASES = re.compile(f"{REWORD}|{SHORTEN}|{INVENT}|{JOIN}|{APART}|{VERBATIM}|{RUNNING}|\\bmost recent(?:ly)?\\b", re.I)
"""What the rules themselves look for."""
_ENDING = re.compile(r"(?:(?P<twice>[bdglmnprt])(?P=twice))?(?:ings?|ed|es|s|ly)$")


def _listed(word: str, words: frozenset[str]) -> bool:
    """Whether a word is listed, in this or another of its forms."""
    if word in words:
        return True
    ending = _ENDING.search(word)
    if ending is None:
        return False
    stem = word[: ending.start()] + (ending["twice"] or "")
    return stem in words or f"{stem}e" in words or (stem.endswith("i") and f"{stem[:-1]}y" in words)


_ACT = re.compile(rf"{ACTS}\w{{0,4}}", re.I)


def _turned(slot: str, heard: Heard) -> bool:
    """Whether a sentence that asks for the wanted also names an act against it that nothing forbids, or a way out."""
    sentence = _QUOTES.sub(" ", heard.sentence)
    forbids = NEGATIONS.search(sentence) or heard.negative or blames(sentence)
    if slot != "cv_is_data" and _HEDGED.search(sentence) and not forbids:
        return True
    if twisted(
        slot, heard.sentence, forbids=heard.negative or _FORBIDS.search(sentence) is not None or blames(sentence)
    ):
        return True
    if _OTHERWISE.search(sentence) and slot not in ("missing", "present_word", "month_missing"):
        return True
    if (slot.startswith("include.") or slot == "all_roles") and _ONLY_RUNNING.search(sentence):
        return True
    if slot == "date_format" and not heard.negative and re.search(VERBATIM, sentence, re.I):
        return True
    if slot not in ("degree_field", "courses", "include.training", "include.certifications") and _APART.search(
        sentence
    ):
        return True
    if any(_ALLOWED.search(part) and not NEGATIONS.search(part) for part in re.split(r"[,;:]| but ", sentence)):
        return True
    if slot == "missing" and not heard.negative and _FILLED.search(heard.sentence):
        return True
    if slot == "translation" and not heard.negative and _TONGUES.search(sentence):
        return True
    if forbids or NO_NEED.search(sentence):
        return False
    good = _FOR_GOOD.get(slot, "(?!)")
    return any(not re.match(good, match[0], re.I) for match in _HARMS.finditer(sentence))
