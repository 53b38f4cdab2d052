"""What happens when the assistant fails, is stalled, is switched off, or runs beside legacy; and what is erased."""

import itertools
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from service_site import API, REPOSITORY, wait_for
from sqlalchemy.exc import OperationalError

from harness.service import running
from harness.service.flags import CHECK_S, write_stage
from harness.service.settings import Deadlines, FallbackRules, GuardRules, ShadowRules
from harness.service.tables import Event, Pair, Task

pytestmark = pytest.mark.long


def rows(site, table):
    from sqlalchemy import select

    with site.running.store.session() as session:
        return session.scalars(select(table)).all()


def metric(site, name, **labels):
    """The sum of a metric's samples with these labels."""
    from prometheus_client.parser import text_string_to_metric_families

    text = site.ann.get("/metrics").text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


class TestFallback:
    @pytest.mark.parametrize(
        ("fault", "cause"),
        [
            ("500; wire=responses", "assistant_failed"),
            ("429; wire=responses; retry_after=0.01", "assistant_rate_limited"),
            ("refusal; wire=responses", "assistant_refused"),
            ("content_filter; wire=responses", "assistant_filtered"),
            ("timeout; wire=responses", "assistant_timeout"),
            ("failed; wire=responses", "assistant_failed"),
        ],
    )
    def test_legacy_answers_in_the_same_request_and_the_cause_is_counted(self, serve, faults, fault, cause):
        faults(fault)
        # Short only where it is to pass: on a machine with much else to do an answer of 500 takes a while, too.
        patience = 1.5 if cause == "assistant_timeout" else 100.0
        with serve(stage="100", deadlines=Deadlines(assistant=patience, drain=2), model_attempts=1) as site:
            answer = site.ann.upload("/assistant").json()
            assert (answer["success"], answer["method"]) == (True, "legacy")
            assert site.running.store.task(answer["cv_id"]).cause == cause
            assert metric(site, "cv_fallbacks_total", cause=cause) == 1

    def test_without_a_fallback_the_caller_gets_the_code(self, serve, faults):
        faults("refusal; wire=responses")
        with serve(stage="100", fallback=FallbackRules(enabled=False)) as site:
            answer = site.ann.upload("/assistant")
            assert (answer.status_code, answer.json()["code"]) == (502, "assistant_refused")
            assert site.running.store.task(answer.json()["cv_id"]).state == "failed"

    def test_the_deadline_is_one_for_both(self, serve, faults):
        """Both ways are stalled: the answer comes at the deadline of the request, not at the sum of two."""
        faults("timeout")
        limits = Deadlines(request=6.0, assistant=5.0, drain=1)
        with serve(stage="100", deadlines=limits, model_attempts=1) as site:
            answer = site.ann.upload("/assistant")
            assert (answer.status_code, answer.json()["code"]) == (504, "deadline")
            assert answer.json()["cause"] == "assistant_timeout"
            assert site.running.store.task(answer.json()["cv_id"]).latency_ms < 10_500

    def test_an_outage_opens_the_breaker_and_the_budget_bounds_the_fallbacks(self, serve, faults, simulator):
        faults("500; wire=responses")
        rules = FallbackRules(breaker_window=4, breaker_failures=3, breaker_open_s=600, a_minute=5)
        with serve(stage="100", fallback=rules, model_attempts=1) as site:
            answers = [site.ann.upload("/assistant") for _ in range(7)]
            assert [answer.status_code for answer in answers] == [200] * 5 + [503] * 2
            assert answers[-1].json()["code"] == "fallbacks_exhausted"
            assert int(answers[-1].headers["retry-after"]) > 0
            assert metric(site, "cv_model_requests_total", side="assistant") == 3
            assert metric(site, "cv_fallbacks_total", cause="assistant_breaker_open") == 2
            assert site.ann.get("/readyz").json()["breaker"] == "open"

    def test_after_the_outage_one_probe_closes_the_breaker(self, serve, faults):
        faults("500; wire=responses")
        rules = FallbackRules(breaker_window=2, breaker_failures=2, breaker_open_s=0.2, a_minute=100)
        with serve(stage="100", fallback=rules, model_attempts=1) as site:
            assert {site.ann.upload("/assistant").json()["method"] for _ in range(3)} == {"legacy"}
            faults()
            wait_for(lambda: site.running.breaker.state == "half_open")
            assert site.ann.upload("/assistant").json()["method"] == "assistant"
            assert site.running.breaker.state == "closed"


class TestKillSwitch:
    def test_it_is_in_effect_within_a_second_without_restart(self, serve):
        with serve(stage="100") as site:
            assert site.ann.upload("/assistant").json()["method"] == "assistant"
            write_stage(site.settings.flags, "off")
            wait_for(lambda: site.ann.get(f"{API}/feature-flags").json() == {"use_assistant_processing": False})
            assert CHECK_S <= 0.5, "so it is a second on a machine that has time for it (tests/service/test_load.py)"
            asked = metric(site, "cv_model_requests_total", side="assistant")
            assert site.ann.upload("/assistant").json()["method"] == "legacy"
            assert metric(site, "cv_model_requests_total", side="assistant") == asked

    def test_a_broken_flag_file_shows_and_changes_nothing(self, serve):
        with serve(stage="100") as site:
            site.settings.flags.write_text("{")
            wait_for(lambda: "flags" in site.ann.get("/readyz").json()["problems"])
            assert site.ann.get("/readyz").status_code == 200
            assert metric(site, "cv_flag_file_broken") == 1
            assert site.ann.upload("/assistant").json()["method"] == "assistant"


class TestShadow:
    rules = ShadowRules(control=0.0)

    def test_legacy_answers_and_the_pair_is_kept_with_consent_only(self, serve):
        with serve(stage="shadow", shadow=self.rules) as site:
            kept = site.ann.upload("/assistant", consent="true").json()
            plain = site.ann.upload().json()["taskId"]
            site.ann.done(plain)
            assert kept["method"] == "legacy"
            wait_for(lambda: len([p for p in rows(site, Pair) if p.agreement is not None]) == 2)
            pairs = {pair.task_id: pair for pair in rows(site, Pair)}
            assert pairs[kept["cv_id"]].text
            assert json.loads(pairs[kept["cv_id"]].answer)["work_experience"]
            assert (pairs[plain].text, pairs[plain].answer) == (None, None)
            assert all(0.3 < pair.agreement <= 1 and pair.cost > 0 for pair in pairs.values())
            assert site.running.store.task(plain).text is None

    def test_a_control_is_legacy_with_other_luck(self, serve):
        with serve(stage="shadow", shadow=ShadowRules(control=1.0)) as site:
            site.ann.upload("/assistant")
            wait_for(lambda: len([p for p in rows(site, Pair) if p.agreement is not None]) == 2)
            pairs = {pair.kind: pair for pair in rows(site, Pair)}
            assert set(pairs) == {"assistant", "control"}
            assert pairs["control"].bundle == ""
            assert metric(site, "cv_model_requests_total", side="shadow") >= 2

    def test_a_failing_stalled_or_unpaid_shadow_reaches_nobody(self, serve, faults):
        faults("timeout; wire=responses; seconds=600")
        rules = ShadowRules(control=0.0, queue=2, at_once=1)
        with serve(stage="shadow", shadow=rules, deadlines=Deadlines(shadow=600, drain=1)) as site:
            answers = [site.ann.upload("/assistant").json() for _ in range(5)]
            assert [answer["method"] for answer in answers] == ["legacy"] * 5
            assert metric(site, "cv_shadow_total", outcome="dropped_queue_full") == 2
        faults("500; wire=responses")
        with serve(stage="shadow", shadow=ShadowRules(control=0.0, dollars_a_day=0.0)) as site:
            assert site.ann.upload("/assistant").json()["method"] == "legacy"
            wait_for(lambda: metric(site, "cv_shadow_total", outcome="dropped_spending_cap") == 1)

    def test_after_the_kill_switch_what_waits_is_dropped(self, serve, faults):
        faults("timeout; wire=responses; seconds=30")
        rules = ShadowRules(control=0.0, queue=5, at_once=1)
        with serve(stage="shadow", shadow=rules, deadlines=Deadlines(shadow=12.0, drain=1)) as site:
            with ThreadPoolExecutor(3) as threads:  # all three within the deadline of the first
                list(threads.map(lambda _: site.ann.upload("/assistant"), range(3)))
            write_stage(site.settings.flags, "off")
            wait_for(lambda: metric(site, "cv_shadow_total") == 3)
            assert metric(site, "cv_shadow_total", outcome="dropped_flag_off") >= 1


class TestErasure:
    def traces(self, folder, words):
        """Files of the folder that hold one of the words."""
        found = set()
        for path in folder.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            found |= {path.name for word in words if word in content}
        return found

    def test_delete_takes_every_trace_of_a_cv_out_of_the_files(self, serve, tmp_path):
        with serve(stage="shadow", shadow=ShadowRules(control=0.0), keep_uploads=True) as site:
            task_id = site.ann.upload(consent="true").json()["taskId"]
            site.ann.done(task_id)
            wait_for(lambda: [p for p in rows(site, Pair) if p.agreement is not None])
            cv = site.ann.get(f"{API}/cv/{task_id}").json()
            role = cv["work_experience"][0]
            feedback = {"path": "/work_experience/0/company", "verdict": "wrong", "value": "Zarquon Correction Ltd"}
            assert site.ann.post(f"{API}/cv/{task_id}/feedback", json=feedback).status_code == 201
            words = [role["company"].encode(), role["description"][0][:25].encode(), b"Zarquon", task_id.encode()]
            assert self.traces(tmp_path, words)
            assert site.ann.delete(f"{API}/cv/{task_id}").status_code == 204
            assert site.ann.get(f"{API}/cv/{task_id}").status_code == 404
            assert self.traces(tmp_path, words[:-1]) == set()
            assert (rows(site, Pair), rows(site, Task)) == ([], [])

    def test_a_task_that_is_under_way_can_be_deleted_and_does_not_come_back(self, serve, faults):
        with serve() as site:
            task_id = site.ann.upload().json()["taskId"]
            assert site.ann.delete(f"{API}/cv/{task_id}").status_code == 204
            wait_for(lambda: site.running.tasks.running == 0)
            assert rows(site, Task) == []

    def test_a_person_is_forgotten_and_the_others_stay(self, serve, settings, tmp_path):
        from harness.evaluate.commands.serving import forget_person, retain_now

        with serve() as site:
            for client in (site.ann, site.bob):
                client.done(client.upload().json()["taskId"])
        database = settings.value.database
        assert forget_person(database, "ann") == 1
        assert forget_person(database, "ann") == 0
        assert b"\nann" not in (tmp_path / "service.db").read_bytes()
        assert retain_now(database, 30, 30) == (0, 0)
        assert retain_now(database, 0, 0) == (1, 0)


class TestGuard:
    def test_the_flag_goes_off_by_itself_and_why_is_on_record(self, serve, faults):
        faults("refusal; wire=responses")
        guard = GuardRules(enabled=True, least=5, fallback_rate=0.5)
        with serve(stage="100", guard=guard, fallback=FallbackRules(breaker_failures=100, a_minute=100)) as site:
            for _ in range(6):
                assert site.ann.upload("/assistant").json()["method"] == "legacy"
            wait_for(lambda: metric(site, "cv_guard_rollbacks_total") == 1)  # the flag is off before it is counted
            (event,) = rows(site, Event)
            assert (event.kind, event.detail["limits"]) == ("guard_rollback", ["fallback_rate"])
            assert event.detail["window"]["n"] >= 5
            assert site.ann.get(f"{API}/feature-flags").json() == {"use_assistant_processing": False}


class TestCorrections:
    def test_a_correction_is_kept_and_a_senseless_one_refused(self, serve):
        with serve(stage="100") as site:
            cv_id = site.ann.upload("/assistant").json()["cv_id"]
            address = f"{API}/cv/{cv_id}/feedback"
            assert site.ann.post(address, json={"path": "/personal_info/name", "verdict": "right"}).status_code == 201
            for wrong in ({}, {"path": "/x", "verdict": "wrong"}, {"path": "/skills", "verdict": "maybe"}, [], "x"):
                answer = site.ann.post(address, json=wrong)
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
            assert site.bob.post(address, json={"path": "/skills", "verdict": "right"}).status_code == 404


def test_a_task_that_was_stored_and_never_begun_is_begun(serve, settings):
    from datetime import UTC, datetime, timedelta

    from harness.base.clock import SystemClock
    from harness.service.database import migrate, open_engine
    from harness.service.store import Store

    migrate(settings.value.database)
    engine = open_engine(settings.value.database)
    task_id = "f" * 32
    Store(engine, SystemClock()).add_task(
        Task(
            id=task_id, user="ann", tenant="t", request_id="r", way="legacy", decision="legacy", reason="r",
            state="pending", kind="pdf", text="Jane Doe\nWork\nAcme Ltd, Developer, Jan 2020 - Present\n- Built it",
            deadline_at=datetime.now(UTC) + timedelta(seconds=100),
        )
    )  # fmt: skip
    engine.dispose()
    with serve() as site:
        assert site.ann.done(task_id)["status"] == "completed"


def test_many_at_once_none_is_lost_and_none_is_there_twice(serve, faults):
    faults("500; rate=0.1", "refusal; rate=0.05; wire=responses")
    with serve(stage="50", fallback=FallbackRules(a_minute=1000, breaker_failures=20)) as site:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda n: site.ann.upload("/assistant" if n % 2 else ""), range(40)))
        statuses = Counter(answer.status_code for answer in answers)
        assert set(statuses) <= {200, 502}
        ids = [answer.json().get("cv_id") or answer.json().get("taskId") for answer in answers]
        assert len(set(ids)) == 40
        for task_id in ids:
            site.ann.done(task_id)
        assert {task.id for task in rows(site, Task)} == set(ids)
    assert REPOSITORY.exists()


def test_what_waits_for_its_turn_when_the_flag_goes_off_is_not_sent(serve, faults):
    """One place at the model, and somebody in it: those behind are given to legacy, and nobody has failed."""
    faults("timeout; wire=responses; seconds=600; times=1")
    deadlines = Deadlines(request=300, assistant=60, drain=5)
    with serve(stage="100", model_requests=1, model_attempts=1, deadlines=deadlines) as site:
        with ThreadPoolExecutor(4) as threads:
            waiting = [threads.submit(site.ann.upload, "/assistant")]
            wait_for(lambda: metric(site, "cv_model_requests_sent_total", side="assistant"))
            time.sleep(2.0)  # else their own deadlines pass in the moment in which they get the place
            waiting += [threads.submit(site.ann.upload, "/assistant") for _ in range(3)]
            wait_for(lambda: metric(site, "cv_decisions_total", way="assistant") == 4)
            sent = metric(site, "cv_model_requests_sent_total", side="assistant")
            write_stage(site.settings.flags, "off")
            answers = [each.result().json() for each in waiting]
        assert sent == 1
        assert metric(site, "cv_model_requests_sent_total", side="assistant") == 1
        assert [answer["method"] for answer in answers] == ["legacy"] * 4
        causes = Counter(site.running.store.task(answer["cv_id"]).cause for answer in answers)
        assert causes.pop("switched_off") == 3
        assert sum(causes.values()) == 1
        assert sum(metric(site, "cv_fallbacks_total", cause=cause) for cause in causes) == 1
        assert site.running.breaker.state == "closed"


def _away(times):
    """A database that is away `times` times, as its library says so."""
    left = itertools.count(times, -1)

    def first(real):
        def call(*given):
            if next(left) > 0:
                raise OperationalError(
                    "insert into calls", {"answer": "Jane Doe"}, Exception("gone"), hide_parameters=True
                )
            return real(*given)

        return call

    return first


@pytest.mark.parametrize("place", ["add_call", "finish", "set_state"])
def test_a_task_that_the_database_broke_off_is_begun_again_and_pays_little_more(serve, monkeypatch, place):
    monkeypatch.setattr(running, "_SWEEP_S", 0.1)
    with serve(dead_after_s=0.2) as site:
        store = site.running.store
        monkeypatch.setattr(store, place, _away(2)(getattr(store, place)))
        task_id = site.ann.upload().json()["taskId"]
        assert site.ann.done(task_id)["status"] == "completed"
        calls = store.task(task_id).calls
        sent = metric(site, "cv_model_requests_sent_total", side="legacy")
        assert calls <= sent <= calls + 2


def test_a_task_that_the_database_never_takes_ends(serve, monkeypatch):
    monkeypatch.setattr(running, "_SWEEP_S", 0.1)
    with serve(dead_after_s=0.2) as site:
        store = site.running.store
        monkeypatch.setattr(store, "add_call", _away(1000)(store.add_call))
        task_id = site.ann.upload().json()["taskId"]
        assert site.ann.done(task_id)["status"] == "failed"
        assert store.task(task_id).cause == "internal"
