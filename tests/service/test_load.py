"""Under load: nothing lost, nothing twice; the service's own time; the kill switch; a shadow that is stalled.

`LOAD=500` plays it at the size that docs/service.md reports; the usual size keeps `make test-full` short.
"""

import contextlib
import itertools
import json
import os
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from service_site import REPOSITORY, Client, service_process, wait_for

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
        wait_for(lambda: site.log.read_text().count('"the service has started"') >= workers, "every worker")

        def client():
            return Client(base_url=site.url, headers={"Authorization": f"Bearer {secret}"}, timeout=600)

        def samples(name, **labels):
            text = httpx2.get(f"{site.url}/metrics", timeout=30).text
            return [
                sample
                for family in text_string_to_metric_families(text)
                for sample in family.samples
                if sample.name == name and labels.items() <= sample.labels.items()
            ]

        def asked_of_assistant():
            """Requests that were sent to the assistant's model so far, each counted when it is."""
            sides = ("assistant", "shadow")
            return sum(s.value for side in sides for s in samples("cv_model_requests_sent_total", side=side))

        yield SimpleNamespace(
            client=client, samples=samples, flags=folder / "flags.json", folder=folder, log=site.log,
            process=site.process, asked_of_assistant=asked_of_assistant,
        )  # fmt: skip


def uploads(site, count, at_once, files, ramp_s=0.0):
    """So many uploads, so many users who take one after the other; answers with their seconds. ramp_s: the users come
    one by one over this time, as users do; 0: all in the same moment."""
    own, order, clients = threading.local(), itertools.count(), []

    def begin_user():
        own.client = site.client()
        clients.append(own.client)
        threading.Event().wait(ramp_s * next(order) / at_once)

    def one(number):
        begin = time.perf_counter()
        return own.client.upload("/assistant", files[number % len(files)]), time.perf_counter() - begin

    try:
        with ThreadPoolExecutor(at_once, initializer=begin_user) as threads:
            return list(threads.map(one, range(count)))
    finally:
        for client in clients:
            client.close()


def cvs(count=None, *media):
    """CVs of the corpus, Word files where nothing else is asked for; "pdf" are those with a text layer (a picture's
    words take seconds, whoever reads them)."""
    corpus = json.loads((REPOSITORY / "fixtures/corpus/manifest.json").read_text())["documents"]
    found = [each["path"] for each in corpus if each["tags"]["media"] in (media or ("docx",))]
    return [REPOSITORY / "fixtures/corpus" / path for path in found[:count]]


def processor_seconds(pid):
    """Processor time so far of a process and of all that it started."""
    times, parents = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            times[int(stat.parent.name)] = sum(map(int, fields[11:15]))  # its own, and of those that ended
            parents[int(stat.parent.name)] = int(fields[1])
    of = {pid}
    while more := {child for child, parent in parents.items() if parent in of} - of:
        of |= more
    return sum(times.get(each, 0) for each in of) / os.sysconf("SC_CLK_TCK")


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def own_times(site, count):
    """Milliseconds of the service's own part of so many answered uploads, as its log says: (all, without reading)."""

    def written():
        whole = site.log.read_text().splitlines(keepends=True)  # the last one may be half written
        lines = [json.loads(line) for line in whole if '"own_ms"' in line and line.endswith("\n")]
        return lines if len(lines) >= count else None

    lines = wait_for(written, "the log lines")
    assert len(lines) == count
    return [line["own_ms"] for line in lines], [line["own_ms"] - line["read_ms"] for line in lines]


def told(name, times):
    p50, p95 = quantile(times, 0.5), quantile(times, 0.95)
    return f"{name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms, worst {max(times):.1f} ms, n {len(times)}"


_ALL = ("pdf", "docx")


@pytest.mark.parametrize(
    ("media", "ramp_s"),
    [(("pdf",), 6.0), (("docx",), 6.0), (_ALL, 6.0), (_ALL, 0.0)] if SIZE >= 400 else [(_ALL, 6.0)],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) else f"within {value:g} s",
)
def test_uploads_with_injected_faults_are_all_answered_once(tmp_path, media, ramp_s):
    """Where all users come in the same moment (0), the last of the first 32 waits until 31 others are read."""
    faults = ("500; rate=0.05", "429; rate=0.05; retry_after=0.05")
    files = cvs(None, *media)
    # A model that takes some 4 seconds at full size: much faster, and 32 users would only measure the processors.
    with loaded(tmp_path / "site", *faults, clock_scale=0.15 if SIZE >= 400 else 0.1) as site:
        worked, begin = processor_seconds(site.process.pid), time.perf_counter()
        answered = uploads(site, SIZE, AT_ONCE, files, ramp_s)
        seconds, worked = time.perf_counter() - begin, processor_seconds(site.process.pid) - worked
        answers = [answer for answer, _ in answered]
        assert Counter(answer.status_code for answer in answers) == {200: SIZE}
        assert len({answer.json()["cv_id"] for answer in answers}) == SIZE
        methods = Counter(answer.json()["method"] for answer in answers)
        every, without_reading = own_times(site, SIZE)
    with closing(sqlite3.connect(tmp_path / "site" / "service.db")) as database:
        states = dict(database.execute("select state, count(*) from tasks group by state").fetchall())
    assert sum(states.values()) == SIZE
    print(f"{SIZE} uploads, {len(files)} files ({', '.join(media)}), {AT_ONCE} users within {ramp_s:g} s, "
          f"{seconds:.1f} s; {dict(methods)}; {states}; load {os.getloadavg()}")  # fmt: skip
    print(f"processor time {1000 * worked / SIZE:.1f} ms an upload, {100 * worked / seconds / os.cpu_count():.0f} % of "
          f"{os.cpu_count()} cores; answered after {quantile([took for _, took in answered], 0.5):.2f} s")  # fmt: skip
    print(told("own", every))
    print(told("own without reading", without_reading))
    print(told("reading", [one - other for one, other in zip(every, without_reading, strict=True)]))
    print(told(f"own after the first {AT_ONCE}", every[AT_ONCE:]))
    if SIZE >= 400 and ramp_s:
        assert quantile(every, 0.95) <= 50.0


def test_the_services_own_time_on_uploads_that_do_not_wait_for_one_another(tmp_path):
    count = max(60, SIZE // 2)
    with loaded(tmp_path / "site", clock_scale=0.0) as site:
        uploads(site, count, 1, cvs(8))
        every, without_reading = own_times(site, count)
    print("one at a time;", told("own", every), told("without reading", without_reading))
    assert quantile(without_reading, 0.5) <= 500, "far above what it is, also on a machine with much else to do"


def test_the_kill_switch_under_load(tmp_path):
    """A second after the flag went off no upload is given to the assistant any more, and the model is not asked."""
    faults = ("500; rate=0.05", "429; rate=0.05; retry_after=0.05")
    with loaded(tmp_path / "site", *faults) as site, ThreadPoolExecutor(USERS) as threads:
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
            wait_for(lambda: decided() >= SIZE, "enough uploads")
            before, asked_before = decided(), site.asked_of_assistant()
            write_stage(site.flags, "off")
            if SIZE >= 400:
                threading.Event().wait(1.0)
            else:  # a second is long enough on a machine that has time for it; here, that it takes effect at all
                wait_for(lambda: site.log.read_text().count('"the flag file is in effect"') == 2, "both workers")
            after_a_second, asked = decided(), site.asked_of_assistant()
            threading.Event().wait(5.0)
            later, asked_later = decided(), site.asked_of_assistant()
        finally:
            over.set()
        methods = sum((each.result() for each in pending), Counter())
    print(
        f"kill switch, {USERS} users, {sum(methods.values())} uploads: {before:.0f} decided for the assistant before, "
        f"{after_a_second - before:.0f} in the second after, {later - after_a_second:.0f} later; requests sent to its "
        f"model: {asked_before:.0f}, then {asked - asked_before:.0f}, then {asked_later - asked:.0f}"
    )
    assert before >= SIZE
    assert (later, asked_later) == (after_a_second, asked)
    assert methods["legacy"] > 0


def test_a_stalled_shadow_costs_legacy_nothing(tmp_path):
    """Legacy's p95 with a shadow whose model never answers, against no shadow; in turns, in one service."""
    further = {"shadow": {"control": 0.0, "queue": 1000, "at_once": 8}, "deadlines": {"shadow": 600, "drain": 2}}
    took = {"off": [], "shadow": []}
    rounds = 6 if SIZE >= 400 else 2
    users = 8 if SIZE >= 400 else 4
    with loaded(tmp_path / "site", "timeout; wire=responses; seconds=600", stage="off", **further) as site:
        uploads(site, 8, 4, cvs(4))
        for turn in range(rounds):
            for stage in ("off", "shadow") if turn % 2 == 0 else ("shadow", "off"):
                write_stage(site.flags, stage)
                threading.Event().wait(1.0)
                took[stage] += [seconds for _, seconds in uploads(site, max(16, SIZE // rounds), users, cvs(4))]
        stalled = site.asked_of_assistant()
    without, beside = quantile(took["off"], 0.95), quantile(took["shadow"], 0.95)
    n = len(took["off"])
    print(
        f"stalled shadow, {stalled:.0f} requests stalled, {users} users: legacy's p95 {beside:.3f} s, "
        f"without {without:.3f} s ({100 * (beside / without - 1):+.1f} %), medians {quantile(took['shadow'], 0.5):.3f} "
        f"and {quantile(took['off'], 0.5):.3f} s, n {n} each"
    )
    assert stalled > 0
    if SIZE >= 400:
        assert beside <= without * 1.05
    else:
        assert max(took["shadow"]) < 60, "the small size only shows that nobody waits for it, which would be 600 s"
