"""What changed between two assistants, for a person: words, sentences, settings, tokens."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.assistants.sentences import Hunk, hunks
from harness.assistants.types import AssistantBundle
from harness.base.canonical import digest
from harness.base.types import Json

SpanKind: TypeAlias = Literal["same", "removed", "added"]
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the instructions. Without the added ones they are the old text, without the removed the new."""

    kind: SpanKind
    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that changed; None on the side that does not have it. name: "model", "parameters.temperature",
    "schema" (then the values are digests' first characters)."""

    name: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class BundleDiff:
    """identical: nothing changed at all. same_wire: what is sent with a CV is the same, so answers need not be
    made again. tokens: of the instructions; None where they were not counted."""

    identical: bool
    same_wire: bool
    settings: tuple[Setting, ...]
    words: tuple[Span, ...]
    hunks: tuple[Hunk, ...]
    tokens_before: int | None = None
    tokens_after: int | None = None


def diff(a: AssistantBundle, b: AssistantBundle, *, count: Callable[[str], int] | None = None) -> BundleDiff:
    """From `a` to `b`. count: counts tokens (`harness.models.tokens.count`)."""
    return BundleDiff(
        identical=a.version == b.version,
        same_wire=a.wire == b.wire,
        settings=_settings(a, b),
        words=word_diff(a.instructions, b.instructions),
        hunks=hunks(a.instructions, b.instructions),
        tokens_before=count(a.instructions) if count else None,
        tokens_after=count(b.instructions) if count else None,
    )


def word_diff(before: str, after: str) -> tuple[Span, ...]:
    """The two texts aligned word by word, neighbouring changes joined: removed before added."""
    ours, theirs = _WORD.findall(before), _WORD.findall(after)
    spans: list[Span] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            spans.append(Span("same", "".join(ours[a:b])))
            continue
        if b > a:
            spans.append(Span("removed", "".join(ours[a:b])))
        if d > c:
            spans.append(Span("added", "".join(theirs[c:d])))
    return tuple(spans)


def _settings(a: AssistantBundle, b: AssistantBundle) -> tuple[Setting, ...]:
    ours, theirs = _flat(a), _flat(b)
    names = [*ours, *(name for name in theirs if name not in ours)]
    return tuple(
        Setting(name, ours.get(name), theirs.get(name)) for name in names if ours.get(name) != theirs.get(name)
    )


def _flat(bundle: AssistantBundle) -> dict[str, Json]:
    flat: dict[str, Json] = {
        "name": bundle.name,
        "description": bundle.description,
        "model": bundle.model,
        "output": bundle.output,
        "wire": bundle.asked_over,
        "schema": digest(bundle.schema)[:12],
    }
    for name, value in bundle.parameters.items():
        if isinstance(value, dict):
            flat |= {f"parameters.{name}.{key}": inner for key, inner in value.items()}
        else:
            flat[f"parameters.{name}"] = value
    return flat
