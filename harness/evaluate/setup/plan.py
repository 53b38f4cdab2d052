"""What is asked of one evaluation, and which documents that means."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from harness.base.errors import UsageError
from harness.base.types import Json
from harness.corpus.types import Document
from harness.pipelines.http import Service
from harness.replay.settings import Way

ARMS = ("legacy", "baseline", "candidate")


@dataclass(frozen=True, slots=True)
class Plan:
    """One evaluation as asked for.

    arms: which of legacy, baseline, candidate (and anchor). assistants: candidate bundles by name or path; the
    first is "candidate", further ones "candidate:2", ….
    models: in place of the bundles' own; each bundle is a candidate on each of them.
    splits, only, tags, limit: which documents. only: ids or shell patterns; tags: "key=value".
    repeat: draws K, counted from first_draw; None for the next that nobody has seen where `fresh`, else for those of
    the accepted assistant. fresh: no recordings for any arm (`--pair-live`) but those of `recorded`, which go as far
    as they are recorded, on draws of their own. aa: replay the baseline on disjoint draws too. again: draws on which
    the accepted assistant is asked anew, beside its recordings.
    way: of asking: "" call by call, "batch", or in the "background" (-2h, -8h).
    legacy: "active", "advisory", or "retired": its model is never asked again.
    reader: what reads the CVs for all arms; "product" is what the service uses today. require_baseline: a revision
    whose accepted assistant must be the one here.
    sequential: planned, equally spaced numbers of people after which the run may end early.
    cvs: a folder of CVs without goldens, or an address or a Parquet list of them; answers: a JSONL of answers made
    elsewhere. service: a running CV-import service, measured by `concurrency` users at a time; arms are then its ways.
    max_cost: US dollars; a live run that would cost more is refused before its first call. confirm_above: one that
    would cost more than that is asked about, where there is somebody to ask.
    force: run an assistant in which lint finds an error.
    engine: where records are made: here, or on a Ray cluster ("": one that is started here; else its address), in so
    many shards (None: as many as suit it).
    gates: the [tool.cv-harness.gates] table. command: what to type to do this again. probes: relations to probe with.
    """

    arms: tuple[str, ...] = ARMS
    assistants: tuple[str, ...] = ("cv-parser-pro",)
    provider: str = "simulator"
    base_url: str = ""
    models: tuple[str, ...] = ()
    splits: tuple[str, ...] = ("gate",)
    only: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    limit: int | None = None
    repeat: int = 3
    first_draw: int | None = None
    concurrency: int = 8
    seed: int = 7
    profile: str = "ci"
    legacy: str = "active"
    fresh: bool = False
    recorded: tuple[str, ...] = ()
    way: Way = ""
    aa: bool = False
    again: range | None = None
    reader: Literal["common", "product"] = "common"
    require_baseline: str = ""
    sequential: tuple[int, ...] = ()
    cvs: Path | str | None = None
    answers: Path | None = None
    service: Service | None = None
    max_cost: float = 5.0
    confirm_above: float = math.inf
    allow_missing: bool = False
    force: bool = False
    monthly_volume: int = 0
    phone_region: str = "GB"
    out: Path | None = None
    gates: Mapping[str, Any] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    engine: Literal["local", "ray"] = "local"
    ray_address: str = ""
    shards: int | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The documents of a run, how they were chosen, and whether that is less than the splits hold."""

    documents: tuple[Document, ...]
    described: Mapping[str, Json]
    partial: bool


def select(documents: Sequence[Document], plan: Plan) -> Selection:
    """The documents that a plan means, in manifest order. Raises UsageError where nothing is left, saying why."""
    pool = [document for document in documents if document.split in plan.splits]
    if not documents:
        raise UsageError("this project has no CV yet", hint="`cv-harness corpus add FOLDER` brings some in")
    if not pool:
        there = sorted({document.split for document in documents})
        raise UsageError(
            f"no document in split {', '.join(plan.splits)}", hint=f"splits of this corpus: {', '.join(there)}"
        )
    chosen = pool
    if plan.only:
        for pattern in plan.only:
            if not any(fnmatch.fnmatchcase(document.id, pattern) for document in documents):
                raise UsageError(f"--only {pattern}: no such document", hint="`cv-harness corpus list` names them")
        everywhere = [
            document for document in documents if any(fnmatch.fnmatchcase(document.id, each) for each in plan.only)
        ]
        chosen = everywhere
    for wanted in plan.tags:
        key, _, value = wanted.partition("=")
        chosen = [document for document in chosen if document.tags.get(key) == value]
        if not chosen:
            others = [name for name in ("only", "tags") if len(getattr(plan, name)) > (name == "tags")]
            if others and any(document.tags.get(key) == value for document in documents):
                raise UsageError(
                    f"--tag {wanted}: none of the documents that the other filters leave has it",
                    hint="filters exclude each other: a document must pass every one of them",
                )
            raise UsageError(f"--tag {wanted}: no document has it", hint=_tags_hint(pool, key))
    if plan.limit is not None:
        if plan.limit < 1:
            raise UsageError("--limit must be at least 1")
        chosen = chosen[: plan.limit]
    partial = len(chosen) < len(pool) or {document.id for document in chosen} != {document.id for document in pool}
    described: dict[str, Json] = {"splits": list(plan.splits), "partial": partial, "of": len(pool)}
    for name in ("only", "tags", "limit"):
        if value := getattr(plan, name):
            described[name] = list(value) if isinstance(value, tuple) else value
    return Selection(tuple(chosen), described, partial)


def _tags_hint(documents: Sequence[Document], key: str) -> str:
    values = sorted({document.tags[key] for document in documents if key in document.tags})
    if values:
        return f"{key} is one of: {', '.join(values)}"
    keys = sorted({key for document in documents for key in document.tags})
    return f"tags are: {', '.join(keys)}"
