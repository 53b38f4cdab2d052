"""Worked examples in instructions: where a sentence, a block or a table shows a text and what becomes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.base.types import Json
from harness.simulator.rules.date_format import formats_in
from harness.simulator.rules.hearing import Item
from harness.simulator.rules.pairs import FILLER, LACKING, read_pair

_QUOTED = (
    r"(?:\"[^\"\n]{0,300}\"|“[^”\n]{0,300}”|„[^“”\n]{0,300}[“”]|«[^»\n]{0,300}»|`[^`\n]{0,300}`|'[^'\n]{1,300}'(?!\w))"
)
_MONTHS = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zäé]{0,7}\.?"
_DATED = (
    rf"(?:(?:\d{{1,2}}[./-]){{1,2}}(?:19|20)\d\d|(?:19|20)\d\d[-/]\d\d(?:-\d\d)?|{_MONTHS},?[ -](?:19|20)\d\d|(?:19"
    rf"|20)\d\d"
    r"|MM[/.-]YYYY|YYYY-MM(?:-DD)?|MMMM? YYYY|Mon YYYY)"
)
_WORDED_DATE = r"[^\W\d]{3,12}\.? (?:de |del )?(?:19|20)\d\d"
"""A word and a year: a month of any language, "since 2020"."""
_SIDE = (
    rf"(?:{_QUOTED}(?:,? (?:and |und |et |y )?{_QUOTED}){{0,6}}|\[[^\]\n]{{0,400}}\]"
    rf"|{_DATED}(?: ?[-–—] ?(?:{_DATED}|\w+))?)"
)
_ARROW = re.compile(r"(?:(?<!\s)\s+|)(?:→|⇒|➜|⟶|-{1,2}>|={1,2}>|↦)\s*")
_LINK = (
    r"(?:becomes?|is (?:to be )?(?:written|given|recorded|rendered|returned|reported|entered|turned|converted"
    r"|changed|spelt"
    r"|spelled|output|transcribed|copied)(?: in)?(?: as|to|into)?|(?:turns?|changes?|converts?) (?:in)?to|goes in as"
    r"|(?:should|must|shall|has to|needs to|will|would) (?:become|be(?: \w+)? (?:as|to|into)|be|read|look like"
    r"|turn into)"
    r"|reads|yields|gives|means|maps to|stays|remains|wird(?: zu)?|devient|se convierte en|pasa a ser|"
    r"(?:is|are) (?:recorded|stored) as|results in|ends up as|counts as|should be|equals|stands as)"
)
_WORDED = re.compile(rf"(?P<left>{_SIDE})(?: \([^()]{{1,40}}\))?,? {_LINK} (?P<right>{_SIDE})", re.I)
_TURN = re.compile(
    rf"\b(?:turn|convert|change|rewrite|transform|write|record|render|return|give|output|map|normali[sz]e|enter"
    rf"|spell|copy"
    rf"|shorten|expand|translate|treat|put|keep|read|split) (?:\w+ ){{0,3}}?(?P<left>{_SIDE}) (?:in)?(?:to|as"
    rf"|with) (?P<right>{_SIDE})",
    re.I,
)
_FOR = re.compile(
    rf"\b(?:write|use|put|give|return|output|record|say|schreibe|écris|escribe)\s+(?P<right>{_SIDE})\s+"
    rf"(?:for|when|where|if|für|pour|para|(?:rather than|instead of|in place of|statt|au lieu de"
    rf"|en lugar de)(?= [\"“`'„]))"
    rf"\s+(?:\w+ ){{0,6}}?(?P<left>{_SIDE})",
    re.I,
)
_GIVEN = re.compile(
    rf"\b(?:for|from|if|where|when|given|the cv|cv|source|text)\b[\w ]{{0,40}}?[: ](?P<left>{_SIDE}),?\s+"
    rf"(?:\w+ ){{0,4}}?(?:write|use|put|return|output|give|record|answer|is|it is|you (?:write|return|output))\s+"
    rf"(?P<right>{_SIDE})",
    re.I,
)
_FORBIDDING = re.compile(
    r"\b(?:not|never|don't|don’t|avoid|wrong|incorrect|bad|nicht|nie|jamais|nunca|forbidden|must not)\b|✗|❌", re.I
)
_LEFT_LABEL = re.compile(
    r"^\W*(?:example )?(?:input|in|cv(?: text| says| line)?|source|before|original|text|printed|from|given|q|user"
    r"|eingabe"
    r"|entrée|entrada|vorher|quelle)\s*\d*\W*[:=]\s*(?P<rest>.*)$",
    re.I,
)
_RIGHT_LABEL = re.compile(
    r"^\W*(?:expected |your |correct )?(?:output|out|answer|result|after|record|write|written|to|a|assistant|json"
    r"|response"
    r"|ausgabe|sortie|salida|nachher|ergebnis)\s*\d*\W*[:=]\s*(?P<rest>.*)$",
    re.I,
)
_GOOD_LABEL = re.compile(
    r"^\W*(?:good|right|correct|do|yes|ok|richtig|gut|bon|correcto|bien|like this|preferred|✓|✔"
    r"|✅)\s*[:=]?\W*[:=✓✅✔]\s*(?P<rest>.*)$",
    re.I,
)
_BAD_LABEL = re.compile(
    r"^\W*(?:bad|wrong|incorrect|don't|do not|not|no|falsch|schlecht|mauvais|incorrecto|mal|not like this|avoid|✗|✘"
    r"|❌)\s*[:=]?\W*[:=✗❌✘]\s*"
    r"(?P<rest>.*)$",
    re.I,
)


def pairs_in(text: str) -> list[tuple[str, str, bool, tuple[int, int]]]:
    """(left, right, forbidden, place) of every worked example that stands in a sentence."""
    found: list[tuple[str, str, bool, tuple[int, int]]] = []
    if _ARROW.search(text):
        return list(_arrows(text))
    for pattern in (_WORDED, _TURN, _FOR, _GIVEN):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for *_, (start, end) in found):
                continue
            before = text[max(0, match.start("left") - 40) : match.start("left")]
            link = text[match.start() : match.end()]
            for group in ("left", "right"):
                link = link.replace(match.group(group), " ")
            off = _FORBIDDING.search(before.split(",")[-1]) is not None or _FORBIDDING.search(link) is not None
            found.append((_plain(match["left"]), _plain(match["right"]), off, match.span()))
    return found


def _arrows(text: str) -> Iterator[tuple[str, str, bool, tuple[int, int]]]:
    """Each `left → right` of a line; several stand apart by semicolons, commas or bars outside of quotations."""
    position = 0
    for part in _split_pairs(text):
        start = text.find(part, position)
        position = start + len(part)
        sides = _ARROW.split(part)
        if len(sides) != 2:
            continue
        left, right = sides
        lead = ""
        if (colon := re.match(r"^([^\"“`„«\[]{0,80}?):\s+(?=\S)", left)) and not re.match(r"^\W*\w+\s*$", left):
            body = left[colon.end() :]
            if re.match(_SIDE, body, re.I) or len(colon.group(1).split()) > 2:
                lead, left = colon.group(0), body
        if (quoted := re.search(rf"({_WORDED_DATE}|{_SIDE})\W*$", left, re.I)) and left[: quoted.start()].strip():
            lead, left = lead + left[: quoted.start()], quoted.group(1)
        if re.match(r'\s*"[^"]{1,40}"\s*:|\s*\{', right):
            pass
        elif tail := re.match(rf"({_SIDE})(?P<rest>.*)$", right, re.I | re.S):
            right = tail.group(1)
        else:
            right = re.split(r"\.\s|\.$|;", right, maxsplit=1)[0]
        yield _plain(left), _plain(right), _FORBIDDING.search(lead) is not None, (start, position)


def _split_pairs(text: str) -> list[str]:
    if len(_ARROW.findall(text)) < 2:
        return [text]
    parts, begin, quoted, depth = list[str](), 0, False, 0
    for index, character in enumerate(text):
        if character in '"“”`':
            quoted = not quoted
        elif character in "[{(":
            depth += 1
        elif character in "]})":
            depth -= 1
        elif character in ";,|\n" and not quoted and depth <= 0 and _ARROW.search(text[begin:index]):
            parts.append(text[begin:index])
            begin = index + 1
    return [*parts, text[begin:]]


def _plain(side: str) -> str:
    """A side without its quotation marks, lists left as they are."""
    side = side.strip().rstrip(".,;")
    inner = side[1:-1]
    if len(side) > 1 and side[0] in "\"“„«`'" and side[-1] in "\"”“»`'" and not re.search(r"[\"“”„«»`]", inner):
        return inner
    return side


def label(line: str) -> tuple[str, str] | None:
    """The role of a line of a worked example ("left", "right", "good", "bad") and the rest of the line."""
    for role, pattern in (("left", _LEFT_LABEL), ("right", _RIGHT_LABEL), ("good", _GOOD_LABEL), ("bad", _BAD_LABEL)):
        if match := pattern.match(line):
            return role, match["rest"]
    return None


def cells(line: str) -> list[str] | None:
    """The cells of a table's row, or None."""
    if line.count("|") < 2 and not re.match(r"^[^|]+\|[^|]+$", line):
        return None
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@dataclass(frozen=True, slots=True)
class Shown:
    """A worked example. left: as it stands in the CV, "" where only the answer is shown; right: the answer; wrong:
    an answer that is shown as wrong."""

    left: str = ""
    right: str = ""
    wrong: str = ""


_INLINE = re.compile(
    r"(?<![\s|;,./→-])"
    r"[\s|;,./→-]++(?:=?>)?\s*(?P<label>(?:expected )?(?:output|out|answer|result|after|record|write|ausgabe"
    r"|sortie|salida"
    r"|nachher|good|right|correct|do|bad|wrong|incorrect|don't|not|richtig|falsch|✓|✅|✗|❌)\s*:)\s*",
    re.I,
)


def inline(line: str) -> tuple[str, str] | None:
    """Two labelled sides on one line ("Input: … Output: …"), cut apart."""
    first = label(line)
    if first is None:
        return None
    for match in _INLINE.finditer(line):
        second = label(line[match.start("label") :])
        if match.start() > 0 and second is not None and second[0] != first[0]:
            return line[: match.start()], line[match.start("label") :]
    return None


def shown(lines: Sequence[str]) -> Shown:
    """The sides of the labelled lines of one worked example."""
    if len(lines) == 1 and (halves := inline(lines[0])):
        lines = halves
    sides: dict[str, list[str]] = {}
    role = ""
    for line in lines:
        if found := label(line):
            role, line = found
        if line and not line.startswith("```"):
            sides.setdefault(role, []).append(line)
    text = {name: "\n".join(parts).strip() for name, parts in sides.items()}
    return Shown(text.get("left", ""), text.get("right", text.get("good", "")), text.get("bad", ""))


def rows(lines: Sequence[str]) -> list[Shown | None]:
    """The worked examples of a table; None for its head, its rule and rows without two sides."""
    table = [cells(line) or [] for line in lines]
    ruled = len(table) > 1 and all(re.fullmatch(r":?-+:?", cell) for cell in table[1])
    head = [cell.lower() for cell in table[0]] if ruled else []
    order = _columns(head)
    out: list[Shown | None] = []
    for number, row in enumerate(table):
        if (ruled and number < 2) or len(row) <= max(place for place, _ in order):
            out.append(None)
        else:
            out.append(Shown(**{name: row[place] for place, name in order}))
    return out


_WRONG_HEAD = re.compile(r"\b(?:wrong|bad|don't|not|never|incorrect|avoid|falsch)\b|✗|❌", re.I)
_RIGHT_HEAD = re.compile(
    r"\b(?:write|output|answer|result|record|json|good|right|correct|do|want\w*|after|becomes?|value|target|ausgabe"
    r"|sortie"
    r"|salida|richtig|normali[sz]ed)\b|✓|✅",
    re.I,
)
_LEFT_HEAD = re.compile(
    r"\b(?:cv|input|source|printed|before|original|text|in|from|resume|says|eingabe|entrée|entrada)\b", re.I
)


def _columns(head: Sequence[str]) -> list[tuple[int, str]]:
    """Which column of a table is which side."""
    found: dict[str, int] = {}
    for place, cell in enumerate(head):
        for name, pattern in (("wrong", _WRONG_HEAD), ("left", _LEFT_HEAD), ("right", _RIGHT_HEAD)):
            if name not in found and pattern.search(cell):
                found[name] = place
                break
    if "right" in found and ("left" in found or "wrong" in found):
        return [(place, name) for name, place in found.items()]
    return [(0, "left"), (1, "right")]


def has_arrow(line: str) -> bool:
    return _ARROW.search(line) is not None


def read_shown(example: Shown, about: str) -> tuple[Item, ...]:
    """What a worked example asks for."""
    found: dict[Item, None] = {}
    if example.left and example.right:
        found.update(dict.fromkeys(read_sides(example.left, example.right, about)))
    if example.left and example.wrong:
        found.update(dict.fromkeys(read_sides(example.left, example.wrong, about, forbidden=True)))
    if not found and example.right and example.wrong:
        found.update(dict.fromkeys(read_sides(example.wrong, example.right, about)))
        if not found:
            found.update(dict.fromkeys(read_sides(example.right, example.wrong, about, forbidden=True)))
    if not found and not example.left:
        for text, sign in ((example.right, 1), (example.wrong, -1)):
            found.update({("date_format", value, sign): None for value, _ in formats_in(text)[:1]})
    return tuple(found)


def read_sides(left: str, right: str, about: str, *, forbidden: bool = False) -> tuple[Item, ...]:
    """What one worked example asks for. A right side that is JSON is read key by key."""
    value = _json(right)
    if isinstance(value, dict):
        found = dict.fromkeys(item for key, inner in value.items() for item in _keyed(key, inner, left))
        return tuple(found) if not forbidden else ()
    return read_pair(_plain(left), _plain(right), about, forbidden=forbidden)


def read_snippet(text: str) -> tuple[tuple[Item, ...], bool]:
    """What a piece of JSON shows by the values that it is filled with; and whether it is filled at all."""
    value = _json(text)
    if value is None:
        return (), False
    if isinstance(value, dict):
        found = dict.fromkeys(item for key, inner in value.items() for item in _keyed(key, inner, ""))
        return tuple(found), _filled(value) or len(value) < _SHAPE
    return (), _filled(value)


_SHAPE = 4
"""Keys from which on empty values are the shape of an answer, not an example of what is missing."""


def _json(text: str) -> Json:
    cleaned = re.sub(
        r",?\s*(?:\.\.\.|…)\s*(?=[}\]])", "", text.strip().strip("`").removeprefix("json").strip().rstrip(".,;")
    )
    quoted = re.sub(r"(^|[{,]\s*)([a-z_]{2,20})(?=:)", r'\1"\2"', cleaned)
    for candidate in (cleaned, "{" + cleaned + "}", "{" + quoted + "}"):
        try:
            value: Json = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict | list) else None
    return _lines_of(cleaned.removeprefix("yaml").removeprefix("yml").strip())


def _lines_of(text: str) -> Json:
    """`key: value`, a line each, as YAML has it; None where it is anything else."""
    found = [
        re.fullmatch(r"([a-z_]{2,24}):\s+(\S.{0,200})", line.strip()) for line in text.splitlines() if line.strip()
    ]
    if not found or not all(found):
        return None
    values = {match[1]: match[2].strip("\"'") for match in found if match}
    return {key: None if value in ("null", "~") else value for key, value in values.items()}


def _filled(value: Json) -> bool:
    """Whether a piece of JSON has values, not only the shape of an answer."""
    if isinstance(value, dict):
        return any(_filled(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_filled(inner) for inner in value)
    return isinstance(value, str) and not re.fullmatch(r"\s*|\.\.\.|…|<.*>|string|\{.*\}|\[.*\]", value)


_DATE_KEYS = ("start_date", "end_date", "date", "year", "from", "to", "start", "end")


def _keyed(key: str, value: Json, left: str) -> Iterator[Item]:
    """What the value of one key of an example's answer shows."""
    name = key.lower().replace(" ", "_")
    if left and LACKING.search(left) and value in (None, "", []):
        yield ("missing", "null" if value is None else "empty", 1)
        return
    if left and value and name in ("year", "issuer", "expiry") and _unnamed(left) and str(value) not in left:
        yield ("invention", "estimate", 1)
        return
    if isinstance(value, str) and FILLER.match(value):
        yield ("missing", "placeholder", 1)
        return
    if isinstance(value, dict):
        for inner, item in value.items():
            yield from _keyed(inner, item, left)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for element in value:
            if isinstance(element, dict):
                yield from _keyed(key, element, left)
    elif name in _DATE_KEYS and isinstance(value, str):
        yield from read_pair(_date_before(name, value, left), value, "dates")
    elif isinstance(value, list) and not value and left and name in ("languages", "training", "projects", "skills"):
        yield (f"include.{name}", "exclude", 1)
    elif name in ("description", "bullets", "achievements") and left:
        yield from read_pair(
            left, json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value), "bullets"
        )
    elif name in ("company", "employer", "title") and isinstance(value, str) and left:
        yield from read_pair(_line_with(left, value), value, name)
    elif name == "skills" and isinstance(value, list) and left and len(value) > 1:
        yield from read_pair(left, json.dumps(value, ensure_ascii=False), "skills")


def _unnamed(left: str) -> bool:
    """Whether the text of an example says that something is not there ("(no year)")."""
    return LACKING.search(left) is not None


def _date_before(name: str, value: str, left: str) -> str:
    """The text that a date of an example's answer comes from."""
    if not left:
        return "heute" if re.fullmatch(r"[A-Za-zé' ]+", value) else "01/1999"
    halves = re.split(r"\s*(?:[-–—]|\bto\b|\bbis\b)\s*(?=[^\d]|\d{2}[./]|(?:19|20)\d\d)", left, maxsplit=1)
    if len(halves) == 2:
        return halves[1] if name.startswith(("end", "to")) else halves[0].split(",")[-1]
    return left


def _line_with(left: str, value: str) -> str:
    first = value.split()[:1]
    return next((part.strip() for part in re.split(r"[\n|;]", left) if first and first[0] in part), left)
