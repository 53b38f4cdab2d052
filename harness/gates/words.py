"""A ruling as one sentence that a release manager can use: the guilty field first, then the figures, then what
would settle it. Field paths and document ids only; a CV's value only where three people or more share it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from harness.gates.config import GATES, GateConfig
from harness.gates.counts import CAPPED, NET_GATES
from harness.gates.events import Events
from harness.gates.evidence import FieldChange, Pair
from harness.gates.paths import CRITICAL, FIELD_ORDER, GROUPS
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

_MEDIA_WORDS: Mapping[str, str] = {
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


def sentence(ruling: Ruling, pair: Pair, config: GateConfig) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """(reason, field paths worst first, document ids worst first)."""
    name = ruling.name
    if ruling.why:
        return f"{GATES[name].label}: {ruling.why}", (), ()
    told = ruling.status in ("FAIL", "INCONCLUSIVE")
    changes = pair.changes() if told and GATES[name].scope == "quality" else ()
    if name.startswith("group_"):
        text, fields, documents = _group(ruling, pair, changes)
    elif name == "accuracy":
        text, fields, documents = _accuracy(ruling, pair, changes)
    elif name == "substitutions":
        text, fields, documents = _substitutions(ruling, pair)
    elif name in ("tokens", "cost", "latency_p50", "latency_p95"):
        text, fields, documents = _ratio(ruling, pair), (), ()
    elif name == "latency_budget":
        text, fields, documents = _budget(ruling), (), ()
    else:
        text, fields, documents = _count(ruling, pair, changes, config)
    text += _outlook(ruling)
    if sum(map(len, pair.documents.values())) > len(pair.documents):
        text = text.replace(" CVs", " people").replace(" CV ", " person ")  # who has two files counts once
    return text, fields, documents


def _outlook(ruling: Ruling) -> str:
    if ruling.status != "INCONCLUSIVE":
        return ""
    if ruling.more is None:
        return "; more CVs will not help"
    clean = " without another" if ruling.events is not None and ruling.events.lost.any() else ""
    return f"; {ruling.more} more {'CVs' if ruling.more > 1 else 'CV'}{clean} would settle it"


def _cvs(n: int) -> str:
    return f"{n} CV" if n == 1 else f"{n} CVs"


def _draws(pair: Pair) -> str:
    """How many draws of each CV: "3 draws", or of both arms where they differ."""
    mine, theirs = pair.draws
    both = f"{mine}" if mine == theirs else f"{mine} and {theirs}"
    return f"{both} draw" if (mine, theirs) == (1, 1) else f"{both} draws"


def _story(change: FieldChange, pair: Pair) -> str:
    return (
        f"{change.field}: {KIND_WORDS[change.kind]} in {change.kind_candidate} of {change.having} CVs that have it"
        f" ({pair.against}: {change.kind_other})"
    )


def _guilty(changes: tuple[FieldChange, ...], names: frozenset[str] | None = None) -> tuple[FieldChange, ...]:
    """Fields that got worse, by what they cost; those under a fifth of the worst left out."""
    worse = [one for one in changes if one.effect < 0 and one.kind_candidate and (names is None or one.field in names)]
    return tuple(one for one in worse if one.effect <= 0.2 * worse[0].effect)


def _bounds(ruling: Ruling) -> str:
    delta = ruling.delta
    if delta.lower is None or delta.upper is None:
        return f"{points(delta.value)} points"
    return f"{points(delta.value)} points [{points(delta.lower)}, {points(delta.upper)}]"


def _accuracy(
    ruling: Ruling, pair: Pair, changes: tuple[FieldChange, ...]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    figures = (
        f"field accuracy: F1 {percent(ruling.baseline.value)} → {percent(ruling.candidate.value)}, {_bounds(ruling)},"
        f" margin {-ruling.threshold * 100:.1f} points, {_cvs(ruling.delta.n)} × {_draws(pair)}"
    )
    guilty = _guilty(changes)
    if ruling.status == "FAIL" and _failed_weigh_most(pair):
        return f"answers that failed explain most of it · {figures}", (), _worst(pair)
    if ruling.status != "FAIL" or not guilty:
        return figures, tuple(one.field for one in guilty), _worst(pair)
    return f"{_story(guilty[0], pair)} · {figures}", tuple(one.field for one in guilty), _worst(pair)


def _failed_weigh_most(pair: Pair) -> bool:
    """Whether CVs with a missing or unreadable answer hold more than half of the loss in F1."""
    one, two, both = pair.f1.means()
    loss = np.where(both, one - two, 0.0)
    failed = pair.events["errors"].lost | (pair.events["contract"].lost & (one < 0.34 * two))
    return bool(pair.failures) and float(loss[failed].sum()) < 0.5 * float(loss.sum()) < 0


def _group(
    ruling: Ruling, pair: Pair, changes: tuple[FieldChange, ...]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    guilty = _guilty(changes, GROUPS[ruling.name.removeprefix("group_")])
    figures = f"{GATES[ruling.name].label}: {_bounds(ruling)} of F1, worse in {ruling.affected} of {ruling.delta.n} CVs"
    if ruling.status != "FAIL":
        return figures, (), ()
    if not guilty:
        return figures, (), _worst(pair)
    return f"{_story(guilty[0], pair)} · {figures}", tuple(one.field for one in guilty), guilty[0].documents


def _substitutions(ruling: Ruling, pair: Pair) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    if not pair.replaced or ruling.status == "PASS":
        return "systematic substitution: none found", (), ()
    worst = pair.replaced[0]
    documents = tuple(name for persona in worst.personas for name in pair.documents.get(persona, ()))
    shown = f"{worst.field}: “{worst.answer}” stands for “{worst.golden}”"
    text = f"{shown} in {len(worst.personas)} CVs, and in none of the {pair.against}'s · systematic substitution"
    if ruling.status == "INCONCLUSIVE":
        text += "; seen in too few draws: two more would confirm it"
    fields = dict.fromkeys(one.field for one in pair.replaced if len(one.personas) >= ruling.threshold)
    return text, tuple(fields), documents


def _ratio(ruling: Ruling, pair: Pair) -> str:
    delta = ruling.delta
    bounds = f" [{delta.lower:.2f}, {delta.upper:.2f}]" if delta.lower is not None and delta.upper is not None else ""
    return (
        f"{GATES[ruling.name].label}: {delta.value:.2f} × the {pair.against}'s{bounds},"
        f" at most {ruling.threshold:.2f} allowed, {_cvs(delta.n)}"
    )


def _budget(ruling: Ruling) -> str:
    value = ruling.candidate.value or 0.0
    return (
        f"latency budget: 95 % of answers within {value / 1000:.1f} s, {ruling.threshold / 1000:.1f} s allowed,"
        f" {ruling.affected} of {ruling.candidate.n} CVs over it"
    )


_WHAT: Mapping[str, str] = {
    "errors": "without an answer",
    "coverage": "not read",
    "contract": "with an invalid answer",
    "lost_entries": "with a lost entry or section",
    "duplicates": "with an entry given twice",
    "hallucinations": "with an invented value that the CV does not have",
    "critical": "worse in name, e-mail, phone, employer, title or dates",
    "bullet_shape": "with merged or split bullets",
    "catastrophes": "with a large drop in F1",
    "date_format": "with a date not in contract form",
    "ids": "with missing or repeated ids",
    "order": "not newest first",
}


def _count(
    ruling: Ruling, pair: Pair, changes: tuple[FieldChange, ...], config: GateConfig
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    events = ruling.events
    assert events is not None
    name, n = ruling.name, ruling.delta.n
    lost, gained = int(events.lost.sum()), int(events.gained.sum())
    label = GATES[name].label
    bound = ruling.delta.upper
    if ruling.status == "PASS":
        said = f"{label}: {lost} of {n} CVs newly {_WHAT[name]}"
        said += f", {gained} the other way" if gained else ""
        if events.flaky and pair.draws[0] > 1:
            said += f"; in single draws of {len(events.flaky)} ({_few(events.flaky)})"
        net = "net, " if gained and name in NET_GATES | CAPPED else ""
        return f"{said}{_again(events)}; {net}up to {percent(bound)} cannot be excluded", (), events.flaky
    documents = _documents(pair, events)
    heads, fields = _heads(name, events, pair, changes, n)
    media = _one_medium(pair, documents)
    figures = f"{label}: {lost} of {n} CVs newly {_WHAT[name]}{media}, {gained} the other way"
    if lost == 0 and events.candidate_bad:
        figures = (
            f"{label}: {events.candidate_bad} of {events.candidate_draws} answers {_WHAT[name]}"
            f" ({pair.against}: {events.other_bad} of {events.other_draws})"
        )
    figures += f", {int(ruling.threshold)} allowed{_again(events)}"
    if ruling.status == "INCONCLUSIVE" and ruling.unconfirmed and pair.draws[0] < config.confirm_draws:
        figures += f"; seen in {pair.draws[0]} draw{'s' if pair.draws[0] > 1 else ''}: two more draws would confirm it"
    return f"{heads} · {figures}" if heads else figures, fields, documents


def _heads(
    name: str, events: Events, pair: Pair, changes: tuple[FieldChange, ...], n: int
) -> tuple[str, tuple[str, ...]]:
    """The guilty field (or broken rule) in words, and all fields."""
    ranked = sorted(events.fields.items(), key=lambda item: (-item[1], FIELD_ORDER.get(item[0], 999), item[0]))
    other = pair.against
    if name == "hallucinations" and (events.grave or events.grave_unconfirmed):
        item = (events.grave or events.grave_unconfirmed)[0]
        fields = tuple(dict.fromkeys((item, *events.grave, *(one for one, _ in ranked if one != "*"))))
        return f"{item}: invented, the CV does not have it", fields
    ranked = [(item, many) for item, many in ranked if item != "*"]
    if name == "catastrophes" or (name == "critical" and not ranked):
        guilty = _guilty(changes, CRITICAL if name == "critical" else None)
        if not guilty:
            return "", ()
        return _story(guilty[0], pair), tuple(one.field for one in guilty)
    if not ranked:
        return "", ()
    items = tuple(item for item, _ in ranked)
    item, many = ranked[0]
    match name:
        case "contract":
            place = item.partition(": ")[0]
            same = [one.partition(": ")[2] for one in items[1:] if one.startswith("/") and one.startswith(f"{place}: ")]
            others = len(items) - 1 - len(same)
            more = f", and {others} other broken rule{'s' if others > 1 else ''}" if others else ""
            return f"{'; '.join((_broken(item), *same))} in {many} of {n} CVs{more}", items
        case "errors":
            said = ", ".join(f"{FAILURE_WORDS.get(code, code)} in {count}" for code, count in ranked)
            return f"{said} of {n} CVs", ()
        case "coverage":
            return f"{FAILURE_WORDS.get(item, item)} in {many} of {n} CVs", ()
        case "bullet_shape":
            return f"work_experience[].description[]: bullets {item} in {many} of {n} CVs", (
                "work_experience[].description[]",
            )
        case "order":
            return f"work_experience[] or education[]: not newest first in {many} of {n} CVs", ()
        case "ids":
            return f"{item}: missing or repeated in {many} of {n} CVs", items
        case "date_format":
            return f"{item}: a date that the page cannot read in {many} of {n} CVs", items
        case "lost_entries":
            what = "a whole entry missing" if item.startswith(("work_experience", "education")) else "missing"
            tail = f" that have it (the {other} finds it)"
        case "hallucinations":
            return f"{item}: a value that the CV does not have, in {many} of {n} CVs (not so in the {other})", items
        case "duplicates":
            return f"{item}: the same entry twice in {many} of {n} CVs (once in the {other})", items
        case _:
            what, tail = "no longer right", f" that have it (right in the {other})"
    having = events.having.get(item, n)
    return f"{item}: {what} in {many} of {max(having, many)} CVs{tail}", items


def _broken(item: str) -> str:
    kind, _, rest = item.partition(":")
    if kind == "unparseable":
        return FAILURE_WORDS.get(rest, rest)
    if kind == "repaired":
        return f"JSON only after a repair ({rest})"
    return item


def _again(events: Events) -> str:
    """How many of those that were asked again for this harm showed it again."""
    asked = events.at_first & events.asked
    if not asked.any():
        return ""
    return f"; asked again, {int((events.lost & asked).sum())} of {int(asked.sum())} showed it again"


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _documents(pair: Pair, events: Events) -> tuple[str, ...]:
    order = np.argsort(-events.excess, kind="stable")
    rows = [int(row) for row in order if events.lost[row] or (events.excess[row] > 0 and not events.lost.any())]
    return tuple(name for row in rows for name in pair.documents.get(pair.personas[row], ()))


def _worst(pair: Pair) -> tuple[str, ...]:
    """Documents whose F1 fell, most first."""
    one, two, both = pair.f1.means()
    differences = np.where(both, one - two, 0.0)
    rows = [int(row) for row in np.argsort(differences, kind="stable") if differences[row] < -1e-9][:20]
    return tuple(name for row in rows for name in pair.documents.get(pair.personas[row], ()))


def _one_medium(pair: Pair, documents: tuple[str, ...]) -> str:
    """ ", all of them DOCX" where that says something."""
    hit = {pair.media[name] for name in documents if name in pair.media}
    if len(documents) < 3 or len(hit) != 1 or len(set(pair.media.values())) < 2:
        return ""
    medium = hit.pop()
    return f", all of them {_MEDIA_WORDS.get(medium, medium)}"
