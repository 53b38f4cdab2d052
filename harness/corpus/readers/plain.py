"""Plain text: which encoding, told by byte order mark, NUL pattern, strict UTF-8, statistics, in this order."""

from __future__ import annotations

import codecs
import re
from typing import Final

from harness.corpus.readers.base import Limits, RawText, UnreadableError, package
from harness.corpus.readers.codepages import by_alphabet

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSED: Final = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "iso8859_15",
    "koi8_r", "mac_roman", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
_SAMPLE: Final = 60_000
_WESTERN_ACCENTED: Final = 0.25
_WESTERN_SYMBOLS: Final = 0.05
_SYMBOL_IN_WORD: Final = re.compile(
    r"(?<=[^\W\d_])[\xa1-\xb6\xb8-\xbf\xd7\xf7†‡‰‹›•]|[\xa1-\xb6\xb8-\xbf\xd7\xf7](?=[a-z])"
)
_CONTROLS: Final = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b") + b"\x7f"
_CONTROL_SHARE: Final = 0.02


def read_plain(data: bytes, limits: Limits) -> RawText:
    """The text of a plain text file. Raises UnreadableError: unsupported for binary, too_large for long ones."""
    if len(data) > limits.characters * 4 + 4:
        raise UnreadableError("too_large", f"the text has more than {limits.characters:,} characters")
    text, encoding, warnings = decode(data)
    return RawText(text=text, reader=f"text {encoding}", warnings=warnings)


def sound(data: bytes) -> RawText | None:
    """A plain text in UTF-8 with nothing odd about it, as `read_plain` reads it; None for whatever else it is."""
    if not data or data.startswith(codecs.BOM_UTF8) or len(data.translate(None, _CONTROLS)) < len(data):
        return None
    try:
        return RawText(data.decode("utf-8"), "text utf-8")
    except UnicodeDecodeError:
        return None


def decode(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    """The text, the encoding it was read in, and what was odd about it."""
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return _with_bom(data[len(mark) :], marked)
    nuls = data.count(0)
    if encoding := _wide(data, nuls):
        return data.decode(encoding, "replace"), encoding, ()
    warnings: tuple[str, ...] = (f"{nuls} NUL characters removed",) if nuls else ()
    plain = data.replace(b"\0", b"")
    controls = len(plain) - len(plain.translate(None, _CONTROLS))
    if nuls + controls > max(len(data) * _CONTROL_SHARE, 1) or not plain:
        raise UnreadableError("unsupported", "binary data, not a text; save it as PDF, DOCX or plain text")
    if controls:
        warnings += (f"{controls} control characters removed",)
    try:
        return plain.decode("utf-8"), "utf-8", warnings
    except UnicodeDecodeError:
        return _legacy(plain, warnings)


def _with_bom(data: bytes, encoding: str) -> tuple[str, str, tuple[str, ...]]:
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd")
    if nuls := text.count("\0"):
        text = text.replace("\0", "")
    if broken + nuls > max(len(text) * _CONTROL_SHARE, 1):
        raise UnreadableError("garbled", f"the file says {encoding} but its bytes are not; save it as UTF-8")
    warnings = tuple(
        f"{count} {what}"
        for count, what in ((broken, f"bytes are not {encoding}"), (nuls, "NUL characters removed"))
        if count
    )
    return text, encoding, warnings


def _wide(data: bytes, nuls: int) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, by where the NUL bytes of ASCII characters lie."""
    if nuls < len(data) / 5 or nuls == len(data) or len(data) < 4:
        return None
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if nuls > len(data) * 0.7 and len(data) % 4 == 0:
        return "utf-32-le" if data[0::4].count(0) < data[3::4].count(0) else "utf-32-be"
    if len(data) % 2:
        return None
    if odd > 10 * even:
        return "utf-16-le"
    if even > 10 * odd:
        return "utf-16-be"
    return None


def _legacy(data: bytes, warnings: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    """Bytes that are not UTF-8: nearly UTF-8, or one of the old code pages."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    multibyte = sum(1 for char in lenient if char > "\x7f") - broken
    if multibyte >= 4 * broken or (multibyte and broken == 1):
        return lenient, "utf-8", (*warnings, f"{broken} bytes are not UTF-8")
    if page := by_alphabet(data):
        by_letters = () if page == "cp1252" else (f"encoding guessed: {page} (by its letters)",)
        return data.decode(page), page, (*warnings, *by_letters)
    western = data.decode("cp1252", "replace")
    if _looks_western(western):
        return western, "cp1252", warnings
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE], cp_isolation=_GUESSED).best()
    if best is None:
        return western, "cp1252", (*warnings, "encoding not recognised; read as cp1252")
    text = data.decode(best.encoding, "replace")
    guess = f"encoding guessed: {best.encoding} ({package('charset-normalizer')})"
    return text, best.encoding, (*warnings, guess)


def _looks_western(text: str) -> bool:
    """Whether text read as cp1252 is so: few accented letters, and hardly any symbols inside of words."""
    letters = sum(1 for char in text if char.isalpha())
    accented = sum(1 for char in text if char.isalpha() and char > "\x7f")
    symbols = len(_SYMBOL_IN_WORD.findall(text)) + text.count("\ufffd")
    return accented <= letters * _WESTERN_ACCENTED and symbols <= max(1, accented * _WESTERN_SYMBOLS)
