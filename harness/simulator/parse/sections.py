"""Lines and sections: which headings a CV has, however they are worded, and which lines stand under them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from harness.simulator.parse.dates import find_period, fold
from harness.simulator.parse.lexicon import (
    DEVELOPMENT_HEADINGS,
    GLYPHS,
    HEADING_FILLERS,
    LANGUAGES,
    SECTION_STEMS,
    TITLE_WORDS,
)

_STEM_OF = {stem: kind for kind, stems in SECTION_STEMS.items() for stem in stems}
_SPACED = re.compile(r"^(?:\S ){3,}\S$")
_LANGUAGE_NAME = re.compile(rf"(?<![a-z])(?:{LANGUAGES})(?![a-z])")
_PAGE = re.compile(r"^(?:[-–—\s]*(?:page|seite|pagina|página|strona|p\.)?\s*\d{1,2}\s*(?:(?:/|of|von|sur|de|di|z)\s*\d{1,2})?[-–—\s]*)$", re.I)
_GLYPH = re.compile(rf"^\s*(?:[{re.escape(GLYPHS)}]|o(?=\s)|\(?\d{{1,2}}[.)](?=\s))\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. bullet: it began with a glyph (taken off). gap: an empty line stood before it."""

    text: str
    bullet: bool = False
    gap: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading. kind "" is what stands before the first one."""

    kind: str
    heading: str
    lines: tuple[Line, ...]


def read_lines(text: str) -> list[Line]:
    """The lines of a text without page numbers; bullets are marked and freed of their glyph."""
    lines: list[Line] = []
    gap = False
    for raw in text.replace("\u00a0", " ").replace("\r\n", "\n").replace("\f", "\n").split("\n"):
        stripped = raw.strip()
        if not stripped:
            gap = True
            continue
        if _PAGE.match(stripped) and not re.fullmatch(r"(?:19|20)\d\d", stripped):
            continue
        match = _GLYPH.match(raw)
        body = raw[match.end() :].strip() if match else stripped
        if not re.search(r"\w", body):
            gap = True
            continue
        lines.append(Line(body, bool(match), gap, len(raw) - len(raw.lstrip(" "))))
        gap = False
    return lines


def is_bullet_glyph_dash_date(line: Line) -> bool:
    """A glyph that was really the dash of an open date."""
    return line.bullet and find_period(line.text) is not None


@lru_cache(maxsize=8192)
def heading_kind(text: str) -> tuple[str, float]:
    """Which section a line would open, and how surely (0: none). All its words must belong to headings."""
    bare = text.strip().strip("#*_=~<>[]|•●▪ ").rstrip(":：").strip()
    if not bare or len(bare) > 48 or bare.endswith((".", ",", ";", "!", "?")) or re.search(r"\d|@|://", bare):
        return "", 0.0
    if _SPACED.match(bare):
        bare = re.sub(r"(?<=\S) (?=\S)", "", bare)
    folded = fold(bare).replace("ae", "ae")
    plain = re.sub(r"\s+", " ", folded.replace("&", "and").replace("/", " ").strip())
    whole = DEVELOPMENT_HEADINGS.get(plain.replace(" and ", " and "))
    if whole is not None:
        return whole, 1.0 if whole else 0.0
    words = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", plain)
    if not words or len(words) > 6:
        return "", 0.0
    if plain in _STEM_OF:
        return _STEM_OF[plain], 1.0
    stems = [(word, _STEM_OF[word]) for word in words if word in _STEM_OF]
    rest = [word for word in words if word not in _STEM_OF and word not in HEADING_FILLERS and len(word) > 1]
    if not stems and "good at" in plain and not rest:
        return "skills", 0.8
    if not stems or rest:
        return "", 0.0
    if any(word in TITLE_WORDS for word in words):
        return "", 0.0
    order = ("languages", "certifications", "training", "projects", "education", "skills", "work", "summary", "contact", "other")
    kinds = [kind for _, kind in stems]
    specific = [kind for kind in kinds if kind not in ("summary", "contact", "other", "work")]
    chosen = specific[0] if specific else min(kinds, key=order.index)
    if len(set(specific)) > 1 and "languages" in specific and specific[0] != "languages" and len(words) <= 2:
        chosen = specific[-1]
    return chosen, 0.9 if len(words) > 1 else 1.0


def split_label(text: str) -> tuple[str, str, str] | None:
    """A heading and content on one line ("Skills: a, b" or a label column): kind, label, content."""
    match = re.match(r"^([^:：\t|]{3,34})\s*(?:[:：]\s*(?=\S)|\t+\s*|\s\|\s)(.+)$", text)
    if not match:
        return None
    kind, sure = heading_kind(match.group(1))
    if sure < 0.9 or not kind:
        return None
    return kind, match.group(1).strip(), match.group(2).strip()


def sections_of(lines: list[Line]) -> list[Section]:
    """Cut lines into sections."""
    marks = _headings(lines)
    sections: list[Section] = []
    kind, heading, held = "", "", list[Line]()
    for index, line in enumerate(lines):
        mark = marks.get(index)
        if mark is None:
            held.append(line)
            continue
        sections.append(Section(kind, heading, tuple(held)))
        kind, heading, content = mark
        held = [Line(content, gap=line.gap)] if content else []
    sections.append(Section(kind, heading, tuple(held)))
    return [section for section in sections if section.lines or section.kind]


def _headings(lines: list[Line]) -> dict[int, tuple[str, str, str]]:
    """Index → (kind, heading, content on the same line)."""
    alone: dict[int, tuple[str, str, str]] = {}
    labelled: dict[int, tuple[str, str, str]] = {}
    for index, line in enumerate(lines):
        if line.bullet:
            continue
        kind, sure = heading_kind(line.text)
        if sure and not (index == 0 and kind == "summary" and fold(line.text).strip() in ("resume", "profile")):
            alone[index] = (kind, line.text, "")
            continue
        label = split_label(line.text)
        if label is not None:
            labelled[index] = label
    marks = dict(alone)
    seen = {kind for kind, _, _ in alone.values()}
    tabbed = sum("\t" in lines[index].text or " | " in lines[index].text for index in labelled)
    for index, (kind, label, content) in labelled.items():
        if kind == "languages" and not _LANGUAGE_NAME.search(fold(content)):
            continue
        colon = ":" in lines[index].text[: len(label) + 3] or "：" in lines[index].text
        if kind in ("contact", "summary", "other") and colon and len(content.split()) < 4 and kind != "summary":
            continue
        if colon and kind == "skills" and ("work" in seen or "projects" in seen) and "skills" in seen:
            continue  # a line of tools under a role
        if colon and kind == "projects" and "projects" in seen:
            continue
        if not colon and tabbed < 2:
            continue
        if kind in seen and alone:
            continue
        marks[index] = (kind, label, content)
    return _plausible(lines, marks)


def _plausible(lines: list[Line], marks: dict[int, tuple[str, str, str]]) -> dict[int, tuple[str, str, str]]:
    """Drop look-alikes: where most headings are in capitals or end in a colon, one that is neither and repeats a
    kind already met is a line of text."""
    heads = {index: lines[index].text for index in marks if not marks[index][2]}
    if len(heads) < 3:
        return marks
    style = Counter(_style(text) for text in heads.values())
    common, share = style.most_common(1)[0]
    if share / len(heads) < 0.6:
        return marks
    first: dict[str, int] = {}
    for index in sorted(heads):
        if _style(heads[index]) == common:
            first.setdefault(marks[index][0], index)
    return {
        index: mark
        for index, mark in marks.items()
        if index not in heads or _style(heads[index]) == common or mark[0] not in first
    }


def _style(text: str) -> str:
    if text.rstrip().endswith((":", "：")):
        return "colon"
    return "upper" if text.isupper() else "plain"
