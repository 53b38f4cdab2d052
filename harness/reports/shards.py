"""What the page's script reads, packed: details of so many CVs at a time, and the list of all CVs."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from harness.base.types import Json
from harness.reports.summary_types import Summary

SHARD = 25
"""CVs in a pack."""


def packed(value: Json) -> str:
    """A JSON value gzipped and in base64: safe inside a script element, inflated by the browser.

    Same value, same bytes. Lone surrogates, which no UTF-8 can carry, become question marks.
    """
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.b64encode(gzip.compress(raw, 6, mtime=0)).decode("ascii")


def shards(details: Iterable[Sequence[dict[str, Any]]], pages: int, size: int = SHARD) -> list[list[str]]:
    """Of each page, its details packed in groups of `size`, in order. details: of each CV, one for each page. A thread
    packs, and compresses while the next group's details are made."""
    left = iter(details)
    with ThreadPoolExecutor(1, thread_name_prefix="pack") as packer:
        out: list[list[Future[str]]] = [[] for _ in range(pages)]
        while group := list(islice(left, size)):
            for page, data in enumerate(out):
                data.append(packer.submit(packed, [shown[page] for shown in group]))
        return [[each.result() for each in data] for data in out]


def index(summary: Summary) -> dict[str, Any]:
    """What the list of all CVs filters and sorts by, as compact rows."""
    fields = [row["field"] for row in summary["fields"]]
    number = {name: i for i, name in enumerate(fields)}
    arms = [arm["id"] for arm in summary["arms"]]
    rows = []
    for row in summary["documents"]:
        cells = []
        for arm in arms:
            seen = row["arms"].get(arm)
            cells.append(
                None
                if seen is None
                else [
                    seen["f1"],
                    seen["failed"],
                    seen["hallucinations"],
                    seen["draws"] - seen["valid"],
                    seen["latency_ms"],
                    [[number[f], *counts] for f, counts in seen["bad"].items() if f in number],
                ]
            )
        rows.append(
            [
                row["document"],
                row["class"],
                row["fixed"],
                row["broken"],
                row["both_wrong"],
                row["suspects"],
                " ".join(f"{tag}:{value}" for tag, value in sorted(row["tags"].items())),
                cells,
            ]
        )
    labels = {arm["id"]: arm["label"]["mark"] for arm in summary["arms"]}
    return {"fields": fields, "arms": arms, "roles": summary["roles"], "labels": labels, "rows": rows}
