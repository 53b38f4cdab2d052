"""Which changed sentences of an assistant the simulator cannot judge, because it recognises no directive in them."""

from __future__ import annotations

from dataclasses import dataclass

from harness.assistants.sentences import hunks
from harness.assistants.types import AssistantBundle


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Sentences that mean nothing to the simulator. changed: only one of the bundles has them; reworded: of these,
    the new ones that stand where the old bundle has a sentence that it did understand."""

    changed: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()


def unjudged(before: AssistantBundle | None, after: AssistantBundle | None, origin: str) -> Unjudged:
    """What the simulator cannot judge of an edit. Nothing for other origins: a real model reads every sentence."""
    if before is None or after is None or not origin.startswith("simulator@"):
        return Unjudged()
    changed: list[str] = []
    reworded: list[str] = []
    for hunk in hunks(before.instructions, after.instructions):
        removed, added = _unread(hunk.before), _unread(hunk.after)
        changed += [*removed, *added]
        if added and _understood(hunk.before):
            reworded += added
    return Unjudged(tuple(dict.fromkeys(changed)), tuple(dict.fromkeys(reworded)))


def _unread(text: str) -> list[str]:
    from harness.simulator.directives import read_sentences

    return [" ".join(sentence.text.split()) for sentence in read_sentences(text) if not sentence.judged]


def _understood(text: str) -> bool:
    from harness.simulator.directives import read_instructions

    return bool(read_instructions(text))
