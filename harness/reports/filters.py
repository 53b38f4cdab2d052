"""How values look in the page's templates: the template environment, its filters, and the assets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from harness.base.visible import visible
from harness.gates.words import times
from harness.reports import contenders, labels
from harness.reports.stories import plural
from harness.reports.summary_types import Cell, Document, Flips, FlipsField

if TYPE_CHECKING:
    from jinja2 import Environment

    from harness.gates.types import Gate

FLIP_WORDS = {
    "broken": "✕ broken",
    "mixed": "± mixed",
    "fixed": "✓ fixed",
    "both_wrong": "= both wrong",
    "unchanged": "unchanged",
    "": "–",
}


@cache
def environment() -> Environment:
    """The templates of the page: everything that is filled in is escaped, what nobody would see of it is shown, and a
    name that is missing is an error."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from harness.reports.compiled import Compiled

    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=False,
        bytecode_cache=Compiled(),
    )
    environment.filters.update(
        sign=labels.sign,
        word=labels.word,
        role=lambda roles, name: next((role for role, arm in roles.items() if arm == name), ""),
        points=labels.points,
        pts=labels.pts,
        percent=labels.percent,
        share=labels.share,
        number=labels.number,
        money=labels.money,
        ms=labels.milliseconds,
        short=labels.short,
        claim=labels.claim_value,
        claim_title=labels.claim_title,
        claim_n=labels.claim_n,
        unanswered=labels.unanswered,
        heat=heat,
        told=told,
        foldable=foldable,
        sentence=sentence,
        gates_folded=gates_folded,
        once=once,
        flipped=flipped,
        moved=moved,
        most_wrong=most_wrong,
        flip_words=lambda name: FLIP_WORDS.get(name, name),
        after_section=lambda path: path.partition(".")[2] or path,
        gate_name=labels.gate_name,
        compared=labels.compared,
        sides=labels.sides,
        gate_reason=labels.gate_reason,
        gate_value=labels.gate_value,
        gate_delta=labels.gate_delta,
        bounds=labels.bounds,
        wrong=labels.wrong,
        plural=plural,
        times=times,
        command=command,
        pareto_note=contenders.note,
    )
    return environment


def _template(name: str) -> str:
    """A template without what HTML lets one leave out: end tags within tables and lists, quotes around one word."""
    text = re.sub(r"</(?:td|th|tr|li|thead|tbody|dt|dd)>\s*", "", asset(name))
    return re.sub(r'\b(class|scope|aria-hidden|data-l)="([\w-]+)"(?=[ >])', r"\1=\2", text)


def shown(value: Any) -> Any:
    """Whatever is filled in, before it is escaped; markup stays markup."""
    if not isinstance(value, str) or value.isascii():
        return value
    told = visible(value)
    return markup(told) if hasattr(value, "__html__") else told


@cache
def asset(name: str) -> str:
    return (resources.files("harness.reports") / "assets" / name).read_text(encoding="utf-8")


def markup(text: str) -> Any:
    """For our own assets, and for strings that were escaped when they were made."""
    return Markup(text)


def heat(cell: Cell) -> str:
    """The shade of a cell of the heat map as an attribute: five steps from .98 down to .60."""
    f1 = cell["f1"]
    if f1 is None or not cell["asked"]:
        return ""
    steps = ((0.98, ""), (0.95, " class=h1"), (0.90, " class=h2"), (0.80, " class=h3"), (0.60, " class=h4"))
    return next((name for least, name in steps if f1 >= least), " class=h5")


def told(cell: Cell, candidate: Cell | None) -> Any:
    """Precision and recall of a cell as its title, where F1 does not say them, and n where it is not the row's."""
    parts = (
        [f"P {labels.share(cell['precision'])}", f"R {labels.share(cell['recall'])}"] if (cell["f1"] or 0) < 1 else []
    )
    if candidate is None or cell["n"] != candidate["n"]:
        parts.append(f"n = {cell['n']}")
    return markup(f' title="{", ".join(parts)}"') if parts else ""


def most_wrong(row: Document, arm: str) -> str:
    """The fields in which an arm reads a CV worst, with how many leaves over all draws."""
    bad = row["arms"][arm]["bad"] if arm in row["arms"] else {}
    worst = sorted(bad.items(), key=lambda item: (-sum(item[1]), item[0]))[:3]
    return ", ".join(f"{name} ({sum(counts)})" for name, counts in worst)


def moved(rows: Sequence[FlipsField]) -> list[FlipsField]:
    """Fields or CVs in which a leaf changed sides; what is wrong in both arms, as before, is no flip."""
    return [row for row in rows if row["broken"] or row["fixed"]]


def flipped(flips: Flips) -> int:
    """CVs with a leaf that is right in one arm and wrong in the other."""
    classes = flips["classes"]
    return int(classes["broken"] + classes["mixed"] + classes["fixed"])


def once(examples: Sequence[Mapping[str, Any]], told: str) -> list[tuple[str, str]]:
    """(CV, what was told of it) of each example, each once: arms often break the same rule in the same CV."""
    return list(dict.fromkeys((row["document"], row[told]) for row in examples))


def foldable(path: str) -> Any:
    """A field path that a narrow column may break before a point."""
    return escape(path).replace(".", markup("<wbr>."))


def command(text: str) -> Markup:
    """A command that breaks at its spaces alone: an option that is torn can be neither read nor typed."""
    return Markup(" ").join(Markup("<span>{}</span>").format(word) for word in text.split(" "))


def sentence(text: str) -> str:
    """A capital letter at the beginning of a sentence that the terminal begins with a small one."""
    return text[:1].upper() + text[1:]


def gates_folded(rows: Sequence[tuple[Gate, Any]]) -> str:
    """What stands behind a fold: "18 gates passed: errors, coverage, …; 3 not measured"."""
    parts = []
    for status in ("PASS", "NOT_MEASURED", "NOT_APPLICABLE"):
        names = [labels.gate_name(gate) for gate, _ in rows if gate.status == status]
        if names:
            what = f"{'gate' if len(names) == 1 else 'gates'} passed" if status == "PASS" else labels.word(status)
            parts.append(f"{len(names)} {what}: {labels.few(names, 8)}")
    return "; ".join(parts)
