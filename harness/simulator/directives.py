"""Instructions read as directives: sentence → (slot, value, polarity, strength).

A sentence is cut into clauses; a clause has topics, actions and negations, and the rules in `rules` say what they
ask for together. Values are read from the sentence or its example ("Feb 2020" is a date format).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from harness.base.types import Json
from harness.simulator.examples import has_arrow, pairs_in, read_shown, read_sides
from harness.simulator.rules import asks_more, negation, read_clause, read_manner
from harness.simulator.rules.hearing import Item
from harness.simulator.rules.meant import strange
from harness.simulator.rules.negation import NEGATIONS
from harness.simulator.rules.ordering import IMPERATIVE, aside, departs
from harness.simulator.saying import in_words
from harness.simulator.sentences import FORBIDDING_HEAD, Kind, Piece, clauses, pieces
from harness.simulator.slots import SLOTS
from harness.simulator.snippets import read_snippet
from harness.simulator.surroundings import Trust, forbidden_in_tags, trusted
from harness.simulator.tongues import in_english


@dataclass(frozen=True, slots=True)
class Directive:
    """One thing that is asked for.

    polarity: 1 for "do", -1 for "do not" where the prohibition names no alternative. strength: 0 to 1, from the
    wording ("must", "try to"). source: instructions | schema | cv. start, end: the sentence's place in the text.
    """

    slot: str
    value: str
    polarity: int
    strength: float
    source: str = "instructions"
    sentence: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of an instruction text with what was recognised in it."""

    text: str
    start: int
    end: int
    kind: Kind
    directives: tuple[Directive, ...]
    speaks: bool = True
    """Whether it could ask for anything: headings and empty shapes of an answer cannot."""

    @property
    def judged(self) -> bool:
        """Whether the simulator can judge it: it holds a directive, or could hold none."""
        return bool(self.directives) or not self.speaks

    @property
    def beyond(self) -> str:
        """What it asks for that the simulator reads and is not able to do, in words; "" where there is nothing."""
        return (
            in_words([(one.slot, one.value, one.polarity) for one in self.directives if _beyond(one)], speaks=True)
            if any(map(_beyond, self.directives))
            else ""
        )

    @property
    def read_as(self) -> str:
        """How it was read, in words: "dates → MMM YYYY", or that nothing was recognised."""
        return in_words([(one.slot, one.value, one.polarity) for one in self.directives], speaks=self.speaks)


def _beyond(one: Directive) -> bool:
    """Whether a directive asks for other than what is done unasked, of a slot that answers do not show."""
    slot = SLOTS[one.slot]
    usual = next(iter(slot.prior))
    return not slot.enacted and (one.value == usual) != (one.polarity > 0)


_WEAK = re.compile(
    r"\b(?i:try to|prefer|preferably|ideally|if possible|where possible|when possible|might|could"
    r"|usually|generally|optional(?:ly)?|as far as possible|roughly|approximately|more or less|mostly|largely|mainly"
    r"|as a rule"
    r"|normally|for the most part|in most cases|typically|as much as possible|perhaps|if you (?:like|want|can))\b"
    r"|\bmay\b",
)
_BARE_ITEM = 4
"""Words of the longest item that is read as the continuation of its heading ("Languages" under "Leave out")."""
_TAGS = re.compile(r"^<[a-z][\w-]{0,20}>|</[a-z][\w-]{0,20}>$", re.I)
_ANSWER = re.compile(r"^(?:yes|no|nein|ja|oui|non|sí|right|ok(?:ay)?)[,.:!;]\s+(?=\w)", re.I)
"""The answer to a question that stands before it: its "no" is no negation of what follows."""
_SOFT = re.compile(r"\b(?:should|ought to|please|can)\b", re.I)


@lru_cache(maxsize=2048)
def read_sentences(text: str) -> tuple[Sentence, ...]:
    """Every heading, example and sentence of an instruction text with its directives, in order."""
    parts = pieces(text)
    read = [_read_piece(piece) for piece in parts]
    trust = trusted(parts, [bool(found) or not speaks for found, speaks in read])
    return tuple(
        Sentence(piece.text, piece.start, piece.end, piece.kind, found if _stands(found, far) else (), speaks)
        for piece, (found, speaks), far in zip(parts, read, trust, strict=True)
    )


def _stands(found: Iterable[Directive], trust: Trust) -> bool:
    """Whether what was read of a piece may be read in its surroundings."""
    return trust == "all" or (
        trust == "wanted" and not any(departs((one.slot, one.value, one.polarity)) for one in found)
    )


def read_instructions(text: str) -> tuple[Directive, ...]:
    """All directives of an instruction text, in order."""
    return tuple(directive for sentence in read_sentences(text) for directive in sentence.directives)


@lru_cache(maxsize=4096)
def _read_piece(piece: Piece) -> tuple[tuple[Directive, ...], bool]:
    """The directives of a piece; and whether it is one that could hold any."""
    strength = 0.6 if _WEAK.search(piece.text) else 0.96 if _SOFT.search(piece.text) else 1.0
    items, speaks = _items(piece)
    return tuple(
        Directive(slot, value, polarity, strength, "instructions", piece.text, piece.start, piece.end)
        for slot, value, polarity in items
    ), speaks


def _items(piece: Piece) -> tuple[tuple[Item, ...], bool]:
    if piece.kind == "heading":
        return (), False
    if piece.kind == "example":
        return read_snippet(re.sub(r"```\w*", "", piece.text))
    if piece.shown is not None:
        shown = piece.shown
        if shown.right and not shown.wrong and FORBIDDING_HEAD.match(piece.context):
            shown = replace(shown, right="", wrong=shown.right)
        if not shown.left and all(map(IMPERATIVE.match, filter(None, (shown.right, shown.wrong)))):
            return _told(shown.right, shown.wrong), True
        return read_shown(shown, piece.context), True
    if said := forbidden_in_tags(piece.text):
        return _forbidden(in_english(said)), True
    plain = _ANSWER.sub("", _TAGS.sub(" ", piece.text).strip())
    text, context = plain if has_arrow(plain) else in_english(plain), in_english(piece.context)
    if negation.told_of_others(text):
        return (), True
    if FORBIDDING_HEAD.match(context):
        return _forbidden(text), True
    label, colon, said = text.partition(": ")
    if colon and FORBIDDING_HEAD.match(label) and not pairs_in(said):
        return _forbidden(said), True
    found: dict[Item, None] = {}
    rest = text
    examples = pairs_in(text)
    for left, right, forbidden, (start, end) in examples:
        found.update(dict.fromkeys(read_sides(left, right, f"{context} {text}", forbidden=forbidden and left != right)))
        rest = rest.replace(text[start:end], " ")
    if examples and (not found or _says_more(found, rest)):
        return (), True
    if not examples and context.endswith(":"):
        found.update(dict.fromkeys(_in_words(f"{context.rstrip(':')} {text}")))
    if not found or re.search(r"\w{3}", rest):
        found.update(
            {item: None for item in _in_words(rest) if not examples or item[0] not in {one[0] for one in found}}
        )
    bare = len(text.split()) <= _BARE_ITEM and not text.endswith((".", "!", "?"))
    if not found and context and not context.endswith(":") and bare:
        found.update(dict.fromkeys(read_clause(f"{context}: {text}", "", text)))
    return tuple(found) or read_manner(text), True


def _told(right: str, wrong: str) -> tuple[Item, ...]:
    """What a "do" and a "don't" ask for that are sentences, no examples."""
    if any(re.search(r"[.!?]\s", side) for side in (right, wrong)):
        return ()
    read = [_in_words(right)] if right else []
    read += [_forbidden(wrong)] if wrong else []
    return tuple(dict.fromkeys(item for items in read for item in items)) if all(read) else ()


def _says_more(found: Iterable[Item], rest: str) -> bool:
    """Whether the words around an example say what it does not show: that it is past or wrong, what else to do."""
    rest = in_english(rest)
    if any(map(departs, found)):
        return aside(rest) or NEGATIONS.search(rest) is not None or negation.faults(rest)
    more = r"[\"“„«][^\"”»]{0,200}\d|\b(?:one|a single) (?:item|string|entry)\b"
    return strange(re.sub(r"\bbut\b", " ", rest)) or re.search(more, rest, re.I) is not None


def _forbidden(text: str) -> tuple[Item, ...]:
    """What an item of a list of what is not to be done asks for: the opposite of what it says. Nothing where it has a
    "not" of its own."""
    if NEGATIONS.search(text):
        return ()
    turned = dict.fromkeys(
        (slot, value, -sign) if slot == "date_format" else (slot, SLOTS[slot].opposite[value], sign)
        for slot, value, sign in _in_words(text)
        if slot == "date_format" or value in SLOTS[slot].opposite
    )
    return tuple(turned)


_NONE_OF = re.compile(
    r"^\W*(?:no|without|never) [^,;:.]{2,40}(?:,? (?:and |or )?(?:no|without|never) [^,;:.]{2,40})+\W*$", re.I
)
"""A list of what is not wanted: each part is a clause."""
_REASON = re.compile(r",?(?<!\s)\s+(?:just |only |simply |merely )?(?:because|seeing that)\b[^.;]*", re.I)


_ADDS = re.compile(
    r"\b(?:follows?|known|may|can|could|should|must|better|best|also|too|then|afterwards?|later|enough|instead|welcome|fine|ok)\b",
    re.I,
)
"""Words with which what stands behind a semicolon may ask for more."""


def _in_words(text: str) -> tuple[Item, ...]:
    """What the clauses of a sentence ask for; the sentence as a whole where none of them says anything alone."""
    text = _REASON.sub("", text)
    found: dict[Item, None] = {}
    if _NONE_OF.match(text):
        each = [
            read_clause(part.strip(" .!"), "", part.strip(" .!"))
            for part in re.split(r",? (?=no |without |never )", text)
        ]
        return tuple(dict.fromkeys(item for items in each for item in items)) if all(each) else ()
    parts = clauses(text)
    for clause in parts:
        found.update(dict.fromkeys(read_clause(clause.text, clause.condition, text)))
    if found and len(parts) > 1 and any(asks_more(clause.text, clause.condition, text) for clause in parts):
        return ()
    if found and any(
        _ADDS.search(clause.text)
        and not NEGATIONS.search(clause.text)
        and not read_clause(clause.text, clause.condition, text)
        for clause in parts
        if clause.text in text.partition(";")[2]
    ):
        return ()
    positive = [(slot, value) for slot, value, sign in found if sign > 0]
    if len({slot for slot, _ in positive}) < len(positive):
        return ()  # two values for one thing: which applies when is not understood
    if not found and len(parts) > 1:
        found.update({item: None for item in read_clause(text, "", text) if not departs(item)})
    return tuple(found)


def read_schema(schema: Json) -> tuple[Directive, ...]:
    """Directives in the descriptions of a JSON Schema; weaker than a sentence of the instructions."""
    if schema is None:
        return ()
    found: dict[tuple[str, str, int], Directive] = {}
    for path, description in _descriptions(schema, ()):
        for directive in (*read_instructions(description), *_of_field(path, description)):
            key = (directive.slot, directive.value, directive.polarity)
            found.setdefault(key, replace(directive, source="schema", strength=1.0))
    return tuple(found.values())


def _descriptions(node: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(node, dict):
        return
    if path and isinstance(node.get("description"), str):
        yield path, node["description"]
    for key, inner in (node.get("properties") or {}).items():
        yield from _descriptions(inner, (*path, key))
    yield from _descriptions(node.get("items"), path)


_FIELD_SLOTS = {
    "languages": "languages", "training": "training", "projects": "projects", "certifications": "certifications",
    "summary": "summary", "portfolio": "links", "proficiency": "proficiency", "expiry": "expiry",
}  # fmt: skip


def _of_field(path: tuple[str, ...], description: str) -> tuple[Directive, ...]:
    """What a described field says by being described: that it is wanted."""
    slot = _FIELD_SLOTS.get(path[-1])
    out: list[Directive] = []
    if slot is not None:
        out.append(Directive(f"include.{slot}", "include", 1, 1.0, "schema", description))
    if path[-1] == "description" and path[0].startswith("work"):
        out.extend(
            Directive(name, value, polarity, 1.0, "schema", description)
            for name, value, polarity in read_clause(f"bullets: {description}", "", description)
        )
    if path[-1] == "description" and path[0].startswith("edu"):
        out.append(Directive("include.education_notes", "include", 1, 1.0, "schema", description))
    if path[-1] == "skills" and path[0].startswith("work"):
        out.append(Directive("include.role_skills", "include", 1, 1.0, "schema", description))
    return tuple(out)


def repertoire() -> Json:
    """What can be asked for: slots, their values, what happens unasked, and example sentences."""
    return {
        "slots": [
            {
                "slot": slot.name,
                "description": slot.description,
                "values": list(slot.prior),
                "other_values": slot.free,
                "enacted": slot.enacted,
                "unasked": {name: round(share, 3) for name, share in slot.prior.items()},
                "followed": slot.told,
                "examples": list(slot.examples),
            }
            for slot in SLOTS.values()
        ]
    }


def contradicts(one: Directive, other: Directive) -> bool:
    """Whether no answer can follow both: another value of the same slot, or the same value forbidden."""
    if one.slot != other.slot or one.slot in ("task", "manner"):
        return False
    if one.polarity == other.polarity:
        return one.polarity > 0 and one.value != other.value
    return one.value == other.value
