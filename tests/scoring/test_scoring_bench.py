"""The perturbation bench as a test: no false alarm, no miss, no wrong label."""

import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    import bench.perturbation as module

    yield module
    for name in [name for name in sys.modules if name == "bench" or name.startswith("bench.")]:
        del sys.modules[name]


def test_kinds_are_many_enough(bench):
    harmful = [kind for kind in bench.KINDS.values() if kind.harmful]
    assert len(bench.KINDS) >= 60
    assert len(harmful) >= 30
    assert all(kind.expects for kind in harmful)


@pytest.mark.long
def test_nothing_is_missed_and_no_alarm_is_false(bench):
    report = bench.run(range(4), pairs=60)
    assert not report.problems, bench.table(report)
    assert report.auc == 1.0
    assert not {kind for kind in bench.KINDS if kind not in report.tallies}, "a kind that never applied proves nothing"


@pytest.mark.long
def test_the_same_over_many_people(bench):
    report = bench.run(range(40), pairs=3000)
    assert not report.problems, bench.table(report)
    assert report.auc == 1.0


@pytest.mark.long
def test_the_bench_sees_a_scorer_that_forgives_too_much(bench, monkeypatch):
    """Without the rule about numbers, changed numbers must come out as misses."""
    import harness.values.differences as differences

    monkeypatch.setattr(differences, "meanings", lambda token, after_number=False: frozenset())
    differences.weigh.cache_clear()
    try:
        report = bench.run(range(2), pairs=0)
    finally:
        differences.weigh.cache_clear()
    assert "number in a bullet changed (40 %, 400 %)" in report.problems


def test_time_grows_no_faster_than_the_square_of_the_roles(bench):
    """Thirty roles of ten bullets within twenty times a CV of five roles of four (fifteen times the values)."""
    from bench.invented import invent
    from harness.scoring.score import score

    def least(roles, bullets):
        people = [invent(seed, roles=roles, bullets=bullets) for seed in range(3)]
        times = []
        for _ in range(5):
            start = time.process_time()
            for person in people:
                score(person.cv, person.cv, person.text)
            times.append(time.process_time() - start)
        return min(times)

    assert least(30, 10) < 20 * least(5, 4)
