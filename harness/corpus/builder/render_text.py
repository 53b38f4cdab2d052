"""Plain text: what a person saves from a word processor, or types."""

from __future__ import annotations

from harness.corpus.builder.page import Block, Entry, Items, Page, Para, text_of
from harness.corpus.builder.style import GLYPHS, Style


def text(page: Page, style: Style) -> str:
    """The page as lines. Link targets that the page does not print stand after their words, in angle brackets."""
    glyph = GLYPHS.get(style.bullets, "*") or "-"
    rows = [page.name]
    if page.headline:
        rows.append(page.headline)
    rows += [
        "".join(s.text + (f" <{s.href}>" if _hidden(s.text, s.href) else "") for s in line) for line in page.contact
    ]
    for section in page.sections:
        rows += ["", section.title, ""]
        for block in section.blocks:
            rows += _block(block, glyph)
    if page.footer:
        rows += ["", page.footer]
    return "\n".join(rows) + "\n"


def _hidden(text: str, href: str) -> bool:
    return href.startswith("https://") and text not in href


def _block(block: Block, glyph: str) -> list[str]:
    match block:
        case Para(line):
            return [text_of(line)]
        case Items(texts):
            return [f"{glyph} {one}" for one in texts]
        case Entry():
            rows = [text_of(line) for line in block.head]
            if block.when:
                rows.insert(0 if block.when_first else len(rows), block.when)
            if block.prose:
                rows.append(block.prose)
            rows += [f"{glyph} {one}" for one in block.bullets]
            return [*rows, *map(text_of, block.tail), ""]
