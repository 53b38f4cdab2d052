"""The telephone numbers and addresses that a text prints, each as a whole.

A number is not made of a date and a house number, an address is not a part of another one, and a person's name is no
profile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from harness.values.addresses import added_code, email_key, linkedin_profile, parse_link, parse_phone, same_phone
from harness.values.countries import code_of, tells_country
from harness.values.normalise import fold
from harness.values.scan import places_of

_SAME_SIZE = {
    **{chr(zero + value): str(value) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for value in range(10)},
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
    **{"＋": "+", "（": "(", "）": ")", "＠": "@"},
}
"""Signs in one form, every character still in its place."""
_NUMBER = re.compile(
    r"(?<![\w@+])(?<!\d[./-])(?:\+|\(\+?|00)?\d(?:[ ().\-/]{0,3}\d){5,}(?!\w)"
    r"(?:[ ,;]*(?:ext(?:ension)?|x|durchwahl|dw|poste|#)\.? ?\d{1,6})?",
    re.IGNORECASE,
)
_APART = re.compile(r"\s/\s|\s{2,}|(?<=\d) (?=\+)")
_GROUPS = re.compile(r"\d+")
_RUNS = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAST_DIGITS = 7
_WORDS, _MOST_LABEL = re.compile(r"[^\W\d_]+"), 2
_FAX = re.compile(r"fax|(?<!\w)f\W*$", re.IGNORECASE)
# An address goes on over a line's end only at a hyphen or beside one of its own signs.
_BROKEN = re.compile(
    r"(?:(?<![ \t])[ \t]+|)(?:-[ \t]*\n[ \t]*-*|\n[ \t]*-+)|(?<=[@./_])[ \t]*\n[ \t]*"
    r"|(?:(?<![ \t])[ \t]+|)\n[ \t]*(?=[@./_])"
    r"|(?<=@) (?=\w)| (?=@\w)"
)
_SPELT_AT = re.compile(r"[\[({] ?(?:at|ät|arroba|chez) ?[\])}]")
_AFTER_MAIL = re.compile(r"[\w@-]|[.+]\w")
_AFTER_LINK = re.compile(r"/?(?:[\w@-]|[./]\w|/[~@])")
_MORE_PATH = re.compile(r"/\w")
_AFTER_NAME = re.compile(r"[\w@-]|\.\w")
_BEFORE_LINK = re.compile(r"(?:^|[^\w.@+/-])(?:[a-z][a-z0-9+]*:/{1,2})?(?:www\d?\.|m\.)?$")
_BEFORE_PROFILE = re.compile(
    r"(?:^|[^\w-])(?:[a-z]{2}\.|www\.|m\.)?linkedin\.com/(?:(in|pub|company|school|showcase|groups)/)?$"
)
_QUERY = re.compile(r"/?([?#]\S*)")
_LEAST_NAME, _LEAST_ALONE = 3, 4
_LABEL = re.compile(r"linked-?in\W{0,6}(?:profile\W{0,4})?$|(?:^|[\s|(/])in/$|linkedin\.com/$", re.IGNORECASE)
_SEPARATOR = re.compile(r"(?:^|[|•·,;\n\uf000-\uf8ff]|(?<!\t)\t)[ \t]*$")
_SEPARATOR_AFTER = re.compile(r"[ \t/]*(?:$|[|•·,;\n\t\uf000-\uf8ff])")


@dataclass(frozen=True, slots=True)
class _Lines:
    """A text in small letters; places: where each character stands in the text as given (None: at its own place)."""

    text: str
    places: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        return (start, end) if self.places is None else (self.places[start], self.places[end - 1] + 1)

    def joined(self) -> _Lines:
        """The same with addresses in one piece that were broken at the end of a line."""
        pieces: list[str] = []
        places: list[int] = []
        last = 0
        for found in _BROKEN.finditer(self.text):
            start, end = found.span()
            pieces.append(self.text[last:start])
            places.extend(range(last, start))
            if "-" in found[0]:
                pieces.append("-")
                places.append(start)
            last = end
        pieces.append(self.text[last:])
        places.extend(range(last, len(self.text)))
        return _Lines("".join(pieces), places)


class PrintedAddresses:
    """What one text prints."""

    def __init__(self, given: str) -> None:
        text = given
        if not given.isascii():
            for sign in filter(given.__contains__, _SAME_SIZE):
                text = text.replace(sign, _SAME_SIZE[sign])
        self._text = text
        lower = self._text.lower()
        self._lines = _Lines(lower if len(lower) == len(self._text) else self._text)

    @cached_property
    def _joined(self) -> _Lines:
        return self._lines.joined()

    def find(self, value: str, kind: str) -> tuple[int, int] | None:
        """Where a value of this kind ("phone", "email", "linkedin", "link") stands; None where it does not."""
        if kind == "phone":
            return self._phone(value)
        look = {"email": self._mail, "linkedin": self._profile}.get(kind, self._link)
        place = look(value, self._lines)
        return place or (look(value, self._joined) if self._may_be_broken(value, kind) else None)

    def _may_be_broken(self, value: str, kind: str) -> bool:
        """Whether all of an address is in the text, if perhaps in pieces: a break stands beside its signs only."""
        if kind == "email":
            looked_for = email_key(value)
        else:
            profile = linkedin_profile(value) if kind == "linkedin" else None
            is_profile = profile is not None and profile.host == "linkedin.com"
            looked_for = profile.name if profile and is_profile else parse_link(value).whole
        return all(map(self._lines.text.__contains__, _RUNS.findall(looked_for)))

    @cached_property
    def _phones(self) -> list[tuple[int, int]]:
        return self._phones_between(0, len(self._text))

    def _phones_between(self, low: int, high: int) -> list[tuple[int, int]]:
        """Where single numbers stand: of one line each, apart where a sign or a gap keeps them apart, and no dates."""
        places = []
        for found in _NUMBER.finditer(self._text, low, high):
            start, end = found.span()
            cuts = [start, *(edge for cut in _APART.finditer(self._text, start, end) for edge in cut.span()), end]
            for first, last in zip(cuts[::2], cuts[1::2], strict=True):
                groups = _GROUPS.findall(self._text[first:last])
                if sum(map(len, groups)) >= _LEAST_DIGITS and not _is_date(groups):
                    places.append((first, last))
        return places

    def _phone(self, value: str) -> tuple[int, int] | None:
        at = self._text.find(value)
        if at >= 0:  # printed just so: only its line is looked at
            end = self._text.find("\n", at)
            line = self._phones_between(self._text.rfind("\n", 0, at) + 1, len(self._text) if end < 0 else end)
            if (at, at + len(value)) in line:
                return at, at + len(value)
        if parse_phone(value) is None:
            return None
        return next(
            (
                place
                for place in self._phones
                if same_phone(printed := self._text[place[0] : place[1]], value) and self.tells_code(printed, value)
            ),
            self._several(value),
        )

    def tells_code(self, printed: str, value: str) -> bool:
        """Whether the country code that a value has, and the printed number has not, is of a country that the text
        names, or of another number in it: else it is made up."""
        digits = added_code(printed, value)
        return not digits or self._has_code(digits) or tells_country(self._text, digits)

    def _has_code(self, digits: str) -> bool:
        """Whether another number of the text has these digits' country code."""
        others = (parse_phone(self._text[start:end]) for start, end in self._phones)
        codes = {code_of(other.digits) for other in others if other is not None and other.international}
        return code_of(digits) in codes

    def printed_beside(self, one: str, other: str) -> bool:
        """Whether the text prints two numbers side by side as one person's (mobile, home): either is right. A fax is
        none to call."""
        first, second = self._phone(one), self._phone(other)
        if first is None or second is None or first == second:
            return False
        left, right = sorted((first, second))
        between = self._text[left[1] : right[0]]
        line = self._text.rfind("\n", 0, left[0]) + 1
        label = between if second == right else self._text[line : left[0]]
        return "\n" not in between and len(_WORDS.findall(between)) <= _MOST_LABEL and not _FAX.search(label)

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

    def _mail(self, value: str, lines: _Lines) -> tuple[int, int] | None:
        address = email_key(value)
        for at in places_of(lines.text, address) if address else ():
            end = at + len(address)
            before = lines.text[at - 1 : at]
            if not (before.isalnum() or (before and before in "_.+%@-")) and not _AFTER_MAIL.match(lines.text, end):
                return lines.span(at, end)
        return self._spelt_mail(address, lines) if "@" in address and _SPELT_AT.search(lines.text) else None

    @staticmethod
    def _spelt_mail(address: str, lines: _Lines) -> tuple[int, int] | None:
        """An address printed so that no machine reads it: "kim [at] example (dot) org"."""
        name, _, host = address.partition("@")
        dot = r" ?(?:\.|[\[({] ?(?:dot|punkt|point|punto) ?[\])}]) ?"
        printed = re.search(
            rf"(?<![\w.+%@-]){re.escape(name)} ?{_SPELT_AT.pattern} ?{dot.join(map(re.escape, host.split('.')))}"
            r"(?![\w@-]|\.\w)",
            lines.text,
        )
        return None if printed is None else lines.span(*printed.span())

    def _link(self, value: str, lines: _Lines) -> tuple[int, int] | None:
        link = parse_link(value)
        for at in places_of(lines.text, link.whole) if link.host else ():
            end = at + len(link.whole)
            if _AFTER_LINK.match(lines.text, end) or not _BEFORE_LINK.search(lines.text[max(0, at - 24) : at]):
                continue
            rest = _QUERY.match(lines.text, end)
            if parse_link(fold(link.whole + (rest[1] if rest else ""))).query == link.query:
                return lines.span(at, end)
        return None

    def _profile(self, value: str, lines: _Lines) -> tuple[int, int] | None:
        profile = linkedin_profile(value)
        if profile.host != "linkedin.com":
            return self._link(value, lines)
        if len(profile.name) < _LEAST_NAME:
            return None
        bare = None
        for at in places_of(lines.text, profile.name):
            end = at + len(profile.name)
            if _AFTER_NAME.match(lines.text, end):
                continue
            before = lines.text[max(0, at - 60) : at]
            if (address := _BEFORE_PROFILE.search(before)) is not None:
                kind = "in" if address[1] in (None, "pub") else address[1]
                more = address[1] == "pub" and _MORE_PATH.match(lines.text, end)
                if kind == profile.kind and not more:
                    return lines.span(at, end)
            elif bare is None and profile.kind == "in" and self._is_bare_profile(lines, before, at, end):
                bare = lines.span(at, end)
        return bare

    def _is_bare_profile(self, lines: _Lines, before: str, at: int, end: int) -> bool:
        """Whether a profile's name alone is one: after the site's name, after "in/", or between separators as no
        person's name is printed."""
        if before[-1:].isalnum() or before.endswith((".", "-", "_")):
            return False
        if _LABEL.search(before) or _LABEL.search(before.removesuffix("@").removesuffix("/")):
            return True
        start, stop = lines.span(at, end)
        printed = self._text[start:stop]
        return (
            len(printed) > _LEAST_ALONE
            and printed == printed.lower()
            and not printed.isdigit()
            and bool(_SEPARATOR.search(before.removesuffix("/").removesuffix("@")))
            and bool(_SEPARATOR_AFTER.match(lines.text, end))
        )


def _is_date(groups: list[str]) -> bool:
    """Whether groups of digits are months, days and years, with a year of four digits among them."""
    years = sum(bool(_YEAR.fullmatch(group)) for group in groups)
    rest = [group for group in groups if not _YEAR.fullmatch(group)]
    return bool(years) and all(len(group) <= 2 and int(group) <= 31 for group in rest)
