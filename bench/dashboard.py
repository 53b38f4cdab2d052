"""Measures the dashboard against its budgets: a page of 1,000 synthetic CVs through three arms.

Run `python bench/dashboard.py [CVS] [DRAWS]`. Prints a line a figure and fails where a budget is missed. Needs
Chromium (with Playwright) for the browser's part.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "reports"))

import synthetic_run  # noqa: E402

from harness.reports.markdown import render as render_markdown  # noqa: E402
from harness.reports.page import render  # noqa: E402
from harness.reports.prepare import Judged  # noqa: E402
from harness.reports.redaction import Redactor  # noqa: E402
from harness.reports.summary import build_summary  # noqa: E402

CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True, slots=True)
class Budget:
    """A figure and the most it may be."""

    name: str
    value: float
    most: float
    unit: str

    def line(self) -> str:
        state = "ok" if self.value <= self.most else "OVER"
        return f"{self.name:34} {self.value:12,.2f} {self.unit:6} of {self.most:>12,.2f}  {state}"


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Result, wall seconds, CPU seconds of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def main(cvs: int = 1000, draws: int = 1) -> int:
    run = synthetic_run.with_every_gate(synthetic_run.make(cvs, draws, seed=11, roles=4))
    judged = Judged(run.cases, run.verdict, run.manifest, run.goldens, run.texts, synthetic_run.FILLS)
    summary, summary_wall, summary_cpu = timed(lambda: build_summary(judged, monthly_cvs=10_000))
    found: list[Budget] = []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        page, wall, cpu = timed(lambda: render(out / "index.html", judged, summary))
        redactor = Redactor.of(run.cases, run.goldens)
        _, redacted_wall, _ = timed(lambda: render(out / "redacted.html", judged, summary, redactor=redactor))
        text = page.path.read_text("utf-8")
        static = re.sub(r'<script type="application/octet-stream".*?</script>', "", text, flags=re.S)
        svgs = re.findall(r'<svg class="plot".*?</svg>', text, flags=re.S)
        found += [
            Budget("tables (summary), wall", summary_wall, 5, "s"),
            Budget("tables (summary), CPU", summary_cpu, 5, "s"),
            Budget("render, wall", wall, 5, "s"),
            Budget("render, CPU", cpu, 5, "s"),
            Budget("render redacted, wall", redacted_wall, 5, "s"),
            Budget("page", page.bytes / 1e6, 3, "MB"),
            Budget("redacted page", (out / "redacted.html").stat().st_size / 1e6, 3, "MB"),
            Budget("static part", len(static.encode()) / 1e3, 150, "kB"),
            Budget("largest plot", max(len(svg.encode()) for svg in svgs) / 1e3, 30, "kB"),
            Budget("Markdown", len(render_markdown(run.verdict, summary).encode()) / 1e3, 60, "kB"),
            *in_browser(page.path, linked=bool(page.parts)),
        ]
    average = sum(map(len, run.texts.values())) / len(run.texts)
    print(
        f"{cvs} CVs x 3 arms x {draws} draw(s), {average:,.0f} characters of text a CV, {len(page.parts)} linked pages"
    )
    print("\n".join(budget.line() for budget in found))
    return int(any(budget.value > budget.most for budget in found))


def in_browser(page: Path, *, linked: bool = False) -> list[Budget]:
    """Load, drill-down and size of the page in Chromium, from file://. linked: its CVs are on pages of their own, and
    no drill-down is timed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        browser.new_page().goto("about:blank")
        tab = browser.new_page()
        start = time.perf_counter()
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-ready]", state="attached")
        loaded = time.perf_counter() - start
        own = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        nodes = tab.evaluate("document.querySelectorAll('*').length")
        if linked:
            browser.close()
            return _loaded(loaded, own, nodes)
        tab.keyboard.press("j")
        tab.wait_for_selector("body.one .rows")
        opening = tab.evaluate(
            """async () => {
                const times = [];
                for (let i = 0; i < 20; i++) {
                    const before = document.querySelector('#cv h2').innerText, start = performance.now();
                    document.dispatchEvent(new KeyboardEvent('keydown', {key: 'j'}));
                    while (document.querySelector('#cv h2').innerText === before) {
                        await new Promise((done) => setTimeout(done));
                    }
                    times.push(performance.now() - start);
                }
                return times.sort((a, b) => a - b)[10];
            }"""
        )
        browser.close()
    return [*_loaded(loaded, own, nodes), Budget("next CV, median of 20", opening, 100, "ms")]


def _loaded(usable: float, event: float, nodes: int) -> list[Budget]:
    return [
        Budget("load until usable, wall", usable, 1, "s"),
        Budget("load event", event / 1000, 1, "s"),
        Budget("DOM nodes", nodes, 15_000, ""),
    ]


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:3])))
