"""Replay → score → decide → render, in one place; called by the command line, `pytest evals/`, watch and service.

Everything that these faces share is here; what a stage does is in its own room.
"""
