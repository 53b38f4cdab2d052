"""Token counts without a network: OpenAI's `o200k_base`."""

from __future__ import annotations

from harness.base.tokenizer import encodable, tokenizer


def count(text: str) -> int:
    """Tokens of `text`, special tokens taken as the plain text that they are in a CV.

    The first call loads the vocabulary.
    """
    return int(tokenizer().count(encodable(text)))
