"""Entries and sections that are gone, entries given twice, and bullets merged or split."""

from __future__ import annotations

from harness.gates.count_words import Count, by_field, say_count
from harness.gates.counts import count
from harness.gates.definition import Definition
from harness.gates.events import Counted
from harness.gates.harm import Harm
from harness.gates.looked import Looked
from harness.gates.margins import net_margin

BULLETS = "work_experience[].description[]"


def _lost(seen: Looked) -> frozenset[str] | None:
    return None if seen.content is None else seen.content.lost


def _twice(seen: Looked) -> frozenset[str] | None:
    return None if seen.content is None else seen.content.twice


def _shape(seen: Looked) -> frozenset[str] | None:
    """Whether right bullets stand merged (or split) in the answer: at least two, and a sixth of them."""
    if seen.judged is None:
        return None
    of = seen.counts.get(BULLETS)
    if of is None or abs(of.more_correct) < max(2.0, of.correct / 6):
        return frozenset()
    return frozenset({"merged" if of.more_correct < 0 else "split"})


def _gone(count: Count) -> str:
    what = "a whole entry missing" if count.item.startswith(("work_experience", "education")) else "missing"
    where = f"{count.many} of {count.having} CVs that have it"
    return f"{count.item}: {what} in {where} (the {count.pair.against} finds it)"


def _again(count: Count) -> str:
    return f"{count.item}: the same entry twice in {count.many} of {count.n} CVs (once in the {count.pair.against})"


def _bullets(count: Count) -> tuple[str, tuple[str, ...]]:
    return (
        (f"{BULLETS}: bullets {count.item} in {count.many} of {count.n} CVs", (BULLETS,)) if count.ranked else ("", ())
    )


_ROLE = {"work_core": -0.25, "work_bullets": -0.25}

GATES = (
    Definition(
        name="lost_entries",
        label="lost entries",
        metric="CVs with a lost entry or section",
        default=0.02,
        meaning="net rate of people from which on it holds",
        place=40,
        figure="people with a role, a study or a whole section newly gone",
        passes="net rate of people: upper bound ≤ 8.5 % (up to 15 % where as many move both ways); nothing in doubt",
        fails="net more than 2 % of people and 2, beyond noise and beyond who got better; or exact test",
        judge=count,
        say=say_count(by_field(_gone)),
        severity=1,
        by_size=True,
        told=3,
        counted=Counted(
            "lost_entries",
            _lost,
            "with a whole role, study or other entry lost, or a section",
            "net",
            0.003,
            fresh=True,
            unpaid=True,
            by_document=True,
        ),
        at_margin=net_margin("lost_entries"),
        seeded=(
            Harm("a role dropped in 10 % of CVs", 0.10, f1=-0.2, groups=_ROLE, event="lost_entries"),
            Harm("the same, in 10 % of the answers", 0.10, per_draw=True, f1=-0.2, groups=_ROLE, event="lost_entries"),
            Harm("languages lost in 14 CVs", exactly=14, f1=-0.03, groups={"rest": -0.3}, event="lost_entries"),
        ),
    ),
    Definition(
        name="duplicates",
        label="duplicates",
        metric="CVs with an entry given twice",
        default=0.02,
        meaning="net rate of people from which on it holds",
        place=50,
        figure="people with an entry given twice",
        passes="as `lost_entries`",
        fails="as `lost_entries`",
        judge=count,
        say=say_count(by_field(_again)),
        severity=1,
        by_size=True,
        counted=Counted("duplicates", _twice, "with an entry given twice", "net", 0.002, fresh=True),
        at_margin=net_margin("duplicates"),
    ),
    Definition(
        name="bullet_shape",
        label="bullet shape",
        metric="CVs with merged or split bullets",
        default=0.02,
        meaning="net rate of people from which on it holds",
        place=90,
        figure="people whose right bullets are merged or split",
        passes="as `lost_entries`",
        fails="as `lost_entries`",
        judge=count,
        say=say_count(_bullets),
        severity=1,
        by_size=True,
        counted=Counted("bullet_shape", _shape, "with merged or split bullets", "net", 0.005, fresh=True, whole=True),
        at_margin=net_margin("bullet_shape"),
        seeded=(
            Harm("bullets merged in a fifth of the CVs", 0.2, event="bullet_shape"),
            Harm("bullets swapped between roles in half the CVs", 0.5, f1=-0.12, groups={"work_bullets": -0.5}),
        ),
    ),
)
