"""Tables that go through all cases for themselves and ask for no other table: another process can make them."""

from __future__ import annotations

from typing import TypedDict

from harness.reports.prepare import Prepared, uncollected
from harness.reports.summary_types import Field, Headline, Latency, Schema
from harness.reports.tables_fields import fields
from harness.reports.tables_quality import headline
from harness.reports.tables_running import latency, schema


class TablesApart(TypedDict):
    """By their names in a summary."""

    headline: dict[str, Headline]
    fields: list[Field]
    latency: Latency
    schema: Schema


@uncollected()
def tables_apart(ready: Prepared) -> TablesApart:
    return {"headline": headline(ready), "fields": fields(ready), "latency": latency(ready), "schema": schema(ready)}
