"""A CV as lines on a page: what every producer renders, in its own way, without knowing what a CV is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""


Line: TypeAlias = tuple[Span, ...]


def text_of(line: Line) -> str:
    return "".join(span.text for span in line)


@dataclass(frozen=True, slots=True)
class Entry:
    """A role, study or the like. `when` is printed by the layout: right of the first head line, before the head,
    or in a column of its own; it is empty where the head holds the dates already."""

    head: tuple[Line, ...]
    when: str = ""
    when_first: bool = False
    bullets: tuple[str, ...] = ()
    prose: str = ""
    tail: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list without heads."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Para:
    line: Line


Block: TypeAlias = Entry | Items | Para


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`contact` lines stand under the name, or in the page header where `contact_in_header`."""

    name: str
    headline: str
    contact: tuple[Line, ...]
    contact_in_header: bool
    contact_title: str
    sections: tuple[Section, ...]
    footer: str = ""


SIDE = frozenset({"skills", "languages", "certifications", "training", "interests"})


def split_sides(page: Page) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """(side, main) sections for layouts with a narrow column."""
    side = tuple(section for section in page.sections if section.key in SIDE)
    return side, tuple(section for section in page.sections if section.key not in SIDE)


def lines_of(page: Page) -> Iterator[str]:
    """Every line that the page prints, in reading order of a one-column layout, bullets without glyphs."""
    yield page.name
    if page.headline:
        yield page.headline
    yield from map(text_of, page.contact)
    for section in page.sections:
        yield section.title
        for block in section.blocks:
            yield from _block_lines(block)
    if page.footer:
        yield page.footer


def _block_lines(block: Block) -> Iterator[str]:
    match block:
        case Para(line):
            yield text_of(line)
        case Items(texts):
            yield from texts
        case Entry():
            if block.when and block.when_first:
                yield block.when
            yield from map(text_of, block.head)
            if block.when and not block.when_first:
                yield block.when
            if block.prose:
                yield block.prose
            yield from block.bullets
            yield from map(text_of, block.tail)
