"""Whom a CV is of: one person who is no longer named, or can no longer be reached, is one that somebody should read."""

from __future__ import annotations

from dataclasses import replace

from harness.gates.catalogue.form import form_items
from harness.gates.count_words import Count, by_field, say_count
from harness.gates.counts import count
from harness.gates.definition import Definition, Question
from harness.gates.events import Counted
from harness.gates.gross import FEW, weigh
from harness.gates.looked import Looked
from harness.gates.ruling import Ruling

_NAME = "personal_info.name"
_REACHED = ("personal_info.email", "personal_info.phone")


def _lost(seen: Looked) -> frozenset[str] | None:
    """The name, where it is not right or not written as in the CV; the address, where none of those there are is."""
    if seen.content is None or seen.counts.get(_NAME) is None:
        return None
    wrong = seen.content.critical | {item.partition(": ")[0] for item in form_items(seen)}
    has = [name for name in _REACHED if name in seen.counts and seen.counts[name].golden]
    lost = {_NAME} & wrong
    if has and all(name in seen.content.critical for name in has):
        lost |= {has[0]}
    return frozenset(lost)


def _judge(ask: Question) -> Ruling:
    """As a count; but that one person has it in every draw, and nobody the other way, is read by somebody."""
    ruling = count(ask)
    events = ruling.events
    if ruling.status != "PASS" or events is None:
        return ruling
    sure = events.confirmed_lost
    many, back = int(sure.sum()), int(events.gained.sum())
    n = ruling.delta.clusters
    if many <= back or (n > FEW and weigh(many, back, n, ask.config) == "PASS"):
        return ruling
    people = (ask.pair.personas[row] for row in (sure & ~events.asked).nonzero()[0])
    documents = tuple(name for person in people for name in ask.pair.documents.get(person, ()))
    return replace(ruling, status="INCONCLUSIVE", more=None, unconfirmed=documents)


def _said(count: Count) -> str:
    what = "the name is not right" if count.item == _NAME else "neither e-mail nor telephone is right"
    return f"{count.item}: {what} in {count.many} of {count.n} CVs (it is in the {count.pair.against})"


GATES = (
    Definition(
        name="identity",
        label="names and addresses",
        metric="CVs whose person is not named or cannot be reached any more",
        default=0.02,
        meaning="net rate of people from which on it holds",
        place=75,
        figure="people whose name is not right, or neither e-mail nor telephone",
        passes="as `lost_entries`, and nobody in every answer but as many got better",
        fails="as `lost_entries`; 2 people (of more than 100: 4, or 1 %), and nobody the other way; 1 in every answer:"
        " read it",
        judge=_judge,
        say=say_count(by_field(_said)),
        severity=1,
        by_size=True,
        against=frozenset({"baseline"}),
        counted=Counted(
            "identity",
            _lost,
            "without a right name, or without any right address",
            "net",
            0.001,
            fresh=True,
            gross=2,
        ),
    ),
)
