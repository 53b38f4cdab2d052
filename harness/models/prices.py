"""What tokens cost, offline: this project's own table first, then the dated prices of genai-prices.

A model that neither knows is unpriced (None), which is not the same as free.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.base.canonical import sha256
from harness.base.errors import InvalidFileError
from harness.models.types import Attempt, Usage

TABLE = Path(__file__).with_name("prices.toml")
_MILLION = Decimal(1_000_000)

_Price = Annotated[Decimal, Field(ge=0)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    input: _Price
    cached: _Price | None = None
    cache_write: _Price | None = None
    output: _Price


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    version: int
    checked: date
    batch_factor: Annotated[Decimal, Field(gt=0, le=1)]
    tiers: Mapping[str, Annotated[Decimal, Field(gt=0)]] = {}
    models: Mapping[str, _Model] = {}


@dataclass(frozen=True, slots=True)
class PriceTable:
    """This project's own prices, and their digest. tiers: factors of the standard price by service tier, and by
    background window."""

    models: Mapping[str, _Model]
    batch_factor: Decimal
    digest: str
    checked: date
    tiers: Mapping[str, Decimal] = field(default_factory=dict)


def cost(model: str, usage: Usage, on: date, *, batch: bool = False, table: PriceTable | None = None) -> Decimal | None:
    """US dollars for `usage` of `model` at the prices of day `on`; None where the model is unpriced.

    Price it call by call: long inputs have dearer tiers. batch: at the Batch API's price.
    """
    table = table or own_prices()
    own = table.models.get(model)
    dollars = _own(own, usage) if own is not None else _listed(model, usage, on)
    return dollars * table.batch_factor if dollars is not None and batch else dollars


BILLED_AS = "x-billed-as"
"""Among the headers kept of an attempt: the way of asking that has a price of its own (batch, background-8h …)."""


def price_factor(attempt: Attempt, table: PriceTable | None = None) -> Decimal | None:
    """What the standard price is multiplied by for how an attempt was served: as the batch or the background window
    that it was asked in, else in the service tier that the response names. None where that price is not known."""
    table = table or own_prices()
    body = attempt.body or b""
    named = body.find(b'"service_tier"')
    found = _TIER.search(body, named) if named >= 0 else None
    tier = found[1].decode() if found is not None else ""
    way = attempt.headers.get(BILLED_AS, "")
    if way and tier in (*_STANDARD, way):
        return way_factor(way, table)
    return Decimal(1) if tier in _STANDARD else table.tiers.get(tier)


def way_factor(way: str, table: PriceTable | None = None) -> Decimal | None:
    """The same for a way of asking: "batch", "background", "background-2h", "background-8h"."""
    table = table or own_prices()
    if way in ("", "background"):
        return Decimal(1)
    return table.batch_factor if way == "batch" else table.tiers.get(way)


_STANDARD = ("", "auto", "default", "standard")
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
    return PriceTable(table.models, table.batch_factor, sha256(raw), table.checked, table.tiers)


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
    """By the dated list. Short inputs have one price for each kind of token, which is looked up once a day and model;
    longer ones may be dearer, and are left to the list."""
    short = _short(model, on)
    cached = min(usage.cached_tokens, usage.input_tokens)
    written = min(usage.cache_write_tokens, max(0, usage.input_tokens - cached))
    if not short.listed:
        return None
    if (cached, written) != (usage.cached_tokens, usage.cache_write_tokens):
        usage = replace(usage, cached_tokens=cached, cache_write_tokens=written)
    return _own(short.price, usage) if usage.input_tokens <= short.longest else _calculated(model, usage, on)


@dataclass(frozen=True, slots=True)
class _Short:
    """A listed model's price for inputs of up to `longest` tokens; -1 where no input has one price."""

    price: _Model
    longest: int
    listed: bool = True


_NO_PRICE = _Model(input=Decimal(0), output=Decimal(0))
_ANY_LENGTH = 10**12
_SAMPLE = 1000
"""Tokens that are priced to learn the price of a million; below every dearer tier."""


@cache
def _short(model: str, on: date) -> _Short:
    import genai_prices

    try:
        nothing = genai_prices.Usage()
        found = genai_prices.calc_price(nothing, model, provider_id="openai", genai_request_timestamp=_noon(on))
    except LookupError:
        return _Short(_NO_PRICE, -1, listed=False)
    prices = vars(found.model_price).values()
    tiers = [tier.start for each in prices if isinstance(each, genai_prices.types.TieredPrices) for tier in each.tiers]
    longest = min(tiers, default=_ANY_LENGTH)
    if longest < _SAMPLE:
        return _Short(_NO_PRICE, -1)
    read = Usage(_SAMPLE)
    kinds = (
        read,
        replace(read, cached_tokens=_SAMPLE),
        replace(read, cache_write_tokens=_SAMPLE),
        Usage(0, output_tokens=_SAMPLE),
    )
    plain, cached, written, output = ((_calculated(model, each, on) or 0) * _MILLION / _SAMPLE for each in kinds)
    return _Short(_Model(input=plain, cached=cached, cache_write=written, output=output), longest)


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), UTC)


def _calculated(model: str, usage: Usage, on: date) -> Decimal | None:
    import genai_prices

    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        output_tokens=usage.output_tokens,
    )
    try:
        priced = genai_prices.calc_price(
            counted,
            model,
            provider_id="openai",
            genai_request_timestamp=_noon(on),
        )
    except LookupError:
        return None
    return Decimal(priced.total_price)
