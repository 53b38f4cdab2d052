"""What a CV looks like: the columns of the matrix, and the themes behind them."""

from __future__ import annotations

from dataclasses import dataclass

LAYOUTS = ("one-column", "sidebar-left", "sidebar-right", "table-grid", "label-column", "text-boxes")
TITLE_SETS = ("classic", "formal", "capitals", "personal", "short", "public")
BULLETS = ("native", "dash", "square", "arrow", "none")
GLYPHS = {"dash": "-", "square": "▪", "arrow": "›", "none": ""}
CONTACTS = ("line", "stacked", "header", "links")
SKILLS = ("commas", "groups", "list", "pipes")
HEADS = ("title-first", "company-first", "one-line", "dates-first")
PRODUCERS = ("weasyprint", "typst", "reportlab", "libreoffice", "python-docx", "libreoffice-docx")


@dataclass(frozen=True, slots=True)
class Theme:
    """Fonts and colours. Sizes in points; colours as RRGGBB."""

    body: str
    title: str
    size: float
    accent: str
    rule: bool
    centred: bool
    upper: bool = False


THEMES: dict[str, Theme] = {
    "ink": Theme("Liberation Serif", "Liberation Serif", 10.5, "000000", rule=True, centred=True),
    "navy": Theme("Carlito", "Carlito", 10.5, "1F3864", rule=True, centred=False),
    "teal": Theme("Lato", "Lato", 9.5, "0B7A75", rule=False, centred=False),
    "wine": Theme("Caladea", "Caladea", 10.5, "7B1E3A", rule=True, centred=True),
    "slate": Theme("Open Sans", "Open Sans", 9.0, "37474F", rule=False, centred=False),
    "office": Theme("Liberation Sans", "Liberation Sans", 10.0, "2E74B5", rule=False, centred=False),
    "cambria": Theme("Caladea", "Carlito", 10.5, "806000", rule=True, centred=False),
    "mono": Theme("DejaVu Sans", "DejaVu Sans", 8.8, "444444", rule=True, centred=False),
    "paper": Theme("Liberation Serif", "Liberation Serif", 13.5, "222222", rule=False, centred=False),
    "large": Theme("Liberation Sans", "Liberation Sans", 14.0, "1F3864", rule=True, centred=False),
    "cjk": Theme("Noto Sans CJK JP", "Noto Sans CJK JP", 9.5, "1F3864", rule=True, centred=False),
    "hebrew": Theme("Noto Sans Hebrew", "Noto Sans Hebrew", 10.5, "1F3864", rule=True, centred=False),
}


@dataclass(frozen=True, slots=True)
class Style:
    """One value of each column; `traits` are what block B is about (see `flow`)."""

    layout: str
    producer: str
    titles: str
    dates: str
    bullets: str
    contact: str
    skills: str
    heads: str
    theme: str
    language: str = "en"
    traits: frozenset[str] = frozenset()
