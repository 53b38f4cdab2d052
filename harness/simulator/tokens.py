"""Token counts in o200k_base. Every text is counted once: CVs and instructions come back in call after call."""

from __future__ import annotations

import threading
from functools import lru_cache

from harness.base.tokenizer import encodable, tokenizer


def preload() -> None:
    """Start loading the tokenizer in a thread; the first count waits for what is left of it."""
    threading.Thread(target=tokenizer, name="tokenizer", daemon=True).start()


@lru_cache(maxsize=4096)
def count(text: str) -> int:
    """Tokens of `text` in o200k_base, special tokens taken as plain text."""
    return tokenizer().count(encodable(text)) if text else 0


def cut(text: str, limit: int) -> str:
    """The longest prefix of `text` that is at most `limit` tokens; a character split between two tokens is left out."""
    if limit <= 0:
        return ""
    tokens = tokenizer().encode(encodable(text))
    if len(tokens) <= limit:
        return text
    for end in range(limit, max(limit - 4, 0), -1):
        try:
            prefix = tokenizer().decode(tokens[:end])
        except (ValueError, UnicodeError):
            continue
        if text.startswith(prefix):
            return prefix
        whole = prefix.rstrip("�")
        if text.startswith(whole):
            return whole
    return text[: limit * 2]
