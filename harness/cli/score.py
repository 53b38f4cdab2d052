"""`cv-harness score` and `cv-harness text`: one answer, one document, looked at by hand."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from harness.base import given
from harness.base.errors import ExitCode, InvalidFileError, UsageError


def register(app: typer.Typer) -> None:
    app.command("score")(score)
    app.command("text")(text)


def score(
    golden: Path = typer.Option(..., "--golden", metavar="G", help="A golden file, or a bare contract object."),
    prediction: Path = typer.Option(
        ..., "--prediction", metavar="P", help="The answer to judge (any JSON, or raw text)."
    ),
    source: Path | None = typer.Option(
        None, "--text", metavar="T", help="The CV's text (or the CV file itself): needed for grounding and invention."
    ),
    structure: bool = typer.Option(False, "--structure", help="Also what differs in structure, after DeepDiff."),
    as_json: bool = typer.Option(False, "--json", help="Print the score as JSON (see docs/scoring.md)."),
) -> int:
    """Score one answer against one golden, field by field."""
    from harness.contract.read import read
    from harness.contract.types import Rung
    from harness.corpus.types import Golden
    from harness.scoring.score import score as judge
    from harness.scoring.serial import to_dict

    expected = _golden(golden)
    reading = read(_content(prediction))
    answer = reading.value
    result = judge(answer, expected, _text_of(source) if source else None)
    if reading.repairs and not result.failed:
        # As sent it was no JSON: the object is judged for its content, the contract is not credited.
        result = replace(result, contract=replace(result.contract, rung=Rung.REPAIRED))
    if as_json:
        typer.echo(json.dumps(to_dict(result), ensure_ascii=False, indent=2))
    else:
        from rich.console import Console

        from harness.scoring.show import render

        cv = expected.cv if isinstance(expected, Golden) else expected
        for repair in reading.repairs:
            typer.echo(f"repaired: {repair}")
        width = None if sys.stdout.isatty() else 120
        Console(width=width, highlight=False).print(render(result, *((cv, answer) if structure else ())))
    return ExitCode.SHIP


def text(
    file: Path = typer.Argument(..., metavar="FILE", help="A CV: PDF, DOCX, DOC or TXT, recognised by its content."),
    as_json: bool = typer.Option(False, "--json", help="Outcome, reader, warnings and text as JSON."),
    product: bool = typer.Option(False, "--product-reader", help="As the product's own reader reads it today."),
) -> int:
    """Print the text that a model would be given for a file."""
    from harness.base.terminal import safe
    from harness.corpus.text import Extractor, describe

    if not file.is_file():
        raise UsageError(f"{file} is not a file")
    with Extractor(reader="product" if product else "common", workers=1) as extractor:
        extraction = extractor.extract(file)
    if as_json:
        typer.echo(json.dumps(describe(extraction), ensure_ascii=False, indent=2))
    else:
        for warning in extraction.warnings:
            typer.echo(f"warning: {safe(warning)}", err=True)
        if extraction.readable:
            typer.echo(safe(extraction.text))
        else:
            typer.echo(f"no text: {extraction.outcome.replace('_', ' ')}", err=True)
    return ExitCode.SHIP if extraction.readable else ExitCode.USAGE


def _golden(path: Path) -> Any:
    """A `Golden` from a golden file, or the bare contract object. Raises InvalidFileError for anything else."""
    from harness.contract.check import check
    from harness.corpus.goldens import load_golden

    try:
        value = json.loads(_content(path))
    except (ValueError, RecursionError) as error:
        raise InvalidFileError(path, "", f"no valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidFileError(path, "", "expected a golden file or a contract object")
    if "cv" in value:
        return load_golden(path)
    contract = check(value)
    if not contract.valid:
        broken = contract.violations[0]
        raise InvalidFileError(
            path,
            broken.pointer or "/",
            f"breaks the contract: {broken.message}",
            hint="a golden must hold: see goldens/cv.schema.json",
        )
    return value


def _text_of(path: Path) -> str:
    from harness.corpus.text import Extractor

    if not path.is_file():
        raise UsageError(f"{path} is not a file")
    with Extractor(workers=1) as extractor:
        extraction = extractor.extract(path)
    if not extraction.readable:
        raise InvalidFileError(path, "", f"no text could be read: {extraction.outcome.replace('_', ' ')}")
    return extraction.text


def _content(path: Path) -> str:
    try:
        return given.text(path)
    except FileNotFoundError:
        raise UsageError(f"{path} is not there") from None
    except OSError as error:
        raise InvalidFileError(path, "", f"unreadable: {error}") from error
