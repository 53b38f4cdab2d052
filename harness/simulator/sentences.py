"""Instruction text cut into headings, examples and sentences, and sentences into clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["sentence", "heading", "example"]

_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|approx|incl|no|nr|z\.b|p\.ex|dr|mr|mrs|ms|inc|ltd|co)|\b[a-z])\.$", re.I
)
_MARKER = re.compile(r"^\s*(?:[-*+•–]|\(?\d{1,2}[.)]|[a-z]\))\s+")
_CONDITION = re.compile(
    r"^(?P<if>(?:if|when|where|whenever|wherever|unless|in case|should|once|for anything|as long as|even "
    r"(?:if|when|where))\b[^,;:]*?)[,:]\s*(?P<then>.+)$",
    re.I | re.S,
)
_TRAILING = re.compile(
    r"^(?P<then>.+?)[,]?\s+(?P<if>(?:if|when|where|whenever|wherever|unless|in case|even (?:if|when"
    r"|where))\s+(?!applicable|possible|each|every job was|the person (?:lives|was))[^;]*)$",
    re.I | re.S,
)
_JOINTS = re.compile(
    r"\s*;\s*|,?\s+\bbut\b\s+|,\s+(?:and|so|then)\s+(?=(?:do|don't|never|not|keep|write|leave|use|put"
    r"|give|return|include|omit|skip|ignore)\b)"
    r"|,\s+(?=(?:do not|don't|never|not|without|no)\b)|\s+[–—]\s+|\.\s+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading, an example (code, JSON) or a sentence, with its place in the text. context: the heading above it."""

    kind: Kind
    text: str
    start: int
    end: int
    context: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence. condition: its if-part, told apart because its negations are not the clause's."""

    text: str
    condition: str = ""


def pieces(text: str) -> tuple[Piece, ...]:
    """The parts of an instruction text in order."""
    out: list[Piece] = []
    context = ""
    position = 0
    fenced = False
    depth = 0
    for raw in text.splitlines(keepends=True):
        start, position = position, position + len(raw)
        line = raw.strip()
        if not line:
            continue
        offset = start + raw.index(line[0])
        if line.startswith("```"):
            fenced = not fenced
            out.append(Piece("example", line, offset, offset + len(line), context))
            continue
        opens = len(re.findall(r"[{\[]", line)) - len(re.findall(r"[}\]]", line))
        json_like = depth > 0 or (
            bool(re.match(r'^[{}\[\]"]|^"[^"]+"\s*:', line)) and not re.match(r'^"[^"]*"[^:]*[a-z]{3}.*\.$', line)
        )
        if fenced or (json_like and (depth or opens or re.match(r'^[{}\[\]]|^"[^"]+"\s*:', line))):
            depth = max(0, depth + opens)
            out.append(Piece("example", line, offset, offset + len(line), context))
            continue
        heading = re.match(r"^#{1,6}\s+(.+)$|^\*\*([^*]+)\*\*:?$|^([^\W\d][^.:!?]{1,40}):$", line)
        if heading and not re.search(r"\b(?:do not|never|must|should)\b", line, re.I):
            context = next(group for group in heading.groups() if group)
            out.append(Piece("heading", line, offset, offset + len(line)))
            continue
        if re.fullmatch(r"\{\{\s*\w+\s*\}\}|-{3,}|={3,}|<[^>]+>", line):
            out.append(Piece("example", line, offset, offset + len(line), context))
            continue
        marker = _MARKER.match(line)
        skip = marker.end() if marker else 0
        out.extend(_sentences(line[skip:], offset + skip, context))
    return tuple(out)


def _sentences(line: str, offset: int, context: str) -> list[Piece]:
    out: list[Piece] = []
    begin = 0
    quoted = False
    for index, character in enumerate(line):
        if character in '"“”':
            quoted = not quoted if character == '"' else character == "“"
        if character not in ".!?" or (quoted and line[index + 1 : index + 2] not in ('"', "”")):
            continue
        rest = line[index + 1 :]
        if character == "." and (_ABBREVIATIONS.search(line[begin : index + 1]) and not re.match(r"^\s+[A-Z]", rest)):
            continue
        stop = index + 1 + (1 if rest[:1] in '"”)' else 0)
        after = line[stop:]
        if after and not after[:1].isspace():
            continue
        if after.strip() and not re.match(r"^\s+[\"“'(`\[]?[A-ZÀ-Ý0-9`]", after):
            continue
        _add(out, line[begin:stop], offset + begin, context)
        begin = stop
    _add(out, line[begin:], offset + begin, context)
    return out


def _add(out: list[Piece], text: str, start: int, context: str) -> None:
    stripped = text.strip()
    if re.search(r"\w", stripped):
        lead = len(text) - len(text.lstrip())
        out.append(Piece("sentence", stripped, start + lead, start + lead + len(stripped), context))


def clauses(sentence: str) -> tuple[Clause, ...]:
    """The clauses of a sentence, conditions taken apart."""
    text = sentence.strip().rstrip(".!?")
    match = _CONDITION.match(text)
    condition = ""
    if match:
        condition, text = match.group("if"), match.group("then")
    else:
        match = _TRAILING.match(text)
        if match:
            condition, text = match.group("if"), match.group("then")
    parts = [part.strip(" ,") for part in _JOINTS.split(text) if part and part.strip(" ,")]
    return tuple(Clause(part, condition) for part in parts) or (Clause(text, condition),)
