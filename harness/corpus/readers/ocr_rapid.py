"""OCR without a system package: rapidocr, whose models come with its wheel, on onnxruntime.

The `ocr` extra installs both; it is used where tesseract is not there. rapidocr gives words with their boxes, so that
the lines and columns of the page are put together here.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from harness.corpus.readers.base import package

if TYPE_CHECKING:
    from harness.corpus.readers.pdfium import PdfiumFile

DPI = 200
_GUTTER = 1.5
_COLUMN = 4
_ALIGNED = 0.8
_SAME_ROW = 0.5
_TAB = 1.5
_BAND = 1.2
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Box:
    """Words on the picture and where they stand, in pixels from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        return self.bottom - self.top


def is_installed() -> bool:
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def name() -> str:
    return f"{package('rapidocr')}, {package('onnxruntime')}"


def page_text(file: PdfiumFile, at: int, megapixels: float) -> str:
    """The words on a page's picture, in lines."""
    import numpy

    header, size, _, pixels = file.picture(at, DPI, megapixels).split(b"\n", 3)
    assert header == b"P5"
    columns, rows = map(int, size.split())
    grey = numpy.frombuffer(pixels, dtype=numpy.uint8).reshape(rows, columns)
    read = _engine()(numpy.stack([grey] * 3, axis=-1))
    if read.boxes is None:
        return ""
    boxes = [
        Box(
            float(min(x for x, _ in corners)),
            float(min(y for _, y in corners)),
            float(max(x for x, _ in corners)),
            float(max(y for _, y in corners)),
            text,
        )
        for corners, text in zip(read.boxes, read.txts, strict=True)
    ]
    return "\n".join(in_reading_order(boxes))


@cache
def _engine() -> Any:
    """The engine, on one thread: children read side by side."""
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # it turns short lines upside down that stand upright
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def in_reading_order(boxes: Sequence[Box]) -> list[str]:
    """The lines of a page: columns one after the other, what stands beside a line on the line."""
    return _lines(list(boxes), 0)


def _lines(boxes: list[Box], depth: int) -> list[str]:
    if len(boxes) < 2:
        return [box.text for box in boxes]
    height = statistics.median(box.height for box in boxes)
    if depth < _DEPTH:
        if (edge := _gutter(boxes, height)) is not None:
            left = [box for box in boxes if box.right <= edge]
            return _lines(left, depth + 1) + _lines([box for box in boxes if box.right > edge], depth + 1)
        if (line := _band(boxes, height)) is not None:
            above = [box for box in boxes if box.bottom <= line]
            return _lines(above, depth + 1) + _lines([box for box in boxes if box.bottom > line], depth + 1)
    return _rows(boxes)


def _gaps(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The gaps between spans that overlap, as (width, where it begins)."""
    found: list[tuple[float, float]] = []
    end: float | None = None
    for start, stop in sorted(spans):
        if end is not None and start > end:
            found.append((start - end, end))
        end = stop if end is None else max(end, stop)
    return found


def _gutter(boxes: list[Box], height: float) -> float | None:
    """Where a free strip parts two columns of text; None where what is right of it only stands beside lines."""
    for width, edge in sorted(_gaps([(box.left, box.right) for box in boxes]), reverse=True):
        if width < _GUTTER * height:
            break
        left = [box for box in boxes if box.right <= edge]
        right = [box for box in boxes if box.right > edge]
        if min(len(left), len(right)) < _COLUMN:
            continue
        fewer, more = sorted((left, right), key=len)
        beside = sum(1 for box in fewer if any(_on_row(box, other) for other in more))
        if beside < _ALIGNED * len(fewer):
            return edge
    return None


def _band(boxes: list[Box], height: float) -> float | None:
    """Where a free strip parts what is above from what is below; only where one of them has columns."""
    for width, edge in sorted(_gaps([(box.top, box.bottom) for box in boxes]), reverse=True)[:_DEPTH]:
        if width < _BAND * height:
            return None
        above = [box for box in boxes if box.bottom <= edge]
        below = [box for box in boxes if box.bottom > edge]
        if _gutter(above, height) is not None or _gutter(below, height) is not None:
            return edge
    return None


def _on_row(one: Box, two: Box) -> bool:
    overlap = min(one.bottom, two.bottom) - max(one.top, two.top)
    return overlap > _SAME_ROW * min(one.height, two.height)


def _rows(boxes: list[Box]) -> list[str]:
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda each: (each.top + each.bottom, each.left)):
        if rows and _on_row(rows[-1][0], box):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [_row(sorted(row, key=lambda each: each.left)) for row in rows]


def _row(row: list[Box]) -> str:
    text = row[0].text
    for before, box in pairwise(row):
        text += ("\t" if box.left - before.right > _TAB * box.height else " ") + box.text
    return text
