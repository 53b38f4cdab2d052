"""Whether what stands around a sentence leaves its sense as it is.

A sentence that departs from what is wanted is an order only in plain surroundings: no comment, tag, heading or label
that might forbid it, tell of it or quote it, and nothing beside it that is not understood and might turn it round
("True or false: …", "An editor shortens bullets. You are no editor.").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from harness.simulator.examples import has_arrow, pairs_in
from harness.simulator.rules.hearing import TOPICS
from harness.simulator.rules.ordering import IMPERATIVE
from harness.simulator.sentences import FORBIDDING_HEAD, Piece

Trust: TypeAlias = Literal["all", "wanted", "nothing"]
"""What may be read of a piece: all, only what is wanted anyway, nothing."""

_TAG = re.compile(r"<(?P<ends>/?)(?P<name>[A-Za-z][\w-]{0,30})(?P<more>[^<>]{0,80})>")
_COUNTED = re.compile(r"\b(?:id|n|no|nr|number)=[\"']?[\w-]{1,12}[\"']?", re.I)
_SAID = frozenset(
    [
        "reminder",
        "reminders",
        "context",
        "background",
        "shot",
        "in",
        "out",
        "system",
        "prompt",
        "hint",
        "hints",
        "info",
        "intro",
    ]
)
"""Names of tags in which what is wanted anyway may be said."""
_FORBIDDEN = re.compile(r"^<(?P<name>[A-Za-z][\w-]{0,30})>(?P<said>[^<>.!?]{1,300}[.!?]?)</(?P=name)>$")
_COMMENT = re.compile(r"<!--|-->|~~|/\*|\*/|(?<!:)//(?!/)\s")
_PLAIN_START = re.compile(r"^[\"“„«`']?\s?[^\W\d_]")
_LABEL = re.compile(r"^(?P<label>[^\"“”„«»`:]{1,60}):(?=\s)")
_NEUTRAL = re.compile(
    r"(?:an?|the|of|for|and|or|in|on|to|as|by|with|from|our|your|its|their|these|this|those|it|is|are|how|we|you|do|want"
    r"|now|following|follows?|please|always|must|should|shall|be|all|every|each|about|general|special|specific|further"
    r"|more|additional|extra|new|another|one|important|rules?|style|styles|form|forms|format|formats|formatting|output"
    r"|answers?|records?|guidelines?|guidance|instructions?|requirements?|requests?|notes?|points?|sections?|task|tasks"
    r"|steps?|items?|li|ul|ol|p|b|em|strong|fields?|values?|content|contents|parts?|wording|spelling|order|length|layout"
    r"|handling|treatment|write|list|give|read|copy|treat|handle|personal|person|work|working|experience|look|like|pattern"
    r"|what|find|ongoing|current|running|left|out|omit|omitted|skip|skipped|outside|certifications?"
    r"|worked|examples?|samples?|input|faithfulness|quality|bullets?|points|names?|level|levels|missing|tools?"
    r"|für|die|der|das|und|zu|im|stichpunkte|daten|stellen|sprachen|regeln?|beispiele?|pour|les|des|de|et|du|dates?"
    r"|règles?|con|mes|en|número|exemples?|puces|langues|postes|para|las|los|el|la|y|reglas?|ejemplos?|fechas|viñetas|idiomas|puestos)",
    re.I,
)
"""Words of headings, labels and tags that say what it is about and no more."""
_WORD = re.compile(r"[^\W\d_]+")
_COMMANDED = re.compile(rf"(?!\W*\w+ed\b)(?:{IMPERATIVE.pattern})", re.I)


_THINGS = tuple(pattern for name, pattern in TOPICS.items() if name not in ("every", "cv"))
_TRACK = re.compile(r"\b(?:work|employment|career|professional|job) history\b", re.I)


def _neutral(label: str) -> bool:
    """Whether a heading, a label or a tag only says what the rest is about."""
    return all(
        _NEUTRAL.fullmatch(word) or any(topic.match(word) for topic in _THINGS)
        for word in _WORD.findall(re.sub(r"[_-]", " ", _TRACK.sub("work", label)))
    )


def _tags_off(text: str, *, more: frozenset[str] = frozenset()) -> bool:
    """Whether a piece stands in a tag that may forbid, quote or date it. more: other names that a tag may have."""
    return any(
        _COUNTED.sub("", match["more"]).strip(" /") or not (match["name"].lower() in more or _neutral(match["name"]))
        for match in _TAG.finditer(text)
    )


def _spoken(piece: Piece) -> bool:
    """Whether a piece is said to the reader: no comment, nothing struck out, in no tag that may forbid it."""
    return not _COMMENT.search(piece.text) and (
        piece.kind == "example"
        or piece.shown is not None
        or forbidden_in_tags(piece.text) != ""
        or not _tags_off(piece.text, more=_SAID)
    )


def forbidden_in_tags(text: str) -> str:
    """What a sentence in a tag forbids ("<never>Guess a value.</never>"); "" where it is no such sentence."""
    match = _FORBIDDEN.match(text)
    return match["said"] if match and FORBIDDING_HEAD.match(re.sub(r"[_-]", " ", match["name"])) else ""


def _plain(piece: Piece) -> bool:
    """Whether a piece by itself has the form of an order: no sign or label that may turn it."""
    text = piece.text
    if piece.kind == "example" or piece.shown is not None:
        return True
    if _tags_off(text):
        return False
    text = _TAG.sub(" ", text).strip()
    if has_arrow(text):
        return True
    if not _PLAIN_START.match(text) and not pairs_in(text):
        return False
    label = _LABEL.match(text)
    return label is None or _neutral(label["label"]) or _COMMANDED.match(text) is not None


def _disturbs(piece: Piece) -> bool:
    """Whether a piece that is not understood may turn the sense of what stands beside it; an order about something
    else does not."""
    names = any(topic.search(piece.text) for topic in _THINGS)
    return piece.kind != "example" and not (names and IMPERATIVE.match(piece.text) is not None)


def trusted(pieces: Sequence[Piece], understood: Sequence[bool]) -> tuple[Trust, ...]:
    """How far each piece may be trusted in its surroundings."""
    found: list[Trust] = []
    for begin, end in _sections(pieces):
        inside = range(begin, end)
        spoilt = any(not understood[index] and _disturbs(pieces[index]) for index in inside)
        heading, open_tags, comment = "", list[str](), False
        for index in inside:
            piece = pieces[index]
            if piece.kind == "heading":
                heading = piece.text
            if piece.kind == "example" and (tag := _TAG.fullmatch(piece.text.strip())):
                open_tags = [*open_tags, tag[0]] if not tag["ends"] else open_tags[:-1]
            comment = (comment or "<!--" in piece.text) and "-->" not in piece.text
            outer = [tag for tag in open_tags if tag.split()[0].strip("<>") != piece.context]
            if (
                comment
                or not _spoken(piece)
                or any(_tags_off(tag, more=_SAID) for tag in outer)
                or _banned(heading, piece)
            ):
                found.append("nothing")
            elif spoilt or not _plain(piece) or not _neutral(heading) or any(map(_tags_off, open_tags)):
                found.append("wanted")
            else:
                found.append("all")
    return tuple(found)


def _banned(heading: str, piece: Piece) -> bool:
    """Whether a piece stands under a heading that forbids, and is not read as forbidden by it."""
    said = heading.strip("#*: ")
    return (
        heading.startswith(("#", "*"))
        and FORBIDDING_HEAD.match(said) is not None
        and not FORBIDDING_HEAD.match(piece.context)
    )


def _sections(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """The pieces from one heading with a "#" to the next."""
    starts = [
        index for index, piece in enumerate(pieces) if index and piece.kind == "heading" and piece.text.startswith("#")
    ]
    return list(zip([0, *starts], [*starts, len(pieces)], strict=True))
