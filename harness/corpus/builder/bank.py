"""The hand-written banks: what people of a sector did, where, and what they know."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "banks"
LEVELS = ("junior", "mid", "senior")
_LEVEL_OF = {level[0]: level for level in LEVELS}


@dataclass(frozen=True, slots=True)
class Bank:
    """Lines of one sector. Fields of a line are parted by ` | `.

    A bullet may belong to one ladder (its number, from 1; 0 for any), a summary belongs to a level and a ladder.
    """

    sector: str
    ladders: tuple[tuple[str, ...], ...]
    employers: tuple[tuple[str, str], ...]
    bullets: Mapping[str, tuple[tuple[int, str], ...]]
    degrees: tuple[tuple[str, str], ...]
    skills: tuple[tuple[str, tuple[str, ...]], ...]
    certificates: tuple[tuple[str, str], ...]
    courses: tuple[tuple[str, str], ...]
    projects: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    summaries: tuple[tuple[str, int, str], ...]


def lines(block: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in block.splitlines() if line.strip())


def fields(block: str) -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in line.split(" | ")) for line in lines(block)]


def _bullet(parts: tuple[str, ...]) -> tuple[int, str]:
    return (int(parts[0]), parts[1]) if len(parts) == 2 else (0, parts[0])


@cache
def bank(sector: str) -> Bank:
    data = tomllib.loads((FOLDER / f"{sector}.toml").read_text(encoding="utf-8"))
    skills = []
    for line in lines(data["skills"]):
        label, items = line.split(": ", 1)
        skills.append((label, tuple(items.split(", "))))
    return Bank(
        sector=sector,
        ladders=tuple(fields(data["ladders"])),
        employers=tuple((name, place) for name, place in fields(data["employers"])),
        bullets={level: tuple(map(_bullet, fields(data[f"bullets_{level}"]))) for level in LEVELS},
        degrees=tuple((degree, field) for degree, field in fields(data["degrees"])),
        skills=tuple(skills),
        certificates=tuple((name, issuer) for name, issuer in fields(data["certificates"])),
        courses=tuple((name, provider) for name, provider in fields(data["courses"])),
        projects=tuple((one[0], tuple(one[1].split(", ")), one[2:]) for one in fields(data["projects"])),
        summaries=tuple((_LEVEL_OF[tag[0]], int(tag[1:]), text) for tag, text in fields(data["summaries"])),
    )
