"""The verdict as Markdown: GitHub's step summary and the pull-request comment that is updated in place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from harness.base.visible import visible
from harness.gates.types import Comparison, Gate, Verdict
from harness.reports import contenders, labels
from harness.reports.filters import sentence
from harness.reports.glossary import WORDS
from harness.reports.summary_types import Label, Summary

MARKER = "<!-- cv-harness verdict -->"
"""Hidden first line: finds the comment to update."""

LIMIT = 60_000
"""Bytes; GitHub refuses comments over 65,536 characters."""

_JOINER = "&#8288;"
"""A word joiner: not to be seen, and in the way of whoever makes a link of `@name`, `a@b.com`, `#12` or `GH-12` after
the escapes are gone, as GitHub does."""

SIGNS = {"SHIP": "✅", "HOLD": "⛔", "INCONCLUSIVE": "❔"}
COMMENT_REASONS, COMMENT_FIELDS = 3, 6
_CUT = "\n\n_Cut here: the rest is in the report._\n"


def render(verdict: Verdict, summary: Summary) -> str:
    """Under 60 KB, whatever the run holds. Pass a redacted verdict and summary to publish it."""
    arms = {arm["id"]: arm for arm in summary["arms"]}
    blocks = [
        *_top(verdict, summary),
        "\n".join(f"{i}. {escape(reason)}" for i, reason in enumerate(verdict.reasons, 1)),
        _facts(verdict, summary, arms),
        _contenders(summary),
        _steps(summary["next_steps"]),
        *(_comparison(comparison, labels.bounds_head(verdict)) for comparison in verdict.comparisons),
        _claims(verdict),
        _fields(summary),
        _agreement(summary),
        _running(summary),
        _flips(summary),
        _words(),
        _origin(summary),
    ]
    return _limited([block for block in blocks if block])


def comment(verdict: Verdict, summary: Summary, *, report: str = "") -> str:
    """The pull request's comment: verdict, headline, what moved and what to do, in a screen. report: where the page is
    (a URL, or in words)."""
    blocks = [
        *_top(verdict, summary),
        "\n".join(f"{i}. {escape(reason)}" for i, reason in enumerate(verdict.reasons[:COMMENT_REASONS], 1)),
        _moved(summary),
        "\n".join(
            f"- {escape(action['what'])}: `{_code(action['command'])}`" for action in summary["brief"]["actions"]
        ),
        f"Report: {report}" if report else "",
        _origin(summary),
    ]
    return _limited([block for block in blocks if block])


def _top(verdict: Verdict, summary: Summary) -> list[str]:
    """What both begin with: marker, verdict, source, headline, CVs broken and fixed, the worst field."""
    brief = summary["brief"]
    arms = {arm["id"]: arm for arm in summary["arms"]}
    candidate = _candidate(arms.get(summary["roles"]["candidate"]))
    heading = summary["brief"].get("heading", "")
    told = [] if verdict.identical else [labels.flips(brief), labels.worst_field(brief)]
    return [
        MARKER,
        f"## {SIGNS[verdict.verdict]} {escape(brief['title'])}: {f'{escape(heading)}, ' if heading else ''}{candidate}",
        _label(summary["run"]["label"]),
        f"**{escape(sentence(brief['headline']))}**",
        "\n".join(f"- {escape(line)}" for line in told if line),
        escape(labels.nothing_new(verdict, summary)),
        escape(labels.not_read(summary)),
    ]


def _words() -> str:
    said = "\n".join(f"- **{name}**: {escape(what)}" for name, what in WORDS.items())
    return f"### What the words mean\n\n{said}"


def _moved(summary: Summary) -> str:
    """Differences only: each of the four figures against what it is compared with, and fields with a shown loss."""
    brief = summary["brief"]
    rows = ["| | difference | bounds | n |", "|---|---:|---:|---:|"]
    for tile in brief["tiles"]:
        if tile["n"]:
            name = f"{labels.sign(tile['status'])} {escape(tile['name'])} against {escape(tile['against'])}"
            rows.append(f"| {name} | {tile['difference']} | {escape(tile['bounds']) or labels.DASH} | {tile['n']} |")
    for row in brief["losses"][:COMMENT_FIELDS]:
        bounds = f"\\[{labels.pts(row['lower'])}, {labels.pts(row['upper'])}\\]"
        rows.append(f"| ✕ {escape(row['name'])} | {labels.points(row['value'])} | {bounds} | {row['n']} |")
    return "\n".join(rows) if len(rows) > 2 else ""


def _code(text: str) -> str:
    """Text inside a code span: no backtick can end it."""
    return visible(re.sub(r"[`\x00-\x1f\x7f]+", " ", text))


def _origin(summary: Summary) -> str:
    made = summary["provenance"]
    dirty = " with uncommitted changes" if made["dirty"] else ""
    return (
        f"<sub>run {escape(summary['run']['run_id'])} · commit {labels.short(made['commit'])}{dirty} · "
        f"goldens `{labels.short(made['goldens'])}` · scorer {escape(made['scorer'])}</sub>"
    )


def escape(value: object) -> str:
    """Text that stays text: no links, images, mentions, references, HTML, lists or table breaks, on one line. Words
    that hold what may be a commit's hash become code, in which GitHub looks for none and from which they copy whole."""
    text = visible(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", str(value)).strip())
    told = ""
    for is_hash, parts in groupby(re.split(r"([0-9A-Za-z-]+)", text), key=lambda part: bool(_HASH.search(part))):
        words = list(parts)
        told += "".join(f"`{part}`" for part in words) if is_hash else _inert("".join(words))
    return re.sub(r"^(\d{0,9})([-+=.)])", r"\1\\\2", told)


_HASH = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{7,40}(?![0-9A-Za-z])")
_JOINED = (
    (re.compile(r"\\#(?=\w)"), rf"\\#{_JOINER}"),
    (re.compile(r"(?i)\b(gh)-(?=\d)"), rf"\1{_JOINER}-"),
    (re.compile(r"(?i)(/(?:issues|pull|discussions)/)(?=\d)"), rf"\1{_JOINER}"),
    (re.compile(r"(?i)(https?|ftp)://"), r"\1&#58;//"),
    (re.compile(r"(?i)(www)\."), r"\1&#46;"),
    (re.compile(r":(?!\d{1,2}:)(?=[\w+-]+:)"), f":{_JOINER}"),
)
"""What GitHub makes a link or a picture of after the escapes are gone: issues, addresses, `:names:` of pictures."""


def _inert(text: str) -> str:
    """Without what has a meaning in Markdown or HTML, and without what GitHub makes of words afterwards."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_\[\]#|~$])", r"\\\1", text).replace("@", f"&#64;{_JOINER}")
    for pattern, instead in _JOINED:
        text = pattern.sub(instead, text)
    return text


def _limited(blocks: Sequence[str]) -> str:
    text = "\n\n".join(blocks) + "\n"
    if len(text.encode("utf-8", "replace")) < LIMIT:
        return text
    kept: list[str] = []
    room = LIMIT - len(_CUT.encode()) - 1
    for block in blocks:
        for line in block.split("\n"):
            room -= len(line.encode("utf-8", "replace")) + 2
            if room < 0:
                return "\n".join(kept) + _CUT
            kept.append(line)
        kept.append("")
    return "\n".join(kept)


def _candidate(arm: Mapping[str, Any] | None) -> str:
    if arm is None:
        return "no candidate in this run"
    bundle = arm["bundle"]
    return f"{escape(bundle['name'])} `{labels.short(bundle['version'])}`" if bundle else escape(arm["pipeline"])


def _label(label: Label) -> str:
    return f"> **{label['mark']}**: {escape(label['text'])} ({escape(label['origin'])})." if label["mark"] else ""


def _facts(verdict: Verdict, summary: Summary, arms: Mapping[str, Mapping[str, Any]]) -> str:
    run = summary["run"]
    draws = ", ".join(f"{escape(name)} {k}" for name, k in run["draws"].items())
    lines = [
        f"- **Decided on** {', '.join(sorted(verdict.scope)) or 'nothing'} · source {verdict.source} · "
        f"profile {verdict.profile} · look {verdict.look}",
        f"- **Evidence** {labels.people(run)}, {run['with_golden']} with a golden; answers to each CV: {draws}",
    ]
    baseline = arms.get(summary["roles"]["baseline"])
    if baseline:
        lines.append(f"- **Baseline** {_candidate(baseline)} · {escape(baseline['model'])}")
    lines += [f"- **Not measured** {escape(scope)}: {escape(why)}" for scope, why in verdict.not_measured.items()]
    return "\n".join(lines)


def _steps(steps: Sequence[str]) -> str:
    return "**What would change this**\n\n" + "\n".join(f"- {escape(s)}" for s in steps[:12]) if steps else ""


def _comparison(comparison: Comparison, head: str) -> str:
    other, mine = map(escape, labels.sides(comparison.against))
    rows = [
        f"### {escape(labels.compared(comparison.against))}",
        "",
        f"| | gate | {other} | {mine} | difference | {head} | threshold | n | why |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    order = {"FAIL": 0, "INCONCLUSIVE": 1, "NOT_MEASURED": 2, "PASS": 3, "NOT_APPLICABLE": 4}
    gates = sorted(comparison.gates, key=lambda g: (g.level != "deciding", order[g.status]))
    return "\n".join([*rows, *map(_gate, gates)])


def _gate(gate: Gate) -> str:
    name = escape(labels.gate_name(gate)) + ("" if gate.level == "deciding" else " (advisory)")
    cells = (
        f"{labels.sign(gate.status)} {labels.word(gate.status)}",
        name,
        labels.gate_value(gate, gate.baseline),
        labels.gate_value(gate, gate.candidate),
        f"**{labels.gate_delta(gate, gate.delta.value)}**",
        escape(labels.bounds(gate)) or labels.DASH,
        labels.gate_threshold(gate).replace("<", "&lt;").replace(">", "&gt;"),
        str(gate.delta.n),
        escape(labels.gate_reason(gate)),
    )
    return f"| {' | '.join(cells)} |"


def _claims(verdict: Verdict) -> str:
    if not verdict.claims:
        return ""
    head = f"| | promise | result | {labels.bounds_head(verdict)} | n | source |"
    rows = ["### Claims", "", head, "|---|---|---:|---:|---:|---|"]
    for claim in verdict.claims:
        low, high = labels.claim_value(claim.lower, claim), labels.claim_value(claim.upper, claim)
        shown = f"{low} … {high}" if claim.lower is not None or claim.upper is not None else labels.DASH
        rows.append(
            f"| {labels.sign(claim.verdict)} {claim.verdict} | {escape(labels.claim_title(claim))} | "
            f"{labels.claim_value(claim.value, claim)} | {shown} | {labels.claim_n(claim)} | {escape(claim.source)} |"
        )
    none = labels.unanswered(verdict.claims)
    return "\n".join([*rows, *(["", escape(none)] if none else [])])


def _fields(summary: Summary) -> str:
    """The ten fields that lost most against the baseline."""
    candidate, baseline = summary["roles"]["candidate"], summary["roles"]["baseline"]
    lost = sorted(
        (
            (value, delta["n"], row)
            for row in summary["fields"]
            if (delta := row["delta"]) and (value := delta["value"] or 0) < 0
        ),
        key=lambda each: each[0],
    )
    if not lost:
        return ""
    rows = [
        "### Fields that lost most",
        "",
        "| field | baseline F1 | candidate F1 | difference per person | n | missing | wrong | invented |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for value, people, row in lost[:10]:
        new, old = row["arms"][candidate], row["arms"][baseline]
        rows.append(
            f"| `{_code(row['field'])}` | {labels.share(old['f1'])} | {labels.share(new['f1'])} | "
            f"{labels.points(value)} | {people} | {new['missing']} | {new['wrong']} | "
            f"{new['invented']} |"
        )
    return "\n".join(rows)


def _running(summary: Summary) -> str:
    rows = [
        "### Accuracy, time and money",
        "",
        "| arm | strict F1 | contract valid | failed | p50 | p95 | n | tokens a CV | per 1,000 CVs |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for arm in summary["arms"]:
        head, late = summary["headline"][arm["id"]], summary["latency"]["arms"][arm["id"]]
        cost = summary["cost"]["arms"][arm["id"]]
        mark = f" {arm['label']['mark']}" if arm["label"]["mark"] and late["n"] else ""
        rows.append(
            f"| {escape(arm['id'])} | {labels.share(head['f1'])} | {head['valid']} of {head['records']} | "
            f"{head['failed']} of {head['records']} | {labels.milliseconds(late['p50'])}{mark} | "
            f"{labels.milliseconds(late['p95'])}{mark} | {late['n']} | "
            f"{labels.number(cost['tokens']['total']) if cost['tokens'] else labels.DASH} | "
            f"{labels.price(cost)} |"
        )
    return "\n".join(rows)


def _contenders(summary: Summary) -> str:
    if "contenders" not in summary:
        return ""
    table = summary["contenders"]
    rows = [
        "### Side by side",
        "",
        "| arm | model | not worse | strict F1 | difference | contract kept | p95 | per 1,000 CVs | ★ |",
        "|---|---|---|---:|---:|---:|---:|---:|---|",
    ]
    for row in table["rows"]:
        found = row["difference"]
        moved = (
            f"{labels.points(found['value'])} \\[{labels.pts(found['lower'])}, {labels.pts(found['upper'])}\\]"
            if found
            else labels.DASH
        )
        rows.append(
            f"| {escape(row['arm'])} | {escape(row['model'])} | {escape(contenders.told(row))} | "
            f"{labels.share(row['f1'])} (n {row['n']}) | {moved} | {row['valid']} of {row['records']} | "
            f"{labels.milliseconds(row['p95'])} | "
            f"{'unpriced' if row['per_1000'] is None else labels.money(row['per_1000'])} | "
            f"{'★' if row['pareto'] else ''} |"
        )
    return "\n".join([*rows, "", escape(contenders.note(table))])


def _agreement(summary: Summary) -> str:
    pairs = summary.get("agreement", ())
    if not pairs:
        return ""
    rows = [f"- {escape(labels.agreement(pair))}" for pair in pairs]
    return "\n".join(["### Agreement of arms", "", f"{labels.AGREEMENT}.", "", *rows])


def _flips(summary: Summary) -> str:
    flips = summary["flips"]["baseline"]
    if not flips:
        return ""
    classes = flips["classes"]
    worst = ", ".join(escape(row["document"]) for row in flips["documents"][:10] if row["broken"])
    text = (
        f"**CVs that flipped** ({flips['n']} CVs, in any field, by most answers to a CV): "
        f"✕ {classes['broken']} only broken · ± {classes['mixed']} "
        f"broken and fixed · ✓ {classes['fixed']} only fixed · = {classes['both_wrong']} only wrong as before"
    )
    if not any(classes[name] for name in ("broken", "mixed", "fixed")):
        return f"**No CV flipped** ({flips['n']} CVs, in any field): {classes['both_wrong']} wrong in both, as before"
    return text + (f". Most broken: {worst}" if worst else "")
