"""The project root: every path of manifest, goldens, recordings, baseline, bundles and runs is found here.

This repository is one project; `cv-harness init DIR` makes another, so that a team's private CVs stay outside.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import UsageError

MARKER = "fixtures/corpus/manifest.json"


@dataclass(frozen=True, slots=True)
class Project:
    """A project root and the places in it. Nothing is created here; writers make their own folders."""

    root: Path

    @classmethod
    def find(cls, given: str | os.PathLike[str] | None = None) -> Project:
        """The project at `given`, else `$CV_HARNESS_PROJECT`, else the nearest one above the working directory,
        else the repository that this package is installed from in editable mode.

        Raises UsageError where none is found.
        """
        named = given or os.environ.get("CV_HARNESS_PROJECT")
        if named:
            root = Path(named).resolve()
            if not (root / MARKER).is_file():
                raise UsageError(
                    f"{root} is not a cv-harness project: {MARKER} is missing",
                    hint=f"make one with `cv-harness init {named}`",
                )
            return cls(root)
        here = Path.cwd().resolve()
        source = Path(__file__).resolve().parents[2]
        for folder in (here, *here.parents, source):
            if (folder / MARKER).is_file():
                return cls(folder)
        raise UsageError(
            f"no cv-harness project in {here} or above it",
            hint="go to one, name one with --project DIR, or make one with `cv-harness init DIR`",
        )

    @property
    def manifest(self) -> Path:
        return self.root / MARKER

    @property
    def corpus(self) -> Path:
        return self.root / "fixtures" / "corpus"

    @property
    def recordings(self) -> Path:
        """Committed packs; append-only."""
        return self.root / "fixtures" / "recordings"

    @property
    def goldens(self) -> Path:
        return self.root / "goldens"

    @property
    def contract(self) -> Path:
        return self.root / "goldens" / "cv.schema.json"

    @property
    def assistants(self) -> Path:
        """Bundles: in this repository inside the package, in another project at its root."""
        inside = self.root / "harness" / "assistants"
        return inside if inside.is_dir() else self.root / "assistants"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def runs(self) -> Path:
        return self.root / "reports" / "runs"

    @property
    def baseline(self) -> Path:
        """Accepted assistants, committed."""
        return self.root / "reports" / "baseline"

    @property
    def local_recordings(self) -> Path:
        """What this machine has recorded; derived from the runs, rebuilt from them, not committed."""
        return self.root / "reports" / "recordings"

    @property
    def settings(self) -> Path:
        return self.root / "pyproject.toml"


def cache_dir() -> Path:
    """Where this user's derived data lives (`CV_HARNESS_CACHE`, else the platform's cache folder)."""
    named = os.environ.get("CV_HARNESS_CACHE")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "cv-harness"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cv-harness"
