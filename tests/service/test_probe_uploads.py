"""Probes of production: uploads whose users consented, a sample of them, within what the day has left to spend."""

from dataclasses import replace

import pytest
from service_site import CV, LIMIT_S, Client, running_service, wait_for

from harness.base.errors import UsageError
from harness.evaluate.commands import probe_service
from harness.evaluate.commands.probe import probe
from harness.evaluate.commands.probe_service import sampled
from harness.evaluate.setup.plan import Plan
from harness.service.flags import write_stage
from harness.service.settings import ShadowRules
from harness.service.tokens import new_token

pytestmark = pytest.mark.long


def test_only_consented_uploads_are_probed_and_the_day_has_one_budget(
    settings, finished_project, tmp_path, monkeypatch
):
    users = [new_token(f"user-{number}") for number in range(6)]
    write_stage(settings.flags, "shadow")
    changed = replace(
        settings.value,
        project=str(finished_project.root),
        tokens=tuple(token.entry() for _, token in users),
        shadow=ShadowRules(control=0.0, queue=50),
    )
    with running_service(changed) as running:
        for number, (secret, _) in enumerate(users):
            with Client(base_url=running.url, headers={"Authorization": f"Bearer {secret}"}, timeout=LIMIT_S) as client:
                client.upload("/assistant", CV, **({"consent": "true"} if number < 4 else {}))
        read = running.app.state.running.metrics.shadow.labels("assistant")._value
        wait_for(lambda: read.get() >= len(users), "the shadow's readings")
    plan = Plan(arms=("candidate",), repeat=1, probes=("upper_case", "pronouns"), max_cost=100)
    found = sampled(plan, settings.value.database, tmp_path / "evidence", None)
    assert "4 of 4 uploads with consent" in found.notes[0]
    assert found.plan.max_cost <= 10  # what a day may cost, shadow requests of today taken off
    two = sampled(replace(plan, limit=2), settings.value.database, tmp_path / "evidence", None)
    assert len(two.plan.only) == 2
    made = probe(found.project, two.plan)
    assert made.result.pairs
    assert {pair.judged.document for pair in made.result.pairs} <= set(two.plan.only)
    monkeypatch.setattr(probe_service, "ShadowRules", lambda: ShadowRules(dollars_a_day=0.0))
    with pytest.raises(UsageError, match="spent"):
        sampled(replace(plan, provider="openai"), settings.value.database, tmp_path / "evidence", None)
