"""Answers in the files of other runners, as those write them: promptfoo, Inspect, DeepEval, pydantic-evals, and result
files of OpenAI's Batch API. Each becomes lines of our own shape; the file says by its content which it is.

Which document an answer is about is its `document` in vars or metadata, else the runner's own name for the case. Whose
answer it is, is a `pipeline` there or a label "legacy", "baseline", "anchor" or "candidate"; else the candidate's.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from harness.base.errors import InvalidFileError
from harness.models.answers import interpret
from harness.pipelines.inspect_log import inspect_log
from harness.pipelines.promptfoo_files import csv_results, is_csv, is_yaml, yaml_value

Line: TypeAlias = dict[str, Any]
_ARMS = ("legacy", "baseline", "anchor", "candidate", "assistant")
_NAMED_IN = ("document", "document_id", "cv", "cv_id")
_FILE = re.compile(r"\.(pdf|docx?|txt|png|jpe?g)$", re.I)
_BATCH_ID = re.compile(r"(?:(legacy|baseline|candidate|assistant)[/:])?(.+?)(?:[#/:](\d{1,4}))?")
_REPEATED = re.compile(r"^(.*) \[(\d+)/\d+\]$")


@dataclass(frozen=True, slots=True)
class Foreign:
    """The answers of another runner's file: its name, and lines of our own shape with their places in that file."""

    runner: str
    lines: tuple[tuple[str, Line], ...]


def foreign(path: Path, text: str | None) -> Foreign | None:
    """The answers in `path`, whose content is `text` (None where it is an archive), where another runner wrote it; None
    where it is a file of our own, or of nobody's. Raises InvalidFileError."""
    if text is None:
        return _told("Inspect", path, _inspect(inspect_log(path)))
    if text.lstrip()[:1] != "{":
        return _of_promptfoo(path, text)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return _by_line(path, text)
    for runner, holds, read in _READERS:
        if holds(whole):
            return _told(runner, path, read(whole))
    return _by_line(path, text)


def _told(runner: str, path: Path, found: Iterable[tuple[str, Line]]) -> Foreign:
    lines = tuple(found)
    if not lines:
        raise InvalidFileError(path, "", f"a file of {runner} without answers in it")
    for place, line in lines:
        if not line["document"]:
            raise InvalidFileError(
                path, place, "says of no document", hint='put {"document": ID} into its vars or metadata'
            )
    return Foreign(runner, lines)


def _line(
    document: Any, pipeline: Any, answer: Any, *, repeat: int = 0, error: Any = "", seconds: Any = None,
    model: Any = "", usage: Line | None = None,
) -> Line:  # fmt: skip
    """One line of our own shape. An answer that is no object and no text is given as its JSON text."""
    if answer is not None and not isinstance(answer, dict | str):
        answer = json.dumps(answer, ensure_ascii=False)
    line: Line = {
        "document": _id(document),
        "pipeline": pipeline if pipeline in _ARMS else "candidate",
        "answer": None if error else answer,
        "repeat": repeat,
    }
    if error or answer is None:
        line["error"] = str(error or "no answer")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0:
        line["latency_ms"] = float(seconds) * 1000.0
    if isinstance(model, str) and model:
        line["model"] = model
    return line | ({"usage": usage} if usage else {})


def _id(value: Any) -> str:
    """The id of a document: a text or number; of a file's path its stem."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    path = PurePosixPath(text.removeprefix("file://"))
    return path.stem if _FILE.search(path.name) else text


def _document(*places: Any) -> Any:
    for place in map(_mapping, places):
        for name in _NAMED_IN:
            if place.get(name):
                return place[name]
    return ""


def _usage(given: Any, read: str, written: str, cached: str = "") -> Line | None:
    counts = [_mapping(given).get(name) for name in (read, written, cached)]
    sound = [isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in counts]
    if not all(sound[:2]):
        return None
    return {"input_tokens": counts[0], "output_tokens": counts[1]} | ({"cached_tokens": counts[2]} if sound[2] else {})


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [_mapping(each) for each in value] if isinstance(value, list) else []


# -- promptfoo: `promptfoo eval -o results.json` (.jsonl, .yaml, .csv) -------------------------------------------------


def _is_promptfoo(whole: Any) -> bool:
    inner = _mapping(_mapping(whole).get("results"))
    return isinstance(inner.get("results"), list) and "stats" in inner


def _promptfoo(whole: Mapping[str, Any]) -> Iterator[tuple[str, Line]]:
    seen: Counter[tuple[str, ...]] = Counter()
    for number, result in enumerate(_rows(whole["results"]["results"])):
        response, provider = _mapping(result.get("response")), _mapping(result.get("provider"))
        case = _mapping(result.get("testCase"))
        labels = (
            _mapping(case.get("metadata")).get("pipeline"),
            provider.get("label"),
            _mapping(result.get("prompt")).get("label"),
        )
        label = next((each for each in labels if each in _ARMS), "candidate")
        document = _document(case.get("metadata"), result.get("vars"), case.get("vars")) or case.get("description")
        # the same case of the same provider and prompt again is a repeat; of another one it is a second answer
        way = (str(document), label, str(provider.get("id")), str(result.get("promptIdx")))
        took = result.get("latencyMs")
        seconds = None
        if isinstance(took, int | float) and not response.get("cached"):  # a cache's time is nobody's latency
            seconds = took / 1000.0
        output = response.get("output")
        yield (
            f"results[{number}]",
            _line(document, label, output, repeat=seen[way], error="" if output is not None else result.get("error"),
                  seconds=seconds, model=_model(provider.get("id")),
                  usage=_usage(response.get("tokenUsage"), "prompt", "completion")),
        )  # fmt: skip
        seen[way] += 1


def _of_promptfoo(path: Path, text: str) -> Foreign | None:
    """Its YAML and its tables."""
    if is_yaml(text):
        whole = yaml_value(path, text)
        return _told("promptfoo", path, _promptfoo(whole)) if _is_promptfoo(whole) else None
    if not is_csv(text):
        return None
    rows = list(csv_results(path, text))
    found = _promptfoo({"results": {"results": [row for _, row in rows]}})
    return _told("promptfoo", path, ((place, line) for (place, _), (_, line) in zip(rows, found, strict=True)))


def _model(provider: Any) -> str:
    """The model in a provider's id ("openai:chat:gpt-4o"); "" of one that is a script of somebody's."""
    named = provider if isinstance(provider, str) else ""
    return "" if named.startswith(("file:", "exec:", "python:", "http")) else named.rpartition(":")[2]


# -- Inspect: logs as JSON, or as .eval archives ------------------------------------------------------------------


def _is_inspect(whole: Any) -> bool:
    return isinstance(_mapping(whole).get("eval"), Mapping) and isinstance(whole.get("samples"), list)


def _inspect(whole: Mapping[str, Any]) -> Iterator[tuple[str, Line]]:
    spec = _mapping(whole.get("eval"))
    pipeline = _mapping(spec.get("metadata")).get("pipeline") or _mapping(spec.get("task_args")).get("pipeline")
    for number, sample in enumerate(_rows(whole["samples"])):
        output, metadata = _mapping(sample.get("output")), _mapping(sample.get("metadata"))
        text = _completion(output)
        if text.startswith("attachment://"):
            text = str(_mapping(sample.get("attachments")).get(text.removeprefix("attachment://"), ""))
        epoch = sample.get("epoch")
        yield (
            f"samples[{number}]",
            _line(_document(metadata) or sample.get("id"), metadata.get("pipeline") or pipeline, text or None,
                  repeat=epoch - 1 if isinstance(epoch, int) and epoch > 0 else 0,
                  error=_mapping(sample.get("error")).get("message") or output.get("error") or "",
                  seconds=output.get("time"), model=output.get("model") or spec.get("model"),
                  usage=_usage(output.get("usage"), "input_tokens", "output_tokens", "input_tokens_cache_read")),
        )  # fmt: skip


def _completion(output: Mapping[str, Any]) -> str:
    text = output.get("completion")
    if isinstance(text, str) and text:
        return text
    content = _mapping(next(iter(_rows(output.get("choices"))), {}).get("message")).get("content")
    return content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in _rows(content))


# -- DeepEval: .deepeval/.latest_test_run.json, or a file of its results folder ------------------------------------


def _deepeval_cases(whole: Any) -> list[Mapping[str, Any]]:
    inner = _mapping(_mapping(whole).get("testRunData")) or _mapping(whole)
    cases = _rows(inner.get("testCases", inner.get("test_cases")))
    return cases if any("actualOutput" in case or "actual_output" in case for case in cases) else []


def _is_deepeval(whole: Any) -> bool:
    return bool(_deepeval_cases(whole))


def _deepeval(whole: Mapping[str, Any]) -> Iterator[tuple[str, Line]]:
    seen: Counter[tuple[str, str]] = Counter()
    for number, case in enumerate(_deepeval_cases(whole)):
        metadata = _mapping(case.get("additionalMetadata") or case.get("additional_metadata") or case.get("metadata"))
        document, pipeline = _document(metadata) or case.get("name"), str(metadata.get("pipeline") or "candidate")
        output = case.get("actualOutput", case.get("actual_output"))
        seconds = case.get("completionTime", case.get("completion_time"))
        at = (str(document), pipeline)
        yield f"testCases[{number}]", _line(document, pipeline, output, repeat=seen[at], seconds=seconds)
        seen[at] += 1


# -- pydantic-evals: an EvaluationReport as JSON --------------------------------------------------------------------


def _is_pydantic(whole: Any) -> bool:
    cases = _rows(_mapping(whole).get("cases"))
    return "name" in _mapping(whole) and bool(cases) and all("task_duration" in case for case in cases)


def _pydantic(whole: Mapping[str, Any]) -> Iterator[tuple[str, Line]]:
    of_all = _mapping(whole.get("experiment_metadata"))
    for part in ("cases", "failures"):
        for number, case in enumerate(_rows(whole.get(part))):
            own = _mapping(case.get("metadata"))
            found = _REPEATED.match(str(case.get("name", "")))
            name = case.get("source_case_name") or (found[1] if found else case.get("name"))
            failed = part == "failures"
            yield (
                f"{part}[{number}]",
                _line(_document(own, case.get("inputs")) or name, own.get("pipeline") or of_all.get("pipeline"),
                      case.get("output"), repeat=int(found[2]) - 1 if found else 0,
                      error=case.get("error_message") or "the task failed" if failed else "",
                      seconds=case.get("task_duration")),
            )  # fmt: skip


_READERS = (
    ("promptfoo", _is_promptfoo, _promptfoo),
    ("Inspect", _is_inspect, _inspect),
    ("DeepEval", _is_deepeval, _deepeval),
    ("pydantic-evals", _is_pydantic, _pydantic),
)


# -- OpenAI's Batch API: its output and error files -----------------------------------------------------------------


def _by_line(path: Path, text: str) -> Foreign | None:
    """Files with one object a line: results of a batch, and promptfoo's `-o results.jsonl`."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    try:
        first = _mapping(json.loads(lines[0][1]))
    except (ValueError, RecursionError):
        return None
    if {"testCase", "promptIdx", "provider"} <= first.keys():
        return _told("promptfoo", path, _promptfoo_lines(path, lines))
    if not {"custom_id", "response"} <= first.keys():
        return None
    return _told("OpenAI's Batch API", path, (_batch_line(path, number, line) for number, line in lines))


def _promptfoo_lines(path: Path, lines: list[tuple[int, str]]) -> Iterator[tuple[str, Line]]:
    """What each line says is a result as the whole file has it in its list."""
    rows = []
    for number, line in lines:
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError):
            raise InvalidFileError(
                path, f"line {number}", "no JSON: the file was cut off, or two runs wrote it"
            ) from None
    found = _promptfoo({"results": {"results": rows}})
    yield from ((f"line {number}", line) for (number, _), (_, line) in zip(lines, found, strict=True))


def _batch_line(path: Path, number: int, line: str) -> tuple[str, Line]:
    place = f"line {number}"
    try:
        given = _mapping(json.loads(line))
    except (ValueError, RecursionError):
        given = {}
    found = _BATCH_ID.fullmatch(str(given.get("custom_id", "")))
    if found is None:
        raise InvalidFileError(path, place, "no line of a batch's result: it names no custom_id")
    response, failed = _mapping(given.get("response")), _mapping(given.get("error"))
    body, status = response.get("body"), response.get("status_code")
    chat = "choices" in _mapping(body)
    answer = interpret(
        "chat" if chat else "responses", status if isinstance(status, int) else 0, json.dumps(body).encode()
    )
    text = answer.text if answer.outcome in ("answered", "incomplete") else None
    usage, counts = answer.usage, None
    if usage is not None:
        counts = _usage(asdict(usage), "input_tokens", "output_tokens", "cached_tokens")
    error = "" if text is not None else failed.get("message") or answer.detail or answer.error
    return place, _line(
        found[2], found[1], text, repeat=int(found[3] or 0), error=error, model=answer.snapshot, usage=counts
    )
