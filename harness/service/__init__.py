"""The reference CV-import service: both ways of reading a CV behind one API, and all that moves users from one to the
other: flag, fallback, shadow, guard, evidence.

It is an extra and stands aside: only `cli` and `evaluate` import it. Scoring comes in from there as a function; the
readers, pipelines and the model client are the harness's own.
"""
