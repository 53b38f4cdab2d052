"""What a page's content does to its text, taken from its bytes at once: the operators that pypdf's extraction heeds.

pypdf parses every operand of a page, drawings and all, byte by byte, which is two fifths of the time that it takes
for a page. Here whole operations are matched, and those that place no text are left out. Whatever is not plain
(inline images, comments, deep brackets, anything damaged) is None, and pypdf parses that content itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

Operation: TypeAlias = tuple[list[Any], bytes]

_HEEDED = frozenset(b"BT ET q Q cm Tz Tc Tw TL Tf Td TD Tm T* Tj TJ ' \" Do".split())
_AFTER = rb"(?=[\s()<>\[\]{}/%]|\Z)"
_LONGEST_NUMBER = 20
_MOST_IN_ARRAY = 10_000
_SPACE = rb"[\x00\t\n\f\r ]*+"
_NUMBERS = rb"[-+.0-9\x00\t\n\f\r ]"
_HEX, _NAME = rb"<[0-9A-Fa-f]*+>", rb"/[A-Za-z0-9_.+,*-]++" + _AFTER
_PLAIN = rb"[^()\\]++|\\."
_INSIDE = rb"(?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*\))*"
_STRING = rb"\(" + _INSIDE + rb"\)"
"""With round brackets one deep, as producers of two-byte codes write them. Only classes of characters are matched
possessively: around groups that is broken in Python before 3.11.5, and what begins each alternative is its own."""
_ARRAY = rb"\[(?:" + _NUMBERS + rb"++|" + _HEX + rb"|" + _STRING + rb")*\]"
_NAMES = rb"\[(?:" + _SPACE + _NAME + rb")*" + _SPACE + rb"\]"
_VALUE = rb"(?:-?[0-9]++(?:\.[0-9]++)?" + _AFTER + rb"|" + rb"|".join((_NAME, _HEX, _STRING, _ARRAY, _NAMES)) + rb")"
_MARK = rb"<<(?:" + _SPACE + _NAME + _SPACE + _VALUE + rb")*" + _SPACE + rb">>"
_TOKEN = re.compile(
    _SPACE
    + rb"(?:("
    + _NUMBERS
    + rb"*+)([A-Za-z'\"][A-Za-z0-9*]*+)"  # 1, 2: numbers with their operator
    + _AFTER
    + rb"|([-+.0-9]"
    + _NUMBERS
    + rb"*+)(?=[/<(\[])"  # 3: numbers before something else
    + b"".join(rb"|(" + each + rb")" for each in (_NAME, _HEX, _STRING, _ARRAY, _MARK))  # 4 to 8
    + rb"|(\Z))"
)
_ITEM = re.compile(rb"<[^>]*+>|" + _STRING + rb"|[-+.0-9]++")
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPED = dict(zip(b"nrtbf()/\\ %<>[]#_&$", b"\n\r\t\b\f()/\\ %<>[]#_&$", strict=True))
"""What pypdf takes a character behind a backslash for."""
_MARKS = frozenset((b"BDC", b"DP"))
_REFERENCE = re.compile(rb"R(?![A-Za-z])")


def operations(data: bytes) -> list[Operation] | None:
    """The operations of a page's content that place or show text, in order; None where pypdf has to look itself."""
    found: list[Operation] = []
    operands: list[Any] = []
    marked = False
    match = _TOKEN.scanner(data).match  # type: ignore[attr-defined]  # not in typeshed
    names: dict[bytes, Any] = {}
    item_of = _Items().__getitem__
    try:
        while token := match():
            kind = token.lastindex
            if kind == 2:
                numbers, operator = token.group(1, 2)
                if operator in _HEEDED and not marked:
                    if numbers:
                        operands += _numbers(numbers)
                    found.append((operands, operator))
                elif operator == b"BI" or _REFERENCE.match(operator) or (marked and operator not in _MARKS):
                    return None
                operands, marked = [], False
            elif kind == 3:
                operands += _numbers(token[3])
            elif kind == 4:
                operands.append(names.get(token[4]) or names.setdefault(token[4], _name(token[4])))
            elif kind == 5:
                operands.append(_unhex(token[5][1:-1]))
            elif kind == 6:
                operands.append(_unescaped(token[6][1:-1]))
            elif kind == 7:
                operands.append(_array(token[7][1:-1], item_of))
            elif kind == 8:
                marked = True
            else:
                return found
    except ValueError:
        return None
    return None


def _numbers(text: bytes) -> list[float]:
    """Raises ValueError for what is no number, and for what pypdf would cut or round otherwise."""
    words = (text.replace(b"\x00", b" ") if b"\x00" in text else text).split()
    if len(text) >= _LONGEST_NUMBER and words and max(map(len, words)) >= _LONGEST_NUMBER:
        raise ValueError(text)
    return list(map(float, words))


def _unhex(text: bytes) -> bytes:
    return bytes.fromhex((text + b"0" if len(text) % 2 else text).decode("ascii"))


def _unescaped(text: bytes) -> bytes:
    """Raises ValueError for an escape that has no meaning."""
    return _ESCAPE.sub(_meant, text) if b"\\" in text else text


def _meant(escape: re.Match[bytes]) -> bytes:
    code = int(escape[1], 8) if escape[1] else _ESCAPED.get(escape[2][0], 256)
    if code > 255:
        raise ValueError(escape[0])
    return bytes((code,))


def _name(text: bytes) -> Any:
    from pypdf.generic import NameObject

    return NameObject(text.decode("ascii"))


class _Items(dict[bytes, Any]):
    """What stands in arrays, a number or a string, by how it is written: most of it stands there again and again."""

    def __missing__(self, item: bytes) -> Any:
        if item[:1] == b"<":
            value: Any = _unhex(item[1:-1])
        elif item[:1] == b"(":
            value = _unescaped(item[1:-1])
        else:
            (value,) = _numbers(item)
        self[item] = value
        return value


def _array(text: bytes, item_of: Callable[[bytes], Any]) -> Any:
    from pypdf.generic import ArrayObject

    items = list(map(item_of, _ITEM.findall(text)))
    if len(items) > _MOST_IN_ARRAY:
        raise ValueError(len(items))
    return ArrayObject(items)
