"""Goldens in doubt: values that the text contradicts, and that all arms read otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from harness.corpus.check_text import in_text
from harness.corpus.types import Golden
from harness.reports.prepare import Prepared, same_value
from harness.reports.summary_types import GoldenAuditRow
from harness.scoring.types import FieldOutcome


def golden_suspects(ready: Prepared, goldens: Mapping[str, Golden], texts: Mapping[str, str]) -> list[GoldenAuditRow]:
    """Golden values that the CV's text does not have, and for which two arms or more, all that were asked, read one
    and the same other value that it has."""
    rows: list[GoldenAuditRow] = []
    for name in ready.documents:
        if name not in goldens or name not in texts or not (agreed := _agreed_otherwise(ready, name)):
            continue
        golden, text = goldens[name], texts[name]
        for path, outcomes in agreed.items():
            outcome = outcomes[0]
            if path in golden.ambiguous or not isinstance(outcome.golden, str):
                continue
            if not in_text(text, path, outcome.golden):
                rows.append(
                    {
                        "document": name,
                        "path": path,
                        "field": outcome.field,
                        "golden": outcome.golden,
                        "answer": outcome.answer,
                        "why": _line_at(text, outcome.evidence),
                    }
                )
    return rows


def _agreed_otherwise(ready: Prepared, name: str) -> dict[str, list[FieldOutcome]]:
    """Golden paths that each arm asked for it (first draw) answers with the same wrong, grounded value."""
    found: dict[str, list[FieldOutcome]] = defaultdict(list)
    fields_of: dict[str, str] = {}
    for cases in ready.by_document[name].values():
        for outcome in cases[0].score.odd() if cases[0].score else ():
            if outcome.kind in ("wrong", "near") and outcome.golden_path and outcome.grounded:
                found[outcome.golden_path].append(outcome)
                fields_of[outcome.golden_path] = outcome.field
    return {
        path: outcomes
        for path, outcomes in found.items()
        if len(outcomes) >= 2
        and len(outcomes) == sum(ready.asked(arm, fields_of[path]) for arm in ready.by_document[name])
        and len({same_value(outcome) for outcome in outcomes}) == 1
    }


def _line_at(text: str, evidence: tuple[int, int] | None) -> str:
    """The line of the text that speaks for a value."""
    if evidence is None:
        return ""
    start = text.rfind("\n", 0, evidence[0]) + 1
    end = text.find("\n", evidence[1])
    return text[start : end if end >= 0 else len(text)].strip()
