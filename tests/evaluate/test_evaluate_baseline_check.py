"""A branch compares with the baseline of the branch it wants to merge into, in a real repository."""

import shutil
import subprocess

import pytest

from harness.assistants.bundle import make_bundle, save_bundle
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.setup.baseline_check import require_baseline
from harness.review.acceptance import Accepted, write_accepted


@pytest.fixture
def project(tmp_path):
    """A project below the root of its repository, with one baseline on main."""
    project = Project(tmp_path / "repository" / "cvs")
    project.root.mkdir(parents=True)
    git(project, "init", "-q", "-b", "main")
    accept(project, "Read it.")
    commit(project)
    return project


def git(project, *arguments):
    settings = ("-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", project.root, *settings, *arguments], check=True, capture_output=True)


def commit(project):
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "x")


def accept(project, instructions):
    bundle = make_bundle(
        name="r", description="", model="m", parameters={}, instructions=instructions, output="text", schema={}
    )
    record = Accepted(
        schema_version=1, name="r", version=bundle.version, wire=bundle.wire, model="m", origin="simulator@1+seed7",
        run_id="r", verdict="SHIP", verdict_sha256="", override=False, by="A", reason="r", commit="", look=1, draws=1,
        accepted="2026-01-01T00:00:00+00:00", legacy_wire="", legacy_recorded="", contract="", scorer="",
    )  # fmt: skip
    return write_accepted(project, record, bundle)


def test_the_same_baseline_passes_and_another_one_is_named(project):
    require_baseline(project, "main", "simulator@2+seed1")
    accept(project, "Read it well.")
    with pytest.raises(UsageError, match=r"the baseline here is not the one of main: [0-9a-f]{12} instead of"):
        require_baseline(project, "main", "simulator@1+seed7")
    git(project, "checkout", "-q", "-b", "branch")
    commit(project)
    require_baseline(project, "HEAD", "simulator@1+seed7")
    with pytest.raises(UsageError, match="merge main; the candidate is accepted once main holds it"):
        require_baseline(project, "main", "simulator@1+seed7")


@pytest.mark.parametrize(
    ("revision", "origin", "says"),
    [
        ("nowhere", "simulator@1+seed7", "baseline of nowhere cannot be read: fatal: "),
        ("main", "openai", "baseline of main cannot be read: fatal: "),
        ("--output=x", "openai", "is no revision"),
    ],
)
def test_what_cannot_be_compared_is_refused(project, revision, origin, says):
    with pytest.raises(UsageError, match=says):
        require_baseline(project, revision, origin)


def test_a_baseline_that_is_gone_or_broken(project):
    record = accept(project, "Read it.")
    record.write_text("[]", encoding="utf-8")
    commit(project)
    with pytest.raises(UsageError, match="names no wire hash"):
        require_baseline(project, "main", "simulator@1+seed7")
    shutil.rmtree(project.baseline)
    with pytest.raises(UsageError, match="none instead of"):
        require_baseline(project, "main~1", "simulator@1+seed7")


def test_a_folder_outside_version_control(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        require_baseline(Project(tmp_path), "main", "openai")


def test_a_branch_may_accept_what_the_other_one_holds_already(project):
    bundle = make_bundle(
        name="r", description="", model="m", parameters={}, instructions="Read it well.", output="text", schema={}
    )
    save_bundle(bundle, project.assistants / "reader")
    commit(project)
    accept(project, "Read it well.")
    require_baseline(project, "main", "simulator@1+seed7", ("reader",))
    with pytest.raises(UsageError, match="is not the one of main"):
        require_baseline(project, "main", "simulator@1+seed7", ("nobody",))
    with pytest.raises(UsageError, match="is not the one of main"):
        require_baseline(project, "main~1", "simulator@1+seed7", ("reader",))
    accept(project, "Read it twice.")
    with pytest.raises(UsageError, match="is not the one of main"):
        require_baseline(project, "main", "simulator@1+seed7", ("reader",))


def test_a_shallow_checkout_of_one_branch_fetches_the_other(project, tmp_path):
    git(project, "checkout", "-q", "-b", "branch")
    (project.root / "notes.txt").write_text("more", encoding="utf-8")
    commit(project)
    here = tmp_path / "here"
    subprocess.run(["git", "clone", "-q", "--depth=1", "--branch=branch", f"file://{project.root}", here], check=True)
    checkout = Project(here)
    assert not seen(checkout, "origin/main")
    require_baseline(checkout, "origin/main", "simulator@1+seed7")
    assert seen(checkout, "origin/main")
    with pytest.raises(UsageError, match="baseline of origin/nowhere cannot be read"):
        require_baseline(checkout, "origin/nowhere", "simulator@1+seed7")


def seen(project, revision):
    asked = ["git", "-C", project.root, "rev-parse", "--verify", "--quiet", revision]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0
