"""Every comparator, with look-alikes on both sides of the line."""

import pytest

from harness.scoring.comparators import compare, same_degree_and_field, similar_skill

CASES = [
    ("name", "Anna Smith", "SMITH, Anna", "correct"),
    ("name", "Anna Smith", "Dr. Anna Smith, PhD", "correct"),
    ("name", "Anna Smith", "Anna M. Smith", "near"),
    ("name", "Anna Smith", "Anna Schmidt", "wrong"),
    ("name", "山田 太郎", "山田太郎", "correct"),
    ("name", "محمد علي", "محمّد علي", "correct"),
    ("email", "anna@example.com", "ANNA@Example.com", "correct"),
    ("email", "anna@example.com", "ana@example.com", "wrong"),
    ("phone", "+44 20 7946 0123", "020 7946 0123", "correct"),
    ("phone", "+44 20 7946 0123", "+44 20 7946 0132", "wrong"),
    ("linkedin", "https://www.linkedin.com/in/anna/", "in/anna", "correct"),
    ("linkedin", "linkedin.com/in/anna", "linkedin.com/in/anna-s", "wrong"),
    ("portfolio", "https://www.anna.dev/", "anna.dev", "correct"),
    ("portfolio", "github.com/anna", "github.com/bob", "wrong"),
    ("portfolio", "github.com/anna", "github.com/anna/atlas", "near"),
    ("portfolio", "anna.dev", "bob.dev", "wrong"),
    ("place", "London, UK", "London, United Kingdom", "correct"),
    ("place", "London, UK", "London", "near"),
    ("place", "London", "London, UK", "near"),
    ("place", "London, UK", "Leeds, UK", "wrong"),
    ("organisation", "Acme Ltd.", "ACME", "correct"),
    ("organisation", "Müller AG", "Mueller", "correct"),
    ("organisation", "Google", "Google DeepMind", "near"),
    ("organisation", "Test Supply Chain DHSC/UKHSA", "UKHSA", "wrong"),
    ("organisation", "東京大学", "東京大学", "correct"),
    ("organisation", "東京大学", "京都大学", "near"),
    ("organisation", "上海银行", "海上银行", "near"),
    ("title", "Sr. Engineer", "Senior Engineer", "correct"),
    ("title", "VP Eng", "Vice President Engineering", "correct"),
    ("title", "Engineer / Manager", "Engineer/Manager", "correct"),
    ("title", "Project Manager", "Product Manager", "wrong"),
    ("title", "Senior Project Manager", "Senior Product Manager", "near"),
    ("title", "Software Engineer", "Senior Software Engineer", "near"),
    ("degree", "B.Sc. (Hons)", "BSc with Honours", "correct"),
    ("degree", "Bachelor of Science", "BSc", "correct"),
    ("degree", "BSc", "MSc", "wrong"),
    ("degree", "Applied Physics", "Physics", "near"),
    ("date", "Jan 2019", "2019-01", "correct"),
    ("date", "Jan 2019", "janvier 2019", "correct"),
    ("date", "Present", "heute", "correct"),
    ("date", "Jan 2019", "2019", "near"),
    ("date", "2019", "Jan 2019", "near"),
    ("date", "2019", "2018", "wrong"),
    ("date", "Jan 2019", "Feb 2019", "wrong"),
    ("date", "2019", "2019 - 2021", "wrong"),
    ("date", "Present", "2024", "wrong"),
    ("summary", "Nurse with 10 years on wards.", "nurse with 10 years on wards", "correct"),
    ("summary", "Nurse with 10 years on wards.", "Nurse with 12 years on wards.", "wrong"),
    ("summary", "Nurse with many years on busy wards and in schools", "Nurse with many years on busy wards", "near"),
    ("summary", "Nurse with many years on busy wards", "Teacher of chemistry", "wrong"),
    ("language", "German", "Deutsch", "correct"),
    ("language", "Chinese (Mandarin)", "Mandarin", "correct"),
    ("language", "German", "Dutch", "wrong"),
    ("proficiency", "C1", "C1", "correct"),
    ("proficiency", "Fluent", "C1", "near"),
    ("proficiency", "B2", "Native", "wrong"),
    ("text", "AWS Certified Architect", "aws certified architect", "correct"),
    ("text", "Food Hygiene Level 3", "Food Hygiene Level 2", "near"),
]


@pytest.mark.parametrize(("comparator", "golden", "answer", "kind"), CASES)
def test_comparator(comparator, golden, answer, kind):
    assert compare(comparator, golden, answer).kind == kind


@pytest.mark.parametrize(("comparator", "golden", "answer", "kind"), CASES)
def test_right_and_wrong_do_not_depend_on_the_side(comparator, golden, answer, kind):
    assert compare(comparator, answer, golden).kind == kind


@pytest.mark.parametrize(
    ("comparator", "golden", "answer", "note"),
    [
        ("organisation", "Łódź Hospital", "Lodz Hospital", "accent-only"),
        ("title", "Data-Base Keeper", "Database Keeper", "spacing"),
        ("date", "Jan 2019", "2019", "coarser"),
        ("date", "2019", "Jan 2019", "finer"),
        ("place", "London, UK", "London", "less exact"),
        ("summary", "with 10 years", "with 12 years", "number 10 → 12"),
        ("proficiency", "Fluent", "C1", "same level"),
    ],
)
def test_notes_say_why(comparator, golden, answer, note):
    assert compare(comparator, golden, answer).note == note


@pytest.mark.parametrize(
    ("golden", "answer", "same"),
    [
        (("BSc", "Physics"), ("Bachelor of Science in Physics", ""), True),
        (("BSc Physics", ""), ("BSc", "Physics"), True),
        (("BSc", "Physics"), ("BSc", "Chemistry"), False),
        (("", ""), ("", ""), False),
    ],
)
def test_degree_and_field_divided_otherwise(golden, answer, same):
    assert same_degree_and_field(golden, answer) is same


@pytest.mark.parametrize(
    ("golden", "answer", "similar"),
    [
        ("Kubernetes", "Kuberentes", True),
        ("Negotiation", "Negotiations", True),
        ("Organisation", "Organization", True),
        ("Project Management", "Product Management", False),
        ("Java", "JavaScript", False),
        ("C++", "C#", False),
        ("Python 2", "Python 3", False),
        ("Hypertension", "Hypotension", False),
        ("Excel", "Exel", False),  # too short to be sure
    ],
)
def test_typing_differences_of_skills(golden, answer, similar):
    assert similar_skill(golden, answer) is similar
