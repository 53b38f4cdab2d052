"""Does a CV say that something still goes on? "Present", "heute", "至今", "since 2019", "2019 -"."""

from __future__ import annotations

import re
from functools import cache

from harness.values.data import table
from harness.values.normalise import fold, normalise

YEAR = r"(?:19|20)\d\d"
WORD = r"(?:[^\W\d_][\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0e31-\u0e3a\u0e47-\u0e4e]*)+"
_DATED = rf"(?:{WORD}[ .]+(?:de |del |di |of )?)?(?:\d\d?[/.])?{YEAR}"


@cache
def _words() -> frozenset[str]:
    return frozenset(normalise(word) for word in table("dates")["present"])


def is_present(plain: str) -> bool:
    """Whether words say that something goes on, once or twice ("halen devam ediyor")."""
    present = _words()
    return plain in present or any(
        plain[:at] in present and plain[at + 1 :] in present for at, sign in enumerate(plain) if sign == " "
    )


def says_present(text: str) -> re.Match[str] | None:
    """Where a folded text says that a role is running ("present", "heute", "至今", "since 2019", "2019 -")."""
    return _pattern().search(text)


@cache
def _pattern() -> re.Pattern[str]:
    spellings = sorted((fold(word) for word in table("dates")["present"]), key=len, reverse=True)
    spaced = [re.escape(word) for word in spellings if word.isascii() or word[0] < "\u3000"]
    unspaced = [re.escape(word) for word in spellings if word[0] >= "\u3000"]
    since = "|".join(re.escape(fold(word)) for word in table("dates")["since"])
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)|{'|'.join(unspaced)}"
        rf"|(?<!\w)(?:{since}) {_DATED}(?! ?(?:-|{WORD}) ?{_DATED})|{YEAR} ?-(?! ?[^\W_])"
    )
