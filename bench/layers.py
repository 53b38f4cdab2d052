"""Text layers by many producers: what each reader makes of digits, hyphens, words and lines.

    python -m bench.layers

Measured on `fixtures/producers` (one CV printed by many programs; `harness.corpus.builder.producers` makes it) and on
the PDFs of the corpus, whose goldens say what is printed. Per reader: the share of printed digits found, in numbers
that are whole; of words with hyphens found whole; words per line; how many pairs of words are joined and how many
words are split. Other readers' texts are cleaned as ours is. Bar: digits .999 by every producer and in the corpus,
and no number lost without a warning.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from harness.base.project import Project
from harness.corpus.goldens import load_goldens
from harness.corpus.manifest import load_manifest
from harness.corpus.readers.clean import clean
from harness.corpus.recall import printed_values
from harness.corpus.text import extract_inline

BAR = 0.999
NUMBER = re.compile(r"\d+")
HYPHENED = re.compile(r"\w+(?:-\w+)+")
WORD = re.compile(r"[^\W\d_]{2,}")
SCANS = frozenset({"scan", "image", "mixed"})


@dataclass(frozen=True, slots=True)
class Counted:
    """Found of printed digits and hyphened words; words and lines of the text; joined pairs, split words."""

    digits: tuple[int, int] = (0, 0)
    hyphens: tuple[int, int] = (0, 0)
    layout: tuple[int, int] = (0, 0)
    joined: int = 0
    split: int = 0

    def __add__(self, other: Counted) -> Counted:
        def both(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
            return one[0] + two[0], one[1] + two[1]

        return Counted(
            both(self.digits, other.digits),
            both(self.hyphens, other.hyphens),
            both(self.layout, other.layout),
            self.joined + other.joined,
            self.split + other.split,
        )


def count(printed: Sequence[str], text: str) -> Counted:
    """What of the printed lines is in the text."""
    text = plain(text)
    lines = [line for line in text.split("\n") if line.strip()]
    wanted = [plain(line) for line in printed]
    numbers, found = Counter(NUMBER.findall(" ".join(wanted))), Counter(NUMBER.findall(text))
    kept = sum(min(times, found[number]) * len(number) for number, times in numbers.items())
    hyphened, there = Counter(HYPHENED.findall(" ".join(wanted))), Counter(HYPHENED.findall(text))
    words = set(WORD.findall(text))
    said = [WORD.findall(line) for line in wanted]
    pairs = {one + two for line in said for one, two in pairwise(line)}
    known = {word for line in said for word in line}
    pieces = text.split()
    apart = {one + two for one, two in pairwise(pieces)}
    return Counted(
        (kept, sum(times * len(number) for number, times in numbers.items())),
        (sum(min(times, there[word]) for word, times in hyphened.items()), hyphened.total()),
        (len(pieces), len(lines)),
        len((pairs - known) & words),
        len((known - words) & apart),
    )


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate({0x2010: "-", 0x2011: "-"})


def bare_pypdf(path: Path) -> str:
    from pypdf import PdfReader

    return clean("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)).text


def bare_pdfium(path: Path) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(path.read_bytes()) as document:
        return clean("\n".join(page.get_textpage().get_text_range() for page in document)).text


def poppler(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True)
    return clean(done.stdout.decode("utf-8", "replace").replace("\f", "\n")).text


def readers() -> Mapping[str, Callable[[Path], str]]:
    found: dict[str, Callable[[Path], str]] = {"pypdf": bare_pypdf, "pdfium": bare_pdfium}
    if shutil.which("pdftotext"):
        found["pdftotext"] = poppler
    else:
        print("pdftotext (poppler-utils) is not installed: compared with pypdf and pdfium only")
    return found


def measured(groups: Mapping[str, Sequence[tuple[Path, Sequence[str]]]]) -> list[str]:
    """Print a line for each group and reader; returns what misses the bar."""
    others = readers()
    missed = []
    print(
        f"{'':<30}{'reader':<11}{'digits':>8}{'n':>7}{'hyphens':>9}{'n':>6}{'words/line':>12}{'joined':>8}{'split':>7}"
    )
    totals: dict[str, Counted] = defaultdict(Counted)
    for group, files in groups.items():
        ours = Counted()
        for path, printed in files:
            read = extract_inline(path)
            each = count(printed, read.text)
            ours += each
            if each.digits[0] < each.digits[1] and not read.warnings:
                missed.append(f"{path.name}: {each.digits[1] - each.digits[0]} digits lost without a warning")
        if ours.digits[0] < BAR * ours.digits[1]:
            missed.append(f"{group}: digits {share(ours.digits)} are under {BAR}")
        rows = {
            name: sum((count(printed, read(path)) for path, printed in files), Counted())
            for name, read in others.items()
        }
        for name, row in {**rows, "ours": ours}.items():
            show(group, name, row)
            totals[name] += row
    for name, row in totals.items():
        show("all", name, row)
    return missed


def show(group: str, name: str, row: Counted) -> None:
    words = row.layout[0] / max(row.layout[1], 1)
    print(
        f"{group:<30}{name:<11}{share(row.digits):>8}{row.digits[1]:>7}{share(row.hyphens):>9}{row.hyphens[1]:>6}"
        f"{words:>12.2f}{row.joined:>8}{row.split:>7}"
    )


def share(part: tuple[int, int]) -> str:
    return f"{part[0] / part[1]:.4f}" if part[1] else "-"


def main() -> int:
    project = Project.find()
    folder = project.root / "fixtures" / "producers"
    printed = json.loads((folder / "printed.json").read_text(encoding="utf-8"))
    missed = measured({path.stem: [(path, printed)] for path in sorted(folder.glob("*.pdf"))})
    groups: dict[str, list[tuple[Path, Sequence[str]]]] = defaultdict(list)
    documents = [each for each in load_manifest(project) if each.path.endswith(".pdf")]
    documents = [each for each in documents if each.tags.get("media") not in SCANS]
    goldens = load_goldens(project, [each.id for each in documents])
    for each in documents:
        values = list(printed_values(goldens[each.id].cv))
        groups[f"corpus, {each.tags.get('producer', '?')}"].append((project.corpus / each.path, values))
    print()
    missed += measured(groups)
    for each in missed:
        print(f"missed: {each}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
