"""Cutting a section into entries: by where dates stand, and by the pattern of the first entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from harness.simulator.parse.dates import find_period, fold, without
from harness.simulator.parse.lexicon import SKILL_LABELS
from harness.simulator.parse.model import Period
from harness.simulator.parse.sections import Line


@dataclass(slots=True)
class Block:
    """One entry: header lines (periods cut out), its period, and what stands under it."""

    header: list[str] = field(default_factory=list)
    period: Period | None = None
    body: list[Line] = field(default_factory=list)
    dated_line: int = 0
    """Which header line held the period."""


def is_skill_line(text: str) -> bool:
    """A line of tools under an entry ("Tech: a, b")."""
    return SKILL_LABELS.match(fold(text)) is not None


def looks_like_prose(text: str) -> bool:
    """A sentence rather than a header: long, or closed by a full stop."""
    words = text.split()
    if len(words) > 14:
        return True
    closed = text.rstrip().endswith((".", ";", "!")) and not _LEGAL_END.search(text)
    return len(words) > 5 and closed


_LEGAL_END = re.compile(
    r"(?:\b(?:inc|ltd|co|corp|llc|st|jr|sr|bros|dept|univ)|\b(?:[a-z]\.){1,4}[a-z]|o\.o|\bK\.K|S\.p\.A)\.$", re.I
)


def anchor_of(line: Line, *, single: bool) -> Period | None:
    """The period of a line that heads an entry: it stands at the start or the end of the line, or in brackets."""
    period = find_period(line.text, single=single)
    if period is None:
        return None
    text = line.text
    if looks_like_prose(text) and len(text) > 110:
        return None
    before, after = text[: period.begin].strip(" (\t|,–—-:;·•["), text[period.stop :].strip(" )\t|,–—-:;·•].")
    open_ended = period.end is not None and period.end.present and not period.end.printed
    parted = re.search(r"[|\t·•]\s*\(?$", text[: period.begin]) is not None
    if before and open_ended and len(before.split()) > 6 and not parted:
        return None
    if not before or not after:
        if period.single and before and len(before.split()) > 9:
            return None
        if (
            not after
            and before
            and re.search(r"\b(in|of|by|to|for|until|since|im|en|de|w)$", fold(before))
            and period.single
        ):
            return None
        return period
    if re.search(
        r"[\t|•·]|\s[–—-]\s", text[max(0, period.begin - 3) : period.begin] + text[period.stop : period.stop + 3]
    ):
        return period
    closed = text[: period.begin].rstrip().endswith(("(", "[")) and text[period.stop :].lstrip().startswith((")", "]"))
    if closed and not period.single:
        return period
    if "," in text[max(0, period.begin - 2) : period.begin] and not period.single and not looks_like_prose(text):
        return period
    return None


def cut(
    lines: tuple[Line, ...], *, single: bool, header_like: Callable[[str], float], most_above: int = 3
) -> list[Block]:
    """Entries of a dated section.

    single: whether a lone date may head an entry. header_like: how much a line looks like a header (title, employer,
    school) rather than like a statement; positive means yes. Lines above the first date show how many lines of a
    header stand above each date.
    """
    anchors = _anchors(lines, single)
    if not anchors:
        return []
    order = sorted(anchors)
    glyphs = any(line.bullet for index, line in enumerate(lines) if index not in anchors)
    starts = _starts(lines, order, most_above)
    below = _below(lines, order, starts, glyphs, header_like)
    stops = [*starts[1:], len(lines)]
    return [
        _block(lines[start:stop], index - start, anchors[index], most_below)
        for index, start, stop, most_below in zip(order, starts, stops, below, strict=True)
    ]


def _starts(lines: tuple[Line, ...], order: list[int], most_above: int) -> list[int]:
    """Where each entry begins: as many lines above its date as stand above the first one, as far as they can belong
    to a header."""
    above = min(order[0], most_above)
    while above and (lines[order[0] - above].bullet or looks_like_prose(lines[order[0] - above].text)):
        above -= 1
    starts: list[int] = []
    for number, index in enumerate(order):
        lowest = order[number - 1] + 1 if number else 0
        start = index
        for step in range(1, above + 1):
            if index - step < lowest:
                break
            line = lines[index - step]
            if line.bullet or is_skill_line(line.text) or looks_like_prose(line.text):
                break
            if number and index - step + 1 < index and lines[index - step + 1].gap and not lines[index].gap:
                break
            start = index - step
        starts.append(start)
    return starts


_CLIENT = re.compile(r"^(?:clients?|customers?|kunden|clientes|clienti|klienci)\s*[:：]")


def _block(lines: tuple[Line, ...], dated: int, period: Period, most_below: int) -> Block:
    """One entry from its lines. dated: which of them holds the period; most_below: how many lines under that one may
    belong to the header."""
    block = Block(period=period)
    for position, line in enumerate(lines[: dated + 1]):
        text = line.text
        if position == dated:
            block.dated_line = len(block.header)
            text = without(text, period)
        if text:
            block.header.append(text)
    position = dated + 1
    for line in lines[position : position + most_below]:
        if line.bullet or is_skill_line(line.text) or _CLIENT.match(fold(line.text)):
            break
        block.header.append(line.text)
        position += 1
    block.body = list(lines[position:])
    return block


def _anchors(lines: tuple[Line, ...], single: bool) -> dict[int, Period]:
    ranges = {
        index: period
        for index, line in enumerate(lines)
        if (period := anchor_of(line, single=False)) is not None and not is_skill_line(line.text)
    }
    plain = {index: period for index, period in ranges.items() if not lines[index].bullet}
    bulleted = {
        index: period for index, period in ranges.items() if lines[index].bullet and len(lines[index].text) < 110
    }
    found = {**plain, **bulleted}
    if single:
        for index, line in enumerate(lines):
            if index in found or is_skill_line(line.text) or (line.bullet and plain):
                continue
            period = anchor_of(line, single=True)
            if period is not None and len(line.text) < 120:
                found[index] = period
    return found


def _below(
    lines: tuple[Line, ...], order: list[int], starts: list[int], glyphs: bool, header_like: Callable[[str], float]
) -> list[int]:
    """How many header lines follow each dated line."""
    counts: list[int] = []
    room: list[int] = []
    for number, index in enumerate(order):
        stop = starts[number + 1] if number + 1 < len(order) else len(lines)
        count = 0
        for position in range(index + 1, min(stop, index + 4)):
            line = lines[position]
            if line.bullet or is_skill_line(line.text) or looks_like_prose(line.text) or len(line.text) > 100:
                break
            if line.gap and position > index + 1 and lines[position - 1].gap is False and not glyphs:
                break
            if header_like(line.text) <= 0 and not (glyphs and _bullet_follows(lines, position, stop)):
                break
            count += 1
        counts.append(count)
        room.append(stop - index - 1)
    if not counts:
        return counts
    if not glyphs:
        usual = int(median(sorted(counts)))
        have = [count for count, space in zip(counts, room, strict=True) if space]
        usual = int(median(have)) if have else usual
        out: list[int] = []
        for index, count, space in zip(order, counts, room, strict=True):
            extra = count > usual and header_like(lines[index + usual + 1].text) >= 1.5
            out.append(min(space, usual + 1 if extra else usual))
        return out
    return counts


def _bullet_follows(lines: tuple[Line, ...], position: int, stop: int) -> bool:
    return any(lines[later].bullet for later in range(position + 1, min(stop, position + 4)))


def unwrap(lines: list[Line], width: int) -> list[Line]:
    """Statements from lines: a line that only continues the one before it (because the page was too narrow) is
    joined to it. `width`: the longest line of the text, in characters."""
    out: list[Line] = []
    glyphs = any(line.bullet for line in lines)
    previous = ""
    for line in lines:
        if (
            out
            and not line.bullet
            and not line.gap
            and _continues(previous, line.text, width, glyphs and out[-1].bullet)
        ):
            joined = out[-1].text
            joined = joined[:-1] + line.text if joined.endswith("\u00ad") else f"{joined} {line.text}"
            out[-1] = Line(joined, out[-1].bullet, out[-1].gap, out[-1].indent)
        else:
            out.append(line)
        previous = line.text
    return out


def _continues(previous: str, text: str, width: int, under_bullet: bool) -> bool:
    if is_skill_line(text) or text.startswith(("http", "www.")):
        return False
    first = text.split(maxsplit=1)[0]
    lower = first[:1].islower() or first[:1] in "(&%"
    full = len(previous) + len(first) + 1 > width * 0.94
    if lower and (len(previous) > width * 0.6 or previous.endswith((",", "-", "–")) or under_bullet):
        return True
    if previous.rstrip().endswith((".", "!", "?", ":")):
        return full and under_bullet
    return full


def statements(lines: list[Line], width: int) -> tuple[list[str], list[str]]:
    """Bullets and skill lists of an entry's body."""
    bullets: list[str] = []
    skills: list[str] = []
    for line in unwrap(lines, width):
        match = SKILL_LABELS.match(fold(line.text))
        if match:
            skills.extend(split_items(line.text[match.end() :]))
        elif re.search(r"\w", line.text):
            bullets.append(line.text.strip())
    return bullets, skills


def split_items(text: str) -> list[str]:
    """Items of an enumeration, commas inside brackets left alone."""
    items: list[str] = []
    depth = 0
    held = ""
    for index, character in enumerate(text):
        if character in "([（":
            depth += 1
        elif character in ")]）":
            depth = max(0, depth - 1)
        between_digits = (
            character == "," and text[index - 1 : index].isdigit() and text[index + 1 : index + 2].isdigit()
        )
        if depth == 0 and character in ",;|•·●▪\t\n、，；،/" and not between_digits:
            if character == "/" and not (text[index - 1 : index] == " " and text[index + 1 : index + 2] == " "):
                held += character
                continue
            items.append(held)
            held = ""
        else:
            held += character
    items.append(held)
    return [
        item.strip(" .–—-•·*").strip() if not item.strip().startswith(".") else item.strip(" –—•·*")
        for item in items
        if re.search(r"\w", item)
    ]
