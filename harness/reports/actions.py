"""What to do after a verdict, as commands that fit the run: its own options, its own answers, the same models."""

from __future__ import annotations

from collections import Counter

from harness.gates.types import Verdict
from harness.reports.leading import behind_of, worst_cvs
from harness.reports.replays import replay, unnarrowed, without
from harness.reports.summary_types import BriefAction, Summary

ELSEWHERE = frozenset({"declared", "http"})
"""Pipelines whose assistant is not in this project."""
_ASK_REAL = "ask the real model, with the settings of this run (costs money; it asks before)"


def actions(verdict: Verdict, summary: Summary) -> list[BriefAction]:
    """What to do next, as commands: at most four, the likeliest first."""
    run = summary["run"]["run_id"]
    accept = _action("make it the baseline of later edits (this releases nothing)",
                     f'cv-harness accept {run} --reason "WHY"')  # fmt: skip
    if verdict.identical:
        return [_action("try an edit: change harness/assistants/…/instructions.md, then", "cv-harness run")]
    pipelines = {arm["pipeline"] for arm in summary["arms"]}
    edits = _edits(summary)
    blame = [_action("which edit did it", f"cv-harness blame {run}")] if edits > 1 and not summary["blame"] else []
    mend = [_action("change the edit and see at each save what it does", "cv-harness watch")] if edits == 1 else []
    again = _again(summary, declared="declared" in pipelines)
    one_cv = [] if "declared" in pipelines else _one_cv(verdict, summary)  # its answers stay as they were handed in
    match verdict.verdict:
        case "SHIP" if pipelines & ELSEWHERE:
            return [again]  # there is no bundle that can be accepted
        case "SHIP":
            return [*_real(verdict, summary), accept]
        case "HOLD" if "declared" in pipelines:
            return [again]
        case "HOLD":
            return [*blame, *mend, *one_cv, *_real(verdict, summary)]
        case "INCONCLUSIVE" if not summary["roles"]["baseline"] and summary["run"]["with_golden"]:
            if pipelines & ELSEWHERE:
                return [_with_baseline(summary) if "declared" in pipelines else _ITSELF]
            return [_action("look at the page, then make it the first baseline", accept["command"])]
        case "INCONCLUSIVE" if not summary["run"]["with_golden"] and "folder" not in summary["run"]["selection"]:
            first = summary["documents"][0]["document"] if summary["documents"] else "DOCUMENT"
            return [_action("begin a golden from an answer", f"cv-harness golden add {first}")]
        case "INCONCLUSIVE":
            asked = _asked(verdict, summary)
            if any("--provider" in one["command"] for one in asked):
                return asked  # nothing that is asked of the simulator would settle it
            if summary["run"]["selection"].get("partial"):
                whole = unnarrowed(summary["provenance"]["command"])
                free = ", on the simulator again (free)" if verdict.origin.startswith("simulator") else ""
                return [_action(f"replay all of the split{free}", replay(whole, "")), *one_cv]
            more = any(gate.more_cvs for comparison in verdict.comparisons for gate in comparison.gates)
            plan = [_action("how many CVs would settle it", "cv-harness plan")] if more else []
            return [*asked, *plan, *blame]


def _one_cv(verdict: Verdict, summary: Summary) -> list[BriefAction]:
    why = "the first behind the reason" if behind_of(verdict) else "the CV that lost most"
    return [
        _action(f"replay {row['document']}, {why}", replay(summary["provenance"]["command"], row["document"]))
        for row in worst_cvs(verdict, summary["flips"]["baseline"])[:1]
    ]


def _again(summary: Summary, *, declared: bool) -> BriefAction:
    """The run once more, of what was made elsewhere: the answers that come next, or the service as it is then."""
    what = "judge its next answers, once they stand in that file" if declared else "ask the service again"
    return _action(what, replay(summary["provenance"]["command"], ""))


def _with_baseline(summary: Summary) -> BriefAction:
    """How answers made elsewhere get something to be compared with."""
    command = without(summary["provenance"]["command"], frozenset({"--arms"}))
    what = "add answers of the pipeline “baseline” to the file, then"
    return _action(what, replay(command, "", "--arms", "baseline,candidate"))


def _edits(summary: Summary) -> int:
    """How many sentences were changed, as far as is known: 0 where the instructions are the same, 2 for several."""
    changes = summary["changes"]
    if changes is None or all(mark == "=" for mark, _ in changes["instructions"]):
        return 0
    made = Counter(one["change"] for one in summary.get("readings", ()))
    return 1 if made and max(made.values()) == 1 and not changes["settings"] else 2


def _real(verdict: Verdict, summary: Summary) -> list[BriefAction]:
    """How to see whether a real model does what the simulator did."""
    if not verdict.origin.startswith("simulator"):
        return []
    return [_action(_ASK_REAL, _on_openai(summary))]


def _asked(verdict: Verdict, summary: Summary) -> list[BriefAction]:
    """Whom to ask where this origin cannot tell: a real model in place of the simulator, or further draws."""
    if verdict.origin.startswith("simulator") and any("simulat" in reason for reason in verdict.reasons):
        return [_action(_ASK_REAL, _on_openai(summary))]
    if any(gate.unconfirmed for comparison in verdict.comparisons for gate in comparison.gates):
        return [_action("look again on new answers", replay(summary["provenance"]["command"], "", "--pair-live"))]
    return []


def _on_openai(summary: Summary) -> str:
    """The run's own command with its provider changed: model, parameters and arms stay as they were."""
    command = without(summary["provenance"]["command"], frozenset({"--provider", "--base-url"}))
    return replay(command, "", "--provider", "openai")


def _action(what: str, command: str) -> BriefAction:
    return {"what": what, "command": command}


_ITSELF = _action("judge the service's assistant, on the corpus", "cv-harness run")
