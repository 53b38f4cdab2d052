"""Studies: entries of an education section."""

from __future__ import annotations

import re

from harness.simulator.parse.blocks import Block, cut, looks_like_prose, statements
from harness.simulator.parse.dates import fold
from harness.simulator.parse.lexicon import DEGREE_WORDS
from harness.simulator.parse.model import Study
from harness.simulator.parse.phrases import (
    AT,
    DIVISION,
    bare_place,
    cells_of,
    degree_score,
    org_score,
    place_score,
    school_score,
    short_line,
    split_place,
)
from harness.simulator.parse.sections import Line


def split_degree(text: str) -> tuple[str, str]:
    """Qualification and subject of a phrase such as "BSc (Hons) in Physics"."""
    text = text.strip(" ,;:–—-")
    parts = re.split(r"\s+in\s+|\s+[–—]\s+|:\s+", text, maxsplit=1)
    if len(parts) == 2 and degree_score(parts[0]) > 0:
        return parts[0].strip(" ,"), parts[1].strip(" ,")
    if "," in text:
        left, right = text.split(",", 1)
        if degree_score(left) > 0 and school_score(right) == 0:
            inner = split_degree(left) if re.match(r"^(?:[A-Z][a-z]{0,2}\.?){2,4}\s", left) else ("", "")
            return (left.strip(), right.strip()) if not inner[1] else (inner[0], f"{inner[1]}, {right.strip()}")
    match = re.match(
        r"^((?:bachelor|master|doctor|associate)(?:['’]s)?(?:\s+degree)?\s+(?:of|en|em)\s+(?:science|arts"
        r"|engineering|business administration|laws?|education|philosophy|commerce|nursing|fine "
        r"arts)(?:\s+\(hons?\))?)\s+(?:in\s+)?(.+)$",
        text,
        re.I,
    )
    if match:
        return match.group(1), match.group(2)
    match = re.match(
        r"^(.*?\b(?:licence|master|doctorat|licenciatura|grado|maestria|máster|mestrado|bacharelado|laurea(?: "
        r"triennale| magistrale)?|diplôme|licencjat|magister|dottorato))\s+(?:en|em|in|w|z|de|di)\s+(.+)$",
        text,
        re.I,
    )
    if match:
        return match.group(1).strip(), match.group(2).strip()
    match = re.match(
        r"^(diplôme d['’]état|t[eé]cnico superior|tecnico superiore|level \d+ (?:diploma|certificate|nvq)"
        r"|higher national (?:diploma|certificate)|staatlich geprüfter?\b|certificat d['’]aptitude\b)\s+(?:in "
        r"|en |de |em )?(.+)$",
        text,
        re.I,
    )
    if match:
        return match.group(1), match.group(2)
    words = text.split()
    for size in range(min(3, len(words) - 1), 0, -1):
        head = " ".join(words[:size])
        tail_word = fold(words[size - 1]).strip("().,")
        if (
            tail_word in DEGREE_WORDS
            or tail_word in ("hons", "honours")
            or re.sub(r"[^a-z]", "", tail_word) in ("bsc", "msc", "phd", "beng", "meng", "llb", "llm")
        ):
            rest = " ".join(words[size:])
            rest = re.sub(r"^(?:in|of|en|em|im|w|der|de)\s+", "", rest)
            return head, rest.strip()
    return text, ""


def read_studies(lines: tuple[Line, ...], width: int, known: frozenset[str]) -> list[Study]:
    """The studies of an education section."""

    def header_like(text: str) -> float:
        return max(degree_score(text), school_score(text)) - (0.5 if looks_like_prose(text) else 0.0)

    blocks = cut(lines, single=True, header_like=header_like)
    if not blocks:
        blocks = _undated_studies(lines)
    studies: list[Study] = []
    for block in blocks:
        while (
            block.body
            and not block.body[0].bullet
            and header_like(block.body[0].text) >= 1.5
            and _lacks(block, block.body[0].text)
        ):
            block.header.append(block.body.pop(0).text)
        wanted = 2 - len(block.header)
        while (
            wanted > 0
            and block.body
            and short_line(block.body[0])
            and not re.search(r"\d|honou?rs|grade|thesis|dissertation|\bgpa\b|note\b", fold(block.body[0].text))
        ):
            if block.header and degree_score(" ".join(block.header)) and school_score(" ".join(block.header)):
                break
            block.header.append(block.body.pop(0).text)
            wanted -= 1
        studies.extend(_study(block, width, known))
    return studies


def _lacks(block: Block, text: str) -> bool:
    joined = " ".join(block.header)
    return (school_score(text) >= 1.5 and school_score(joined) < 1) or (
        degree_score(text) >= 1.5 and degree_score(joined) < 1
    )


def _undated_studies(lines: tuple[Line, ...]) -> list[Block]:
    blocks: list[Block] = []
    for line in lines:
        degree, school = degree_score(line.text), school_score(line.text)
        current = blocks[-1] if blocks else None
        joined = " ".join(current.header) if current else ""
        header = max(degree, school) >= 1.5 and not looks_like_prose(line.text)
        repeats = (degree >= 1.5 and degree_score(joined) >= 1.5) or (school >= 1.5 and school_score(joined) >= 1.5)
        if header and (current is None or repeats or current.body):
            blocks.append(Block(header=[line.text]))
        elif header and current is not None:
            current.header.append(line.text)
        elif current is not None:
            current.body.append(line)
    return blocks


def _study(block: Block, width: int, known: frozenset[str]) -> list[Study]:
    """The study that a block tells of; none where its header holds nothing but places."""
    cells, places = _places_apart(_cells(block), known)
    if not cells:
        return []
    school, degree_text = _school_and_degree(cells)
    degree, subject = split_degree(degree_text) if degree_text else ("", "")
    notes: list[str] = []
    for cell in cells:
        if cell in (school, degree_text):
            continue
        after_school = not places and cells.index(cell) > cells.index(school)
        if after_school and (subject or not degree) and _like_a_place(cell):
            places = [cell]
        elif not subject and _like_a_subject(cell):
            subject = cell
        else:
            notes.append(cell)
    name, place = _school_and_place(school, known, placed=bool(places))
    bullets, _ = statements(block.body, width)
    notes += list(bullets)
    period = block.period
    start, end = (period.start, period.end) if period else (None, None)
    return [Study(name, degree, subject, start, end, places[0] if places else place, tuple(notes))]


def _cells(block: Block) -> list[str]:
    """What the header's lines hold, part by part."""
    cells: list[str] = []
    for text in block.header:
        cells.extend(cell.strip(" ,;–—-:") for cell in cells_of(text) if re.search(r"\w", cell))
    return cells


def _places_apart(cells: list[str], known: frozenset[str]) -> tuple[list[str], list[str]]:
    """The cells without those that are places, and these. A cell that holds school and qualification together is cut
    into them."""
    places = [
        cell
        for cell in cells
        if bare_place(cell, known) and school_score(cell) == 0 and (degree_score(cell) == 0 or place_score(cell) >= 2.5)
    ]
    cells = [cell for cell in cells if cell not in places]
    mixed = next((cell for cell in cells if _mixed(cell)), None)
    if len(cells) == 1 or mixed is not None:
        at = 0 if mixed is None else cells.index(mixed)
        cells = [*cells[:at], *_split_study(cells[at], known), *cells[at + 1 :]]
        extra = [
            cell for cell in cells if bare_place(cell, known) and school_score(cell) == 0 and degree_score(cell) == 0
        ]
        places += extra
        cells = [cell for cell in cells if cell not in extra]
    return cells, places


def _mixed(cell: str) -> bool:
    """Whether school and qualification stand in one cell, with a joint between them."""
    both = school_score(cell) >= 1.5 and degree_score(cell) >= 1.5
    return both and re.search(r"\s[–—-]\s|,\s|\sat\s", cell) is not None


def _school_and_degree(cells: list[str]) -> tuple[str, str]:
    """The cell that names the school and the one that names the qualification; "" for one that is not there."""
    school = max(cells, key=lambda cell: school_score(cell) - degree_score(cell))
    others = [cell for cell in cells if cell != school]
    if not others and degree_score(school) > school_score(school):
        return "", school
    return school, max(others, key=degree_score) if others else ""


def _like_a_place(cell: str) -> bool:
    return len(cell.split()) <= 2 and cell[:1].isupper() and not re.search(r"\d", cell)


def _like_a_subject(cell: str) -> bool:
    return len(cell.split()) <= 6 and not re.search(r"\d|honours|distinction|grade|note|gpa", fold(cell))


def _school_and_place(school: str, known: frozenset[str], *, placed: bool) -> tuple[str, str]:
    """The school's name, and the place behind it. placed: the place is known from elsewhere, so what merely looks like
    one belongs to the name."""
    name, place = split_place(school, known) if school else ("", "")
    tail = re.match(r"^(.*\S),\s*([^\W\d][^,]{2,24})$", name)
    if (
        tail
        and not place
        and not placed
        and len(tail.group(2).split()) <= 2
        and school_score(tail.group(1))
        and not org_score(tail.group(2))
        and not DIVISION.search(fold(tail.group(2)))
    ):
        return tail.group(1), tail.group(2)
    return name, place


def _split_study(text: str, known: frozenset[str]) -> list[str]:
    """A one-line study cut into qualification, school and place."""
    parts = AT.split(text, maxsplit=1)
    if len(parts) == 1:
        for joint in (r"\s+[–—-]\s+", r",\s+"):
            parts = [part.strip() for part in re.split(joint, text) if part.strip()]
            if len(parts) > 1:
                break
    if len(parts) < 2:
        return [text]
    merged: list[str] = []
    for part in parts:
        if merged and school_score(part) == 0 and not bare_place(part, known) and school_score(merged[-1]) == 0:
            merged[-1] = f"{merged[-1]}, {part}"
        else:
            merged.append(part)
    return merged
