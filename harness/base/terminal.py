"""Text of strangers on a terminal: what could move the cursor, recolour or rename is taken out, what could reorder is
shown."""

from __future__ import annotations

import re

from harness.base.visible import visible

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS, SOS, PM, APC: titles, links, clipboard
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def safe(text: str) -> str:
    """`text` without escape sequences and control characters, and with what is not seen shown; newline and tab stay."""
    return visible(_CONTROL.sub("", _SEQUENCE.sub("", text)))
