"""matplotlib's SVG made small: only what the page's style sheet cannot know stays.

A plot marks what it draws with a group id `class:NAMES` (an artist's `gid`); the names become the element's classes,
and the style sheet gives them colour and stroke, so that dark mode and print work.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

CLASS = "class:"
"""Beginning of the group ids that name classes; what stands in no such group and is no text is left out."""

DOT = 4
"""Radius of a marker; every one is drawn as a disc."""

_SVG = "{http://www.w3.org/2000/svg}"


def compact(drawn: str, *, id_: str, title: str, description: str) -> str:
    """An inline `<svg class="plot">` with the texts, lines and dots of matplotlib's `drawn`, lengths with one digit
    after the point, a title and a description for screen readers. What has the same class becomes one path."""
    source = ET.fromstring(drawn)
    root = ET.Element("svg", {"class": "plot", "id": id_, "viewBox": _round(source.get("viewBox", ""))})
    root.attrib |= {"role": "img", "aria-labelledby": f"{id_}-t {id_}-d"}
    ET.SubElement(root, "title", id=f"{id_}-t").text = title
    ET.SubElement(root, "desc", id=f"{id_}-d").text = description
    paths: dict[str, ET.Element] = {}
    for names, element in _shapes(source, ""):
        x, y = _round(element.get("x", "")), _round(element.get("y", ""))
        if element.tag == f"{_SVG}text":
            more = {"class": "end"} if "text-anchor: end" in element.get("style", "") else {}
            if "rotate(-90 " in element.get("transform", ""):
                more["transform"] = f"rotate(-90 {x} {y})"
            ET.SubElement(root, "text", more, x=x, y=y).text = "".join(element.itertext())
        elif names and element.tag == f"{_SVG}use":
            ET.SubElement(root, "circle", {"class": names}, cx=x, cy=y, r=str(DOT))
        elif names and element.tag == f"{_SVG}path":
            if names not in paths:
                paths[names] = ET.SubElement(root, "path", {"class": names}, d="")
            paths[names].set("d", paths[names].get("d", "") + short_path(element.get("d", "")))
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def _shapes(parent: ET.Element, names: str) -> Iterator[tuple[str, ET.Element]]:
    """Everything drawn, in order, with the classes of its group; no definitions, which are drawn where used."""
    for child in parent:
        if child.tag == f"{_SVG}defs":
            continue
        name = child.get("id", "")
        inner = name.removeprefix(CLASS) if name.startswith(CLASS) else names
        yield inner, child
        yield from _shapes(child, inner)


def short_path(d: str) -> str:
    """Path data of M, L and z with one digit after the point: level and upright runs as H and V, no step twice.

    Raises ValueError on curves, which no plot of ours has."""
    out: list[str] = []
    x = y = ""
    words = iter(d.split())
    for command in words:
        if command == "z":
            out.append("z")
            continue
        if command not in ("M", "L"):
            raise ValueError(f"a path may have M, L and z, not {command}")
        before, (x, y) = (x, y), (_round(next(words)), _round(next(words)))
        if command == "M" or (x != before[0] and y != before[1]):
            out.append(f"{command}{x} {y}")
        elif x != before[0]:
            out.append(f"H{x}")
        elif y != before[1]:
            out.append(f"V{y}")
    return "".join(out)


def _round(lengths: str) -> str:
    return " ".join(f"{float(length):.1f}".removesuffix(".0") for length in lengths.split())
