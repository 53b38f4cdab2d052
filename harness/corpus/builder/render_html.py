"""PDF by WeasyPrint: a page as HTML and CSS."""

from __future__ import annotations

from html import escape

from harness.base.errors import HarnessError
from harness.corpus.builder.page import Block, Entry, Items, Line, Page, Para, Section, split_sides
from harness.corpus.builder.style import GLYPHS, THEMES, Style, Theme

_RIGHT_TO_LEFT = frozenset({"he", "ar"})


def pdf(page: Page, style: Style, *, injected_html: str = "", keywords: str = "") -> bytes:
    """The page as PDF, the same bytes for the same page. `injected_html` goes before the end of the body,
    `keywords` into the metadata (both for adversarial twins)."""
    try:
        from weasyprint import HTML
    except OSError as error:  # its C libraries are Debian packages
        raise HarnessError("WeasyPrint cannot load Pango", hint="install the packages of docs/corpus.md") from error
    document = HTML(string=html(page, style, injected_html=injected_html, keywords=keywords))
    return bytes(document.write_pdf(pdf_identifier=b"cv-harness"))


def html(page: Page, style: Style, *, injected_html: str = "", keywords: str = "") -> str:
    theme = THEMES[style.theme]
    side, main = split_sides(page)
    head = _header(page)
    contact = "" if page.contact_in_header else _contact(page)
    if style.layout.startswith("sidebar"):
        title = f"<h2>{escape(page.contact_title)}</h2>" if contact else ""
        body = f"<aside>{title}{contact}{_sections(side, style)}</aside><main>{head}{_sections(main, style)}</main>"
    elif style.layout == "text-boxes":
        boxes = "".join(f'<div class="box">{_sections((section,), style)}</div>' for section in side)
        body = f'<div class="banner">{head}{contact}</div>{boxes}<main>{_sections(main, style)}</main>'
    elif style.layout == "label-column":
        rows = "".join(
            f'<tr><td class="label"><h2>{escape(section.title)}</h2></td><td>{_blocks(section.blocks, style)}</td></tr>'
            for section in page.sections
        )
        body = f'{head}{contact}<table class="labels">{rows}</table>'
    else:
        body = f"{head}{contact}{_sections(page.sections, style)}"
    running = (
        f'<div class="running">{"".join(f"<div>{_line(line)}</div>" for line in page.contact)}</div>'
        if page.contact_in_header
        else ""
    )
    direction = "rtl" if style.language in _RIGHT_TO_LEFT else "ltr"
    meta = f'<meta name="keywords" content="{escape(keywords)}">' if keywords else ""
    return (
        f'<!doctype html><html lang="{style.language}" dir="{direction}"><head><meta charset="utf-8">{meta}'
        f"<title>CV</title><style>{_css(theme, style, page)}</style></head>"
        f"<body>{running}{body}{injected_html}</body></html>"
    )


def _header(page: Page) -> str:
    headline = f'<p class="headline">{escape(page.headline)}</p>' if page.headline else ""
    return f"<h1>{escape(page.name)}</h1>{headline}"


def _contact(page: Page) -> str:
    return "".join(f'<p class="contact">{_line(line)}</p>' for line in page.contact)


def _sections(sections: tuple[Section, ...], style: Style) -> str:
    return "".join(
        f"<section><h2>{escape(section.title)}</h2>{_blocks(section.blocks, style)}</section>" for section in sections
    )


def _blocks(blocks: tuple[Block, ...], style: Style) -> str:
    if style.layout == "table-grid" and any(isinstance(block, Entry) for block in blocks):
        return _grid(blocks, style)
    return "".join(_block(block, style) for block in blocks)


def _block(block: Block, style: Style) -> str:
    match block:
        case Para(line):
            return f"<p>{_line(line)}</p>"
        case Items(texts):
            return _bullets(texts, style)
        case Entry():
            parts = []
            if block.when and block.when_first:
                parts.append(f'<p class="when-first">{escape(block.when)}</p>')
            for number, line in enumerate(block.head):
                right = f'<span class="when">{escape(block.when)}</span>' if _beside(block, number) else ""
                parts.append(f'<p class="head">{right}{_line(line)}</p>')
            return f'<div class="entry">{"".join(parts)}{_inside(block, style)}</div>'


def _beside(entry: Entry, number: int) -> bool:
    return number == 0 and bool(entry.when) and not entry.when_first


def _inside(entry: Entry, style: Style) -> str:
    prose = f"<p>{escape(entry.prose)}</p>" if entry.prose else ""
    tail = "".join(f'<p class="tail">{_line(line)}</p>' for line in entry.tail)
    return prose + (_bullets(entry.bullets, style) if entry.bullets else "") + tail


def _grid(blocks: tuple[Block, ...], style: Style) -> str:
    rows = []
    for block in blocks:
        if isinstance(block, Entry):
            head = "".join(f'<p class="head">{_line(line)}</p>' for line in block.head)
            rows.append(
                f'<tr><td class="cell-when">{escape(block.when)}</td><td>{head}{_inside(block, style)}</td></tr>'
            )
        else:
            rows.append(f'<tr><td colspan="2">{_block(block, style)}</td></tr>')
    return f'<table class="grid">{"".join(rows)}</table>'


def _bullets(texts: tuple[str, ...], style: Style) -> str:
    if style.bullets == "native":
        return (
            "<ul>"
            + "".join(f"<li>{_bidi(text) if style.language in _RIGHT_TO_LEFT else escape(text)}</li>" for text in texts)
            + "</ul>"
        )
    glyph = GLYPHS[style.bullets]
    lead = f"{glyph} " if glyph else ""
    kind = "glyph" if glyph else "plain"
    return "".join(
        f'<p class="{kind}">{lead}{_bidi(text) if style.language in _RIGHT_TO_LEFT else escape(text)}</p>'
        for text in texts
    )


def _bidi(text: str) -> str:
    """Escaped, with Latin words of a right-to-left page kept in one piece ("C++" must not become "++C")."""
    return escape(text) if not text.isascii() or text.isalnum() else f'<bdi dir="ltr">{escape(text)}</bdi>'


def _line(line: Line) -> str:
    parts = []
    for span in line:
        text = escape(span.text)
        if span.bold:
            text = f"<b>{text}</b>"
        if span.italic:
            text = f"<i>{text}</i>"
        if span.href:
            text = f'<a href="{escape(span.href)}">{text}</a>'
        parts.append(text)
    return "".join(parts)


def _css(theme: Theme, style: Style, page: Page) -> str:
    rule = f"border-bottom:0.7pt solid #{theme.accent};" if theme.rule else ""
    centred = "h1,.headline,.contact{text-align:center}" if theme.centred and style.layout == "one-column" else ""
    footer = f"@bottom-center{{content:{_quoted(page.footer)};font-size:8pt;color:#777}}" if page.footer else ""
    running = "@top-center{content:element(running)}" if page.contact_in_header else ""
    end = "left" if style.language in _RIGHT_TO_LEFT else "right"
    indent = "padding-right" if style.language in _RIGHT_TO_LEFT else "padding-left"
    css = (
        f"@page{{size:A4;margin:{'24mm' if running else '17mm'} 18mm 17mm 18mm;{footer}{running}}}"
        f".running{{position:running(running);text-align:center;font-size:8.5pt;color:#444}}"
        f"body{{font-family:'{theme.body}';font-size:{theme.size}pt;line-height:1.32;color:#111}}"
        f"p{{margin:0 0 1.5pt 0}}"
        f"h1{{font-family:'{theme.title}';font-size:{theme.size * 2.1}pt;margin:0;"
        f"color:#{theme.accent}}}"
        f"h2{{font-family:'{theme.title}';font-size:{theme.size * 1.22}pt;color:#{theme.accent};"
        f"margin:9pt 0 3pt 0;{rule}}}"
        ".headline{font-size:1.15em;color:#555}.contact{font-size:.93em}section{margin:0}"
        f".when{{float:{end};color:#444}}.when-first{{font-weight:bold;color:#555}}"
        ".entry{margin:0 0 6pt 0}.head{break-after:avoid}.tail{color:#333}"
        f"ul{{margin:1pt 0 3pt 0;{indent}:13pt}}li{{margin:0 0 1.2pt 0}}"
        f".glyph{{{indent}:11pt;text-indent:-9pt}}.plain{{margin:0 0 3pt 0}}"
        "a{color:#1155aa;text-decoration:none}table{border-collapse:collapse;width:100%}td{vertical-align:top}"
        f".grid td{{border:0.5pt solid #999;padding:3pt 5pt}}.cell-when{{width:21%;color:#{theme.accent}}}"
        f".labels td{{padding:0 0 5pt 0}}td.label{{width:25%;padding-right:8pt}}.label h2{{margin-top:0;border:0}}"
        f".banner{{background:#{theme.accent};color:#fff;padding:8pt 10pt;margin:0 0 8pt 0}}"
        ".banner h1,.banner .headline,.banner a{color:#fff}"
        f".box{{float:{end};clear:{end};width:32%;border:0.8pt solid #{theme.accent};padding:4pt 7pt;"
        "margin:0 0 8pt 10pt;font-size:.93em}.box h2{margin-top:0;border:0}"
    )
    if style.layout.startswith("sidebar"):
        here, there = ("left", "right") if style.layout.endswith("left") else ("right", "left")
        css += (
            "aside .contact{font-size:.86em}"
            f"aside{{position:absolute;{here}:0;top:0;width:29%;font-size:.93em;background:#F1F3F5;padding:6pt 8pt;"
            f"box-sizing:border-box;overflow-wrap:anywhere}}main{{margin-{here}:32%;margin-{there}:0}}"
        )
    return css + centred


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
