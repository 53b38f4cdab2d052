"""Lines and sections: which headings a CV has, however they are worded, and which lines stand under them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

from harness.simulator.parse.dates import fold
from harness.simulator.parse.lexicon import (
    GLYPHS,
    HEADING_FILLERS,
    LANGUAGES,
    SECTION_STEMS,
    SKILL_LABELS,
    TITLE_WORDS,
    WHOLE_HEADINGS,
)

_STEM_OF = {stem: kind for kind, stems in SECTION_STEMS.items() for stem in stems}
_SPACED = re.compile(r"^(?:\S ){3,}\S$")
_LANGUAGE_NAME = re.compile(rf"(?<![a-z])(?:{LANGUAGES})(?![a-z])")
_PAGE = re.compile(
    r"^(?:[-–—\s]*+(?:page|seite|pagina|página|strona|p\.)?\s*\d{1,2}(?:\s*(?:/|of|von|sur|de|di"
    r"|z)\s*\d{1,2})?[-–—\s]*+)$",
    re.I,
)
_GLYPH = re.compile(rf"^\s*(?:[{re.escape(GLYPHS)}]+|o(?=\s)|\(?\d{{1,2}}[.)](?=\s))\s*(?=\S)")


_MISREAD = re.compile(
    r"(?m)^(?!(?:a|i|in|of|at|to|on|by|as|if|do|we|my|en|de|la|le|el|il|un|im|am|zu|ab|w|z"
    r"|o)\s)[a-z]{1,2} (?=[A-Z0-9][\w-]+)|^(?:[wmeo] )(?=[A-Z]\w+ )"
)
"""What optical character recognition makes of a bullet: a stray letter or two before a capital."""
_LABEL_ONLY = re.compile(
    r"^(?:(?:key|main|selected|principal) )?(?:responsibilities|duties|tasks|accomplishments|aufgaben"
    r"|tätigkeiten|missions|funciones|tareas|responsabilidades|mansioni|obowiązki|zakres obowiązków"
    r"|funções)"
    r"(?: (?:and|&) (?:achievements|duties|accomplishments))?\s*:?$|^(?:key |main )?achievements\s*:$",
    re.I,
)
_OPEN_END = re.compile(r"(?:\b(?:19|20)\d\d)\s*[-–—]\s*$")
_CLOSES = re.compile(
    r"^(?:present|current|now|today|to date|heute|aujourd|actual|oggi|obecnie|atual|hoje|presente|ongoing"
    r"|(?:[A-Za-zÀ-ž]{3,10}\.? |\d\d?[./])?(?:19|20)\d\d)\b.{0,30}$",
    re.I,
)
_TRAILING_GLYPH = re.compile(r"(?<!\s)\s+[•●▪◦■]\s*$")


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
    if len(_MISREAD.findall(text)) >= 3:
        text = _MISREAD.sub("• ", text)
    for raw in text.replace("\u00a0", " ").replace("\r\n", "\n").replace("\f", "\n").split("\n"):
        stripped = raw.strip()
        if not stripped:
            gap = True
            continue
        if _PAGE.match(stripped) and not re.fullmatch(r"(?:19|20)\d\d", stripped):
            continue
        match = _GLYPH.match(raw)
        body = raw[match.end() :].strip() if match else stripped
        trailing = None if match else _TRAILING_GLYPH.search(body)
        if trailing is None and not match and re.match(r"^& (?=[A-ZÀ-Ý])", stripped):
            match, body = _GLYPH.match("• x"), stripped[2:]
        if trailing is not None:
            match, body = trailing, body[: trailing.start()].strip()
        numbered = match is not None and re.match(r"\s*\(?\d", raw) is not None
        if numbered and (heading_kind(body)[0] or split_label(body) is not None):
            match = None  # a numbered heading, not a numbered statement
        if not re.search(r"\w", body) or _LABEL_ONLY.match(body):
            continue
        if lines and _OPEN_END.search(lines[-1].text) and _CLOSES.match(body) and not match:
            lines[-1] = replace(lines[-1], text=f"{lines[-1].text} {body}")
            continue
        lines.append(Line(body, bool(match), gap, len(raw) - len(raw.lstrip(" "))))
        gap = False
    return lines


@lru_cache(maxsize=8192)
def heading_kind(text: str) -> tuple[str, float]:
    """Which section a line would open, and how surely (0: none). All its words must belong to headings."""
    bare = text.strip().strip("#*_=~<>[]|•●▪ ").rstrip(":：").strip()
    bare = re.sub(r"^(?:\(?\d{1,2}[.)]|[IVX]{1,4}[.)]|[A-H][.)])\s+", "", bare)
    if not bare or len(bare) > 48 or bare.endswith((".", ",", ";", "!", "?")) or re.search(r"\d|@|://", bare):
        return "", 0.0
    if _SPACED.match(bare.replace("  ", " ").replace("  ", " ")):
        bare = " ".join(part.replace(" ", "") for part in re.split(r"\s{2,}", bare))
    folded = fold(bare).replace("ae", "ae")
    plain = re.sub(r"\s+", " ", folded.replace("&", "and").replace("/", " ").strip())
    whole = WHOLE_HEADINGS.get(plain.replace(" and ", " and "))
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
    order = (
        "languages",
        "certifications",
        "training",
        "projects",
        "education",
        "skills",
        "work",
        "summary",
        "contact",
        "other",
    )
    kinds = [kind for _, kind in stems]
    specific = [kind for kind in kinds if kind not in ("summary", "contact", "other", "work")]
    chosen = specific[0] if specific else min(kinds, key=order.index)
    if len(set(specific)) > 1 and "languages" in specific and specific[0] != "languages" and len(words) <= 2:
        chosen = specific[-1]
    if chosen == "education" and "work" in kinds and "academic" in words:
        chosen = "work"
    if (
        chosen == "education"
        and any(word.startswith(("complement", "continu", "zusatz", "beruflich")) for word in words)
        and words[0].startswith(("formation", "formacion", "formacao", "formazione"))
    ):
        chosen = "training"
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


def sections_of(lines: list[Line], name: str = "") -> list[Section]:
    """Cut lines into sections. The line with the person's `name` opens the head again, wherever a layout put it."""
    lines = _join_broken_headings(lines)
    marks = _headings(lines)
    if name:
        at = next((index for index, line in enumerate(lines) if line.text == name), -1)
        if at > 0 and at not in marks:
            marks[at] = ("", name, name)
    sections: list[Section] = []
    kind, heading, held = "", "", list[Line]()
    for index, line in enumerate(lines):
        mark = marks.get(index)
        if mark is None:
            held.append(line)
            continue
        sections.append(Section(kind, heading, tuple(held)))
        kind, heading, content = mark
        glyph = _GLYPH.match(content)
        listed = (
            index + 1 < len(lines)
            and lines[index + 1].bullet
            and kind in ("certifications", "training", "languages", "skills")
        )
        held = []
        if content:
            held.append(Line(content[glyph.end() :].strip() if glyph else content, bool(glyph) or listed, line.gap))
    sections.append(Section(kind, heading, tuple(held)))
    return [section for section in sections if section.lines or section.kind]


def _join_broken_headings(lines: list[Line]) -> list[Line]:
    """Headings that a narrow label column broke over two lines, made one."""
    out: list[Line] = []
    for line in lines:
        if out and not line.bullet and not out[-1].bullet and len(out[-1].text.split()) <= 2 and out[-1].text.isupper():
            words = line.text.split()
            size = next((n for n in range(len(words), 0, -1) if " ".join(words[:n]).isupper()), 0)
            both = f"{out[-1].text} {' '.join(words[:size])}"
            if 0 < size <= 3 and not heading_kind(out[-1].text)[0] and heading_kind(both)[0]:
                rest = " ".join(words[size:])
                out[-1] = Line(f"{both}\t{rest}" if rest else both, False, out[-1].gap)
                continue
        out.append(line)
    return out


def _inline_label(text: str) -> tuple[str, str, str] | None:
    """A heading in capitals with its content behind a mere space, as a flattened label column gives."""
    words = text.split(" ")
    for size in range(min(4, len(words) - 1), 0, -1):
        label = " ".join(words[:size])
        rest = " ".join(words[size:]).strip()
        if (
            not rest
            or not label.isupper()
            or (words[size].isupper() and len(words[size]) > 4 and not words[size][0].isdigit())
        ):
            continue
        kind, sure = heading_kind(label)
        if kind and sure >= 0.9:
            return kind, label, rest
    return None


def is_tool_label(text: str) -> bool:
    """A line of tools under a job or project ("Technologies: a, b"), whose label could also name a section."""
    return SKILL_LABELS.match(fold(text)) is not None and not re.match(
        r"(?i)(?:key |technical |it )?skills?\b|kenntnisse|comp[eé]tences", text
    )


def _headings(lines: list[Line]) -> dict[int, tuple[str, str, str]]:
    """Index → (kind, heading, content on the same line)."""
    alone: dict[int, tuple[str, str, str]] = {}
    labelled: dict[int, tuple[str, str, str]] = {}
    crowded: dict[int, tuple[str, str, str]] = {}
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
            continue
        inline = _inline_label(line.text)
        if inline is not None:
            crowded[index] = inline
    if len(crowded) >= 2:
        for index, line in enumerate(lines):
            first, _, rest = line.text.partition(" ")
            if (
                index not in crowded
                and index not in alone
                and rest
                and not line.bullet
                and _STEM_OF.get(fold(first)) == "other"
            ):
                crowded[index] = ("other", first, rest)
    marks = dict(alone)
    marks.update(
        {
            index: mark
            for index, mark in crowded.items()
            if mark[0] == "other" or mark[0] not in {kind for kind, _, _ in alone.values()}
        }
    )
    seen = {kind for kind, _, _ in alone.values()}
    tabbed = sum("\t" in lines[index].text or " | " in lines[index].text for index in labelled)
    for index, (kind, name, content) in labelled.items():
        if kind == "languages" and not _LANGUAGE_NAME.search(fold(content)):
            continue
        colon = ":" in lines[index].text[: len(name) + 3] or "：" in lines[index].text
        if kind == "contact" and colon and len(content.split()) < 4:
            continue
        if kind == "other" and not re.match(r"(?i)hobb|interes|referen|zainteres|loisir|aficion", name):
            continue
        if colon and kind == "skills" and is_tool_label(lines[index].text):
            continue
        if colon and kind == "skills" and ("work" in seen or "projects" in seen) and "skills" in seen:
            continue  # a line of tools under a role
        if colon and kind == "projects" and "projects" in seen:
            continue
        if not colon and tabbed < 2 and kind != "languages":
            continue
        if kind in seen and alone:
            continue
        marks[index] = (kind, name, content)
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
    before = ""
    kept: dict[int, tuple[str, str, str]] = {}
    for index, mark in sorted(marks.items()):
        if index not in heads or _style(heads[index]) == common or mark[0] not in first or mark[0] == before:
            kept[index] = mark
            before = mark[0]
    return kept


def _style(text: str) -> str:
    if text.rstrip().endswith((":", "：")):
        return "colon"
    return "upper" if text.isupper() else "plain"
