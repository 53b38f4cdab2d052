"""Which country a telephone number's code is of, and whether a CV's text names it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from harness.values.data import table
from harness.values.scan import whole

_LONGEST_CODE = 3
"""Letters of a name up to which it is a code (UK, USA), which counts in capitals only."""
_NORTH_AMERICA = 1
_KINDS_OF_TOWN = "市都府省县縣県"


def tells_country(text: str, digits: str) -> bool:
    """Whether a text names the country of an international number (itself or one of its towns, in a hundred languages).
    digits: of the whole number, country code first."""
    code, plain = code_of(digits), _plain(text)
    return code is not None and any(whole(plain, name, 0) >= 0 for name in _names(code))


@lru_cache(maxsize=2048)
def code_of(digits: str) -> int | None:
    """The country code that a whole number's digits begin with; None where they begin with none."""
    import phonenumbers

    try:
        return phonenumbers.parse("+" + digits, None).country_code
    except phonenumbers.NumberParseException:
        return None


@lru_cache(maxsize=32)
def _names(code: int) -> frozenset[str]:
    """Names, as they are written, of the countries that share a calling code and of their towns. The library's tables
    take a second to load: they are asked only where an answer adds a code."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
    from phonenumbers.geodata import GEOCODE_DATA
    from phonenumbers.geodata.locale import LOCALE_DATA

    regions = COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    names = {name for region in regions for name in LOCALE_DATA.get(region, {}).values() if not name.startswith("*")}
    prefix = str(code)
    names |= {name for key, found in GEOCODE_DATA.items() if key.startswith(prefix) for name in found.values()}
    others = {other for name in names for other in table("places")["names"].get(name.lower(), ())}
    names |= {other.upper() if len(other.replace(".", "")) <= _LONGEST_CODE else other.title() for other in others}
    if code != _NORTH_AMERICA:  # where a town is told by its state
        names |= {name.split(",")[0].split(" (")[0] for name in names}
    names |= {f"{name}." for name in names if "." in name[1:-1] and name.isupper()}
    names |= {name.rstrip(_KINDS_OF_TOWN) for name in names}
    return frozenset(
        _plain(name) for name in names if len(name) >= _LONGEST_CODE or name.isupper() or not name.isascii()
    )


def _plain(text: str) -> str:
    """Letters without their accents, capitals as they are."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
