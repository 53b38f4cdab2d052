"""The process: it says when it is ready, keeps keys out, sleeps to scale, and ends with its parent."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from harness.base.errors import HarnessError, ProviderUnavailableError
from harness.simulator import VERSION, process
from harness.simulator.process import origin, start, start_when_called


def _alive(pid: int) -> bool:
    """Whether it runs; one that has ended and that its parent has not asked about does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):  # where there is a /proc
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return not Path("/proc/self/stat").exists()


def _wait_until_gone(pid: int, seconds: float = 120) -> bool:
    deadline = time.monotonic() + seconds
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not _alive(pid)


def test_starts_answers_and_ends() -> None:
    with start(seed=11) as running:
        assert running.origin == origin(11) == f"simulator@{VERSION}+seed11"
        with urllib.request.urlopen(f"{running.url}/models", timeout=60) as reply:
            assert reply.status == 200
        pid = running.pid
        assert _alive(pid)
    assert not _alive(pid)


def test_one_that_nobody_calls_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    monkeypatch.setattr(process, "_child", lambda command, _: begun.append(command))
    with start_when_called(seed=11):
        pass
    assert begun == []


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("at_once", [False, True])
def test_one_that_is_called_answers_and_ends(at_once: bool) -> None:
    with (
        start_when_called(seed=11, at_once=at_once) as url,
        urllib.request.urlopen(f"{url.removesuffix('/v1')}/sim/version", timeout=120) as reply,
    ):
        assert json.loads(reply.read())["seed"] == 11
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{url}/models", timeout=60)


def test_one_that_does_not_live_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_command", lambda *_: [sys.executable, "-c", "raise SystemExit('no room')"])

    def ask(url: str) -> None:
        try:
            urllib.request.urlopen(f"{url}/models", timeout=60)
        except OSError as error:
            raise ProviderUnavailableError("nobody answers") from error

    with pytest.raises(HarnessError, match="no room"), start_when_called() as url:
        ask(url)


def test_key_is_checked_and_clock_is_scaled() -> None:
    with start(api_key="sk-right", clock_scale=0.05, faults=[{"kind": "503", "model": "gpt-4o-mini"}]) as running:

        def ask(key: str, model: str = "gpt-4o") -> tuple[int, dict[str, str]]:
            request = urllib.request.Request(
                f"{running.url}/responses",
                json.dumps({"model": model, "input": "hello"}).encode(),
                {"content-type": "application/json", "authorization": f"Bearer {key}"},
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as reply:
                    return reply.status, dict(reply.headers)
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, dict(error.headers)

        assert ask("sk-wrong")[0] == 401
        assert ask("sk-right", "gpt-4o-mini")[0] == 503
        status, headers = ask("sk-right")
        assert status == 200
        virtual, slept = float(headers["openai-processing-ms"]), float(headers["x-sim-slept-ms"])
        assert slept == pytest.approx(virtual * 0.05, abs=1.1)


def test_dies_with_its_parent() -> None:
    script = (
        "import sys\n"
        "from harness.simulator.process import start\n"
        "with start() as running:\n"
        "    print(running.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdin is not None
    pid = int(parent.stdout.readline())
    assert _alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    parent.stdin.close()
    assert _wait_until_gone(pid)


@pytest.mark.long
def test_a_port_in_use_is_one_clear_error() -> None:
    with start() as first:
        port = int(first.url.split(":")[2].split("/")[0])
        with pytest.raises(HarnessError, match="did not start"), start(port=port):
            pass


def test_repertoire_on_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness.simulator", "--repertoire"], capture_output=True, text=True, check=True
    )
    assert {"slot", "values", "description", "examples"} <= set(json.loads(done.stdout)["slots"][0])
