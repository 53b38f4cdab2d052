"""The same value standing for the same other value in several people: Java → JavaScript."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log2

from harness.gates.definition import Definition, Question, Said
from harness.gates.harm import Harm
from harness.gates.ruling import Ruling, nothing
from harness.gates.types import Estimate, Status


def _by_chance(n: int) -> int:
    """How many more people one mistake can strike on one side alone by chance, in a corpus over two hundred: each more
    is half as likely, and there are more mistakes the more people there are."""
    return max(0, ceil(log2(n / 200)))


def _judge(ask: Question) -> Ruling:
    """FAIL where the same value stands for the same other value in `threshold` personas (two more where the draws
    are too few to confirm it; some more in a large corpus, see `_by_chance`)."""
    pair, rule, config = ask.pair, ask.rule, ask.config
    n = pair.n
    if n == 0:
        return nothing(ask.name, rule, pair, "nothing was compared")
    most = max((len(found.personas) for found in pair.replaced), default=0)
    least = rule.threshold + _by_chance(n)
    several = [found for found in pair.replaced if len(found.personas) >= least]
    status: Status = "INCONCLUSIVE" if several else "PASS"
    if any(len(one.personas) >= least + (0 if one.draws >= config.confirm_draws else 2) for one in several):
        status = "FAIL"
    unasked = {name for one in several if one.draws < config.confirm_draws for name in one.unasked}
    zero = Estimate(0, None, None, n, n, "CVs", source=pair.source)
    found = replace(zero, value=float(most))
    documents = tuple(name for persona in sorted(unasked) for name in pair.documents.get(persona, ()))
    return Ruling(ask.name, rule, status, zero, found, found, least, None, most, unconfirmed=documents)


def _say(ask: Question, ruling: Ruling) -> Said:
    pair = ask.pair
    if not pair.replaced or ruling.status == "PASS":
        return Said("systematic substitution: none found")
    worst = pair.replaced[0]
    documents = tuple(name for persona in worst.personas for name in pair.documents.get(persona, ()))
    shown = f"{worst.field}: “{worst.answer}” stands for “{worst.golden}”"
    text = f"{shown} in {len(worst.personas)} CVs, and in none of the {pair.against}'s · systematic substitution"
    if ruling.status == "INCONCLUSIVE":
        text += "; seen in too few answers: two more would confirm it"
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
        fails="3 (5 where too few answers confirm it)",
        judge=_judge,
        say=_say,
        high=1000,
        unit="number",
        severity=1,
        by_size=True,
        seeded=(Harm("Java → JavaScript throughout", exactly=12, f1=-0.01, groups={"skills": -0.08}, replaced=12),),
    ),
)
