"""Jobs: entries of a work section."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from harness.simulator.parse.blocks import Block, cut, is_skill_line, looks_like_prose, statements
from harness.simulator.parse.dates import fold
from harness.simulator.parse.headers import assign, pieces_of, vote
from harness.simulator.parse.model import Role
from harness.simulator.parse.phrases import DIVISION, HARD, org_score, place_score, short_line, title_score
from harness.simulator.parse.sections import Line


def without_division(company: str) -> str:
    """The employer's bare name: what stands before a division in brackets, behind a dash, or behind a comma."""
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", company).strip()
    bare = re.split(r"\s+[–—-]\s+|\s*/\s+|,\s+", bare)[0].strip()
    return bare or company


def _roles_header(text: str) -> float:
    cells = [cell for cell in HARD.split(text) if re.search(r"\w", cell)]
    if len(cells) > 1 and len(text) < 90 and any(place_score(cell) >= 1.5 for cell in cells):
        return 1.5
    return max(title_score(text), org_score(text) * 0.8, 1.0 if place_score(text) >= 2 and len(text) < 45 else 0.0) - (
        1.2 if re.match(r"^[A-Z]\w+ed\b", text) and len(text.split()) > 4 else 0.0
    )


def read_roles(lines: tuple[Line, ...], width: int, known: frozenset[str]) -> list[Role]:
    """The jobs of a work section."""
    blocks = cut(lines, single=False, header_like=_roles_header)
    if not blocks:
        blocks = cut(lines, single=True, header_like=_roles_header)
    if not blocks:
        return _undated(lines, width, known)
    blocks = [_tidy(block) for block in blocks]
    _steal(blocks, known)
    _complete(blocks, known)
    split = [pieces_of(block, known) for block in blocks]
    kinds = vote(split)
    roles: list[Role] = []
    group: tuple[str, str] | None = None
    for number, (block, pieces) in enumerate(zip(blocks, split, strict=True)):
        company, titles, place = assign(pieces, kinds)
        bullets, skills = statements(block.body, width)
        period = block.period
        start, end = (period.start, period.end) if period else (None, None)
        follows = number + 1 < len(blocks)
        if company and not titles and not bullets and follows:
            later_company, later_titles, _ = assign(split[number + 1], kinds)
            if later_titles and (not later_company or title_score(later_company) > org_score(later_company)):
                group = (company, place)
                continue
        if titles and not company and group:
            company, place = group[0], place or group[1]
        elif titles and not company and roles and number and not split[number][1:]:
            company, place = roles[-1].company, place or roles[-1].location
        elif company:
            group = None if titles else group
        if not company and not titles:
            continue
        roles.append(
            Role(
                company,
                without_division(company),
                titles,
                start,
                end,
                place,
                tuple(bullets),
                tuple(skills),
                "\n".join(block.header),
            )
        )
    return _places_by_habit(roles)


def _places_by_habit(roles: list[Role]) -> list[Role]:
    """Where a CV puts known places behind employers in one way (in brackets, behind a comma), an unknown word in that
    position is a place too."""
    brackets = sum(role.location != "" and f"({role.location})" in role.printed for role in roles)
    commas = sum(
        role.location != "" and any(line.endswith(f", {role.location}") for line in role.printed.split("\n"))
        for role in roles
    )
    out: list[Role] = []
    for role in roles:
        if not role.location:
            match = re.match(r"^(.*\S)\s*\(([^()]+)\)$", role.company) if brackets else None
            if match is None and commas:
                match = re.match(r"^(.*\S),\s*([^,]+)$", role.company)
            if (
                match
                and len(match.group(2).split()) <= 3
                and not DIVISION.search(fold(match.group(2)))
                and org_score(match.group(2)) < 1
            ):
                body = match.group(1)
                role = replace(role, company=body, short=without_division(body), location=match.group(2))
        out.append(role)
    return out


def _steal(blocks: list[Block], known: frozenset[str]) -> None:
    """Short lines behind the last bullet of an entry belong to the next one where that one lacks title or employer."""
    for before, block in pairwise(blocks):
        if len(pieces_of(block, known)) >= 2 or not any(line.bullet for line in before.body):
            continue
        taken: list[str] = []
        while len(taken) < 2 and before.body and short_line(before.body[-1]) and before.body[-1].text[:1].isupper():
            taken.insert(0, before.body.pop().text)
        block.header[:0] = taken


def _complete(blocks: list[Block], known: frozenset[str]) -> None:
    """Where most headers lack a title or an employer, the short line under them is what is missing."""
    split = [pieces_of(block, known) for block in blocks]
    kinds = vote(split)
    lacking: list[Block] = []
    for block, pieces in zip(blocks, split, strict=True):
        company, titles, _ = assign(pieces, kinds)
        if not (company and titles):
            lacking.append(block)
    candidates = [block for block in lacking if block.body and short_line(block.body[0])]
    if not candidates or len(candidates) * 3 < len(blocks) * 2 or (len(candidates) == 1 and len(blocks) > 1):
        return
    if sum(len(block.body[0].text.split()) for block in candidates) / len(candidates) > 6:
        return
    for block in candidates:
        block.header.append(block.body.pop(0).text)


def _tidy(block: Block) -> Block:
    """Header lines that are statements go to the body."""
    kept: list[str] = []
    for text in block.header:
        if looks_like_prose(text) and kept:
            block.body.insert(0, Line(text))
        else:
            kept.append(text)
    block.header = kept
    return block


def _undated(lines: tuple[Line, ...], width: int, known: frozenset[str]) -> list[Role]:
    """Jobs of a section without any dates."""
    roles: list[Role] = []
    header: list[str] = []
    body: list[Line] = []

    def flush() -> None:
        if not header:
            return
        block = Block(header=list(header))
        pieces = pieces_of(block, known)
        company, titles, place = assign(pieces, vote([pieces]))
        bullets, skills = statements(list(body), width)
        if company or titles:
            roles.append(
                Role(company, without_division(company), titles, None, None, place, tuple(bullets), tuple(skills))
            )

    for line in lines:
        is_header = not line.bullet and not looks_like_prose(line.text) and _roles_header(line.text) > 0.5
        if is_header and not is_skill_line(line.text):
            if body:
                flush()
                header, body = [], []
            header.append(line.text)
        elif header:
            body.append(line)
    flush()
    return roles
