"""From a CV's text to everything found in it."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from harness.simulator.parse.bounds import bounded_lines
from harness.simulator.parse.contact import (
    EMAIL,
    URL,
    emails,
    find_name,
    find_place,
    labelled_site,
    links_in,
    lone_place,
    phone_in,
    reach_line,
    split_links,
    summary_of,
)
from harness.simulator.parse.dates import fold
from harness.simulator.parse.languages import read_languages
from harness.simulator.parse.lists import read_certificates, read_courses, read_projects, read_skills
from harness.simulator.parse.model import Certificate, Course, Cv, Language, Person, Role, Study, Undertaking
from harness.simulator.parse.phrases import known_places
from harness.simulator.parse.roles import read_roles
from harness.simulator.parse.sections import Line, Section, read_lines, sections_of
from harness.simulator.parse.studies import read_studies


@lru_cache(maxsize=512)
def parse_cv(text: str) -> Cv:
    """Everything found in the text of one CV. Never raises; what is not recognised is left out."""
    lines = read_lines(_plain_letters(bounded_lines(text)))
    lines, links = _without_link_block(lines)
    lines = _whole_addresses(_without_running_heads(lines))
    width = _width(lines)
    places = known_places(lines)
    everything = "\n".join(line.text for line in lines)
    mail = next(iter(emails(everything)), "")
    name, _ = find_name(lines[:12] if len(lines) > 60 else lines, mail)
    if mail and not _agrees(name, mail):
        name, _ = find_name(lines, mail)
    sections = sections_of(lines, name)
    head = [
        line
        for section in sections
        for line in section.lines
        if section.kind in ("", "contact") or reach_line(line.text)
    ]
    person = _person(lines, sections, head, links, places, name)
    if person.location and not re.search(r"\d", person.location):
        places |= {fold(person.location), fold(person.location.split(",")[0].strip())}
    roles: list[Role] = []
    studies: list[Study] = []
    skills: list[tuple[str, tuple[str, ...]]] = []
    projects: list[Undertaking] = []
    certificates: list[Certificate] = []
    languages: list[Language] = []
    courses: list[Course] = []
    for kind, body in _joined(sections).items():
        body = tuple(line for line in body if line.text != person.name and not reach_line(line.text))
        match kind:
            case "work":
                roles += read_roles(body, width, places)
            case "education":
                studies += read_studies(body, width, places)
            case "skills":
                skills += read_skills(body, width)
            case "projects":
                projects += read_projects(body, width)
            case "certifications":
                certificates += read_certificates(body, width)
            case "languages":
                languages += read_languages(body)
            case "training":
                courses += read_courses(body, width)
    return Cv(
        person,
        tuple(roles),
        tuple(studies),
        tuple(skills),
        tuple(projects),
        tuple(certificates),
        tuple(languages),
        tuple(courses),
        _difficulty(text, lines, sections, roles),
    )


def _joined(sections: list[Section]) -> dict[str, tuple[Line, ...]]:
    """Lines by kind: a section that is continued under a second heading is one."""
    out: dict[str, tuple[Line, ...]] = {}
    for section in sections:
        if section.kind not in ("", "other", "contact", "summary"):
            out[section.kind] = (*out.get(section.kind, ()), *section.lines)
    return out


_CONFUSABLE = str.maketrans("аеорсухіјѕАВЕКМНОРСТУХІЈЅαοΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijsABEKMHOPCTYXIJSaoABEZHIKMNOPTYX")


def _plain_letters(text: str) -> str:
    """Words that mix Latin with look-alike Cyrillic or Greek letters, in Latin letters alone."""
    if text.isascii():
        return text

    def mend(match: re.Match[str]) -> str:
        word = match.group(0)
        return (
            word.translate(_CONFUSABLE)
            if re.search(r"[A-Za-z]", word) and re.search(r"[\u0370-\u04ff]", word)
            else word
        )

    return re.sub(r"[^\W\d_]+", mend, text)


def _agrees(name: str, mail: str) -> bool:
    local = fold(mail.split("@")[0])
    return any(len(word) > 2 and word in local for word in re.findall(r"[a-z]+", fold(name)))


def _person(
    lines: list[Line], sections: list[Section], head: list[Line], links: list[str], places: frozenset[str], name: str
) -> Person:
    front = "\n".join(line.text for line in head)
    mails = emails(front) or emails("\n".join(line.text for line in lines))
    mail = mails[0] if mails else ""
    phone = phone_in(front) or next(
        (found for line in lines if (found := phone_in(line.text)) and len(line.text) < 60), ""
    )
    printed = links_in(front)
    if not printed and not links:
        printed = [link for line in lines if len(line.text) < 70 for link in links_in(line.text) if "/" in link]
    domain = mail.split("@")[-1].lower()
    printed = [link for link in printed if link.lower() != domain]
    linkedin, portfolio = split_links(printed)
    portfolio = portfolio or labelled_site(head)
    target_linkedin, target_portfolio = split_links(links)
    place = find_place(head, name, places)
    if not place:
        place = next(
            (found for section in sections if section.kind == "contact" and (found := lone_place(section.lines, name))),
            "",
        )
    summary = summary_of(sections, head)
    return Person(name, mail, phone, place, linkedin or target_linkedin, portfolio or target_portfolio, summary)


def _without_link_block(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Lines before a closing block of bare web addresses (link targets of the document), and those addresses."""
    links: list[str] = []
    end = len(lines)
    while end:
        text = re.sub(r"^(?:links?|link targets?|urls?)\s*:?\s*", "", lines[end - 1].text, flags=re.I)
        bare = re.sub(r"mailto:\S+|tel:\S+", "", text)
        rest = URL.sub("", bare).strip(" ,;|-•")
        if rest and rest != bare.strip():
            break
        if rest:
            break
        if (
            not URL.search(bare)
            and text == bare
            and not re.fullmatch(r"(?:links?|link targets?|urls?)\s*:?", lines[end - 1].text, re.I)
        ):
            break
        links = links_in(bare) + links
        end -= 1
    return (lines[:end], links) if links else (lines, [])


def _whole_addresses(lines: list[Line]) -> list[Line]:
    """Web addresses that a narrow column broke after a slash, made whole."""
    out: list[Line] = []
    for line in lines:
        if out and out[-1].text.endswith("/") and URL.search(out[-1].text) and re.fullmatch(r"[\w.~%-]+", line.text):
            out[-1] = Line(out[-1].text + line.text, out[-1].bullet, out[-1].gap)
        else:
            out.append(line)
    return out


def _without_running_heads(lines: list[Line]) -> list[Line]:
    """Drop page headers and footers: short lines that come back, and "name – CV" lines."""
    counts = Counter(line.text for line in lines if len(line.text) < 90 and not line.bullet)
    first = {
        text: next(i for i, line in enumerate(lines) if line.text == text)
        for text, count in counts.items()
        if count > 1
    }
    out: list[Line] = []
    for index, line in enumerate(lines):
        if (
            re.fullmatch(
                r".{3,50}\s[–—|-]\s(?:CV|Curriculum Vitae|Resume|Résumé|Lebenslauf|(?:page|seite)\s*\d+.*)",
                line.text,
                re.I,
            )
            and index > 2
        ):
            continue
        footer = re.search(r"\b(?:page|seite|pagina|página|strona)\s*\d+|\b\d+\s*/\s*\d+$", line.text, re.I)
        if footer and len(line.text) < 70 and index > 2 and not re.search(r"\b(?:19|20)\d\d\b", line.text):
            continue
        known = first.get(line.text, index)
        if known < 6 and index > known + 6 and (counts[line.text] > 2 or EMAIL.search(line.text)):
            continue
        out.append(line)
    return out


UNWRAPPED = 100_000


def _width(lines: list[Line]) -> int:
    """How long a line gets before it is broken, in characters: from the lines that are continued in lower case.
    `UNWRAPPED` where lines end only where their writer ended them."""
    broken = sorted(
        len(before.text)
        for before, line in pairwise(lines)
        if line.text[:1].islower() and not line.bullet and len(before.text) > 40 and not line.gap
    )
    if len(broken) < 2:
        return UNWRAPPED
    return broken[int(len(broken) * 0.8)]


def _difficulty(text: str, lines: list[Line], sections: list[Section], roles: list[Role]) -> float:
    """0 (plain) to 1: length, number of roles, rows of several cells, letters outside ASCII, few clear headings."""
    score = min(len(text) / 16000, 0.35) + min(len(roles) / 30, 0.25)
    score += 0.15 * min(1.0, sum("\t" in line.text for line in lines) / max(1, len(lines)) * 3)
    score += 0.1 if sum(ord(c) > 0x24F for c in text) > len(text) * 0.2 else 0.0
    score += 0.15 if len([section for section in sections if section.kind]) < 4 else 0.0
    return min(score, 1.0)
