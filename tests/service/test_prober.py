"""The service starts probes by itself: when they are due, within the day's budget, never where it is switched off."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from service_site import CV, LIMIT_S, Client, running_service, wait_for

from harness.evaluate.commands import prober
from harness.evaluate.commands.probe_service import fitting
from harness.evaluate.commands.prober import Prober, due_in, once, plan_of
from harness.evaluate.setup.estimate import TooExpensiveError, refuse_over
from harness.evaluate.setup.plan import Plan
from harness.probes.estimate import TELLING
from harness.replay.lock import RunLock
from harness.service.database import migrate
from harness.service.flags import write_stage
from harness.service.metrics import Metrics
from harness.service.probed import Probed, load, save, spent_on_probes
from harness.service.settings import ProbeRules, ServiceSettings, ShadowRules
from harness.service.tokens import new_token

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


class At:
    """A clock that stands."""

    def __init__(self, moment=NOON):
        self.moment = moment

    def now(self):
        return self.moment


def with_probes(settings, folder, **rules):
    return replace(settings, probes=ProbeRules(figures=str(folder / "probes.json"), **rules))


def test_probes_are_off_unless_asked_for(settings):
    called = threading.Event()
    made = Prober(settings.value, called.set)
    made.start()
    made.end()
    assert settings.value.probes.every_s == 0
    assert not called.is_set()


def test_a_prober_works_when_probes_are_due_and_ends(settings, tmp_path):
    worked = threading.Event()
    made = Prober(with_probes(settings.value, tmp_path, every_s=3600.0), worked.set)
    made.start()
    assert worked.wait(LIMIT_S)
    made.end()
    assert not made._thread.is_alive()


def test_work_that_fails_ends_no_timer(settings, tmp_path):
    again = threading.Event()
    calls = []

    def work():
        calls.append(1)
        if len(calls) == 1:
            raise OSError("no more processes")
        again.set()

    made = Prober(with_probes(settings.value, tmp_path, every_s=0.01), work)
    made.start()
    assert again.wait(LIMIT_S)
    made.end()


def test_probes_are_due_at_once_and_then_after_their_time_whatever_came_of_the_last(settings, tmp_path):
    asked = with_probes(settings.value, tmp_path, every_s=3600.0)
    assert due_in(asked, At()) == 0
    found = once(asked, At())
    assert dict(found.times) == {"flag_off": 1}
    assert due_in(asked, At(NOON + timedelta(minutes=20))) == 2400
    assert due_in(asked, At(NOON + timedelta(hours=2))) == 0


def test_without_a_consented_upload_there_is_nothing_to_probe(settings, tmp_path):
    migrate(settings.value.database)
    write_stage(settings.flags, "shadow")
    found = once(with_probes(settings.value, tmp_path, every_s=3600.0), At())
    assert dict(found.times) == {"nothing_to_probe": 1}
    assert found.dollars == 0


def test_a_database_that_is_away_is_a_failed_time_and_no_crash(settings, tmp_path):
    write_stage(settings.flags, "shadow")
    gone = replace(settings.value, database="postgresql://cv@127.0.0.1:9/cv")
    found = once(with_probes(gone, tmp_path, every_s=3600.0), At())
    assert dict(found.times) == {"failed": 1}
    assert found.dollars == 0


def test_a_broken_file_of_figures_is_no_figure_and_spending_is_of_its_day(tmp_path):
    path = tmp_path / "probes.json"
    assert load(path) == Probed()
    path.write_text('{"day": "2026-11-28", "doll')
    assert load(path) == Probed()
    save(path, Probed(day="2026-11-28", dollars=2.5, times=(("probed", 3),), estimate=0.9))
    assert load(path) == Probed(day="2026-11-28", dollars=2.5, times=(("probed", 3),), estimate=0.9)
    assert path.stat().st_mode & 0o777 == 0o600
    assert spent_on_probes(str(path), "2026-11-28") == 2.5
    assert spent_on_probes(str(path), "2026-11-29") == 0
    assert spent_on_probes("", "2026-11-28") == 0


def test_metrics_show_the_figures_and_no_accuracy_before_there_is_one():
    metrics = Metrics()
    assert b"cv_probe_estimated_f1 NaN" in metrics.render()[0]
    metrics.show(Probed("2026-11-28", 0.5, (("probed", 2), ("x\ny", 1)), 1.0, 20, 900, 0.91, -0.2), "2026-11-28")
    text = metrics.render()[0].decode()
    assert 'cv_probe_times{outcome="probed"} 2.0' in text
    assert "cv_probe_estimated_f1 0.91" in text
    assert "cv_probe_worst_gap 0.2" in text
    assert "cv_probe_dollars 0.5" in text
    assert "x\ny" not in text
    metrics.show(Probed("2026-11-28", 0.5, (), 1.0, 20, 900, None, None), "2026-11-29")
    assert b"cv_probe_dollars 0.0" in metrics.render()[0]


def test_what_is_probed_is_the_assistant_that_is_served(settings):
    named = plan_of(replace(settings.value, assistant="cv-parser-pro", probes=ProbeRules(sample=3, dollars_a_run=0.5)))
    assert named.assistants[0].endswith("cv-parser-pro")
    assert (named.arms, named.limit, named.max_cost) == (("candidate",), 3, 0.5)
    assert plan_of(settings.value).assistants[0].endswith("bundle")
    assert plan_of(replace(settings.value, origin="openai")).provider == "openai"


def test_settings_travel_to_the_process(settings):
    from harness.service.settings import VARIABLE, to_environment

    asked = replace(settings.value, probes=ProbeRules(60.0, 5, ("names",), 0.1, "x.json"))
    sent = json.loads(to_environment(asked)[VARIABLE])
    assert sent["probes"]["relations"] == ["names"]
    assert isinstance(asked, ServiceSettings)


def test_one_service_of_several_over_the_same_figures_probes(settings, tmp_path):
    asked = with_probes(settings.value, tmp_path, every_s=3600.0)
    held = RunLock(tmp_path)
    assert once(asked, At()) == Probed(), "another one is at it"
    held.release()
    assert dict(once(asked, At()).times) == {"flag_off": 1}
    assert dict(once(asked, At(NOON + timedelta(minutes=1))).times) == {"flag_off": 1}, "another one was quicker"
    assert dict(once(asked, At(NOON + timedelta(hours=1))).times) == {"flag_off": 2}


def test_as_many_uploads_are_probed_as_the_money_is_for_and_the_same_on_one_day():
    plan = Plan(only=tuple("abcdefghij"), max_cost=1.0)
    tried = []

    def ask(given):
        tried.append(given.only)
        return refuse_over(prober.Decimal("0.3") * len(given.only), 10, given.max_cost, may_be_free=False)

    assert fitting(plan, ask, "7:2026-11-28") == "about 10 calls for about $0.90"
    assert [len(one) for one in tried] == [10, 3]
    first = tried[-1]
    fitting(plan, ask, "7:2026-11-28")
    assert tried[-1] == first == tuple(sorted(first))
    with pytest.raises(TooExpensiveError):
        fitting(Plan(only=("a", "b"), max_cost=0.2), ask, "")
    assert len(tried[-1]) == 1


def test_without_relations_those_are_asked_that_an_estimate_is_made_of(settings):
    assert plan_of(settings.value).probes == TELLING
    named = plan_of(replace(settings.value, probes=ProbeRules(relations=("names",))))
    assert named.probes == ("names",)
    ours = plan_of(replace(settings.value, origin="ours", base_url="http://127.0.0.1:9/v1"))
    assert (ours.provider, ours.base_url) == ("ours", "")
    other = plan_of(replace(settings.value, origin="http://127.0.0.1:9/v1", base_url="http://127.0.0.1:9/v1"))
    assert (other.provider, other.base_url) == ("openai", "http://127.0.0.1:9/v1")


@pytest.mark.long
def test_the_service_probes_consented_uploads_by_itself_and_shows_what_it_found(settings, tmp_path):
    secret, token = new_token("carol")
    write_stage(settings.flags, "shadow")
    asked = with_probes(
        replace(settings.value, tokens=(token.entry(),), shadow=ShadowRules(control=0.0)), tmp_path,
        every_s=3600.0, relations=("upper_case", "pronouns"), sample=2,
    )  # fmt: skip
    with running_service(asked) as running:
        with Client(base_url=running.url, headers={"Authorization": f"Bearer {secret}"}, timeout=LIMIT_S) as client:
            client.upload("/assistant", CV, consent="true")
        wait_for(running.app.state.running.metrics.shadow.labels("assistant")._value.get, "the shadow's reading")
        made = Prober(asked)
        made.start()
        try:
            wait_for(lambda: dict(load(tmp_path / "probes.json").times), "the figures of a time of probes")
        finally:
            made.end()
        found = load(tmp_path / "probes.json")
        assert dict(found.times) == {"probed": 1}
        assert found.cvs == 1
        assert found.probes >= 2
        assert 0 < found.estimate <= 1
        with Client(base_url=running.url, timeout=LIMIT_S) as client:
            text = client.get("/metrics").text
        assert 'cv_probe_times{outcome="probed"} 1.0' in text
        assert "cv_probe_cvs 1.0" in text
        assert "carol" not in (tmp_path / "probes.json").read_text()


def test_money_is_reserved_before_the_first_call_and_then_set_right(settings, tmp_path, monkeypatch):
    """A model that costs money: what a time may cost is on record while it runs, for shadow shares the budget."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    write_stage(settings.flags, "shadow")
    asked = with_probes(replace(settings.value, origin="openai"), tmp_path, every_s=3600.0, dollars_a_run=0.75)
    seen = []

    def ask(project, plan, *, clock, provider):
        seen.append(spent_on_probes(asked.probes.figures, "2026-11-28"))
        raise KeyError("whatever it is")

    plan = replace(plan_of(asked), only=("a",), max_cost=0.75)
    monkeypatch.setattr(prober, "sampled", lambda *_args, **_more: type("S", (), {"project": None, "plan": plan})())
    monkeypatch.setattr(prober, "probe", ask)
    monkeypatch.setattr(prober, "probes_spent", lambda *_: prober.Decimal("0.25"))
    found = once(asked, At())
    assert seen == [0.75]
    assert dict(found.times) == {"failed": 1}
    assert found.dollars == 0.25
