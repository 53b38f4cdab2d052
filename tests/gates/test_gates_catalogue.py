"""One gate, one home: what an entry says is what decides, is shown, is configured and is documented."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gates_harms import gate as found_gate
from gates_worlds import manifest, world

from harness.gates import catalogue
from harness.gates.catalogue import GATES, in_order
from harness.gates.catalogue.__main__ import table
from harness.gates.config import GateConfig
from harness.gates.count_words import by_field, say_count
from harness.gates.counts import count
from harness.gates.decide import decide
from harness.gates.definition import Definition
from harness.gates.events import Counted
from harness.gates.evidence import Evidence
from harness.gates.looked import Looked
from harness.gates.types import Verdict
from harness.reports.junit import gate_properties
from harness.reports.labels import gate_name, gate_threshold

DOCS = Path(__file__).resolve().parents[2] / "docs" / "gating.md"


def _no_place(seen: Looked) -> frozenset[str] | None:
    """Answers that do not say where the person lives."""
    if seen.answered is None:
        return None
    of = seen.counts.get("personal_info.location")
    return frozenset({"personal_info.location"}) if of is not None and of.answer == 0 else frozenset()


ADDED = Definition(
    name="placeless",
    label="people without a place",
    metric="CVs without a place",
    default=0.02,
    meaning="rate that may not be exceeded",
    place=95,
    figure="people of whom nobody knows where they live",
    passes="as `lost_entries`",
    fails="as `lost_entries`",
    judge=count,
    say=say_count(by_field(lambda of: f"{of.item}: nowhere in {of.many} of {of.n} CVs")),
    severity=1,
    counted=Counted("placeless", _no_place, "without a place", "rate", 0.01, fresh=True),
)


@pytest.fixture
def another() -> Iterator[Definition]:
    """The catalogue with one gate more, as a module beside the others would make it."""
    kept = [dict(catalogue.GATES), dict(catalogue.COUNTED)]
    mappings = (catalogue.GATES, catalogue.COUNTED)
    more = in_order([*kept[0].values(), ADDED])
    fuller = (more, {name: gate.counted for name, gate in more.items() if gate.counted is not None})
    for mapping, of in zip(mappings, fuller, strict=True):
        _fill(mapping, of)
    yield ADDED
    for mapping, of in zip(mappings, kept, strict=True):
        _fill(mapping, of)


def _fill(mapping: Any, of: dict[str, Any]) -> None:
    mapping.clear()
    mapping.update(of)


def _homeless(answer: Any, rng: object) -> None:
    answer["personal_info"]["location"] = ""


def _decided(**config: Any) -> Verdict:
    return decide(
        Evidence.of(world(60, 3, _homeless, hit=lambda number: number % 6 == 0), manifest()),
        config=GateConfig.from_mapping(config),
    )


def test_a_new_entry_decides_is_worded_and_configured_and_shown(another: Definition) -> None:
    verdict = _decided()
    found = found_gate(verdict, another.name)
    assert verdict.verdict == "HOLD"
    assert found.status == "FAIL"
    assert found.reason.startswith("personal_info.location: nowhere in 10 of 60 CVs · people without a place: 10 of 60")
    assert found.reason in verdict.reasons
    assert gate_name(found) == "people without a place"
    assert gate_threshold(found) == "≤ 8.5 % at n 60"
    assert dict(gate_properties(found, "baseline"))["gate"] == "placeless"
    names = [one.name for one in verdict.comparisons[0].gates]
    assert names.index("bullet_shape") < names.index("placeless") < names.index("group_contact")

    aside = found_gate(_decided(placeless={"threshold": 0.5, "level": "advisory"}), another.name)
    assert (aside.level, aside.status) == ("advisory", "INCONCLUSIVE")
    rows = {key: meaning for key, _, meaning in GateConfig().describe()}
    assert rows["placeless.threshold"] == "rate that may not be exceeded"
    assert "| `placeless` | people of whom nobody knows where they live |" in table()


def test_without_it_the_same_answers_are_judged_by_the_rest() -> None:
    assert all(one.name != "placeless" for one in _decided().comparisons[0].gates)


def test_two_gates_with_one_name_or_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="gate placeless: its name or its place"):
        in_order([ADDED, dataclasses.replace(ADDED, place=96)])
    with pytest.raises(ValueError, match="place 95 is taken"):
        in_order([ADDED, dataclasses.replace(ADDED, name="other", counted=None)])
    with pytest.raises(ValueError, match="counts under another name"):
        in_order([dataclasses.replace(ADDED, name="other")])


def test_every_entry_is_whole() -> None:
    for name, gate in GATES.items():
        assert gate.name == name
        rules = (gate.judge, gate.of_twins, gate.of_answers, gate.of_probes)
        assert sum(rule is not None for rule in rules) == 1, name
        assert (gate.of_twins is not None) == (gate.against == {"twins"}), name
        assert (gate.of_answers is not None) == (gate.against == {"people"}), name
        assert (gate.of_probes is not None) == (gate.against == {"probes"}), name
        assert gate.judge is None or gate.say is not None, name
        assert 0 < gate.default <= gate.high, name
        assert all(harm.event in ("", name) for harm in gate.seeded), name


def test_the_table_in_the_documentation_is_the_catalogue() -> None:
    text = DOCS.read_text(encoding="utf-8")
    between = text.partition("<!-- gates -->\n")[2].partition("\n<!-- /gates -->")[0]
    assert between == table(), "run: python -m harness.gates.catalogue"
