"""Under load: nothing lost, nothing twice; the service's own time; the kill switch; a shadow that is stalled.

`LOAD=500` plays it at the size that docs/service.md reports; the usual size keeps `make test-full` short.
"""

import json
import os
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from types import SimpleNamespace

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from service_site import REPOSITORY, Client, service_process

from harness.service.flags import write_stage
from harness.service.tokens import new_token
from harness.simulator.process import start

pytestmark = pytest.mark.long
SIZE = int(os.environ.get("LOAD", "64"))
AT_ONCE = 32
USERS = 32 if SIZE >= 400 else 8


@contextmanager
def loaded(folder, *faults, stage="100", clock_scale=0.1, workers=2, **further):
    """The service in processes of its own, before a model that takes a tenth of a real model's time."""
    folder.mkdir(exist_ok=True)
    secret, token = new_token("ann")
    write_stage(folder / "flags.json", stage)
    (folder / "further.json").write_text(json.dumps({"fallback": {"a_minute": 10_000}, "model_requests": 64} | further))
    with (
        start(seed=7, clock_scale=clock_scale, faults=faults) as simulator,
        service_process(
            folder, simulator, [token.entry()], "--settings", str(folder / "further.json"), workers=workers
        ) as site,
    ):

        def client():
            return Client(base_url=site.url, headers={"Authorization": f"Bearer {secret}"}, timeout=300)

        def samples(name, **labels):
            text = httpx2.get(f"{site.url}/metrics", timeout=30).text
            return [
                sample
                for family in text_string_to_metric_families(text)
                for sample in family.samples
                if sample.name == name and labels.items() <= sample.labels.items()
            ]

        yield SimpleNamespace(client=client, samples=samples, flags=folder / "flags.json", folder=folder)


def uploads(site, count, at_once, files):
    """So many uploads, so many at a time; answers with their seconds."""

    def one(number):
        with site.client() as client:
            begin = time.perf_counter()
            answer = client.upload("/assistant", files[number % len(files)])
            return answer, time.perf_counter() - begin

    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(one, range(count)))


def cvs(count):
    return sorted((REPOSITORY / "fixtures/corpus/cvs").glob("*.docx"))[:count]


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def own_p95(site, stretch):
    """The service's own time of answered uploads: (n, the histogram's edge that p95 is under, in seconds)."""
    buckets = Counter()
    for sample in site.samples("cv_own_seconds_bucket", stretch=stretch, way="assistant"):
        buckets[float(sample.labels["le"])] += sample.value
    n = max(buckets.values())
    return int(n), min(edge for edge, count in buckets.items() if count >= 0.95 * n)


def test_uploads_with_injected_faults_are_all_answered_once(tmp_path):
    faults = ("500; rate=0.05", "429; rate=0.05; retry_after=0.05")
    # A model that takes half of a real model's time: faster, and 32 at a time would only measure the processors.
    with loaded(tmp_path / "site", *faults, clock_scale=0.5) as site:
        begin = time.perf_counter()
        answers = [answer for answer, _ in uploads(site, SIZE, AT_ONCE, cvs(8))]
        seconds = time.perf_counter() - begin
        assert Counter(answer.status_code for answer in answers) == {200: SIZE}
        assert len({answer.json()["cv_id"] for answer in answers}) == SIZE
        methods = Counter(answer.json()["method"] for answer in answers)
        figures = {stretch: own_p95(site, stretch) for stretch in ("all", "without_reading")}
    with closing(sqlite3.connect(tmp_path / "site" / "service.db")) as database:
        states = dict(database.execute("select state, count(*) from tasks group by state").fetchall())
    assert sum(states.values()) == SIZE
    print(f"{SIZE} uploads, {AT_ONCE} at a time, {seconds:.1f} s; {dict(methods)}; {states}")
    print(f"own p95 (n, under s): {figures}")


def test_the_services_own_time_on_uploads_that_do_not_wait_for_one_another(tmp_path):
    with loaded(tmp_path / "site", clock_scale=0.0) as site:
        uploads(site, max(60, SIZE // 2), 1, cvs(8))
        figures = {stretch: own_p95(site, stretch) for stretch in ("all", "without_reading")}
    print(f"one at a time: own p95 (n, under s): {figures}")
    assert figures["without_reading"][1] <= 0.5, "far above what it is, also on a machine with much else to do"


def test_the_kill_switch_under_load(tmp_path):
    """A second after the flag went off no upload is given to the assistant any more."""
    with loaded(tmp_path / "site") as site, ThreadPoolExecutor(USERS) as threads:
        over = threading.Event()

        def keep_uploading(_):
            methods = Counter()
            with site.client() as client:
                while not over.is_set():
                    methods[client.upload("/assistant", cvs(1)[0]).json()["method"]] += 1
            return methods

        def decided():
            return sum(sample.value for sample in site.samples("cv_decisions_total", way="assistant"))

        try:
            pending = [threads.submit(keep_uploading, number) for number in range(USERS)]
            for _ in range(600):
                if decided() > USERS:
                    break
                threading.Event().wait(0.1)
            before = decided()
            write_stage(site.flags, "off")
            threading.Event().wait(1.0 if SIZE >= 400 else 3.0)
            after_a_second = decided()
            threading.Event().wait(3.0)
            later = decided()
        finally:
            over.set()
        methods = sum((each.result() for each in pending), Counter())
    print(f"kill switch: {before:.0f} decided for the assistant before, {after_a_second - before:.0f} just after")
    assert before > USERS
    assert later == after_a_second
    assert methods["legacy"] > 0


def test_a_stalled_shadow_costs_legacy_nothing(tmp_path):
    """Legacy's p95 with a shadow whose model never answers, against no shadow; in turns, in one service."""
    further = {"shadow": {"control": 0.0, "queue": 1000, "at_once": 8}, "deadlines": {"shadow": 600, "drain": 2}}
    took = {"off": [], "shadow": []}
    rounds = 6 if SIZE >= 400 else 2
    with loaded(tmp_path / "site", "timeout; wire=responses; seconds=600", stage="off", **further) as site:
        uploads(site, 8, 4, cvs(4))
        for turn in range(rounds):
            for stage in ("off", "shadow") if turn % 2 == 0 else ("shadow", "off"):
                write_stage(site.flags, stage)
                threading.Event().wait(1.0)
                took[stage] += [seconds for _, seconds in uploads(site, max(16, SIZE // rounds), 4, cvs(4))]
        waiting = sum(sample.value for sample in site.samples("cv_shadow_queue"))
    without, beside = quantile(took["off"], 0.95), quantile(took["shadow"], 0.95)
    n = len(took["off"])
    print(f"stalled shadow, {waiting:.0f} waiting: p95 {beside:.3f} s, without {without:.3f} s, n {n} each")
    assert waiting > 0
    assert beside <= without * (1.05 if SIZE >= 400 else 3.0), "the small size only shows that nothing waits for it"
