"""Floating text boxes in DOCX, as word processors write them: DrawingML anchored to the page margin."""

from __future__ import annotations

from typing import Any

_EMU = 360000  # per centimetre


class Box:
    """The inside of a text box; takes paragraphs like a document does."""

    def __init__(self, content: Any, part: Any) -> None:
        self._content = content
        self.part = part

    def add_paragraph(self) -> Any:
        from docx.oxml import OxmlElement
        from docx.text.paragraph import Paragraph

        element = OxmlElement("w:p")
        self._content.append(element)
        return Paragraph(element, self)


def add_box(
    run: Any,
    number: int,
    *,
    width_cm: float,
    height_cm: float,
    x_cm: float,
    y_cm: float,
    fill: bool = False,
) -> Box:
    """Anchor an empty text box in `run`, at (`x_cm`, `y_cm`) from the margins' corner; the body's text flows around
    it. `number` is unique in the document."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    width, height = round(width_cm * _EMU), round(height_cm * _EMU)
    colour = '<a:solidFill><a:srgbClr val="F1F3F5"/></a:solidFill>' if fill else "<a:noFill/>"
    wrap = "<wp:wrapTopAndBottom/>" if fill else '<wp:wrapSquare wrapText="left"/>'
    xml = (
        f'<w:drawing {nsdecls("w", "wp", "a")} xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f'<wp:anchor distT="45720" distB="162000" distL="114300" distR="114300" simplePos="0" relativeHeight="{number}"'
        ' behindDoc="0" locked="0" layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="margin"><wp:posOffset>{round(x_cm * _EMU)}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="margin"><wp:posOffset>{round(y_cm * _EMU)}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>{wrap}'
        f'<wp:docPr id="{number}" name="Text Box {number}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        f'<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/>'
        f'</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{colour}'
        '<a:ln w="9525"><a:solidFill><a:srgbClr val="7F7F7F"/></a:solidFill></a:ln></wps:spPr>'
        '<wps:txbx><w:txbxContent/></wps:txbx><wps:bodyPr wrap="square" lIns="91440" tIns="45720" rIns="91440"'
        ' bIns="45720"/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>'
    )
    drawing = parse_xml(xml)
    run._r.append(drawing)
    return Box(drawing.find(f".//{qn('w:txbxContent')}"), run.part)
