"""`cv-harness`: the commands, and how errors reach a person."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence

import typer

from harness.base.errors import ExitCode, HarnessError
from harness.base.files import owner_only
from harness.cli import (
    assistant,
    batches,
    corpus,
    decide,
    doctor,
    drift,
    estimate,
    golden,
    migrate,
    probe,
    project,
    recordings,
    replay,
    score,
    service,
    simulate,
    suggest,
    watch,
)

app = typer.Typer(
    name="cv-harness",
    no_args_is_help=True,
    context_settings={"max_content_width": 120},
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=(
        "Decides whether a change to a CV-reading AI assistant may ship: replays CVs through the legacy pipeline, "
        "the accepted assistant and the candidate, scores the answers against goldens, and says SHIP, HOLD or "
        "INCONCLUSIVE.\n\nStart with `cv-harness run`: free and offline, it uses the embedded simulator.\n\n"
        "Exit codes: 0 SHIP, 10 HOLD, 20 INCONCLUSIVE, 2 usage or configuration, 3 harness failure, "
        "4 recordings missing."
    ),
)
for room in (
    replay,
    migrate,
    batches,
    estimate,
    doctor,
    drift,
    watch,
    suggest,
    decide,
    probe,
    score,
    assistant,
    corpus,
    golden,
    simulate,
    service,
    project,
    recordings,
):
    room.register(app)


@app.callback(invoke_without_command=True)
def common(
    project_dir: str = typer.Option(
        "", "--project", metavar="DIR", help="Project root (default: $CV_HARNESS_PROJECT, else the nearest one above)."
    ),
    _debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if project_dir:
        os.environ["CV_HARNESS_PROJECT"] = project_dir
    if version:
        from harness import __version__

        typer.echo(f"cv-harness {__version__}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with one of the designed exit codes. What it writes is its owner's
    alone, whatever the umask: runs, exports and answers are made of CVs."""
    with owner_only(), _ended_by_signals():
        _run(arguments)


_BY_CTRL_C = 130
"""What the library of the command line makes of a Ctrl-C that no command took care of."""
_NO_PLACE = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EISDIR)
"""What a system says of a path that can name no file."""


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end a command as Ctrl-C does, so that readers, simulator and temporary files go with it."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    ending = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {}
    if threading.current_thread() is threading.main_thread():
        handlers = {each: signal.getsignal(each) for each in ending}
        before = {each: handler for each, handler in handlers.items() if handler is not signal.SIG_IGN}  # as by nohup
        for each in before:
            signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def end() -> None:
    """`main` in a process of its own, which ends with it: by then a Ctrl-C has nothing left to interrupt, and nobody
    looks for circles in what goes with the process anyway (a quarter of a second after a run)."""
    try:
        main()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.freeze()


def _run(arguments: Sequence[str] | None) -> None:
    _never_fail_to_print()
    given = list(sys.argv[1:] if arguments is None else arguments)
    given, debug = _hoist(given)
    try:
        code = app(args=given, standalone_mode=False)
        if code == _BY_CTRL_C:
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else ExitCode.SHIP)
    except HarnessError as error:
        if debug:
            traceback.print_exc()
        _complain(error.message, error.hint)
        sys.exit(error.exit_code)
    except typer.TyperException as error:  # wrong options
        if type(error).__name__ == "NoArgsIsHelpError":  # no mistake to complain of: its message is the help
            print(error.format_message(), file=sys.stderr)
            sys.exit(ExitCode.USAGE)
        _complain(error.format_message(), "`cv-harness --help`, or `cv-harness COMMAND --help`, lists what there is")
        sys.exit(ExitCode.USAGE)
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        sys.exit(ExitCode.INCONCLUSIVE)
    except BrokenPipeError:  # the reader of our output went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.HARNESS)
    except OSError as error:
        if debug:
            traceback.print_exc()
        place = f"{error.filename}: " if error.filename else ""
        if error.errno in _NO_PLACE:
            _complain(f"{place[:300]}{error.strerror or error}", "correct the path")
            sys.exit(ExitCode.USAGE)
        hint = "free the disk, or make the folder readable and writable; answers that were paid for are kept"
        _complain(f"{place}{error.strerror or error}", hint)
        sys.exit(ExitCode.HARNESS)
    except Exception as error:  # noqa: BLE001  (the outermost handler: a person sees one line, not a traceback)
        if debug:
            traceback.print_exc()
        _complain(f"unexpected {type(error).__name__}: {error}", "this is a defect; --debug shows the traceback")
        sys.exit(ExitCode.HARNESS)


def _never_fail_to_print() -> None:
    """A terminal that cannot show a character gets a substitute, not a failed command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _complain(message: str, hint: str) -> None:
    from harness.base.terminal import safe

    print(f"cv-harness: {safe(message)}", file=sys.stderr)
    if hint:
        print(f"  → {safe(hint)}", file=sys.stderr)


def _hoist(arguments: list[str]) -> tuple[list[str], bool]:
    """Let `--project DIR` and `--debug` stand anywhere, not only before the command."""
    front: list[str] = []
    rest: list[str] = []
    items = iter(arguments)
    for item in items:
        if item == "--":
            rest += [item, *items]
        elif item == "--debug" or item.startswith("--project="):
            front.append(item)
        elif item == "--project":
            value = next(items, None)
            if value is None:
                return [item], "--debug" in front  # nothing follows: let it be refused as such
            front += [item, value]
        else:
            rest.append(item)
    return front + rest, "--debug" in front
