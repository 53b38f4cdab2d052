"""The telephone numbers and addresses that a text prints, each as a whole.

A number is not made of a date and a house number, an address is not a part of another one, and a person's name is no
profile.
"""

from __future__ import annotations

import re
from functools import cached_property

from harness.values.addresses import Link, email_key, linkedin_profile, parse_link, parse_phone, same_phone
from harness.values.normalise import fold

_SAME_SIZE = {
    **{zero + value: str(value) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for value in range(10)},
    **dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " "),
    ord("＋"): "+",
    ord("（"): "(",
    ord("）"): ")",
    ord("＠"): "@",
}
"""Signs in one form, every character still in its place."""
_NUMBER = re.compile(
    r"(?<![\w@+])(?<!\d[./-])(?:\+|\(\+?|00)?\d(?:[ ().\-/]{0,3}\d){5,}(?!\w)(?:[ ,;]*(?:ext(?:ension)?|x|durchwahl|dw|poste|#)\.? ?\d{1,6})?",
    re.IGNORECASE,
)
_APART = re.compile(r"\s/\s|\s{2,}|(?<=\d) (?=\+)")
_GROUPS = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAST_DIGITS = 7
# An address goes on over a space or a line's end only beside one of its own signs.
_GAP = r"(?:(?<=[@./_-])[ \t]*\n[ \t]*|[ \t]*\n[ \t]*(?=[@./_])|(?<=[@]) (?=\w)| (?=@))?"
_STARTS, _ENDS = r"(?<![\w.+%@-])", r"(?![\w@-]|\.\w|\+\w)"
_LEAST_NAME = 3
_LABEL = re.compile(r"linked-?in\W{0,6}(?:profile\W{0,4})?$|(?:^|[\s|(/])in/$|linkedin\.com/$", re.IGNORECASE)
_SEPARATOR = re.compile(r"(?:^|[|•·,;\n\t\uf000-\uf8ff])[ \t]*$")
_SEPARATOR_AFTER = re.compile(r"^[ \t/]*(?:$|[|•·,;\n\t\uf000-\uf8ff])")


class PrintedAddresses:
    """What one text prints."""

    def __init__(self, given: str) -> None:
        self._text = given.translate(_SAME_SIZE)
        lower = self._text.lower()
        self._lower = lower if len(lower) == len(self._text) else self._text

    def find(self, value: str, kind: str) -> tuple[int, int] | None:
        """Where a value of this kind ("phone", "email", "linkedin", "link") stands; None where it does not."""
        match kind:
            case "phone":
                return self._phone(value)
            case "email":
                return self._whole(email_key(value))
            case "linkedin":
                return self._profile(value)
            case _:
                link = parse_link(value)
                return self._link(link)

    @cached_property
    def _phones(self) -> list[tuple[int, int]]:
        """Where single numbers stand: of one line each, apart where a sign or a gap keeps them apart, and no dates."""
        places = []
        for found in _NUMBER.finditer(self._text):
            start, end = found.span()
            cuts = [start, *(edge for cut in _APART.finditer(self._text, start, end) for edge in cut.span()), end]
            for first, last in zip(cuts[::2], cuts[1::2], strict=True):
                groups = _GROUPS.findall(self._text[first:last])
                if sum(map(len, groups)) >= _LEAST_DIGITS and not _is_date(groups):
                    places.append((first, last))
        return places

    def _phone(self, value: str) -> tuple[int, int] | None:
        if parse_phone(value) is None:
            return None
        return next(
            (place for place in self._phones if same_phone(self._text[place[0] : place[1]], value)),
            self._several(value),
        )

    def _several(self, value: str) -> tuple[int, int] | None:
        """A value that is a whole line's numbers."""
        places = [place for place in self._phones if same_phone(value, self._text[place[0] : place[1]])]
        digits = "".join(_GROUPS.findall(value))
        if (
            len(places) > 1
            and "".join(digit for a, b in places for digit in _GROUPS.findall(self._text[a:b])) == digits
        ):
            return places[0][0], places[-1][1]
        return None

    def _whole(self, address: str) -> tuple[int, int] | None:
        """An address at its own bounds; also broken over lines beside one of its signs."""
        if not address:
            return None
        pattern = _STARTS + _GAP.join(map(re.escape, address)) + _ENDS
        found = re.search(pattern, self._lower) if address[0] in self._lower else None
        return found.span() if found else None

    def _link(self, link: Link) -> tuple[int, int] | None:
        if not link.host:
            return None
        address = link.whole
        starts = r"(?<![\w.@+-])(?:[a-z][a-z0-9+]*:/{1,2})?(?:www\d?\.|m\.)?"
        pattern = starts + f"({_GAP.join(map(re.escape, address))})" + r"/?(?![\w@-]|[./]\w|/[~@])"
        for found in re.finditer(pattern, self._lower):
            if self._lower[max(0, found.start(1) - 1) : found.start(1)] == "/" and "//" not in found[0]:
                continue
            rest = re.match(r"[?#]\S*", self._lower[found.end() :])
            printed = parse_link(fold(found[1] + (rest[0] if rest else "")))
            if printed.query == link.query:
                return found.span(1)
        return None

    def _profile(self, value: str) -> tuple[int, int] | None:
        profile = linkedin_profile(value)
        if not profile.name:
            return None
        if profile.host != "linkedin.com":
            return self._link(parse_link(value))
        kinds = ("in", "pub", "") if profile.kind == "in" else (profile.kind,)
        name = _GAP.join(map(re.escape, profile.name))
        for kind in kinds:
            address = _GAP.join(map(re.escape, f"linkedin.com/{kind}/" if kind else "linkedin.com/"))
            found = re.search(rf"(?<![\w-]){address}{_GAP}({name})(?![\w-])", self._lower)
            if found:
                return found.span(1)
        return self._bare_profile(profile.name) if profile.kind == "in" else None

    def _bare_profile(self, name: str) -> tuple[int, int] | None:
        """A profile's name alone: after the site's name, after "in/", or between separators as no name is printed."""
        if len(name) < _LEAST_NAME:
            return None
        for found in re.finditer(rf"(?<![\w.@-])/?({re.escape(name)})(?![\w@-]|\.\w)", self._lower):
            start, end = found.span(1)
            before = self._text[max(0, start - 40) : start]
            if _LABEL.search(before.removesuffix("@").removesuffix("/") if before.endswith(("@", " /")) else before):
                return start, end
            alone = _SEPARATOR.search(before.removesuffix("/").removesuffix("@")) and _SEPARATOR_AFTER.search(
                self._text[end : end + 8]
            )
            printed = self._text[start:end]
            if alone and printed == printed.lower() and not printed.isdigit() and len(printed) > 4:
                return start, end
        return None


def _is_date(groups: list[str]) -> bool:
    """Whether groups of digits are months, days and years, with a year of four digits among them."""
    years = sum(bool(_YEAR.fullmatch(group)) for group in groups)
    rest = [group for group in groups if not _YEAR.fullmatch(group)]
    return bool(years) and all(len(group) <= 2 and int(group) <= 31 for group in rest)
