"""Token counts without a network: OpenAI's `o200k_base`."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import blake2b

from harness.base.tokenizer import encodable, tokenizer
from harness.base.types import Json
from harness.models.types import Call, Frame

_LONG = 200
"""Characters from which on looking a count up is faster than counting again."""
_MOST_KEPT = 100_000
_counted: dict[bytes, int] = {}
"""Tokens by digest: instructions and CVs come again with each call, in the estimate, the budget and the request."""


def count(text: str) -> int:
    """Tokens of `text`, special tokens taken as the plain text that they are in a CV.

    The first call loads the vocabulary.
    """
    if len(text) < _LONG:
        return int(tokenizer().count(encodable(text)))
    key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    known = _counted.get(key)
    if known is None:
        if len(_counted) >= _MOST_KEPT:
            _counted.clear()
        known = _counted[key] = int(tokenizer().count(encodable(text)))
    return known


def count_json(value: Json) -> int:
    """Tokens of a JSON value: its long texts each by themselves, as the server reads them, and all around them."""
    long: list[str] = []
    around = json.dumps(_without_long(value, long), ensure_ascii=False)
    return count(around) + sum(map(count, long))


def count_call(call: Call) -> int:
    """Tokens of a request, as `count_json` has them of its body; what it shares with others is counted once."""
    if call.frame is None or len(call.text) < _LONG:
        return count_json(dict(call.body))
    return _of_frame(call.frame) + count(call.text)


@lru_cache(maxsize=64)
def _of_frame(frame: Frame) -> int:
    return count_json(dict(frame.body))


def most_tokens(text: str) -> int:
    """So many tokens a text has at the most, without counting them: a token is a byte or more."""
    return len(text.encode("utf-8", "surrogatepass"))


def _without_long(value: Json, long: list[str]) -> Json:
    if isinstance(value, str) and len(value) >= _LONG:
        long.append(value)
        return ""
    if isinstance(value, dict):
        return {name: _without_long(member, long) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_long(member, long) for member in value]
    return value
