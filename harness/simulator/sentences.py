"""Instruction text cut into headings, examples and sentences, and sentences into clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.simulator import examples
from harness.simulator.examples import Shown, cells

Kind: TypeAlias = Literal["sentence", "heading", "example", "pair"]
_LONGEST_EXAMPLE = 20
"""Lines that the first side of a worked example may have."""

_ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|approx|incl|no|nr|z\.b|p\.ex|p\.ej|dr|mr|mrs|ms|inc|ltd|co|st|abt|bzw|ggf|evtl"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez|janv|févr|avr|juil|déc|ene|abr|ago|dic)|\b[a-z])\.$",
    re.I,
)
_NEVER_LAST = re.compile(r"\b(?:e\. ?g|i\. ?e|z\. ?b|d\. ?h|p\. ?ex|p\. ?ej|u\. ?a|bzw)\.$", re.I)
_HALF_SAID = re.compile(r"\b[a-z]\.$", re.I)
"""The first letter of an abbreviation with a blank in it ("z. B.")."""
_HEADING = re.compile(
    r"^#{1,6}\s+(.+)$|^\*\*([^*]+)\*\*:?$|^([^\W\d][^.:!?]{1,40}):$"
    r"|^((?:(?:worked|another|more|an?|one) )?(?:examples?|samples?|few-?shots?|beispiele?|ejemplos?"
    r"|exemples?)(?: \d{1,2})?)$",
    re.I,
)
_TAG = re.compile(r"^<(?P<ends>/?)(?P<name>[\w-]{2,20})[^>]{0,60}>$")
_TITLED = re.compile(
    r"^(?:an?|the|examples?|samples?|shot|few-?shots?|case|beispiele?|ejemplos?|exemples?)\b[^.!?]{1,70}[^.!?:]$", re.I
)
"""What the worked example below is about ("Example of a certificate without a year")."""
_ONLY_NOT = re.compile(
    r"^[#*\s]*(?:(?:what|things|that|we|you|must|should|shall|may|do|does|not|never|be|to|done|happen|want|ever|please)\b"
    r"[\s*:]*)+$",
    re.I,
)
"""A heading that says "not" and nothing of what: the list below it says that."""
FORBIDDING_HEAD = re.compile(
    r"^\W*(?:(?:please|you|we|the|these|things|what|that|which|must|should|shall|may|will|do|does|is|are|want"
    r"|wanted|to see"
    r"|common|typical|frequent|usual|known|bad|here|this|to|be|get|gets|got|makes?|on no account"
    r"|under no circumstances|habits?"
    r"|examples?) )*"
    r"(?:never|not|don'?ts?|don’ts?|avoid\w*|forbidden|prohibited|mistakes?|errors?|pitfalls?|no-?gos?|taboos?"
    r"|wrong|fired|sacked|rejected|penali[sz]ed|red flags?|red lines?|sins?|offences?|bad|poor|incorrect|falsch"
    r"|mauvais|incorrecto"
    r"|anti-?patterns?|faults?)"
    r"(?: (?:like|examples?|beispiele?|answers?|ever|do|be|done|to|happen|allowed|wanted|want|see|make|made|write"
    r"|in|the|answers?|records?|output|you|we|of"
    r"|earlier|past|last|months?|weeks?|years?|saw|seen|found|keep|seeing|have|had|versions?|all|any|circumstances|this|these|following|things))*\W*$",
    re.I,
)
"""A heading over what is not to be done."""
_JSON_LINE = re.compile(r'^[{}\[\]]|^"[^"]+"\s*:')
_MARKER = re.compile(r"^\s*(?:[-*+•–]|\(?\d{1,2}[.)]|[a-z]\))\s+")
_CONDITION = re.compile(
    r"^(?P<if>(?:if|when|where|whenever|wherever|unless|in case|should|once|for anything|as long as|even "
    r"(?:if|when|where))\b[^,;:]*?)[,:]\s*(?P<then>.+)$",
    re.I | re.S,
)
_TRAILING = re.compile(
    r"^(?P<then>.+?)[,]?(?<!\s)\s+(?P<if>(?:if|when|where|whenever|wherever|unless|in case|even (?:if|when"
    r"|where))\s+(?!applicable|possible|each|every job was|the person (?:lives|was))[^;]*)$",
    re.I | re.S,
)
_AHEAD = 64
"""Characters around a full stop that are looked at."""
_JOINTS = re.compile(
    r"(?:(?<!\s)\s+|);\s*|(?:,|(?<!\s)(?=\s))\s+\bbut\b\s+|,\s+(?:and|so|then)\s+(?=(?:do|don't|never|not|keep|write"
    r"|leave|use|put"
    r"|give|return|include|omit|skip|ignore)\b)"
    r"|,\s+(?=(?:do not|don't|never|not|without|no|nothing(?! (?:else|but|more|beyond|other)))\b)"
    r"|(?<!\s)\s+[–—]\s+|\.\s+"
    r"|(?:,|(?<!\s)(?=[\s(]))\s*\([a-h]\)\s+",
    re.I,
)
_COMMANDS = re.compile(
    r"(?:,\s*(?:and |then |and then )?|(?<!\s)\s+and (?:then )?)(?=(?:write|list|include|omit|skip|drop|give|put|use"
    r"|leave"
    r"|translate"
    r"|shorten|summari[sz]e|rephrase|rewrite|improve|merge|join|combine|split|sort|invent|guess|estimate|infer|add"
    r"|remove|convert"
    r"|correct|copy|extract|return|replace|round|rank|rate|group|fill in|ignore|explain|answer|wrap)\b)",
    re.I,
)
"""Where one command of a sentence ends and the next begins."""
_NEGATED = re.compile(r"\b(?:never|not|no|without|avoid|don't|don’t|nor|neither|rather than|instead of)\b", re.I)


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading, an example (code, JSON), a worked example (pair) or a sentence, with its place in the text.

    context: the heading above it. shown: the two sides of a worked example."""

    kind: Kind
    text: str
    start: int
    end: int
    context: str = ""
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence. condition: its if-part, told apart because its negations are not the clause's."""

    text: str
    condition: str = ""


def pieces(text: str) -> tuple[Piece, ...]:
    """The parts of an instruction text in order."""
    lines = _lines(text)
    out: list[Piece] = []
    context = ""
    index = 0
    while index < len(lines):
        start, line = lines[index]
        if (stop := _block_end(lines, index)) > index:
            out += _example(text, lines[index:stop], context)
            index = stop
            continue
        index += 1
        if (stop := _pair_end(lines, index - 1)) > index - 1:
            out += _labelled(text, lines[index - 1 : stop], context)
            index = stop
            continue
        following = lines[index][1] if index < len(lines) else ""
        title = _HEADING.match(line)
        lists = _MARKER.match(following) is not None
        if title and (
            not re.search(r"\b(?:do not|never|must|should)\b", line, re.I) or (lists and _ONLY_NOT.match(line))
        ):
            context = next(group for group in title.groups() if group)
            out.append(Piece("heading", line, start, start + len(line)))
            continue
        if _TITLED.match(line) and (examples.label(following) or ("", ""))[0] == "left":
            context = line
            out.append(Piece("heading", line, start, start + len(line)))
            continue
        if line.endswith(":") and (_MARKER.match(following) or cells(following) or examples.label(following)):
            context = line
            out.append(Piece("heading", line, start, start + len(line)))
            continue
        if re.fullmatch(r"\{\{\s*\w+\s*\}\}|-{3,}|={3,}|<[^>]+>", line):
            out.append(Piece("example", line, start, start + len(line), context))
            if (tag := _TAG.match(line)) and FORBIDDING_HEAD.match(re.sub(r"[-_]", " ", tag["name"])):
                context = "" if tag["ends"] else tag["name"]
            continue
        marker = _MARKER.match(line)
        if not marker and context.endswith(":"):
            context = context.rstrip(":") if _HEADING.match(context) else ""
        skip = marker.end() if marker else 0
        above = context if marker or not FORBIDDING_HEAD.match(context) else ""
        out.extend(_sentences(line[skip:], start + skip, above))
    return tuple(out)


def _lines(text: str) -> list[tuple[int, str]]:
    """Every line that is not empty, stripped, with the place of its first character."""
    found, position = list[tuple[int, str]](), 0
    for raw in text.splitlines(keepends=True):
        if line := raw.strip():
            found.append((position + raw.index(line[0]), line))
        position += len(raw)
    return found


def _block_end(lines: Sequence[tuple[int, str]], index: int) -> int:
    """The line behind a fenced block, a piece of JSON or a table that begins at `index`; `index` where none does."""
    first = lines[index][1]
    if first.startswith("```"):
        closing = next((n for n in range(index + 1, len(lines)) if lines[n][1].startswith("```")), len(lines) - 1)
        return closing + 1
    if cells(first) and index + 1 < len(lines) and cells(lines[index + 1][1]):
        return next((n for n in range(index, len(lines)) if not cells(lines[n][1])), len(lines))
    if not _JSON_LINE.match(first) or re.match(r'^"[^"]*"[^:]*[a-z]{3}.*\.$', first) or examples.has_arrow(first):
        return index
    if re.match(r"^\[[^\]]*\]\W+\w", first):
        return index
    depth = 0
    for number in range(index, len(lines)):
        depth += _opened(lines[number][1])
        following = lines[number + 1][1] if number + 1 < len(lines) else ""
        if depth <= 0 and not (_JSON_LINE.match(following) and not following.startswith(("{", "["))):
            return number + 1
    return len(lines)


def _opened(line: str) -> int:
    return len(re.findall(r"[{\[]", line)) - len(re.findall(r"[}\]]", line))


def _pair_end(lines: Sequence[tuple[int, str]], index: int) -> int:
    """The line behind the labelled lines ("Input:", "Output:") of one worked example; `index` where none begins."""
    found = examples.label(lines[index][1])
    if found is None or found[0] == "right":
        return index
    wanted = {"left": ("right",), "good": ("bad",), "bad": ("good",)}[found[0]]
    if examples.inline(lines[index][1]):
        return index + 1
    for number in range(index + 1, min(len(lines), index + 1 + _LONGEST_EXAMPLE)):
        other = examples.label(lines[number][1])
        if other is None and found[0] == "left" and number > index and examples.shows_field(lines[number][1]):
            if number == index + 1 and not found[1]:
                continue
            return next((n for n in range(number, len(lines)) if not examples.shows_field(lines[n][1])), len(lines))
        if other is None and not lines[number][1].startswith("#"):
            continue
        if (
            other is None
            or other[0] not in wanted
            or examples.tagged(lines[index][1]) != examples.tagged(lines[number][1])
        ):
            break
        if examples.opens(lines[number][1]):
            return next(
                (last + 1 for last in range(number, len(lines)) if examples.closes(lines[last][1], lines[number][1])),
                number + 1,
            )
        stop, depth = number + 1, _opened(lines[number][1])
        while stop < len(lines) and (depth > 0 or (not other[1] and stop == number + 1)):
            if lines[stop][1].startswith("```"):
                return _block_end(lines, stop)
            depth += _opened(lines[stop][1])
            stop += 1
        return stop
    return index + 1 if found[0] in ("good", "bad") and found[1] else index


def _labelled(text: str, lines: Sequence[tuple[int, str]], context: str) -> list[Piece]:
    start, end = lines[0][0], lines[-1][0] + len(lines[-1][1])
    shown = examples.shown([line for _, line in lines])
    return [Piece("pair", text[start:end], start, end, context, shown)]


def _example(text: str, lines: Sequence[tuple[int, str]], context: str) -> list[Piece]:
    """A block: each worked example in it a piece, else the whole block one."""
    start, end = lines[0][0], lines[-1][0] + len(lines[-1][1])
    if cells(lines[0][1]) and len(lines) > 1:
        return [
            Piece("pair" if shown else "example", line, place, place + len(line), context, shown)
            for (place, line), shown in zip(lines, examples.rows([line for _, line in lines]), strict=True)
        ]
    inside = [line for line in lines if not line[1].startswith("```")]
    if len(inside) < len(lines) and any(examples.label(line) or examples.has_arrow(line) for _, line in inside):
        found, index = list[Piece](), 0
        while index < len(inside):
            stop = _pair_end(inside, index)
            if stop > index:
                found += _labelled(text, inside[index:stop], context)
            else:
                place, line = inside[index]
                arrow = examples.has_arrow(line)
                found.append(Piece("sentence" if arrow else "example", line, place, place + len(line), context))
            index = max(stop, index + 1)
        return found
    return [Piece("example", text[start:end], start, end, context)]


def _sentences(line: str, offset: int, context: str) -> list[Piece]:
    out: list[Piece] = []
    begin = 0
    quoted = False
    for index, character in enumerate(line):
        if character in '"“”':
            quoted = not quoted if character == '"' else character == "“"
        if character not in ".!?" or (quoted and line[index + 1 : index + 2] not in ('"', "”")):
            continue
        rest = line[index + 1 : index + _AHEAD]
        if character == "." and (
            _NEVER_LAST.search(line[max(begin, index - _AHEAD) : index + 1])
            or (
                _HALF_SAID.search(line[max(begin, index - 3) : index + 1])
                and re.match(r"^ [A-Za-z]{1,2}\.(?:\s|$)", rest)
            )
        ):
            continue
        if character == "." and (
            _ABBREVIATIONS.search(line[max(begin, index - _AHEAD) : index + 1]) and not re.match(r"^\s+[A-Z]", rest)
        ):
            continue
        stop = index + 1 + (1 if rest[:1] in '"”)' else 0)
        after = line[stop : stop + _AHEAD]
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
    if not _NEGATED.search(text):
        text = _COMMANDS.sub("; ", text)
    parts = [part.strip(" ,") for part in _JOINTS.split(text) if part and part.strip(" ,")]
    return tuple(Clause(part, condition) for part in parts) or (Clause(text, condition),)
