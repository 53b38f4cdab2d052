"""Making a project root outside this repository: what `cv-harness init DIR` writes.

The files are the repository's own (bundle, evals, contract); an installed wheel carries copies of them.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

from harness.base.canonical import pretty
from harness.base.errors import UsageError
from harness.base.files import as_in_git
from harness.base.project import MARKER, Project
from harness.contract.schema import contract_schema
from harness.models.stored_packs import ATTRIBUTES

_SOURCE = Path(__file__).resolve().parents[3]

_PYPROJECT = """\
[tool.cv-harness]
# Every key is optional; `cv-harness config` shows what is in force and where it comes from.
# provider = "openai"
# repeat = 3
# profile = "ci"
#
# A server by name (`--provider ours`); docs/models.md lists the keys, and which servers are known by name.
# [tool.cv-harness.endpoints.ours]
# base_url = "https://models.example.com/v1"
# key = "OUR_API_KEY"
# wire = "chat"

[tool.pytest.ini_options]
testpaths = ["evals"]
"""

_GITIGNORE = """\
# runs hold CV texts: personal data that stays on this machine
reports/*
!reports/baseline/
"""

_README = """\
# CVs under test
Private CVs, their goldens and recordings; made by `cv-harness init`.

1. `cv-harness corpus add FOLDER` brings CV files in (`--pseudonymise` replaces names and contacts).
2. `cv-harness golden add DOCUMENT` starts a golden from an answer; `cv-harness golden review` makes it count.
3. `cv-harness run` replays them; `cv-harness accept` makes the assistant in `assistants/` the baseline.
4. `pytest evals/` is what CI runs.

`cv-harness forget DOCUMENT` removes a person everywhere.
"""

_VARIABLE = "${{ vars.CV_HARNESS }}"
_GIT = r"git\+https://[^\s@'\"${}]+@[0-9a-f]{7,40}|git\+ssh://[\w.-]+@[^\s@'\"${}]+@[0-9a-f]{7,40}"
_WHEEL = r"https://[^\s@'\"${}]+\.whl#sha256=[0-9a-f]{64}"
_PINNED = re.compile(f"{_GIT}|{_WHEEL}")
"""Where a workflow may install from: one commit, or one file. No password can be in it: it is committed."""


def init(folder: Path, source: str = "") -> Project:
    """Make a project in `folder`, which may exist but must not be one already. source: where CI installs cv-harness
    from; "" leaves it to a variable of the repository.

    Nothing that is there is overwritten. Raises UsageError naming the first file in the way, or a source that is not
    one fixed version.
    """
    workflow = _workflow("workflow.yml", source)
    files = {
        MARKER: json.dumps({"version": 1, "documents": []}, indent=2) + "\n",
        "goldens/cv.schema.json": pretty(contract_schema()),
        "fixtures/recordings/.gitkeep": "",
        "reports/baseline/.gitkeep": "",
        "pyproject.toml": _PYPROJECT,
        ".gitignore": _GITIGNORE,
        ".gitattributes": ATTRIBUTES,
        "README.md": _README,
        ".github/workflows/evals.yml": workflow,
        "evals/conftest.py": _text("evals/conftest.py"),
        "evals/test_assistant.py": _text("evals/test_assistant.py"),
        **{
            f"assistants/cv-parser-pro/{name}": _text(f"harness/assistants/cv-parser-pro/{name}")
            for name in ("assistant.toml", "instructions.md")
        },
        **{
            f"assistants/legacy/{name}": _text(f"harness/assistants/legacy/{name}")
            for name in (
                "legacy.toml",
                "metadata.md",
                "metadata.schema.json",
                "description.md",
                "description.schema.json",
            )
        },
    }
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", hint="name a folder")
    if (folder / MARKER).exists():
        raise UsageError(f"{folder} is a cv-harness project already", hint="choose another folder")
    for name in files:
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is in the way", hint="choose an empty folder, or move the file away")
    with as_in_git(folder):
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    return Project(folder.resolve())


def write_drift_workflow(project: Project, source: str = "") -> Path:
    """Write the weekly workflow into a project. source: as for `init`. Raises UsageError where one is there: it may
    have been changed."""
    path = project.root / ".github" / "workflows" / "drift.yml"
    if path.exists():
        raise UsageError(f"{path} is there already", hint="move it away to have it written anew")
    text = _workflow("drift.yml", source)
    with as_in_git(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path


def _workflow(name: str, source: str) -> str:
    """A workflow that installs from there. Raises UsageError for what is not one fixed version."""
    if source and not _PINNED.fullmatch(source):
        raise UsageError(
            f"--install-from {source}: that is not one fixed version",
            hint="give git+https://HOST/REPOSITORY@COMMIT, git+ssh://git@HOST/REPOSITORY@COMMIT, or "
            "https://…/cv_harness-….whl#sha256=…; it is committed, so no password in it",
        )
    text = _text(f"harness/evaluate/commands/{name}")
    return text.replace(_VARIABLE, source) if source else text


def _text(name: str) -> str:
    """A file of this repository, from the source tree or from the copy in the wheel."""
    source = _SOURCE / name
    if source.is_file():
        return source.read_text(encoding="utf-8")
    return (resources.files("harness") / name.removeprefix("harness/")).read_text(encoding="utf-8")
