"""What probes found, for the terminal: relations, groups, the estimate. Renders probes.json and computes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from harness.reports.labels import of_people
from harness.reports.probes import MEASURES, folded, probed_cvs, unread

if TYPE_CHECKING:
    from rich.console import RenderableType


def tables(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Three tables; those about groups and relations only where there are any."""
    from rich.table import Column, Table
    from rich.text import Text

    found = folded(found)
    arms = found["arms"]
    mark = "SIMULATED · " if found["simulated"] else ""
    yield Text(
        f"{mark}{found['probes']} changed copies of {of_people(found['documents'], found['people'])}, "
        f"{found['answers']} answers judged"
    )
    for line in unread(found):
        yield Text(line)
    if not arms:
        return
    table = Table(
        Column("change", no_wrap=True),
        *(name for arm in arms for name in (f"{arm}: just so", "F1", "beside nothing", "copies")),
    )
    for row in found["relations"]:
        cells = []
        for arm in arms:
            of = row["arms"].get(arm)
            cells += ["–"] * 4 if of is None else [
                _share(of["holds"]), _share(of["f1"]), "" if row["control"] else _gap(of["beside_control"]),
                str(of["probes"]),
            ]  # fmt: skip
        table.add_row(row["name"], *cells)
    yield table
    if found["axes"]:
        groups = Table("twins", "arm", "largest gap", "points, all bounds at once", "people", "shown")
        for axis in found["axes"]:
            for arm, of in axis["arms"].items():
                worst = of["worst"]
                if worst is None:
                    groups.add_row(axis["name"], arm, "too few people", "", "", "")
                    continue
                more = f"{of['more_cvs']} CVs more" if of["more_cvs"] else "no"
                groups.add_row(
                    axis["name"], arm, f"{worst['group']}: {MEASURES[worst['measure']]}", _gap(worst, "gap"),
                    str(worst["n"]), "YES" if of["shown"] else more,
                )  # fmt: skip
        yield groups
    for arm in arms:
        whole = found["estimate"][arm]["whole"]
        if whole is not None:
            yield Text(f"{arm}: estimated F1 {whole:.1%} on {probed_cvs(found)} without a golden (docs/probes.md says "
                       "how far to trust it)")  # fmt: skip


def _share(share: Mapping[str, Any]) -> str:
    return "–" if share["value"] is None else f"{share['value']:.1%}"


def _gap(share: Mapping[str, Any], key: str = "value") -> str:
    if share[key] is None:
        return "–"
    bounds = f" [{100 * share['lower']:+.1f}, {100 * share['upper']:+.1f}]" if share["lower"] is not None else ""
    return f"{100 * share[key]:+.1f}{bounds}"
