"""How good an answer is: a pure function of answer, golden and CV text. No I/O, no statistics, no verdicts."""

SCORER_VERSION = "11"
"""Scores of different versions are not comparable. Goes up with every change of rules or alias tables."""
