"""Under load: nothing lost, nothing twice; the service's own time; the kill switch; a shadow that is stalled.

`LOAD=500` plays it at the size that docs/service.md reports; the usual size keeps `make test-full` short.
"""

import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from conftest import make_settings, serving
from service_site import REPOSITORY

from harness.service.flags import write_stage
from harness.service.settings import Deadlines, FallbackRules, ShadowRules
from harness.service.tables import Task
from harness.simulator.process import start

pytestmark = pytest.mark.long
SIZE = int(os.environ.get("LOAD", "96"))
AT_ONCE = 32


@contextmanager
def loaded(tmp_path, *faults, stage="100", clock_scale=0.1, **changes):
    """A service whose model takes a tenth of a real model's time."""
    with start(seed=7, clock_scale=clock_scale, faults=faults) as simulator:
        settings = make_settings(tmp_path, simulator)
        changes = {"model_requests": 64, "readers": 2, "fallback": FallbackRules(a_minute=10_000)} | changes
        settings.value = replace(settings.value, **changes)
        with serving(settings, stage) as site:
            yield site


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def own_seconds(site, stretch):
    """The service's own time of each answered upload, as its histogram has it: (n, upper bound of p95)."""
    from prometheus_client.parser import text_string_to_metric_families

    buckets = {}
    for family in text_string_to_metric_families(site.ann.get("/metrics").text):
        for sample in family.samples:
            wanted = {"stretch": stretch, "way": "assistant"}
            if sample.name == "cv_own_seconds_bucket" and wanted.items() <= sample.labels.items():
                buckets[float(sample.labels["le"])] = sample.value
    n = max(buckets.values())
    return n, min(edge for edge, count in buckets.items() if count >= 0.95 * n)


def test_uploads_with_injected_faults_are_all_answered_once(tmp_path):
    files = sorted((REPOSITORY / "fixtures/corpus/cvs").glob("*.pdf"))[:8]
    with (
        loaded(tmp_path, "500; rate=0.05", "429; rate=0.05; retry_after=0.05") as site,
        ThreadPoolExecutor(AT_ONCE) as threads,
    ):
        begin = time.perf_counter()
        answers = list(threads.map(lambda n: site.ann.upload("/assistant", files[n % 8]), range(SIZE)))
        seconds = time.perf_counter() - begin
        statuses = Counter(answer.status_code for answer in answers)
        methods = Counter(answer.json().get("method") for answer in answers)
        ids = {answer.json()["cv_id"] for answer in answers}
        assert statuses == {200: SIZE}
        assert len(ids) == SIZE
        with site.running.store.session() as session:
            from sqlalchemy import select

            states = Counter(session.scalars(select(Task.state)).all())
        assert sum(states.values()) == SIZE
        figures = {stretch: own_seconds(site, stretch) for stretch in ("all", "without_reading")}
        print(f"{SIZE} uploads, {AT_ONCE} at a time, {seconds:.1f} s; {dict(methods)}; {dict(states)}")
        print(f"own p95 (n, at most s): {figures}")


def test_the_services_own_time_at_a_pace_that_the_machine_can_bear(tmp_path):
    """p95 of what is neither model nor reading the file, on uploads that do not wait for a processor."""
    with loaded(tmp_path, clock_scale=0.02) as site:
        for _ in range(max(60, SIZE // 3)):
            assert site.ann.upload("/assistant").status_code == 200
        whole, without = own_seconds(site, "all"), own_seconds(site, "without_reading")
        print(f"one at a time: own p95 with reading (n, ≤ s) {whole}, without {without}")
        assert without[1] <= 0.1


def test_the_kill_switch_under_load(tmp_path):
    with loaded(tmp_path) as site, ThreadPoolExecutor(AT_ONCE) as threads:
        over = threading.Event()

        def keep_uploading(_):
            methods = Counter()
            while not over.is_set():
                methods[site.ann.upload("/assistant").json()["method"]] += 1
            return methods

        def asked():
            counter = site.running.metrics.model_requests
            return sum(
                sample.value
                for family in counter.collect()
                for sample in family.samples
                if sample.name.endswith("_total") and sample.labels["side"] == "assistant"
            )

        pending = [threads.submit(keep_uploading, number) for number in range(AT_ONCE)]
        threading.Event().wait(4)
        assert asked() > 0
        write_stage(site.settings.flags, "off")
        threading.Event().wait(1.0)
        decided = site.running.metrics.decisions.labels("assistant", "targeting_match")._value.get()
        threading.Event().wait(4)
        assert site.running.metrics.decisions.labels("assistant", "targeting_match")._value.get() == decided
        over.set()
        methods = sum((each.result() for each in pending), Counter())
        print(f"kill switch under load: {dict(methods)}; none decided for the assistant after a second")
        assert methods["legacy"] > 0


def test_a_stalled_shadow_costs_legacy_nothing(tmp_path):
    """Legacy's p95 with a shadow whose model never answers, against no shadow; both in turns."""

    def p95_of(folder, stage, count):
        folder.mkdir()
        limits = Deadlines(shadow=600, drain=1)
        rules = ShadowRules(control=0.0, queue=1000, at_once=8)
        faults = ("timeout; wire=responses; seconds=600",)
        with (
            loaded(folder, *faults, stage=stage, deadlines=limits, shadow=rules) as site,
            ThreadPoolExecutor(4) as threads,
        ):

            def timed(_):
                begin = time.perf_counter()
                assert site.ann.upload("/assistant").json()["method"] == "legacy"
                return time.perf_counter() - begin

            return list(threads.map(timed, range(count)))

    rounds, count = (3, SIZE // 4) if SIZE >= 400 else (1, 24)
    took = {"off": [], "shadow": []}
    for turn in range(rounds):
        for stage in ("off", "shadow") if turn % 2 == 0 else ("shadow", "off"):
            took[stage] += p95_of(tmp_path / f"{stage}-{turn}", stage, count)
    without, beside = quantile(took["off"], 0.95), quantile(took["shadow"], 0.95)
    print(f"stalled shadow: legacy's p95 {beside:.3f} s against {without:.3f} s, n {len(took['off'])} each")
    assert beside <= without * (1.05 if SIZE >= 400 else 1.3)
