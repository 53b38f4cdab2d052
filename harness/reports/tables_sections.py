"""What each section of the instructions costs: it goes out with every call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from harness.assistants.types import AssistantBundle
from harness.models.sections import Section, sections
from harness.reports.prepare import Prepared
from harness.reports.summary_types import CostSections, CostSectionsRow

MOST = 12
"""Rows; what costs less is one row together."""


def sections_table(new: AssistantBundle | None, old: AssistantBundle | None, ready: Prepared) -> CostSections | None:
    """The candidate's sections, the dearest first, beside the baseline's of the same name, at the prices of the run's
    day; None without a bundle."""
    if new is None:
        return None
    on = date.fromisoformat(ready.manifest.started[:10])
    found = sorted(sections(new, on), key=lambda one: -one.tokens)
    before = {one.name: one.tokens for one in sections(old, on)} if old is not None else {}
    rows = [_row(one, before.get(one.name)) for one in found[:MOST]]
    if len(found) > MOST:
        rows.append(_rest(found[MOST:]))
    return {"arm": ready.candidate, "model": new.model, "rows": rows}


def _row(one: Section, before: int | None) -> CostSectionsRow:
    dollars, cached = (None if each is None else round(float(each), 6) for each in (one.dollars, one.cached))
    return {"name": one.name, "tokens": one.tokens, "before": before, "per_1000": dollars, "cached": cached}


def _rest(rest: Sequence[Section]) -> CostSectionsRow:
    whole, cached = [one.dollars for one in rest], [one.cached for one in rest]
    return {
        "name": f"{len(rest)} smaller ones",
        "tokens": sum(one.tokens for one in rest),
        "before": None,
        "per_1000": _sum(whole),
        "cached": _sum(cached),
    }


def _sum(dollars: Sequence[Decimal | None]) -> float | None:
    known = [each for each in dollars if each is not None]
    return round(float(sum(known)), 6) if len(known) == len(dollars) else None
