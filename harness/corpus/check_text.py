"""The round trip: each golden value stands in the document's text, and each printed line stands in the golden.

The first shows that a golden claims nothing that the CV does not say, and that the reader loses nothing; the second
that the golden leaves nothing out. What a CV prints that no contract field can hold (headings, interests,
references) is declared in `fixtures/corpus/besides.json`, line by line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from harness.base.errors import InvalidFileError
from harness.base.project import Project
from harness.corpus.goldens import leaves
from harness.corpus.types import Golden
from harness.values.find import Haystack, Looked, haystack
from harness.values.normalise import normalise

_KINDS: dict[str, Looked] = {
    "name": "name",
    "email": "email",
    "phone": "phone",
    "linkedin": "linkedin",
    "portfolio": "link",
    "location": "place",
    "company": "organisation",
    "institution": "organisation",
    "issuer": "organisation",
    "provider": "organisation",
    "title": "title",
    "degree": "degree",
    "start_date": "date",
    "end_date": "date",
    "date": "date",
    "year": "date",
    "expiry": "date",
    "skills": "skill",
    "technologies": "skill",
    "language": "language",
    "proficiency": "level",
}
_UNKNOWN_SHARE = 0.4
_MONTH_WORDS = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|present|current|now|since|from|to|page|of|and|in|at|until|valid)"
)
_WORD = re.compile(r"[^\W\d_]+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def looked_up_as(path: str) -> Looked:
    """What kind of value a golden path holds, for finding it in a text."""
    key = re.sub(r"\[[0-9]+\]", "", path).rsplit(".", 1)[-1]
    if path.startswith(("projects", "certifications", "training")) and key == "name":
        return "text"
    return _KINDS.get(key, "text")


def missing_values(golden: Golden, text: str) -> list[tuple[str, str]]:
    """The golden's (path, value) pairs that the text does not hold, nor any of their accepted alternatives."""
    hay = haystack(text)
    return [
        (path, value)
        for path, value in leaves(golden.cv)
        if not any(_holds(hay, one, looked_up_as(path)) for one in (value, *_alternatives(golden, path)))
    ]


def in_text(text: str, path: str, value: str) -> bool:
    """Whether the text holds the value of a golden path, as the kind of value that it is."""
    return _holds(haystack(text), value, looked_up_as(path))


def _alternatives(golden: Golden, path: str) -> list[str]:
    return [one for one in golden.accept.get(path, ()) if isinstance(one, str)]


def _holds(hay: Haystack, value: str, kind: Looked) -> bool:
    if hay.find(value, kind) is not None:
        return True
    if _WIDE.search(value):  # written without spaces, so a line's end is none either
        return "".join(value.split()) in "".join(hay.given.split())
    return kind == "title" and " / " in value and all(hay.find(part, kind) for part in value.split(" / "))


def uncovered_lines(golden: Golden, text: str, besides: Iterable[str] = ()) -> list[str]:
    """The lines of `text` of which neither the golden nor the declared `besides` knows most words."""
    known: set[str] = set()
    accepted = [one for path in golden.accept for one in _alternatives(golden, path)]
    for value in (*(value for _, value in leaves(golden.cv)), *accepted, *besides):
        known.update(_words(value))
    return [line.strip() for line in text.splitlines() if _is_uncovered(line, known)]


def _is_uncovered(line: str, known: set[str]) -> bool:
    words = [word for word in _words(line) if not _MONTH_WORDS.match(word)]
    unknown = [word for word in words if word not in known]
    return len(unknown) >= 2 and len(unknown) > _UNKNOWN_SHARE * len(words)


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(normalise(text)):
        if _WIDE.search(word):
            yield from word
        elif len(word) > 1:
            yield word


def load_besides(project: Project) -> Mapping[str, tuple[str, ...]]:
    """What each document prints besides its golden; empty where the project declares nothing."""
    path = besides_path(project)
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: tuple(map(str, lines)) for name, lines in data.items()}
    except (ValueError, AttributeError, TypeError):
        raise InvalidFileError(path, "", "not an object of lists of lines", hint="rebuild the corpus") from None


def besides_path(project: Project) -> Path:
    return project.corpus / "besides.json"
