"""Hyperlink targets: in many CVs the profile's address exists only behind a word or an icon."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
_NOT_DIGIT = re.compile(r"\D")
_LONGEST = 500


def printable_target(target: str) -> str | None:
    """A link's target as it would be printed on a CV, or None for what is no address (scripts, bookmarks, files).

    `mailto:` and `tel:` lose their scheme and parameters.
    """
    target = _NOT_PLAIN.sub("", target)[:_LONGEST]
    lowered = target.lower()
    if lowered.startswith(("http://", "https://")):
        return target
    if lowered.startswith("mailto:"):
        address = unquote(target[7:].split("?", 1)[0])
        return address if "@" in address and not _NOT_PLAIN.search(address) else None
    if lowered.startswith("tel:"):
        return unquote(target[4:].split(";", 1)[0]) or None
    if lowered.startswith("www."):
        return target
    return None


def with_links(text: str, targets: Iterable[str], most: int) -> str:
    """`text` and below it, one a line, each link target that is not printed in it; at most `most` of them."""
    printed = squeezed = digits = None
    added: list[str] = []
    seen: set[str] = set()
    for given in targets:
        target = printable_target(given)
        if target is None:
            continue
        bare = _bare(target)
        if bare in seen or not bare:
            continue
        seen.add(bare)
        if printed is None or squeezed is None:
            printed = text.lower()
            squeezed = re.sub(r"\s+", "", printed)
        if bare in printed or bare in squeezed:
            continue
        if given.lower().startswith("tel:"):
            digits = _NOT_DIGIT.sub("", text) if digits is None else digits
            if _NOT_DIGIT.sub("", target)[-9:] in digits:
                continue
        added.append(target)
        if len(added) >= most:
            break
    return "\n\n".join(part for part in (text, "\n".join(added)) if part)


def _bare(target: str) -> str:
    return unquote(_SCHEME.sub("", target)).rstrip("/").lower()
