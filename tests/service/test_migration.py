"""A whole migration: shadow, advice, 5 %, a regression, the guard's way back, a mended assistant, 100 %, the end."""

import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from service_site import API, CV, LIMIT_S, Client, running_service, wait_for
from typer.testing import CliRunner

from harness.base.errors import UsageError
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.from_service import evidence
from harness.evaluate.commands.rollout import RolloutRules, rollout
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.service.database import migrate
from harness.service.flags import Flags, checked, stage_of, write_stage
from harness.service.settings import FallbackRules, GuardRules, ShadowRules
from harness.service.tables import Event
from harness.service.tokens import Identity, new_token

pytestmark = pytest.mark.long

# Production would use the defaults; a test cannot upload for weeks.
RULES = RolloutRules(failed=0.3, broken=0.3, fallbacks=0.3, slow=0.3, corrected=0.4, agreement=0.3, hours=0.0)
UPLOADS = 45


@pytest.fixture
def users():
    """Many users, so that a small percentage is somebody."""
    return {f"user-{number}": new_token(f"user-{number}") for number in range(60)}


@contextmanager
def service(settings, project, users, **changes):
    changed = replace(
        settings.value,
        project=str(project.root),
        tokens=tuple(token.entry() for _, token in users.values()),
        guard=GuardRules(enabled=True, least=8, fallback_rate=0.5),
        fallback=FallbackRules(a_minute=1000, breaker_failures=1000, breaker_window=1000),
        shadow=ShadowRules(control=0.15, queue=500),
        **changes,
    )
    with running_service(changed) as running:
        yield running


def upload(running, users, chosen, times, way="/assistant", **fields):
    answers = []
    for number in range(times):
        secret, _ = users[chosen[number % len(chosen)]]
        with Client(base_url=running.url, headers={"Authorization": f"Bearer {secret}"}, timeout=LIMIT_S) as client:
            answers.append(client.upload(way, CV, **fields))
    return answers


def who_has_the_assistant(flags, users):
    decided = Flags(flags)
    return [user for user in users if decided.decide(Identity(user, "default")).way == "assistant"]


def test_a_whole_migration(settings, finished_project, users, faults, monkeypatch, tmp_path):
    project, flags, database = finished_project, settings.flags, settings.value.database
    origin = settings.value.origin

    def advice(apply=True):
        return rollout(project, database, flags, origin, rules=RULES, apply=apply)[0]

    # Phase 1: shadow. Legacy answers everybody, the assistant reads beside it.
    write_stage(flags, "shadow")
    with service(settings, project, users) as running:
        everybody = list(users)
        answers = upload(running, users, everybody, UPLOADS, consent="true")
        assert {answer.json()["method"] for answer in answers} == {"legacy"}
        corrected = answers[0].json()["cv_id"]
        secret = users[everybody[0]][0]
        with Client(base_url=running.url, headers={"Authorization": f"Bearer {secret}"}) as client:
            said = {"path": "/work_experience/0/company", "verdict": "wrong", "value": "Corrected Company"}
            assert client.post(f"{API}/cv/{corrected}/feedback", json=said).status_code == 201
        read = running.app.state.running.metrics.shadow.labels("assistant")._value
        wait_for(lambda: read.get() >= 0.75 * UPLOADS, "the shadow's readings")
    assert advice(apply=False).advice in ("advance", "hold")

    # What production answered, as a run, with a golden to review where a user corrected.
    found = evidence(database, tmp_path / "evidence", None)
    assert found.pairs >= 20
    assert found.candidates == (f"upload-{corrected}",)
    made = evaluate(found.project, Plan(arms=("legacy", "candidate"), answers=found.answers, repeat=1))
    assert made.pages

    # Phase 2: 5 %.
    first = advice()
    assert (first.advice, first.target) == ("advance", "5"), first.reasons
    assert stage_of(checked(flags.read_bytes())) == "5"
    lucky = who_has_the_assistant(flags, users)
    assert 0 < len(lucky) < 12
    with service(settings, project, users) as running:
        assert {a.json()["method"] for a in upload(running, users, lucky, 4)} == {"assistant"}
        # A seeded regression: the model begins to decline. Users get legacy's answer, and the guard goes back.
        faults("refusal; wire=responses")
        assert {a.json()["method"] for a in upload(running, users, lucky, 12)} == {"legacy"}
        from sqlalchemy import select

        def events():
            with running.app.state.running.store.session() as session:
                return [event.kind for event in session.scalars(select(Event).order_by(Event.id))]

        wait_for(lambda: events() == ["rollout_advance", "guard_rollback"], "the guard")  # the flag goes off before
        assert stage_of(checked(flags.read_bytes())) == "off"
    assert advice().advice == "hold"
    faults()

    # The assistant is mended and accepted; until the service runs it, there is no advice.
    instructions = project.assistants / "cv-parser-pro" / "instructions.md"
    instructions.write_text(instructions.read_text() + "\nWrite every date as in Jan 2021.\n")
    evaluate(project, Plan(repeat=1))
    accept_run(project, None, reason="mended", by="A Person", override=True, environment={})
    with pytest.raises(UsageError, match="is the accepted one"):
        advice()

    # Phases 2 and 3 again with the mended assistant, up to everybody.
    write_stage(flags, "shadow")
    for target in ("5", "25", "50", "100"):
        with service(settings, project, users) as running:
            chosen = list(users) if target == "5" else who_has_the_assistant(flags, users)
            upload(running, users, chosen, UPLOADS)
            waiting = running.app.state.running.shadow._queue
            wait_for(lambda waiting=waiting: not waiting.qsize(), "the shadow's end")
        step = advice()
        assert (step.advice, step.target) == ("advance", target), step.reasons

    # Phase 4: legacy is retired.
    with service(settings, project, users, legacy_retired=True) as running:
        (gone,) = upload(running, users, list(users), 1, way="")
        assert (gone.status_code, gone.json()["code"]) == (410, "legacy_retired")
        write_stage(flags, "off")
        threading.Event().wait(0.6)
        assert upload(running, users, list(users), 1)[0].json()["method"] == "assistant"


def test_the_command_says_what_to_do_and_exits_so(settings, finished_project, monkeypatch):
    from harness.cli.main import app

    monkeypatch.setenv("CV_HARNESS_PROJECT", str(finished_project.root))
    command = ["rollout", "--database", settings.value.database, "--flags", str(settings.flags)]
    for prepare, said in ((lambda _: None, "no database"), (migrate, "no upload")):
        prepare(settings.value.database)
        result = CliRunner().invoke(app, command)
        assert isinstance(result.exception, UsageError)
        assert said in result.exception.message
