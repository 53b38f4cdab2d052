"""Making a project root outside this repository: what `cv-harness init DIR` writes.

The files are the repository's own (bundle, evals, contract); an installed wheel carries copies of them.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from harness.base.canonical import pretty
from harness.base.errors import UsageError
from harness.base.project import MARKER, Project
from harness.contract.schema import contract_schema

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

_WORKFLOW = """\
name: evals
on: [pull_request]
permissions:
  contents: read
concurrency:
  group: evals-${{ github.ref }}
  cancel-in-progress: true
jobs:
  evals:
    name: replay and gates
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@e797f83bcb11b83ae66e0230d6156d7c80228e7c # v6.0.0
        with:
          python-version: "3.11"
      - name: Install cv-harness from where your team keeps it
        # a bare name would be whatever somebody publishes under it
        env:
          SOURCE: ${{ vars.CV_HARNESS }}
        run: |
          case "$SOURCE" in
            git+https://*@* | git+ssh://*@* | https://*.whl\\#sha256=*) ;;
            *)
              echo "::error::set the repository variable CV_HARNESS to git+https://…@COMMIT or https://….whl#sha256=…"
              exit 2 ;;
          esac
          python -m pip install "cv-harness[xdist] @ $SOURCE"
      - run: pytest evals -n 2 --require-baseline "origin/$BASE"
        env:
          BASE: ${{ github.base_ref }}
      - if: always()
        run: cat reports/latest/summary.md >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        uses: actions/upload-artifact@330a01c490aca151604b8cf639adc76d48f6c5d4 # v5.0.0
        with:
          name: cv-harness-report
          path: reports/latest/redacted/
"""


def init(folder: Path) -> Project:
    """Make a project in `folder`, which may exist but must not be one already.

    Nothing that is there is overwritten. Raises UsageError naming the first file in the way.
    """
    files = {
        MARKER: json.dumps({"version": 1, "documents": []}, indent=2) + "\n",
        "goldens/cv.schema.json": pretty(contract_schema()),
        "fixtures/recordings/.gitkeep": "",
        "reports/baseline/.gitkeep": "",
        "pyproject.toml": _PYPROJECT,
        ".gitignore": _GITIGNORE,
        "README.md": _README,
        ".github/workflows/evals.yml": _WORKFLOW,
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
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return Project(folder.resolve())


def _text(name: str) -> str:
    """A file of this repository, from the source tree or from the copy in the wheel."""
    source = _SOURCE / name
    if source.is_file():
        return source.read_text(encoding="utf-8")
    return (resources.files("harness") / name.removeprefix("harness/")).read_text(encoding="utf-8")
