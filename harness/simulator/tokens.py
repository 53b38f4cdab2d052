"""Token counts in o200k_base, loaded in the background because loading takes most of a second.

Every text is counted once: CVs and instructions come back in call after call.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any, Protocol


class _Tokenizer(Protocol):
    def count(self, text: str) -> int: ...
    def encode(self, text: str) -> list[int]: ...
    def decode(self, tokens: list[int]) -> str: ...


_loaded: dict[str, Any] = {}
_lock = threading.Lock()


def preload() -> None:
    """Start loading the tokenizer in a thread; the first count waits for what is left of it."""
    threading.Thread(target=_tokenizer, name="tokenizer", daemon=True).start()


def _tokenizer() -> _Tokenizer:
    with _lock:
        if "o200k_base" not in _loaded:
            from bpe_openai import _bindings

            _loaded["o200k_base"] = _bindings.tokenizer_for_encoding("o200k_base")
        tokenizer: _Tokenizer = _loaded["o200k_base"]
        return tokenizer


@lru_cache(maxsize=4096)
def count(text: str) -> int:
    """Tokens of `text` in o200k_base, special tokens taken as plain text."""
    return _tokenizer().count(_plain(text)) if text else 0


def cut(text: str, limit: int) -> str:
    """The longest prefix of `text` that is at most `limit` tokens; a character split between two tokens is left out."""
    if limit <= 0:
        return ""
    tokens = _tokenizer().encode(_plain(text))
    if len(tokens) <= limit:
        return text
    for end in range(limit, max(limit - 4, 0), -1):
        try:
            prefix = _tokenizer().decode(tokens[:end])
        except (ValueError, UnicodeError):
            continue
        if text.startswith(prefix):
            return prefix
        whole = prefix.rstrip("�")
        if text.startswith(whole):
            return whole
    return text[: limit * 2]


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
