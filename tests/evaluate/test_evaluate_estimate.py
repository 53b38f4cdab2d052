"""What a run will cost is said before its first call, and too much is refused."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from harness.assistants.bundle import load_bundle
from harness.assistants.legacy import load_legacy_prompts
from harness.assistants.model_change import moved
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.corpus.goldens import load_golden
from harness.evaluate.setup.estimate import Material, refuse_over, totals
from harness.evaluate.setup.estimate import expected as expected_of
from harness.models.recordings import RecordingStore
from harness.replay.types import Arm

ON = date(2026, 3, 1)
ROOT = Project(Path(__file__).resolve().parents[2])
BUNDLE = load_bundle(ROOT.assistants / "cv-parser-pro")
LEGACY = load_legacy_prompts(ROOT)
TEXTS = {"a02": "Jane Doe\n" * 400, "x": "Jane Doe\n" * 100}
GOLDENS = {"a02": load_golden(ROOT.goldens / "a02.json")}


def expected(tmp_path, *arms, texts=TEXTS):
    return totals(expected_of(arms, Material(texts, GOLDENS, LEGACY, RecordingStore(tmp_path), ON)))


def arm(bundle=BUNDLE, draws=3, policy="call"):
    name, model = ("candidate", bundle.model) if bundle else ("legacy", LEGACY.model)
    return Arm(name, "assistant" if bundle else "legacy", bundle, model, "openai", range(draws), policy)


def test_calls_and_dollars_grow_with_documents_draws_and_arms(tmp_path):
    calls, dollars = expected(tmp_path, arm())
    assert calls == 2 * 3
    assert Decimal("0.0001") < dollars < 2
    roles = len(GOLDENS["a02"].cv["work_experience"])
    assert expected(tmp_path, arm(None))[0] == 3 * (1 + roles + 1 + 5)
    assert expected(tmp_path, arm(draws=6)) == (12, 2 * dollars)
    assert expected(tmp_path, arm(), arm())[1] == 2 * dollars
    assert expected(tmp_path, arm(), texts={"x": TEXTS["x"]})[1] < dollars


def test_what_is_only_replayed_costs_nothing(tmp_path):
    assert expected(tmp_path, arm(policy="replay_only"), arm(None, policy="replay_only")) == (0, 0)


def test_a_model_without_a_price_has_no_cost(tmp_path):
    calls, dollars = expected(tmp_path, arm(), arm(moved(BUNDLE, "nobody-sells-this").bundle))
    assert (calls, dollars) == (12, None)


@pytest.mark.parametrize("most", [2.0, 1.994])
def test_a_cost_within_the_cap_is_said(most):
    assert refuse_over(Decimal("1.99"), 40, most, may_be_free=False) == "about 40 calls for about $1.99"


def test_a_cost_over_the_cap_is_refused_with_what_to_give():
    with pytest.raises(UsageError, match=r"about \$6.00, more than --max-cost 5.00") as caught:
        refuse_over(Decimal("6"), 40, 5.0, may_be_free=False)
    assert "--max-cost 7.20" in caught.value.hint


def test_an_unknown_cost_is_refused_unless_the_server_may_be_free():
    assert "not known" in refuse_over(None, 9, 5.0, may_be_free=True)
    with pytest.raises(UsageError, match="cannot be capped"):
        refuse_over(None, 9, 5.0, may_be_free=False)


def test_what_is_there_already_costs_nothing(tmp_path):
    from harness.replay.types import RecordKey

    whole, _ = expected(tmp_path, arm())
    there = {RecordKey("a02", "candidate", draw) for draw in range(3)}
    given = Material(TEXTS, GOLDENS, LEGACY, RecordingStore(tmp_path), ON)
    calls, _ = totals(expected_of([arm()], given, done=there))
    assert calls == whole - 3
