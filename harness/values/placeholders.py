"""Words that models write where there is nothing to say."""

from __future__ import annotations

_PLACEHOLDERS = frozenset(
    {
        "unknown", "n/a", "na", "n.a.", "none", "null", "nil", "not specified", "not provided", "not available",
        "not stated", "not mentioned", "not applicable", "not given", "unspecified", "undefined", "tbd", "tba",
        "-", "--", "–", "—", "?", "...", "…", "xxx",
    }
)  # fmt: skip
_LONGEST = max(map(len, _PLACEHOLDERS))


def is_placeholder(text: str) -> bool:
    """Whether a text says nothing: "unknown", "N/A", "-" … (an empty one is empty, not a placeholder)."""
    return len(text) <= _LONGEST + 4 and text.strip().strip("[]()<>").casefold().rstrip(".").strip() in _PLACEHOLDERS
