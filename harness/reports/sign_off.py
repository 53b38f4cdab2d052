"""What a release manager signs."""

from __future__ import annotations

from harness.base.canonical import digest
from harness.gates.serial import verdict_to_dict
from harness.gates.types import Verdict
from harness.reports import labels
from harness.reports.summary_types import BriefSignOff, Summary


def sign_off(verdict: Verdict, summary: Summary) -> BriefSignOff:
    """What a release manager signs: one line that names the evidence by its hashes, who may accept it, and the
    acceptance where it was made."""
    arms = {arm["id"]: arm["bundle"] for arm in summary["arms"]}
    named = [
        f"{role} wire {labels.short(bundle['wire'])}"
        for role, arm in (("candidate", summary["roles"]["candidate"]), ("baseline", summary["roles"]["baseline"]))
        if (bundle := arms.get(arm))
    ]
    sha = digest(verdict_to_dict(verdict))
    candidate = arms.get(summary["roles"]["candidate"])
    version = candidate["version"] if candidate else None
    accepted = next((row for row in reversed(summary["trend"]) if row["version"] == version), None)
    may = {
        "SHIP": "whoever may merge a change of reports/baseline; never CI",
        "HOLD": "nobody without --override and a reason, which stay on record",
        "INCONCLUSIVE": "nobody without --override and a reason, which stay on record",
    }
    return {
        "line": " · ".join(
            [verdict.verdict, *named, f"run {summary['run']['run_id']}", f"look {verdict.look}", f"verdict {sha}"]
        ),
        "verdict_sha256": sha,
        "may": may[verdict.verdict],
        "accepted": f"{accepted['accepted'][:10]} by {accepted['by'] or 'somebody unnamed'}: {accepted['reason']}"
        if accepted
        else "",
    }
