"""Where answers and a golden disagree: what a person is walked through, and what the golden audit lists.

Pure: from scores to a list. Changing a golden is `harness.review.golden_care`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.base.canonical import canonical
from harness.base.types import Json
from harness.corpus.check_text import in_text
from harness.corpus.types import Golden
from harness.scoring.types import FieldOutcome, Score

_OFF = frozenset({"wrong", "near", "missing", "invented"})


@dataclass(frozen=True, slots=True)
class ArmAnswer:
    """What an arm says at a place, by majority over its draws: `value` None where it says nothing."""

    arm: str
    value: Json
    draws: int
    of: int
    grounded: bool | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One place in a golden that at least one arm does not confirm.

    path: in the golden ("" for something only answers have). evidence: the line of the CV text that speaks for
    the answers' value, "" where none does. golden_in_text: whether the golden's value is in the text.
    """

    document_id: str
    path: str
    field: str
    golden: Json
    answers: tuple[ArmAnswer, ...]
    evidence: str
    golden_in_text: bool | None

    @property
    def unanimous(self) -> bool:
        """All arms give the same other value in most of their draws."""
        values = {canonical(answer.value) for answer in self.answers}
        return (
            len(values) == 1
            and self.answers[0].value is not None
            and canonical(self.golden) not in values
            and all(2 * answer.draws > answer.of for answer in self.answers)
        )

    @property
    def suspect(self) -> bool:
        """All arms and the text contradict the golden."""
        return self.unanimous and bool(self.evidence) and self.golden_in_text is False


def disagreements(
    document_id: str,
    golden: Golden,
    scores: Mapping[str, Iterable[Score]],
    text: str,
    fills: Mapping[str, frozenset[str]] | None = None,
) -> tuple[Disagreement, ...]:
    """Places of one document where an arm's answer is not the golden's, worst (suspect, unanimous) first.

    scores: each arm's scores, one a draw. fills: the fields that an arm is asked for, where not all: about others
    it is no witness. Paths marked ambiguous are left out.
    """
    found: dict[tuple[str, str], dict[str, list[FieldOutcome]]] = defaultdict(lambda: defaultdict(list))
    draws: Counter[str] = Counter()
    for arm, several in scores.items():
        for score in several:
            draws[arm] += 1
            for outcome in score.outcomes:
                if outcome.kind not in _OFF or outcome.golden_path in golden.ambiguous:
                    continue
                if outcome.golden_path is None and not outcome.grounded:
                    continue  # a hallucination is no doubt about the golden
                if _asked(arm, outcome.field, fills):
                    place = outcome.golden_path or f"+ {canonical(outcome.answer).decode()}"
                    found[place, outcome.field][arm].append(outcome)
    result = []
    for (_, field), by_arm in found.items():
        outcome = next(iter(by_arm.values()))[0]
        witnesses = [arm for arm in sorted(draws) if _asked(arm, field, fills)]
        answers = tuple(_majority(arm, by_arm.get(arm, []), draws[arm], outcome) for arm in witnesses)
        result.append(
            Disagreement(
                document_id,
                outcome.golden_path or "",
                field,
                outcome.golden,
                answers,
                _evidence(by_arm, answers, text),
                _in_text(outcome.golden, outcome.golden_path, text) if outcome.golden_path else None,
            )
        )
    return tuple(sorted(result, key=lambda each: (not each.suspect, not each.unanimous, each.path, each.field)))


def _asked(arm: str, field: str, fills: Mapping[str, frozenset[str]] | None) -> bool:
    return fills is None or arm not in fills or field in fills[arm]


def _majority(arm: str, outcomes: list[FieldOutcome], draws: int, place: FieldOutcome) -> ArmAnswer:
    """What an arm says most often; a draw without an outcome here confirms the golden."""
    confirmed = place.golden if place.golden_path else None
    values = Counter(canonical(outcome.answer) for outcome in outcomes)
    values[canonical(confirmed)] += draws - len(outcomes)
    common, count = values.most_common(1)[0]
    chosen = next((outcome for outcome in outcomes if canonical(outcome.answer) == common), None)
    if chosen is None:
        return ArmAnswer(arm, confirmed, count, draws, None)
    return ArmAnswer(arm, chosen.answer, count, draws, chosen.grounded)


def _evidence(by_arm: Mapping[str, list[FieldOutcome]], answers: tuple[ArmAnswer, ...], text: str) -> str:
    """The line of the text that speaks for a value that is most often answered, else the one that has it."""
    said = {canonical(answer.value) for answer in answers if answer.value is not None}
    for outcomes in by_arm.values():
        for outcome in outcomes:
            if outcome.evidence and outcome.answer and canonical(outcome.answer) in said:
                start = text.rfind("\n", 0, outcome.evidence[0]) + 1
                end = text.find("\n", outcome.evidence[1])
                return text[start : end if end >= 0 else len(text)].strip()
    values = [answer.value for answer in answers if isinstance(answer.value, str) and answer.value.strip()]
    return next((line.strip() for value in values for line in text.splitlines() if value in line), "")


def _in_text(value: Json, path: str, text: str) -> bool | None:
    return in_text(text, path, value) if isinstance(value, str) else None
