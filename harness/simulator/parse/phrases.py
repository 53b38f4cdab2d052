"""How much a phrase looks like a title, an organisation, a school, a qualification or a place."""

from __future__ import annotations

import re

from harness.simulator.parse.blocks import is_skill_line, looks_like_prose
from harness.simulator.parse.dates import fold
from harness.simulator.parse.lexicon import (
    CITIES,
    COUNTRIES,
    DEGREE_WORDS,
    ORG_SUFFIXES,
    ORG_WORDS,
    SCHOOL_WORDS,
    STATES,
    TITLE_SUFFIXES,
    TITLE_WORDS,
)
from harness.simulator.parse.sections import Line

HARD = re.compile(r"\t+|\s*[|¦•·●▪]\s*|\s{3,}|\n")
DASH = re.compile(r"(?<!\s)\s+[–—-]\s+|(?:(?<!\s)\s+|)—\s*")
AT = re.compile(r"(?<!\s)\s+(?:at|@|bei|chez|presso|w firmie)\s+", re.I)
_WORD = re.compile(r"[^\W_]+(?:[.'’&/+-][^\W_]+)*\.?")
DIVISION = re.compile(
    r"\b(?:division|department|dept|team|unit|services?|business|branch|directorate|abteilung|bereich"
    r"|departement|service|direction|departamento|area|reparto|dzial|zespol|operations|section)\b"
)


def _words(text: str) -> list[str]:
    return [word.strip(".") for word in _WORD.findall(fold(text))]


def title_score(text: str) -> float:
    """How much a phrase looks like a job title."""
    words = _words(text)
    if not words:
        return 0.0
    score = 0.0
    joined = re.search(r"(?:&|\bund|\band|\by|\be)\s+partners?\b", fold(text)) is not None
    for index, word in enumerate(words):
        if joined and word == "partner":
            continue
        for part in {word, *re.split(r"[/-]", word)}:
            if part in TITLE_WORDS:
                score += 1.6 if index >= len(words) - 2 or index == 0 else 1.0
            elif part.endswith(TITLE_SUFFIXES) and (len(part) > 6 or ord(part[0]) > 0x2E80):
                score += 1.4
    if re.search(r"\((?:m/w/d|m/f|h/f|f/m|k/m|w/m/d)\)|/-?in\b", fold(text)):
        score += 2
    if words[0] in (
        "senior",
        "junior",
        "sr",
        "jr",
        "head",
        "graduate",
        "interim",
        "acting",
        "deputy",
        "lead",
        "staff",
        "mlodszy",
        "starszy",
    ):
        score += 0.8
    if " / " in text:
        score += 1.0
    return min(score, 3.0)


def org_score(text: str) -> float:
    """How much a phrase looks like an organisation."""
    words = _words(text)
    score = 0.0
    for word in words:
        if (
            word in ORG_WORDS
            or word in SCHOOL_WORDS
            or ((len(word) > 6 or ord(word[0]) > 0x2E80) and word.endswith(ORG_SUFFIXES))
        ):
            score += 1.0
    if words and words[-1] in (
        "ltd",
        "gmbh",
        "inc",
        "llc",
        "plc",
        "ag",
        "sa",
        "srl",
        "bv",
        "llp",
        "sarl",
        "kg",
        "spa",
        "sl",
        "lda",
        "sas",
    ):
        score += 2.0
    if re.search(r"\b(sp\. z o\.o|s\.a\.|s\.l\.|s\.r\.l|b\.v\.|s\.p\.a|co\. kg|e\.v\.)", fold(text)):
        score += 2.0
    return min(score, 3.0)


_AROUND = frozenset(
    [
        "area",
        "greater",
        "city",
        "metro",
        "region",
        "north",
        "south",
        "east",
        "west",
        "central",
        "am",
        "main",
        "upon",
        "on",
        "bei",
        "und",
        "umgebung",
        "hybrid",
        "remote",
        "the",
        "of",
        "near",
        "de",
        "la",
    ]
)


def place_score(text: str) -> float:
    """How much a phrase looks like a place."""
    bare = text.strip(" ()[],.")
    if not bare or len(bare) > 45 or re.search(r"\d{2}", re.sub(r"\b\d{4,5}\b", "", bare)):
        return 0.0
    folded = fold(bare)
    parts = [part.strip() for part in re.split(r",|/|\s[–-]\s", bare) if part.strip()]
    if not parts or len(parts) > 4:
        return 0.0
    score = 0.0
    if "(" in bare or any(len(part.split()) > 3 for part in parts):
        return 0.0
    last = parts[-1]
    if last in STATES and (len(parts) == 2 or (len(parts) == 3 and re.search(r"\d", parts[0]))):
        score += 2.5
    if fold(last).strip(". ") in COUNTRIES or fold(last) in COUNTRIES:
        score += 2.0
    if fold(parts[0]) in CITIES or (
        len(parts) == 1
        and any(word in CITIES for word in folded.split())
        and all(word in CITIES or word in _AROUND for word in folded.split())
    ):
        score += 1.6
    if re.fullmatch(r"[\u3040-\u9fff]{1,5}[市区县省都府県町村]", bare):
        score += 2.0
    if folded in ("remote", "hybrid", "home office", "homeoffice", "teletravail", "remoto", "worldwide"):
        score += 2.0
    return score


def is_place(text: str, known: frozenset[str]) -> bool:
    """Whether a phrase is a place: by its shape, or because the CV uses it as one elsewhere."""
    return fold(text.strip(" ()")) in known or (
        place_score(text) >= 1.5 and org_score(text) < 1.5 and title_score(text) < 1.5
    )


def known_places(lines: list[Line]) -> frozenset[str]:
    """Phrases that a CV clearly uses as places, and their first parts."""
    found: set[str] = set()
    for line in lines:
        for phrase in re.findall(r"\(([^()]{3,40})\)", line.text) + HARD.split(line.text):
            if place_score(phrase) >= 2.0 and len(phrase.split()) <= 5 and org_score(phrase) < 1:
                found.add(fold(phrase.strip(" ()")))
                found.add(fold(phrase.split(",")[0].strip(" ()")))
    return frozenset(found)


def split_place(text: str, known: frozenset[str]) -> tuple[str, str]:
    """An employer or school with a place behind it: what stands before it, and the place."""
    match = re.match(r"^(.*\S)\s*[(\[]([^()\[\]]{2,45})[)\]]$", text.strip())
    if match and is_place(match.group(2), known):
        return match.group(1).strip(" ,–—-"), match.group(2).strip()
    parts = [part.strip() for part in text.split(",")]
    for size in (3, 2, 1):
        if len(parts) > size:
            tail = ", ".join(parts[-size:])
            if is_place(tail, known) and all(part in STATES or org_score(part) < 1 for part in parts[-size:]):
                if size == 1 and parts[-1] in STATES:
                    continue
                return ", ".join(parts[:-size]), tail
    dash = re.split(r"\s+[–—-]\s+", text)
    if len(dash) > 1 and is_place(dash[-1], known) and org_score(dash[-1]) < 1:
        return text[: text.rindex(dash[-1])].rstrip(" –—-"), dash[-1]
    return text, ""


def degree_score(text: str) -> float:
    """How much a phrase looks like a qualification."""
    words = _words(text)
    score = 0.0
    for index, word in enumerate(words):
        if word in DEGREE_WORDS or re.sub(r"[^a-z]", "", word) in (
            "bsc",
            "msc",
            "phd",
            "meng",
            "beng",
            "llb",
            "llm",
            "bba",
            "mba",
            "ba",
            "ma",
            "bed",
        ):
            score += 2.0 if index == 0 else 0.7
        elif word.startswith(
            ("bachelor", "master", "licenc", "doctor", "diplom", "ingenieur", "magist", "laurea", "baccal")
        ):
            score += 1.8
    return min(score, 3.0)


def school_score(text: str) -> float:
    """How much a phrase looks like a school."""
    words = _words(text)
    score = sum(
        1.5
        for word in words
        if word in SCHOOL_WORDS
        or word.startswith(("universi", "hochschul", "politec", "politech"))
        or word.endswith(("schule", "hochschule", "universitat", "gymnasium", "大学", "学院", "大學"))
    )
    return min(score, 3.0)


def cells_of(text: str) -> list[str]:
    """A header line cut at its hard separators; in Chinese and Japanese a space is one."""
    cells = HARD.split(text)
    if len(cells) == 1 and re.search(r"[\u3040-\u9fff]", text) and not re.search(r"[A-Za-z]", text):
        return re.split(r"[\s\u3000]+", text)
    return cells


def bare_place(text: str, known: frozenset[str]) -> bool:
    return is_place(text, known) and len(text.split()) <= 6


def short_line(line: Line) -> bool:
    return not line.bullet and len(line.text) < 70 and not looks_like_prose(line.text) and not is_skill_line(line.text)
