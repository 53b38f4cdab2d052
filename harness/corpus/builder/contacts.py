"""Places and reserved contact data: numbers that no one has, addresses under example.com and example.org."""

from __future__ import annotations

import random
import re
import unicodedata

CITIES = {
    "us": "Portland, OR|Columbus, OH|Raleigh, NC|Madison, WI|Tucson, AZ|Boise, ID",
    "ie": "Dublin|Cork|Limerick|Galway|Waterford",
    "ca": "Halifax, NS|Winnipeg, MB|Ottawa, ON|Victoria, BC",
    "au": "Adelaide SA|Hobart TAS|Brisbane QLD|Geelong VIC",
    "nz": "Dunedin|Wellington",
}
COUNTRY = {"uk": "UK", "us": "USA", "ie": "Ireland", "ca": "Canada", "au": "Australia", "nz": "New Zealand"}
CURRENCY = {"uk": "£", "us": "$", "ie": "€", "ca": "$", "au": "$", "nz": "$"}


def phone(locale: str, number: int) -> str:
    """A fictitious number: ranges that regulators keep free for drama, or exchange 555-01xx. `number`: 0 to 99."""
    match locale:
        case "uk":
            return (f"+44 20 7946 0{number:03d}", f"020 7946 0{number:03d}", f"07700 900{number:03d}")[number % 3]
        case "us":
            return f"({(503, 614, 919, 608)[number % 4]}) 555-01{number:02d}"
        case "ie":
            return f"+353 20 911 00{number:02d}"
        case "ca":
            return f"+1 {(902, 204, 613, 250)[number % 4]} 555 01{number:02d}"
        case "au":
            return f"+61 2 5550 01{number:02d}"
    return f"+64 4 555 01{number:02d}"


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", "-", plain).strip("-")


def email(name: str, rng: random.Random) -> str:
    first, *_, last = slug(name).split("-")
    shape = rng.choice(("{0}.{1}", "{0}{1}", "{2}{1}", "{0}_{1}", "{1}.{0}", "mail.{0}.{1}"))
    host = rng.choice(("example.com", "example.org", "mail.example.com", "example.net"))
    return shape.format(first, last, first[0]) + "@" + host


def linkedin(name: str) -> str:
    """An address under LinkedIn that ends in `-example`, so that it is no one's by accident."""
    return f"https://www.linkedin.com/in/{slug(name)}-example"


def portfolio(name: str, rng: random.Random) -> str:
    first, *_, last = slug(name).split("-")
    return rng.choice(
        (
            f"https://{first}{last}.example.org",
            f"https://git.example.com/{first[0]}{last}",
            f"https://{last}.example.net/work",
        )
    )


def city(locale: str, home: str, rng: random.Random) -> str:
    """A place to live: `home` (a city of the United Kingdom) with or without country, or one of the locale's."""
    if locale == "uk":
        return rng.choice((home, f"{home}, UK", f"{home}, United Kingdom"))
    place = rng.choice(CITIES[locale].split("|"))
    return rng.choice((place, f"{place}, {COUNTRY[locale]}")) if "," not in place else place
