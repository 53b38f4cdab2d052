"""Files of other runners, in the shapes that those write: read as they are, known by their content."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from harness.base.errors import InvalidFileError
from harness.pipelines.declared import load_answers

CV = {"personal_info": {"name": "A"}}
TEXT = json.dumps(CV)


def promptfoo() -> Any:
    def result(document: str, label: str, **changes: Any) -> Any:
        return {
            "promptIdx": 0,
            "testIdx": 0,
            "provider": {"id": "openai:gpt-4o", "label": label},
            "prompt": {"raw": "…", "label": "the prompt"},
            "vars": {"document": document, "text": "…"},
            "response": {"output": CV, "tokenUsage": {"prompt": 90, "completion": 12, "total": 102}, "cached": False},
            "success": True,
            "latencyMs": 1500,
        } | changes

    cached = {"output": TEXT, "cached": True}
    return {
        "evalId": "eval-1",
        "results": {
            "version": 3,
            "prompts": [],
            "results": [
                result("a01", "baseline"),
                result("a01", "candidate"),
                result("a01", "candidate", response=cached),
                result("file://cvs/a02.pdf", "candidate", response={}, error="API error: 500"),
            ],
            "stats": {"successes": 3},
        },
        "config": {},
    }


def inspect_log() -> Any:
    def sample(name: str, epoch: int, **changes: Any) -> Any:
        return {
            "id": name,
            "epoch": epoch,
            "input": "…",
            "output": {
                "model": "gpt-4o-2024-08-06",
                "choices": [{"message": {"role": "assistant", "content": TEXT}}],
                "completion": TEXT,
                "usage": {"input_tokens": 90, "output_tokens": 12, "total_tokens": 102, "input_tokens_cache_read": 8},
                "time": 1.5,
            },
        } | changes

    samples = [
        sample("a01", 1),
        sample("a01", 2, output={"model": "m", "completion": "attachment://h1"}, attachments={"h1": TEXT}),
        sample("a02", 1, output={}, error={"message": "gave up"}),
    ]
    return {"version": 2, "status": "success", "eval": {"model": "openai/gpt-4o", "task_args": {}}, "samples": samples}


def deepeval() -> Any:
    case = {"name": "a01", "input": "…", "actualOutput": TEXT, "success": True, "completionTime": 1.5}
    other = {"name": "t2", "input": "…", "actualOutput": None, "additionalMetadata": {"document": "a02"}}
    return {"testRunData": {"testCases": [case, case, other], "conversationalTestCases": []}, "testFile": None}


def pydantic_evals() -> Any:
    case = {"inputs": "…", "metadata": None, "expected_output": None, "task_duration": 1.5, "total_duration": 2.0}
    return {
        "name": "extract",
        "cases": [
            case | {"name": "a01 [1/2]", "output": CV},
            case | {"name": "a01 [2/2]", "output": CV, "metadata": {"document": "a01"}},
        ],
        "failures": [{"name": "a02", "inputs": "…", "metadata": None, "error_message": "timeout"}],
    }


def batch() -> str:
    body = {
        "model": "gpt-4o-2024-08-06",
        "status": "completed",
        "output": [{"type": "message", "content": [{"type": "output_text", "text": TEXT}]}],
        "usage": {"input_tokens": 90, "output_tokens": 12},
    }
    chat = {"model": "m", "choices": [{"finish_reason": "stop", "message": {"content": TEXT}}]}
    lines = [
        {"id": "1", "custom_id": "a01", "response": {"status_code": 200, "body": body}, "error": None},
        {"id": "2", "custom_id": "a01#1", "response": {"status_code": 200, "body": chat}, "error": None},
        {
            "id": "3",
            "custom_id": "candidate/a02",
            "response": None,
            "error": {"code": "batch_expired", "message": "late"},
        },
    ]
    return "\n".join(map(json.dumps, lines)) + "\n"


FILES = {
    "promptfoo": lambda: json.dumps(promptfoo(), indent=2),
    "Inspect": lambda: json.dumps(inspect_log(), indent=1),
    "DeepEval": lambda: json.dumps(deepeval()),
    "pydantic-evals": lambda: json.dumps(pydantic_evals(), indent=2),
    "OpenAI batch": batch,
}


@pytest.mark.parametrize("runner", FILES)
def test_each_runners_file_is_read_as_it_is(tmp_path: Path, runner: str) -> None:
    path = tmp_path / "answers"
    path.write_text(FILES[runner](), encoding="utf-8")
    found = load_answers(path)
    of_candidate = {(each.document_id, each.draw): each for each in found if each.arm == "candidate"}
    assert set(of_candidate) == {("a01", 0), ("a01", 1), ("a02", 0)}
    for draw in (0, 1):
        assert of_candidate["a01", draw].read().value == CV
    assert of_candidate["a02", 0].answer is None
    assert of_candidate["a02", 0].error
    assert [each.document_id for each in found if each.arm == "baseline"] == ["a01"] * (runner == "promptfoo")
    first = of_candidate["a01", 0]
    assert first.latency_ms == (None if runner == "OpenAI batch" else 1500.0)
    if runner in ("promptfoo", "Inspect", "OpenAI batch"):
        assert first.usage is not None
        assert (first.usage.input_tokens, first.usage.output_tokens) == (90, 12)
    if runner == "promptfoo":
        assert of_candidate["a01", 1].latency_ms is None, "an answer from a cache took no time of a model"


def test_an_eval_archive_is_read_like_its_json(tmp_path: Path) -> None:
    log = inspect_log()
    with zipfile.ZipFile(tmp_path / "log.eval", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", json.dumps({name: log[name] for name in ("version", "eval")}))
        for number, sample in enumerate(log["samples"]):
            archive.writestr(f"samples/{sample['id']}_epoch_{number}.json", json.dumps(sample))
    (tmp_path / "log.json").write_text(json.dumps(log), encoding="utf-8")
    packed, plain = load_answers(tmp_path / "log.eval"), load_answers(tmp_path / "log.json")
    assert [(each.document_id, each.draw, each.answer) for each in packed] == [
        (each.document_id, each.draw, each.answer) for each in plain
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (json.dumps({"results": {"results": [], "stats": {}}}), "promptfoo without answers"),
        (
            json.dumps({"results": {"results": [{"response": {"output": "x"}, "vars": {}}], "stats": {}}}),
            "says of no document",
        ),
        ('{"custom_id": "a01", "response": null}\n{"response": null}\n', "line 2"),
        (json.dumps({"results": {"results": [7, None], "stats": {}}}), "says of no document"),
        (json.dumps({"hello": 1}), "line 1"),
        ('{"a":' * 20_000, "line 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidFileError, match=says):
        load_answers(path)


def test_two_providers_without_labels_are_told_to_be_labelled(tmp_path: Path) -> None:
    whole = promptfoo()
    for number, result in enumerate(whole["results"]["results"]):
        result["provider"] = {"id": f"openai:model-{number}"}
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(InvalidFileError, match="has answered 'a01'") as caught:
        load_answers(path)
    assert "label promptfoo's providers" in caught.value.hint


def test_an_archive_that_is_no_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.eval"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(InvalidFileError):
        load_answers(path)
