"""Another person's data in an answer: a value of one CV in the answer to another, which that CV does not have.

One such answer is one too many, whatever else got better: it never passes. What the accepted assistant says of the same
person in the same CV is not the candidate's doing; it is told all the same. Among more than a hundred people, what
holds is more of them than the baseline has elsewhere lets expect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from harness.base.types import Failure, Json
from harness.gates import statistics as st
from harness.gates.constants import Constants
from harness.gates.definition import Answers, Definition
from harness.gates.gross import FEW, weigh
from harness.gates.lazy import Beside, Chosen, LazyCases
from harness.gates.paths import field_of
from harness.gates.types import AGAIN, Case, Estimate, Gate, Status
from harness.scoring.foreign import Foreign, Given, Packed, foreign

_SHOWN = 3
"""CVs that the reason names."""
_LONGEST = 80
_ORDER = ("e-mail", "telephone", "name", "link", "address", "entry", "passage", "values")


@dataclass(slots=True)
class _Leak:
    """One CV with data of one other person. answers: how many show it, of `asked` in all; owner: that person's CV."""

    document: str
    owner: str
    values: list[Foreign] = field(default_factory=list)
    answers: int = 0
    asked: int = 0
    again: bool = False

    @property
    def worst(self) -> Foreign:
        """What names the other person most plainly."""
        return min(self.values, key=lambda one: _ORDER.index(one.trace))


def _judge(gate: Definition, given: Answers, config: Constants) -> Gate | None:
    """FAIL: in answers to two people's CVs, or in two answers to one (`_held`: of many people, in more). INCONCLUSIVE:
    in fewer, also where further draws do not show it again."""
    people = {name: document.persona or name for name, document in given.documents.items()}
    arms = [arm for name in (given.candidate, "baseline") for arm in (name, name + AGAIN) if arm in given.cases]
    ordered = sorted(given.speaking, key=lambda name: (_is_copy(given, name), name))
    answered = _Answered({arm: given.cases[arm] for arm in arms}, people)
    found = foreign(answered, _Ordered(given.texts, ordered), people, given.looked)
    judged = given.speaking.intersection(
        name
        for name, arm in zip(answered.documents, answered.arms, strict=True)
        if arm.removesuffix(AGAIN) == given.candidate
    )
    if not judged:
        return None
    mine, theirs = _leaks(given.candidate, answered, found), _leaks("baseline", answered, found)
    new = [mine[key] for key in sorted(mine, key=lambda key: (-mine[key].answers, key)) if key not in theirs]
    hit = {people[leak.document] for leak in new}
    back = {people[document] for document, owner in theirs if (document, owner) not in mine}
    rule, n = config.rule(gate.name), len({people[name] for name in judged})
    status: Status = "PASS"
    if new:
        status = "FAIL" if _held(new, len(hit), len(back), n, config) else "INCONCLUSIVE"
    open_ = status == "INCONCLUSIVE"
    sides = [{people[document] for document, _ in of} for of in (theirs, mine)]
    arms_said = [
        Estimate(
            len(side) / n, None, st.binomial_upper(len(side), n, config.confidence), n, n, "CVs", source=given.source
        )
        for side in sides
    ]
    return Gate(
        gate.name,
        gate.metric,
        rule.level,
        arms_said[0],
        arms_said[1],
        Estimate(
            len(hit) / n, None, st.binomial_upper(len(hit), n, config.confidence), n, n, "CVs", source=given.source
        ),
        0.0,
        status,
        _reason(gate, new, mine, n, len(hit), len(back) if n > FEW else 0, read=open_),
        scope=gate.scope,
        fields=tuple(dict.fromkeys(field_of(one.path) for leak in new for one in leak.values)),
        documents=tuple(dict.fromkeys(name for leak in new for name in (leak.document, leak.owner))),
        affected=len(hit),
        unconfirmed=tuple(dict.fromkeys(leak.document for leak in new if not leak.again)) if open_ else (),
    )


def _held(new: Sequence[_Leak], hit: int, back: int, n: int, config: Constants) -> bool:
    """Whether so many of n people hold, `back` of whom the baseline gives another one's data alone."""
    if n <= FEW:
        return hit > 1 or any(leak.answers > 1 for leak in new)
    always = any(leak.answers == leak.asked >= config.confirm_draws for leak in new)
    return (always and not back) or weigh(hit, back, n, config) == "FAIL"


class _Answered:
    """The answers of some arms as `foreign` looks at them, to go through more than once: those of a large run are not
    held, but of which document and arm each is, known once they were gone through."""

    def __init__(self, cases: Mapping[str, Sequence[Case]], people: Mapping[str, str]) -> None:
        self.documents: list[str] = []
        self.arms: list[str] = []
        self._cases = cases
        self._people = people

    def __iter__(self) -> Iterator[Given | Packed]:
        self.documents, self.arms = [], []
        for arm, cases in self._cases.items():
            if isinstance(cases, Chosen) and cases.all.beside is not None:
                yield from self._packed(arm, cases, cases.all.beside)
                continue
            for case in cases:
                answer, name = case.record.answer, case.document.id
                if not isinstance(answer, Failure):
                    self.documents.append(name)
                    self.arms.append(arm)
                    yield Given(name, self._people[name], answer)

    def _packed(self, arm: str, cases: Chosen, beside: Beside) -> Iterator[Packed]:
        for name in cases.all.documents:
            for place in cases.all.places(name, arm):
                if before := beside.unexplained(place):
                    self.documents.append(name)
                    self.arms.append(arm)
                    yield Packed(name, self._people[name], before, partial(_answer, cases.all, place))


def _answer(cases: LazyCases, place: int) -> Json:
    answer = cases[place].record.answer
    return None if isinstance(answer, Failure) else answer


class _Ordered(Mapping[str, str]):
    """Some texts in another order."""

    def __init__(self, texts: Mapping[str, str], names: Sequence[str]) -> None:
        self._texts = texts
        self._names = names
        self._known = frozenset(names)

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            raise KeyError(name)
        return self._texts[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _is_copy(given: Answers, name: str) -> bool:
    """Twins come last: a value is said to be of the original where both have it."""
    return given.documents[name].twin_of is not None


def _leaks(arm: str, answered: _Answered, found: Iterable[tuple[Foreign, ...]]) -> Mapping[tuple[str, str], _Leak]:
    """By document and other person, over all draws of an arm, further ones too."""
    asked: dict[str, int] = defaultdict(int)
    again: set[str] = set()
    leaks: dict[tuple[str, str], _Leak] = {}
    for name, of_arm, values in zip(answered.documents, answered.arms, found, strict=True):
        if of_arm.removesuffix(AGAIN) != arm:
            continue
        asked[name] += 1
        if of_arm.endswith(AGAIN):
            again.add(name)
        for person in {one.owner_person for one in values}:
            of = [one for one in values if one.owner_person == person]
            leak = leaks.setdefault((name, person), _Leak(name, of[0].owner))
            leak.values += of
            leak.answers += 1
    for leak in leaks.values():
        leak.asked, leak.again = asked[leak.document], leak.document in again
    return leaks


def _reason(
    gate: Definition,
    new: list[_Leak],
    mine: Mapping[tuple[str, str], _Leak],
    n: int,
    hit: int,
    back: int,
    *,
    read: bool,
) -> str:
    old = len(mine) - len(new)
    rest = f"; {old} more as in the baseline: read {'it' if old == 1 else 'them'}" if old else ""
    if not new:
        return f"{gate.label}: no answer to {n} people's CVs has another person's data" + (
            f" but what the baseline has too ({', '.join(sorted({name for name, _ in mine}))})" if old else ""
        )
    told = "; ".join(map(_told, new[:_SHOWN]))
    more = f"; and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
    beside = f" (baseline alone: {back})" if back else ""
    these = "this answer" if len(new) == 1 and new[0].answers == 1 else "these answers"
    ask = f"; read {these}: more CVs will not help" if read else ""
    return (
        f"{gate.label}: another person's data in answers to {hit} of {n} people's CVs{beside}: {told}{more}{rest}{ask}"
    )


def _told(leak: _Leak) -> str:
    one = leak.worst
    value = " ".join(one.value.replace("“", "'").replace("”", "'").split())
    value = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
    shown = f"{leak.answers} of {leak.asked} answers"
    return f"{leak.document} is given {field_of(one.path)} “{value}” of {leak.owner} ({one.trace}, in {shown})"


GATES = (
    Definition(
        name="cross_talk",
        label="cross-talk",
        metric="CVs answered with another person's data",
        default=1,
        meaning="nothing is allowed: the figure is not used",
        place=25,
        figure="people in whose answer a value of another CV stands that their own does not have",
        passes="none",
        fails="2 people, or 2 answers to one CV (over 100 people: net 1 %, or more than the baseline has alone lets"
        " expect, or every answer to one CV); 1 answer: read it",
        of_answers=_judge,
        high=1,
        against=frozenset({"people"}),
        severity=-2,
    ),
)
