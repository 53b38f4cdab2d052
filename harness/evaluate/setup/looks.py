"""The planned looks of a sequential run: which people are replayed before each of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from harness.base.errors import UsageError
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.plan import Plan


def check_looks(inputs: Inputs, plan: Plan) -> None:
    """Raise UsageError where a planned look is at more people than there are: it could never be taken."""
    people = len({document.persona for document in inputs.documents})
    if plan.sequential and max(plan.sequential) > people:
        looks = ",".join(map(str, plan.sequential))
        raise UsageError(
            f"--sequential {looks}: {people} people are selected",
            hint=f"plan equally spaced looks up to {people} people",
        )


def batches(inputs: Inputs, plan: Plan) -> Iterator[Inputs]:
    """What is replayed before each look: the planned numbers of people in a seeded order, with their twins; all of
    them at once where nothing is planned."""
    if not plan.sequential:
        yield inputs
        return
    people = sorted({document.persona for document in inputs.documents})
    random.Random(plan.seed).shuffle(people)
    for planned in plan.sequential:
        chosen = set(people[:planned])
        yield replace(inputs, documents=tuple(each for each in inputs.documents if each.persona in chosen))
