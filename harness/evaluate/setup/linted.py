"""An assistant that cannot work is refused before anything is asked, and before a look is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from harness.assistants.lint import lint
from harness.base.errors import UsageError
from harness.base.listed_models import Listed
from harness.replay.types import Arm


def refuse_lint_errors(arms: Iterable[Arm], today: date, listed: Mapping[str, Listed]) -> None:
    """Raise UsageError for the first error that lint finds in a candidate, as it would be sent (another model too)."""
    for arm in arms:
        if arm.bundle is None or arm.id.split(":")[0] != "candidate":
            continue
        for finding in lint(replace(arm.bundle, model=arm.model), today, listed):
            if finding.severity == "error":
                raise UsageError(
                    f"{arm.id}: {finding.place}: {finding.message}",
                    hint=f"{finding.hint}; --force runs it all the same",
                )
