"""Statements (bullets, summaries) as what they say: words in one spelling, and which of them a meaning turns on.

Numbers are one whatever their spelling (1,200 and 1200, 4.0 and 4, two and 2, 40 % and 40%), a unit is apart from its
number (4m, 12kg), signs that mean something (€, >, ±) are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain

from harness.values.aliases import known_skills
from harness.values.data import table
from harness.values.normalise import join_initials, normalise, unaccented

_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0e31-\u0e3a\u0e47-\u0e4e"
)
_LETTER = rf"(?:[^\W\d_]|[{_MARKS}])"
_UNSPACED = r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_SIGNS = r"[%‰<>≤≥±≈~↑↓→←↗↘$¢£¤¥֏؋৲৳৻૱௹฿៛\u20a0-\u20cf°]|(?<=\d)\+"
_NUMBER = r"(?:(?<![^(])-)?\d+(?:[.,]\d+)*(?:\^-?\d+)?"
_TOKEN = re.compile(
    rf"{_NUMBER}|{_UNSPACED}"
    rf"|(?:(?<![\w)\]])\.(?=[^\W\d_]))?{_LETTER}(?:(?!{_UNSPACED}){_LETTER}|\d)*"
    rf"(?:[.&']{_LETTER}(?:(?!{_UNSPACED}){_LETTER}|\d)*|[+#]+)*|{_SIGNS}"
)
_PIECE = re.compile(r"\S+")
_SPELT = re.compile(r"(?<!\w)(?:per cent|pour cent|por ciento|per cento|por cento)(?!\w)")
# What stands before it is looked at after its first digit: much faster than at every character.
_GROUPS = re.compile(r"[1-9](?<![\d.,].)\d{0,2}(?: \d{3})+(?![\d.,])")
_CURRENCY = "$£¥€₤₩₪₫₭₮₱₲₴₵₸₹₺₽₿฿"
_LEAST_STEM = 2

# What a number's suffix may be short for. "m" is a metre as well: beside a number both are told from "k" and "bn".
_SUFFIXES = {
    "k": 3,
    "m": 6,
    "mn": 6,
    "mm": 6,
    "mio": 6,
    "mln": 6,
    "bn": 9,
    "b": 9,
    "mrd": 9,
    "md": 9,
    "mld": 9,
    "tn": 12,
    "tsd": 3,
    "tys": 3,
    "тыс": 3,
    "тис": 3,
    "млн": 6,
    "млрд": 9,
    "mia": 9,
    "lakh": 5,
    "lakhs": 5,
    "lac": 5,
    "lacs": 5,
    "crore": 7,
    "crores": 7,
    "cr": 7,
}


def statement_tokens(text: str) -> tuple[str, ...]:
    """The words of a statement in one spelling."""
    return _tokens(text)


@lru_cache(maxsize=16384)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(text_tokens(_LIST_MARK.sub("", normalise(text))))


_LIST_MARK = re.compile(r"^(?:\d{1,2}|[a-z]|[ivx]{1,4})\) +(?=\S)")
"""What counts the points of a list: "1) ", "(a) " (of which folding has the first bracket already)."""


def text_tokens(folded: str) -> list[str]:
    """The words of a folded text (white space collapsed) in one spelling."""
    if len(_pieces) > _MOST_PIECES:
        _pieces.clear()
    found = list(chain.from_iterable(map(_pieces.__getitem__, _respelt(folded).split())))
    return _amounts(found) if any(map(folded.__contains__, _CURRENCY)) else found


class _Pieces(dict[str, tuple[str, ...]]):
    """The words of what stands between two spaces, remembered: most pieces of a text are common words."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        words = self[piece] = tuple(map(_canonical, _TOKEN.findall(piece)))
        return words


_pieces = _Pieces()
_MOST_PIECES = 50_000


def _amounts(found: list[str]) -> list[str]:
    """Words with the sign of a currency after its amount, wherever it is printed: €4m and 4m €."""
    words: list[str] = []
    at = 0
    while at < len(found):
        word = found[at]
        at += 1
        if word in _CURRENCY and at < len(found) and found[at][0].isdigit():
            words.append(found[at])
            at += 1
            if at < len(found) and found[at] in _SUFFIXES:
                words.append(found[at])
                at += 1
        words.append(word)
    return words


def token_spans(folded: str) -> Iterator[tuple[int, int]]:
    """Where each of `text_tokens` begins and ends."""
    for piece in _PIECE.finditer(_respelt(folded)):
        start = piece.start()
        for found in _TOKEN.finditer(piece[0]):
            yield start + found.start(), start + found.end()


def _respelt(folded: str) -> str:
    """The same in one spelling, every word still in its place."""
    folded = join_initials(folded).replace("×", "x")
    if _GROUPS.search(folded):
        folded = _GROUPS.sub(lambda found: found[0].replace(" ", "").ljust(len(found[0])), folded)
    if " cent" in folded or " cien" in folded:
        return _SPELT.sub(lambda found: "%".ljust(len(found[0])), folded)
    return folded


def _canonical(token: str) -> str:
    if token[0].isdigit():
        return _canonical_number(token)
    if token[0] == "-":
        return "-" + _canonical_number(token[1:])
    if "'" in token and len(token) > 2:
        token = token.removesuffix("'s")
    token = _number_words().get(token, token)
    return token.replace(".", "") if "." in token[1:] else token


def _canonical_number(token: str) -> str:
    """Without thousands separators, with a point for decimals, without zeros that say nothing. Zeros after other
    decimals (4.50, Python 3.10) stay: what they say is seen where two numbers differ."""
    base, mark, power = token.partition("^")
    if "," in base and "." in base:
        decimal = max(base.rfind(","), base.rfind("."))
        base = re.sub(r"[.,]", "", base[:decimal]) + "." + base[decimal + 1 :]
    base = base.replace(",", ".")
    if base.count(".") == 1:
        whole, _, part = base.partition(".")
        part = part if part.strip("0") else ""
        base = f"{whole.lstrip('0') or '0'}{'.' if part else ''}{part}"
    elif "." not in base:
        base = base.lstrip("0") or "0"
    return base + mark + power


@cache
def _number_words() -> dict[str, str]:
    """Numbers in words, and the words for per cent, in signs."""
    percent = [word for word, units in table("measures")["units"].items() if units == ["concentr-percent"]]
    return {
        form: sign
        for sign, spellings in (*table("meaning")["numbers"].items(), ("%", percent))
        for word in spellings
        for form in (unaccented(word), normalise(word))
    }


@cache
def counts_beside_digits() -> dict[str, str]:
    """Words that are a number where the other side has that number, and else a month, an article, another language's
    word: "sept", "un", "sei", "once"."""
    return {normalise(word): number for number, found in table("meaning")["numbers_beside"].items() for word in found}


@cache
def glue() -> frozenset[str]:
    """Words that say nothing by themselves: articles, "and", "of"."""
    return frozenset(table("meaning")["glue"])


Meaning = tuple[str, str]
"""Class and group of a word that a meaning turns on: ("direction", "up"). Groups of one class exclude each other."""


@cache
def _turning() -> tuple[dict[str, frozenset[Meaning]], dict[str, frozenset[Meaning]]]:
    """Whole words, and beginnings of words, that a meaning turns on."""
    words: dict[str, set[Meaning]] = {}
    stems: dict[str, set[Meaning]] = {}
    for kind in ("negation", "direction", "seniority", "quantity", "time", "ordinals"):
        for group, spellings in table("meaning")[kind].items():
            for spelling in spellings:
                into = stems if spelling.endswith("*") else words
                for form in {normalise(spelling.rstrip("*")) or spelling, unaccented(spelling.rstrip("*")) or spelling}:
                    into.setdefault(form, set()).add((kind, group))
    for word, code in table("measures")["currencies"].items():
        words.setdefault(word, set()).add(("currency", code))
    for code, spellings in table("meaning")["currencies"].items():
        for spelling in spellings:
            into = stems if spelling.endswith("*") else words
            into.setdefault(normalise(spelling.rstrip("*")) or spelling, set()).add(("currency", code))
    for word, powers in table("measures")["magnitudes"].items():
        words.setdefault(normalise(word), set()).update(("magnitude", str(power)) for power in powers)
    for word, units in table("measures")["units"].items():
        if word not in glue():
            words.setdefault(normalise(word), set()).update(("unit", unit) for unit in units)
    return {word: frozenset(found) for word, found in words.items()}, {
        stem: frozenset(found) for stem, found in stems.items()
    }


@cache
def _short_units() -> dict[str, frozenset[Meaning]]:
    found: dict[str, set[Meaning]] = {}
    for word, units in table("measures")["short"].items():
        found.setdefault(normalise(word) or word, set()).update(("unit", unit) for unit in units)
    for word, power in _SUFFIXES.items():
        found.setdefault(word, set()).add(("magnitude", str(power)))
    return {word: frozenset(meanings) for word, meanings in found.items()}


@lru_cache(maxsize=8192)
def meanings(token: str, after_number: bool = False) -> frozenset[Meaning]:
    """What a meaning turns on in a word of a statement; empty for most words."""
    if token.lstrip("-")[:1].isdigit():
        return frozenset({("number", token.rstrip("0") if "." in token else token)})
    if token in ("%", "‰"):
        return frozenset({("unit", token)})
    words, stems = _turning()
    found = words.get(token) or words.get(unaccented(token)) or frozenset()
    if after_number:
        found |= _short_units().get(token, frozenset())
    if not found and token[0] in "בהוכלמשال" and len(token) > 3:
        bare = token.removeprefix("ال") if token.startswith("ال") else token[1:]
        found = words.get(bare, frozenset())
    if not found:
        for form in dict.fromkeys((token, unaccented(token), token[1:] if token[0] in "והבלכמש" else token)):
            for size in range(len(form), _LEAST_STEM - 1, -1):
                if form[:size] in stems:
                    return stems[form[:size]]
    return found


@cache
def opposed() -> frozenset[frozenset[str]]:
    """Pairs of little words of which the one turns the other round, which say too much else to stand in a group: "nahm
    zu", "nahm ab"; to, from."""
    return frozenset(frozenset(pair) for pair in table("meaning")["opposed"])


@cache
def unspaced_meanings() -> tuple[tuple[str, Meaning], ...]:
    """The same for scripts without spaces, where words are parts of a run: longest first."""
    found = [
        (normalise(word) or word, ("unspaced " + ("negation" if group == "negation" else "meaning"), group))
        for group, spellings in table("meaning")["cjk"].items()
        for word in spellings
    ]
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


def is_unspaced(token: str) -> bool:
    """Whether a token is a character of a script without spaces."""
    return len(token) == 1 and bool(re.match(_UNSPACED, token))


def is_negation(token: str) -> bool:
    """Whether a word turns what stands beside it round."""
    return any(kind == "negation" for kind, _ in meanings(token))


@cache
def terms() -> frozenset[str]:
    """Names of techniques that are one word."""
    return frozenset(word for word in known_skills() if len(word) > 1 and " " not in word)
