"""Prompt caching: an exact prefix of at least 1,024 tokens that an earlier request of the same model and cache key
had is read at the cached price. Blocks of characters stand in for blocks of tokens."""

from __future__ import annotations

from collections import OrderedDict

from harness.base.canonical import canonical, sha256
from harness.simulator.question import Question

BLOCK, FIRST, ENTRIES = 512, 1024, 20_000


class PromptCache:
    """Which prefixes have been seen; bounded, oldest out first."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def read(self, question: Question, input_tokens: int) -> int:
        """Cached tokens of this request, a multiple of 128 and 0 under 1,024; its own prefixes are kept."""
        if input_tokens < FIRST:
            return 0
        schema = canonical(question.schema).decode() if question.schema is not None else ""
        prompt = "\x1e".join((schema, question.instructions, *question.messages))
        size = max(1, len(prompt))
        best = 0
        head = f"{question.model.id}\x1f{question.cache_key}\x1f"
        rolling = head
        fresh: list[str] = []
        for end in range(BLOCK, size + 1, BLOCK):
            rolling = sha256(rolling + prompt[end - BLOCK : end])
            if rolling in self._seen and best == end - BLOCK:
                best = end
                self._seen.move_to_end(rolling)
            else:
                fresh.append(rolling)
        for key in fresh:
            self._seen[key] = None
        while len(self._seen) > ENTRIES:
            self._seen.popitem(last=False)
        cached = int(input_tokens * best / size) // 128 * 128
        return cached if cached >= FIRST else 0
