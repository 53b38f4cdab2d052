"""Numbers in statements, with their magnitudes, units and currencies: which spellings are one amount?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from harness.values.statements import counts_beside_digits, meanings, terms

_RUNS_OF_DIGITS = re.compile(r"-?\d+")


def of_class(words: tuple[str, ...], kind: str) -> int:
    """How many words have a meaning of this class."""
    return sum(any(found == kind for found, _ in meanings(word)) for word in words)


def same_amount(
    lost: tuple[str, ...], gained: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...]
) -> bool:
    """Whether both say the same number in another spelling (12 k, 12000; sept, 7), or the same unit, magnitude or
    currency after a number (km, kilometres)."""
    if not lost or not gained or other_version(lost, gained, before):
        return False
    if _amounts(lost) & _amounts(gained):
        return True
    one, other = (tuple(word for word in side if word not in _EACH) for side in (lost, gained))
    if len(one) == len(other) == 1 and any(of_class(before[-2:], kind) for kind in ("number", *_AFTER_NUMBERS)):
        if other_symbol(one[0], other[0], before, after):
            return False
        both = meanings(one[0], True) & meanings(other[0], True)
        return any(kind in _AFTER_NUMBERS for kind, _ in both)
    return False


def other_version(lost: tuple[str, ...], gained: tuple[str, ...], before: tuple[str, ...]) -> bool:
    """Whether two numbers that are equal name two versions: Python 3.10 is not 3.1, a grade of 4.50 is 4.5."""
    numbers = len(lost) == len(gained) == 1 and lost != gained and bool(_PLAIN_NUMBER.fullmatch(lost[0]))
    return numbers and bool(before) and (before[-1] in terms() or before[-1] in _VERSIONED)


_VERSIONED = frozenset({"version", "v", "release", "revision", "build", "node", "section", "chapter"})
"""What a version's number stands after, beside the names of techniques."""


def other_symbol(one: str, other: str, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """Whether two words are symbols of different units: 12 m and 12 mm are lengths, and millions only of money."""
    return one != other and {one, other} <= _SYMBOLS and not of_class((*before[-2:], *after[:1]), "currency")


_SYMBOLS = frozenset(
    {
        "m", "mm", "cm", "dm", "km", "nm", "µm", "μm", "g", "mg", "kg", "t", "l", "ml", "cl", "hl", "w", "kw", "mw",
        "gw", "wh", "kwh", "mwh", "gwh", "s", "ms", "min", "h", "v", "kv", "a", "ma", "hz", "khz", "mhz", "ghz", "b",
        "kb", "mb", "gb", "tb",
    }
)  # fmt: skip
"""International symbols of units, each another unit: in some language the same letters stand for both."""
_AFTER_NUMBERS = ("unit", "magnitude", "currency")
_EACH = frozenset({"a", "per", "pro", "je", "par", "por", "al", "p"})
"""What a slash before a unit stands for: 40k/yr is 40k per year."""


def _amounts(words: tuple[str, ...]) -> frozenset[Decimal]:
    """The numbers that one word, or a number with its magnitude, may stand for."""
    number = counts_beside_digits().get(words[0], words[0])
    if not _PLAIN_NUMBER.fullmatch(number) or len(words) > 2:
        return frozenset()
    if len(words) == 1:
        return frozenset({Decimal(number)})
    powers = (power for kind, power in meanings(words[1], True) if kind == "magnitude")
    return frozenset(Decimal(number).scaleb(int(power)) for power in powers)


_PLAIN_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,6})?")


def numbered(words: Sequence[str]) -> bool:
    """Whether a number is among words."""
    return any(word.lstrip("-")[:1].isdigit() for word in words)


def other_number(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether numbers were pulled together or apart other than in groups of three digits ("1 200", 1200)."""
    few, many = sorted((one, other), key=len)
    if _RUNS_OF_DIGITS.findall(" ".join(one)) == _RUNS_OF_DIGITS.findall(" ".join(other)):
        return False
    digits = [word for word in many if word.isdigit()]
    if len(many) == 1:
        return True  # 1.5 and 15: nothing was pulled apart
    return len(few) != 1 or len(digits) != len(many) or len(digits[0]) > 3 or any(len(word) != 3 for word in digits[1:])


def counted(before: tuple[str, ...]) -> bool:
    """Whether what follows is counted by a number: "5000", "5000 sq"."""
    words = before[:-1] if before[-1] in POWERS and len(before) > 1 else before
    return words[-1][:1].isdigit()


POWERS = frozenset({"sq", "square", "cu", "cubic"})
"""What stands between a number and its unit."""
