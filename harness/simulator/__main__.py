"""`python -m harness.simulator`: serve until stopped, or until the parent process is gone."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import stat
import sys
import threading
from pathlib import Path

from harness.simulator import VERSION, tokens


def main(arguments: list[str] | None = None) -> int:
    """Parse options, print the ready line, serve. Returns the exit code."""
    options = _options().parse_args(arguments)
    if options.repertoire:
        from harness.simulator.directives import repertoire

        print(json.dumps(repertoire(), indent=2, ensure_ascii=False))
        return 0
    if options.parent_pid:
        _die_with(options.parent_pid)
    tokens.preload()
    try:
        asyncio.run(_serve(options))
    except KeyboardInterrupt:
        return 130
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m harness.simulator", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=7, help="seed of every chance")
    parser.add_argument("--parent-pid", type=int, default=0, help="stop when this process is gone")
    parser.add_argument("--clock-scale", type=float, default=0.0, help="real seconds slept per virtual second")
    parser.add_argument("--api-key", default="", help="the only key that is let in")
    parser.add_argument("--require-key", action="store_true", help="refuse requests without a key")
    parser.add_argument("--capture", type=Path, help="append each request body to this file, one JSON line each")
    parser.add_argument("--fault", action="append", default=[], help="a fault plan, as `429; times=1`; repeatable")
    parser.add_argument("--repertoire", action="store_true", help="print the directives that are understood, and stop")
    return parser


async def _serve(options: argparse.Namespace) -> None:
    from harness.simulator.faults import read_fault
    from harness.simulator.http import serve_connection
    from harness.simulator.server import Server, Settings

    server = Server(
        Settings(
            seed=options.seed,
            clock_scale=options.clock_scale,
            api_key=options.api_key,
            require_key=options.require_key,
            capture=options.capture,
            faults=tuple(read_fault(text) for text in options.fault),
        )
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    listener = await asyncio.start_server(
        lambda reader, writer: serve_connection(server.handle, reader, writer), options.host, options.port, backlog=512
    )
    host, port = listener.sockets[0].getsockname()[:2]
    ready = {
        "url": f"http://{host}:{port}/v1",
        "version": VERSION,
        "seed": options.seed,
        "origin": f"simulator@{VERSION}+seed{options.seed}",
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
