from __future__ import annotations

import pytest

from harness.base.errors import UsageError
from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig


def test_what_is_given_is_what_decides() -> None:
    config = GateConfig.from_mapping(
        {
            "profile": "release",
            "legacy": "retired",
            "accuracy": {"margin": 0.03, "level": "advisory"},
            "tokens@legacy": {"threshold": 0.7},
            "latency_p50": {"sources": ["live"]},
            "looks": [20, 40, 60],
            "alpha": 0.02,
        }
    )
    assert config.profile == "release"
    assert config.ship_personas == 59
    assert config.rule("accuracy").threshold == 0.03
    assert config.rule("accuracy", "anchor").level == "advisory"
    assert config.rule("tokens", "legacy").threshold == 0.7
    assert config.rule("tokens").threshold == 1.10
    assert config.rule("latency_p50").sources == {"live"}
    assert config.looks == (20, 40, 60)


def test_latency_decides_in_a_release_only_and_never_on_simulated_time() -> None:
    assert GateConfig().rule("latency_p50").level == "advisory"
    assert GateConfig.for_profile("release").rule("latency_p50").level == "deciding"
    assert "simulated" not in GateConfig.for_profile("release").rule("latency_p95").sources


def test_against_legacy_tokens_may_not_rise_and_time_is_a_claim() -> None:
    config = GateConfig.for_profile("release")
    assert config.rule("tokens", "legacy").threshold == 1.0
    assert config.rule("latency_p50", "legacy").level == "advisory"


def test_an_advisory_legacy_has_no_say_at_all() -> None:
    config = GateConfig.from_mapping({"legacy": "advisory"})
    assert {config.rule(name, "legacy").level for name in GATES} == {"advisory"}
    assert config.rule("accuracy").level == "deciding"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"acuracy": {}}, "gates.acuracy: unknown key (did you mean 'accuracy'?)"),
        ({"accuracy": {"threshold": 0.1}}, "gates.accuracy.threshold: unknown key (use level, margin or sources)"),
        ({"accuracy": {"margin": "2%"}}, "gates.accuracy.margin: '2%' is not a number from 0 to 1"),
        ({"accuracy": {"margin": True}}, "gates.accuracy.margin: True is not a number from 0 to 1"),
        ({"tokens": 1.2}, "gates.tokens: is not a table"),
        ({"tokens": {"level": "maybe"}}, "gates.tokens.level: 'maybe' is no level"),
        ({"cost": {"sources": ["guessed"]}}, "gates.cost.sources: ['guessed'] is not a list of"),
        ({"profile": "prod"}, "gates.profile: 'prod' is no profile (use ci or release)"),
        ({"looks": [20, 50, 60]}, "gates.looks: [20, 50, 60] is not equally spaced"),
        ({"legacy": "gone"}, "gates.legacy: 'gone' is no mode"),
        ({"tokens@anyone": {}}, "gates.tokens@anyone: unknown key"),
        ({"ship_personas": 5}, "gates.ship_personas: 5 is not a number from 20 to 100000"),
        ({"resamples": 1000.5}, "gates.resamples: 1000.5 is not a whole number"),
        ({"requires": ["speed"]}, "gates.requires: ['speed'] is not a list of quality"),
    ],
)
def test_a_mistake_is_refused_with_its_place_and_the_fix(given: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        GateConfig.from_mapping(given)
    assert said in str(caught.value)


def test_every_constant_is_described() -> None:
    rows = {key: (value, meaning) for key, value, meaning in GateConfig().describe()}
    assert rows["accuracy.margin"][0] == "0.02"
    assert rows["tokens.threshold"][0] == "1.1"
    assert rows["latency_p50.sources"][0] == "declared, live, recorded"
    assert all(f"{name}.level" in rows for name in GATES)
    assert all(meaning for _, meaning in rows.values())


def test_a_comparison_inherits_from_its_gate_wherever_it_stands() -> None:
    config = GateConfig.from_mapping({"tokens@baseline": {"level": "advisory"}, "tokens": {"threshold": 1.3}})
    assert config.rule("tokens").threshold == 1.3
    assert config.rule("tokens").level == "advisory"
