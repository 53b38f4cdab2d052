"""The simulated model: from a question to the text of its answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from harness.base.canonical import sha256
from harness.simulator.catalogue import EFFORT_FACTOR
from harness.simulator.directives import read_instructions, read_schema
from harness.simulator.injection import injected, obey, smuggled_directives
from harness.simulator.luck import Luck
from harness.simulator.parse.cv import parse_cv
from harness.simulator.perceive import Perception, perceive, perceive_role
from harness.simulator.policy import Policy
from harness.simulator.question import Question
from harness.simulator.render import HABIT, Renderer, written
from harness.simulator.task import read_task, words_of
from harness.simulator.weaknesses import weaken

DILUTION_FROM, DILUTION_PER_HUNDRED, DILUTION_MOST = 700, 0.012, 0.15
"""Instructions longer than so many words lose so much of every directive's strength for each hundred more."""


def think(question: Question, seed: int, weaknesses: Collection[str] = ()) -> str:
    """The whole answer, before any token limit cuts it. The same question, draw and seed give the same text."""
    task = read_task(question)
    cv = parse_cv(task.text)
    said = read_instructions(task.instructions)
    hints = read_schema(question.schema)
    excess = max(0, words_of(task.instructions) - DILUTION_FROM)
    dilution = 1.0 - min(DILUTION_MOST, DILUTION_PER_HUNDRED * excess / 100)
    skill = question.model.error_factor * EFFORT_FACTOR.get(question.effort, 1.0)
    directives = [*hints, *(replace(directive, strength=directive.strength * dilution) for directive in said)]
    luck = Luck(seed, sha256(task.text), question.digest, question.draw, question.temperature)
    policy = Policy(directives, slips=skill)
    passage = injected(task.text)
    obeyed = bool(passage) and luck.happens(policy.share("cv_is_data", "no"), "injection")
    if obeyed:
        policy = Policy([*directives, *smuggled_directives(passage)], slips=skill)
    mind = Perception(policy, luck, skill * (0.6 + 1.1 * cv.difficulty))
    renderer = Renderer(
        mind, enforced=question.output == "json_schema" and question.strict, told_shape=task.shape is not None
    )
    shape = task.shape if task.shape is not None else HABIT
    if task.role is not None:
        value = renderer.role(shape, perceive_role(cv, dict(task.role), mind))
    else:
        answer = perceive(cv, mind)
        weaken(answer, task.text, weaknesses)
        if obeyed:
            obey(passage, answer)
        value = renderer.whole(shape, answer)
    return written(value, mind, question.output)
