"""The matrix: who is in the corpus, in which style, in which split."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from harness.corpus.builder import people, style
from harness.corpus.builder.bank import LEVELS, bank
from harness.corpus.builder.compose import composed
from harness.corpus.builder.plan import Planned, plan, primaries
from harness.corpus.builder.wording import DATE_STYLES

SECTORS = {"software", "health", "logistics", "finance", "education", "marketing", "engineering", "hospitality"}
FACTORS = {
    "layout": style.LAYOUTS,
    "dates": DATE_STYLES,
    "titles": style.TITLE_SETS,
    "bullets": style.BULLETS,
    "contact": style.CONTACTS,
    "skills": style.SKILLS,
    "heads": style.HEADS,
    "producer": style.PRODUCERS,
}


def block(name: str) -> list[Planned]:
    return [planned for planned in primaries() if planned.block == name]


def test_the_blocks_have_their_sizes() -> None:
    assert Counter(planned.block for planned in primaries()) == {"A": 56, "B": 24, "C": 12, "D": 8}
    assert len({planned.id for planned in plan()}) == len(plan()) == 132


def test_the_splits_are_stratified_by_block() -> None:
    assert Counter(planned.split for planned in primaries()) == {"gate": 60, "dev": 20, "sealed": 20}
    for name in "ABCD":
        shares = Counter(planned.split for planned in block(name))
        assert shares["gate"] / shares.total() == pytest.approx(0.6, abs=0.03)
        assert min(shares["dev"], shares["sealed"]) >= 1


def test_block_a_covers_sectors_and_levels_and_halves_the_formats() -> None:
    core = block("A")
    assert {(one.sector, one.level) for one in core} == {(sector, level) for sector in SECTORS for level in LEVELS}
    assert Counter(one.format for one in core) == {"pdf": 28, "docx": 28}


@pytest.mark.parametrize(("one", "other"), list(combinations(FACTORS, 2)))
def test_block_a_covers_every_pair_of_style_values(one: str, other: str) -> None:
    found = {(getattr(planned.style, one), getattr(planned.style, other)) for planned in block("A")}
    assert found == {(a, b) for a in FACTORS[one] for b in FACTORS[other]}


def test_block_c_has_its_languages() -> None:
    expected = Counter(de=2, fr=2, es=2, it=1, pl=1, pt=1, ja=1, zh=1, he=1)
    assert Counter(one.style.language for one in block("C")) == expected


def test_block_d_has_its_media() -> None:
    expected = {"scan": 3, "image": 1, "mixed": 1, "doc": 2, "text-utf16": 1}
    assert Counter(one.style.producer for one in block("D")) == expected


def test_every_title_set_and_layout_occurs_in_the_split_that_simulators_are_developed_on() -> None:
    dev = [one for one in primaries() if one.split == "dev"]
    assert {one.style.titles for one in dev} >= set(style.TITLE_SETS)
    assert {one.style.layout for one in dev} == set(style.LAYOUTS)


def test_twins_follow_their_persona() -> None:
    originals = {one.id: one for one in primaries()}
    twins = [one for one in plan() if one.twin_of]
    assert Counter(one.twin for one in twins) == {"txt": 12, "layout": 12, "injection": 4, "adversarial": 4}
    for twin in twins:
        original = originals[twin.twin_of]
        assert (twin.persona, twin.split, twin.name) == (original.persona, original.split, original.name)
        assert twin.attack or (twin.style.producer, twin.style.layout) != (
            original.style.producer,
            original.style.layout,
        )


def test_people_written_by_hand_have_the_names_of_the_matrix() -> None:
    by_hand = [one for one in primaries() if not one.roles]
    assert {one.id for one in by_hand} == people.known()
    for one in by_hand:
        assert people.person(one.id).person.name == one.name


def test_each_bullet_and_summary_is_used_once() -> None:
    texts: list[str] = []
    for one in primaries():
        content = composed(one) if one.roles else people.person(one.id)
        texts += [bullet for role in content.roles for bullet in role.bullets]
        texts += [content.summary] if content.summary else []
    repeated = [text for text, count in Counter(texts).items() if count > 1]
    assert repeated == []
    assert len(texts) >= 300


def test_composed_roles_have_as_many_bullets_as_their_level_and_age_ask_for() -> None:
    least = {"junior": 5, "mid": 5, "senior": 6}
    for one in primaries():
        counts = [len(role.bullets) for role in composed(one).roles] if one.roles else []
        assert all(least[one.level] <= count <= 7 for count in counts[:1])
        assert all(2 <= count <= 6 for count in counts[1:])


def test_no_bullet_stands_twice_in_the_banks() -> None:
    found = Counter(text for sector in SECTORS for lines in bank(sector).bullets.values() for _, text in lines)
    assert [text for text, count in found.items() if count > 1] == []


def test_roles_stand_newest_first_and_one_cv_has_seventeen() -> None:
    most = 0
    for one in primaries():
        content = composed(one) if one.roles else people.person(one.id)
        most = max(most, len(content.roles))
        running = [role.end == "present" for role in content.roles]
        assert running == sorted(running, reverse=True)
    assert most == 17
