"""What the words on a page, in a summary and in the terminal mean, and what its verdict says in a sentence."""

from __future__ import annotations

from harness.gates.types import Verdict
from harness.reports import labels
from harness.reports.summary_types import Summary

WORDS = {
    "legacy": "the pipeline to be replaced",
    "baseline": "the assistant accepted last",
    "candidate": "the assistant judged here",
    "simulated": "answers of the embedded simulator; its times are made up and never judged, its tokens are counted",
    "declared": "answers and figures made elsewhere and handed in",
    "golden": "the right answer to a CV, checked by a person",
    "value": "one item of a golden: a date, a name, a bullet",
    "answer": "what an arm says about a CV; each CV is asked several times (`--repeat`), so that it has several. Files "
    "and options number them and call one a draw",
    "F1": "how much of a CV or field is right: 100 % where every value is given and none is wrong or added; strict: as "
    "written in the golden",
    "points": "differences of shares, in percentage points",
    "bounds": "where the true figure lies, as far as so few CVs can tell",
    "n": "how many CVs or people a figure is of",
    "p50, p95": "the time that half of the answers, or 95 % of them, take at the most",
    "gate": "a rule with a limit: one that fails holds a release, one that is open lets nobody ship",
    "claim": "what the move from legacy promised, and whether it is kept",
    "contract": "the form that an answer must have; schema validity: the share that has it",
    "cross-talk": "data of one person in the answer to another",
    "catastrophe": "one CV that got much worse as a whole",
    "copy, twin": "the same CV again in another layout or format, or with an attack in it; judged by gates of its own",
    "split": "the CVs kept for one purpose: dev to work on, gate to decide on, sealed for releases",
    "look": "one decision about a new candidate; each further one is stricter, so that its bounds are wider",
    "replay": "to ask again, or to read the answers that are kept, and to judge them",
    "blame": "which sentence of an edit did it, measured by taking each one out",
}
"""What a newcomer asks of the words on every face."""

_BY = {
    "SIMULATED": ("By a simulator's answers", "; the model itself was not asked"),
    "DECLARED": ("By the answers handed in", ""),
}
_SAYS = {
    "SHIP": ("The candidate may ship", "it may ship"),
    "HOLD": ("Harm is shown: do not ship", "harm is shown: do not ship"),
    "INCONCLUSIVE": ("No harm is shown, nor that there is none", "no harm is shown, nor that there is none"),
}


def verdict_words(verdict: Verdict, summary: Summary) -> str:
    """What the verdict says; SHIP and HOLD alike name whose answers say so."""
    if labels.blind(verdict) and verdict.verdict == "INCONCLUSIVE":
        return "Of a model the simulator can show neither harm nor that there is none."
    alone, after = _SAYS[verdict.verdict]
    by = None if verdict.identical else _BY.get(summary["run"]["label"]["mark"])
    return f"{by[0]} {after}{by[1]}." if by else f"{alone}."
