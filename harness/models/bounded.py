"""Bytes of strangers unpacked within a bound: what a server sends, what a pack holds. A few kilobytes can say
gigabytes; nothing here grows beyond what its reader asked for.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

MOST_RESPONSE_BYTES = 8 * 2**20
"""Of a response, decoded. The longest answer that models give (128,000 tokens) is about a tenth of it."""

ACCEPTED_ENCODINGS = "gzip, deflate"
_STEP, _BLOCK = 2**18, 2**14
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class TooLargeError(ValueError):
    """There is more than the reader takes."""


class UndecodableError(ValueError):
    """An encoding that was not asked for, or bytes that are not in it."""


class Inflater:
    """Unpacks a stream of gzip (of one or several members), zlib or raw deflate data, piece by piece."""

    def __init__(self, window_bits: int = _GZIP) -> None:
        self._bits = window_bits
        self._engine = zlib.decompressobj(window_bits)
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether what was fed so far ends where the packed data ends."""
        return self._engine.eof or not self._begun

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` unpacks to, in pieces of a quarter of a megabyte at most. Raises zlib.error."""
        for start in range(0, len(data), _BLOCK):  # small, because what is left over is copied for each member
            yield from self._feed(data[start : start + _BLOCK])

    def _feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._engine.eof:
                data = data.lstrip(b"\0") if self._bits == _GZIP else b""  # padding; after other data comes nothing
                if not data:
                    return
                self._engine = zlib.decompressobj(self._bits)
            self._begun = True
            piece = self._engine.decompress(data, _STEP)
            data = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail
            if piece:
                yield piece
            if not data and len(piece) < _STEP:
                return


def gunzip(data: bytes, most: int) -> bytes:
    """`data` unpacked. Raises TooLargeError over `most` bytes, EOFError where it is cut off, zlib.error where it is
    damaged."""
    inflater = Inflater()
    whole = io.BytesIO()  # which gives what is in it without a second copy
    for piece in inflater.feed(data):
        if whole.tell() + len(piece) > most:
            raise TooLargeError(f"more than {most >> 20} MB unpacked")
        whole.write(piece)
    if not (data and inflater.complete):
        raise EOFError("it ends before its end")
    return whole.getvalue()


def bound(response: httpx2.Response, most: int = MOST_RESPONSE_BYTES) -> None:
    """Let `response`, whose body is not read yet, give at most `most` bytes, decoded here: its reader meets
    TooLargeError or UndecodableError instead."""
    encodings = [
        name for value in response.headers.get_list("content-encoding", split_commas=True)
        if (name := value.strip().lower()) not in ("", "identity")
    ]  # fmt: skip
    if encodings:
        del response.headers["content-encoding"]
    response.stream = _bounded()(response.stream, encodings, most)


@cache
def _bounded() -> Callable[[Any, list[str], int], httpx2.AsyncByteStream]:
    """The stream that gives so much and no more, made where the library that reads it is loaded anyway."""
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream, encodings: list[str], most: int) -> None:
            self._stream = stream
            self._encodings = encodings
            self._most = most

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            decoder = _Decoder(self._encodings)
            async for data in self._stream:
                for piece in decoder.feed(data):
                    size += len(piece)
                    if size > self._most:
                        raise TooLargeError(f"a response of more than {self._most >> 20} MB")
                    yield piece
            decoder.finish()

        async def aclose(self) -> None:
            await self._stream.aclose()

    return Bounded


class _Decoder:
    """The encodings of a response, the last one taken off first."""

    def __init__(self, encodings: list[str]) -> None:
        if len(encodings) > 2 or not set(encodings) <= {"gzip", "x-gzip", "deflate"}:
            raise UndecodableError(f"a response in an encoding that was not asked for: {', '.join(encodings[:3])}")
        self._layers: list[Inflater | None] = [None if name == "deflate" else Inflater() for name in encodings[::-1]]

    def feed(self, data: bytes, layer: int = 0) -> Iterator[bytes]:
        if layer == len(self._layers):
            yield data
            return
        inflater = self._layers[layer] or self._deflate(data, layer)
        try:
            for piece in inflater.feed(data):
                yield from self.feed(piece, layer + 1)
        except zlib.error as error:
            raise UndecodableError(f"a response that cannot be unpacked: {error}") from None

    def finish(self) -> None:
        """Raises UndecodableError where the data ends before its end."""
        if not all(layer is None or layer.complete for layer in self._layers):
            raise UndecodableError("a packed response that ends before its end")

    def _deflate(self, first: bytes, layer: int) -> Inflater:
        """Servers mean two things by "deflate": with zlib's header, whose low bits are 8, and without one."""
        inflater = Inflater(_ZLIB if first[:1] and first[0] & 0x0F == 8 else _RAW)
        self._layers[layer] = inflater
        return inflater
