"""All changes, by name."""

from __future__ import annotations

from bench.harms.change import Change
from bench.harms.harmless import HARMLESS
from bench.harms.invented import INVENTED
from bench.harms.persons import CROSS_TALK, NEVER_FILLED, OBEDIENCE, SLICES
from bench.harms.rare import RARE
from bench.harms.small import BORDERLINE, BUDGETS, RATCHETS, TOLERABLE
from bench.harms.subtle import SUBTLE
from bench.harms.wording import CONTRACT, FORM, MEANING, WRONG_SECTION

HARMS: tuple[Change, ...] = (
    *CROSS_TALK, *NEVER_FILLED, *SLICES, *OBEDIENCE, *MEANING, *FORM, *CONTRACT, *WRONG_SECTION,
    *SUBTLE, *RARE, *INVENTED, *RATCHETS, *BUDGETS, *BORDERLINE, *TOLERABLE,
)  # fmt: skip
CHANGES: dict[str, Change] = {change.name: change for change in (*HARMS, *HARMLESS)}
