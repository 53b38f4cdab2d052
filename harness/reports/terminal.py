"""The verdict as a terminal table: readable without colour, and safe whatever a CV holds."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.base.terminal import safe
from harness.gates.types import Comparison, Gate, Verdict
from harness.reports import labels

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

STYLES = {
    "SHIP": "bold green",
    "PASS": "green",
    "KEPT": "green",
    "HOLD": "bold red",
    "FAIL": "bold red",
    "BROKEN": "red",
    "INCONCLUSIVE": "bold yellow",
    "NOT SHOWN": "yellow",
    "NOT_MEASURED": "dim",
    "NOT_APPLICABLE": "dim",
}
WIDE = 96
"""Columns from which on each gate's row shows both arms' levels."""

_ORDER = ("FAIL", "INCONCLUSIVE", "NOT_MEASURED", "PASS", "NOT_APPLICABLE")


def render(verdict: Verdict, summary: Mapping[str, Any], *, width: int = 100, colour: bool = False) -> str:
    """The whole report as text of `width` columns, with ANSI colours only where asked for."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False, markup=False, emoji=False
    )
    console.print(renderable(verdict, summary, narrow=width < WIDE))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def print_verdict(verdict: Verdict, summary: Mapping[str, Any], *, page: Path | None = None) -> None:
    """Print it to standard output, as wide as the terminal, and where the page is."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    console.print(renderable(verdict, summary, narrow=console.width < WIDE))
    if page is not None:
        console.print(_line(f"\nreport: {page}"), soft_wrap=True)


def renderable(verdict: Verdict, summary: Mapping[str, Any], *, narrow: bool = False) -> Group:
    """The same for a console that the caller owns; a narrow one leaves the arms' own levels out."""
    from rich.console import Group
    from rich.text import Text

    parts: list[Any] = [_headline(verdict, summary), *(_line(f"{i}. {r}") for i, r in enumerate(verdict.reasons, 1))]
    if said := labels.nothing_new(verdict, summary):
        parts.append(_line(said))
    for comparison in verdict.comparisons:
        parts += [Text(""), _gates(comparison, labels.bounds_head(verdict), narrow)]
    if verdict.claims:
        parts += [Text(""), _claims(verdict)]
    parts += [Text(""), _arms(summary)]
    if pairs := summary.get("agreement", ()):
        parts += [Text(""), Text("Agreement", style="bold"), _line(f"{labels.AGREEMENT}.")]
        parts += [_line(f"- {labels.agreement(pair)}") for pair in pairs]
    if summary["next_steps"]:
        parts += [Text(""), Text("What would change this", style="bold")]
        parts += [_line(f"- {step}") for step in summary["next_steps"][:6]]
    return Group(*parts)


def _line(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(safe(text), style=style)


def _headline(verdict: Verdict, summary: Mapping[str, Any]) -> Text:
    from rich.text import Text

    run = summary["run"]
    mark = run["label"]["mark"]
    text = Text()
    text.append(f"{labels.sign(verdict.verdict)} {verdict.verdict}", style=STYLES[verdict.verdict])
    text.append(
        f"  on {', '.join(sorted(verdict.scope)) or 'nothing'} · {labels.people(run)}"
        f" · profile {verdict.profile} · look {verdict.look}"
    )
    if mark:
        text.append(f"  [{mark}]", style="bold yellow")
    for scope, why in verdict.not_measured.items():
        text.append(safe(f"\n  {scope} not measured: {why}"), style="dim")
    return text


def _table(title: str, columns: tuple[tuple[str, str], ...]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(
        title=safe(title),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
    )
    for name, justify in columns:
        table.add_column(
            name, justify="right" if justify == "r" else "left", overflow="fold", no_wrap=name in ("", "n")
        )
    return table


def _gates(comparison: Comparison, head: str, narrow: bool) -> Group:
    """Gates that did not pass with their sentences, those that did as a row each, the rest by name only."""
    from rich.console import Group

    table = _table(
        f"Candidate against {comparison.against}",
        (
            ("", ""),
            ("gate", ""),
            *(() if narrow else ((comparison.against, "r"), ("candidate", "r"))),
            ("difference", "r"),
            (head, "r"),
            ("threshold", "r"),
            ("n", "r"),
        ),
    )
    gates = sorted(comparison.gates, key=lambda g: (g.level != "deciding", _ORDER.index(g.status)))
    for gate in gates:
        if gate.delta.value is not None:
            table.add_row(*_gate_row(gate, narrow))
    lines = [
        _line(f"{labels.sign(gate.status)} {labels.gate_name(gate)}: {labels.gate_reason(gate)}", STYLES[gate.status])
        for gate in gates
        if gate.status in ("FAIL", "INCONCLUSIVE") and gate.level == "deciding"
    ]
    for status in ("NOT_MEASURED", "NOT_APPLICABLE"):
        names = [labels.gate_name(gate) for gate in gates if gate.status == status]
        if names:
            lines.append(_line(f"{labels.sign(status)} {labels.word(status)}: {', '.join(names)}", "dim"))
    return Group(table, *lines)


def _gate_row(gate: Gate, narrow: bool) -> tuple[Any, ...]:
    from rich.text import Text

    name = Text(labels.gate_name(gate))
    if gate.level != "deciding":
        name.append(" (advisory)", style="dim")
    return (
        Text(f"{labels.sign(gate.status)} {labels.word(gate.status)}", style=STYLES[gate.status]),
        name,
        *(() if narrow else (labels.gate_value(gate, gate.baseline), labels.gate_value(gate, gate.candidate))),
        labels.gate_delta(gate, gate.delta.value),
        Text(labels.bounds(gate)),
        labels.gate_threshold(gate),
        str(gate.delta.n),
    )


def _claims(verdict: Verdict) -> Table:
    from rich.text import Text

    table = _table(
        "Claims",
        (
            ("", ""),
            ("promise", ""),
            ("result", "r"),
            (labels.bounds_head(verdict), "r"),
            ("n", "r"),
            ("source", ""),
        ),
    )
    for claim in verdict.claims:
        low, high = labels.claim_value(claim.lower, claim), labels.claim_value(claim.upper, claim)
        table.add_row(
            Text(f"{labels.sign(claim.verdict)} {claim.verdict}", style=STYLES[claim.verdict]),
            Text(safe(labels.claim_title(claim))),
            labels.claim_value(claim.value, claim),
            f"{low} … {high}" if claim.lower is not None or claim.upper is not None else labels.DASH,
            str(claim.n),
            claim.source,
        )
    return table


def _arms(summary: Mapping[str, Any]) -> Table:
    mark = summary["run"]["label"]["mark"]
    table = _table(
        f"Arms{f' (latency {mark})' if mark else ''}",
        (
            ("arm", ""),
            ("strict F1", "r"),
            ("valid", "r"),
            ("failed", "r"),
            ("p50", "r"),
            ("p95", "r"),
            ("tokens a CV", "r"),
            ("per 1,000 CVs", "r"),
            ("records", "r"),
        ),
    )
    for arm in summary["arms"]:
        name = arm["id"]
        head, late, cost = summary["headline"][name], summary["latency"]["arms"][name], summary["cost"]["arms"][name]
        table.add_row(
            _line(name),
            labels.share(head["f1"]),
            str(head["valid"]),
            str(head["failed"]),
            labels.milliseconds(late["p50"]),
            labels.milliseconds(late["p95"]),
            labels.number(cost["tokens"]["total"]) if cost["tokens"] else labels.DASH,
            labels.money(cost["per_1000"]),
            str(head["records"]),
        )
    return table
