"""One CV printed by many programs: what their PDFs do to digits, hyphens, words and lines `make bench` measures.

    python -m harness.corpus.builder.producers [NAME …]

writes `fixtures/producers/NAME.pdf` with the programs that this machine has and leaves the others' files as they are
(TeX Live with its fonts, groff, Ghostscript, Chromium, wkhtmltopdf and pango-view are Debian packages; the rest comes
with the `build` extra). The files are committed, so that nobody needs all of these to measure.
"""

from __future__ import annotations

import html
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.base.project import Project
from harness.corpus.hostile_pdf import assemble, one_page, show, stream

NAME = "Marigold Ashworth-Finney"
TITLE = "Self-employed efficiency consultant"
CONTACT = "marigold.ashworth-finney@example.com | +44 20 7946 0358 | Leeds LS11 5QT"
SECTIONS: tuple[tuple[str, tuple[tuple[str, str, tuple[str, ...]], ...]], ...] = (
    (
        "Experience",
        (
            (
                "Office Manager, Fjordlight Staffing Ltd",
                "03/2019 - Present",
                (
                    "Offered 1,460 first-time applicants a workflow of 17 steps, which cut the time-to-hire by 23.5 %.",
                    "Reconciled 98,765 cost-centre entries a year and found 4,310 of them affected by a faulty filter; "
                    "the difficult classification of stock-keeping units took 26 weeks.",
                    "Introduced ISO-9001-certified check-lists, trained 38 full-time and 12 part-time colleagues.",
                ),
            ),
            (
                "Fulfilment Officer, Stafford & Offley plc",
                "Nov 2012 - Feb 2019",
                (
                    "Built a cross-functional team of 45 people at 6 off-site halls with a budget of 7.85 million.",
                    "Processed 2014-2018 tax-exempt returns; efficient, customer-facing and significantly profitable.",
                ),
            ),
            ("Traffic Clerk, Kiff Haulage", "2008 - 2012", ("Filed 3,097 affidavits in 14-day shifts.",)),
        ),
    ),
    (
        "Education",
        (("BSc Physics and Finance, University of Sheffield", "2004 - 2007", ("Final grade 67.9 of 100.",)),),
    ),
    ("Skills", (("Workflow design, SQL-92, Office 365, UTF-8, well-being, fluffy-fibre testing", "", ()),)),
)
"""Every digit occurs, every f-ligature, hyphens in words, addresses and ranges, lines that wrap."""

_A4 = (595.0, 842.0)


def printed_lines() -> list[str]:
    """The CV's lines as they are printed, those that wrap in one piece, dates apart from what they stand beside."""
    lines = [NAME, TITLE, CONTACT]
    for heading, entries in SECTIONS:
        lines.append(heading)
        for head, when, bullets in entries:
            lines += [head, *([when] if when else []), *bullets]
    return lines


@dataclass(frozen=True, slots=True)
class Producer:
    """A program that makes a PDF: which programs it needs, and how it makes one in a folder of its own."""

    needs: tuple[str, ...]
    make: Callable[[Path], bytes]


def _run(folder: Path, *command: str, given: bytes = b"") -> bytes:
    done = subprocess.run(command, cwd=folder, input=given, capture_output=True, check=True, timeout=180)
    return done.stdout


def _tex_escaped(text: str) -> str:
    return "".join({"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_"}.get(char, char) for char in text)


def _latex_source(preamble: str, *, icons: bool = False) -> str:
    contact = _tex_escaped(CONTACT)
    if icons:
        mail, phone, place = CONTACT.split(" | ")
        contact = rf"\faEnvelope {mail}\enspace\faPhone {phone}\enspace\faMapMarker {place}"
    body = [rf"{{\LARGE {NAME}}}\par {_tex_escaped(TITLE)}\par {contact}\par"]
    for heading, entries in SECTIONS:
        body.append(rf"\bigskip{{\large {heading}}}\par")
        for head, when, bullets in entries:
            body.append(rf"\medskip\noindent {_tex_escaped(head)}\hfill {when}\par")
            if bullets:
                items = "".join(rf"\item {_tex_escaped(bullet)}" for bullet in bullets)
                body.append(rf"\begin{{itemize}}{items}\end{{itemize}}")
    pages = r"\usepackage[a4paper,margin=32mm]{geometry}\parindent0pt\pagestyle{empty}"
    return "\n".join([r"\documentclass[11pt]{article}", pages, preamble, r"\begin{document}", *body, r"\end{document}"])


def _latex(engine: str, preamble: str, *, icons: bool = False) -> Producer:
    def make(folder: Path) -> bytes:
        (folder / "cv.tex").write_text(_latex_source(preamble, icons=icons), encoding="utf-8")
        _run(folder, engine, "-interaction=nonstopmode", "-halt-on-error", "cv.tex")
        return (folder / "cv.pdf").read_bytes()

    return Producer((engine,), make)


def _dvips(folder: Path) -> bytes:
    (folder / "cv.tex").write_text(_latex_source(r"\usepackage[OT1]{fontenc}"), encoding="utf-8")
    _run(folder, "latex", "-interaction=nonstopmode", "-halt-on-error", "cv.tex")
    _run(folder, "dvips", "-q", "-o", "cv.ps", "cv.dvi")
    _run(folder, "ps2pdf", "cv.ps", "cv.pdf")
    return (folder / "cv.pdf").read_bytes()


def page_source() -> str:
    """The CV as a web page: dates float to the right, as browsers paint them before their lines."""
    rows = [f"<h1>{NAME}</h1><p>{html.escape(TITLE)}</p><p>{html.escape(CONTACT)}</p>"]
    for heading, entries in SECTIONS:
        rows.append(f"<h2>{heading}</h2>")
        for head, when, bullets in entries:
            rows.append(f"<p><span class=when>{when}</span>{html.escape(head)}</p>")
            rows.append("".join(f"<li>{html.escape(bullet)}</li>" for bullet in bullets))
    style = (
        "@page{size:A4;margin:25mm}body{font:11pt 'DejaVu Sans',sans-serif}h1{font-size:20pt;letter-spacing:2px}"
        ".when{float:right}li{hyphens:auto;text-align:justify;margin-left:20pt}"
    )
    return f"<!doctype html><html lang=en><meta charset=utf-8><style>{style}</style>{''.join(rows)}"


def _browser(folder: Path) -> bytes:
    (folder / "cv.html").write_text(page_source(), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile")
    _run(folder, "chromium", *options, "--no-pdf-header-footer", "--print-to-pdf=cv.pdf", "cv.html")
    return (folder / "cv.pdf").read_bytes()


def _wkhtmltopdf(folder: Path) -> bytes:
    (folder / "cv.html").write_text(page_source(), encoding="utf-8")
    _run(folder, "wkhtmltopdf", "-q", "cv.html", "cv.pdf")
    return (folder / "cv.pdf").read_bytes()


def _weasyprint(_folder: Path) -> bytes:
    import weasyprint

    made: bytes = weasyprint.HTML(string=page_source()).write_pdf()
    return made


def _typst(folder: Path) -> bytes:
    import typst

    rows = [f"= {NAME}", TITLE, CONTACT.replace("@", r"\@")]
    for heading, entries in SECTIONS:
        rows.append(f"== {heading}")
        for head, when, bullets in entries:
            rows += [f"{head} #h(1fr) {when}", *(f"- {bullet}" for bullet in bullets)]
    source = folder / "cv.typ"
    setting = '#set page(paper: "a4", margin: 25mm)\n#set text(number-type: "old-style", hyphenate: true)\n'
    source.write_text(setting + "#set par(justify: true)\n" + "\n\n".join(rows), encoding="utf-8")
    made: bytes = typst.compile(str(source))
    return made


def _roff(folder: Path, *, device: str) -> bytes:
    rows = [".ds LF", ".ds CF", ".nr PS 11", ".LP", rf"\s+8{NAME}\s-8", ".br", TITLE, ".br", CONTACT]
    for heading, entries in SECTIONS:
        rows += [".SH", heading]
        for head, when, bullets in entries:
            rows += [".LP", f"{head} {when}"]
            rows += [part for bullet in bullets for part in (r".IP \(bu 2", bullet)]
    return _run(folder, "groff", "-ms", f"-T{device}", "-P-pa4", given="\n".join([*rows, ""]).encode())


def _ghostscript(folder: Path) -> bytes:
    (folder / "cv.ps").write_bytes(_roff(folder, device="ps"))
    _run(folder, "ps2pdf", "cv.ps", "cv.pdf")
    return (folder / "cv.pdf").read_bytes()


def _wrapped(most: int) -> list[tuple[str, str]]:
    """The printed lines broken at `most` characters, each with the date that stands at its right."""
    lines: list[tuple[str, str]] = [(NAME, ""), (TITLE, ""), (CONTACT, "")]
    for heading, entries in SECTIONS:
        lines += [("", ""), (heading, "")]
        for head, when, bullets in entries:
            lines.append((head, when))
            for bullet in bullets:
                line = "•"
                for word in bullet.split():
                    if len(line) + len(word) >= most:
                        lines.append((line, ""))
                        line = " "
                    line += f" {word}"
                lines.append((line, ""))
    return lines


def _pieces(split: Callable[[str], list[str]]) -> Callable[[Path], bytes]:
    """reportlab with each piece of a line as a text object of its own."""

    def make(_folder: Path) -> bytes:
        from reportlab.pdfbase.pdfmetrics import stringWidth
        from reportlab.pdfgen.canvas import Canvas

        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=_A4, invariant=True)
        y = _A4[1] - 60
        for line, when in _wrapped(88):
            for text, start in ((line, 60.0), (when, 440.0)):
                x = start
                for piece in split(text):
                    if piece.strip():
                        canvas.setFont("Helvetica", 10)
                        canvas.drawString(x, y, piece)
                    x += stringWidth(piece, "Helvetica", 10)
            y -= 15
        canvas.save()
        return buffer.getvalue()

    return make


def _words(text: str) -> list[str]:
    return [piece for word in text.split(" ") for piece in (word, " ")][:-1]


def _mapped(mapped: Mapping[int, str], *, names: str = "") -> Callable[[Path], bytes]:
    """A font whose map to Unicode (or glyph names) says something else than it draws, as Quartz and others write it."""

    def make(_folder: Path) -> bytes:
        said = {code: chr(code) for code in range(0x20, 0x7F)} | dict(mapped)
        rows = [f"<{code:02X}> <{char.encode('utf-16-be').hex()}>" for code, char in said.items()]
        table = "begincmap\n1 begincodespacerange <00> <FF> endcodespacerange\n" + "".join(
            f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar\n" for part in (rows[:90], rows[90:])
        )
        differences = " ".join(f"/{digit}{names}" for digit in _DIGITS)
        encoding = (
            f"<< /BaseEncoding /WinAnsiEncoding /Differences [48 {differences}] >>" if names else "/WinAnsiEncoding"
        )
        entry = "" if names else "/ToUnicode 6 0 R"
        font = f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding {encoding} {entry} >>".encode()
        lines = tuple(f"{line}   {when}" if when else line.replace("•", "-") for line, when in _wrapped(80))
        content = show(lines, size=10)
        return assemble(one_page(content, o5=font, o6=stream(f"{table}endcmap".encode())))

    return make


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _pango(folder: Path) -> bytes:
    text = "\n".join(f"{line}   {when}" if when else line for line, when in _wrapped(80))
    command = ("pango-view", "--no-display", "--output=cv.pdf", "--font=DejaVu Serif 9", "--margin=20", "--text", text)
    _run(folder, *command)
    return (folder / "cv.pdf").read_bytes()


def _matplotlib(kind: int) -> Callable[[Path], bytes]:
    def make(_folder: Path) -> bytes:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        buffer = io.BytesIO()
        with mpl.rc_context({"pdf.fonttype": kind}):
            figure = Figure(figsize=(_A4[0] / 72, _A4[1] / 72))
            for at, (line, when) in enumerate(_wrapped(80)):
                for x, text in ((0.08, line), (0.74, when)):
                    figure.text(x, 0.94 - at * 0.021, text.replace("$", r"\$"), fontsize=9, parse_math=False)
            figure.savefig(buffer, format="pdf", metadata={"CreationDate": None})
        return buffer.getvalue()

    return make


_UNMAPPED = r"\usepackage[T1]{fontenc}\pdfgentounicode=0"
"""pdfTeX as it was until 2020: no map to Unicode, only the font's own glyph names."""

PRODUCERS: Mapping[str, Producer] = {
    "pdflatex-cm": _latex("pdflatex", r"\usepackage[OT1]{fontenc}"),
    "pdflatex-raleway": _latex("pdflatex", rf"{_UNMAPPED}\usepackage[default,lf]{{raleway}}"),
    "pdflatex-raleway-oldstyle": _latex("pdflatex", r"\usepackage[T1]{fontenc}\usepackage[default,osf]{raleway}"),
    "pdflatex-fira": _latex("pdflatex", rf"{_UNMAPPED}\usepackage[sfdefault,lining,tabular]{{FiraSans}}"),
    "pdflatex-fira-oldstyle": _latex("pdflatex", rf"{_UNMAPPED}\usepackage[sfdefault,oldstyle]{{FiraSans}}"),
    "pdflatex-garamond": _latex("pdflatex", rf"{_UNMAPPED}\usepackage[oldstyle,proportional]{{ebgaramond}}"),
    "pdflatex-garamond-lining": _latex("pdflatex", rf"{_UNMAPPED}\usepackage[lining,tabular]{{ebgaramond}}"),
    "pdflatex-icons": _latex(
        "pdflatex", r"\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{fontawesome5}", icons=True
    ),
    "xelatex-garamond": _latex(
        "xelatex", r"\usepackage{fontspec}\setmainfont{EBGaramond-Regular.otf}[Numbers=OldStyle,Ligatures=Rare]"
    ),
    "xelatex-fira": _latex(
        "xelatex", r"\usepackage{fontspec}\setmainfont{FiraSans-Regular.otf}[Numbers=Proportional,LetterSpace=2]"
    ),
    "lualatex-garamond": _latex("lualatex", r"\usepackage{fontspec}\setmainfont{EBGaramond-Regular.otf}"),
    "dvips-ghostscript": Producer(("latex", "dvips", "ps2pdf"), _dvips),
    "groff": Producer(("groff",), lambda folder: _roff(folder, device="pdf")),
    "groff-ghostscript": Producer(("groff", "ps2pdf"), _ghostscript),
    "chromium": Producer(("chromium",), _browser),
    "wkhtmltopdf": Producer(("wkhtmltopdf",), _wkhtmltopdf),
    "weasyprint": Producer((), _weasyprint),
    "typst": Producer((), _typst),
    "reportlab-words": Producer((), _pieces(_words)),
    "reportlab-glyphs": Producer((), _pieces(list)),
    "quartz-spaces": Producer((), _mapped({0x20: "\t\r \u00a0"})),
    "soft-hyphens": Producer((), _mapped({0x2D: "\u00ad"})),
    "private-digits": Producer((), _mapped({0x30 + at: chr(0xF356 + at) for at in range(10)})),
    "named-digits": Producer((), _mapped({}, names=".tnum")),
    "pango-cairo": Producer(("pango-view",), _pango),
    "matplotlib-type3": Producer((), _matplotlib(3)),
    "matplotlib-type42": Producer((), _matplotlib(42)),
}


def main(names: list[str]) -> None:
    folder = Project.find().root / "fixtures" / "producers"
    folder.mkdir(exist_ok=True)
    (folder / "printed.json").write_text(json.dumps(printed_lines(), indent=1) + "\n", encoding="utf-8")
    for name in names or PRODUCERS:
        producer = PRODUCERS[name]
        missing = [program for program in producer.needs if shutil.which(program) is None]
        if missing:
            print(f"{name}: left as it is, because {', '.join(missing)} is not installed")
            continue
        with tempfile.TemporaryDirectory(prefix="cv-producer-") as scratch:
            made = producer.make(Path(scratch))
        (folder / f"{name}.pdf").write_bytes(made)
        print(f"{name}: {len(made):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
