import hashlib
import json
from pathlib import Path

import pytest

import harness.values.data as data
from harness.scoring import SCORER_VERSION
from harness.values.addresses import email_key, linkedin_profile, parse_link, same_phone
from harness.values.aliases import (
    degree_words,
    language_key,
    organisation_words,
    person_words,
    place_words,
    proficiency_level,
    skill_key,
    title_readings,
)

SAME = [
    (lambda text: title_readings(text)[0], "Sr. Software Engineer", "Senior Software Engineer"),
    (lambda text: title_readings(text)[0], "VP of Sales", "Vice President, Sales"),
    (lambda text: title_readings(text)[0], "Entwickler (m/w/d)", "Entwickler"),
    (lambda text: title_readings(text)[0], "R&D Manager", "Research and Development Manager"),
    (organisation_words, "Acme GmbH & Co. KG", "Acme"),
    (organisation_words, "The Acme Company, Inc.", "Acme"),
    (organisation_words, "株式会社東芝", "東芝"),
    (organisation_words, "Marks & Spencer plc", "Marks and Spencer"),
    (person_words, "Dr. Anna Smith, PhD", "SMITH, Anna"),
    (degree_words, "B.Sc. in Physics", "Bachelor of Science, Physics"),
    (degree_words, "M.B.A.", "Master of Business Administration"),
    (skill_key, "K8s", "Kubernetes"),
    (skill_key, "JS", "Javascript"),
    (skill_key, "C sharp", "C#"),
    (skill_key, "CI-CD", "CI/CD"),
    (place_words, "London, UK", "London, United Kingdom"),
    (place_words, "München, Deutschland", "Munich, Germany"),
    (language_key, "Deutsch", "German"),
    (language_key, "język polski", "Polish"),
    (language_key, "日本語", "Japanese"),
    (proficiency_level, "C1", "Fluent"),
    (proficiency_level, "Muttersprache", "native"),
    (proficiency_level, "C1 (fluent)", "C1"),
    (email_key, "mailto:Anna@Example.com", "anna@example.com"),
    (linkedin_profile, "https://uk.linkedin.com/in/anna-smith/?x=1", "in/anna-smith"),
    (parse_link, "https://www.anna.example.com/work/", "anna.example.com/work"),
]

DIFFERENT = [
    (lambda text: title_readings(text)[0], "Project Manager", "Product Manager"),
    (organisation_words, "Google", "Google DeepMind"),
    (organisation_words, "S.A. Brown", "Brown"),
    (person_words, "Jack Ma", "Jack"),
    (degree_words, "Bachelor of Science", "Bachelor of Arts"),
    (degree_words, "BSc", "MSc"),
    (skill_key, "Java", "JavaScript"),
    (skill_key, "C", "C++"),
    (skill_key, "C++", "C#"),
    (skill_key, ".NET", "Net"),
    (skill_key, "React", "React Native"),
    (skill_key, "AngularJS", "Angular"),
    (place_words, "London, UK", "London, Canada"),
    (language_key, "Dutch", "German"),
    (proficiency_level, "B2", "C1"),
    (linkedin_profile, "linkedin.com/in/anna-smith", "linkedin.com/in/anna-smith-2"),
    (parse_link, "anna.example.com/work", "anna.example.com/art"),
]


@pytest.mark.parametrize(("key", "one", "other"), SAME)
def test_same_key(key, one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(("key", "one", "other"), DIFFERENT)
def test_different_key(key, one, other):
    assert key(one) != key(other)


def test_a_title_can_have_several_readings():
    assert {"engineer", "senior"} in map(set, title_readings("Sr Eng"))
    assert {"engineering", "senior"} in map(set, title_readings("Sr Eng"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+44 20 7946 0123", "020 7946 0123", True),
        ("+44 (0)20 7946 0123", "0044-20-7946-0123", True),
        ("+7 495 123 45 67", "8 (495) 123-45-67", True),
        ("+39 06 1234 5678", "06 12345678", True),
        ("555-0100", "212-555-0100", True),
        ("+1 212 555 0100", "1-212-555-0100", True),
        ("Tel: +1 212 555 0100", "+12125550100", True),
        ("+44 20 7946 0123", "+49 20 7946 0123", False),
        ("(212) 555-0100", "(646) 555-0100", False),
        ("+44 20 7946 0123", "+44 20 7946 0124", False),
        ("+1 212 555 0100 x12", "+1 212 555 0100", False),
        ("+1 212 555 0100 ext. 12", "+1 212 555 0100 x12", True),
        ("123", "4123", False),
        ("none", "none", False),
    ],
)
def test_phones(one, other, same):
    assert same_phone(one, other) is same
    assert same_phone(other, one) is same


# Digest of all tables, and the scorer's version that was raised for it. Change both together.
TABLES = {
    "1": "ee63669a1d6828af",
    "2": "ee63669a1d6828af",
    "3": "8a4d8306d5b9d187",
    "4": "8a4d8306d5b9d187",
    "5": "e1aa645e2bfeb6eb",
    "6": "e1aa645e2bfeb6eb",
    "7": "e1aa645e2bfeb6eb",
    "8": "812341c4e1b86af6",
    "9": "f23f11b0516f4d9f",
    "10": "6e894352c63313b3",
    "11": "f46dbadd27e88b4a",
}


def test_tables_change_with_the_scorers_version():
    """Scores made with other tables are not comparable, so they must not carry the same version."""
    folder = Path(data.__file__).parent
    contents = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    assert all(isinstance(content["version"], int) for content in contents.values())
    digest = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()[:16]
    assert TABLES.get(SCORER_VERSION) == digest, f"raise SCORER_VERSION and note {digest!r} for it"
