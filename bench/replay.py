"""What the replay engine itself costs: calls a second with a caller that answers at once, and memory by documents.

`python -m bench.replay [documents]`; 10,000 documents show the memory. The floor is the same number of calls through
a bare `asyncio.gather`; the difference is reading the answer, its price, scheduling, and three durable writes a call.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.base.canonical import sha256
from harness.base.project import Project
from harness.contract.schema import empty_cv
from harness.corpus.types import Document, Extraction
from harness.models.types import Attempt, Call, Journal, Usage
from harness.pipelines.reading import answer_of
from harness.pipelines.types import Phase, PipelineInput, PipelineResult
from harness.replay.engine import Pace, Work, replay
from harness.replay.manifest import new_manifest
from harness.replay.store import RunStore
from harness.replay.types import Arm, NewRun

TEXT = "A line of a CV that says something about a role.\n" * 60
ANSWER = json.dumps(
    empty_cv() | {"skills": [f"skill number {n}" for n in range(40)]}  # about the size of a short CV's answer
)
CONCURRENCY = 64


def _attempt(call: Call, name: str) -> Attempt:
    return Attempt(
        id=name,
        call_key=call.key,
        number=1,
        started=datetime.now(UTC),
        queue_ms=0.0,
        retry_wait_ms=0.0,
        headers_ms=1.0,
        total_ms=1.0,
        model_ms=None,
        status=200,
        usage=Usage(900, 0, 0, 300, 0),
        request_id=None,
        source="simulated",
        outcome="answered",
        body=ANSWER.encode(),
        text=ANSWER,
        snapshot="gpt-4o",
        draw=call.draw,
    )


@dataclass(frozen=True, slots=True)
class _Instant:
    journal: Journal

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        name = await self.journal.intend(call)
        attempt = _attempt(call, name)
        await self.journal.commit(attempt)
        return (attempt,)


class _OneCall:
    name = "assistant"
    fills: frozenset[str] = frozenset()

    async def run(self, given: PipelineInput, call: _Instant, draw: int) -> PipelineResult:
        made = await call(Call({"input": "x"}, draw, sha256(given.text), "responses", {}))
        found = answer_of(made, None)
        readings = (found.reading,) if found.reading else ()
        return PipelineResult(found.value, readings, made, (Phase("assistant", 1, 1.0),), "completed")


async def _extract(document: Document) -> Extraction:
    text = f"{document.id}\n{TEXT}"
    return Extraction("ok", text, sha256(text), "bench")


async def _floor(calls: int) -> None:
    slots = asyncio.Semaphore(CONCURRENCY)
    call = Call({}, 0, "k", "responses", {})

    async def one() -> Attempt:
        async with slots:
            await asyncio.sleep(0)
            return _attempt(call, "x")

    await asyncio.gather(*(one() for _ in range(calls)))


def run_engine(root: Path, documents: Sequence[Document], arms: Sequence[Arm]) -> float:
    """Seconds that a replay of `documents` takes."""
    new = NewRun(tuple(arms), tuple(documents), scorer="bench", seed=1, concurrency=CONCURRENCY)
    manifest = new_manifest(Project(root), new, datetime.now(UTC))
    with RunStore.create(Project(root), manifest) as store:
        began = time.perf_counter()
        summary = asyncio.run(
            replay(
                store,
                Work(documents, arms, _extract, lambda _: _OneCall(), lambda _: _Instant(store.journal())),
                Pace(CONCURRENCY),
            )
        )
        took = time.perf_counter() - began
    if not summary.complete or summary.failures:
        raise SystemExit(f"the bench's run failed: {summary}")
    return took


def _documents(count: int) -> list[Document]:
    return [Document(f"cv-{n:06}", f"{n}.txt", "text/plain", f"{n:064}", "p", "gate") for n in range(count)]


def _arms() -> list[Arm]:
    return [Arm(name, "assistant", None, "gpt-4o", "simulator@bench", range(1)) for name in ("baseline", "candidate")]


def _peak_mb(count: int) -> float:
    """Peak resident memory of a process that replays `count` documents, MB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.replay", "--peak", str(count)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def _print_peak(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run_engine(Path(folder), _documents(count), _arms())
    status = Path("/proc/self/status")
    if status.is_file():  # Linux: rusage would count what the parent held before this process began
        print(int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024 / 1e6)
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def measure(count: int = 2000) -> dict[str, float]:
    """Calls a second of engine and floor, their ratio, and peak memory for a tenth of the documents and for all."""
    arms = _arms()
    calls = count * len(arms)
    with tempfile.TemporaryDirectory() as folder:
        run_engine(Path(folder), _documents(20), arms)  # imports and price lists, once
        engine = run_engine(Path(folder), _documents(count), arms)
    began = time.perf_counter()
    asyncio.run(_floor(calls))
    floor = time.perf_counter() - began
    return {
        "calls": calls,
        "engine_calls_per_second": calls / engine,
        "floor_calls_per_second": calls / floor,
        "engine_over_floor": engine / floor,
        "peak_mb_tenth": _peak_mb(count // 10),
        "peak_mb": _peak_mb(count),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        _print_peak(int(sys.argv[2]))
        raise SystemExit
    for name, value in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2000).items():
        print(f"{name:28} {value:12.1f}")
