"""Arrays and cases are judged alike, so that what is calibrated on arrays holds for cases."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from gates_worlds import manifest, world
from hypothesis import given, settings
from hypothesis import strategies as some

from harness.gates.catalogue import COUNTED
from harness.gates.config import GateConfig
from harness.gates.events import Events
from harness.gates.evidence import Evidence
from harness.gates.observation import Observation
from harness.gates.pairing import pair
from harness.gates.statistics import row_means
from harness.gates.tables import Items, events_from
from harness.gates.tally import events_of_all
from harness.scoring.types import Counts

BLANK = Observation(
    document="",
    f1=1.0,
    groups={},
    fields={"personal_info.name": Counts(3, 0, 3, 3)},
    bad={},
    judged=frozenset({"critical", "lost_entries", "contract"}),
    kinds={},
    substitutions=frozenset(),
    failure="",
    scorer="1",
    source="live",
    snapshot="",
    text=None,
    tokens=1,
    cost=1.0,
    latency_ms=1.0,
    calls=1,
    attempts=1,
)


NAMED = ("fields", "having", "causes", "flaky", "grave", "grave_unconfirmed", "graves", "draws", "steady")
"""What arrays do not have as cases do: names, and draws side by side; and what is compared in parts."""


@settings(max_examples=60, deadline=None)
@given(
    some.sampled_from(["critical", "lost_entries", "contract"]),
    some.integers(1, 4),
    some.integers(1, 4),
    some.integers(0, 10**6),
)
def test_tables_and_cases_give_the_same_events(event: str, mine: int, theirs: int, seed: int) -> None:
    items = 1 if event == "contract" else 3
    rng = np.random.default_rng(seed)
    tables = [rng.random((5, draws, items)) < 0.4 for draws in (mine, theirs)]
    seen = [
        {
            f"d{row}": {
                draw: dataclasses.replace(
                    BLANK, bad={event: frozenset(f"i{item}" for item in range(items) if table[row, draw, item])}
                )
                for draw in range(table.shape[1])
            }
            for row in range(5)
        }
        for table in tables
    ]
    personas = {f"p{row}": (f"d{row}",) for row in range(5)}
    of_cases = events_of_all({event: COUNTED[event]}, personas, seen[0], seen[1], 3)[event]
    of_tables = events_from(tables[0], tables[1], COUNTED[event], 3)
    for name in (field.name for field in dataclasses.fields(Events)):
        if name not in NAMED:
            assert np.asarray(getattr(of_cases, name)) == pytest.approx(np.asarray(getattr(of_tables, name))), name


@settings(max_examples=40, deadline=None)
@given(some.integers(1, 4), some.integers(1, 4), some.booleans(), some.integers(0, 10**6))
def test_so_are_inventions_of_which_one_is_enough(mine: int, theirs: int, again: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = ("personal_info.phone", "skills[]")
    tables = [rng.random((6, draws, 2)) < 0.35 for draws in (mine, theirs, 2, 2)]
    seen = [
        {
            f"d{row}": {
                draw: dataclasses.replace(
                    BLANK,
                    judged=frozenset({"hallucinations"}),
                    bad={"hallucinations": frozenset(names[item] for item in (0, 1) if table[row, draw, item])},
                )
                for draw in range(table.shape[1])
            }
            for row in range(6)
        }
        for table in tables
    ]
    counted, personas = COUNTED["hallucinations"], {f"p{row}": (f"d{row}",) for row in range(6)}
    further = (seen[2], seen[3]) if again else ({}, {})
    of_cases = events_of_all({"hallucinations": counted}, personas, seen[0], seen[1], 3, further)["hallucinations"]
    of_tables = events_from(
        tables[0],
        tables[1],
        counted,
        3,
        again=(tables[2], tables[3]) if again else None,
        items=Items(names, np.ones((6, 2), dtype=np.bool_)),
    )
    assert of_cases.graves == of_tables.graves
    assert (of_cases.grave, of_cases.grave_unconfirmed) == (of_tables.grave, of_tables.grave_unconfirmed)
    assert (of_cases.suspect == of_tables.suspect).all()


def test_twins_stay_out_of_the_main_estimate() -> None:
    cases = world(20, 1)
    twins = [
        dataclasses.replace(
            case,
            document=dataclasses.replace(case.document, id=f"{case.document.id}-txt", twin_of=case.document.id),
            record=dataclasses.replace(case.record, document_id=f"{case.document.id}-txt"),
        )
        for case in cases
    ]
    evidence = Evidence.of([*cases, *twins], manifest(draws=1))
    found = pair(evidence, "candidate", "baseline", "baseline", GateConfig())
    assert found.n == 20
    assert not any(name.endswith("-txt") for names in found.documents.values() for name in names)


def test_draws_are_averaged_inside_a_person() -> None:
    assert row_means(np.array([[1.0, 0.5, np.nan], [np.nan, np.nan, np.nan]])) == pytest.approx(
        [0.75, np.nan], nan_ok=True
    )


def test_one_loss_in_three_draws_is_flaky_and_no_loss() -> None:
    def one(bad: bool) -> Observation:
        return dataclasses.replace(BLANK, bad={"critical": frozenset({"name"}) if bad else frozenset()})

    seen = {"d0": {0: one(True), 1: one(False), 2: one(False)}}
    clean = {"d0": dict.fromkeys(range(3), one(False))}
    events = events_of_all({"critical": COUNTED["critical"]}, {"p": ("d0",)}, seen, clean, 3)["critical"]
    assert not events.lost.any()
    assert events.flaky == ("d0",)
    assert events.excess[0] == pytest.approx(1 / 3)
