"""Words that models write where there is nothing to say."""

from __future__ import annotations

from functools import lru_cache

_PLACEHOLDERS = frozenset(
    {
        "unknown", "n/a", "na", "n.a.", "none", "null", "nil", "not specified", "not provided", "not available",
        "not stated", "not mentioned", "not applicable", "not given", "unspecified", "undefined", "tbd", "tba",
        "-", "--", "–", "—", "?", "...", "…", "xxx", "not found", "not listed", "no information", "not disclosed",
        "k. a", "k.a", "keine angabe", "keine angaben", "nicht angegeben", "unbekannt", "non précisé", "non renseigné",
        "inconnu", "no especificado", "desconocido", "não informado", "desconhecido", "non specificato", "sconosciuto",
        "nie podano", "brak", "brak danych", "nieznany", "不明", "なし", "未知", "无", "غير محدد", "לא ידוע", "לא צוין",
    }
)  # fmt: skip
LONGEST = max(map(len, _PLACEHOLDERS)) + 4
"""A longer text is no placeholder: the longest one with brackets or spaces around it."""


def is_placeholder(text: str) -> bool:
    """Whether a text says nothing: "unknown", "N/A", "-" … (an empty one is empty, not a placeholder)."""
    return len(text) <= LONGEST and _is_placeholder(text)


@lru_cache(maxsize=16384)
def _is_placeholder(text: str) -> bool:
    return text.strip().strip("[]()<>").casefold().rstrip(".").strip() in _PLACEHOLDERS
