"""How long scoring takes, side by side with the libraries people would use instead, in one run on the same pairs.

Times are CPU milliseconds, the least of three runs a pair, the tools taking turns. The first run of ours has no
cached text (its caches are emptied before each pair), the others share whatever any real run would share.
"""

from __future__ import annotations

import gc
import importlib
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.invented import invent
from bench.perturbation import KINDS, disturbed
from harness.scoring.score import score
from harness.values.find import haystack

ROUNDS = 3
Judge = Callable[[Any, Any, str], object]


@dataclass(frozen=True, slots=True)
class Pair:
    """A golden, an answer with a few mistakes in it, and the text."""

    golden: Any
    answer: Any
    text: str


def pairs(count: int, *, roles: int, bullets: int, seed: int = 0) -> Iterator[Pair]:
    """Invented CVs with answers as a decent model gives them: three mistakes and one harmless difference each."""
    rng = random.Random(f"{seed}:{roles}:{bullets}")
    harmful = [kind for kind in KINDS.values() if kind.harmful]
    harmless = [kind for kind in KINDS.values() if not kind.harmful and kind.stage == 0]
    made = 0
    number = seed
    while made < count:
        number += 1
        person = invent(number, roles=roles, bullets=bullets)
        found = disturbed(person, (*rng.sample(harmful, 3), rng.choice(harmless)), rng)
        if found is not None:
            made += 1
            yield Pair(person.cv, found[0], person.text)


def ours(answer: Any, golden: Any, text: str) -> object:
    haystack.cache_clear()
    return score(answer, golden, text)


def deepdiff_ordered(answer: Any, golden: Any, text: str) -> object:
    from deepdiff import DeepDiff

    return DeepDiff(golden, answer)


def deepdiff_ignore_order(answer: Any, golden: Any, text: str) -> object:
    from deepdiff import DeepDiff

    return DeepDiff(golden, answer, ignore_order=True)


def anls_star(answer: Any, golden: Any, text: str) -> object:
    return importlib.import_module("anls_star").anls_score(golden, answer)


def judges() -> tuple[dict[str, Judge], list[str]]:
    """Ours and the peers that are installed, and a line about each that is not."""
    found: dict[str, Judge] = {
        "cv-harness": ours,
        "DeepDiff ordered": deepdiff_ordered,
        "DeepDiff ignore_order": deepdiff_ignore_order,
    }
    absent = []
    try:
        importlib.import_module("anls_star")
        found["ANLS*"] = anls_star
    except ImportError:
        absent.append("ANLS* is not installed (`pip install cv-harness[bench]`)")
    if sys.version_info < (3, 12):
        absent.append("stickler-eval needs Python 3.12 or later")
    else:
        try:
            found["stickler"] = stickler_judge()
        except ImportError:
            absent.append("stickler-eval is not installed (`pip install cv-harness[bench]`)")
    return found, absent


def stickler_judge() -> Judge:
    """stickler's structured comparison of the two objects, with its default comparators."""
    model = importlib.import_module("stickler").StructuredModel

    def judge(answer: Any, golden: Any, text: str) -> object:
        cls = model.model_from_json({"model_name": "Cv", "fields": {}})
        return cls.from_json(golden).compare_with(cls.from_json(answer))

    return judge


def measure(tools: dict[str, Judge], given: Sequence[Pair], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """CPU milliseconds of each tool on each pair: the least of `rounds`, tools taking turns."""
    times: dict[str, list[float]] = {name: [] for name in tools}
    gc.collect()
    gc.disable()
    try:
        for pair in given:
            best = dict.fromkeys(tools, float("inf"))
            for _ in range(rounds):
                for name, judge in tools.items():
                    start = time.process_time_ns()
                    judge(pair.answer, pair.golden, pair.text)
                    best[name] = min(best[name], (time.process_time_ns() - start) / 1e6)
            for name, took in best.items():
                times[name].append(took)
    finally:
        gc.enable()
    return times


def cold(given: Sequence[Pair]) -> list[float]:
    """CPU milliseconds of ours where each CV is seen for the first time."""
    times = []
    for pair in given:
        start = time.process_time_ns()
        score(pair.answer, pair.golden, pair.text)
        times.append((time.process_time_ns() - start) / 1e6)
    return times


def line(name: str, times: Sequence[float]) -> str:
    ranked = sorted(times)
    late = ranked[int(len(ranked) * 0.99)]
    return f"  {name:24} median {statistics.median(ranked):8.2f} ms   p99 {late:8.2f} ms   n {len(ranked)}"


def main() -> None:
    tools, absent = judges()
    ours(*_arguments(next(pairs(1, roles=5, bullets=4, seed=999))))  # imports and tables
    median_pairs = list(pairs(60, roles=5, bullets=4))
    long_pairs = list(pairs(8, roles=30, bullets=10))
    print("median CV (5 roles, 4 bullets each), grounding on; CPU time")
    print(line("cv-harness, first sight", cold(list(pairs(200, roles=5, bullets=4, seed=5000)))))
    times = measure(tools, median_pairs)
    for name, took in times.items():
        print(line(name, took))
    print("long CV (30 roles, 10 bullets each)")
    quick = {
        name: judge
        for name, judge in tools.items()
        if name in ("cv-harness", "DeepDiff ordered", "DeepDiff ignore_order")
    }
    long_times = measure(quick, long_pairs)
    for name, took in long_times.items():
        print(line(name, took))
    for text in absent:
        print(f"  {text}")
    ratio = statistics.median(times["DeepDiff ignore_order"]) / statistics.median(times["cv-harness"])
    growth = statistics.median(long_times["cv-harness"]) / statistics.median(times["cv-harness"])
    print(
        f"cv-harness is {ratio:.1f} times as fast as DeepDiff ignore_order (bar 2.5); "
        f"the long CV takes {growth:.1f} times the median (bar 20)"
    )
    many()


def _arguments(pair: Pair) -> tuple[Any, Any, str]:
    return pair.answer, pair.golden, pair.text


def many(count: int = 10_000) -> None:
    """Time and memory over many CVs, one after the other."""
    halfway = spent = 0.0
    memory = 0
    for number, pair in enumerate(pairs(count, roles=5, bullets=4, seed=20_000)):
        start = time.process_time()
        score(pair.answer, pair.golden, pair.text)
        spent += time.process_time() - start
        if number + 1 == count // 2:
            halfway, memory = spent, _megabytes()
    print(
        f"{count} CVs: {spent:.1f} s of CPU, second half {(spent - halfway) / halfway:.2f} times the first; "
        f"memory {memory} MB after half, {_megabytes()} MB after all"
    )


def _megabytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 if sys.platform != "darwin" else 1024 * 1024)


if __name__ == "__main__":
    main()
