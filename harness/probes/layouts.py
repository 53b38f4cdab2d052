"""The same CV in another layout and file, made anew by the corpus's builder: only where a golden says all of it."""

from __future__ import annotations

from random import Random
from typing import Any

from harness.corpus.builder import content as made
from harness.corpus.builder.expect import expected_cv
from harness.corpus.builder.flow import build_page
from harness.corpus.builder.render import render
from harness.corpus.builder.style import HEADS, LAYOUTS, Style
from harness.corpus.readers.base import Limits
from harness.corpus.readers.read import extract_bytes
from harness.probes.changes import Same, entries, text_of
from harness.probes.headings import language_of
from harness.probes.places import Places
from harness.probes.types import Cv, Probe
from harness.values.dates import parse_date

_SCRIPTS = {"ja": "cjk", "zh": "cjk", "he": "hebrew"}


def layouts(places: Places, rng: Random) -> list[Probe]:
    """A DOCX in one of the builder's layouts, read again as any upload is. [] where the golden has something that the
    builder would print otherwise, for then the new CV would not say the same."""
    golden = places.golden
    content = content_of(golden) if golden is not None else None
    if golden is None or content is None:
        return []
    language = next((found for line in places.lines if (found := language_of(line))), "en")
    style = Style(
        layout=rng.choice(LAYOUTS), producer="python-docx", titles="classic" if language == "en" else language,
        dates="month_yyyy", bullets="dash", contact="line", skills="commas", heads=rng.choice(HEADS),
        theme=_SCRIPTS.get(language, "office"), language=language,
    )  # fmt: skip
    if _said(expected_cv(content, style)) != _said(golden):
        return []
    try:
        file = render(build_page(content, style), style)
    except ValueError:  # a character that XML cannot hold
        return []
    read = extract_bytes(file, Limits())
    return [Probe(read.text, Same(), said=f"as a DOCX, {style.layout}")] if read.readable else []


def _said(cv: Any) -> Any:
    """A contract object without ids and what is empty."""
    if isinstance(cv, dict):
        made = {key: _said(value) for key, value in cv.items() if key != "id"}
        return {key: value for key, value in made.items() if value not in ("", [], {})}
    return [_said(value) for value in cv] if isinstance(cv, list) else cv


def content_of(golden: Cv) -> Any:
    """A golden as the builder's content; None for one that has not the shape of the contract, or no name."""
    info = golden.get("personal_info")
    if not isinstance(info, dict) or not text_of(info, "name"):
        return None

    def date(entry: Cv, key: str) -> Any:
        value = text_of(entry, key)
        found = parse_date(value)
        if value == "Present":
            return "present"
        return made.Date(found.year, found.month or 0) if found is not None and found.year else None

    def texts(entry: Cv, key: str) -> tuple[str, ...]:
        value = entry.get(key)
        return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()

    def of(key: str) -> list[Cv]:
        return entries(golden, key)

    who = made.Person(*(text_of(info, key) for key in ("name", "email", "phone", "location", "linkedin", "portfolio")))
    return made.Content(
        person=who,
        summary=text_of(info, "summary"),
        roles=tuple(
            made.Role(text_of(one, "company"), (text_of(one, "title"),), date(one, "start_date"), date(one, "end_date"),
                      text_of(one, "location"), texts(one, "description"), texts(one, "skills"))
            for one in of("work_experience")
        ),
        studies=tuple(
            made.Study(text_of(one, "institution"), text_of(one, "degree"), text_of(one, "field"),
                       date(one, "start_date"), date(one, "end_date"), text_of(one, "location"),
                       texts(one, "description"))
            for one in of("education")
        ),
        skills=(made.SkillGroup("", skills),) if (skills := texts(golden, "skills")) else (),
        projects=tuple(
            made.Project(text_of(one, "name"), date(one, "date"), texts(one, "description"), texts(one, "technologies"))
            for one in of("projects")
        ),
        certificates=tuple(
            made.Certificate(text_of(one, "name"), text_of(one, "issuer"), date(one, "year"), date(one, "expiry"))
            for one in of("certifications")
        ),
        tongues=tuple(made.Tongue(text_of(one, "language"), text_of(one, "proficiency")) for one in of("languages")),
        courses=tuple(
            made.Course(text_of(one, "name"), text_of(one, "provider"), date(one, "date"), texts(one, "details"))
            for one in of("training")
        ),
    )  # fmt: skip
