"""Pieces of sentences that a release manager can use: field paths and document ids only, a CV's value only where
three people or more share it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.gates.pairs import FieldChange, Pair
from harness.gates.ruling import Ruling

KIND_WORDS: Mapping[str, str] = {
    "missing": "missing",
    "wrong": "wrong",
    "invented": "invented",
    "near": "no longer exact",
    "duplicate": "given twice",
}

FAILURE_WORDS: Mapping[str, str] = {
    "truncated": "cut off at the token limit, so no valid JSON",
    "cut_off": "cut off, so no valid JSON",
    "broken_json": "broken JSON",
    "no_json": "no JSON at all",
    "empty": "an empty answer",
    "too_deep": "JSON nested too deep",
    "timeout": "timed out (no answer came; nothing is said about its quality)",
    "poll_timeout": "timed out while polling (no answer came; nothing is said about its quality)",
    "refused": "refused by the model",
    "connection": "broken connections (no answer came; nothing is said about its quality)",
    "unreachable": "no connection (no answer came; nothing is said about its quality)",
    "too_large": "answers larger than the harness takes",
    "content_filter": "stopped by the content filter",
    "rate_limit_exceeded": "turned away by the rate limit",
    "declared_error": "declared as failed",
    "not_declared": "not in the answers file",
    "no_text_layer": "no text layer in the file",
}

MEDIA_WORDS: Mapping[str, str] = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/msword": "DOC",
    "text/plain": "TXT",
}


def points(value: float | None) -> str:
    """A difference of F1 in points: −2.1, ±0.0."""
    if value is None:
        return "?"
    said = f"{value * 100:+.1f}".replace("-", "−")
    return "±0.0" if said[1:] == "0.0" else said


def percent(value: float | None) -> str:
    return "?" if value is None else f"{value * 100:.1f} %"


def cvs(n: int) -> str:
    return f"{n} CV" if n == 1 else f"{n} CVs"


def answers(pair: Pair) -> str:
    """How many answers to each CV: "3 answers", or of both arms where they differ."""
    mine, theirs = pair.draws
    both = f"{mine}" if mine == theirs else f"{mine} and {theirs}"
    return f"{both} answer" if (mine, theirs) == (1, 1) else f"{both} answers"


def times(number: int) -> str:
    """How often something was asked: once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def story(change: FieldChange, pair: Pair) -> str:
    """What happened to a field, over all answers; a headline counts what most answers to a CV show, which is less."""
    counted = f"; one of its {max(pair.draws)} answers is enough to count" if max(pair.draws) > 1 else ""
    return (
        f"{change.field}: {KIND_WORDS[change.kind]} more often than in {pair.against} in {change.kind_candidate} of"
        f" {change.having} CVs that have it (less often in {change.kind_other}{counted})"
    )


def guilty(changes: tuple[FieldChange, ...], names: frozenset[str] | None = None) -> tuple[FieldChange, ...]:
    """Fields that got worse, by what they cost; those under a fifth of the worst left out."""
    worse = [one for one in changes if one.effect < 0 and one.kind_candidate and (names is None or one.field in names)]
    return tuple(one for one in worse if one.effect <= 0.2 * worse[0].effect)


def bounds(ruling: Ruling) -> str:
    delta = ruling.delta
    if delta.lower is None or delta.upper is None:
        return f"{points(delta.value)} points"
    return f"{points(delta.value)} points [{points(delta.lower)}, {points(delta.upper)}]"


def worst(pair: Pair) -> tuple[str, ...]:
    """Documents whose F1 fell, most first."""
    one, two, both = pair.f1.means()
    differences = np.where(both, one - two, 0.0)
    rows = [int(row) for row in np.argsort(differences, kind="stable") if differences[row] < -1e-9][:20]
    return tuple(name for row in rows for name in pair.documents.get(pair.personas[row], ()))


def one_medium(pair: Pair, documents: tuple[str, ...]) -> str:
    """ ", all of them DOCX" where that says something."""
    hit = {pair.media[name] for name in documents if name in pair.media}
    if len(documents) < 3 or len(hit) != 1 or len(set(pair.media.values())) < 2:
        return ""
    medium = hit.pop()
    return f", all of them {MEDIA_WORDS.get(medium, medium)}"


def changes_of(ruling: Ruling, pair: Pair) -> tuple[FieldChange, ...]:
    """Fields that differ, the largest loss first, where the ruling has something to explain."""
    return pair.changes() if ruling.status in ("FAIL", "INCONCLUSIVE") else ()
