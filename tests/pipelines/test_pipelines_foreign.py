"""Files of other runners, in the shapes that those write: read as they are, known by their content."""

from __future__ import annotations

import csv
import json
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.base.errors import InvalidFileError
from harness.pipelines.declared import load_answers
from harness.pipelines.promptfoo_files import yaml_value

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


def promptfoo_lines() -> str:
    """As `promptfoo eval -o results.jsonl` writes it: a result a line, its vars in its test case."""
    rows = promptfoo()["results"]["results"]
    kept = [
        {"promptIdx": 0, "testIdx": 0, "testCase": {"vars": row.get("vars")}, "provider": {}}
        | {name: value for name, value in row.items() if name != "vars"}
        for row in rows
    ]
    return "".join(json.dumps(row) + "\n" for row in kept)


FILES = {
    "promptfoo": lambda: json.dumps(promptfoo(), indent=2),
    "promptfoo, by line": promptfoo_lines,
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
    assert [each.document_id for each in found if each.arm == "baseline"] == ["a01"] * runner.startswith("promptfoo")
    first = of_candidate["a01", 0]
    assert first.latency_ms == (None if runner == "OpenAI batch" else 1500.0)
    if runner.startswith("promptfoo") or runner in ("Inspect", "OpenAI batch"):
        assert first.usage is not None
        assert (first.usage.input_tokens, first.usage.output_tokens) == (90, 12)
    if runner.startswith("promptfoo"):
        assert of_candidate["a01", 1].latency_ms is None, "an answer from a cache took no time of a model"


REAL = Path(__file__).with_name("foreign")
ADA = {"personal_info": {"name": "Ada Example", "email": "ada@example.com"}, "skills": [{"name": "Python"}]}


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("promptfoo-0.121.20.json", {"a01": 2, "a02": 0, "a09": 2}),
        ("promptfoo-0.121.20.jsonl", {"a01": 2, "a02": 0, "a03": 0, "a09": 2}),
        ("promptfoo-0.121.20.yaml", {"a01": 2, "a02": 0, "a03": 0, "a09": 2}),
        ("promptfoo-0.121.20.csv", {"a01": 2, "a02": 0, "a03": 0, "a09": 2}),
        ("inspect-ai-0.3.285.json", {"a01": 1}),
        ("inspect-ai-0.3.285.eval", {"a01": 2, "a02": 2}),
        ("deepeval-4.3.1.json", {"a01": 2, "a02": 0}),
        ("pydantic-evals-2.62.0.json", {"a01": 2, "a02": 0, "a09": 2}),
    ],
)
def test_what_the_tools_themselves_wrote_is_read(file: str, wanted: dict[str, int]) -> None:
    """Files of these versions, as the tools wrote them (of pydantic-evals a path in a traceback is another). In each,
    a01 was asked twice, or as often as wanted says, and where a02 has none, its task failed."""
    found = [each for each in load_answers(REAL / file) if each.arm == "candidate"]
    assert {each.document_id for each in found} == set(wanted)
    for document, count in wanted.items():
        values = [each.read().value for each in found if each.document_id == document]
        named = [each for each in values if isinstance(each, dict) and each["personal_info"]["name"] == "Ada Example"]
        assert len(named) == count, document
        assert count or len(values) >= 1, "a failure is an answer that failed, not one that is missing"
    assert any(each.read().value == ADA for each in found)
    assert sorted({each.draw for each in found if each.document_id == "a01"}) == list(range(wanted["a01"]))
    assert all(each.latency_ms is None or each.latency_ms > 0 for each in found if each.answer is not None)
    if "promptfoo" in file:
        assert len(load_answers(REAL / file)) == 2 * len(found), "the baseline's, too"
        assert {each.model for each in found} == {""}, "a script is no model"
        counted = {each.usage.input_tokens for each in found if each.usage}
        assert counted == (set() if file.endswith(".csv") else {90}), "a table has no tokens"
        assert file.endswith(".csv") == all(each.latency_ms is None for each in found), "and no times"
    if "a03" in wanted:
        odd = [each.read().value for each in found if each.document_id == "a03"]
        assert [each["personal_info"]["name"] for each in odd] == ['=HYPERLINK("x"), yes: no\n- on # ü'] * 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b"\x28\xb5\x2f\xfd", b"\x28\xb5\x2f\xfe"),
        lambda data: data[:1500] + bytes(each ^ 255 for each in data[1500:3000]) + data[3000:],
        lambda data: data[: len(data) // 2],
    ],
)
def test_a_damaged_archive_of_inspect_is_named(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "log.eval"
    path.write_bytes(damage((REAL / "inspect-ai-0.3.285.eval").read_bytes()))
    with pytest.raises(InvalidFileError, match="no log of Inspect") as caught:
        load_answers(path)
    assert str(path) in str(caught.value)


def test_a_member_that_is_more_than_it_says_is_refused(tmp_path: Path) -> None:
    """A bomb: a few kilobytes of Zstandard that say that they are small."""
    import zstandard

    packed = zstandard.ZstdCompressor().compress(b" " * 50_000_000)
    path = tmp_path / "log.eval"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("samples/a01_epoch_1.json", packed)
        entry = archive.infolist()[0]
        entry.compress_type, entry.file_size = 93, 100
    with pytest.raises(InvalidFileError, match="no log of Inspect"):
        load_answers(path)


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
        (promptfoo_lines()[:-20], "no JSON: the file was cut off"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidFileError, match=says):
        load_answers(path)


def test_promptfoos_yaml_is_its_json(tmp_path: Path) -> None:
    """With vars by an alias, as js-yaml writes what stands twice, and in the file ending in .txt, which is YAML too."""
    whole = json.loads((REAL / "promptfoo-0.121.20.json").read_text(encoding="utf-8"))
    for result in whole["results"]["results"]:
        result["vars"] = result["testCase"]["vars"]
    text = yaml.safe_dump(whole, sort_keys=False)
    assert "&id" in text
    (tmp_path / "results.txt").write_text(text, encoding="utf-8")
    assert list(load_answers(tmp_path / "results.txt")) == list(load_answers(REAL / "promptfoo-0.121.20.json"))


def test_scalars_of_promptfoos_yaml_are_those_of_json(tmp_path: Path) -> None:
    plain = "[yes, off, 12:30, 2001-01-01, 1_000, 010, <<, 7, -0.5, 1e3, true, null, ~]"
    read = yaml_value(tmp_path, f"results: {plain}\n")["results"]
    assert read == ["yes", "off", "12:30", "2001-01-01", "1_000", "010", "<<", 7, -0.5, 1000.0, True, None, None]


def bomb() -> str:
    aliases = "".join(f"  {b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in pairwise("abcdefghijk"))
    return f"results:\n  a: &a [{'x' * 100}]\n{aliases}"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bomb(), "its aliases make more of it"),
        ("results: &a {b: *a}\n", "its aliases make more of it"),
        ("results: !!python/object/apply:os.system [id]\n", "line 1, column 10: bad YAML"),
        ("results: !!int abc\n", "bad YAML"),
        ("results: !!bool abc\n", "bad YAML"),
        (f"results: {'9' * 5000}\n", "bad YAML"),
        ("results: {[a]: 1}\n", "unhashable"),
        (f"results: {'[' * 900}{']' * 900}\n", "nested too deeply"),
        (f"results: {'[' * 100_000}\n", "nesting"),
        ("evalId: x\nresults: [\n", "line 3"),
        ("evalId: x\n---\nresults: 1\n", "line 2"),
        ("evalId: x\nresults: {}\n", "not JSON"),
        ("evalId: x\nresults: {results: [], stats: {}}\n", "promptfoo without answers"),
    ],
)
def test_what_is_wrong_in_yaml_is_named(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "results.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidFileError, match=says) as caught:
        load_answers(path)
    assert str(path) in str(caught.value)


AFTER = "Status,Score,Named Scores,Grader Reason,Comment"


def table(*rows: str, header: str = f"document,[candidate] p,{AFTER}") -> str:
    return "\n".join((header, *rows)) + "\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (table(), "promptfoo without answers"),
        (table("a01,{},PASS"), "line 2: fewer columns"),
        (table('a01,"{}'), "line 2: no table: unexpected end of data"),
        (table("a01,{},PASS,1,,,", "a01,{},PASS,1,,,", header=f"cv,[a] p,{AFTER},[b] p,{AFTER}"), "fewer columns"),
        (table(f"a01,{{}},PASS,1,,,{',{},PASS,1,,,'}", header=f"cv,[a] p,{AFTER},[b] p,{AFTER}"), "column 8"),
        (table("{},PASS,1,,,", header=f"[candidate] p,{AFTER}"), "line 2, column 1: says of no document"),
        ("document,answer\na01,{}\n", "not JSON"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidFileError, match=says):
        load_answers(path)


def test_a_table_says_what_it_knows(tmp_path: Path) -> None:
    """A cell as long as a CV, a line separator of Unicode without quotes, an answer that failed a check and is an
    answer, a failure with its reason, a provider that was not asked, the document by the case's description."""
    long = json.dumps({"summary": "x" * 200_000}).replace('"', '""')
    header = f"Description,text,[legacy] p,{AFTER},[openai:gpt-4o] p,{AFTER}"
    rows = [f'a01,t\u2028t,"{long}",FAIL,0,,,,,ERROR,0,,too late,', "a02,t,{},PASS,1,,,,,,,,,"]
    (tmp_path / "r.csv").write_text(table(*rows, header=header), encoding="utf-8")
    found = {(each.document_id, each.arm): each for each in load_answers(tmp_path / "r.csv")}
    assert set(found) == {("a01", "legacy"), ("a01", "candidate"), ("a02", "legacy")}
    assert found["a01", "legacy"].read().value == {"summary": "x" * 200_000}
    assert (found["a01", "candidate"].answer, found["a01", "candidate"].error) == (None, "too late")
    assert found["a01", "candidate"].model == "gpt-4o"
    assert csv.field_size_limit() == 131_072, "of other readers in this process"


def test_what_promptfoo_writes_and_is_not_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "results.xml"
    path.write_text("<promptfoo><evalId>x</evalId></promptfoo>\n", encoding="utf-8")
    with pytest.raises(InvalidFileError, match="not JSON") as caught:
        load_answers(path)
    assert ".json, .jsonl, .yaml and .csv are read" in caught.value.hint


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
