"""Token counts without a network: OpenAI's `o200k_base`."""

from __future__ import annotations

from functools import cache
from typing import Any


def count(text: str) -> int:
    """Tokens of `text` as plain text, special tokens included as ordinary characters.

    The first call loads the vocabulary.
    """
    return int(_tokenizer().count(text.encode("utf-8", "replace").decode("utf-8")))


@cache
def _tokenizer() -> Any:
    from bpe_openai import _bindings

    return _bindings.tokenizer_for_encoding("o200k_base")
