"""The page's pictures: plots of latency, and a gate's bar."""

from __future__ import annotations

import base64
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import page_of
from synthetic_run import Synthetic

from harness.gates.types import Estimate, Gate
from harness.reports import plots
from harness.reports.bars import bar
from harness.reports.page import drawn


def test_plots_are_small_and_take_the_pages_colours(summary: dict[str, Any]) -> None:
    pictures = [plots.ecdf(summary["latency"], summary["roles"], "SIMULATED")]
    pictures += [plots.ratios(pair, f"r{i}", "") for i, pair in enumerate(summary["latency"]["pairs"])]
    for svg in pictures:
        assert len(svg.encode()) <= 8_000
        assert "<title" in svg
        assert "<desc" in svg
        assert not re.search(r"(fill|stroke): #", svg)
        assert "<text" in svg  # text stays text


def test_what_is_compared_is_drawn_on_one_scale_and_axes_say_what_they_are(summary: dict[str, Any]) -> None:
    pair = summary["latency"]["pairs"][0]
    wide = {"edges": [0.05, 0.1, 0.2], "counts": [40.0, 60.0]}
    pairs = [pair, {**pair, "against": "legacy", "histogram": wide}]
    told = [re.findall(r"<text[^>]*>([^<]*)</text>", plots.ratios(one, "r", "", pairs)) for one in pairs]
    assert [text.replace(pair["against"], "legacy") for text in told[0]] == told[1]
    assert "60" in told[0]
    assert [text for text in told[1] if text[0].isalpha()] == ["candidate ÷ legacy (log scale)", "CVs"]
    curve = plots.ecdf(summary["latency"], summary["roles"], "")
    assert re.search(r'<text transform="rotate\(-90 [\d.]+ [\d.]+\)"[^>]*>share of CVs</text>', curve)


def test_the_dates_of_a_long_trend_do_not_lie_on_one_another() -> None:
    rows: Any = [
        {"f1": 0.9 + i / 1000, "lower": None, "upper": None, "accepted": f"2026-01-{i + 1:02}", "marks": ()}
        for i in range(30)
    ]
    svg = plots.trend(rows)
    dates = re.findall(r">(2026-01-\d\d)<", svg)
    assert dates[-1] == "2026-01-30"
    assert 2 <= len(dates) <= 7
    assert ">strict F1, %, by day of acceptance<" in svg


@pytest.mark.long
def test_pages_of_cvs_are_in_the_full_page_alone(run: Synthetic, summary: dict[str, Any], tmp_path: Path) -> None:
    picture = "data:image/jpeg;base64," + base64.b64encode(random.Random(1).randbytes(6000)).decode()
    plain: Any = drawn(summary)  # type: ignore[arg-type]
    pictures = replace(plain, cvs={"cv-0000": (picture,)})
    sizes = [
        page_of(run, tmp_path / f"{n}.html", redacted=redacted, pictures=given).stat().st_size
        for n, (redacted, given) in enumerate([(False, plain), (False, pictures), (True, plain), (True, pictures)])
    ]
    assert sizes[1] - sizes[0] > 5000
    assert sizes[3] == sizes[2]


def gate(name: str, metric: str, scope: str, delta: Estimate, threshold: float, status: Any) -> Gate:
    empty = Estimate(None, None, None, 0, 0, "")
    return Gate(name, metric, "deciding", empty, empty, delta, threshold, status, "", scope=scope)


@pytest.mark.parametrize(
    ("given", "shape", "spoken"),
    [
        (gate("accuracy", "strict F1 per CV", "quality", Estimate(-0.04, -0.05, -0.03, 60, 60, "t"), -0.02, "FAIL"),
         'h9v9h-9z"', "−4.0 pts, threshold &gt; −2.0 pts, FAIL"),
        (gate("critical", "CVs net worse", "quality", Estimate(2 / 60, None, 0.1, 60, 60, "n"), 1.0, "INCONCLUSIVE"),
         'l6 6-6 6-6-6z', "+2, threshold ≤ 1 CV, INCONCLUSIVE"),
        (gate("tokens", "billed tokens", "tokens", Estimate(1.02, 0.99, 1.05, 60, 60, "ratio"), 1.1, "PASS"),
         'circle class="pt"', "×1.020, threshold ≤ ×1.1, PASS"),
    ],
)  # fmt: skip
def test_a_bar_says_its_status_by_shape_and_in_words(given: Gate, shape: str, spoken: str) -> None:
    svg = bar(given)
    assert shape in svg
    assert spoken in svg


def test_a_picture_that_the_page_has_is_not_drawn_again() -> None:
    none = gate("errors", "CVs without an answer", "quality", Estimate(0.0, None, 0.049, 60, 60, "n"), 1.0, "PASS")
    drawn: dict[str, str] = {}
    first = bar(none, drawn)
    again = bar(replace(none, name="ids"), drawn)
    (name,) = drawn.values()
    assert f'<g id="{name}">' in first
    assert again.endswith(f'><use href="#{name}"/></svg>')
    assert re.findall('aria-label="[^"]+"', first) == re.findall('aria-label="[^"]+"', again)


def test_a_bar_puts_harm_on_the_side_where_it_is() -> None:
    worse = gate("accuracy", "strict F1 per CV", "quality", Estimate(0, -0.01, 0.01, 9, 9, "t"), -0.02, "PASS")
    dearer = gate("cost", "US dollars", "cost", Estimate(1, 0.9, 1.05, 9, 9, "r"), 1.1, "PASS")
    assert 'class="zone" d="M0 ' in bar(worse)
    assert 'class="zone" d="M0 ' not in bar(dearer)
    strict = replace(dearer, threshold=1.0)
    assert 'class="zone" d="M0 ' not in bar(strict)
    assert "better →" in bar(worse)
    assert "← less" in bar(dearer)


def test_a_passing_count_whose_threshold_is_a_rate_stays_clear_of_the_harm_zone() -> None:
    delta = Estimate(0.0, None, 0.049, 60, 60, "rate")
    drawn = bar(gate("contract", "CVs with an invalid answer", "quality", delta, 0.085, "PASS"))
    limit = float(re.search(r'class="lim" d="M([\d.]+) ', drawn)[1])  # type: ignore[index]
    end = float(re.search(r'class="int" d="[^"]*H([\d.]+)', drawn)[1])  # type: ignore[index]
    assert end < limit
