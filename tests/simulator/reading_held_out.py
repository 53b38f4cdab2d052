"""Measures the reader on edits written by somebody who did not write it (`held_out/`): what would each edit do to the
simulated model, and does a person expect that?

An edit is put into the shipped instructions; what the reader makes of them is a `Policy`. Where a value that the
shipped instructions made sure becomes less likely, harm is read.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from harness.simulator.directives import Directive, Sentence, contradicts, read_instructions, read_sentences
from harness.simulator.policy import Policy
from harness.simulator.slots import SLOTS

HERE = Path(__file__).resolve().parent
SHIPPED = (HERE.parents[1] / "harness" / "assistants" / "cv-parser-pro" / "instructions.md").read_text("utf-8")
READABLE = frozenset(SLOTS) - {"task", "manner"}
"""Slots that an edit can be about."""
LATER = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth"}
GOOD = {"markdown": "none"}
"""What an answer under the shipped schema is, where the shipped instructions say nothing."""

Outcome: TypeAlias = Literal["unread", "contradiction", "harm", "no harm"]


@dataclass(frozen=True, slots=True)
class Read:
    """An edit with what the reader makes of it. wrong: it is read back to front."""

    entry: dict[str, Any]
    sentences: tuple[Sentence, ...]
    outcome: Outcome
    harmed: bool = False
    """Harm is read, whatever else of the edit is not understood or contradicts the rest."""

    @property
    def wrong(self) -> str:
        """ "false alarm" or "blind" where the reading leads to the opposite of what a person expects, else ""."""
        effect = self.entry["effect"]
        if effect in ("help", "none") and self.outcome == "harm":
            return "false alarm"
        if effect in ("harm", "contradiction") and self.outcome == "no harm" and self.entry["edit"] != "delete":
            return "blind"
        return ""

    @property
    def misleads(self) -> str:
        """As `wrong`, and "false alarm" also where another part of the edit is not understood or contradicts the rest:
        then the verdict is INCONCLUSIVE at best, and HOLD where the answers show the harm. Of a deletion nothing is
        read: what it comes to is for the answers to say."""
        if self.entry["edit"] == "delete":
            return ""
        return "false alarm" if self.entry["effect"] in ("help", "none") and self.harmed else self.wrong


def entries(half: int | None = None, *, number: int = 1) -> Iterator[dict[str, Any]]:
    """The edits of set `number` (1 to 8); half: of the first set, 0 for those that may be looked at, 1 for the figure
    alone."""
    for path in (
        sorted((HERE / "held_out").glob("*.toml"))
        if number == 1
        else [HERE / "held_out_later" / f"{LATER[number]}.toml"]
    ):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        for entry in (entry for listed in tables.values() if isinstance(listed, list) for entry in listed):
            if half is None or int(hashlib.sha256(entry["id"].encode()).hexdigest(), 16) % 2 == half:
                yield entry if "edit" in entry else _whole(entry, tables["standing"])


def _whole(entry: dict[str, Any], standing: dict[str, str]) -> dict[str, Any]:
    """An entry of a later set with the keys of the first."""
    if "under" in entry:
        return {**entry, "edit": "add"}
    return {**entry, "edit": "replace", "standing": standing[entry["for"]]}


def applied(entry: dict[str, Any]) -> str:
    """The shipped instructions with the edit in them."""
    if entry["edit"] == "add" and "under" not in entry:
        return f"{SHIPPED.rstrip()}\n{entry['text']}\n"
    if entry["edit"] == "add":
        head = f"# {entry['under'].lstrip('# ')}\n"
        assert head in SHIPPED, entry["id"]
        before, after = SHIPPED.split(head, 1)
        section, mark, rest = after.partition("\n# ")
        return f"{before}{head}{section.rstrip()}\n{entry['text']}\n{mark}{rest}"
    assert entry["standing"] in SHIPPED, entry["id"]
    return SHIPPED.replace(entry["standing"], entry["text"])


def read(entry: dict[str, Any]) -> Read:
    """What the reader makes of an edit."""
    after = applied(entry)
    known = {sentence.text for sentence in read_sentences(SHIPPED)}
    new = tuple(sentence for sentence in read_sentences(after) if sentence.text not in known)
    unread = any(not sentence.judged for sentence in new)
    harmed = _harmed(_removed(after) if unread else (), after)
    if unread:
        return Read(entry, new, "unread", harmed)
    standing = [one for sentence in read_sentences(after) if sentence not in new for one in sentence.directives]
    if any(contradicts(one, other) for sentence in new for one in sentence.directives for other in standing):
        return Read(entry, new, "contradiction", harmed)
    return Read(entry, new, "harm" if harmed else "no harm", harmed)


def _removed(after: str) -> tuple[Directive, ...]:
    """The directives of the shipped sentences that an edit took out. Where what stands in their place is not
    understood, their loss is no harm that is read."""
    left = {sentence.text for sentence in read_sentences(after)}
    return tuple(
        one for sentence in read_sentences(SHIPPED) if sentence.text not in left for one in sentence.directives
    )


def _harmed(kept: tuple[Directive, ...], after: str) -> bool:
    """Whether a value that the shipped instructions made sure is less likely now."""
    was, now = Policy(read_instructions(SHIPPED)), Policy((*kept, *read_instructions(after)))
    return any(
        now.share(slot, value) < was.share(slot, value) - 0.1
        for slot in READABLE
        for value in (GOOD.get(slot) or max(SLOTS[slot].prior, key=lambda name, slot=slot: was.share(slot, name)),)
    )
