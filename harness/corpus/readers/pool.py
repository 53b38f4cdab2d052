"""A pool of warm, killable child processes: one bad file costs one child, never the run."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from harness.base.errors import HarnessError
from harness.corpus.readers.base import MEGABYTE, Limits
from harness.corpus.readers.cache import from_json
from harness.corpus.readers.file import VERSIONS, Reader, failed
from harness.corpus.types import Extraction

_HANDED_DOWN = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
_RETIRE_AT_BYTES = 600 * MEGABYTE
_RETIRE_AT_FILES = 5000
_CHUNK = 1 << 16
_MEMORY_SIGNALS = frozenset({signal.SIGKILL, signal.SIGABRT, signal.SIGILL, signal.SIGTRAP})


class Pool:
    """At most `size` children, started when first needed. Safe to use from several threads. beside: see `read`."""

    def __init__(self, size: int, *, beside: bool = False) -> None:
        self._size, self._beside = size, beside
        self._places = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._closed = False

    def extract(self, data: bytes, limits: Limits, reader: Reader) -> Extraction:
        """What a child makes of `data`; its death or delay is a typed outcome as well.

        Raises HarnessError where the pool was closed meanwhile.
        """
        with self._places:
            child = self._take()
            try:
                extraction = child.extract(data, limits, reader)
            except BaseException:
                self._give_back(child, again=False)
                raise
            self._give_back(child)
            if self._closed and not extraction.readable:
                raise HarnessError("reading was stopped before the file was read")
            return extraction

    def warm_up(self, files: Sequence[bytes], limits: Limits, reader: Reader) -> None:
        """Start all children and let each read these files, so that what reading imports is loaded."""

        def load(child: _Child) -> None:
            try:
                for data in files:
                    child.extract(data, limits, reader)
            finally:
                self._give_back(child)
                self._places.release()

        with ThreadPoolExecutor(self._size, "warm-up") as threads:
            for _ in range(self._size):
                self._places.acquire()
                threads.submit(load, self._take())

    def close(self) -> None:
        """End all children at once, also those at work."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for child in self._busy:
                child.stop()
        for child in idle:
            child.kill()

    def _take(self) -> _Child:
        with self._lock:
            child = self._idle.pop() if self._idle else _Child(beside=self._beside)
            self._busy.add(child)
            return child

    def _give_back(self, child: _Child, *, again: bool = True) -> None:
        with self._lock:
            self._busy.discard(child)
            if again and child.reusable and not self._closed:
                self._idle.append(child)
                return
        child.kill()


class _Child:
    """One child process with a scratch folder of its own, which goes with it."""

    def __init__(self, *, beside: bool) -> None:
        self._beside = beside
        self._scratch = Path(tempfile.mkdtemp(prefix="cv-harness-reader-"))
        environment = {name: os.environ[name] for name in _HANDED_DOWN if name in os.environ}
        with (self._scratch / "errors").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "harness.corpus.readers.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                start_new_session=True,
                env={**environment, "TMPDIR": str(self._scratch), "HOME": str(self._scratch)},
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        self._files = 0
        self._peak = 0

    @property
    def reusable(self) -> bool:
        return self._process.poll() is None and self._peak < _RETIRE_AT_BYTES and self._files < _RETIRE_AT_FILES

    def extract(self, data: bytes, limits: Limits, reader: Reader) -> Extraction:
        self._files += 1
        header = {"reader": reader, "limits": asdict(limits), "size": len(data), "beside": self._beside}
        deadline = time.monotonic() + limits.seconds
        try:
            answer = self._exchange(json.dumps(header).encode() + b"\n" + data, deadline)
        except TimeoutError:
            self.kill()
            reason = f"reading it took more than {limits.seconds:g} seconds"
            return failed("timeout", reason, VERSIONS[reader])
        if answer is None:
            return self._died(reader)
        return answer

    def _exchange(self, request: bytes, deadline: float) -> Extraction | None:
        """Send the request and wait for the answer. None where the child dies. Raises TimeoutError."""
        waiting, received, size = memoryview(request), bytearray(), -1
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._in, selectors.EVENT_WRITE)
            while True:
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise TimeoutError
                for key, _ in ready:
                    if key.fd == self._in:
                        try:
                            waiting = waiting[os.write(self._in, waiting[:_CHUNK]) :]
                        except BrokenPipeError:
                            waiting = waiting[:0]
                        if not waiting:
                            selector.unregister(self._in)
                    else:
                        chunk = os.read(self._out, _CHUNK)
                        if not chunk:
                            return None
                        received += chunk
                if size < 0 and b"\n" in received:
                    line, _, rest = bytes(received).partition(b"\n")
                    header = json.loads(line)
                    size, self._peak, received = int(header["size"]), int(header["peak"]), bytearray(rest)
                if 0 <= size <= len(received):
                    return from_json(bytes(received[:size]))

    def _died(self, reader: Reader) -> Extraction:
        code = self._process.wait()
        label = VERSIONS[reader]
        if code >= 0:
            said = (self._scratch / "errors").read_text("utf-8", "replace").strip().splitlines()
            self.kill()
            return failed("corrupt", f"the reader failed on the file ({said[-1][:160] if said else code})", label)
        self.kill()
        name = signal.Signals(-code).name
        if -code in _MEMORY_SIGNALS:
            return failed("too_large", f"the reader ran out of memory on the file ({name})", label)
        return failed("corrupt", f"the reader crashed on the file ({name})", label)

    def stop(self) -> None:
        """End the child with everything that it started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Stop the child and remove its scratch folder."""
        self.stop()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
