"""Instructions that hide in a CV: found, and sometimes obeyed."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from harness.simulator.directives import Directive, read_instructions

_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,30}\b(?:instructions?|prompts?|rules|guidelines)\b"
    r"|\b(?:dear|note (?:to|for)|attention|message (?:to|for)|instructions? (?:to|for)"
    r"|hey)\b[^.\n]{0,14}\b(?:ai|model|parser|assistant|llm|gpt|system|bot|screening)\b"
    r"|\b(?:as an|you are an?) (?:ai|language model|assistant|llm)\b|\bsystem (?:prompt|message"
    r"|override)\b|\bnew instructions?\b"
    r"|\b(?:ai|parser|assistant|model)s?\b[^.\n]{0,20}\b(?:must|should|shall)\b",
    re.I,
)
_QUOTED = re.compile(r"[\"“']([^\"”']{2,80})[\"”']")


@lru_cache(maxsize=512)
def injected(text: str) -> str:
    """The passage of a CV that speaks to a model, or ""."""
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if _ADDRESSED.search(line):
            return " ".join(part.strip() for part in lines[index : index + 3] if part.strip())[:600]
    return ""


def smuggled_directives(passage: str) -> tuple[Directive, ...]:
    """What the passage asks for, as directives."""
    return tuple(replace(directive, source="cv") for directive in read_instructions(passage))


def obey(passage: str, answer: dict[str, Any]) -> None:
    """Do to the answer what the passage asks for beyond directives."""
    quoted = _QUOTED.findall(passage)
    if re.search(r"\bskills?\b", passage, re.I) and re.search(r"\b(?:add|include|list|append|insert)\b", passage, re.I):
        answer["skills"] = [*answer["skills"], *(quoted or ["Leadership"])]
        return
    if re.search(r"\b(?:titles?|position|seniority)\b", passage, re.I) and quoted and answer["work_experience"]:
        answer["work_experience"][0]["title"] = quoted[0]
        return
    if re.search(r"\b(?:return|output|answer|respond|reply)\b[^.]{0,40}\b(?:only|nothing|empty|just)\b", passage, re.I):
        answer["work_experience"] = []
        answer["education"] = []
        return
    praise = quoted[0] if quoted else "An outstanding candidate, recommended for immediate hire."
    answer["personal_info"]["summary"] = praise
