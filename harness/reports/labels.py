"""Words that say how figures were obtained, and numbers as every face prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from harness.base.types import Source
from harness.gates.catalogue import GATES
from harness.gates.definition import Unit
from harness.gates.types import Claim, Estimate, Gate, Verdict
from harness.reports.summary_types import Agreement, Brief, BriefFlips, CostArm, Label, Reading, Run, Summary

RATIO_SCOPES = frozenset({"tokens", "cost", "latency"})
DASH = "–"
STATUS_SIGNS = {
    "PASS": "✓",
    "FAIL": "✕",
    "INCONCLUSIVE": "?",
    "NOT_MEASURED": "–",
    "NOT_APPLICABLE": "·",
    "SHIP": "✓",
    "HOLD": "✕",
    "KEPT": "✓",
    "BROKEN": "✕",
    "NOT SHOWN": "?",
}
STATUS_WORDS = {"NOT_MEASURED": "not measured", "NOT_APPLICABLE": "not applicable"}


def run_label(source: str, origin: str) -> Label:
    """The mark that stands in the header and beside every latency; "" for live figures of a real model."""
    return _label(source, origin)


def arm_label(origin: str, sources: Mapping[Source, int]) -> Label:
    """The same for one arm: the most doubtful source among its records counts."""
    order: tuple[Source, ...] = ("simulated", "declared", "recorded", "live")
    for source in order:
        if sources.get(source):
            return _label(source, origin)
    return _label("", origin)


def _label(source: str, origin: str) -> Label:
    mark: Literal["", "SIMULATED", "REPLAYED", "DECLARED"]
    if source == "simulated" or origin.startswith("simulator"):
        mark = "SIMULATED"
        text = "the embedded simulator obeys instructions as it reads them: it can warn of an edit, not judge a model"
    elif source == "recorded":
        mark, text = "REPLAYED", "from recorded answers; latencies are those of the day of recording"
    elif source == "declared":
        mark, text = "DECLARED", "answers, times and tokens were handed in, and are judged as they were handed in"
    else:
        mark, text = "", "measured live in this run" if source else ""
    return {"mark": mark, "text": text, "source": source, "origin": origin}


AGREEMENT = "No accuracy: these CVs have no goldens; agreement is no accuracy, two arms can be wrong together"


def agreement(pair: Agreement, fields: int = 3) -> str:
    """How far two arms agree, with the fields in which they do least."""
    one, two = pair["arms"]
    least = ", ".join(f"{row['field']} {share(row['f1'])}" for row in pair["fields"][:fields] if row["f1"] < 1)
    text = f"{one} and {two} agree {share(pair['f1'])} (F1 of one against the other, {pair['n']} CVs)"
    return f"{text}; least in {least}" if least else text


READ_AS = "as the simulator read it: what a sentence is about → what it asks for"
"""Beside the sentences of an edit."""

_COMPARED = {
    "twins": ("The candidate on copies of CVs", "reference", "result"),
    "probes": ("The candidate on changed CVs", "reference", "result"),
    "people": ("Answers beside other people's CVs", "baseline", "candidate"),
}
"""Comparisons of answers with one another: heading, and what their two sides are."""


def compared(against: str) -> str:
    """What a comparison is, as a heading."""
    return _COMPARED[against][0] if against in _COMPARED else f"Candidate against {against}"


def sides(against: str) -> tuple[str, str]:
    """What a comparison's two columns of figures are of: the other one's, the candidate's."""
    return _COMPARED[against][1:] if against in _COMPARED else (against, "candidate")


BLIND = "the simulator cannot judge a model"


def blind(verdict: Verdict) -> bool:
    """Whether the simulator was asked about a change of model or parameters, of which it knows nothing."""
    return any(reason.startswith(BLIND) for reason in verdict.reasons)


def cvs(number: int) -> str:
    return "1 CV" if number == 1 else f"{number} CVs"


def people(run: Run) -> str:
    """How many CVs of how many people."""
    copies = f" and {run['copies']} copies of them" if run["copies"] else ""
    return f"{of_people(run['documents'], run['personas'])}{copies}"


def of_people(documents: int, persons: int) -> str:
    """`1 CV of 1 person`, `12 CVs of 11 people`."""
    return f"{cvs(documents)} of {'1 person' if persons == 1 else f'{persons} people'}"


def readings(summary: Mapping[str, Any] | Summary) -> Sequence[Reading]:
    """The sentences of the edit as they were read; what could not be judged first."""
    found: Sequence[Reading] = summary.get("readings", ())
    return sorted(found, key=lambda one: (one["recognised"] and not one["contradicts"], one["change"] == "removed"))


def reading(one: Reading) -> str:
    """A sentence of the edit with what it was read as, in a line."""
    mark = "+" if one["change"] == "added" else "-"
    against = f"; contradicts “{_clipped(one['contradicts'])}”" if one["contradicts"] else ""
    return f"{mark} “{_clipped(one['text'])}”: read as {one['read_as']}{against}"


def _clipped(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 72 else f"{plain[:71]}…"


def sign(status: str) -> str:
    return STATUS_SIGNS.get(status, "?")


def word(status: str) -> str:
    return STATUS_WORDS.get(status, status)


def gate_name(gate: Gate) -> str:
    """The gate's name as people read it."""
    return GATES[gate.name].label if gate.name in GATES else gate.name


def gate_reason(gate: Gate) -> str:
    """The gate's sentence without its name, which stands beside it."""
    name = f"{gate_name(gate)}: "
    return gate.reason.removeprefix(name).replace(f" · {name}", " · ")


def kind(gate: Gate) -> Unit:
    """What a gate's figures are; of a gate that this harness no longer has, by its scope and metric."""
    if gate.name in GATES:
        return GATES[gate.name].unit
    if gate.scope in RATIO_SCOPES:
        return "ratio"
    return "count" if gate.metric.startswith("CVs") else "share"


def gate_value(gate: Gate, estimate: Estimate) -> str:
    """A level of one arm in the gate's own unit."""
    if estimate.value is None:
        return DASH
    match gate.scope, kind(gate):
        case "cost", _:
            return money(estimate.value)
        case "latency", _:
            return milliseconds(estimate.value)
        case _, "count":
            return f"{round(estimate.value * estimate.n)} of {estimate.n}"
        case _, "share":
            return percent(estimate.value)
        case _:
            return number(estimate.value)


def gate_delta(gate: Gate, value: float | None) -> str:
    """A difference or ratio in the gate's own unit."""
    if value is None:
        return DASH
    match kind(gate):
        case "ratio":
            return f"×{value:.3f}"
        case "budget":
            return milliseconds(value)
        case "count":
            return f"{round(value * gate.delta.n):+d}".replace("-", "−").replace("+0", "±0")
        case "number":
            return f"{value:g}"
        case "share":
            return points(value)


def gate_threshold(gate: Gate) -> str:
    """The rule in a few signs: what the interval (or the count) must keep to; a dash where nothing was judged."""
    if gate.delta.value is None:
        return DASH
    match kind(gate):
        case "ratio":
            return f"≤ ×{gate.threshold:g}"
        case "budget":
            return f"≤ {milliseconds(gate.threshold)}"
        case "count":
            rate = 0 < gate.threshold < 1
            return (
                f"≤ {percent(gate.threshold)} at n {gate.delta.n}"
                if rate
                else f"≤ {gate.threshold:g} CV{'' if gate.threshold == 1 else 's'}"
            )
        case "number":
            return f"< {gate.threshold:g}"
        case "share":
            return f"> {points(-abs(gate.threshold))}"


def bounds_head(verdict: Verdict) -> str:
    """Heading over bounds of gates and claims: each is one-sided, so two of them are no interval of that level."""
    return f"bounds, {100 * float(str(verdict.provenance.get('confidence', 0.95))):g} % each"


def bounds(gate: Gate) -> str:
    """The bounds in the gate's own unit; of a count, the rate that the data cannot exclude."""
    low, high = gate.delta.lower, gate.delta.upper
    if kind(gate) == "count":
        return "" if high is None else f"up to {percent(high)}"
    if low is None and high is None:
        return ""
    if kind(gate) == "share":
        return f"[{pts(low)}, {pts(high)}] pts"
    return f"[{gate_delta(gate, low)}, {gate_delta(gate, high)}]"


def few(names: Sequence[str], most: int = 6) -> str:
    """A list with so many names, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def nothing_new(verdict: Verdict, summary: Summary) -> str:
    """What a SHIP of the accepted assistant rests on, "" for any other candidate."""
    if not verdict.identical:
        return ""
    baseline = next((arm for arm in summary["arms"] if arm["id"] == summary["roles"]["baseline"]), None)
    version = baseline["bundle"]["version"] if baseline and baseline["bundle"] else None
    accepted = [row for row in summary["trend"] if row["version"] == version]
    if not accepted:
        return "Nothing new was decided."
    look = f" at look {accepted[-1]['look']}" if accepted[-1]["look"] else ""
    then = f"{accepted[-1]['accepted'][:10]}{look}, verdict then {accepted[-1]['verdict']}"
    return f"Nothing new was decided: it was accepted on {then}."


def not_read(summary: Summary) -> str:
    """Which CVs were not read, and the command that mends it; "" where all were."""
    table = summary["errors"]
    if not table["unread"]:
        return ""
    names = few([f"{row['document']} ({row['outcome'].replace('_', ' ')})" for row in table["unread"]])
    remedy = f"; {table['remedy']}" if table["remedy"] else ""
    return f"{len(table['unread'])} of {table['unread_n']} CVs were not read: {names}{remedy}"


def flips(brief: Brief) -> str:
    """CVs broken, fixed and wrong in both arms; "" where no two arms were judged."""
    found = brief["flips"]
    if not found:
        return ""
    both = f" · ± {found['both']} of them both" if found.get("both") else ""
    beside = f"; besides, {found['beside']}" if found["beside"] else ""
    return (
        f"✕ {cvs(found['broken'])} broken in any field · ✓ {found['fixed']} fixed{both} · = {found['both_wrong']} "
        f"wrong in both, of {found['n']} against {found['against']}{wrong(found)}{beside}"
    )


def wrong(flips: BriefFlips) -> str:
    """In how many CVs each side has something wrong: what the counts of changes, which overlap, come to."""
    if "wrong" not in flips:
        return ""
    old, new = flips["wrong"]
    return f" (wrong there {old}, here {new})"


def worst_field(brief: Brief) -> str:
    """The field that lost most with its bounds, and every field whose bounds lie wholly under zero."""
    row = brief["worst_field"]
    if not row:
        return ""
    low, high = pts(row["lower"]), pts(row["upper"])
    bounds = f" [{low}, {high}]" if row["lower"] is not None else ""
    lost = few([one["name"] for one in brief["losses"]], 8)
    none = "no field shows a loss: the bounds of each reach zero" if bounds else FEW_MOVED
    shown = f"loss shown in {lost}" if lost else none
    return f"worst field: {row['name']} {points(row['value'])}{bounds} over all answers to {row['n']} CVs; {shown}"


FEW_MOVED = "too few of them moved for bounds"


def claim_title(claim: Claim) -> str:
    """The promise, with the quantile that tells two claims of one promise apart."""
    quantile = claim.name.rpartition("_")[2]
    return f"{claim.promise}, {quantile}" if quantile in ("p50", "p95") else claim.promise


def claim_n(claim: Claim) -> str:
    """CVs in the figure, and of how many where it has not all."""
    return f"{claim.n} of {claim.of}" if claim.of > claim.n else str(claim.n)


def unanswered(claims: Sequence[Claim]) -> str:
    """How many CVs had no usable answer, by arm; "" where all had. The claims of both arms count the same CVs, the
    contract's the candidate's own."""
    arms: dict[str, tuple[int, int]] = {}
    for claim in claims:
        for arm, none in claim.unanswered.items():
            arms[arm] = max(arms.get(arm, (0, 0)), (none, claim.of))
    told = [f"{arm} {none} of {of}" for arm, (none, of) in arms.items() if none]
    return f"CVs without a usable answer: {', '.join(told)}; n is of those that both arms answered" if told else ""


def claim_value(value: float | None, claim: Claim) -> str:
    """A claim's figure in its definition's unit: a ratio, a difference of shares, or a share."""
    if value is None:
        return DASH
    if claim.definition.startswith("legacy / candidate"):
        return f"×{value:.2f}"
    if "difference" in claim.definition or "legacy − candidate" in claim.definition:
        return points(value)
    return percent(value)


def percent(value: float | None, digits: int = 1) -> str:
    if value is None:
        return DASH
    text = f"{100 * value:.{digits}f} %"
    return text[1:] if text.startswith("-0") and not text.strip("-0. %") else text.replace("-", "−")


def points(value: float | None) -> str:
    """A difference of shares in percentage points."""
    if value is None:
        return DASH
    text = f"{100 * value:+.1f} pts".replace("-", "−")
    return "±0.0 pts" if text[1:] == "0.0 pts" else text


def pts(value: float | None) -> str:
    """The same without the unit, for columns whose head names it."""
    return points(value).removesuffix(" pts")


def number(value: float | None) -> str:
    if value is None:
        return DASH
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


def money(value: float | None) -> str:
    """US dollars with as many digits as tell something."""
    if value is None:
        return DASH
    if abs(value) >= 1:
        return f"${value:,.2f}"
    return f"${value:.4f}" if abs(value) >= 0.001 or value == 0 else f"${value:.6f}"


def price(cost: CostArm) -> str:
    """What 1,000 CVs cost; a dash where nothing was answered, and never $0 for a model without a price."""
    return "unpriced" if cost["per_1000"] is None and cost["tokens"] is not None else money(cost["per_1000"])


def milliseconds(value: float | None) -> str:
    if value is None:
        return DASH
    return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.0f} ms"


def share(value: Any) -> str:
    """A share as two digits after the point, for dense tables: .94, 1.00."""
    if value is None:
        return DASH
    text = f"{value:.3f}"
    return text[1:] if text.startswith("0") else text[:4]


def short(digest: str | None) -> str:
    return digest[:10] if digest else DASH
