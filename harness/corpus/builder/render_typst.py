"""PDF by typst: a page as typst markup, all text passed as string literals."""

from __future__ import annotations

import tempfile
from pathlib import Path

from harness.corpus.builder.page import Block, Entry, Items, Line, Page, Para, Section, split_sides
from harness.corpus.builder.style import GLYPHS, THEMES, Style

_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")


def pdf(page: Page, style: Style) -> bytes:
    """The page as PDF, the same bytes for the same page."""
    import typst

    with tempfile.TemporaryDirectory(prefix="cv-typst-") as name:
        source = Path(name) / "cv.typ"
        source.write_text(markup(page, style), encoding="utf-8")
        made: bytes = typst.compile(str(source), font_paths=list(_FONTS))
        return made


def markup(page: Page, style: Style) -> str:
    theme = THEMES[style.theme]
    side, main = split_sides(page)
    centred = theme.centred and style.layout == "one-column"
    name = f'#text(size: 2em, weight: "bold", fill: accent, font: {_text(theme.title)}, {_text(page.name)})'
    head = [name]
    if page.headline:
        head.append(f"#text(fill: luma(90), {_text(page.headline)})")
    contact = [] if page.contact_in_header else [f"#text(size: .94em)[{_line(line)}]" for line in page.contact]
    top = "\\\n".join(head if style.layout.startswith("sidebar") else head + contact)
    if centred:
        top = f"#align(center)[{top}]"
    match style.layout:
        case "sidebar-left" | "sidebar-right":
            title = _heading(page.contact_title) if contact else ""
            slim = f"[#set text(size: .93em)\n{title}{_joined(contact)}\n\n{_sections(side, style)}]"
            broad = f"[{top}\n\n{_sections(main, style)}]"
            left = style.layout.endswith("left")
            columns, cells = ("(30%, 1fr)", (slim, broad)) if left else ("(1fr, 30%)", (broad, slim))
            body = f"#grid(columns: {columns}, column-gutter: 14pt, {', '.join(cells)})"
        case "text-boxes":
            boxes = "\n".join(
                f"#block(stroke: .8pt + accent, inset: 6pt, width: 100%, below: 8pt)[{_sections((one,), style)}]"
                for one in side
            )
            banner = f"#block(fill: luma(238), inset: 9pt, width: 100%)[{top}]"
            body = f"{banner}\n#grid(columns: (1fr, 32%), column-gutter: 12pt, [{_sections(main, style)}], [{boxes}])"
        case "label-column":
            rows = ", ".join(
                f"[{_heading(section.title)}], [{_blocks(section.blocks, style)}]" for section in page.sections
            )
            body = f"{top}\n#v(6pt)\n#grid(columns: (24%, 1fr), row-gutter: 9pt, column-gutter: 8pt, {rows})"
        case _:
            body = f"{top}\n\n{_sections(page.sections, style)}"
    rule = ", stroke: (bottom: .6pt + accent)" if theme.rule and style.layout == "one-column" else ""
    header = f"align(center, text(size: 8.5pt)[{_joined([_line(line) for line in page.contact])}])"
    footer = f"align(center, text(size: 8pt, fill: luma(120), {_text(page.footer)}))"
    return "\n".join(
        (
            "#set document(date: none)",
            f'#let accent = rgb("{theme.accent}")',
            f'#set page(paper: "a4", margin: (x: 18mm, y: {"22mm" if page.contact_in_header else "17mm"}),'
            f" header: {header if page.contact_in_header else 'none'}, footer: {footer if page.footer else 'none'})",
            f"#set text(font: {_text(theme.body)}, size: {theme.size}pt, lang: {_text(style.language)})",
            "#set par(leading: .52em, spacing: .62em)",
            "#let title(body) = block(width: 100%, above: 10pt, below: 5pt, inset: (bottom: 2.5pt)"
            f'{rule}, text(size: 1.2em, weight: "bold", fill: accent, body))',
            body,
            "",
        )
    )


def _joined(parts: list[str]) -> str:
    return "\\\n".join(parts)


def _heading(title: str) -> str:
    return f"#title({_text(title)})\n"


def _sections(sections: tuple[Section, ...], style: Style) -> str:
    return "\n".join(_heading(section.title) + _blocks(section.blocks, style) for section in sections)


def _blocks(blocks: tuple[Block, ...], style: Style) -> str:
    if style.layout == "table-grid" and any(isinstance(block, Entry) for block in blocks):
        cells = []
        for block in blocks:
            if isinstance(block, Entry):
                head = "\\\n".join(_line(line) for line in block.head)
                cells.append(f"[{_string(block.when)}], [{head}\n\n{_inside(block, style)}]")
            else:
                cells.append(f"table.cell(colspan: 2)[{_block(block, style)}]")
        return f"#table(columns: (21%, 1fr), stroke: .5pt + luma(150), {', '.join(cells)})\n"
    return "\n".join(_block(block, style) for block in blocks)


def _block(block: Block, style: Style) -> str:
    match block:
        case Para(line):
            return _line(line) + "\n"
        case Items(texts):
            return _bullets(texts, style)
        case Entry():
            rows = []
            if block.when and block.when_first:
                rows.append(f"*{_string(block.when)}*")
            for number, line in enumerate(block.head):
                beside = number == 0 and block.when and not block.when_first
                rows.append(_line(line) + (f" #h(1fr) {_string(block.when)}" if beside else ""))
            return "\\\n".join(rows) + "\n\n" + _inside(block, style) + "\n#v(3pt)\n"


def _inside(entry: Entry, style: Style) -> str:
    prose = _string(entry.prose) + "\n\n" if entry.prose else ""
    tail = "".join(_line(line) + "\n\n" for line in entry.tail)
    return prose + (_bullets(entry.bullets, style) if entry.bullets else "") + tail


def _bullets(texts: tuple[str, ...], style: Style) -> str:
    if style.bullets == "native":
        return "#list(" + ", ".join(f"[{_string(text)}]" for text in texts) + ")\n\n"
    glyph = GLYPHS[style.bullets]
    lead = f"{glyph} " if glyph else ""
    return "".join(f"#par(hanging-indent: {9 if glyph else 0}pt)[{_string(lead + text)}]\n\n" for text in texts)


def _line(line: Line) -> str:
    parts = []
    for span in line:
        text = _string(span.text)
        if span.bold:
            text = f"#strong[{text}]"
        if span.italic:
            text = f"#emph[{text}]"
        if span.href:
            text = f"#link({_text(span.href)})[{text}]"
        parts.append(text)
    return "".join(parts)


def _string(text: str) -> str:
    return f"#{_text(text)};" if text else ""


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
