"""Where a setting comes from, and what is refused."""

import pytest

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.cli.plans import gate_origins
from harness.cli.settings import resolve


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def write(project, text):
    project.settings.write_text(text, encoding="utf-8")


def test_flag_beats_environment_beats_file_beats_default(project, monkeypatch):
    write(project, "[tool.cv-harness]\nrepeat = 5\nseed = 1\nconcurrency = 2\n")
    monkeypatch.setenv("CV_HARNESS_REPEAT", "4")
    monkeypatch.setenv("CV_HARNESS_SEED", "2")
    found = resolve(project, {"repeat": 1, "seed": None})
    assert (found.settings.repeat, found.origins["repeat"]) == (1, "--repeat")
    assert (found.settings.seed, found.origins["seed"]) == (2, "$CV_HARNESS_SEED")
    assert (found.settings.concurrency, found.origins["concurrency"]) == (2, "pyproject.toml")
    assert (found.settings.provider, found.origins["provider"]) == ("simulator", "default")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.cv-harness]\nrepaet = 1\n", "did you mean repeat?"),
        ('[tool.cv-harness]\nrepeat = "many"\n', "expected a number"),
        ("[tool.cv-harness]\nrepeat = 0\n", "at least 1"),
        ('[tool.cv-harness]\nprofile = "fast"\n', "none of ci, release"),
        ('[tool.cv-harness]\nlegacy = "gone"\n', "none of active, advisory, retired"),
        ('[tool.cv-harness.gates]\nlegacy = "advisory"\n', 'set it one level up: legacy = "…" in [tool.cv-harness]'),
        ('[tool.cv-harness.gates]\nprofile = "release"\n', 'set it one level up: profile = "…" in [tool.cv-harness]'),
        ("[tool.cv-harness\n", "no valid TOML"),
        ("[tool]\ncv-harness = 3\n", "expected a table"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(project, text, says):
    write(project, text)
    with pytest.raises(UsageError) as caught:
        resolve(project)
    assert says in str(caught.value)


@pytest.mark.parametrize(("name", "value"), [("CV_HARNESS_REPAET", "1"), ("CV_HARNESS_REPEAT", "x")])
def test_a_wrong_variable_is_refused_by_name(project, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name):
        resolve(project)


def test_each_constant_of_the_gates_has_the_origin_of_its_own_value(project, monkeypatch):
    write(
        project,
        "[tool.cv-harness]\nlegacy = 'advisory'\n\n[tool.cv-harness.gates]\naccuracy = { margin = 0.03 }\n"
        "alpha = 0.03\ntokens = { level = 'advisory' }\n'cost@legacy' = { threshold = 0.7 }\n",
    )
    monkeypatch.setenv("CV_HARNESS_PROFILE", "release")
    found = gate_origins(resolve(project))
    assert {
        key: found[key]
        for key in (
            "profile", "legacy", "accuracy.margin", "accuracy.level", "accuracy.sources", "alpha", "confidence",
            "tokens.level", "tokens.threshold", "tokens@legacy.threshold", "cost@legacy.threshold",
            "cost@legacy.level", "cost.threshold", "ship_personas", "latency_p50.level",
        )
    } == {
        "profile": "$CV_HARNESS_PROFILE",
        "legacy": "pyproject.toml",
        "accuracy.margin": "pyproject.toml",
        "accuracy.level": "default",
        "accuracy.sources": "default",
        "alpha": "pyproject.toml",
        "confidence": "default",
        "tokens.level": "pyproject.toml",
        "tokens.threshold": "default",
        "tokens@legacy.threshold": "default",
        "cost@legacy.threshold": "pyproject.toml",
        "cost@legacy.level": "default",
        "cost.threshold": "default",
        "ship_personas": "default of release",
        "latency_p50.level": "default of release",
    }  # fmt: skip


def test_legacy_by_one_setting_is_what_the_gates_go_by(project):
    from harness.cli.plans import plan_of
    from harness.evaluate.setup.gates import gate_config

    write(project, "[tool.cv-harness]\nlegacy = 'advisory'\n")
    config = gate_config(plan_of(resolve(project).settings))
    assert config.legacy == "advisory"
    assert config.rule("accuracy", "legacy").level == "advisory"
