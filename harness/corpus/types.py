"""Documents, what was read of them, and their goldens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from harness.base.types import Json

Split: TypeAlias = Literal["dev", "gate", "sealed", "none"]

TextOutcome: TypeAlias = Literal[
    "ok",
    "ok_with_warnings",
    "encrypted",
    "corrupt",
    "unsupported",
    "too_large",
    "timeout",
    "no_text_layer",
    "garbled",
]


@dataclass(frozen=True, slots=True)
class Document:
    """One CV file. `path` is relative to the manifest's folder (absolute for files brought with `--cvs`)."""

    id: str
    path: str
    media_type: str
    sha256: str
    persona: str
    split: Split
    twin_of: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a reader got out of a document: cleaned text, and how. `text` is "" unless the outcome is ok*.

    `raw` is the text before cleaning, where it differs; it is never given to a model.
    """

    outcome: TextOutcome
    text: str
    text_sha256: str
    reader: str
    warnings: tuple[str, ...] = ()
    pages: int | None = None
    raw: str = field(default="", repr=False)

    @property
    def readable(self) -> bool:
        return self.outcome in ("ok", "ok_with_warnings")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a golden comes from. `origin`: generated | answer:<arm> | person; `history` holds one line a change."""

    origin: str
    created: str
    by: str = ""
    history: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Golden:
    """The expected contract object of a document.

    accept: further values that are also right, by path (`work_experience[0].company`).
    ambiguous: paths that stay out of critical gates.
    reviewed: a golden that may gate; a fresh one from `golden add` is not reviewed yet. Goldens that the
    project's own builder rendered together with their file count as reviewed (provenance `generated`).
    """

    document_id: str
    cv: Json
    provenance: Provenance
    accept: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()
    reviewed: bool = True
    sha256: str = ""
