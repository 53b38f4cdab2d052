"""An OpenAI-compatible server in its own process: the model that the harness uses where no key is set.

It sees only the request: never a golden, a document id or a file name. Inside: the wire (`http`, `server`,
`chat`, `responses`, `validate`, `faults`), a rule-based CV parser (`parse`), a reader of instructions
(`directives`), and one seeded error model (`noise`, `perceive`) between what a CV says and what is answered.
"""

from __future__ import annotations

VERSION = "1.5.0"
"""Bumped whenever an answer, a token count or a virtual time may change: recordings are filed under it."""
