"""What a gate is: everything about it in one value, from which the decision and every face derive.

The entries themselves are in `harness.gates.catalogue`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from harness.base.types import Source
from harness.corpus.types import Document
from harness.gates.constants import AGAINST, QUALITY_SOURCES, Constants, Profile, Rule
from harness.gates.events import Counted
from harness.gates.harm import Harm
from harness.gates.observation import Seen
from harness.gates.pairs import Pair
from harness.gates.probed import Probed
from harness.gates.ruling import Levels, Ruling
from harness.gates.types import Case, Gate, Level
from harness.scoring.looked import Looked

Unit: TypeAlias = Literal["share", "count", "number", "ratio", "budget"]
"""What a gate's figures are: a difference of F1; people (shares of n, the threshold a whole number of them); plain
counts; candidate ÷ other; milliseconds."""


@dataclass(frozen=True, slots=True)
class Question:
    """A gate asked about one pair. scale: robust noise of a person's F1 difference from the noise floor, None where
    not measured."""

    gate: Definition
    pair: Pair
    rule: Rule
    config: Constants
    levels: Levels
    scale: float | None = None

    @property
    def name(self) -> str:
        return self.gate.name


@dataclass(frozen=True, slots=True)
class Said:
    """A ruling in words: the sentence, field paths worst first, document ids worst first."""

    text: str
    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Twins:
    """Copies of people's CVs and the candidate's answers to them. first: its answers to the originals. cases: all
    cases by arm. texts: what was read of each document, originals' too. again: its
    further answers to the twins; theirs: the baseline's."""

    documents: Mapping[str, Document]
    seen: Seen
    first: Seen
    source: str
    candidate: str
    cases: Mapping[str, Sequence[Case]]
    texts: Mapping[str, str] = field(default_factory=dict)
    again: Seen = field(default_factory=dict)
    theirs: Seen = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of a run and all texts, for what shows only across documents. speaking: documents whose text says
    anything. cases: by arm, twins' too. looked: what single answers were found to be as they came, where somebody
    looked."""

    documents: Mapping[str, Document]
    texts: Mapping[str, str]
    speaking: frozenset[str]
    cases: Mapping[str, Sequence[Case]]
    source: str
    candidate: str
    looked: Looked | None = None


@dataclass(frozen=True, slots=True)
class ProbesSeen:
    """What probes of a run found, and whose answers are judged beside whose."""

    probed: Probed
    source: str
    candidate: str
    baseline: str = "baseline"


@dataclass(frozen=True, slots=True)
class Definition:
    """One gate.

    metric: what its figures are of. default: its threshold, called `key` in a settings table, at most `high`; meaning
    says what it is. place: where it stands among the gates. figure, passes, fails: for the documentation.
    judge: its rule, None for a gate about twins, whose rule is `of_twins`, and for one about what shows only across
    documents, whose rule is `of_answers`, or about probes, whose rule is `of_probes` (all None where there is nothing
    to judge).
    say: its sentence where it was judged. against: comparisons it is part of; overrides: what differs there.
    severity: causes before consequences, for a face that names the worst first, under 0 for what comes before
    everything of any comparison; by_size: of equal ones, the larger
    first. told: its place among what a SHIP says, 0 for not said. supports: whether a SHIP may rest on it. counted:
    what it looks for in a case, where it counts people. at_margin: the worst that may just not ship on so many
    people, for calibration; seeded: regressions that it must hold.
    """

    name: str
    label: str
    metric: str
    default: float
    meaning: str
    place: int
    figure: str
    passes: str
    fails: str
    judge: Callable[[Question], Ruling] | None = None
    say: Callable[[Question, Ruling], Said] | None = None
    of_twins: Callable[[Definition, Twins, Constants], Gate | None] | None = None
    of_answers: Callable[[Definition, Answers, Constants], Gate | None] | None = None
    of_probes: Callable[[Definition, ProbesSeen, Constants], Gate | None] | None = None
    scope: str = "quality"
    key: Literal["margin", "threshold"] = "threshold"
    high: float = 1.0
    unit: Unit = "count"
    level: Level = "deciding"
    in_release: Level | None = None
    sources: frozenset[Source] = QUALITY_SOURCES
    against: frozenset[str] = frozenset(AGAINST) - {"anchor"}
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    severity: int = 6
    by_size: bool = False
    told: int = 0
    supports: bool = True
    counted: Counted | None = None
    at_margin: Callable[[int, Rule], Harm] | None = None
    seeded: tuple[Harm, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether its people are counted since the anchor, too, so that single losses add up from edit to edit."""
        return (self.counted is not None and self.counted.asks) or ("anchor" in self.against and self.unit == "count")

    def beside(self, against: str) -> bool:
        """Whether it is part of the comparison with this arm."""
        return against in self.against or (against == "anchor" and self.adds_up)

    def level_in(self, profile: Profile) -> Level:
        return self.in_release or self.level if profile == "release" else self.level
