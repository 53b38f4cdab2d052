"""DOCX: everything printed is read in order, nothing unprinted gets in, what is not seen is flagged."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.corpus.hostile_docx import CV, document, members, pack, paragraph
from harness.corpus.text import extract_inline
from harness.corpus.types import Extraction

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHAPES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
FILLER = paragraph("Further lines, so that the document is as long as a short CV and nothing is said about that. " * 2)


def read(tmp_path: Path, body: str, *, relations: str = "", **parts: bytes) -> Extraction:
    content = members(document(body + FILLER), relations=relations)
    content.update({f"word/{name}.xml": xml for name, xml in parts.items()})
    path = tmp_path / "cv.docx"
    path.write_bytes(pack(content))
    return extract_inline(path)


def lines(tmp_path: Path, body: str, **more: object) -> list[str]:
    found = read(tmp_path, body, **more)  # type: ignore[arg-type]
    assert found.readable, found
    return found.text.splitlines()[:-1]


def relation(kind: str, target: str, *, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="r-{kind}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'


def part(root: str, content: str) -> bytes:
    return f'<w:{root} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{content}</w:{root}>'.encode()


def run(text: str, look: str = "") -> str:
    return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"


def look(name: str, value: str) -> str:
    return f'<w:{name} w:val="{value}"/>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<w:sdt><w:sdtContent>{paragraph('in a control')}</w:sdtContent></w:sdt>", ["in a control"]),
        (f"<w:p><w:sdt><w:sdtContent>{run('inline')}</w:sdtContent></w:sdt></w:p>", ["inline"]),
        (f"<w:p><w:smartTag>{run('Leeds')}</w:smartTag></w:p>", ["Leeds"]),
        (f'<w:p><w:ins w:id="1">{run("inserted")}</w:ins></w:p>', ["inserted"]),
        ('<w:p><w:del w:id="1"><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>', []),
        (f"<w:p><w:moveFrom>{run('old')}</w:moveFrom><w:moveTo>{run('new')}</w:moveTo></w:p>", ["new"]),
        (f"<w:p>{run('a')}<w:r><w:tab/></w:r>{run('b')}<w:r><w:br/></w:r>{run('c')}</w:p>", ["a\tb", "c"]),
        (f'<w:p><w:fldSimple w:instr="PAGE">{run("7")}</w:fldSimple></w:p>', ["7"]),
        ("<w:p><w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t></w:r></w:p>", ["co-op"]),
        ('<w:p><w:r><w:sym w:font="Symbol" w:char="F0B7"/><w:t> point</w:t></w:r></w:p>', ["• point"]),
        ('<w:p><w:r><w:instrText>HYPERLINK "https://example.com/me"</w:instrText></w:r></w:p>', []),
    ],
)  # fmt: skip
def test_inline_structures(tmp_path: Path, body: str, expected: list[str]) -> None:
    found = [line for line in lines(tmp_path, body) if not line.startswith("http") and line]
    text = [line for line in found if not line.startswith("Further lines")]
    assert text == expected


def test_tables_keep_rows_together_and_long_cells_apart(tmp_path: Path) -> None:
    row = f"<w:tr><w:tc>{paragraph('2019')}</w:tc><w:tc>{paragraph('Shift Lead')}</w:tc></w:tr>"
    long = f"<w:tr><w:tc>{paragraph('Skills')}</w:tc><w:tc>{paragraph('SQL')}{paragraph('Excel')}</w:tc></w:tr>"
    gone = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph('deleted row')}</w:tc></w:tr>"
    merged = (
        f"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph('hidden')}</w:tc><w:tc>{paragraph('seen')}</w:tc></w:tr>"
    )
    nested = f"<w:tr><w:tc><w:tbl>{row}</w:tbl><w:p/></w:tc></w:tr>"
    assert lines(tmp_path, f"<w:tbl>{row}{long}{gone}{merged}{nested}</w:tbl>") == [
        "2019\tShift Lead",
        "Skills",
        "SQL",
        "Excel",
        "seen",
        "2019\tShift Lead",
    ]


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('in the box')}</w:txbxContent>"
    body = (
        f"<w:p {SHAPES}><w:r><w:t>before</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx>{box}"
        f"</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert lines(tmp_path, body) == ["before", "in the box"]


def test_headers_first_footers_last_each_once(tmp_path: Path) -> None:
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="r-header"/><w:footerReference r:id="r-footer"/></w:sectPr>'
    )
    found = read(
        tmp_path,
        f"{paragraph('first section')}<w:p><w:pPr>{section}</w:pPr></w:p>{paragraph('second section')}{section}",
        relations=relation("header", "header.xml") + relation("footer", "footer.xml"),
        header=part("hdr", paragraph("robin@example.com")),
        footer=part("ftr", paragraph("the end")),
    ).text.splitlines()
    assert found[0] == "robin@example.com"
    assert found[-1] == "the end"
    assert found.count("robin@example.com") == 1


def test_footnotes_are_read_and_separators_are_not(tmp_path: Path) -> None:
    notes = f'<w:footnote w:type="separator">{paragraph("---")}</w:footnote>'
    notes += f'<w:footnote w:id="1">{paragraph("a note")}</w:footnote>'
    found = read(tmp_path, "", relations=relation("footnotes", "notes.xml"), notes=part("footnotes", notes))
    assert found.text.splitlines()[-1] == "a note"


def test_link_targets_are_added_unless_printed(tmp_path: Path) -> None:
    link = f'<w:p><w:hyperlink r:id="r-hyperlink">{run("LinkedIn")}</w:hyperlink></w:p>'
    relations = relation("hyperlink", "https://www.linkedin.com/in/robin", external=True)
    assert read(tmp_path, link, relations=relations).text.endswith("\n\nhttps://www.linkedin.com/in/robin")
    printed = link.replace("LinkedIn", "linkedin.com/in/robin")
    assert read(tmp_path, printed, relations=relations).text.count("linkedin.com/in/robin") == 1


def test_bullets_of_lists_are_printed_and_numbers_are_not_bullets(tmp_path: Path) -> None:
    levels = "".join(
        f'<w:abstractNum w:abstractNumId="{at}"><w:lvl w:ilvl="0"><w:numFmt w:val="{kind}"/></w:lvl></w:abstractNum>'
        for at, kind in ((0, "bullet"), (1, "decimal"))
    ) + "".join(f'<w:num w:numId="{at + 1}"><w:abstractNumId w:val="{at}"/></w:num>' for at in (0, 1))
    item = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    )
    body = item.format(1, "point") + item.format(2, "step") + item.format(1, "• marked by hand")
    found = lines(tmp_path, body, relations=relation("numbering", "numbering.xml"), numbering=part("numbering", levels))
    assert found == ["• point", "step", "• marked by hand"]


STYLES = (
    '<w:style w:type="character" w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Base"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Derived"><w:basedOn w:val="Base"/></w:style>'
)


@pytest.mark.parametrize(
    ("body", "warning", "in_text"),
    [
        (f"<w:p>{run('unseen words', '<w:vanish/>')}</w:p>", "hidden text left out", False),
        (f"<w:p>{run('unseen words', look('rStyle', 'Ghost'))}</w:p>", "hidden text", False),
        (f"<w:p>{run('unseen words', look('color', 'FEFEFE'))}</w:p>", "white text", True),
        (f"<w:p><w:pPr><w:pStyle w:val='Derived'/></w:pPr>{run('unseen words')}</w:p>", "white text", True),
        (f"<w:p>{run('unseen words', look('sz', '4'))}</w:p>", "2 points", True),
    ],
)
def test_what_is_not_seen_is_flagged(tmp_path: Path, body: str, warning: str, in_text: bool) -> None:
    found = read(tmp_path, body, relations=relation("styles", "styles.xml"), styles=part("styles", STYLES))
    assert found.outcome == "ok_with_warnings"
    assert any(warning in each for each in found.warnings)
    assert ("unseen words" in found.text) is in_text


@pytest.mark.parametrize(
    "body",
    [
        f"<w:p>{run('plain words', look('vanish', '0'))}</w:p>",
        "<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:val='clear' w:fill='1F3864'/></w:tcPr>"
        f"<w:p>{run('plain words', look('color', 'FFFFFF'))}</w:p></w:tc></w:tr></w:tbl>",
        "<w:p><w:pPr><w:shd w:val='clear' w:fill='000000'/></w:pPr>"
        f"{run('plain words', look('color', 'FFFFFF'))}</w:p>",
        f"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{run('plain words')}</w:p>",
    ],
)
def test_what_is_seen_is_not_flagged(tmp_path: Path, body: str) -> None:
    found = read(tmp_path, body)
    assert found.outcome == "ok"
    assert "plain words" in found.text


def test_another_prefix_for_the_namespace_changes_nothing(tmp_path: Path) -> None:
    styles = part("styles", STYLES).replace(b"w:", b"x:").replace(b"xmlns:x:", b"xmlns:x")
    styles = styles.replace(b"xmlns:w=", b"xmlns:x=")
    body = f"<w:p><w:pPr><w:pStyle w:val='Derived'/></w:pPr>{run('unseen words')}</w:p>"
    found = read(tmp_path, body, relations=relation("styles", "styles.xml"), styles=styles)
    assert any("white text" in each for each in found.warnings)


def test_nothing_is_lost_of_a_plain_cv(tmp_path: Path) -> None:
    found = read(tmp_path, CV)
    assert found.outcome == "ok"
    assert "Shift Lead, Northgate Storage Ltd, Jan 2019 - Present" in found.text.splitlines()


FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'


def field(*codes: str, result: str) -> str:
    code = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return FIELD.format("begin") + code + FIELD.format("separate") + run(result) + FIELD.format("end")


@pytest.mark.parametrize(
    "codes",
    [
        (" HYPER", 'LINK "https://example.com/me" '),
        (" ", "HYPERLINK", ' "https://exam', 'ple.com/me"', " "),
        (' HYPERLINK \\o "tip" ', ' "https://example.com/me" '),
        (" HYPERLINK https://example.com/me ",),
        (" HYPERLINK \u201chttps://example.com/me\u201d ",),
    ],
)
def test_field_codes_come_in_pieces(tmp_path: Path, codes: tuple[str, ...]) -> None:
    inner = field(" PAGE ", result="7")
    for body in (field(*codes, result="my page"), inner + field(*codes, result="my page")):
        found = read(tmp_path, f"<w:p>{body}</w:p>")
        assert "my page" in found.text
        assert found.text.endswith("\n\nhttps://example.com/me")


YEAR = "".join(f'<w:sym w:font="Symbol" w:char="F03{digit}"/>' for digit in "2016")
CHANGED = "<w:del><w:r><w:delText>16</w:delText></w:r></w:del>"
RUBY = "<w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby>"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (f"{run('since ')}<w:r>{YEAR}</w:r>", "since 2016"),
        (run("10") + run("6", look("position", "8")) + run(" rows"), "10^6 rows"),
        (f"{run('20')}{CHANGED}<w:ins>{run('18')}</w:ins>", "2018"),
        (f"<w:r>{RUBY.format(run('kan'), run('漢字'))}</w:r>", "漢字"),
    ],
)
def test_digits_and_words_in_unusual_places(tmp_path: Path, body: str, line: str) -> None:
    assert lines(tmp_path, f"<w:p>{body}</w:p>") == [line]


def test_what_a_field_code_holds_is_not_printed(tmp_path: Path) -> None:
    inner = field(" MERGEFIELD year ", result="1999")
    code = f"<w:r><w:instrText> IF </w:instrText></w:r>{inner}<w:r><w:instrText> = 1 </w:instrText></w:r>"
    body = FIELD.format("begin") + code + FIELD.format("separate") + run("Joined 2016") + FIELD.format("end")
    assert lines(tmp_path, f"<w:p>{body}</w:p>") == ["Joined 2016"]


def test_the_chosen_entry_of_a_list_is_printed(tmp_path: Path) -> None:
    entries = "".join(f'<w:listEntry w:val="{word}"/>' for word in ("Beginner", "Fluent"))
    begin = f'<w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>{entries}</w:ddList></w:ffData>'
    body = f"<w:p><w:r>{begin}</w:fldChar></w:r>{FIELD.format('end')}</w:p>"
    assert lines(tmp_path, body) == ["Fluent"]


DRAWING = "<w:p {}><w:r><w:t>before</w:t></w:r><w:r><w:drawing>{}</w:drawing></w:r></w:p>"
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
BODY = "<a:p><a:r><a:t>Sales</a:t></a:r><a:r><a:t> Lead</a:t></a:r><a:br/><a:r><a:t>York</a:t></a:r></a:p>"


def test_drawn_text_is_read(tmp_path: Path) -> None:
    assert lines(tmp_path, DRAWING.format(SHAPES, f"<wps:wsp>{BODY}</wps:wsp>")) == ["before", "Sales Lead", "York"]
    art = '<w:p {}><w:r><w:pict><v:shape><v:textpath string="ROBIN SAMPLE"/></v:shape></w:pict></w:r></w:p>'
    assert lines(tmp_path, art.format(SHAPES)) == ["ROBIN SAMPLE"]


def test_drawn_text_of_alternatives_is_read_once(tmp_path: Path) -> None:
    body = (
        f"<w:p {SHAPES}><w:r><mc:AlternateContent><mc:Choice><w:drawing>{BODY}</w:drawing></mc:Choice><mc:Fallback>"
        f"<w:drawing>{BODY}</w:drawing></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert lines(tmp_path, body) == ["Sales Lead", "York"]


def test_smart_art_is_read_in_the_order_of_its_tree(tmp_path: Path) -> None:
    def point(name: str, kind: str, text: str) -> str:
        return f'<d:pt modelId="{name}" type="{kind}"><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>'

    points = (
        point("2", "node", "Then") + point("1", "node", "First") + point("9", "pres", "shape") + point("0", "doc", "")
    )
    links = "".join(f'<d:cxn srcId="0" destId="{name}" srcOrd="{at}"/>' for at, name in ((1, "2"), (0, "1")))
    tree = f"<d:ptLst>{points}</d:ptLst><d:cxnLst>{links}</d:cxnLst>"
    data = f'<d:dataModel xmlns:d="{DIAGRAM}" {SHAPES}>{tree}</d:dataModel>'
    art = f'<d:relIds xmlns:d="{DIAGRAM}" r:dm="r-diagramData"/>'
    found = read(
        tmp_path, DRAWING.format(SHAPES, art), relations=relation("diagramData", "data.xml"), data=data.encode()
    )
    assert found.text.splitlines()[:3] == ["before", "First", "Then"]
    lost = read(tmp_path, DRAWING.format(SHAPES, art))
    assert any("a drawing whose text is missing" in warning for warning in lost.warnings)


def test_a_chart_gives_its_words(tmp_path: Path) -> None:
    cache = "<c:strCache><c:pt><c:v>English</c:v></c:pt><c:pt><c:v>Polish</c:v></c:pt></c:strCache>"
    data = f'<c:chartSpace xmlns:c="{CHART}" {SHAPES}>{BODY}{cache}{cache}</c:chartSpace>'
    found = read(
        tmp_path,
        DRAWING.format(SHAPES, f'<c:chart xmlns:c="{CHART}" r:id="r-chart"/>'),
        relations=relation("chart", "chart.xml"),
        chart=data.encode(),
    )
    assert found.text.splitlines()[1:5] == ["Sales Lead", "York", "English", "Polish"]


def test_formulas_keep_powers_and_fractions_apart(tmp_path: Path) -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    part_of = "<m:{0}><m:r><m:t>{1}</m:t></m:r></m:{0}>"
    power = f"<m:sSup>{part_of.format('e', '10')}{part_of.format('sup', '6')}</m:sSup>"
    half = f"<m:f>{part_of.format('num', '1')}{part_of.format('den', '2')}</m:f>"
    body = f"<w:p {math}>{run('about ')}<m:oMath>{power}</m:oMath>{run(' or ')}<m:oMath>{half}</m:oMath></w:p>"
    assert lines(tmp_path, body) == ["about 10^6 or 1/2"]


def test_raised_digits_stay_apart(tmp_path: Path) -> None:
    up = look("vertAlign", "superscript")
    body = f"<w:p>{run('10')}{run('6', up)}{run(' rows, Ltd')}{run('1', up)}{run(', 40 m')}{run('2', up)}</w:p>"
    assert lines(tmp_path, body) == ["10^6 rows, Ltd^1, 40 m2"]


def test_unknown_wrappers_are_walked_through(tmp_path: Path) -> None:
    inside = f"<w:p><w:unheard>{run('within')}</w:unheard></w:p>"
    body = f"<w:frameset><w:box>{paragraph('in a box')}</w:box></w:frameset>{inside}"
    assert lines(tmp_path, body) == ["in a box", "within"]


def test_a_drop_cap_goes_on_in_the_paragraph_behind_it(tmp_path: Path) -> None:
    frame = '<w:p><w:pPr><w:framePr w:dropCap="drop" w:lines="3"/></w:pPr>' + run("L") + "</w:p>"
    assert lines(tmp_path, frame + paragraph("ed 18 staff") + paragraph("Leeds")) == ["Led 18 staff", "Leeds"]
