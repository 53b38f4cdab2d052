"""The child process that parses: files come in on stdin, extractions go out on stdout, one after the other.

It owns no secret and no file of the project, its memory is limited, and its parent may kill it at any time.
Request: one JSON line (reader, limits, size, beside), then the bytes. Answer: one JSON line (size, peak memory), then
JSON.
"""

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from harness.corpus.readers.base import Limits
from harness.corpus.readers.cache import to_json
from harness.corpus.readers.file import Reader
from harness.corpus.readers.pdf_beside import Beside, collect
from harness.corpus.readers.read import extract_bytes

_BACKSTOP_SECONDS = 5
_COLLECT_EVERY = 16


def main() -> None:
    """Serve requests until the parent closes the pipe."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser prints must not reach the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    gc.disable()  # a file's objects live as long as the file; a seventh of the time otherwise
    served, beside = 0, Beside()
    while header := requests.readline():
        _serve(json.loads(header), requests, answers, beside)
        served += 1
        if served % _COLLECT_EVERY == 0:
            collect()


def _serve(header: dict[str, object], requests: BinaryIO, answers: BinaryIO, beside: Beside) -> None:
    limits = Limits(**header["limits"])  # type: ignore[arg-type]
    data = requests.read(int(str(header["size"])))
    _limit_memory(limits.memory_bytes)
    signal.alarm(math.ceil(limits.seconds) + _BACKSTOP_SECONDS)  # ends this process where the parent is gone
    reader: Reader = "product" if header["reader"] == "product" else "common"
    answer = to_json(extract_bytes(data, limits, reader=reader, beside=beside if header["beside"] else None))
    signal.alarm(0)
    answers.write(json.dumps({"size": len(answer), "peak": _peak_bytes()}).encode() + b"\n" + answer)
    answers.flush()


def _peak_bytes() -> int:
    """The most memory that this process has used. On Linux `ru_maxrss` begins with what its parent had used when it
    started this one, so that every child of a large parent would look too large to be used again."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, LookupError), Path("/proc/self/status").open("rb") as status:
            return int(status.read().split(b"VmHWM:", 1)[1].split(None, 1)[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _limit_memory(most: int) -> None:
    if sys.platform == "darwin":
        return  # macOS knows the limit but does not keep it, and refuses low values
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


if __name__ == "__main__":
    main()
