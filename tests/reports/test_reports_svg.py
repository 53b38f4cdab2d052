"""matplotlib's SVG, compacted: what was drawn is there, and how it looks is the style sheet's."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from itertools import groupby

import matplotlib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from harness.reports.svg import CLASS, compact

LENGTH = st.floats(-2000, 2000, allow_nan=False).map(lambda value: round(value, 6))
POINT = st.tuples(LENGTH, LENGTH)


def drawn(path: str) -> str:
    """A path as matplotlib writes it, in a group that names its classes."""
    return (
        '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 220"><metadata>m</metadata>'
        f'<g id="axes_1"><g id="{CLASS}line candidate"><path d="{path}" clip-path="url(#p1)" style="fill: none; '
        'stroke: #1f77b4"/></g></g><defs><clipPath id="p1"><rect x="0" y="0" width="9" height="9"/></clipPath></defs>'
        "</svg>"
    )


def small(svg: str) -> ET.Element:
    return ET.fromstring(compact(svg, id_="p", title="a title", description="a description"))


def points(path: str) -> list[tuple[float, float]]:
    """Where the pen goes in path data of M, L, H, V and z."""
    x = y = 0.0
    found = []
    for command, numbers in re.findall(r"([MLHVz])([-\d. ]*)", path):
        at = [float(number) for number in numbers.split()]
        match command:
            case "M" | "L":
                x, y = at
            case "H":
                (x,) = at
            case "V":
                (y,) = at
        found.append((x, y))
    return found


def near(one: tuple[float, float], two: tuple[float, float]) -> bool:
    return max(abs(one[0] - two[0]), abs(one[1] - two[1])) <= 0.1


@given(st.lists(POINT, min_size=1, max_size=30), st.booleans())
def test_what_is_drawn_survives_within_a_tenth_of_a_unit(line: list[tuple[float, float]], stepped: bool) -> None:
    if stepped:
        line = [
            corner
            for (x, y), (_, after) in zip(line, [*line[1:], line[-1]], strict=True)
            for corner in ((x, y), (x, after))
        ]
    path = "M " + " \nL ".join(f"{x:.6f} {y:.6f}" for x, y in line)
    left = points(small(drawn(path)).find("path").get("d"))
    assert all(any(near(end, corner) for corner in line) for end in left)  # nothing is drawn that was not
    for corner in line:  # in order; points that fall together are drawn once
        while not near(left[0], corner):
            left.pop(0)


def test_runs_along_an_axis_are_short_and_closed_outlines_stay_closed() -> None:
    path = small(drawn("M 10.04 20 \nL 30 20 \nL 30 5.5 \nL 30.01 5.52 \nL 40 9 \nz")).find("path")
    assert path.attrib == {"class": "line candidate", "d": "M10 20H30V5.5L40 9z"}


def test_curves_are_refused_and_not_lost() -> None:
    with pytest.raises(ValueError, match="not C"):
        small(drawn("M 0 0 \nC 1 1 2 2 3 3"))


def test_a_figure_keeps_its_texts_lines_and_dots_and_loses_its_looks() -> None:
    figure = Figure(figsize=(4, 2))
    axes = figure.add_axes([0.2, 0.2, 0.7, 0.7])
    axes.plot([0, 1, 2], [0, 2, 1], gid=f"{CLASS}line candidate", color="red")
    axes.plot([1], [2], marker="o", linestyle="", gid=f"{CLASS}dot candidate")
    axes.plot([0, 2], [1, 1])  # no class: not of the plot
    axes.grid(True, gid=f"{CLASS}grid")
    axes.set_xlabel("a < b & $c", parse_math=False)
    out = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        figure.savefig(out, format="svg")
    found = small(out.getvalue())
    assert found.attrib == {
        "class": "plot", "id": "p", "viewBox": "0 0 288 144", "role": "img", "aria-labelledby": "p-t p-d"
    }  # fmt: skip
    assert [found.find("title").text, found.find("desc").text] == ["a title", "a description"]
    assert "a < b & $c" in [text.text for text in found.findall("text")]
    shapes = [element.get("class") for element in found if element.tag in ("path", "circle")]
    assert [name for name, _ in groupby(sorted(shapes))] == sorted(shapes)  # a path a class: the grid is one
    assert set(shapes) == {"grid", "line candidate", "dot candidate"}
    assert len(points(found.find("path[@class='line candidate']").get("d"))) == 3
    for element in found.iter():
        assert set(element.attrib) <= {
            "class",
            "id",
            "viewBox",
            "role",
            "aria-labelledby",
            "d",
            "x",
            "y",
            "cx",
            "cy",
            "r",
        }
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb|style=|clip", ET.tostring(found, encoding="unicode"))
