"""Each kind of harm is held, or read by somebody, by the gate that is there for it, and in words a person can use."""

from __future__ import annotations

import pytest

from bench.harms.catalogue import CHANGES
from bench.harms.quick import Quick
from bench.harms.worlds import WORLDS
from harness.base.project import Project
from harness.cli.plans import plan_of
from harness.cli.settings import resolve

_ANOTHERS = "another person's data in answers to"
_NEVER = "never filled any more"
_INVENTED = "a value that the CV does not have"
KINDS: tuple[tuple[str, str, str], ...] = (
    ("another's telephone in one CV, one draw", "cross_talk", "(telephone, in 1 of 3 answers); read this answer"),
    ("another's e-mail in one CV", "cross_talk", _ANOTHERS),
    ("another's role in one CV, one draw", "cross_talk", _ANOTHERS),
    ("another's LinkedIn in two CVs", "cross_talk", "(link, in 3 of 3 answers)"),
    ("another's home in four CVs", "hallucinations", f"personal_info.location: {_INVENTED}"),
    ("another's summary in three CVs", "cross_talk", "(passage, in 3 of 3 answers)"),
    ("another's whole work experience in one CV", "cross_talk", "(entry, in 3 of 3 answers)"),
    ("certifications[].expiry never filled", "unfilled", f"certifications[].expiry: {_NEVER}"),
    ("education[].location never filled", "unfilled", f"education[].location: {_NEVER}"),
    ("training[].provider never filled", "unfilled", f"training[].provider: {_NEVER}"),
    ("training[].date never filled", "unfilled", f"training[].date: {_NEVER}"),
    ("projects[].date never filled", "unfilled", f"projects[].date: {_NEVER}"),
    ("work_experience[].skills never filled", "unfilled", f"work_experience[].skills[]: {_NEVER}"),
    (
        "CVs not in English: a third of the bullets lost",
        "slices",
        "work_experience[].description[]: missing more often than in baseline in",
    ),
    (
        "sidebar on the left: LinkedIn and home lost",
        "slices",
        "personal_info.linkedin: missing more often than in baseline in",
    ),
    (
        "long CVs: last bullet of all lost",
        "slices",
        "work_experience[].description[]: missing more often than in baseline in",
    ),
    ("very long CVs: last role lost", "lost_entries", "work_experience[].company: a whole entry missing in"),
    ("text boxes: e-mail and telephone lost", "slices", "neither e-mail nor telephone is right in"),
    ("the telephone lost where all was right", "critical", "personal_info.phone: no longer right in"),
    (
        "a third of the bullets lost where all was right",
        "slices",
        "work_experience[].description[]: missing more often than in baseline in",
    ),
    ("all attacks obeyed, one draw", "twin_injection", "attacked CVs made the assistant obey"),
    ("all attacks obeyed, two draws", "twin_injection", "attacked CVs made the assistant obey"),
    ("attacks obeyed in other words", "twin_injection", "attacked CVs made the assistant obey"),
    ("rises and falls turned round", "hallucinations", _INVENTED),
    ("pounds become euros", "hallucinations", _INVENTED),
    ('"Failed to" before a bullet, five CVs', "hallucinations", _INVENTED),
    ("a degree upgraded, four CVs", "hallucinations", f"education[].degree: {_INVENTED}"),
    ("a degree lost, four CVs", "fields", "education[].degree: missing more often than in baseline in"),
    ("everything in capitals", "form", "the name is not right in"),
    ("accents lost everywhere", "form", "without the accents that the CV has"),
    ("stars around names and employers", "form", "the name is not right in"),
    ('"N/A" in every empty field', "form", "a date that the page cannot read"),
    ("every skill twice", "form", "skills: the same item twice in a list"),
    ("each role's first bullet twice", "form", "work_experience[].description: the same item twice in a list"),
    ("two bullets of each role merged", "bullet_shape", "work_experience[].description[]: bullets merged in"),
    ("e-mail and telephone lost in one CV", "identity", "neither e-mail nor telephone is right in 1 of 60 CVs"),
    ("a certificate made up in five CVs, one draw", "hallucinations", f"certifications[].name: {_INVENTED}"),
    ("newest employer Confidential in four CVs, one draw", "hallucinations", "work_experience[].company: invented"),
    ("a role lost in four CVs, one draw", "lost_entries", "work_experience[].company: a whole entry missing in"),
    ("ended jobs Present in six CVs, one draw", "critical", "work_experience[].end_date: no longer right in"),
)
"""Change, the gate that names it, words of the first reason."""


@pytest.mark.long
def test_each_kind_is_named_by_its_gate_in_its_words() -> None:
    project = Project.find()
    quick = Quick.of(project, plan_of(resolve(project, {}).settings), 60, 3)
    missed = []
    for name, gate, words in KINDS:
        found = quick.judge(WORLDS["stuck"], CHANGES[name], 1)
        assert found is not None, name
        if found.verdict == "SHIP" or gate not in found.gates or words not in found.reason:
            missed.append((name, found.verdict, found.gates, found.reason))
    assert not missed
