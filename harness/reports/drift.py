"""What a drift series says: whether the model moved, since when, in what, and on how much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from harness.base.terminal import safe
from harness.gates.anytime import mean_bounds
from harness.gates.drift import MEASURES, evidence, first_over, together
from harness.review.drift_series import Look, Series

MARKER = "<!-- cv-harness drift -->"
_NAMES = {
    "quality": "quality (strict F1)",
    "length": "length (characters)",
    "likeness": "likeness (values shared with the first recorded answer)",
}
_MOST = 999_999


def drift_summary(series: Series, alpha: float) -> dict[str, Any]:
    """The series as JSON. moved: whether the model did, by evidence over 1/alpha at any look or by the name that it
    gives itself; since: the look from which on evidence is strongest; then each measure with its n."""
    looks = series.looks
    found: dict[str, Any] = {
        "moved": False,
        "origin": series.accepted.origin,
        "model": series.accepted.model,
        "accepted": series.accepted.accepted,
        "alpha": alpha,
        "looks": len(looks),
        "looks_of_earlier_series": series.before,
        "series": series.path,
    }
    if not looks:
        return found
    parts = {name: evidence([look.ranks.get(name, ()) for look in looks]) for name in MEASURES}
    log = together(list(parts.values()))
    over = first_over(log, alpha)
    strongest = max(MEASURES, key=lambda name: parts[name].log[-1 if over is None else over])
    renamed = next((look for look in looks if _new_names(look)), None)
    return {
        **found,
        "moved": over is not None or renamed is not None,
        "evidence": _plain(log[-1]),
        "needed": 1 / alpha,
        "over_at": looks[over].at if over is not None else None,
        "since": looks[parts[strongest].since].at if over is not None else None,
        "strongest": strongest if over is not None else None,
        "snapshots": {"recorded": list(looks[-1].snapshots[0]), "now": list(looks[-1].snapshots[1])},
        "renamed_at": renamed.at if renamed else None,
        "renamed_to": list(_new_names(renamed)) if renamed else [],
        "last": {
            "at": looks[-1].at,
            "draws": list(looks[-1].draws),
            "failed": looks[-1].failed,
            "cvs": len(looks[-1].cvs),
        },
        "measures": {name: _measured(looks, name, parts[name].log[-1], alpha) for name in MEASURES},
    }


def _measured(looks: Sequence[Look], name: str, log: float, alpha: float) -> dict[str, Any]:
    ranks = [each for look in looks for each in look.ranks.get(name, ())]
    bounds = mean_bounds(ranks, alpha)
    last = looks[-1]
    cvs = [of_cv for of_cv in last.cvs.values() if of_cv.recorded and of_cv.now]
    then = [value for of_cv in cvs for each in of_cv.recorded if (value := each.of(name)) is not None]
    now = [value for of_cv in cvs for each in of_cv.now if (value := each.of(name)) is not None]
    return {
        "evidence": _plain(log),
        "rank": bounds.value,
        "rank_bounds": [bounds.lower, bounds.upper],
        "ranks": len(ranks),
        "recorded_mean": sum(then) / len(then) if then else None,
        "recorded_n": len(then),
        "now_mean": sum(now) / len(now) if now else None,
        "now_n": len(now),
    }


def drift_lines(summary: dict[str, Any]) -> list[str]:
    """For a terminal: the answer first, then what it stands on."""
    if not summary["looks"]:
        return [f"no look yet at {summary['origin']}: `cv-harness drift` makes one"]
    lines = [_answer(summary), *_because(summary), ""]
    lines += [f"  {'ranked by':54} {'evidence':>9}  {'mean rank':>19}  {'recorded → now':>22}"]
    for name, found in summary["measures"].items():
        lines.append(
            f"  {_NAMES[name]:54} {_shown(found['evidence']):>9}  {_rank(found):>19}  {_means(name, found):>22}"
        )
    last = summary["last"]
    failed = f", {last['failed']} without an answer, which count for nothing" if last["failed"] else ""
    lines += [
        "",
        f"  last look {last['at']}: {last['cvs']} CVs, answers {last['draws'][0]} to {sum(last['draws']) - 1}{failed}",
        "  a rank is .50 on average where nothing moved; bounds and evidence hold at every look, however many there "
        "are",
    ]
    if summary["looks_of_earlier_series"]:
        lines.append(f"  {_looks(summary['looks_of_earlier_series'])} of earlier series (another acceptance or scorer)")
    return lines


def drift_markdown(summary: dict[str, Any]) -> str:
    """For an issue: no value and no name of a CV."""
    if not summary["looks"]:
        return "\n".join([MARKER, *drift_lines(summary), ""])
    after = [_NEXT, ""] if summary["moved"] else []
    return "\n".join([MARKER, f"# {_answer(summary)}", "", "```", *drift_lines(summary)[1:], "```", "", *after])


_NEXT = (
    "What to do: `cv-harness run --pair-live` asks the accepted assistant and legacy on today's model and says whether "
    "it is still good enough; `cv-harness accept` of that run begins a new series. Recordings from before are of a "
    "model that is no longer there: what is compared with them is compared with the past."
)


def _answer(summary: dict[str, Any]) -> str:
    who = f"{summary['model']} at {summary['origin']}"
    looks = _looks(summary["looks"])
    if not summary["moved"]:
        return f"no sign that {who} moved ({looks}; evidence {_shown(summary['evidence'])}, {_line(summary)} would do)"
    if summary["over_at"] is None:
        return f"{who} moved: it names itself otherwise"
    return f"{who} moved, since {summary['since'][:10]} ({looks})"


def _looks(count: int) -> str:
    return f"{count} look{'' if count == 1 else 's'}"


def _because(summary: dict[str, Any]) -> list[str]:
    lines = []
    if summary["renamed_at"]:
        names = safe(", ".join(summary["renamed_to"]))
        before = safe(", ".join(summary["snapshots"]["recorded"])) or "no name"
        lines.append(f"  it called itself {names} on {summary['renamed_at'][:10]}; the recordings are of {before}")
    if summary["over_at"]:
        lines.append(
            f"  evidence reached {_line(summary)} on {summary['over_at'][:10]}, strongest in "
            f"{_NAMES[summary['strongest']]}: of models that never move, at most {summary['alpha']:.0%} are ever "
            "said to have moved"
        )
    return lines


def _line(summary: dict[str, Any]) -> str:
    return f"{summary['needed']:.0f}"


def _shown(value: float) -> str:
    return f"> {_MOST:,}" if value > _MOST else f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def _rank(found: dict[str, Any]) -> str:
    if found["rank"] is None:
        return "not measured"
    lower, upper = found["rank_bounds"]
    return f"{found['rank']:.2f} [{lower:.2f}, {upper:.2f}]"


def _means(name: str, found: dict[str, Any]) -> str:
    if found["recorded_mean"] is None or found["now_mean"] is None:
        return "not measured"
    form = ",.0f" if name == "length" else ".3f"
    return f"{found['recorded_mean']:{form}} → {found['now_mean']:{form}} (n {found['now_n']})"


def _new_names(look: Look) -> tuple[str, ...]:
    """Names of the model that no recording has, where recordings have any."""
    recorded, now = look.snapshots
    return tuple(sorted(set(now) - set(recorded))) if recorded else ()


def _plain(log: float) -> float:
    """The evidence itself, as far as a float goes."""
    return math.exp(min(log, 700.0))
