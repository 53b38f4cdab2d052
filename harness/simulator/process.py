"""The simulator as a child process: started for a run, gone with it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import HarnessError, ProviderUnavailableError
from harness.base.types import Json
from harness.simulator import VERSION

START_SECONDS = 120.0
"""What a start may take: .3 s on an idle machine, over 20 s seen on one that ten others keep busy."""


@dataclass(frozen=True, slots=True)
class Running:
    """A simulator that answers. url: the base URL for a client, with `/v1`."""

    url: str
    origin: str
    version: str
    seed: int
    pid: int

    @property
    def control_url(self) -> str:
        """Where `/sim/stats`, `/sim/faults`, `/sim/directives` live."""
        return self.url.removesuffix("/v1") + "/sim"


def origin(seed: int = 7) -> str:
    """What answers of a simulator with this seed are filed under."""
    return f"simulator@{VERSION}+seed{seed}"


@contextmanager
def start_when_called(seed: int = 7, *, at_once: bool = False) -> Iterator[str]:
    """The base URL, with `/v1`, of a simulator that starts with the first connection to it (at_once: now), and is gone
    at the end. Nobody waits for it to be ready but who is connected. Where it does not live, connections are refused,
    and HarnessError says why at the end where they were what ended the block."""
    ended, ending = socket.socketpair()
    with ended, ending, socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        children: list[subprocess.Popen[str]] = []

        def begin() -> None:
            called = [listening] if at_once else select.select([listening, ended], [], [])[0]
            if listening in called:
                place = listening.fileno()
                with listening:  # the child's from here on: connections are refused where it dies
                    children.append(_child(_command(seed, "--fd", str(place)), [place]))

        waiting = threading.Thread(target=begin, name="simulator", daemon=True)
        waiting.start()
        try:
            yield url
        except ProviderUnavailableError as error:
            with contextlib.suppress(subprocess.TimeoutExpired):
                for child in children:
                    child.wait(timeout=1)
                    raise _no_start(child) from error
            raise
        finally:
            ending.send(b"end")
            waiting.join()
            for child in children:
                _stop(child)


@contextmanager
def start(
    seed: int = 7,
    faults: Sequence[str | Mapping[str, Json]] = (),
    clock_scale: float = 0.0,
    *,
    port: int = 0,
    capture: Path | None = None,
    api_key: str = "",
    weaknesses: Sequence[str] = (),
    batches: str = "",
) -> Iterator[Running]:
    """Start a simulator, wait for its ready line, stop it at the end. Raises HarnessError where it does not start.

    faults: plans as `harness.simulator.faults.read_fault` takes them. clock_scale: real seconds slept per virtual
    second (0: none). weaknesses: by name, as `harness.simulator.weaknesses` has them. batches: how they
    go, as `harness.simulator.batches.read_plan` takes it.
    """
    command = _command(seed, "--port", str(port), "--clock-scale", str(clock_scale))
    if capture is not None:
        command += ["--capture", str(capture)]
    if batches:
        command += ["--batches", batches]
    if api_key:
        command += ["--api-key", api_key]
    command += [word for name in weaknesses for word in ("--weakness", name)]
    command += [word for fault in faults for word in ("--fault", _fault_text(fault))]
    child = _child(command)
    timer = threading.Timer(START_SECONDS, child.kill)
    timer.start()
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
    finally:
        timer.cancel()
    try:
        try:
            ready = json.loads(line)
        except ValueError as error:
            raise _no_start(child) from error
        yield Running(ready["url"], ready["origin"], ready["version"], ready["seed"], ready["pid"])
    finally:
        _stop(child)


def _command(seed: int, *options: str) -> list[str]:
    own = ("--seed", str(seed), "--parent-pid", str(os.getpid()))
    return [sys.executable, "-m", "harness.simulator", *own, *options]


def _no_start(child: subprocess.Popen[str]) -> HarnessError:
    child.kill()
    _, errors = child.communicate()
    return HarnessError(
        f"the simulator did not start: {errors.strip().splitlines()[-1:] or 'no output'}",
        hint="run `python -m harness.simulator` to see why",
    )


def _stop(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()


def _child(command: list[str], inherits: Sequence[int] = ()) -> subprocess.Popen[str]:
    source = str(Path(__file__).resolve().parents[2])
    paths = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=inherits,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def _fault_text(fault: str | Mapping[str, Json]) -> str:
    if isinstance(fault, str):
        return fault
    options = "; ".join(f"{name}={value}" for name, value in fault.items() if name != "kind")
    return f"{fault['kind']}; {options}" if options else str(fault["kind"])
