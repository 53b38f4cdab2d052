"""A server's files and batches, asked through the one client: upload, create, look, collect, cancel, clean up.

What may be asked twice is asked again where it fails for what may pass. Making a batch may not: where its answer does
not come, the batch is looked for by what it was named.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from harness.base.errors import ProviderUnavailableError
from harness.models.answers import one_line
from harness.models.batch import PATHS, BatchJob, BatchState, LineResult, read_result
from harness.models.bounded import MOST_RESPONSE_BYTES, TooLargeError, UndecodableError
from harness.models.client import ModelClient

_TRIES = 6
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0
_KEPT_S = 30 * 24 * 3600
"""How long OpenAI is asked to keep the files of a batch at most: they hold CVs. They are deleted once collected."""
_MOST_PAGES = 50
_NAMED = "cv_harness_job"


class LostBatchError(Exception):
    """The server does not know the batch."""


class BatchServer:
    """Batches of one endpoint. sleep: between tries."""

    def __init__(self, client: ModelClient, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.endpoint = client.endpoint
        self._client = client
        self._sdk: Any = client.sdk
        self._sleep = sleep

    async def upload(self, job: BatchJob, lines: bytes) -> str:
        """The id of the input file."""
        more = {"expires_after": {"anchor": "created_at", "seconds": _KEPT_S}} if self._openai else {}
        file = (_file_name(job), lines, "application/jsonl")
        return self._id(await self._asked(lambda: self._sdk.files.with_raw_response.create(
            file=file, purpose="batch", **more
        )))  # fmt: skip

    async def create(self, job: BatchJob) -> str:
        """The id of a batch of the job's file: the one that is there already, where an answer was lost."""
        more = {"output_expires_after": {"anchor": "created_at", "seconds": _KEPT_S}} if self._openai else {}
        wait = _FIRST_WAIT_S
        for _ in range(_TRIES):
            try:
                return self._id(
                    await self._sdk.batches.with_raw_response.create(
                        completion_window="24h",
                        endpoint=PATHS[job.wire],
                        input_file_id=job.file,
                        metadata={_NAMED: job.id},
                        **more,
                    )
                )
            except Exception as error:  # noqa: BLE001 - sorted by what it means
                if not self._may_pass(error):
                    raise self._refused(error) from None
            there = await self.find(job)
            if there:
                return there
            await self._sleep(wait)
            wait = min(_LONGEST_WAIT_S, wait * 2)
        raise self._no_answer()

    async def find(self, job: BatchJob) -> str:
        """The id of the job's batch, "" where none was made."""
        async for each in self._made_since(job, self._sdk.batches, limit=100):
            named = each.get("metadata")
            if (isinstance(named, dict) and named.get(_NAMED) == job.id) or (
                job.file and each.get("input_file_id") == job.file
            ):
                return str(each["id"])
        return ""

    async def uploaded(self, job: BatchJob) -> list[str]:
        """The ids of all input files of a job that lie at the server: also of those whose id never came back."""
        files = self._made_since(job, self._sdk.files, limit=1000, purpose="batch", order="desc")
        return [str(each["id"]) async for each in files if each.get("filename") == _file_name(job)]

    async def state(self, batch: str) -> BatchState:
        """How far a batch is. Raises LostBatchError."""
        import openai

        try:
            given = await self._json(lambda: self._sdk.batches.with_raw_response.retrieve(batch), missing=True)
        except openai.NotFoundError:
            raise LostBatchError(batch) from None
        counts = given.get("request_counts")
        counts = counts if isinstance(counts, dict) else {}
        expires = given.get("expires_at")
        files = tuple(given[name] for name in ("output_file_id", "error_file_id") if isinstance(given.get(name), str))
        return BatchState(
            batch,
            str(given.get("status") or ""),
            **{name: counts[name] for name in _COUNTS if isinstance(counts.get(name), int)},
            expires=float(expires) if isinstance(expires, int | float) else None,
            files=files,
            problem=self._problem(given.get("errors")),
        )

    async def cancel(self, batch: str) -> None:
        """Ask that no further line is run. Raises LostBatchError."""
        import openai

        try:
            await self._asked(lambda: self._sdk.batches.with_raw_response.cancel(batch), missing=True)
        except openai.NotFoundError:
            raise LostBatchError(batch) from None

    async def results(self, file: str) -> AsyncIterator[LineResult]:
        """The lines of an output or error file, in its order; the whole file is never in memory."""
        left = b""
        try:
            async with self._sdk.files.with_streaming_response.content(file) as response:
                async for piece in response.iter_bytes():
                    *lines, left = (left + piece).split(b"\n")
                    if len(left) > MOST_RESPONSE_BYTES:
                        raise TooLargeError("a line of more than 8 MB")
                    for line in lines:
                        if (found := read_result(line, self.endpoint)) is not None:
                            yield found
        except Exception as error:  # noqa: BLE001 - sorted by what it means
            raise self._refused(error) from None
        if (found := read_result(left, self.endpoint)) is not None:
            yield found

    async def delete(self, file: str) -> str:
        """Remove a file. "" or why that did not go: its batch is over all the same. One that is gone is removed."""
        import openai

        try:
            await self._sdk.files.with_raw_response.delete(file)
        except openai.NotFoundError:
            return ""
        except (openai.OpenAIError, TooLargeError, UndecodableError) as error:
            return self._client.reason(error)
        return ""

    # -- inside -------------------------------------------------------------------------------------------------

    @property
    def _openai(self) -> bool:
        return self.endpoint.origin == "openai"

    async def _made_since(self, job: BatchJob, kind: Any, **asked: Any) -> AsyncIterator[dict[str, Any]]:
        """What the server lists of a kind, newest first, as far back as the job was begun (an hour for clocks)."""
        for _ in range(_MOST_PAGES):
            page = await self._json(lambda asked=asked: kind.with_raw_response.list(**asked))  # type: ignore[misc]
            found = [each for each in _objects(page.get("data")) if isinstance(each.get("id"), str)]
            for each in found:
                yield each
            made = [each.get("created_at") for each in found]
            before = [at for at in made if isinstance(at, int) and at < job.begun.timestamp() - 3600]
            if not page.get("has_more") or not found or before:
                break
            asked = {**asked, "after": str(found[-1]["id"])}

    async def _json(self, ask: Callable[[], Awaitable[Any]], *, missing: bool = False) -> dict[str, Any]:
        try:
            given = json.loads((await self._asked(ask, missing=missing)).http_response.content)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise ProviderUnavailableError(f"{self.endpoint.base_url} answers about batches what is no JSON object")
        return given

    async def _asked(self, ask: Callable[[], Awaitable[Any]], *, missing: bool = False) -> Any:
        """The answer, tried again where the failure may pass. missing: 404 comes out as it is."""
        import openai

        wait = _FIRST_WAIT_S
        for _ in range(_TRIES):
            try:
                return await ask()
            except openai.NotFoundError as error:
                raise error if missing else self._refused(error) from None
            except Exception as error:  # noqa: BLE001 - sorted by what it means
                if not self._may_pass(error):
                    raise self._refused(error) from None
            await self._sleep(wait)
            wait = min(_LONGEST_WAIT_S, wait * 2)
        raise self._no_answer()

    def _may_pass(self, error: Exception) -> bool:
        import openai

        if isinstance(error, openai.APIStatusError):
            quota = "insufficient_quota" in (str(error.code), str(error.type))
            return not quota and (error.status_code in (408, 409, 429) or error.status_code >= 500)
        return isinstance(error, openai.APIConnectionError | TimeoutError)

    def _refused(self, error: Exception) -> Exception:
        """The error as a person needs it; one of ours as it is."""
        import openai

        where = self.endpoint.base_url
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return ProviderUnavailableError(
                f"{where} refuses the key for files and batches (status {error.status_code})",
                hint=f"check {self.endpoint.key_variable or 'the server'} and what the key may use, then --resume",
            )
        if isinstance(error, openai.NotFoundError | openai.APIStatusError) and error.status_code in (404, 405):
            return ProviderUnavailableError(
                f"{where} has no Batch API, or does not know that file or batch ({self._client.reason(error)})",
                hint="leave --batch out to ask call by call",
            )
        if isinstance(error, openai.OpenAIError | TooLargeError | UndecodableError | TimeoutError):
            return ProviderUnavailableError(
                f"{where} refuses the batch: {self._client.reason(error)}", hint="mend it, then continue with --resume"
            )
        return error

    def _no_answer(self) -> ProviderUnavailableError:
        return ProviderUnavailableError(
            f"{self.endpoint.base_url} does not answer about batches",
            hint="what it was given goes on there; `cv-harness run --resume` looks again",
        )

    def _id(self, raw: Any) -> str:
        try:
            given = json.loads(raw.http_response.content)
        except (ValueError, RecursionError):
            given = None
        name = given.get("id") if isinstance(given, dict) else None
        if not isinstance(name, str) or not 0 < len(name) <= 200 or not name.isprintable() or "/" in name:
            raise ProviderUnavailableError(f"{self.endpoint.base_url} made something for a batch without an id")
        return name

    def _problem(self, errors: Any) -> str:
        listed = _objects(errors.get("data")) if isinstance(errors, dict) else []
        told = [f"{each.get('code')}: {each.get('message')}" for each in listed[:3]]
        return self.endpoint.scrub_text(one_line("; ".join(told)))


_COUNTS = ("total", "completed", "failed")


def _file_name(job: BatchJob) -> str:
    return f"{job.id}.jsonl"


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
