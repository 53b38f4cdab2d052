"""The simulator as a child process: started for a run, gone with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import HarnessError
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
    command = [
        sys.executable, "-m", "harness.simulator", "--port", str(port), "--seed", str(seed),
        "--parent-pid", str(os.getpid()), "--clock-scale", str(clock_scale),
    ]  # fmt: skip
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
            child.kill()
            _, errors = child.communicate()
            raise HarnessError(
                f"the simulator did not start: {errors.strip().splitlines()[-1:] or 'no output'}",
                hint="run `python -m harness.simulator` to see why",
            ) from error
        yield Running(ready["url"], ready["origin"], ready["version"], ready["seed"], ready["pid"])
    finally:
        child.terminate()
        try:
            child.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()


def _child(command: list[str]) -> subprocess.Popen[str]:
    source = str(Path(__file__).resolve().parents[2])
    paths = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def _fault_text(fault: str | Mapping[str, Json]) -> str:
    if isinstance(fault, str):
        return fault
    options = "; ".join(f"{name}={value}" for name, value in fault.items() if name != "kind")
    return f"{fault['kind']}; {options}" if options else str(fault["kind"])
