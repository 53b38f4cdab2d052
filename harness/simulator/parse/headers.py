"""The header of a job taken apart: which part is the title, the employer, the place."""

from __future__ import annotations

import re
from collections import defaultdict

from harness.simulator.parse.blocks import Block
from harness.simulator.parse.dates import fold
from harness.simulator.parse.phrases import (
    AT,
    DASH,
    DIVISION,
    bare_place,
    cells_of,
    org_score,
    place_score,
    split_place,
    title_score,
)


def pieces_of(block: Block, known: frozenset[str]) -> list[tuple[tuple[int, int], str]]:
    """Parts of a header with where they stand: (line, part)."""
    out: list[tuple[tuple[int, int], str]] = []
    for row, text in enumerate(block.header):
        cells = [cell.strip(" ,;–—-:") for cell in cells_of(text)]
        cells = [cell for cell in cells if re.search(r"\w", cell)]
        for column, cell in enumerate(cells):
            out.append(((row, column), cell))
    places = [piece for piece in out if bare_place(piece[1], known)]
    rest = [piece for piece in out if piece not in places]
    if len(rest) == 1:
        where, text = rest[0]
        halves = halve(text, known)
        halved = [((where[0], where[1] + 10 * number), half) for number, half in enumerate(halves)]
        if len(halved) > 1:
            places += [piece for piece in halved if bare_place(piece[1], known)]
        rest = [piece for piece in halved if piece not in places]
    elif len(rest) == 2 and not places:
        for (where, text), other in ((rest[0], rest[1]), (rest[1], rest[0])):
            halves = halve(text, known)
            plain = len(other[1].split()) <= 3 and not title_score(other[1]) and not org_score(other[1])
            if (
                plain
                and other[0][0] != where[0]
                and len(halves) == 2
                and abs(title_score(halves[0]) - title_score(halves[1])) >= 1.4
            ):
                rest = [(where, halves[0]), ((where[0], where[1] + 10), halves[1])]
                places = [other]
                break
    return rest + [((row, 90 + column), text) for (row, column), text in places]


def halve(text: str, known: frozenset[str]) -> list[str]:
    """A one-line header cut into title and employer."""
    parts = AT.split(text, maxsplit=1)
    if len(parts) == 2:
        return [part.strip() for part in parts]
    body, place = split_place(text, known)
    tail = [place] if place else []
    dashes = [part.strip() for part in DASH.split(body) if part.strip()]
    if len(dashes) >= 2:
        return [*_best_cut(dashes, " – ", body), *tail]
    commas = [part.strip() for part in body.split(",") if part.strip()]
    if len(commas) >= 2:
        return [*_best_cut(commas, ", ", body), *tail]
    colon = [part.strip() for part in re.split(r":\s+", body, maxsplit=1)]
    if len(colon) == 2:
        return [*colon, *tail]
    match = re.match(r"^(.*\S)\s*\(([^()]+)\)$", body)
    if match and (title_score(match.group(1)) >= 1 > title_score(match.group(2))) and org_score(match.group(2)):
        return [match.group(1), match.group(2), *tail]
    return [body, *tail]


def _best_cut(parts: list[str], joint: str, whole: str) -> list[str]:
    """Where to cut parts in two so that one side is a title and the other an employer."""
    best, at = -9.0, 1
    for index in range(1, len(parts)):
        left, right = joint.join(parts[:index]), joint.join(parts[index:])
        one = title_score(left) - org_score(left) + org_score(right) - title_score(right)
        score = abs(one) + 0.05 * (index == 1)
        if score > best:
            best, at = score, index
    left = joint.join(parts[:at])
    cut_at = whole.find(parts[at], len(left) - len(joint) if at > 1 else 0)
    return [whole[:cut_at].rstrip(" ,–—-"), whole[cut_at:].strip()] if cut_at > 0 else [left, joint.join(parts[at:])]


def vote(split: list[list[tuple[tuple[int, int], str]]]) -> dict[tuple[int, int], str]:
    """What each place in the header mostly holds, over all entries."""
    scores: dict[tuple[int, int], list[float]] = defaultdict(list)
    for pieces in split:
        for where, text in pieces:
            if where[1] < 90:
                scores[where].append(title_score(text) - org_score(text))
    kinds: dict[tuple[int, int], str] = {}
    for where, values in scores.items():
        kinds[where] = "title" if sum(values) / len(values) > 0.25 else "company"
    return kinds


def assign(
    pieces: list[tuple[tuple[int, int], str]], kinds: dict[tuple[int, int], str]
) -> tuple[str, tuple[str, ...], str]:
    """Employer, titles and place of one header."""
    titles: list[str] = []
    companies: list[str] = []
    places: list[str] = []
    plain = [(where, text) for where, text in pieces if where[1] < 90]
    places = [text for where, text in pieces if where[1] >= 90]
    if len(plain) >= 2:
        lean = {
            where: title_score(text) - org_score(text) + (0.7 if kinds.get(where) == "title" else -0.7)
            for where, text in plain
        }
        best = max(plain, key=lambda item: lean[item[0]])
        worst = min(
            (item for item in plain if item is not best),
            key=lambda item: lean[item[0]] + 0.1 * item[0][0] + 0.02 * item[0][1],
        )
        rest = [piece for piece in plain if piece not in (best, worst) and not _engagement(piece[1])]
        titles = [
            text
            for where, text in plain
            if where == best[0] or (where != worst[0] and title_score(text) > 1.2 > org_score(text))
        ]
        companies = [worst[1]]
        rest = [(where, text) for where, text in rest if text not in titles]
        for number, (where, text) in enumerate(rest):
            last = number == len(rest) - 1
            bracket = re.match(r"^(.*\S)\s*\(([^()]+)\)$", text)
            if where[0] == worst[0][0] + 1 and where[1] == 0 and bracket and place_score(bracket.group(2)) >= 1.5:
                companies[-1] = f"{companies[-1]} {bracket.group(1)}"
                places.append(bracket.group(2))
                continue
            if (
                last
                and not places
                and len(text.split()) <= 4
                and org_score(text) < 1
                and not DIVISION.search(fold(text))
            ):
                places.append(text)
            elif len(text.split()) <= 6:
                companies.append(text)
    elif plain:
        where, text = plain[0]
        score = title_score(text) - org_score(text)
        if score > 0.25 or (score > -0.25 and kinds.get(where) == "title"):
            titles.append(text)
        else:
            companies.append(text)
    company, found = "", ""
    if companies:
        company = ", ".join(companies)
        company, found = split_place(company, frozenset(fold(place) for place in places))
    place = places[0] if places else found
    return company.strip(" ,"), tuple(title.strip(" ,") for title in titles), place.strip(" ()")


def _engagement(text: str) -> bool:
    return bool(
        re.search(
            r"\b(full|part)[ -]?time|permanent|temporary|contract|vollzeit|teilzeit|befristet|cdi|cdd\b", fold(text)
        )
    )
