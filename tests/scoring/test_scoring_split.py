"""Bullets split, joined or said again, with one part changed: judged by a person before the scorer was asked.

Each golden bullet with its kind, and what of the answer is made up. The CV's text has the golden's bullets.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from harness.base.types import Json
from harness.scoring.score import score


class Case(NamedTuple):
    """golden, answer: bullets. kinds: of the golden's bullets, one letter each (c correct, n near, w wrong, m missing;
    several where a person would take either). made_up: indices of the answer's bullets that the text does not have."""

    golden: list[str]
    answer: list[str]
    kinds: list[str]
    made_up: list[int]


MANUAL = "Translated the workflow manual, cutting waiting time by 47%"
HALF, OTHER = "Translated the workflow manual", "cutting waiting time by 47%"
ROUTE = "Planned the route, hired 12 drivers, opened a depot in Cork"

CASES = [
    # One half is changed, the other is not.
    Case([MANUAL], [HALF, OTHER], ["c"], []),
    Case([MANUAL], [OTHER, HALF], ["c"], []),
    Case([MANUAL], ["Never translated the workflow manual", OTHER], ["w"], [0]),
    Case([MANUAL], [OTHER, "Never translated the workflow manual"], ["w"], [1]),
    Case([MANUAL], [HALF, "cutting waiting time by 74%"], ["w"], [1]),
    Case([MANUAL], [HALF, "not cutting waiting time by 47%"], ["w"], [1]),
    Case([MANUAL], [HALF, "increasing waiting time by 47%"], ["w"], [1]),
    Case([MANUAL], ["Translated the process manual", OTHER], ["n"], [0]),
    Case([MANUAL], [HALF], ["nwm"], []),
    Case([MANUAL], ["Never translated the workflow manual", "cutting waiting time by 74%"], ["w"], [0, 1]),
    Case([ROUTE], ["Planned the route", "hired 12 drivers", "opened a depot in Cork"], ["c"], []),
    Case([ROUTE], ["Planned the route", "hired 21 drivers", "opened a depot in Cork"], ["w"], [1]),
    Case([ROUTE], ["Planned the route", "hired 12 drivers", "closed a depot in Cork"], ["w"], [2]),
    Case([ROUTE], ["Planned the route", "failed to hire 12 drivers", "opened a depot in Cork"], ["w"], [1]),
    Case(["Led 6 engineers, assisted the CTO"], ["Assisted 6 engineers", "led the CTO"], ["wm"], [0, 1]),
    # A golden that says no: the half that lost it says the opposite of what is printed.
    Case(["Never missed a deadline, trained 14 nurses"], ["Missed a deadline", "trained 14 nurses"], ["w"], [0]),
    Case(["Reduced errors; no customer lost"], ["Reduced errors", "customer lost"], ["w"], [1]),
    # The other way round: joined.
    Case(["Hired 12 drivers", "Opened a depot in Cork"], ["Hired 12 drivers, opened a depot in Cork"], ["c", "c"], []),
    Case(["Hired 12 drivers", "Opened a depot in Cork"], ["Hired 12 drivers, closed a depot in Cork"], ["c", "w"], [0]),
    Case(
        ["Hired 12 drivers", "Opened a depot in Cork"],
        ["Never hired 12 drivers, opened a depot in Cork"],
        ["w", "c"],
        [0],
    ),
    Case(
        ["Hired 12 drivers", "Opened a depot in Cork"],
        ["Hired 12 drivers, never opened a depot in Cork"],
        ["c", "w"],
        [0],
    ),
    # Parts that several bullets share, and bullets that stand for another one.
    Case(
        [
            "Rebuilt surveys, with a budget of 43 thousand euros",
            "Presented the plan, with a budget of 39 thousand euros",
        ],
        ["Rebuilt surveys", "with a budget of 43 thousand euros", "Presented the plan"],
        ["c", "nwm"],
        [],
    ),
    Case(
        ["Picked orders, cutting waiting time by 32%", "Bought spare parts, cutting waiting time by 35%"],
        ["Picked orders", "cutting waiting time by 32%"],
        ["c", "m"],
        [],
    ),
    Case(
        ["Picked orders, together with the union", "Bought parts, together with the union"],
        ["Picked orders", "together with the union", "Bought parts", "together with the union"],
        ["c", "c"],
        [],
    ),
    Case(
        ["Sold 12 cars a month", "Sold 14 vans a month"],
        ["Sold 14 cars a month", "Sold 12 vans a month"],
        ["w", "w"],
        [0, 1],
    ),
    Case(["Led a team of 5"], ["Led a team of 6", "Led a team of 7"], ["w"], [0, 1]),
    Case(["Cut the costs of freight"], ["Cut the costs of freight", "Did not cut the costs of freight"], ["c"], [1]),
    # Other languages.
    Case(
        ["Leitete das Lager in Kiel, senkte die Kosten um 12 %"],
        ["Leitete das Lager in Kiel nicht", "senkte die Kosten um 12 %"],
        ["w"],
        [0],
    ),
    Case(
        ["Encadré 7 stagiaires, réduit les délais de 10 jours"],
        ["Jamais encadré 7 stagiaires", "réduit les délais de 10 jours"],
        ["w"],
        [0],
    ),
    Case(
        ["Gestionó 30 cuentas, aumentó las ventas un 12 %"],
        ["Gestionó 30 cuentas", "no aumentó las ventas un 12 %"],
        ["w"],
        [1],
    ),
    Case(["翻译了操作手册，缩短等待时间47%"], ["从未翻译了操作手册", "缩短等待时间47%"], ["w"], [0]),
    Case(["翻译了操作手册，缩短等待时间47%"], ["翻译了操作手册", "缩短等待时间47%"], ["c"], []),
    Case(["翻译了操作手册"], ["没有翻译了操作手册"], ["w"], [0]),
    Case(["翻訳作業を担当"], ["翻訳作業を担当せず"], ["w"], [0]),
    Case(["ניהלתי צוות של 5 עובדים"], ["לא ניהלתי צוות של 5 עובדים"], ["w"], [0]),
    # A word that is only an article or a preposition beside a statement turns nothing round.
    Case(["proyectos internacionales de riego"], ["Trabajé en proyectos internacionales de riego"], ["c"], [0]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " | ".join(case.answer)[:60])
def test_each_part_is_judged_against_what_it_stands_for(case: Case) -> None:
    def cv(bullets: list[str]) -> Json:
        return {"work_experience": [{"company": "Zephyrworks", "title": "Xylographer", "description": bullets}]}

    printed = "\n".join(["Zephyrworks", "Xylographer", *case.golden])
    found = score(cv(case.answer), cv(case.golden), printed)
    bullets = [one for one in found.outcomes if one.field == "work_experience[].description[]"]
    kinds = [one.kind[0] for one in bullets if one.golden_path is not None]
    assert len(kinds) == len(case.kinds)
    assert all(kind in wanted for kind, wanted in zip(kinds, case.kinds, strict=True)), bullets
    assert {one.answer for one in found.hallucinations} == {case.answer[at] for at in case.made_up}, bullets
