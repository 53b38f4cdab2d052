"""Tables that go through all cases for themselves and ask for no other table: another process can make them."""

from __future__ import annotations

from typing import TypedDict

from harness.reports.prepare import Attempts, Prepared, uncollected
from harness.reports.summary_types import Cost, Field, Headline, Latency, Schema
from harness.reports.tables_fields import fields
from harness.reports.tables_quality import headline
from harness.reports.tables_running import cost, latency, schema


class TablesApart(TypedDict):
    """By their names in a summary."""

    headline: dict[str, Headline]
    fields: list[Field]
    latency: Latency
    schema: Schema
    cost: Cost


@uncollected()
def tables_apart(ready: Prepared, monthly_cvs: int, attempts: Attempts | None) -> TablesApart:
    return {
        "headline": headline(ready),
        "fields": fields(ready),
        "latency": latency(ready),
        "schema": schema(ready),
        "cost": cost(ready, monthly_cvs, attempts),
    }
