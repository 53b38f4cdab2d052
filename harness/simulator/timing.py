"""The virtual clock: how long the model would have taken, from tokens alone.

milliseconds = time to first token + input read + (hidden + visible tokens) / tokens per second, each with
lognormal jitter that depends on seed, request and draw. Nothing is slept unless the server is told a clock scale.
"""

from __future__ import annotations

import math

from harness.simulator.catalogue import REASONING_TOKENS
from harness.simulator.chance import normal
from harness.simulator.question import Question

INPUT_TOKENS_PER_SECOND = 9000.0
FIRST_TOKEN_SPREAD, SPEED_SPREAD, REASONING_SPREAD = 0.28, 0.14, 0.35


def reasoning_tokens(question: Question, seed: int) -> int:
    """Hidden tokens: lognormal around the effort's median, in steps of 64 as the API reports them."""
    median = REASONING_TOKENS[question.effort] if question.model.reasons else 0
    if not median:
        return 0
    drawn = median * math.exp(REASONING_SPREAD * normal(seed, question.digest, question.draw, "reasoning"))
    return max(64, round(drawn / 64) * 64)


def processing_ms(question: Question, seed: int, input_tokens: int, output_tokens: int) -> float:
    """Virtual milliseconds of one answer. `output_tokens` includes hidden ones."""
    model = question.model
    key = (seed, question.digest, question.draw)
    first = model.first_token_ms * math.exp(FIRST_TOKEN_SPREAD * normal(*key, "first"))
    speed = model.tokens_per_second * math.exp(SPEED_SPREAD * normal(*key, "speed"))
    return first + 1000.0 * input_tokens / INPUT_TOKENS_PER_SECOND + 1000.0 * output_tokens / speed
