"""Characters that nobody sees, shown: a text of strangers reads as what it is, on a page as on a terminal."""

from __future__ import annotations

import re

UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    # what joins or parts letters is how some scripts and pictures are written: between their signs it stays
    "|(?<![\u0370-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0370-\U0010ffff])"
)
"""Scripts of pages take the same pattern: nothing in it is Python's alone."""


def visible(text: str) -> str:
    """`text` with its direction marks, overrides, isolates and other characters without a shape written as
    `⟨U+202E⟩`: none can turn the order of a line or make two names look alike. Idempotent."""
    return text if text.isascii() else UNSEEN.sub(_named, text)


def _named(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"
