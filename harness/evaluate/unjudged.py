"""Which changed sentences of an assistant the simulator cannot judge, because it recognises no directive in them."""

from __future__ import annotations

from harness.assistants.sentences import sentences
from harness.assistants.types import AssistantBundle


def unjudged_sentences(before: AssistantBundle | None, after: AssistantBundle | None, origin: str) -> tuple[str, ...]:
    """Sentences that only one of two bundles has and that mean nothing to the simulator. Empty for other origins:
    a real model reads every sentence."""
    if before is None or after is None or not origin.startswith("simulator@"):
        return ()
    from harness.simulator.directives import read_instructions

    old, new = sentences(before.instructions), sentences(after.instructions)
    changed = [text for text in old if text not in set(new)] + [text for text in new if text not in set(old)]
    return tuple(text for text in changed if not read_instructions(text))
