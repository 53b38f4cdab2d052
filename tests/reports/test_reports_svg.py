"""Axes as SVG: what was drawn is there, and how it looks is the style sheet's."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports.svg import Axes, short_path

LENGTH = st.floats(-2000, 2000, allow_nan=False).map(lambda value: round(value, 6))
POINT = st.tuples(LENGTH, LENGTH)


def points(path: str) -> list[tuple[float, float]]:
    """Where the pen goes in path data of M, L, H and V."""
    x = y = 0.0
    found = []
    for command, numbers in re.findall(r"([MLHV])([-\d. ]*)", path):
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
    left = points(short_path(line))
    assert all(any(near(end, corner) for corner in line) for end in left)  # nothing is drawn that was not
    for corner in line:  # in order; points that fall together are drawn once
        while not near(left[0], corner):
            left.pop(0)


def test_runs_along_an_axis_are_short() -> None:
    assert short_path([(10.04, 20), (30, 20), (30, 5.5), (30.01, 5.52), (40, 9)]) == "M10 20H30V5.5L40 9"


def axes() -> Axes:
    """From 58 to 410 across, decades from 1 to 100; 8 (1) to 180 (0) upwards."""
    return Axes(420, 58, (1, 100), 1)


def small(given: Axes) -> ET.Element:
    return ET.fromstring(given.svg("p", "a title", "a description"))


def test_axes_keep_their_texts_lines_and_dots_and_have_no_looks() -> None:
    given = axes()
    given.scales([1, 10], {0: "0", 0.5: "half", 1: ""}, "a < b & $c", "up")
    given.line("line candidate", [(1, 0), (10, 0.5), (100, 1)])
    given.dot("dot candidate", 10, 0.5)
    found = small(given)
    assert found.attrib == {
        "class": "plot", "id": "p", "viewBox": "0 0 420 214", "role": "img", "aria-labelledby": "p-t p-d"
    }  # fmt: skip
    assert [found.find("title").text, found.find("desc").text] == ["a title", "a description"]
    assert [text.text for text in found.findall("text")] == ["1", "10", "a < b & $c", "0", "half", "up"]
    shapes = [element.get("class") for element in found if element.tag in ("path", "circle")]
    assert [name for name, _ in groupby(sorted(shapes))] == sorted(shapes)  # a path a class: the grid is one
    assert set(shapes) == {"grid", "line candidate", "dot candidate"}
    assert points(found.find("path[@class='line candidate']").get("d")) == [(58, 180), (234, 94), (410, 8)]
    assert len(points(found.find("path[@class='grid']").get("d"))) == 10  # also where no number stands
    assert (found.find("circle").get("cx"), found.find("circle").get("cy")) == ("234", "94")
    for element in found.iter():
        known = {"class", "id", "viewBox", "role", "aria-labelledby", "d", "x", "y", "cx", "cy", "r", "transform"}
        assert set(element.attrib) <= known
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb|style=|clip", ET.tostring(found, encoding="unicode"))


def test_steps_keep_a_value_until_the_next() -> None:
    given = axes()
    given.steps("line", [(1, 0), (10, 0.5), (100, 1)])
    assert points(small(given).find("path").get("d")) == [(58, 180), (234, 180), (234, 94), (410, 94), (410, 8)]


def test_steps_at_one_place_are_one() -> None:
    given = axes()
    given.steps("line", [(1, 0), (1, 0.25), (10, 0.5), (10.001, 0.75), (100, 1)])
    assert small(given).find("path").get("d") == "M58 180V137H234V51H410V8"


def test_what_an_axis_does_not_hold_stands_at_its_end() -> None:
    given = axes()
    given.line("line", [(0, 0), (10, 0.5), (10**9, 1)])
    assert points(small(given).find("path").get("d")) == [(58, 180), (234, 94), (410, 8)]


def test_counts_have_round_steps_and_none_is_above_the_axis() -> None:
    for top, told in ((1.04, ["0", "1"]), (20.8, ["0", "5", "10", "15", "20"]), (3.1e6, None)):
        up = Axes(270, 44, (0.5, 2), top).counts(5)
        assert told is None or list(up.values()) == told
        assert 2 <= len(up) <= 6
        assert max(up) <= top
        assert [float(each) for each in up.values()] == list(up)


LOADING = """
import sys, threading
from importlib.abc import MetaPathFinder

half, drawn = threading.Event(), threading.Event()

class Halt(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        ticker = sys.modules.get("matplotlib.ticker")
        if ticker is not None and not ticker.__spec__._initializing and not half.is_set():
            half.set()
            drawn.wait(0.3)

sys.meta_path.insert(0, Halt())
from harness.reports.svg import Axes, ticks_module
loading = threading.Thread(target=ticks_module)
loading.start()
half.wait(60)
print(Axes(200, 20, (1, 2), 3).counts(5))
drawn.set()
loading.join()
"""


@pytest.mark.long
def test_ticks_are_found_while_another_thread_is_loading_what_finds_them() -> None:
    """As a run does it: it is halted where the module of ticks is there and the package's settings are not."""
    done = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("{0.0: '0', 1.0: '1', 2.0: '2', 3.0: '3'}\n", "")


TWO_THREADS = """
import sys, threading, time
from harness.evaluate.stages import ahead
from harness.reports.svg import Axes
ahead._load_what_comes_next(False)

def late():  # when the other one has begun with the package
    while "matplotlib" not in sys.modules:
        time.sleep(0.001)
    ahead._load_what_comes_next(True)

thread = threading.Thread(target=late)
thread.start()
Axes(400, 20, (1, 10), 5).counts(4)
thread.join()
"""


def test_what_draws_a_plot_may_be_loaded_by_two_threads_at_once() -> None:
    """As a run does it, whichever of the two begins."""
    done = subprocess.run([sys.executable, "-c", TWO_THREADS], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
