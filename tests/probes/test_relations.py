"""On goldens, what a relation expects is the golden's own change: every value stands in the changed CV."""

from functools import cache
from pathlib import Path

import pytest

from bench.probe_names import BIRTHS, HOLDERS
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.corpus.check_text import in_text
from harness.corpus.goldens import golden_path, leaves, load_golden
from harness.corpus.manifest import document_path, load_manifest
from harness.corpus.text import Extractor
from harness.probes.catalogue import RELATIONS, chosen, most_probes, probes_of
from harness.probes.twins import named
from harness.probes.types import CONTROL

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {"given": BIRTHS, "family": HOLDERS}
FEW = ("a02", "a09", "b03", "c05")


@cache
def corpus(ids: tuple[str, ...]):
    """(id, text, golden) of documents that can be read here."""
    project = Project(ROOT)
    every = [one for one in load_manifest(project, verify=False) if one.twin_of is None and one.split != "sealed"]
    documents = [one for one in every if not ids or one.id in ids]
    with Extractor() as extractor:
        read = extractor.extract_many([document_path(project, one) for one in documents])
    found = zip(documents, read, strict=True)
    return [(one.id, text.text, load_golden(golden_path(project, one.id)).cv) for one, text in found if text.readable]


def wrong(ids: tuple[str, ...], relations=()):
    """Values that a probe expects and its changed text does not have, though the unchanged one has them."""
    for name, text, golden in corpus(ids):
        absent = {value for path, value in leaves(golden) if not in_text(text, path, value)}
        for relation, probe in probes_of(text, golden, chosen(relations), 7, golden).probes:
            expected = probe.change.of(golden)
            assert expected is not None, (name, relation.name)
            for path, value in leaves(expected.cv):
                printed = expected.accept.get(path, ())
                if value not in absent and not any(in_text(probe.text, path, one) for one in (value, *printed)):
                    yield name, relation.name, probe.variant, path, value


def test_what_is_expected_stands_in_the_changed_text():
    assert not list(wrong(FEW, ("form", "content", "pronouns", "older", "address")))


@pytest.mark.long
def test_what_is_expected_stands_in_the_changed_text_of_the_whole_corpus():
    assert not list(wrong(()))


def test_every_relation_can_be_applied_to_some_cv_and_changes_it():
    seen, out = set(), {}
    for _, text, golden in corpus(("a02", "a09", "b03", "c05", "a05", "a08")):
        made = probes_of(text, golden, chosen(()), 7, golden)
        seen |= {relation.name for relation, probe in made.probes if probe.text != text}
        for name in made.left_out:
            out[name] = out.get(name, 0) + 1
    assert seen | {"study_removed", "role_added", "skill_removed", "skill_added"} >= set(RELATIONS)
    assert out  # what is not certain is left out, and counted


def test_another_layout_is_made_only_of_a_golden_that_the_builder_can_print_whole():
    _, text, golden = corpus(FEW)[0]
    made = [probe for relation, probe in probes_of(text, golden, chosen(("layout",)), 7, golden).probes
            if relation.name == "layout"]  # fmt: skip
    assert len(made) == 1
    assert all(in_text(made[0].text, path, value) for path, value in leaves(golden) if value)
    assert "layout" in probes_of(text, golden, chosen(("layout",)), 7).left_out
    unprintable = {**golden, "skills": [*golden["skills"], {"name": "no text"}]}
    assert "layout" in probes_of(text, golden, chosen(("layout",)), 7, unprintable).left_out
    odd = {**golden, "certifications": [{"id": "", "name": "X", "issuer": "", "year": "spring 2020", "expiry": ""}]}
    assert "layout" in probes_of(text, golden, chosen(("layout",)), 7, odd).left_out


@pytest.mark.parametrize("name", ["employer_changed", "title_changed", "number_changed", "skill_added", "bullet_added"])
def test_content_changes_the_golden_in_one_value_only(name):
    checked = 0
    for _, text, golden in corpus((*FEW, "a05", "a08")):
        for relation, probe in probes_of(text, golden, chosen((name,)), 7).probes:
            if relation.name != name:
                continue
            before, after = sorted(leaves(golden)), sorted(leaves(probe.change.of(golden).cv))
            gone = [value for _, value in before if value not in {one for _, one in after}]
            new = [value for _, value in after if value not in {one for _, one in before}]
            assert len(gone) <= 1
            assert new == [value for _, value in probe.planted]
            assert new[0] not in text
            checked += 1
    assert checked


def test_a_removed_role_is_gone_from_text_and_expectation_and_the_others_stay():
    checked = 0
    for _, text, golden in corpus((*FEW, "a05", "a08")):
        for relation, probe in probes_of(text, golden, chosen(("role_removed",)), 7).probes:
            if relation.name == "role_removed":
                roles = probe.change.of(golden).cv["work_experience"]
                gone = [role for role in golden["work_experience"] if role not in roles]
                assert len(gone) == 1
                assert not any(statement in " ".join(probe.text.split()) for statement in gone[0]["description"])
                assert all(in_text(probe.text, "work_experience[0].company", role["company"]) for role in roles)
                checked += 1
    assert checked


def test_the_same_seed_gives_the_same_probes_and_another_one_others():
    _, text, golden = corpus(FEW)[0]
    one, two, other = (probes_of(text, golden, chosen(("content",)), seed).probes for seed in (7, 7, 8))
    assert [probe.text for _, probe in one] == [probe.text for _, probe in two]
    assert [probe.text for _, probe in one] != [probe.text for _, probe in other]


def test_twins_differ_only_in_what_must_not_matter():
    for _, text, golden in corpus(FEW):
        for relation, probe in probes_of(text, golden, chosen(("names",)), 7).probes:
            if relation.name == CONTROL:
                continue
            expected = probe.change.of(golden).cv
            changed = {path for path, value in leaves(golden) if dict(leaves(expected))[path] != value}
            assert "personal_info.name" in changed
            assert changed <= {f"personal_info.{key}" for key in ("name", "email", "linkedin", "portfolio")}
            assert golden["personal_info"]["name"] not in probe.text


def test_names_are_of_ten_groups_and_more_women_and_men_with_their_sources():
    groups = named()["groups"]
    assert len(groups) >= 10
    assert "MIT" in named()["licence"]
    for row in (*groups, *named()["scripts"]):
        assert row["source"]
        assert len(row["women"]) == len(row["men"]) == len(groups[0]["women"])
        assert not set(row["women"]) & set(row["men"])


def test_names_of_ten_groups_are_as_frequent_as_each_other_and_the_others_say_that_they_are_not():
    groups = named()["groups"]
    whole = [row for row in groups if row["matched"] == ["given", "family"]]
    assert len(whole) >= 10
    for row in groups:
        for sex in ("women", "men"):
            assert len(row["counts"][sex]) == len(row[sex])
        for at, part in enumerate(("given", "family")):
            counts = [
                (pair[at], TARGETS[part][place]) for of in row["counts"].values() for place, pair in enumerate(of)
            ]
            near = all(target / 2 <= count <= 2 * target for count, target in counts)
            assert near == (part in row["matched"]), (row["key"], part)


@pytest.mark.parametrize(
    "guide",
    [
        {},
        {"personal_info": [], "work_experience": {"a": 1}, "skills": [1, None, {"x": []}]},
        {
            "personal_info": {"name": 5, "email": ["x"]},
            "work_experience": [None, {"company": [1], "description": "y"}],
        },
        {"work_experience": [{"company": "a\\1(", "title": "", "description": [None, 3]}], "education": "none"},
        {"skills": ["<script>", "a{2}", "(", "]"], "languages": [{"language": "\\g<0>"}]},
    ],
)
@pytest.mark.parametrize("text", ["", "\n", "one line", "Anna Bell\nanna@example.com\n\nSkills\n(, ], a{2}\n" * 3])
def test_no_answer_and_no_text_breaks_a_relation(guide, text):
    for _, probe in probes_of(text, guide, chosen(()), 1).probes:
        expected = probe.change.of(guide)
        assert expected is None or isinstance(expected.cv, dict)
        probe.change.of({"work_experience": [7, []], "skills": {"a": "b"}})


def test_the_control_is_always_among_the_chosen_and_unknown_relations_are_refused():
    assert [one.name for one in chosen(("upper_case",))] == [CONTROL, "upper_case"]
    assert most_probes(chosen(("names",))) == 1 + len(RELATIONS["names"].variants)
    with pytest.raises(UsageError, match="no such relation"):
        chosen(("lower_case",))
