"""Client, caller and recordings against the simulator: the whole way of a call, and its way back as a recording."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from model_doubles import CV, MemoryJournal

from harness.assistants.bundle import find_bundle, make_bundle
from harness.assistants.legacy import load_legacy_prompts
from harness.base.project import Project
from harness.contract.schema import SECTIONS
from harness.models.caller import Terms, Timer, build_caller
from harness.models.calls import assistant_call, chat_call
from harness.models.client import ModelClient
from harness.models.endpoints import simulator_endpoint
from harness.models.latency import attempt_ms, path_ms
from harness.models.recordings import RecordingStore, record
from harness.models.retry import RetryPolicy
from harness.models.types import Attempt, Call
from harness.simulator.process import Running, start

Result = TypeVar("Result")
BUNDLE = find_bundle(Project(Path(__file__).resolve().parents[2]), "cv-parser-pro").bundle


@pytest.fixture(scope="module")
def simulator() -> Iterator[Running]:
    with start(seed=7) as running:
        yield running


def using(running: Running, use: Callable[[ModelClient], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with ModelClient(simulator_endpoint(running.url, running.origin)) as client:
            return await use(client)

    return asyncio.run(run())


def sent(running: Running, *calls: Call) -> list[Attempt]:
    async def use(client: ModelClient) -> list[Attempt]:
        return [await client.send(call, attempt_id=f"a{place}") for place, call in enumerate(calls)]

    return using(running, use)


def test_the_products_assistant_gets_a_contract_object(simulator: Running) -> None:
    (attempt,) = sent(simulator, assistant_call(BUNDLE, CV))
    assert (attempt.outcome, attempt.source, attempt.snapshot) == ("answered", "simulated", "gpt-4o-2024-08-06")
    assert tuple(json.loads(attempt.text or "")) == SECTIONS
    assert attempt.usage is not None
    assert attempt.usage.input_tokens > 500
    took = attempt_ms(attempt)
    assert took is not None
    assert attempt.model_ms is not None
    assert took >= attempt.model_ms > 0


def test_the_same_assistant_is_answered_over_either_wire(simulator: Running) -> None:
    (over_responses, over_chat) = sent(simulator, assistant_call(BUNDLE, CV), assistant_call(BUNDLE, CV, wire="chat"))
    assert (over_chat.outcome, tuple(json.loads(over_chat.text or ""))) == ("answered", SECTIONS)
    assert over_chat.usage is not None
    assert over_responses.usage is not None
    assert over_chat.usage.input_tokens == over_responses.usage.input_tokens


def test_every_output_mode_and_both_legacy_passes_are_accepted(simulator: Running) -> None:
    prompts = load_legacy_prompts()
    role = {"job_title": "Engineer", "company": "Acme", "start_date": "Jan 2020", "end_date": "Present", "location": ""}
    bundles = [
        make_bundle(
            name="x",
            description="",
            model=BUNDLE.model,
            parameters=dict(BUNDLE.parameters),
            instructions=BUNDLE.instructions,
            output=output,  # type: ignore[arg-type]
            schema=BUNDLE.schema,
        )
        for output in ("json_object", "text")
    ]
    passes = {"metadata": prompts.metadata_prompt(CV), "description": prompts.description_prompt(role, CV)}
    calls = [assistant_call(bundle, CV) for bundle in bundles]
    calls += [
        chat_call(prompts.model, prompts.parameters[name], prompt, 0, {"input": CV}) for name, prompt in passes.items()
    ]
    assert [attempt.outcome for attempt in sent(simulator, *calls)] == ["answered"] * 4


def test_a_draw_is_the_same_answer_whenever_it_is_asked_for(simulator: Running) -> None:
    first, other, again = sent(simulator, *(assistant_call(BUNDLE, CV, draw) for draw in (0, 1, 0)))
    assert first.text == again.text
    assert (first.draw, other.draw) == (0, 1)


def test_what_was_answered_is_replayed_with_its_first_latency(simulator: Running, tmp_path: Path) -> None:
    call, journal, store = assistant_call(BUNDLE, CV), MemoryJournal(), RecordingStore(tmp_path)

    async def ask(client: ModelClient) -> tuple[Attempt, ...]:
        caller = build_caller(origin=client.origin, policy="call", client=client, journal=journal)
        return await caller(call)

    asked = using(simulator, ask)
    store.add([record(simulator.origin, call, asked)])

    async def replay() -> tuple[Attempt, ...]:
        caller = build_caller(
            origin=simulator.origin, policy="replay_only", recordings=RecordingStore(tmp_path), journal=journal
        )
        return await caller(call)

    replayed = asyncio.run(replay())
    assert replayed[-1].text == asked[-1].text
    assert replayed[-1].body == asked[-1].body
    assert replayed[-1].source == "recorded"
    assert path_ms(replayed) == pytest.approx(path_ms(asked), abs=0.01)


@pytest.mark.parametrize(
    ("fault", "attempts", "outcome", "code"),
    [
        ("429; times=1; retry_after=0", 2, "answered", ""),
        ("insufficient_quota", 1, "failed", "insufficient_quota"),
        ("500; times=2", 3, "answered", ""),
        ("503", 3, "failed", None),
        ("reset; times=1", 2, "answered", ""),
        ("truncated_body; times=1", 2, "answered", ""),
        ("broken_json", 3, "failed", "broken_json"),
        ("html", 3, "failed", "html_body"),
        ("html; times=1", 2, "answered", ""),
        ("failed; times=1", 2, "answered", ""),
        ("refusal", 1, "refused", "refusal"),
        ("content_filter", 1, "incomplete", "content_filter"),
    ],
)
def test_each_fault_of_the_simulator_has_its_outcome(
    simulator: Running, fault: str, attempts: int, outcome: str, code: str | None
) -> None:
    _plan(simulator, [fault])

    async def no_wait(_: float) -> None:
        return None

    async def ask(client: ModelClient) -> tuple[Attempt, ...]:
        caller = build_caller(
            origin=client.origin,
            policy="call",
            client=client,
            journal=MemoryJournal(),
            terms=Terms(retry=RetryPolicy(attempts=3)),
            timer=Timer(no_wait),
        )
        return await caller(assistant_call(BUNDLE, f"{CV}\n{fault}"))

    try:
        made = using(simulator, ask)
    finally:
        _plan(simulator, [])
    assert (len(made), made[-1].outcome) == (attempts, outcome)
    assert code is None or made[-1].error == code


def _plan(running: Running, faults: list[str]) -> None:
    request = urllib.request.Request(
        f"{running.control_url}/faults",
        data=json.dumps({"faults": faults}).encode(),
        headers={"content-type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
