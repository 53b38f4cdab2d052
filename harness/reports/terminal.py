"""The verdict as a terminal table: readable without colour, and safe whatever a CV holds."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.base.terminal import safe
from harness.gates.types import Comparison, Gate, Verdict
from harness.reports import labels
from harness.reports.contenders import note, told
from harness.reports.glossary import WORDS
from harness.reports.summary_types import Contenders, Reading, Summary

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
REASONS, ACTIONS, READINGS, GATES = 3, 2, 4, 9
"""How many reasons, next steps, sentences of the edit and gates of a comparison are shown unless asked for all."""
FEW = 20
"""People below whom open gates say one thing only, that there are too few, and so are told in one line."""

_ORDER = ("FAIL", "INCONCLUSIVE", "NOT_MEASURED", "PASS", "NOT_APPLICABLE")


def render(verdict: Verdict, summary: Summary, *, width: int = 100, colour: bool = False, verbose: bool = False) -> str:
    """The report as text of `width` columns, with ANSI colours only where asked for."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False, markup=False, emoji=False
    )
    console.print(renderable(verdict, summary, narrow=width < WIDE, verbose=verbose))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def one_line(verdict: Verdict, summary: Summary) -> str:
    """Verdict, source and headline in one line."""
    mark = summary["run"]["label"]["mark"]
    brief = summary["brief"]
    source = f" [{mark}]" if mark else ""
    heading = f" {brief['heading']}" if brief.get("heading") else ""
    return " ".join(
        safe(f"{labels.sign(verdict.verdict)} {brief['title']}{heading}{source}: {brief['headline']}").split()
    )


def renderable(verdict: Verdict, summary: Summary, *, narrow: bool = False, verbose: bool = False) -> Group:
    """The same for a console that the caller owns: what decides, then the verdict, last, where the eye is.

    verbose: every gate, the claims and all reasons. narrow: without the arms' own levels.
    """
    from rich.console import Group
    from rich.text import Text

    head = labels.bounds_head(verdict)
    parts: list[Any] = []
    few = summary["run"]["personas"] < FEW
    for comparison in verdict.comparisons:
        if verbose or any(_open(gate) and not (few and _waits(gate)) for gate in comparison.gates):
            parts += [_gates(comparison, head, narrow, verbose, few), Text("")]
    if verbose and verdict.claims:
        parts += [_claims(verdict), Text("")]
    if readings := labels.readings(summary):
        parts += [Text(f"The edit, {labels.READ_AS}", style="bold"), *_readings(readings, verbose), Text("")]
    parts += [_arms(summary), _line(_who(summary), "dim")]
    if not verbose and few and (waiting := sum(_waits(gate) for each in verdict.comparisons for gate in each.gates)):
        gates = "1 gate is open" if waiting == 1 else f"{waiting} gates are open"
        said = f"{gates}: {labels.people(summary['run'])}, too few to close {'it' if waiting == 1 else 'them'}"
        parts.append(_line(f"{said}; cv-harness plan says what to collect"))
    if not verbose and (rest := _folded(verdict)):
        parts.append(_line(rest, "dim"))
    parts.append(Text(""))
    if pairs := summary.get("agreement", ()):
        parts += [Text("Agreement", style="bold"), _line(f"{labels.AGREEMENT}.")]
        parts += [*(_line(f"- {labels.agreement(pair)}") for pair in pairs), Text("")]
    if summary["next_steps"] and verbose:
        parts += [Text("What would change this", style="bold")]
        parts += [*(_line(f"- {step}") for step in summary["next_steps"][:6]), Text("")]
    return Group(*parts, *_verdict(verdict, summary, verbose))


def _readings(readings: Sequence[Reading], verbose: bool) -> list[Text]:
    """Each sentence of the edit with what it was read as; what could not be judged first."""
    shown = readings if verbose else readings[:READINGS]
    lines = [_line(labels.reading(one)) for one in shown]
    if left := len(readings) - len(shown):
        lines.append(_line(f"   and {left} more: --verbose", "dim"))
    return lines


def _open(gate: Gate) -> bool:
    return gate.level == "deciding" and gate.status in ("FAIL", "INCONCLUSIVE")


def _waits(gate: Gate) -> bool:
    return _open(gate) and gate.status != "FAIL"


def _folded(verdict: Verdict) -> str:
    """How many gates are not shown, by status."""
    counts: dict[str, int] = {}
    for comparison in verdict.comparisons:
        for gate in comparison.gates:
            if not _open(gate):
                name = labels.word(gate.status).lower() + ("" if gate.level == "deciding" else " (advisory)")
                counts[name] = counts.get(name, 0) + 1
    told = " · ".join(f"{count} {name}" for name, count in counts.items())
    return f"Other gates: {told}; --verbose shows them, and the claims" if told else ""


def _verdict(verdict: Verdict, summary: Summary, verbose: bool) -> list[Any]:
    """Reasons, then the verdict with its headline, what broke and what was fixed, its scope, and what to do next."""
    brief = summary["brief"]
    shown = verdict.reasons if verbose else verdict.reasons[:REASONS]
    lines: list[Any] = [_line(f"{i}. {reason}") for i, reason in enumerate(shown, 1)]
    if left := len(verdict.reasons) - len(shown):
        lines.append(_line(f"   and {left} more: --verbose", "dim"))
    lines.append(_headline(verdict, summary))
    if not verdict.identical:
        told = (labels.flips(brief), labels.worst_field(brief))
        lines += [_line(f"  {said}") for said in told if said]
    if said := labels.nothing_new(verdict, summary):
        lines.append(_line(f"  {said}"))
    lines.append(_scope(verdict, summary))
    if said := labels.not_read(summary):
        lines.append(_line(f"  {said}"))
    lines += [_line(f"  {a['what']}: {a['command']}") for a in brief["actions"][:ACTIONS]]
    return [*lines, *([_line(f"  {name}: {what}", "dim") for name, what in WORDS.items()] if verbose else [])]


def _line(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(safe(text), style=style)


def _headline(verdict: Verdict, summary: Summary) -> Text:
    from rich.text import Text

    mark = summary["run"]["label"]["mark"]
    text = Text()
    if heading := summary["brief"].get("heading", ""):
        text.append(f"{safe(heading)}\n", style="bold")
    text.append(f"{labels.sign(verdict.verdict)} {safe(summary['brief']['title'])}", style=STYLES[verdict.verdict])
    if mark:
        text.append(f"  [{mark}]", style="bold yellow")
    text.append(f"  {safe(summary['brief']['headline'])}", style="bold")
    return text


def _scope(verdict: Verdict, summary: Summary) -> Text:
    """On what it was decided, and what was not measured."""
    scope = f"on {', '.join(sorted(verdict.scope))}" if verdict.scope else "nothing was compared"
    absent = "".join(f"; {name} not measured: {why}" for name, why in verdict.not_measured.items())
    people = labels.people(summary["run"])
    return _line(f"  {scope} · {people} · profile {verdict.profile} · look {verdict.look}{absent}", "dim")


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


def _gates(comparison: Comparison, head: str, narrow: bool, verbose: bool, few: bool) -> Group:
    """A row for each deciding gate that failed or is open (few: that failed), the first ones; verbose, for each with a
    figure, then the sentences, and the rest by name."""
    from rich.console import Group

    table = _table(
        labels.compared(comparison.against),
        (
            ("", ""),
            ("gate", ""),
            *(() if narrow else tuple((side, "r") for side in labels.sides(comparison.against))),
            ("difference", "r"),
            (head, "r"),
            ("threshold", "r"),
            ("n", "r"),
        ),
    )
    gates = sorted(comparison.gates, key=lambda g: (g.level != "deciding", _ORDER.index(g.status)))
    told = [
        gate
        for gate in gates
        if gate.delta.value is not None and (verbose or (_open(gate) and not (few and _waits(gate))))
    ]
    for gate in told if verbose else told[:GATES]:
        table.add_row(*_gate_row(gate, narrow))
    if not verbose:
        left = len(told) - GATES
        return Group(
            table, *([_line(f"   and {left} more that failed or are open: --verbose", "dim")] if left > 0 else [])
        )
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
            labels.claim_n(claim),
            claim.source,
        )
    table.caption = safe(labels.unanswered(verdict.claims)) or None
    return table


def contenders(table: Contenders) -> Group:
    """Today's assistant and every candidate side by side, and what the mark means."""
    from rich.console import Group

    shown = _table(
        "Side by side",
        (
            ("arm", ""),
            ("model", ""),
            ("not worse", ""),
            ("strict F1", "r"),
            ("difference", "r"),
            ("valid", "r"),
            ("p95", "r"),
            ("per 1,000 CVs", "r"),
            ("", ""),
        ),
    )
    for row in table["rows"]:
        found = row["difference"]
        bounds = f" [{labels.pts(found['lower'])}, {labels.pts(found['upper'])}]" if found and found["lower"] else ""
        shown.add_row(
            _line(row["arm"]),
            _line(row["model"]),
            _line(told(row)),
            f"{labels.share(row['f1'])} n {row['n']}",
            f"{labels.points(found['value'])}{bounds}" if found else labels.DASH,
            f"{row['valid']} of {row['records']}",
            labels.milliseconds(row["p95"]),
            "unpriced" if row["per_1000"] is None else labels.money(row["per_1000"]),
            "★" if row["pareto"] else "",
        )
    return Group(shown, _line(note(table), "dim"))


def _who(summary: Summary) -> str:
    """What each kind of arm is, where it is in the run."""
    there = (role for role, arm in summary["roles"].items() if arm)
    return " · ".join(f"{role}: {WORDS[role]}" for role in there)


def _arms(summary: Summary) -> Table:
    mark, timed = summary["run"]["label"]["mark"], any(late["n"] for late in summary["latency"]["arms"].values())
    table = _table(
        f"Compared{f' (latency {mark})' if mark and timed else '' if timed else ' (no latency measured)'}",
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
            labels.price(cost),
            str(head["records"]),
        )
    return table
