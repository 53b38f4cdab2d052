"""A pair of axes as a small inline SVG: texts, lines and dots with the names of their classes, to which the style sheet
gives colour and stroke, so that dark mode and print work.

matplotlib finds the ticks of counts. Its own figure is not asked for one: its hundred kinds of artists take a second to
load, to draw looks that the page does not keep.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import chain, pairwise
from types import ModuleType

DOT = 4
"""Radius of a dot."""

_HEIGHT, _TOP, _RIGHT, _BOTTOM = 214.0, 8.0, 10.0, 34.0
_FLOOR = _HEIGHT - _BOTTOM
_PAD = 6.0
"""Between the axes and the numbers at their side."""
_DIGIT = 7.0
"""Width of a digit."""
_UNDER, _MIDDLE, _LOWEST, _BESIDE = 14.3574, 4.1787, 4.6417, 6.6426
"""From the axes, a tick, the picture's edge and the widest number to the line that a text stands on."""


def ticks_module() -> ModuleType:
    """matplotlib's `ticker`, always asked of the package: that loads the module itself, so that a thread which asks for
    the module first holds it against one that is loading the package, and both end with half of it."""
    from matplotlib import ticker

    return ticker


@dataclass(slots=True)
class Axes:
    """A picture `width` wide, its axes from `left` on: a log one over `reach`, and one from 0 to `top`."""

    width: float
    left: float
    reach: tuple[float, float]
    top: float
    _texts: list[str] = field(default_factory=list)
    _shapes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By class, in the order in which they are drawn: an element's name, and its path data or place."""

    def scales(self, across: Iterable[float], up: Mapping[float, str], below: str, beside: str) -> None:
        """Grid, the numbers at its lines (up: as they are written), and what the axes are called."""
        for value in across:
            self.line("grid", [(value, 0), (value, self.top)])
            self._text(self._x(value), _FLOOR + _UNDER, f"{value:g}")
        self._text((self.left + self.width - _RIGHT) / 2, _HEIGHT - _LOWEST, below)
        for value, told in up.items():
            self.line("grid", [(self.reach[0], value), (self.reach[1], value)])
            if told:
                self._text(self.left - _PAD, self._y(value) + _MIDDLE, told, 'class="end" ')
        widest = _DIGIT * max(map(len, up.values()))
        x, y = self.left - _PAD - widest - _BESIDE, (_TOP + _FLOOR) / 2
        self._text(x, y, beside, f'transform="rotate(-90 {short(x)} {short(y)})" ')

    def counts(self, most: int) -> dict[float, str]:
        """At most so many steps of round counts up to the axis' top, each as it is written."""
        ticks = ticks_module().MaxNLocator(most, integer=True).tick_values(0, self.top)
        return {float(tick): f"{tick:.0f}" for tick in ticks if tick <= self.top}

    def line(self, name: str, points: Sequence[tuple[float, float]]) -> None:
        """Through these values; lines of one class are one path."""
        before = self._shapes.get(name, ("path", ""))[1]
        self._shapes[name] = "path", before + short_path([(self._x(x), self._y(y)) for x, y in points])

    def steps(self, name: str, points: Sequence[tuple[float, float]]) -> None:
        """A line that keeps each value until the next; steps at one place are one."""
        last = [at for at, after in pairwise(points) if short(self._x(at[0])) != short(self._x(after[0]))]
        corners = [((at[0], before[1]), at) for before, at in pairwise([points[0], *last, points[-1]])]
        self.line(name, [points[0], *chain.from_iterable(corners)])

    def dot(self, name: str, x: float, y: float) -> None:
        self._shapes[name] = "circle", f'cx="{short(self._x(x))}" cy="{short(self._y(y))}" r="{DOT}"'

    def svg(self, id_: str, title: str, description: str) -> str:
        """An inline `<svg class="plot">` with a title and a description for screen readers."""
        drawn = {
            name: f'<path class="{name}" d="{where}"/>' if element == "path" else f'<circle class="{name}" {where}/>'
            for name, (element, where) in self._shapes.items()
        }
        return (
            f'<svg class="plot" id="{id_}" viewBox="0 0 {short(self.width)} {short(_HEIGHT)}" role="img" '
            f'aria-labelledby="{id_}-t {id_}-d"><title id="{id_}-t">{escape(title, quote=False)}</title>'
            f'<desc id="{id_}-d">{escape(description, quote=False)}</desc>{drawn.pop("grid", "")}'
            f"{''.join(self._texts)}{''.join(drawn.values())}</svg>"
        )

    def _text(self, x: float, y: float, told: str, more: str = "") -> None:
        self._texts.append(f'<text {more}x="{short(x)}" y="{short(y)}">{escape(told, quote=False)}</text>')

    def _x(self, value: float) -> float:
        """What the axis does not hold, a time of 0 say, stands at its end."""
        low, high = map(math.log10, self.reach)
        return self.left + (math.log10(min(max(value, self.reach[0]), self.reach[1])) - low) / (high - low) * (
            self.width - self.left - _RIGHT
        )

    def _y(self, value: float) -> float:
        return _FLOOR - value / self.top * (_FLOOR - _TOP)


def short_path(points: Iterable[tuple[float, float]]) -> str:
    """Path data through the points, with one digit after the point: level and upright runs as H and V, no step
    twice."""
    out: list[str] = []
    x = y = ""
    for across, down in points:
        before, (x, y) = (x, y), (short(across), short(down))
        if x != before[0] and y != before[1]:
            out.append(f"{'L' if out else 'M'}{x} {y}")
        elif x != before[0]:
            out.append(f"H{x}")
        elif y != before[1]:
            out.append(f"V{y}")
    return "".join(out)


def short(length: float) -> str:
    """One digit after the point. What is less than a millionth apart is written alike, on every processor."""
    return f"{round(length, 6):.1f}".removesuffix(".0")
