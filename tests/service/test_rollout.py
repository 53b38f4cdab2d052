"""The rollout's advice, and a whole migration played through."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evaluate.commands.rollout import RolloutRules, advise, page
from harness.service.evidence import Answered, Evidence

SINCE = datetime(2026, 11, 28, tzinfo=UTC)
LATER = SINCE + timedelta(hours=25)
RULES = RolloutRules()

SHADOW = Evidence(
    wire="w" * 64, since=SINCE, pairs=400, pair_failures=2, pair_broken=1, pair_ms=[9000.0] * 397,
    agreement=[0.8] * 397, control=[0.9] * 40, requests=0, failed=0, broken=0, fallbacks=0, request_ms=[],
    assistant=Answered(0, 0), legacy=Answered(400, 8), others=0, assistant_cost=0.01, legacy_cost=0.02,
)  # fmt: skip
CANARY = replace(
    SHADOW, requests=800, failed=1, broken=4, fallbacks=10, request_ms=[9000.0] * 789,
    assistant=Answered(789, 10), legacy=Answered(2000, 60),
)  # fmt: skip


def advice(evidence, stage, at=LATER):
    return advise(evidence, stage, "simulator@1", RULES, at)


class TestAdvice:
    @pytest.mark.parametrize(
        ("evidence", "stage", "target"),
        [(SHADOW, "shadow", "5"), (CANARY, "5", "25"), (CANARY, "25", "50"), (CANARY, "50", "100")],
    )
    def test_all_within_for_long_enough_is_an_advance_by_one_stage(self, evidence, stage, target):
        advised = advice(evidence, stage)
        assert (advised.advice, advised.target) == ("advance", target)
        assert {check.status for check in advised.checks} == {"within"}

    def test_too_early_too_little_or_nowhere_is_a_hold(self):
        assert advice(SHADOW, "shadow", SINCE + timedelta(hours=23)).advice == "hold"
        few = replace(SHADOW, pairs=30, pair_failures=0, pair_broken=0, pair_ms=[1.0] * 30, agreement=[1.0] * 30)
        assert advice(few, "shadow").advice == "hold"
        assert advice(replace(SHADOW, pairs=0, pair_failures=0, pair_broken=0), "shadow").advice == "hold"
        for stage in ("off", "other", "100"):
            advised = advice(CANARY, stage)
            assert (advised.advice, advised.target) == ("hold", None)

    @pytest.mark.parametrize(
        "worse",
        [
            {"failed": 100}, {"broken": 100}, {"fallbacks": 160}, {"request_ms": [40_000.0] * 100 + [1.0] * 600},
            {"assistant": Answered(789, 200)},
        ],
    )  # fmt: skip
    def test_one_figure_beyond_its_limit_is_a_way_back_and_needs_no_patience(self, worse):
        advised = advice(replace(CANARY, **worse), "25", SINCE + timedelta(minutes=5))
        assert (advised.advice, advised.target) == ("roll back", "off")
        assert len([check for check in advised.checks if check.status == "beyond"]) == 1

    def test_a_shadow_that_reads_other_cvs_is_seen(self):
        assert advice(replace(SHADOW, agreement=[0.2] * 397), "shadow").advice == "roll back"

    @given(st.integers(0, 40), st.integers(0, 400))
    def test_it_is_never_an_advance_with_a_rate_at_its_limit_or_over_it(self, failed, broken):
        evidence = replace(SHADOW, pair_failures=min(failed, 400), pair_broken=min(broken, 400 - min(failed, 400)))
        advised = advice(evidence, "shadow")
        if failed / 400 >= RULES.failed or broken / 400 >= RULES.broken:
            assert advised.advice != "advance"

    def test_the_page_shows_advice_figures_and_that_it_is_simulated_and_escapes(self):
        advised = replace(advice(CANARY, "25"), reasons=("<script>alert(1)</script>",))
        shown = page(advised)
        assert "Advance to 50 %" in shown
        assert "SIMULATED" in shown
        assert "<script>" not in shown
        told = json.loads(json.dumps(advised.to_dict()))
        assert told["checks"][0]["n"] == 800
        assert told["figures"]["requests"] == 800
