"""What a clause asks for: rules that put its topics, actions and negations together. `read_clause` is the way in."""

from __future__ import annotations

from functools import lru_cache

from harness.simulator.rules import (
    dates,
    facts,
    form,
    manner,
    meant,
    ordering,
    reach,
    roles,
    sections,
    skills,
    statements,
    whole,
)
from harness.simulator.rules.hearing import Item, hear

_RULES = (
    *dates.RULES, *roles.RULES, *statements.RULES, *facts.RULES, *skills.RULES, *form.RULES, *sections.RULES,
)  # fmt: skip


@lru_cache(maxsize=8192)
def read_clause(text: str, condition: str, sentence: str) -> tuple[Item, ...]:
    """What a clause asks for. `sentence`: the whole, for topics that stand in another clause. Empty where no rule
    knows it, and where its negations, its condition or a limit reach further than the rules can tell."""
    heard = hear(text, condition, sentence)
    rules = sections.RULES if heard.tangled else _RULES
    found: dict[Item, None] = {}
    for rule in rules:
        found.update(dict.fromkeys(rule(heard)))
    if any(reach.spoilt(item, heard) or not ordering.stands_as_order(item, heard) for item in found):
        return ()
    found = {item: None for item in found if reach.stands(item, heard)}
    asked = [item for item in found if ordering.departs(item)] or found
    if not all(meant.explained(item, heard) for item in asked):
        return ()
    return tuple(found)


@lru_cache(maxsize=8192)
def asks_more(text: str, condition: str, sentence: str) -> bool:
    """Whether a clause orders something, though no rule found what."""
    return not read_clause(text, condition, sentence) and reach.asks_more(hear(text, condition, sentence))


def read_manner(sentence: str) -> tuple[Item, ...]:
    """What a sentence in which no rule found anything says as a whole: a standing rule in other words, or only how to
    work; nothing where it may say more."""
    return whole.whole(sentence) or manner.manner(sentence)
