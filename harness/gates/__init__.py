"""Scores in, one verdict out: pairing, statistics, rules, claims. Pure and seeded; no I/O, no model, no CV text."""
