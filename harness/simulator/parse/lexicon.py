"""Words by which sections, titles, organisations, studies, languages and places are known: `lexicon.json`, folded
(lower case, without accents), several to a line with bars between them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_DATA: dict[str, Any] = json.loads(Path(__file__).with_name("lexicon.json").read_text(encoding="utf-8"))


def _words(lines: list[str]) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split("|"))


SECTION_STEMS = {kind: _words(lines) for kind, lines in _DATA["section_stems"].items()}
"""Words that name a section, by its kind."""
HEADING_FILLERS = frozenset(_words(_DATA["heading_fillers"]))
"""Words that may stand beside them in a heading."""
WHOLE_HEADINGS = {
    heading: "" if kind == "none" else kind
    for kind, lines in _DATA["whole_headings"].items()
    for heading in _words(lines)
}
"""Headings that their words do not give away, and lines that look like headings and are none ("")."""
TITLE_WORDS = frozenset(_words(_DATA["title_words"]))
TITLE_SUFFIXES = _words(_DATA["title_suffixes"])
ORG_WORDS = frozenset(_words(_DATA["organisation_words"]))
ORG_SUFFIXES = _words(_DATA["organisation_suffixes"])
SCHOOL_WORDS = frozenset(_words(_DATA["school_words"]))
DEGREE_WORDS = frozenset(_words(_DATA["degree_words"]))
LANGUAGES = "|".join(re.escape(name) for name in _words(_DATA["languages"]))
"""A pattern of the names of human languages, in several languages."""
COUNTRIES = frozenset(_words(_DATA["countries"]))
STATES = frozenset(_words(_DATA["states"]))
CITIES = frozenset(_words(_DATA["cities"]))

SKILL_LABELS = re.compile(
    r"^(?:tech(?:nologies|nology|nical)?|tech(?:nology)? stack|stack|tools?(?: used)?|tools (?:and|&) "
    r"technologies|skills?(?: used)?|key skills|"
    r"environment|keywords|used|built with|made with|technologien|werkzeuge|techniken|eingesetzte \w+"
    r"|kenntnisse|technik|technologies utilisees|outils|"
    r"environnement(?: technique)?|competences|tecnologias|herramientas|entorno|ferramentas|tecnologie"
    r"|strumenti|technologie|narzedzia|technologies? used|"
    r"methods|methoden|技术栈|技术|工具|使用技術|技術|التقنيات|الأدوات|טכנולוגיות|כלים)\s*[:：–-]\s*(?=\S)"
)
GLYPHS = "•●▪◦‣∙·*–—-−→➢➤▸►»✓✔§■□○◆◇❖⁃﹣®©¢¬・"
