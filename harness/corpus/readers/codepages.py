"""Old one-byte code pages of Latin scripts, told by their letters: the right one makes words of one language.

Statistics need a page of text; a short CV has a dozen accented letters. But read in a wrong code page they are hardly
ever all letters of one and the same language.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

_LETTERS: Mapping[str, str] = {
    "French": "àâæçéèêëîïôœùûüÿ", "German": "äöüß", "Spanish": "áéíóúüñ", "Portuguese": "áâãàçéêíóôõú",
    "Italian": "àèéìíîòóùú", "Nordic": "åäöæøéü", "Dutch": "áéíóúëïöü", "Catalan": "àçéèíïóòúü", "Irish": "áéíóú",
    "Icelandic": "áðéíóúýþæö", "Polish": "ąćęłńóśźż", "Czech": "áčďéěíňóřšťúůýž", "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű", "Croatian": "čćđšž", "Slovene": "čšž", "Romanian": "ăâîşţ", "Turkish": "çğıöşüâîûİ",
    "Latvian": "āčēģīķļņšūž", "Lithuanian": "ąčęėįšųūž", "Estonian": "õäöüšž",
}  # fmt: skip
"""Lower case; capitals are told with them."""
_PAGES: Mapping[str, tuple[str, ...]] = {
    "cp1252": (
        "French", "German", "Spanish", "Portuguese", "Italian", "Nordic", "Dutch", "Catalan", "Irish", "Icelandic",
    ),
    "cp1250": ("Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Slovene", "Romanian", "German"),
    "cp1254": ("Turkish",),
    "cp1257": ("Latvian", "Lithuanian", "Estonian"),
    "iso8859_2": ("Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Slovene", "Romanian"),
    "mac_roman": ("French", "German", "Spanish", "Portuguese", "Italian", "Nordic", "Dutch", "Catalan"),
    "cp850": ("French", "German", "Spanish", "Portuguese", "Italian", "Nordic", "Dutch"),
}  # fmt: skip
_SIGNS = frozenset("–—‘’“”„«»•…€£§°·©®™ªº²³½¼×±¡¿¨´ \u00a0\u00ad")
_LEAST = 3
"""Letters from which on their agreement says something."""


def by_alphabet(data: bytes) -> str | None:
    """The code page in which all letters of `data` beyond ASCII are those of one language; None where not just one is.

    Where several pages read the same letters the first of them, in the order of how common they are.
    """
    if sum(1 for byte in data if byte >= 0x80) < _LEAST:
        return None
    for page, languages in _PAGES.items():
        try:
            text = data.decode(page)
        except UnicodeDecodeError:
            continue
        foreign = {char for char in text if char > "\x7f"}
        letters = {char if char == "İ" else char.lower() for char in foreign if char.isalpha() and char not in "ªº"}
        if len(foreign) > len(letters) and not all(
            char in _SIGNS for char in foreign if not char.isalpha() or char in "ªº"
        ):
            continue
        if letters and _in_words(text) and any(letters <= set(_LETTERS[language]) for language in languages):
            return page
    return None


def _in_words(text: str) -> bool:
    """Whether no capital beyond ASCII stands inside of a word in small letters, as misread text has them."""
    return not any(char > "\x7f" and char.isupper() and before.islower() for before, char in pairwise(text))
