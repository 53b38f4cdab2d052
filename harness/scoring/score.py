"""One answer against one golden: every value judged, every judgement with its reason. Pure, and never raises.

Three verdicts that are never mixed: the contract (is the object valid), the content (is it right), the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from harness.base.types import Failure, Json
from harness.contract.check import beside_text, check
from harness.contract.types import Contract, Rung
from harness.corpus.types import Golden
from harness.scoring import SCORER_VERSION
from harness.scoring.judge import NOT_IN_TEXT, Judge
from harness.scoring.layout import STATEMENTS
from harness.scoring.ledger import Ledger
from harness.scoring.misplaced import label_misplaced
from harness.scoring.order import order_of
from harness.scoring.reading import Known, ReadCv, read_cv, text_of
from harness.scoring.types import Counts, FieldOutcome, Order, Score

NO_ORDER = Order(None, None)
_counts = lru_cache(maxsize=4096)(Counts)
"""Most field paths of most CVs are counted alike."""


def score(answer: Json | Failure, golden: Golden | Json | None, source_text: str | None = None) -> Score:
    """Judge an answer.

    answer: any JSON value, or why there is none. golden: a `Golden`, a bare contract object, or None (then only
    contract, order and grounding are judged, and f1 … are None). source_text: the text the model was given; without
    it nothing is grounded.

    A failure, and an answer that is no JSON object, have everything of the golden missing and an F1 of 0.
    """
    failed = not isinstance(answer, dict)
    contract = Contract(Rung.BYTES) if isinstance(answer, Failure) else check(answer)
    contract = beside_text(contract, answer, source_text, golden.cv if isinstance(golden, Golden) else golden)
    if golden is None:
        return _without_golden(read_cv(answer), source_text, contract, failed)
    expected = _expected(_Same(golden), source_text) if isinstance(golden, Golden) else Expected(golden)
    given = read_cv(answer, expected.known)
    ledger = Ledger(source_text, expected.accept, expected.ambiguous)
    judge = Judge(ledger)
    judge.judge(expected.read, given)
    outcomes = tuple(label_misplaced(ledger.outcomes, given))
    counts = {path: _counts(*counted) for path, counted in ledger.counts.items()}
    total = total_of(counts)
    return Score(
        f1=0.0 if failed else total.f1,
        precision=0.0 if failed else total.precision,
        recall=0.0 if failed else total.recall,
        lenient_f1=0.0 if failed else total.lenient_f1,
        counts=counts,
        outcomes=outcomes,
        contract=contract,
        order=NO_ORDER if failed else order_of(given, judge.pairs),
        hallucinations=tuple(outcome for outcome in outcomes if is_hallucination(outcome)),
        lost_entries=tuple(judge.lost),
        scorer=SCORER_VERSION,
        failed=failed,
        has_golden=True,
    )


def total_of(counts: Mapping[str, Counts]) -> Counts:
    """All field paths together."""
    correct = near = golden = answer = more_correct = more_near = 0
    for one in counts.values():
        correct += one.correct
        near += one.near
        golden += one.golden
        answer += one.answer
        more_correct += one.more_correct
        more_near += one.more_near
    return Counts(correct, near, golden, answer, more_correct, more_near)


def is_hallucination(outcome: FieldOutcome) -> bool:
    """A value that the CV's text does not have, where the golden has nothing, or another value, or less; a statement
    with words in it that the text does not have there, any other value with words that it does not have at all."""
    if outcome.grounded is not False or "misplaced ←" in outcome.note:
        return False
    if outcome.kind == "near":
        if outcome.field in STATEMENTS:
            return outcome.answer is not None
        return outcome.note.startswith("finer") or NOT_IN_TEXT in outcome.note
    return outcome.kind in ("invented", "wrong")


def _without_golden(given: ReadCv, source_text: str | None, contract: Contract, failed: bool) -> Score:
    ledger = Ledger(source_text, {}, frozenset())
    Judge(ledger).only_ground(given)
    return Score(
        f1=None,
        precision=None,
        recall=None,
        lenient_f1=None,
        counts={},
        outcomes=tuple(ledger.outcomes),
        contract=contract,
        order=NO_ORDER if failed else order_of(given, {}),
        hallucinations=tuple(outcome for outcome in ledger.outcomes if outcome.grounded is False),
        lost_entries=(),
        scorer=SCORER_VERSION,
        failed=failed,
        has_golden=False,
    )


class Expected:
    """A golden made ready for the answers to a CV. known: entries of the golden and of answers that were judged by it
    beside one text; None where only one is."""

    def __init__(self, golden: Golden | Json) -> None:
        self.accept: Mapping[str, Sequence[str]] = {}
        self.ambiguous: frozenset[str] = frozenset()
        self.known: Known | None = None
        if isinstance(golden, Golden):
            self.accept = {path: tuple(map(text_of, values)) for path, values in golden.accept.items()}
            self.ambiguous, self.known = golden.ambiguous, Known()
        self.read = read_cv(golden.cv if isinstance(golden, Golden) else golden, self.known)


class _Same:
    """A golden that is equal to itself alone."""

    __slots__ = ("golden",)

    def __init__(self, golden: Golden) -> None:
        self.golden = golden

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.golden is other.golden

    def __hash__(self) -> int:
        return id(self.golden)


@lru_cache(maxsize=8)
def _expected(same: _Same, source_text: str | None) -> Expected:  # noqa: ARG001 - what was judged belongs to the text
    """The last few, remembered: answers to a CV come one after the other."""
    return Expected(same.golden)
