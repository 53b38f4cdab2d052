"""Between deciding and showing: two further draws of what was counted and is not confirmed. Does it show again?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from harness.base.errors import ProviderUnavailableError
from harness.evaluate.setup.arms import arms_again
from harness.evaluate.setup.estimate import TooExpensiveError
from harness.evaluate.stages.deciding import Decided
from harness.evaluate.stages.opened import Session
from harness.evaluate.stages.replaying import Part, replay_part
from harness.gates.decide import unconfirmed
from harness.replay.maker import OnRecord
from harness.replay.progress import ReplaySummary


@dataclass(frozen=True, slots=True)
class Again:
    """What asking again came to. changed: whether the run has other records by it. summary: None where it did not
    come to its end."""

    changed: bool
    summary: ReplaySummary | None = None


def ask_again(session: Session, decided: Decided, budget: Decimal, on_record: OnRecord | None = None) -> Again:
    """Make the further draws of all arms and CVs that a verdict waits for, for at most `budget` US dollars."""
    run = session.run
    doubtful = [unconfirmed(verdict) for verdict in decided.verdicts.values()]
    further = arms_again(session.arms, {arm for arms, _ in doubtful for arm in arms})
    names = {name for _, documents in doubtful for name in documents}
    if not further.arms or not names:
        return Again(False)
    chosen = replace(run.inputs, documents=tuple(each for each in run.inputs.documents if each.id in names))
    told = f"asking again about {len(chosen.documents)} CVs: does what was counted show again?"
    try:
        summary = replay_part(session, Part(further, chosen, budget, told), on_record)
    except TooExpensiveError as error:
        run.listener.note(f"not asked again: {error}")
        return Again(False)
    except ProviderUnavailableError as error:
        run.listener.note(f"not all asked again: {error}")
        return Again(True)
    if failures := sum(summary.failures.values()):
        run.listener.note(f"{failures} further answers did not come; their CVs stay unconfirmed")
    return Again(True, summary)
