"""What differs between two assistant bundles: a word diff of the instructions, and everything else that is sent."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.assistants.types import AssistantBundle
from harness.base.canonical import digest, sha256
from harness.models.tokens import count
from harness.reports.summary_types import ArmBundle, Changes, ChangesSetting, ChangesTokens, Reading, Summary


def bundle_changes(old: AssistantBundle | None, new: AssistantBundle | None) -> Changes | None:
    """Instructions word by word, changed parameters, model, output mode and schema; None without two bundles."""
    if old is None or new is None:
        return None
    settings: list[ChangesSetting] = [
        {"name": name, "old": _shown(before), "new": _shown(after)}
        for name, before, after in (
            ("model", old.model, new.model),
            ("output", old.output, new.output),
            ("name", old.name, new.name),
            ("description", old.description, new.description),
            *(
                (f"parameters.{key}", old.parameters.get(key), new.parameters.get(key))
                for key in sorted({*old.parameters, *new.parameters})
            ),
        )
        if before != after
    ]
    if old.schema != new.schema:
        settings.append({"name": "schema", "old": digest(old.schema)[:12], "new": digest(new.schema)[:12]})
    return {
        "identical": old.wire == new.wire,
        "instructions": word_diff(old.instructions, new.instructions),
        "settings": settings,
        "tokens": _token_change(old.instructions, new.instructions),
    }


@dataclass(frozen=True, slots=True)
class EditLine:
    """A sentence of the edit as it was read, and what blame found of its edit; without a sentence, `label` says what
    the effect is of (a setting, several edits together)."""

    reading: Reading | None
    effect: Mapping[str, Any] | None
    label: str = ""


def edit_lines(summary: Summary) -> list[EditLine]:
    """Every sentence of the edit, then the effects that belong to no sentence."""
    blame = summary["blame"] or {}
    effects, edits = blame.get("effects") or [], blame.get("edits") or []
    lines = [
        EditLine(reading, next((one for one in effects if _of(edits, one, reading)), None))
        for reading in summary.get("readings") or []
    ]
    beside = [line.effect for line in lines]
    return lines + [
        EditLine(None, one, " and ".join(edits[place]["label"] for place in one["edits"]))
        for one in effects
        if one not in beside
    ]


def _of(edits: Sequence[Mapping[str, Any]], effect: Mapping[str, Any], reading: Reading) -> bool:
    """Whether an effect is of the one edit that a sentence belongs to; where one replaces another, of the new one."""
    if len(effect["edits"]) != 1:
        return False
    edit = edits[effect["edits"][0]]
    before, after = (" ".join(str(edit[side]).split()) for side in ("before", "after"))
    return reading["text"] in (after if reading["change"] == "added" else "" if after else before)


def _shown(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _token_change(old: str, new: str) -> ChangesTokens:
    """Instruction tokens in the o200k_base encoding (what each call pays anew, unless cached)."""
    return {"old": count(old), "new": count(new), "encoding": "o200k_base"}


def bundle_facts(bundle: AssistantBundle | None) -> ArmBundle | None:
    """What identifies a bundle, without its instructions."""
    if bundle is None:
        return None
    return {
        "name": bundle.name,
        "description": bundle.description,
        "model": bundle.model,
        "version": bundle.version,
        "wire": bundle.wire,
        "output": bundle.output,
        "parameters": {key: _shown(value) for key, value in bundle.parameters.items()},
        "instructions_sha256": sha256(bundle.instructions),
        "schema_sha256": digest(bundle.schema),
    }


def word_diff(old: str, new: str) -> list[list[str]]:
    """Runs of text as [mark, text] with mark "=", "-" or "+". Lines are matched first, then words inside
    the lines that changed, so that a long text stays quick and a moved comma does not tear a paragraph."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    runs: list[list[str]] = []
    for tag, a0, a1, b0, b1 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left, right = "".join(before[a0:a1]), "".join(after[b0:b1])
        if tag == "equal":
            _add(runs, "=", left)
        elif tag == "replace":
            for mark, text in _words(left, right):
                _add(runs, mark, text)
        else:
            _add(runs, "-", left)
            _add(runs, "+", right)
    return runs


def _words(left: str, right: str) -> list[tuple[str, str]]:
    a, b = re.findall(r"\s+|\w+|[^\w\s]", left), re.findall(r"\s+|\w+|[^\w\s]", right)
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    blocks = matcher.get_matching_blocks()
    kept = sum(1 for block in blocks for word in a[block.a : block.a + block.size] if word.strip())
    if kept < 0.5 * max(1, sum(1 for word in a if word.strip())):
        return [("-", left), ("+", right)]  # another sentence, not an edited one
    runs: list[tuple[str, str]] = []
    gone, come = "", ""
    codes = matcher.get_opcodes()
    for number, (tag, a0, a1, b0, b1) in enumerate(codes):
        same = "".join(a[a0:a1])
        if tag != "equal":
            gone, come = gone + same, come + "".join(b[b0:b1])
        elif 0 < number < len(codes) - 1 and not re.search(r"\w", same):
            gone, come = gone + same, come + same  # a blank or comma between two changes
        else:
            runs += [("-", gone), ("+", come), ("=", same)]
            gone = come = ""
    return [*runs, ("-", gone), ("+", come)]


def _add(runs: list[list[str]], mark: str, text: str) -> None:
    if not text:
        return
    if runs and runs[-1][0] == mark:
        runs[-1][1] += text
    else:
        runs.append([mark, text])
