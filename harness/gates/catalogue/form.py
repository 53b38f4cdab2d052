"""How answers are written: the contract's rung above dates and ids."""

from __future__ import annotations

from harness.contract.form import MESSAGES
from harness.gates.count_words import Count, say_count
from harness.gates.counts import count
from harness.gates.definition import Definition
from harness.gates.events import Counted
from harness.gates.harm import Harm
from harness.gates.looked import Looked
from harness.gates.margins import net_margin
from harness.gates.paths import field_of


def _form(seen: Looked) -> frozenset[str] | None:
    return None if seen.answered is None else form_items(seen)


def form_items(seen: Looked) -> frozenset[str]:
    """`<field>: <kind>` of what is not written as the CV has it."""
    if seen.answered is None:
        return frozenset()
    found = frozenset(f"{_field(one.pointer)}: {one.rule}" for one in seen.answered.contract.form)
    return found if seen.only is None else frozenset(item for item in found if item.partition(": ")[0] in seen.only)


def _field(pointer: str) -> str:
    """`/work_experience/0/description/2` → `work_experience[].description[]`."""
    path = ""
    for step in pointer.split("/")[1:]:
        path += f"[{step}]" if step.isdigit() else (f".{step}" if path else step)
    return field_of(path)


def _head(count: Count) -> tuple[str, tuple[str, ...]]:
    """The kind and field of most people, and what else there is; the fields."""
    if not count.ranked:
        return "", ()
    field, _, kind = count.item.partition(": ")
    kinds = sorted({item.partition(": ")[2] for item in count.items} - {kind})
    more = f"; also {', '.join(kinds)}" if kinds else ""
    said = f"{field}: {MESSAGES.get(kind, kind)}, in {count.many} of {count.n} CVs{more}"
    return said, tuple(dict.fromkeys(item.partition(": ")[0] for item in count.items))


GATES = (
    Definition(
        name="form",
        label="form",
        metric="CVs with a value not written as in the CV",
        default=0.02,
        meaning="net rate of people from which on it holds",
        place=205,
        figure="people with capitals, doubled items, blanks, Markdown, placeholders … that their CV does not print",
        passes="as `lost_entries`",
        fails="as `lost_entries`",
        judge=count,
        say=say_count(_head),
        severity=4,
        at_margin=net_margin("form"),
        seeded=(Harm("capitals in a tenth of the CVs", 0.10, event="form"),),
        counted=Counted(
            "form", _form, "with a value written otherwise than the CV", "net", 0.005, fresh=True, raw=True
        ),
    ),
)
