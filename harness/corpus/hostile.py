"""The hostile set: files that are broken, wrong or meant to harm, made by this script, each with its expected end.

`python -m harness.corpus.hostile` writes the small ones to `fixtures/hostile/`; `make` gives any of them, also
those too large to commit, which tests write to a temporary folder. What each must end in stands in
`fixtures/hostile/expected.json`, which was written before the readers were run on them and is never derived.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from harness.base.project import Project
from harness.corpus.hostile_docx import DOCX_FILES, LARGE_DOCX_FILES
from harness.corpus.hostile_pdf import LARGE_PDF_FILES, PDF_FILES, plain_pdf
from harness.corpus.hostile_plain import LARGE_PLAIN_FILES, PLAIN_FILES
from harness.corpus.types import TextOutcome

LARGE: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {**LARGE_PDF_FILES, **LARGE_DOCX_FILES, **LARGE_PLAIN_FILES}
)
"""Files made on the fly: too large for the repository."""

SMALL: Mapping[str, Callable[[], bytes]] = MappingProxyType({**PDF_FILES, **DOCX_FILES, **PLAIN_FILES})

_CIPHERS = {
    "rc4-40": ("40", []),
    "rc4-128": ("128", ["--use-aes=n"]),
    "aes-128": ("128", ["--use-aes=y"]),
    "aes-256": ("256", []),
}
ENCRYPTED = tuple(f"pdf-{cipher}-{who}.pdf" for cipher in _CIPHERS for who in ("user", "owner"))
"""Encrypted by qpdf: under a password to open (`user`), or only to change (`owner`), which anyone may read."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How the reading of a hostile file must end: one of `outcomes`; what the text must and must not have."""

    outcomes: frozenset[TextOutcome]
    about: str
    has: str = ""
    lacks: str = ""
    warns: str = ""


def load_expected(folder: Path) -> dict[str, Expected]:
    """Expectations by file name, from `expected.json` in the folder of the hostile set."""
    stored = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return {
        name: Expected(
            outcomes=frozenset(entry["outcomes"]),
            about=entry["about"],
            has=entry.get("has", ""),
            lacks=entry.get("lacks", ""),
            warns=entry.get("warns", ""),
        )
        for name, entry in stored["files"].items()
    }


def make(name: str) -> bytes:
    """The bytes of one hostile file, small or large. Raises KeyError for unknown names."""
    if name in ENCRYPTED:
        return _encrypted(name)
    return (SMALL[name] if name in SMALL else LARGE[name])()


def _encrypted(name: str) -> bytes:
    _, *cipher, who = name.removesuffix(".pdf").split("-")
    bits, options = _CIPHERS["-".join(cipher)]
    user = "secret" if who == "user" else ""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "plain.pdf", Path(folder) / name
        source.write_bytes(plain_pdf())
        command = ["qpdf", "--allow-weak-crypto", "--static-id", "--static-aes-iv"]
        command += ["--encrypt", user, "owner", bits, *options, "--", str(source), str(target)]
        subprocess.run(command, check=True, capture_output=True)
        return target.read_bytes()


def write_small(folder: Path) -> list[str]:
    """Write the committed part of the set; encrypted files only where qpdf is installed. Returns the names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [*SMALL, *(ENCRYPTED if shutil.which("qpdf") else ())]
    for name in names:
        (folder / name).write_bytes(make(name))
    return names


def main() -> None:
    """Write the set into this project."""
    folder = Project.find().root / "fixtures" / "hostile"
    names = write_small(folder)
    size = sum((folder / name).stat().st_size for name in names)
    print(f"{len(names)} files, {size:,} bytes in {folder}")


if __name__ == "__main__":
    main()
