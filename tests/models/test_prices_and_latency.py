"""Prices, token counts and the latency formula."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import genai_prices
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_doubles import attempt, bundle, call, failed

from harness.base.errors import InvalidFileError
from harness.models.calls import assistant_frame, framed_call
from harness.models.latency import attempt_ms, path_ms
from harness.models.prices import cost, cost_without_cache, load_prices, price_factor, price_table_version
from harness.models.tokens import count, count_call, count_json
from harness.models.types import Usage, Wire

TODAY = date(2026, 11, 22)
CALL = call()


@pytest.mark.parametrize(
    ("model", "plain", "cached", "written", "output"),
    [
        ("gpt-4o", "2.50", "1.25", "2.50", "10.00"),
        ("gpt-4o-2024-08-06", "2.50", "1.25", "2.50", "10.00"),
        ("gpt-4o-mini", "0.15", "0.075", "0.15", "0.60"),
        ("gpt-4.1", "2.00", "0.50", "2.00", "8.00"),
        ("gpt-4.1-mini", "0.40", "0.10", "0.40", "1.60"),
        ("gpt-5.4-mini", "0.75", "0.075", "0.75", "4.50"),
        ("gpt-6-luna", "0.10", "0.01", "0.125", "0.50"),
        ("gpt-6.1-terra", "1.00", "0.05", "1.25", "5.00"),
        ("gpt-6-sol", "2.00", "0.20", "2.50", "10.00"),
    ],
)
def test_prices_are_those_that_openai_publishes(model: str, plain: str, cached: str, written: str, output: str) -> None:
    thousand = Decimal("0.001")
    assert cost(model, Usage(input_tokens=1000), TODAY) == Decimal(plain) * thousand
    assert cost(model, Usage(input_tokens=1000, cached_tokens=1000), TODAY) == Decimal(cached) * thousand
    assert cost(model, Usage(input_tokens=1000, cache_write_tokens=1000), TODAY) == Decimal(written) * thousand
    assert cost(model, Usage(output_tokens=1000, reasoning_tokens=400), TODAY) == Decimal(output) * thousand
    batch = cost(model, Usage(1000, 0, 0, 1000), TODAY, batch=True)
    assert batch == (Decimal(plain) + Decimal(output)) * thousand / 2


def test_an_unknown_model_is_unpriced_and_not_free() -> None:
    assert cost("our-own-model", Usage(1000, 0, 0, 1000), TODAY) is None
    assert cost("our-own-model", Usage(), TODAY, batch=True) is None
    assert cost("gpt-4o", Usage(), TODAY) == 0


def test_cost_without_cache_charges_every_token_in_full() -> None:
    usage = Usage(2000, 1024, 0, 300)
    assert cost_without_cache("gpt-4o", usage, TODAY) == cost("gpt-4o", Usage(2000, 0, 0, 300), TODAY)
    with_cache = cost("gpt-4o", usage, TODAY)
    assert with_cache is not None
    assert with_cache == Decimal("0.00672")


def test_odd_counts_do_not_break_pricing() -> None:
    assert cost("gpt-6-luna", Usage(10, 500, 500, 1), TODAY) is not None


HEAD = "version = 1\nchecked = 2026-11-28\nbatch_factor = 0.5\n"


def test_an_own_table_wins_and_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(
        HEAD + '[models."mine"]\ninput = 1.1\ncached = 0.1\noutput = 4\n',
        encoding="utf-8",
    )
    table = load_prices(path)
    assert cost("mine", Usage(1_000_000, 400_000, 100_000, 1_000_000), TODAY, table=table) == Decimal("4.7")
    path.write_text(
        HEAD + '[models."mine"]\ninput = -1\noutput = 4\n',
        encoding="utf-8",
    )
    with pytest.raises(InvalidFileError, match=r"models\.mine\.input"):
        load_prices(path)


@pytest.mark.parametrize(
    ("body", "factor"),
    [
        (b'{"service_tier": "default"}', 1),
        (b"{}", 1),
        (b'{"service_tier":"flex"}', Decimal("0.5")),
        (b'{"service_tier": "batch"}', Decimal("0.5")),
        (b'{"service_tier": "priority"}', None),
        (b'{"service_tier": "fast"}', None),
        (rb'{"text": "{\"service_tier\": \"priority\"}"}', 1),
    ],
)
def test_the_tier_that_was_served_is_priced_and_an_unknown_one_is_not(body: bytes, factor: Decimal | None) -> None:
    assert price_factor(attempt(call(), body=body)) == factor


def test_the_price_version_names_both_sources() -> None:
    assert price_table_version().startswith("genai-prices ")
    assert "own table" in price_table_version()


def test_tokens_are_those_of_o200k_base() -> None:
    # Reference counts: the examples in OpenAI's cookbook on counting tokens.
    assert count("") == 0
    assert count("hello world") == 2
    assert count("antidisestablishmentarianism") == 6
    assert count("お誕生日おめでとう") == 8
    assert count("2 + 2 = 4") == 7
    assert count("<|endoftext|>") > 1, "a special token in a CV is plain text"
    assert count("lone \ud800 surrogate") > 0


def test_a_live_attempt_took_its_total_time() -> None:
    assert attempt_ms(attempt(CALL, total_ms=900.0, model_ms=700.0, queue_ms=5000.0)) == 900.0
    assert attempt_ms(attempt(CALL, total_ms=None)) is None


def test_scaling_the_simulators_clock_does_not_scale_the_overhead() -> None:
    sim = {"source": "simulated", "model_ms": 8000.0}
    slow = attempt(CALL, total_ms=8012.0, slept_ms=8000.0, **sim)
    fast = attempt(CALL, total_ms=92.0, slept_ms=80.0, **sim)
    assert attempt_ms(slow) == attempt_ms(fast) == 8012.0
    recorded = replace(fast, source="recorded", headers={"x-sim-slept-ms": "80"})
    assert attempt_ms(recorded) == 8012.0
    assert attempt_ms(replace(fast, source="recorded")) == 92.0


def test_a_path_adds_up_attempts_and_waits_and_never_the_queue() -> None:
    path = (
        failed(CALL, 1, total_ms=50.0),
        attempt(CALL, 2, total_ms=900.0, retry_wait_ms=500.0, queue_ms=70_000.0),
    )
    assert path_ms(path) == 1450.0
    assert path_ms((*path, attempt(CALL, total_ms=None))) is None
    assert path_ms(()) is None


@given(
    st.sampled_from(["gpt-4o", "gpt-4o-2024-08-06", "gpt-5.4", "gpt-6-luna", "gpt-5.4-pro", "o3", "no-such-model"]),
    st.tuples(*[st.integers(0, 600_000)] * 4),
)
def test_a_price_is_the_lists_own_whatever_the_length(model: str, counts: tuple[int, int, int, int]) -> None:
    read, cached, written, output = counts
    cached = min(cached, read)
    written = min(written, read - cached)
    try:
        listed = genai_prices.calc_price(
            genai_prices.Usage(
                input_tokens=read, cache_read_tokens=cached, cache_write_tokens=written, output_tokens=output
            ),
            model, provider_id="openai", genai_request_timestamp=datetime(2026, 11, 28, 12, tzinfo=UTC),
        ).total_price  # fmt: skip
    except LookupError:
        listed = None
    assert cost(model, Usage(read, cached, written, output_tokens=output), date(2026, 11, 28)) == listed


def test_tokens_of_a_request_are_those_of_its_texts_and_of_what_is_around_them() -> None:
    instructions, text = "Read the CV and answer in JSON.\n" * 40, "Anna Quill\nAnalyst\n" * 40
    request = {"model": "gpt-4o", "instructions": instructions, "input": [{"role": "user", "content": text}]}
    around = {"model": "gpt-4o", "instructions": "", "input": [{"role": "user", "content": ""}]}
    assert count_json(request) == count(instructions) + count(text) + count_json(around)
    assert count_json(request) == count_json(request)  # the second time from memory


@pytest.mark.parametrize("wire", ["responses", "chat"])
@pytest.mark.parametrize("output", ["json_schema", "json_object", "text"])
@pytest.mark.parametrize("text", ["Anna", "Anna Quill\nAnalyst \ud800 in São Paulo\n" * 40])
def test_tokens_of_an_assistants_request_are_those_of_its_body(wire: Wire, output: str, text: str) -> None:
    frame = assistant_frame(bundle(output=output, instructions="Answer in JSON.\n" * 30), wire)
    for of in (framed_call(frame, text), framed_call(frame, f"{text}!")):
        assert count_call(of) == count_json(dict(of.body))
