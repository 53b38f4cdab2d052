"""What tokens cost, offline: this project's own table first, then the dated prices of genai-prices.

A model that neither knows is unpriced (None), which is not the same as free.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.base.canonical import sha256
from harness.base.errors import InvalidFileError
from harness.models.types import Usage

TABLE = Path(__file__).with_name("prices.toml")
_MILLION = Decimal(1_000_000)

_Price = Annotated[Decimal, Field(ge=0)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    input: _Price
    cached: _Price | None = None
    cache_write: _Price | None = None
    output: _Price


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    checked: date
    batch_factor: Annotated[Decimal, Field(gt=0, le=1)]
    models: Mapping[str, _Model] = {}


@dataclass(frozen=True, slots=True)
class PriceTable:
    """This project's own prices, and their digest."""

    models: Mapping[str, _Model]
    batch_factor: Decimal
    digest: str
    checked: date


def cost(model: str, usage: Usage, on: date, *, batch: bool = False, table: PriceTable | None = None) -> Decimal | None:
    """US dollars for `usage` of `model` at the prices of day `on`; None where the model is unpriced.

    Price it call by call: long inputs have dearer tiers. batch: at the Batch API's price.
    """
    table = table or own_prices()
    own = table.models.get(model)
    dollars = _own(own, usage) if own is not None else _listed(model, usage, on)
    return dollars * table.batch_factor if dollars is not None and batch else dollars


def tier_factor(body: bytes | None, table: PriceTable | None = None) -> Decimal | None:
    """What the price is multiplied by for the service tier that a response says it was served in: standard, batch and
    flex are known; of any other (priority, fast …) the price is not, None."""
    found = _TIER.search(body or b"")
    tier = found[1].decode() if found is not None else ""
    if tier in ("", "auto", "default", "standard"):
        return Decimal(1)
    return (table or own_prices()).batch_factor if tier in ("batch", "flex") else None


_TIER = re.compile(rb'(?<!\\)"service_tier"\s*:\s*"([a-z_]{1,20})"')
"""Not inside a text: there quotes have a backslash before them."""


def cost_without_cache(
    model: str, usage: Usage, on: date, *, batch: bool = False, table: PriceTable | None = None
) -> Decimal | None:
    """As `cost`, had the provider's prompt cache not been there: every input token at the full price."""
    return cost(model, replace(usage, cached_tokens=0, cache_write_tokens=0), on, batch=batch, table=table)


def price_table_version() -> str:
    """Which prices these are: the list's version and the digest of this project's own table."""
    return f"genai-prices {version('genai-prices')}, own table of {own_prices().checked} {own_prices().digest[:12]}"


@cache
def own_prices() -> PriceTable:
    return load_prices(TABLE)


def load_prices(path: Path) -> PriceTable:
    """The table in a TOML file. Raises InvalidFileError naming the place."""
    raw = path.read_bytes()
    try:
        table = _Table.model_validate(tomllib.loads(raw.decode("utf-8"), parse_float=Decimal))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InvalidFileError(path, ".".join(map(str, first["loc"])), first["msg"]) from None
    except ValueError as error:
        raise InvalidFileError(path, "", f"not TOML: {error}") from None
    return PriceTable(table.models, table.batch_factor, sha256(raw), table.checked)


def _own(model: _Model, usage: Usage) -> Decimal:
    """Input tokens contain the cached and the cache-write ones, which have prices of their own."""
    plain = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
    cached = model.input if model.cached is None else model.cached
    written = model.input if model.cache_write is None else model.cache_write
    return (
        plain * model.input
        + usage.cached_tokens * cached
        + usage.cache_write_tokens * written
        + usage.output_tokens * model.output
    ) / _MILLION


def _listed(model: str, usage: Usage, on: date) -> Decimal | None:
    import genai_prices

    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=min(usage.cached_tokens, usage.input_tokens),
        cache_write_tokens=min(usage.cache_write_tokens, max(0, usage.input_tokens - usage.cached_tokens)),
        output_tokens=usage.output_tokens,
    )
    try:
        priced = genai_prices.calc_price(
            counted,
            model,
            provider_id="openai",
            genai_request_timestamp=datetime.combine(on, time(12), UTC),
        )
    except LookupError:
        return None
    return Decimal(priced.total_price)
