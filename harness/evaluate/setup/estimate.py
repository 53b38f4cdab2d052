"""What a run that costs money will cost, said before its first call and capped while it runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from harness.assistants.legacy import LegacyPrompts
from harness.base.errors import UsageError
from harness.corpus.types import Golden
from harness.models.calls import chat_call, responses_call
from harness.models.prices import cost
from harness.models.recordings import RecordingStore
from harness.models.tokens import count
from harness.models.types import ASKING, Usage
from harness.replay.types import Arm, RecordKey


class TooExpensiveError(UsageError):
    """A run would cost more than it may."""


_ROLES = 5
"""Roles of a CV whose golden does not say."""


def expected_cost(
    arms: Iterable[Arm],
    texts: Mapping[str, str],
    goldens: Mapping[str, Golden],
    legacy: LegacyPrompts,
    recordings: RecordingStore,
    on: date,
    *,
    done: Collection[RecordKey] = (),
) -> tuple[int, Decimal | None]:
    """(calls, US dollars) of what is neither `done` nor recorded yet; None where a model is unpriced.

    Inputs are counted. Outputs are taken as long as the golden, or 1.3 times the CV's text where there is none.
    """
    calls, total, priced = 0, Decimal(0), True
    lengths = {document: count(text) for document, text in texts.items()}
    outputs = {
        document: count(json.dumps(goldens[document].cv, ensure_ascii=False))
        if document in goldens
        else int(1.3 * lengths[document])
        for document in texts
    }
    for arm in arms:
        if arm.policy not in ASKING:
            continue
        fixed = _fixed_tokens(arm, legacy)
        for document, text in texts.items():
            roles = len(goldens[document].cv["work_experience"]) if document in goldens else _ROLES
            needed = 1 if arm.bundle else 1 + roles
            for draw in arm.draws:
                if RecordKey(document, arm.id, draw) in done:
                    continue
                if arm.policy == "record_first" and _recorded(arm, legacy, text, draw, recordings):
                    continue
                calls += needed
                usage = Usage(needed * (lengths[document] + fixed), output_tokens=outputs[document])
                price = cost(arm.model, usage, on)
                priced = priced and price is not None
                total += price or 0
    return calls, total if priced else None


def refuse_over(
    expected: Decimal | None, calls: int, max_cost: float, *, may_be_free: bool, spent: Decimal = Decimal(0)
) -> str:
    """The sentence that says what a run will cost. Raises TooExpensiveError where that and what it has `spent` is more
    than `max_cost`, UsageError where it is not known of a provider that is never free."""
    if expected is None:
        if may_be_free:
            return f"about {calls} calls; what they cost is not known (the model is unpriced)"
        raise UsageError(
            f"about {calls} calls to a model without a price, so the cost cannot be capped",
            hint="add its price to harness/models/prices.toml",
        )
    before = f", after ${spent:.2f} that this run has spent" if spent else ""
    said = f"about {calls} calls for about ${expected:.2f}{before}"
    if expected + spent > Decimal(str(max_cost)):
        raise TooExpensiveError(
            f"{said}, more than --max-cost {max_cost:.2f}",
            hint=f"give --max-cost {float(expected) * 1.2 + float(spent):.2f}, fewer CVs with --limit, or fewer draws "
            "with --repeat 1",
        )
    return said


def _fixed_tokens(arm: Arm, legacy: LegacyPrompts) -> int:
    """Tokens of a call beside the CV's text."""
    if arm.bundle is None:
        return (count(legacy.metadata) + count(legacy.description)) // 2
    schema = count(json.dumps(arm.bundle.schema)) if arm.bundle.output == "json_schema" else 0
    return count(arm.bundle.instructions) + schema


def _recorded(arm: Arm, legacy: LegacyPrompts, text: str, draw: int, recordings: RecordingStore) -> bool:
    """Whether the first call of a record is recorded; then the others were made with it."""
    if arm.bundle is not None:
        call = responses_call(arm.bundle, text, draw)
    else:
        call = chat_call(
            legacy.model,
            legacy.parameters["metadata"],
            legacy.metadata_prompt(text),
            draw,
            {"instructions": legacy.metadata, "input": text},
        )
    return recordings.lookup(arm.origin, call.key, draw, failed=False) is not None
