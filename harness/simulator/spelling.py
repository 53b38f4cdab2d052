"""Dates in the spelling that was asked for."""

from __future__ import annotations

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def spell_date(year: int, month: int | None, style: str) -> str:
    """A date in `style` (as `MMM YYYY`, `YYYY-MM`, …); the year alone where there is no month."""
    if month is None or style == "YYYY":
        return str(year)
    match style:
        case "MMMM YYYY":
            return f"{MONTHS[month - 1]} {year}"
        case "YYYY-MM":
            return f"{year}-{month:02d}"
        case "YYYY-MM-DD":
            return f"{year}-{month:02d}-01"
        case "MM/YYYY":
            return f"{month:02d}/{year}"
        case "MM.YYYY":
            return f"{month:02d}.{year}"
        case _:
            return f"{MONTHS[month - 1][:3]} {year}"
