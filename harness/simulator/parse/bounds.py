"""Lines of a length that a parser reads in no time, whatever a stranger sends."""

from __future__ import annotations

LONGEST_LINE = 2_000
"""Characters. A line of a CV has a tenth of it; a paragraph without line ends may have half."""


def bounded_lines(text: str) -> str:
    """`text` with longer lines broken, at a space where there is one."""
    if all(len(line) <= LONGEST_LINE for line in text.splitlines()):
        return text
    return "\n".join(part for line in text.split("\n") for part in _broken(line))


def _broken(line: str) -> list[str]:
    parts = []
    start = 0
    while len(line) - start > LONGEST_LINE:
        end = line.rfind(" ", start + 1, start + LONGEST_LINE)
        end = start + LONGEST_LINE if end < 0 else end
        parts.append(line[start:end])
        start = end
    return [*parts, line[start:]]
