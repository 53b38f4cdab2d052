"""The same value standing for the same other value in several people: Java → JavaScript."""

from __future__ import annotations

from harness.gates.counts import substitutions
from harness.gates.definition import Definition, Question, Said
from harness.gates.harm import Harm
from harness.gates.ruling import Ruling


def _say(ask: Question, ruling: Ruling) -> Said:
    pair = ask.pair
    if not pair.replaced or ruling.status == "PASS":
        return Said("systematic substitution: none found")
    worst = pair.replaced[0]
    documents = tuple(name for persona in worst.personas for name in pair.documents.get(persona, ()))
    shown = f"{worst.field}: “{worst.answer}” stands for “{worst.golden}”"
    text = f"{shown} in {len(worst.personas)} CVs, and in none of the {pair.against}'s · systematic substitution"
    if ruling.status == "INCONCLUSIVE":
        text += "; seen in too few draws: two more would confirm it"
    fields = dict.fromkeys(one.field for one in pair.replaced if len(one.personas) >= ruling.threshold)
    return Said(text, tuple(fields), documents)


GATES = (
    Definition(
        name="substitutions",
        label="systematic substitution",
        metric="CVs with the same wrong value",
        default=3,
        meaning="CVs in which the same value stands for the same other value, and in none of the other arm",
        place=70,
        figure="people in whom the same value stands for the same other value, and in no answer of the other arm",
        passes="fewer than 3",
        fails="3 (5 where too few draws confirm it)",
        judge=substitutions,
        say=_say,
        high=1000,
        unit="number",
        severity=1,
        by_size=True,
        seeded=(Harm("Java → JavaScript throughout", exactly=12, f1=-0.01, groups={"skills": -0.08}, replaced=12),),
    ),
)
