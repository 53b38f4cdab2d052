"""What a clause asks for: rules that put its topics, actions and negations together. `read_clause` is the way in."""

from __future__ import annotations

from functools import lru_cache

from harness.simulator.rules import dates, facts, form, roles, sections, skills, statements
from harness.simulator.rules.hearing import Item, hear

_RULES = (
    *dates.RULES, *roles.RULES, *statements.RULES, *facts.RULES, *skills.RULES, *form.RULES, *sections.RULES,
)  # fmt: skip


@lru_cache(maxsize=8192)
def read_clause(text: str, condition: str, sentence: str) -> tuple[Item, ...]:
    """What a clause asks for. `sentence`: the whole, for topics that stand in another clause."""
    heard = hear(text, condition, sentence)
    found: dict[Item, None] = {}
    for rule in _RULES:
        found.update(dict.fromkeys(rule(heard)))
    return tuple(found)
