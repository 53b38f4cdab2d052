"""The matrix: one row per person, read from `matrix.csv`, and the twins, from `twins.csv`.

A row fixes everything that is chosen: who, which split, which sector and level, which style. The pairwise covering
of the style columns over block A is a property of the file, and tested.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from harness.corpus.builder.style import Style
from harness.corpus.types import Split

FOLDER = Path(__file__).parent
FORMATS = {
    "weasyprint": "pdf",
    "typst": "pdf",
    "reportlab": "pdf",
    "libreoffice": "pdf",
    "python-docx": "docx",
    "libreoffice-docx": "docx",
    "doc": "doc",
    "text": "txt",
    "text-utf16": "txt",
    "text-latin1": "txt",
    "scan": "pdf",
    "image": "pdf",
    "mixed": "pdf",
}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One document to build. `roles` is how many roles the composed content gets (0: content from `people/`)."""

    id: str
    persona: str
    block: str
    split: Split
    name: str
    locale: str
    sector: str
    level: str
    roles: int
    style: Style
    twin_of: str = ""
    twin: str = ""
    attack: str = ""

    @property
    def format(self) -> str:
        return FORMATS[self.style.producer]

    @property
    def path(self) -> str:
        """The file, relative to the corpus folder."""
        return f"cvs/{self.id}.{self.format}"


@cache
def primaries() -> tuple[Planned, ...]:
    """The primary CVs in matrix order."""
    with (FOLDER / "matrix.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_planned(row) for row in csv.DictReader(file))


@cache
def plan() -> tuple[Planned, ...]:
    """All documents: primaries, then their twins."""
    originals = {planned.id: planned for planned in primaries()}
    twins = []
    with (FOLDER / "twins.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            original = originals.get(row["twin_of"])
            if original is None:
                continue
            style = original.style
            changed = Style(
                layout=row["layout"] or style.layout,
                producer=row["producer"] or style.producer,
                titles=row["titles"] or style.titles,
                dates=style.dates,
                bullets=row["bullets"] or style.bullets,
                contact=style.contact,
                skills=style.skills,
                heads=style.heads,
                theme=row["theme"] or style.theme,
                language=style.language,
                traits=style.traits,
            )
            twins.append(
                Planned(
                    id=row["id"],
                    persona=original.persona,
                    block=original.block,
                    split=original.split,
                    name=original.name,
                    locale=original.locale,
                    sector=original.sector,
                    level=original.level,
                    roles=original.roles,
                    style=changed,
                    twin_of=original.id,
                    twin=row["twin"],
                    attack=row["attack"],
                )
            )
    return primaries() + tuple(twins)


def _planned(row: dict[str, str]) -> Planned:
    return Planned(
        id=row["id"],
        persona=f"p-{row['id']}",
        block=row["block"],
        split=cast("Split", row["split"]),
        name=row["name"],
        locale=row["locale"],
        sector=row["sector"],
        level=row["level"],
        roles=int(row["roles"] or 0),
        style=Style(
            layout=row["layout"],
            producer=row["producer"],
            titles=row["titles"],
            dates=row["dates"],
            bullets=row["bullets"],
            contact=row["contact"],
            skills=row["skills"],
            heads=row["heads"],
            theme=row["theme"],
            language=row["language"],
            traits=frozenset(row["traits"].split()),
        ),
    )
