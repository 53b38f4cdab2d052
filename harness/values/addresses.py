"""Telephone numbers, e-mail addresses and links: what identifies them, whatever their spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from harness.values.normalise import fold

_EXTENSION = re.compile(r"[\s,;]*(?:ext(?:ension)?|x|durchwahl|dw|poste|#)\.?\s*(\d{1,6})\s*$")
_TRUNK = re.compile(r"\(\s*0\s*\)")
_LEAST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Phone:
    """digits: all of the number without extension and trunk prefix; international: it names its country."""

    digits: str
    extension: str
    international: bool


@lru_cache(maxsize=2048)
def parse_phone(text: str) -> Phone | None:
    """A printed telephone number, or None where there are no digits."""
    folded = fold(text).strip()
    folded = re.sub(r"^(?:tel|phone|mobile|mob|cell|ph|telefon|tél|t|m|p)\b[.:\s]*", "", folded)
    extension = _EXTENSION.search(folded)
    if extension:
        folded = folded[: extension.start()]
    international = "+" in folded
    digits = re.sub(r"\D", "", _TRUNK.sub("", folded) if international else folded)
    if not digits:
        return None
    if not international and digits.startswith("00"):
        digits, international = digits[2:], True
    return Phone(digits, extension[1] if extension else "", international)


@lru_cache(maxsize=2048)
def same_phone(one: str, other: str) -> bool:
    """Whether two texts print one number: equal with country code and extension, or the one without a country
    code is the whole end of the other (at least 7 digits, trunk 0 aside)."""
    first, second = parse_phone(one), parse_phone(other)
    if first is None or second is None or first.extension != second.extension:
        return False
    if first.digits == second.digits:
        return True
    if first.international and second.international:
        return False
    short, long = sorted((first, second), key=lambda phone: (phone.international, len(phone.digits)))
    national = short.digits.lstrip("0")
    if len(national) >= _LEAST_DIGITS and long.digits.lstrip("0").endswith(national):
        return True
    return long.international and _same_with_region(long, short)


def _same_with_region(international: Phone, national: Phone) -> bool:
    """Whether a national number is the other one, dialled in the other one's country (trunk prefixes like 8, 06)."""
    import phonenumbers

    try:
        full = phonenumbers.parse("+" + international.digits, None)
        region = phonenumbers.region_code_for_number(full)
        return bool(region) and phonenumbers.parse(national.digits, region) == full
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=2048)
def email_key(text: str) -> str:
    """An e-mail address, casefolded, without `mailto:`, brackets and closing punctuation."""
    return (
        "".join(fold(text).split())
        .removeprefix("mailto:")
        .removeprefix("e-mail:")
        .removeprefix("email:")
        .strip("<>()[],;.\"'")
    )


@dataclass(frozen=True, slots=True)
class Link:
    """host without www.; path without closing slash, query and fragment kept off."""

    host: str
    path: str


@lru_cache(maxsize=2048)
def parse_link(text: str) -> Link:
    """The host and path of an address, scheme or not."""
    folded = unquote("".join(fold(text).split())).casefold().strip("<>()[],;\"'")
    folded = re.sub(r"^[a-z][a-z0-9+]*://", "", folded)
    folded = re.split(r"[?#]", folded, maxsplit=1)[0].rstrip("/.")
    host, _, path = folded.partition("/")
    return Link(re.sub(r"^(?:www\d?|m)\.", "", host).removesuffix(":443").removesuffix(":80"), path.strip("/"))


@lru_cache(maxsize=2048)
def linkedin_slug(text: str) -> str:
    """What identifies a LinkedIn profile: the last part of its address, or the bare name."""
    link = parse_link(text)
    whole = f"{link.host}/{link.path}" if link.path else link.host
    found = re.search(r"(?:^|/)(?:in|pub|company)/([^/]+)", whole)
    if found:
        return found[1]
    return whole.rsplit("/", 1)[-1].removeprefix("@")
