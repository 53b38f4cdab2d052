"""Structured logs: one JSON object a line, of codes, ids and figures. No name, text, file name or token; a user is a
short digest, and of an exception only its type and place are written."""

from __future__ import annotations

import atexit
import json
import logging
import queue
import sys
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
from typing import Any

from harness.base.canonical import sha256

LOGGER = logging.getLogger("cv-import")
_writers: list[QueueListener] = []


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        ours = record.name == LOGGER.name
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if ours or record.name.startswith("uvicorn") else "a library says something",
        }
        line |= getattr(record, "fields", {})
        if not ours:
            line |= {"library": record.name, "where": f"{record.module}:{record.lineno}"}
        if record.exc_info and record.exc_info[0] is not None:
            # The type and the place; never the message, which may quote a value.
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            line["error"] = record.exc_info[0].__name__
            line["where"] = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(level: str) -> None:
    """Our lines to stderr; libraries' only from warnings on, in the same form, and without their words, which may
    quote what they were given (the server's are about addresses and starts).

    For a process of its own: the root logger is ours then."""
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handler = QueueHandler(waiting)
    # Formatted where it is said, written by a thread: whoever reads stderr slowly does not slow the requests down.
    handler.setFormatter(_Lines())
    writer = QueueListener(waiting, logging.StreamHandler(sys.stderr))
    writer.start()
    _writers.append(writer)
    atexit.register(writer.stop)
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger().setLevel(logging.WARNING)
    LOGGER.setLevel(level.upper())


def flush() -> None:
    """Wait until what was said is written. A worker that was asked to end ends by a signal, and nothing after it."""
    for writer in _writers:
        writer.stop()
        writer.start()


def log(event: str, **fields: Any) -> None:
    """One line. event: a fixed sentence; fields: codes, ids, figures."""
    LOGGER.info(event, extra={"fields": fields})


def warn(event: str, **fields: Any) -> None:
    LOGGER.warning(event, extra={"fields": fields})


def failed(event: str, **fields: Any) -> None:
    """One line for an unexpected exception that is being handled: its type and place."""
    LOGGER.error(event, exc_info=True, extra={"fields": fields})


def pseudonym(user: str) -> str:
    """A user in the log: enough to follow one through it, nothing to read."""
    return sha256(f"log:{user}")[:10]
