"""`python -m harness.simulator`: serve until stopped, or until the parent process is gone."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import stat
import sys
import threading
from pathlib import Path

from harness.simulator import VERSION, tokens
from harness.simulator.apierror import ApiError
from harness.simulator.batches import BatchPlan, read_plan
from harness.simulator.faults import KINDS, Fault, read_fault
from harness.simulator.http import serve_connection
from harness.simulator.server import Server, Settings
from harness.simulator.weaknesses import WEAKNESSES, suffix

_ABOUT = """\
An OpenAI-compatible server on this machine: chat completions, responses, batches, models. No key, no network, no cost.

Its model is a CV parser with a seeded error model. It reads only the request: what the instructions ask for changes
what it answers. It shows that a harness works, not how OpenAI's models perform. One JSON line with its address is
printed when it is ready; Ctrl-C ends it.
"""
_EXAMPLES = """\
examples:
  %(prog)s --port 8089
  cv-harness run --base-url http://127.0.0.1:8089/v1      (in another terminal)
  %(prog)s --port 8089 --fault "429; times=1; retry_after=2" --fault "timeout; rate=0.05; seconds=30"
  %(prog)s --repertoire                        (which instructions it understands)
"""


def main(arguments: list[str] | None = None, prog: str = "python -m harness.simulator") -> int:
    """Parse options, print the ready line, serve. Returns the exit code."""
    parser = _options(prog)
    options = parser.parse_args(arguments)
    if options.repertoire:
        from harness.simulator.directives import repertoire

        print(json.dumps(repertoire(), indent=2, ensure_ascii=False))
        return 0
    try:
        faults = tuple(read_fault(text) for text in options.fault)
    except ApiError as error:
        parser.error(f"--fault: {error}")
    try:
        batches = read_plan(options.batches)
    except ApiError as error:
        parser.error(f"--batches: {error}")
    if options.parent_pid:
        _die_with(options.parent_pid)
    tokens.preload()
    try:
        asyncio.run(_serve(options, faults, batches))
    except KeyboardInterrupt:
        return 130
    except (OSError, OverflowError) as error:
        parser.error(f"cannot listen on {options.host} port {options.port}: {error}")
    return 0


def _options(prog: str) -> argparse.ArgumentParser:
    kinds = "\n".join(f"  {kind:19} {meaning}" for kind, meaning in KINDS.items())
    parser = argparse.ArgumentParser(
        prog=prog,
        description=_ABOUT,
        epilog=f"kinds of faults:\n{kinds}\n\n{_EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--fd", type=int, help=argparse.SUPPRESS)  # a socket that listens already
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="seed of all its errors and times (default: %(default)s)")
    parser.add_argument("--repertoire", action="store_true", help="print the directives it understands, and stop")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="PLAN",
        help="fail on purpose, again for several: a kind of fault (below), then any of `; times=N` (the first N tries "
        "of each request), `; rate=SHARE`, `; wire=responses|chat`, `; model=NAME`, `; retry_after=SECONDS`, "
        "`; seconds=SECONDS`",
    )  # fmt: skip
    parser.add_argument(
        "--batches", default="", metavar="PLAN",
        help="how batches go: any of `expire=SHARE` (of the lines, not answered in time), `fail=N` (the first N are "
        "refused), `pace=SECONDS` (a line takes), `lines=N` (at most), `lose=N` (no answer to the first N requests "
        "for one), `hold=N` (the first N do not begin before they are cancelled), with `; ` between them",
    )  # fmt: skip
    parser.add_argument(
        "--clock-scale", type=float, default=0.0, metavar="X",
        help="real seconds slept for each second that an answer takes (default: %(default)s, answer at once)",
    )  # fmt: skip
    parser.add_argument(
        "--weakness", action="append", default=[], choices=sorted(WEAKNESSES), metavar="NAME",
        help="read worse on purpose, again for several: " + ", ".join(sorted(WEAKNESSES)),
    )  # fmt: skip
    parser.add_argument("--capture", type=Path, metavar="FILE", help="append each request to FILE, one JSON line each")
    parser.add_argument("--require-key", action="store_true", help="refuse requests without a key")
    parser.add_argument("--api-key", default="", metavar="KEY", help="the only key that is let in")
    parser.add_argument("--parent-pid", type=int, default=0, metavar="PID", help="stop when this process is gone")
    return parser


async def _serve(options: argparse.Namespace, faults: tuple[Fault, ...], batches: BatchPlan) -> None:
    server = Server(
        Settings(
            seed=options.seed,
            clock_scale=options.clock_scale,
            api_key=options.api_key,
            require_key=options.require_key,
            capture=options.capture,
            faults=faults,
            weaknesses=tuple(options.weakness),
            batches=batches,
        )
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    given = {"host": options.host, "port": options.port}
    if options.fd is not None:
        given = {"sock": socket.socket(fileno=options.fd)}
    listener = await asyncio.start_server(
        lambda reader, writer: serve_connection(server.handle, reader, writer), backlog=512, **given
    )
    host, port = listener.sockets[0].getsockname()[:2]
    ready = {
        "url": f"http://{host}:{port}/v1",
        "version": VERSION,
        "seed": options.seed,
        "origin": f"simulator@{VERSION}+seed{options.seed}{suffix(options.weakness)}",
        "pid": os.getpid(),
    }
    print(json.dumps(ready), flush=True)
    await stop.wait()
    listener.close()


def _die_with(parent: int) -> None:
    """End this process when `parent` is gone: its end of our standard input closes (at once), or its process id is
    no longer there (looked at twice a second, for children that inherited that end)."""
    direct = os.getppid() == parent

    def read() -> None:
        if sys.stdin is not None and stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
            while sys.stdin.buffer.read(1024):
                pass
            os._exit(0)

    def watch() -> None:
        pause = threading.Event()
        while _alive(parent, direct):
            pause.wait(0.5)
        os._exit(0)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    threading.Thread(target=watch, name="parent", daemon=True).start()


def _alive(pid: int, direct: bool) -> bool:
    if direct:
        return os.getppid() == pid
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    sys.exit(main())
