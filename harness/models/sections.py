"""What each section of an assistant's instructions costs: its tokens go out with every call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from harness.assistants.types import AssistantBundle
from harness.models.prices import cost
from harness.models.tokens import count
from harness.models.types import Usage

CVS = 1000
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.M)


@dataclass(frozen=True, slots=True)
class Section:
    """tokens: of one call. dollars, cached: for 1,000 CVs at one call each, at the full price of input and at that of
    the provider's cache; None where the model is unpriced."""

    name: str
    tokens: int
    dollars: Decimal | None
    cached: Decimal | None


def sections(bundle: AssistantBundle, on: date) -> tuple[Section, ...]:
    """The instructions by their headings, and the schema where it is sent."""
    parts = [*_parts(bundle.instructions)]
    if bundle.output == "json_schema":
        parts.append(("(schema)", json.dumps(bundle.schema, separators=(",", ":"))))
    return tuple(_section(name, count(text), bundle.model, on) for name, text in parts if text.strip())


def dollars(model: str, tokens: int, on: date) -> Decimal | None:
    """US dollars of so many input tokens in 1,000 calls, at the full price."""
    one = cost(model, Usage(input_tokens=abs(tokens)), on)
    return None if one is None else one * CVS * (1 if tokens >= 0 else -1)


def _section(name: str, tokens: int, model: str, on: date) -> Section:
    cached = cost(model, Usage(input_tokens=tokens, cached_tokens=tokens), on)
    return Section(name, tokens, dollars(model, tokens, on), None if cached is None else cached * CVS)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    found = list(_HEADING.finditer(text))
    yield "(before the first heading)" if found else "instructions", text[: found[0].start()] if found else text
    for place, heading in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        yield heading[1], text[heading.start() : end]
