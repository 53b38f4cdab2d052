"""Hostile DOCX files and archives that say they are one."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from harness.corpus.hostile_pdf import CV_LINES, INJECTION

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STAMP = (2024, 1, 1, 0, 0, 0)

_Members = dict[str, bytes]


def paragraph(text: str, properties: str = "") -> str:
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:p><w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


CV = "".join(paragraph(line) for line in CV_LINES)


def document(body: str, before: str = "") -> bytes:
    return f"{_HEAD}{before}<w:document {_W} {_R}><w:body>{body}</w:body></w:document>".encode()


def members(main: bytes, *, main_type: str = _MAIN_TYPE, relations: str = "", **more: bytes) -> _Members:
    """The members of a Word document; `relations` go into the main part's listing."""
    types = (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="bin" ContentType="application/octet-stream"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main_type}"/></Types>'
    )
    found = {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": _relations(
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        ),
        "word/document.xml": main,
        "word/_rels/document.xml.rels": _relations(relations),
    }
    found.update(more)
    return found


def _relations(entries: str) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{_HEAD}<Relationships xmlns="{space}">{entries}</Relationships>'.encode()


def pack(content: Mapping[str, bytes], *, flags: int = 0) -> bytes:
    """A ZIP archive with fixed times; `flags` are set on every entry (0x1 = encrypted)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    packed = bytearray(buffer.getvalue())
    if flags:
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = packed.find(mark)
            while at >= 0:
                packed[at + offset] |= flags
                at = packed.find(mark, at + 4)
    return bytes(packed)


def docx(body: str = CV, *, before: str = "", **more: bytes) -> bytes:
    return pack(members(document(body, before)) | more)


def _renamed(content: _Members, changes: Mapping[str, bytes | None]) -> bytes:
    """The archive with members replaced, or left out where None."""
    merged = {**content, **{name: data for name, data in changes.items() if data is not None}}
    return pack({name: data for name, data in merged.items() if changes.get(name, b"") is not None})


def _laughs() -> bytes:
    entities = ['<!ENTITY l0 "laughter ">']
    entities += [f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10)]
    return docx(CV + "<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", before=f"<!DOCTYPE w:document [{''.join(entities)}]>\n")


def _entity(address: str) -> bytes:
    before = f'<!DOCTYPE w:document [<!ENTITY secret SYSTEM "{address}">]>\n'
    return docx(CV + "<w:p><w:r><w:t>&secret;</w:t></w:r></w:p>", before=before)


def _external_dtd() -> bytes:
    return docx(before='<!DOCTYPE w:document SYSTEM "http://127.0.0.1:9/evil.dtd">\n')


def _nested_tables(levels: int) -> bytes:
    body = paragraph("the innermost cell")
    for _ in range(levels):
        body = f"<w:tbl><w:tr><w:tc>{body}<w:p/></w:tc></w:tr></w:tbl>"
    return docx(CV + body)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _bad_checksum() -> bytes:
    data = bytearray(pack(members(document(CV))))
    at = data.find(b"word/document.xml") + len("word/document.xml") + 20
    data[at] ^= 0xFF
    return bytes(data)


def _named(name: str) -> bytes:
    return pack({**members(document(CV)), name: b"harmless"})


def _macros() -> bytes:
    content = members(document(CV), main_type=_MACRO_TYPE)
    content["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 not really macros"
    return pack(content)


def _linked(relations: str, body: str) -> bytes:
    return pack(members(document(body), relations=relations))


def _hyperlink(target: str) -> bytes:
    return _linked(
        f'<Relationship Id="rId9" Type="{_OFFICE}/hyperlink" Target="{target}" TargetMode="External"/>',
        CV + '<w:p><w:hyperlink r:id="rId9"><w:r><w:t>portfolio</w:t></w:r></w:hyperlink></w:p>',
    )


def _styles_loop() -> bytes:
    styles = (
        f'{_HEAD}<w:styles {_W}><w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    body = CV.replace("<w:p>", '<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr>')
    relation = f'<Relationship Id="rId9" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    content = members(document(body), relations=relation)
    content["word/styles.xml"] = styles.encode()
    return pack(content)


def _comment() -> bytes:
    comments = f'{_HEAD}<w:comments {_W}><w:comment w:id="0">{paragraph(INJECTION)}</w:comment></w:comments>'
    relation = f'<Relationship Id="rId9" Type="{_OFFICE}/comments" Target="comments.xml"/>'
    content = members(document(CV), relations=relation)
    content["word/comments.xml"] = comments.encode()
    return pack(content)


def _properties() -> bytes:
    content = members(document(CV))
    content["docProps/core.xml"] = f"{_HEAD}<properties><title>{INJECTION}</title></properties>".encode()
    return pack(content)


def _deleted() -> bytes:
    removed = f'<w:p><w:del w:id="1" w:author="x"><w:r><w:delText>{INJECTION}</w:delText></w:r></w:del></w:p>'
    return docx(CV + removed)


def _embedded() -> bytes:
    content = members(document(CV))
    content["word/embeddings/note.bin"] = INJECTION.encode()
    return pack(content)


def _strict() -> bytes:
    main = document(CV).replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    content = members(main)
    content["_rels/.rels"] = content["_rels/.rels"].replace(
        _OFFICE.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    )
    return pack(content)


def _into_nothing() -> bytes:
    return _linked(f'<Relationship Id="rId9" Type="{_OFFICE}/image" Target="../NULL"/>', CV)


def _office(name: str, kind: str) -> bytes:
    types = (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
        f'PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )
    return pack({"[Content_Types].xml": types.encode(), name: b"<root/>"})


def _locked() -> bytes:
    """What Office writes for a document under a password: a compound file with an encrypted package."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    names = "EncryptionInfo".encode("utf-16-le").ljust(128, b"\0") + "EncryptedPackage".encode("utf-16-le")
    return head + names.ljust(512, b"\0")


def _bomb(name: str, megabytes: int) -> bytes:
    return pack({**members(document(CV)), name: b" " * (megabytes << 20)})


def _nested_archives() -> bytes:
    inner = pack({"zeros": b"\0" * (20 << 20)})
    return pack({**members(document(CV)), "word/media/a.zip": pack({f"{at}.zip": inner for at in range(50)})})


def _many_paragraphs(count: int, text: str) -> bytes:
    """Paragraphs with revision marks as Word writes them, so that the archive packs them no better than usual."""
    marks = random.Random(5).randbytes(4 * count).hex()
    run = f"<w:r><w:t>{text}</w:t></w:r>" if text else ""
    return docx(CV + "".join(f'<w:p w:rsidR="{marks[at : at + 8]}">{run}</w:p>' for at in range(0, 8 * count, 8)))


DOCX_FILES: Mapping[str, Callable[[], bytes]] = {
    "docx-no-entries.docx": lambda: pack({}),
    "docx-cut.docx": lambda: _cut(docx()),
    "docx-bad-checksum.docx": _bad_checksum,
    "docx-no-main-part.docx": lambda: _renamed(members(document(CV)), {"word/document.xml": None}),
    "docx-main-part-no-xml.docx": lambda: pack(members(b"this is not XML at all")),
    "docx-main-part-cut.docx": lambda: pack(members(_cut(document(CV)))),
    "docx-utf-16.docx": lambda: pack(
        members(document(CV).decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"))
    ),
    "docx-no-content-types.docx": lambda: _renamed(members(document(CV)), {"[Content_Types].xml": None}),
    "docx-no-relations.docx": lambda: _renamed(members(document(CV)), {"_rels/.rels": None}),
    "docx-into-nothing.docx": _into_nothing,
    "docx-empty-body.docx": lambda: docx(""),
    "docx-strict.docx": _strict,
    "docx-billion-laughs.docx": _laughs,
    "docx-entity-file.docx": lambda: _entity("file:///etc/passwd"),
    "docx-entity-network.docx": lambda: _entity("http://127.0.0.1:9/secret"),
    "docx-external-dtd.docx": _external_dtd,
    "docx-path-up.docx": lambda: _named("../../../tmp/escaped.xml"),
    "docx-path-absolute.docx": lambda: _named("/tmp/escaped.xml"),
    "docx-path-windows.docx": lambda: _named("C:\\escaped.xml"),
    "docx-macros.docx": _macros,
    "docx-nested-tables-20.docx": lambda: _nested_tables(20),
    "docx-nested-tables-300.docx": lambda: _nested_tables(300),
    "docx-styles-loop.docx": _styles_loop,
    "docx-vanish-injection.docx": lambda: docx(CV + paragraph(INJECTION, "<w:vanish/>")),
    "docx-white-injection.docx": lambda: docx(CV + paragraph(INJECTION, '<w:color w:val="FFFFFF"/>')),
    "docx-tiny-injection.docx": lambda: docx(CV + paragraph(INJECTION, '<w:sz w:val="2"/>')),
    "docx-deleted-text.docx": _deleted,
    "docx-comment-injection.docx": _comment,
    "docx-metadata-injection.docx": _properties,
    "docx-embedded-file.docx": _embedded,
    "docx-link-script.docx": lambda: _hyperlink("javascript:alert(1)"),
    "docx-link-file.docx": lambda: _hyperlink("file:///etc/passwd"),
    "docx-locked.docx": _locked,
    "docx-locked-archive.docx": lambda: pack(members(document(CV)), flags=0x1),
    "docx-xml-bomb.docx": lambda: _bomb("word/extra.xml", 100),
    "docx-media-bomb.docx": lambda: _bomb("word/media/image1.png", 200),
    "docx-nested-archives.docx": _nested_archives,
    "docx-one-long-line.docx": lambda: docx(paragraph("word " * 60_000)),
    "xlsx-named-docx.docx": lambda: _office("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx-named-docx.docx": lambda: _office("ppt/presentation.xml", "presentationml.presentation"),
    "odt-named-docx.docx": lambda: pack({"mimetype": b"application/vnd.oasis.opendocument.text"}),
    "zip-named-docx.docx": lambda: pack({"notes.txt": b"just an archive"}),
}

LARGE_DOCX_FILES: Mapping[str, Callable[[], bytes]] = {
    "docx-2500-entries.docx": lambda: pack(
        {**members(document(CV)), **{f"word/media/{at}.bin": b"x" for at in range(2_500)}}
    ),
    "docx-400000-paragraphs.docx": lambda: _many_paragraphs(400_000, "abc"),
    "docx-400000-empty-paragraphs.docx": lambda: _many_paragraphs(400_000, ""),
    "docx-61-megabytes-xml.docx": lambda: pack(
        {
            **members(document(CV)),
            **{f"word/extra{at}.xml": bytes(range(33, 127)) * 70_000 for at in range(10)},
        }
    ),
}
