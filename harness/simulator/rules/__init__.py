"""What a clause asks for: rules that put its topics, actions and negations together. `read_clause` is the way in."""

from __future__ import annotations

import re
from functools import lru_cache

from harness.simulator.rules import dates, facts, form, manner, roles, sections, skills, statements
from harness.simulator.rules.hearing import RUNNING, Heard, Item, hear
from harness.simulator.rules.negation import limits

_RULES = (
    *dates.RULES, *roles.RULES, *statements.RULES, *facts.RULES, *skills.RULES, *form.RULES, *sections.RULES,
)  # fmt: skip
_GIVEN = re.compile(
    r"^(?:even|whether)\b|\b(?:cv|document|r[eé]sum[eé]|text|candidate|person|applicant|somebody|someone|they|it|its"
    r"|there|one|none|values?|fields?|dates?|months?|years?|sections?|something|information|anything|applicable"
    r"|possible|available|present|printed|given|stated|titles?|overlap\w*|missing|unknown|necessary)\b",
    re.I,
)
_CHOOSY = re.compile(
    r"\b(?:relevant|important|more than|longer|at least|older|newer|recent|english|german|french|spanish|senior|useful"
    r"|fits?|short|room|space|too many|fewer|less than|before|after|asked|requested|needed|matter\w*|helps?)\b",
    re.I,
)
_UNLESS = re.compile(r"^(?:unless|except (?:if|when|where))\b", re.I)


@lru_cache(maxsize=8192)
def read_clause(text: str, condition: str, sentence: str) -> tuple[Item, ...]:
    """What a clause asks for. `sentence`: the whole, for topics that stand in another clause. Empty where no rule
    knows it, and where its negations, its condition or a limit reach further than the rules can tell."""
    heard = hear(text, condition, sentence)
    rules = sections.RULES if heard.tangled else _RULES
    found: dict[Item, None] = {}
    for rule in rules:
        found.update(dict.fromkeys(rule(heard)))
    return tuple(item for item in found if _stands(item, heard))


def _stands(item: Item, heard: Heard) -> bool:
    """Whether what a rule found may be said of the clause as a whole, with its condition and its limits."""
    slot, value, _ = item
    if limits(heard.sentence) and not (value in ("limited", "shortened") or slot in ("date_format", "month_missing")):
        return False
    condition = heard.condition
    if not condition or condition.lower().startswith("even"):
        return True
    if _UNLESS.match(condition):
        return not heard.negative and value != "exclude" and not _CHOOSY.search(condition)
    if slot in ("invention", "present_word", "month_missing", "missing", "titles_at_one_company", "overlapping_roles"):
        return True
    if re.search(RUNNING, condition, re.I) and slot != "present_word":
        return False
    return value != "exclude" and bool(_GIVEN.search(condition)) and not _CHOOSY.search(condition)


def read_manner(sentence: str) -> tuple[Item, ...]:
    """Whether a sentence in which no rule found anything only says how to work; nothing where it may say more."""
    return manner.manner(sentence)
