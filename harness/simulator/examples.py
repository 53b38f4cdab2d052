"""Worked examples in instructions: where a sentence, a block or a table shows a text and what becomes of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.simulator.fielded import as_record, fielded, keyed, read_json
from harness.simulator.rules.date_format import formats_in
from harness.simulator.rules.hearing import Item
from harness.simulator.rules.ordering import IMPERATIVE, departs
from harness.simulator.rules.pairs import read_pair
from harness.simulator.snippets import read_answer

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
_GOES_ON = re.compile(r"\s*(?:to|until|till|and|bis|[-–—,])\s*[\"“„«]", re.I)
_ARROW = re.compile(r"(?:(?<!\s)\s+|)(?:→|⇒|➜|⟶|-{1,2}>|={1,2}>|↦)\s*")
_LINK = (
    r"(?:becomes?|is (?:to be )?(?:written|given|recorded|rendered|returned|reported|entered|turned|converted"
    r"|changed|spelt"
    r"|spelled|output|transcribed|copied)(?: in)?(?: as|to|into)?|(?:turns?|changes?|converts?) (?:in)?to|goes in as"
    r"|(?:should|must|shall|has to|needs to|will|would) (?:become|be(?: \w+)? (?:as|to|into)|be|read|look like"
    r"|turn into)"
    r"|is(?: just| simply)?(?= [\"“„'`«])|reads|yields|gives|means|maps to|stays|remains|bleibt|reste|queda"
    r"|permanece|wird(?: zu)?|devient"
    r"|se convierten? en|pasa a ser|s['’]écri(?:t|vent)|se escriben?|"
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
    r"|lebenslauf|resume"
    r"|eingabe"
    r"|entrée|entrada|vorher|quelle)\s*+\d*\W*[:=]\s*(?P<rest>.*)$",
    re.I,
)
_RIGHT_LABEL = re.compile(
    r"^\W*(?:expected |your |correct )?(?:output|out|answer|result|after|record|write|written|to|a|assistant|json"
    r"|response"
    r"|ausgabe|sortie|salida|nachher|ergebnis)\s*+\d*\W*[:=]\s*(?P<rest>.*)$",
    re.I,
)
_GOOD_LABEL = re.compile(
    r"^(?:\W*(?:good|right|correct|do|yes|ok|richtig|gut|bon|correcto|bien|like this|preferred|✓|✔"
    r"|✅)\s*+[:=]?\W*[:=✓✅✔]\s*|[✓✔✅☑]\s+)(?P<rest>.*)$",
    re.I,
)
_BAD_LABEL = re.compile(
    r"^(?:\W*(?:bad|wrong|incorrect|don't|dont|do not|not|no|falsch|schlecht|mauvais|incorrecto|mal|not like this"
    r"|avoid|✗|✘"
    r"|❌)\s*+[:=]?\W*[:=✗❌✘]\s*|[✗✘❌]\s+)"
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
        position = stop = start + len(part)
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
        elif (tail := re.match(rf"({_SIDE})(?P<rest>.*)$", right, re.I | re.S)) and not _GOES_ON.match(tail["rest"]):
            right = tail.group(1)
            stop = start + part.rfind(right) + len(right)
        else:
            right = re.split(r"\.\s|\.$|;", right, maxsplit=1)[0]
        yield _plain(left), _plain(right), _FORBIDDING.search(lead) is not None, (start, stop)


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
    line = _untagged(line)
    for role, pattern in (("left", _LEFT_LABEL), ("right", _RIGHT_LABEL), ("good", _GOOD_LABEL), ("bad", _BAD_LABEL)):
        if match := pattern.match(line):
            return role, match["rest"]
    return None


_TAGGED = re.compile(r"^<(?P<tag>[^\W\d][\w-]{1,20})(?: [^<>]{0,60})?>(?P<rest>[^<>]*)(?:</(?P=tag)>)?$")
_CLOSING = re.compile(r"^</[\w-]{1,20}>$")


def _untagged(line: str) -> str:
    """`<output>…</output>` as the labelled line that it stands for."""
    match = _TAGGED.match(line)
    return f"{match['tag']}: {match['rest']}" if match else line


def shows_field(line: str) -> bool:
    """Whether a line gives one field of the answer to the text above it."""
    return keyed(line)


def tagged(line: str) -> bool:
    """Whether a line is an element, or the beginning of one."""
    return _TAGGED.match(line) is not None


def closes(line: str, tag_of: str) -> bool:
    """Whether a line ends the element that `tag_of` begins."""
    match = _TAGGED.match(tag_of)
    return match is not None and line == f"</{match['tag']}>"


def opens(line: str) -> bool:
    """Whether a line begins an element that it does not end."""
    match = _TAGGED.match(line)
    return match is not None and not line.endswith(f"</{match['tag']}>")


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
        elif role == "left" and keyed(line) and "left" in sides:
            role = "right"
        if line and not line.startswith("```") and not _CLOSING.match(line):
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


_BOTH = re.compile(r"[\"”“'] (?:for|instead of|from|in place of) [\"“„']")


def read_shown(example: Shown, about: str) -> tuple[Item, ...]:
    """What a worked example asks for; nothing where a side names both texts ("X" for "Y") and
    where the sides are orders themselves."""
    sides = (example.right, example.wrong)
    if (
        example.left.rstrip(' "”»').endswith("?")
        or any(_BOTH.search(side) for side in sides)
        or (all(sides) and all(map(IMPERATIVE.match, sides)))
    ):
        return ()
    found: dict[Item, None] = {}
    if example.left and example.right:
        found.update(dict.fromkeys(read_sides(example.left, example.right, about)))
    if example.left and example.wrong:
        found.update(dict.fromkeys(read_sides(example.left, example.wrong, about, forbidden=True)))
    if not found and example.right and example.wrong:
        found.update(dict.fromkeys(read_sides(example.wrong, example.right, about)))
        if ("date_format", "YYYY", 1) in found:
            return ()  # whether the month was made up or is left out cannot be told without the text
        if not found:
            found.update(dict.fromkeys(read_sides(example.right, example.wrong, about, forbidden=True)))
    if not found and not example.left:
        for text, sign in ((example.right, 1), (example.wrong, -1)):
            found.update({("date_format", value, sign): None for value, _ in formats_in(text)[:1]})
    return tuple(found)


def _more(left: str, right: str) -> bool:
    """Whether an answer has a year that its text has not, or has it more often: nobody can tell where it comes from."""
    had = Counter(re.findall(r"\d{4}|(?<!\d)\d\d(?!\d)", left))
    years = Counter(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", right))
    return any(count > had[year] + had[year[2:]] for year, count in years.items())


def read_sides(left: str, right: str, about: str, *, forbidden: bool = False) -> tuple[Item, ...]:
    """What one worked example asks for. A right side that is JSON is read key by key."""
    items = _sides(left, right, about, forbidden)
    return () if not forbidden and left and not any(map(departs, items)) and _more(left, right) else items


def _sides(left: str, right: str, about: str, forbidden: bool) -> tuple[Item, ...]:
    value = as_record(read_json(right))
    if isinstance(value, dict):
        return read_answer(value, left) if not forbidden else ()
    if not forbidden and left and (shown := fielded(right)) and (items := read_answer(shown, left)):
        return items
    return read_pair(_plain(left), _plain(right), about, forbidden=forbidden)
