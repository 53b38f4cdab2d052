"""Telephone numbers, e-mail addresses and links: what identifies them, whatever their spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from harness.values.normalise import fold

_EXTENSION = re.compile(r"(?:(?<![\s,;])[\s,;]+|)(?:ext(?:ension)?|x|durchwahl|dw|poste|#)\.?\s*(\d{1,6})\s*$")
_TRUNK = re.compile(r"\(\s*0\s*\)")
_LEAST_DIGITS = 7
_LONGEST_LOCAL, _LONGEST_NATIONAL = 8, 11
_LONGEST_PREFIX = 6
"""Digits of a country code (three at most) and of an area code that a local number may lack."""
_SEVERAL = re.compile(
    r"(?<!\s)\s+[/|]\s*|(?:(?<!\s)\s+|)[|;]\s*|,\s+|(?<!\s)\s+(?:or|oder|ou|o|and|und|et|y|e|bzw\.?)\s+|\n"
    r"|(?:(?<!\s)\s+|)(?=\+\d)"
)
_DIGIT = re.compile(r"\d")


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


def phone_numbers(text: str) -> list[str]:
    """The single numbers of a text that prints one or several ("020 7946 0321 / 07700 900123")."""
    parts = [part for part in _SEVERAL.split(text) if len(_DIGIT.findall(part)) >= _LEAST_DIGITS]
    return parts if len(parts) > 1 else [text]


@lru_cache(maxsize=2048)
def same_phone(golden: str, answer: str) -> bool:
    """Whether the answer prints the golden's number, or one or more of them where it has several: equal with country
    code and extension, or the one without a country code is what follows it in the other (trunk 0 aside)."""
    ours = phone_numbers(golden)
    local = len(ours) == 1
    return all(any(_same_number(one, other, local=local) for one in ours) for other in phone_numbers(answer))


@lru_cache(maxsize=2048)
def added_code(printed: str, answer: str) -> str:
    """The digits of an answer's number that names its country where the printed one does not; "" for any other."""
    theirs = [phone for one in phone_numbers(printed) if (phone := parse_phone(one)) is not None]
    for one in phone_numbers(answer):
        given = parse_phone(one)
        if given is None or not given.international:
            continue
        if not any(phone.international or phone.digits == given.digits for phone in theirs):
            return given.digits
    return ""


def _same_number(one: str, other: str, *, local: bool) -> bool:
    """local: whether a number may lack its area code; beside other numbers, what is before it may be theirs."""
    first, second = parse_phone(one), parse_phone(other)
    if first is None or second is None or first.extension != second.extension:
        return False
    if first.digits == second.digits:
        return True
    if first.international and second.international:
        return False
    short, long = sorted((first, second), key=lambda phone: (phone.international, len(phone.digits)))
    national = short.digits.lstrip("0")
    full = long.digits.lstrip("0")
    if len(national) >= _LEAST_DIGITS and full.endswith(national):
        before = len(full) - len(national)
        if before == 0 or (long.international and before <= _LONGEST_PREFIX):
            return True
        if local and len(national) <= _LONGEST_LOCAL and before <= _LONGEST_PREFIX and len(full) <= _LONGEST_NATIONAL:
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
    """host without www.; path without closing slash; query: the parameters that say which page it is, sorted."""

    host: str
    path: str
    query: str = ""

    @property
    def whole(self) -> str:
        """The address without its query."""
        return f"{self.host}/{self.path}" if self.path else self.host


_NO_PAGE = re.compile(
    r"utm_\w+|fbclid|gclid|igshid|mc_\w+|ref\w*|source|src|trk\w*|hl|lang|locale|l|si|usp|feature|originalsubdomain|oi|"
    r"from|share\w*|tab|view_op|authuser"
)
"""Parameters that say where a visitor comes from or how a page is shown, not which page it is."""


@lru_cache(maxsize=2048)
def parse_link(text: str) -> Link:
    """The host, path and telling query of an address, scheme or not. A fragment counts only as a path (#/…)."""
    folded = unquote("".join(fold(text).split())).casefold().strip("<>()[],;\"'")
    folded = re.sub(r"^[a-z][a-z0-9+]*://", "", folded)
    address, _, fragment = folded.partition("#")
    address, _, query = address.partition("?")
    host, _, path = address.rstrip("/.").partition("/")
    if fragment.startswith(("/", "!")):
        path = f"{path}#{fragment.rstrip('/')}"
    told = sorted(one for one in query.split("&") if "=" in one and not _NO_PAGE.fullmatch(one.partition("=")[0]))
    host = re.sub(r"^(?:www\d?|m)\.", "", host).removesuffix(":443").removesuffix(":80")
    return Link(host, path.strip("/"), "&".join(told))


def within_link(link: Link, other: Link) -> bool:
    """Whether one address is a part of the same site as the other: the same host, and the one path begins the other."""
    if link.host != other.host:
        return False
    one, two = (
        (each.path.split("/") if each.path else []) + ([each.query] if each.query else []) for each in (link, other)
    )
    return one[: len(two)] == two or two[: len(one)] == one


@dataclass(frozen=True, slots=True)
class Profile:
    """host: "linkedin.com", or another site's; kind: "in" for a person, "company" and the like else; name: the part of
    the address that names it."""

    host: str
    kind: str
    name: str


_LINKEDIN_LABEL = re.compile(r"^linked-?in\s*(?:profile)?\s*[:|-]?\s*(?=\S)(?![.]com)", re.IGNORECASE)
_LINKEDIN = re.compile(r"(?:^|\.)linkedin\.com$|^linkedin$")


@lru_cache(maxsize=2048)
def linkedin_profile(text: str) -> Profile:
    """What identifies a profile: a bare name ("maraquill", "in/maraquill") is one on LinkedIn."""
    link = parse_link(_LINKEDIN_LABEL.sub("", text.strip()))
    parts = [part for part in link.whole.split("/") if part]
    host = ""
    if parts and _LINKEDIN.search(parts[0]):
        host, parts = "linkedin.com", parts[1:]
    elif len(parts) > 1 and "." in parts[0]:
        host, parts = parts[0], parts[1:]
    kind = "in"
    if len(parts) > 1 and parts[0] in ("in", "pub", "company", "school", "showcase", "groups"):
        if parts[0] == "pub":
            parts = ["pub", "/".join(parts[1:])]  # /pub/kim-lund/5/b2/aa: all of it names the person
        kind, parts = ("in" if parts[0] == "pub" else parts[0]), parts[1:]
    name = parts[0].removeprefix("@") if parts else ""
    return Profile(host or "linkedin.com", kind, name)
