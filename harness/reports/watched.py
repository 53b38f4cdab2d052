"""What a save did, in a dozen lines: the verdict's word and why, which fields of which CVs moved, how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.base.terminal import safe
from harness.gates.types import Verdict
from harness.reports import labels

MOST_FIELDS, MOST_CVS, MOST_READINGS = 8, 8, 4


def lines(verdict: Verdict, summary: Mapping[str, Any]) -> list[str]:
    """First the verdict in one line, then its first reason, how the edit was read, then the fields that moved, the
    largest loss first."""
    brief = summary["brief"]
    mark = summary["run"]["label"]["mark"]
    told = [f"{labels.sign(verdict.verdict)} {brief['title']}{f' [{mark}]' if mark else ''}  {brief['headline']}"]
    if verdict.reasons and not verdict.identical and verdict.reasons[0] != brief["headline"]:
        told.append(f"  {verdict.reasons[0]}")
    told += [f"  {labels.reading(one)}" for one in labels.readings(summary)[:MOST_READINGS]]
    told += [f"  {line}" for line in _figures(summary)]
    moved = [row for row in brief["moved"] if row["broken"] or row["fixed"]]
    told += [f"  {_field(row)}" for row in moved[:MOST_FIELDS]]
    if len(moved) > MOST_FIELDS:
        told.append(f"  and {len(moved) - MOST_FIELDS} fields more, on the page")
    if not moved:
        told.append("  no value of any CV changed sides")
    if flips := labels.flips(brief):
        told.append(f"  {flips}")
    return [safe(line).replace("\n", " ") for line in told]


def _figures(summary: Mapping[str, Any]) -> list[str]:
    """F1 of candidate and baseline with n, and how often each CV was asked: once tells little."""
    head, roles = summary["headline"], summary["roles"]
    figures = [
        f"{role} F1 {labels.share(head[roles[role]]['f1'])}"
        for role in ("candidate", "baseline")
        if roles[role] in head and head[roles[role]]["f1"] is not None
    ]
    if not figures:
        return []
    n, draws = head[roles["candidate"]]["documents"], summary["run"]["draws"].get(roles["candidate"], 0)
    return [f"{', '.join(figures)} ({n} CV{'' if n == 1 else 's'}, {draws} answer{'' if draws == 1 else 's'} each)"]


def _field(row: Mapping[str, Any]) -> str:
    """ "✕ languages −30.4 pts: broken in 9 (a10, …), fixed in 1 (a14)", with a word on noise where it may be that."""
    broken = f"broken in {len(row['broken'])} ({labels.few(row['broken'], MOST_CVS)})" if row["broken"] else ""
    fixed = f"fixed in {len(row['fixed'])} ({labels.few(row['fixed'], MOST_CVS)})" if row["fixed"] else ""
    net = len(row["fixed"]) - len(row["broken"])
    sign = "✓" if net > 0 else "✕" if net else "±"
    noise = "" if row["beyond_noise"] else "; so few may be noise"
    points = labels.points(row["value"]) if row["value"] is not None else ""
    return f"{sign} {row['name']} {points}: {', '.join(part for part in (broken, fixed) if part)}{noise}"
