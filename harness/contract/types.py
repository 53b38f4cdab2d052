"""What became of an answer on the way from bytes to a contract object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from harness.base.types import Failure, Json


class Rung(IntEnum):
    """The validity ladder; each rung includes those below it."""

    BYTES = 0  # something came, but no JSON object even after repair
    REPAIRED = 1  # JSON only after a named repair (fence stripped, …)
    JSON = 2  # JSON object as sent
    SCHEMA = 3  # and valid against the schema it was asked for
    STRICT = 4  # and dates in contract form, ids present and unique
    FORM = 5  # and written as the CV's text has it (judged only beside that text)


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: where (JSON pointer into the answer), which keyword, and a sentence without CV values."""

    pointer: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A raw answer, read. `rung` is what the answer reached *as sent*: a repaired one never passes REPAIRED,
    however valid its repaired value is (see `violations` for that)."""

    value: Json | Failure
    rung: Rung
    repairs: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """The final object against the contract. form: what is written otherwise than the CV has it."""

    rung: Rung
    violations: tuple[Violation, ...] = ()
    date_problems: tuple[Violation, ...] = ()
    id_problems: tuple[Violation, ...] = ()
    placeholders: tuple[Violation, ...] = ()
    form: tuple[Violation, ...] = ()

    @property
    def valid(self) -> bool:
        return self.rung >= Rung.SCHEMA
