"""What a server on one's own machine owes its owner: no page of the web talks to it, no request holds it for long."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from harness.simulator.apierror import ApiError, bad

MOST_SECONDS = 10.0
"""Of reading and answering one request. The longest CV of the corpus takes a hundredth of it."""

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class _TooLongError(BaseException):
    """Not an Exception, so that nothing on the way takes it for one of its own."""


def from_this_machine(headers: Mapping[str, str]) -> None:
    """Raise ApiError for a request that a page of the web may have made: its Host is no name of this machine (a name
    that was pointed at it), its Origin is a page from elsewhere, or the browser says that it is (Sec-Fetch-Site, also
    of what has no Origin: a script or a picture by its address)."""
    for name, value in (("host", f"//{headers.get('host', '')}"), ("origin", headers.get("origin", ""))):
        try:
            hostname = urlsplit(value).hostname
        except ValueError:
            hostname = ""
        if (name == "host" or value) and hostname not in _LOOPBACK:
            raise _foreign(name)
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise _foreign("sec-fetch-site")


def _foreign(name: str) -> ApiError:
    return ApiError(403, f"This path answers this machine only; not with this {name}.", code="foreign_request")


@contextmanager
def limited(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Raises ApiError where the block takes longer. Without limit outside the main thread, and without timers."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TooLongError:
        raise bad(f"This text takes longer than {seconds:g} s to read.", "input", "takes_too_long") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
