"""Roles and studies: which part of a header is the title, the employer or school, and the place."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

from harness.simulator.parse.blocks import Block, cut, is_skill_line, looks_like_prose, statements
from harness.simulator.parse.dates import find_period, fold, without
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
from harness.simulator.parse.model import Moment, Role, Study
from harness.simulator.parse.sections import Line

_HARD = re.compile(r"\t+|\s*[|¦•·●▪]\s*|\s{3,}|\n")
_DASH = re.compile(r"\s+[–—-]\s+|\s*—\s*")
_AT = re.compile(r"\s+(?:at|@|bei|chez|presso|w firmie)\s+", re.I)
_WORD = re.compile(r"[^\W_]+(?:[.'’&/+-][^\W_]+)*\.?")


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
        for phrase in re.findall(r"\(([^()]{3,40})\)", line.text) + _HARD.split(line.text):
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


def without_division(company: str) -> str:
    """The employer's bare name: what stands before a division in brackets, behind a dash, or behind a comma."""
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", company).strip()
    bare = re.split(r"\s+[–—-]\s+|\s*/\s+|,\s+", bare)[0].strip()
    return bare or company


def _roles_header(text: str) -> float:
    cells = [cell for cell in _HARD.split(text) if re.search(r"\w", cell)]
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
    split = [_pieces(block, known) for block in blocks]
    kinds = _vote(split)
    roles: list[Role] = []
    group: tuple[str, str] | None = None
    for number, (block, pieces) in enumerate(zip(blocks, split, strict=True)):
        company, titles, place = _assign(pieces, kinds)
        bullets, skills = statements(block.body, width)
        period = block.period
        start, end = (period.start, period.end) if period else (None, None)
        follows = number + 1 < len(blocks)
        if company and not titles and not bullets and follows:
            later_company, later_titles, _ = _assign(split[number + 1], kinds)
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
                and not _DIVISION.search(fold(match.group(2)))
                and org_score(match.group(2)) < 1
            ):
                body = match.group(1)
                role = replace(role, company=body, short=without_division(body), location=match.group(2))
        out.append(role)
    return out


def _steal(blocks: list[Block], known: frozenset[str]) -> None:
    """Short lines behind the last bullet of an entry belong to the next one where that one lacks title or employer."""
    for before, block in pairwise(blocks):
        if len(_pieces(block, known)) >= 2 or not any(line.bullet for line in before.body):
            continue
        taken: list[str] = []
        while len(taken) < 2 and before.body and _short(before.body[-1]) and before.body[-1].text[:1].isupper():
            taken.insert(0, before.body.pop().text)
        block.header[:0] = taken


def _complete(blocks: list[Block], known: frozenset[str]) -> None:
    """Where most headers lack a title or an employer, the short line under them is what is missing."""
    split = [_pieces(block, known) for block in blocks]
    kinds = _vote(split)
    lacking: list[Block] = []
    for block, pieces in zip(blocks, split, strict=True):
        company, titles, _ = _assign(pieces, kinds)
        if not (company and titles):
            lacking.append(block)
    candidates = [block for block in lacking if block.body and _short(block.body[0])]
    if not candidates or len(candidates) * 3 < len(blocks) * 2 or (len(candidates) == 1 and len(blocks) > 1):
        return
    if sum(len(block.body[0].text.split()) for block in candidates) / len(candidates) > 6:
        return
    for block in candidates:
        block.header.append(block.body.pop(0).text)


def _short(line: Line) -> bool:
    return not line.bullet and len(line.text) < 70 and not looks_like_prose(line.text) and not is_skill_line(line.text)


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


def _pieces(block: Block, known: frozenset[str]) -> list[tuple[tuple[int, int], str]]:
    """Parts of a header with where they stand: (line, part)."""
    out: list[tuple[tuple[int, int], str]] = []
    for row, text in enumerate(block.header):
        cells = [cell.strip(" ,;–—-:") for cell in _cells(text)]
        cells = [cell for cell in cells if re.search(r"\w", cell)]
        for column, cell in enumerate(cells):
            out.append(((row, column), cell))
    places = [piece for piece in out if _bare_place(piece[1], known)]
    rest = [piece for piece in out if piece not in places]
    if len(rest) == 1:
        where, text = rest[0]
        halves = _halve(text, known)
        halved = [((where[0], where[1] + 10 * number), half) for number, half in enumerate(halves)]
        if len(halved) > 1:
            places += [piece for piece in halved if _bare_place(piece[1], known)]
        rest = [piece for piece in halved if piece not in places]
    elif len(rest) == 2 and not places:
        for (where, text), other in ((rest[0], rest[1]), (rest[1], rest[0])):
            halves = _halve(text, known)
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


def _cells(text: str) -> list[str]:
    """A header line cut at its hard separators; in Chinese and Japanese a space is one."""
    cells = _HARD.split(text)
    if len(cells) == 1 and re.search(r"[\u3040-\u9fff]", text) and not re.search(r"[A-Za-z]", text):
        return re.split(r"[\s\u3000]+", text)
    return cells


def _bare_place(text: str, known: frozenset[str]) -> bool:
    return is_place(text, known) and len(text.split()) <= 6


def _halve(text: str, known: frozenset[str]) -> list[str]:
    """A one-line header cut into title and employer."""
    parts = _AT.split(text, maxsplit=1)
    if len(parts) == 2:
        return [part.strip() for part in parts]
    body, place = split_place(text, known)
    tail = [place] if place else []
    dashes = [part.strip() for part in _DASH.split(body) if part.strip()]
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


def _vote(split: list[list[tuple[tuple[int, int], str]]]) -> dict[tuple[int, int], str]:
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


def _assign(
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
                and not _DIVISION.search(fold(text))
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


_DIVISION = re.compile(
    r"\b(?:division|department|dept|team|unit|services?|business|branch|directorate|abteilung|bereich"
    r"|departement|service|direction|departamento|area|reparto|dzial|zespol|operations|section)\b"
)


def _engagement(text: str) -> bool:
    return bool(
        re.search(
            r"\b(full|part)[ -]?time|permanent|temporary|contract|vollzeit|teilzeit|befristet|cdi|cdd\b", fold(text)
        )
    )


def _undated(lines: tuple[Line, ...], width: int, known: frozenset[str]) -> list[Role]:
    """Jobs of a section without any dates."""
    roles: list[Role] = []
    header: list[str] = []
    body: list[Line] = []

    def flush() -> None:
        if not header:
            return
        block = Block(header=list(header))
        pieces = _pieces(block, known)
        company, titles, place = _assign(pieces, _vote([pieces]))
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


# --- studies ---------------------------------------------------------------------------------------------------

_IN = re.compile(r"\s+(?:in|of|en|em|im|w|na kierunku|der|di|des?)\s+", re.I)
_DEGREE = re.compile(
    r"^(?P<degree>(?:(?:bachelor|master|doctor|licence|licenciatura|laurea|grado|mestrado|diplom|diploma"
    r"|diplome)\b[\w'’ ]*?(?: (?:of|en|em|in|de|di) "
    r"(?:science|arts|engineering|business administration|laws?|education|philosophy|medicine|nursing"
    r"|commerce|fine arts|sciences|droit))?)"
    r"|(?:[A-Z][\w.]{0,8}(?:\s?\((?:Hons?|Honours)\.?\))?(?: hons)?))(?:,?\s+(?:\(hons\)\s*)?(?:in|of|en"
    r"|em|im)\s+|,\s+|\s+[–—-]\s+|\s+|:\s+)(?P<subject>[^\W\d].+)$",
    re.I,
)


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
        blocks = _undated_studies(lines, header_like)
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
            and _short(block.body[0])
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


def _undated_studies(lines: tuple[Line, ...], header_like: object) -> list[Block]:
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
    cells: list[str] = []
    for text in block.header:
        cells.extend(cell.strip(" ,;–—-:") for cell in _cells(text) if re.search(r"\w", cell))
    places = [
        cell
        for cell in cells
        if _bare_place(cell, known)
        and school_score(cell) == 0
        and (degree_score(cell) == 0 or place_score(cell) >= 2.5)
    ]
    cells = [cell for cell in cells if cell not in places]
    mixed = next(
        (
            cell
            for cell in cells
            if school_score(cell) >= 1.5 and degree_score(cell) >= 1.5 and re.search(r"\s[–—-]\s|,\s|\sat\s", cell)
        ),
        None,
    )
    if len(cells) == 1 or mixed is not None:
        at = 0 if mixed is None else cells.index(mixed)
        cells = [*cells[:at], *_split_study(cells[at], known), *cells[at + 1 :]]
        extra = [
            cell for cell in cells if _bare_place(cell, known) and school_score(cell) == 0 and degree_score(cell) == 0
        ]
        places += extra
        cells = [cell for cell in cells if cell not in extra]
    if not cells:
        return []
    school = max(cells, key=lambda cell: school_score(cell) - degree_score(cell))
    others = [cell for cell in cells if cell != school]
    degree_text = max(others, key=degree_score) if others else ""
    if not others and degree_score(school) > school_score(school):
        school, degree_text = "", school
    rest = [cell for cell in others if cell != degree_text]
    degree, subject = split_degree(degree_text) if degree_text else ("", "")
    notes: list[str] = []
    for cell in rest:
        if (
            not places
            and cells.index(cell) > cells.index(school)
            and len(cell.split()) <= 2
            and cell[:1].isupper()
            and not re.search(r"\d", cell)
            and (subject or not degree)
        ):
            places = [cell]
        elif (
            not subject
            and len(cell.split()) <= 6
            and not re.search(r"\d|honours|distinction|grade|note|gpa", fold(cell))
        ):
            subject = cell
        else:
            notes.append(cell)
    name, place = split_place(school, known) if school else ("", "")
    tail = re.match(r"^(.*\S),\s*([^\W\d][^,]{2,24})$", name)
    if (
        tail
        and not place
        and not places
        and len(tail.group(2).split()) <= 2
        and school_score(tail.group(1))
        and not org_score(tail.group(2))
        and not _DIVISION.search(fold(tail.group(2)))
    ):
        name, place = tail.group(1), tail.group(2)
    bullets, _ = statements(block.body, width)
    notes += [text for text in bullets]
    period = block.period
    start, end = (period.start, period.end) if period else (None, None)
    return [Study(name, degree, subject, start, end, places[0] if places else place, tuple(notes))]


def _split_study(text: str, known: frozenset[str]) -> list[str]:
    """A one-line study cut into qualification, school and place."""
    parts = _AT.split(text, maxsplit=1)
    if len(parts) == 1:
        for joint in (r"\s+[–—-]\s+", r",\s+"):
            parts = [part.strip() for part in re.split(joint, text) if part.strip()]
            if len(parts) > 1:
                break
    if len(parts) < 2:
        return [text]
    merged: list[str] = []
    for part in parts:
        if merged and school_score(part) == 0 and not _bare_place(part, known) and school_score(merged[-1]) == 0:
            merged[-1] = f"{merged[-1]}, {part}"
        else:
            merged.append(part)
    return merged


def moment_in(text: str) -> tuple[str, Moment | None]:
    """A text without its date, and the date."""
    period = find_period(text)
    if period is None:
        return text, None
    return without(text, period), period.end or period.start
