"""One way to write JSON for hashing and one for people, so that equal values are equal bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """`value` as compact JSON with sorted keys, UTF-8. Equal JSON values give equal bytes.

    Raises TypeError for what is not JSON and ValueError for NaN and infinities.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode(
        "utf-8", "surrogatepass"
    )


def pretty(value: Any) -> str:
    """`value` as JSON a person reads in a diff: two spaces, order kept, non-ASCII as is, newline at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def sha256(data: bytes | memoryview | str) -> str:
    """Hex SHA-256 of bytes, or of a text's UTF-8."""
    return hashlib.sha256(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data).hexdigest()


def digest(value: Any) -> str:
    """Hex SHA-256 of a JSON value's canonical form."""
    return sha256(canonical(value))
