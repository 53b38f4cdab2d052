"""Answers made elsewhere: the file format with its errors, and the pipeline."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import InvalidFileError, UsageError
from harness.base.types import Failure
from harness.corpus.types import Document
from harness.models.types import Attempt, Call, Usage
from harness.pipelines.answers_file import AnswerKeys
from harness.pipelines.declared import DeclaredAnswer, DeclaredPipeline, load_answers
from harness.pipelines.types import PerDocument, PipelineInput, PipelineResult


def written(folder: Path, *lines: Any) -> Path:
    path = folder / "answers.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def line(**changed: Any) -> dict[str, Any]:
    return {"document": "cv-1", "pipeline": "candidate", "answer": {"skills": []}} | changed


async def no_call(call: Call) -> tuple[Attempt, ...]:
    raise AssertionError("a declared answer needs no call")


def answer_for(pipeline: DeclaredPipeline, document_id: str, draw: int = 0) -> PipelineResult:
    document = Document(document_id, "x", "text/plain", "", "", "none")
    return asyncio.run(pipeline.for_document(document).run(PipelineInput("ignored"), no_call, draw))


def test_a_line_gives_an_answer_with_all_its_figures(tmp_path: Path) -> None:
    usage = {"input_tokens": 900, "cached_tokens": 100, "output_tokens": 300}
    path = written(
        tmp_path,
        line(pipeline="assistant", latency_ms=1200, model="gpt-4o", usage=usage),
        "",
        line(pipeline="assistant", repeat=1),
    )
    first, second = load_answers(path)
    assert first == DeclaredAnswer(
        "cv-1", "candidate", {"skills": []}, "", 1200.0, "gpt-4o", Usage(900, 100, 0, 300, 0), 0, 1
    )
    assert (second.draw, second.line, second.usage, second.latency_ms) == (1, 3, None, None)


@pytest.mark.parametrize(
    ("lines", "place", "problem"),
    [
        (["{"], "line 1", "not JSON"),
        ([line(), '{"document": NaN}'], "line 2", "not JSON"),
        (["[1]"], "line 1", "dictionary"),
        ([{"document": "a", "pipeline": "legacy"}], "line 1", "answer: Field required"),
        ([line(answer=3)], "line 1", "answer: is no object, no text and not null"),
        ([line(answer=["x"])], "line 1", "answer: is no object, no text and not null"),
        ([line(document=5)], "line 1", "document: "),
        ([line(document="")], "line 1", "document: "),
        ([line(pipeline="other")], "line 1", "pipeline 'other' is unknown"),
        ([line(latency_ms=-1)], "line 1", "latency_ms: "),
        ([line(latency_ms=1e308)], "line 1", "latency_ms: "),
        ([line(usage={"input_tokens": 10**400, "output_tokens": 1})], "line 1", "usage.input_tokens: "),
        ([line(usage={"input_tokens": 1})], "line 1", "usage.output_tokens: "),
        ([line(usage={"input_tokens": -1, "output_tokens": 1})], "line 1", "usage.input_tokens: "),
        ([line(tokens=1)], "line 1", "tokens: "),
        ([line(repeat=-1)], "line 1", "repeat: "),
        ([line(error="timed out")], "line 1", "both an answer and an error"),
        ([line(), "", line(pipeline="assistant")], "line 3", "on line 1 already"),
        (["", "  "], "", "no answers"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(tmp_path: Path, lines: list[Any], place: str, problem: str) -> None:
    with pytest.raises(InvalidFileError) as raised:
        load_answers(written(tmp_path, *lines))
    assert raised.value.place == place
    assert problem in raised.value.problem


def test_a_file_that_is_not_there_or_not_text_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        load_answers(tmp_path / "none.jsonl")
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"byte 0: not UTF-8"):
        load_answers(tmp_path / "binary.jsonl")


def test_the_pipeline_hands_out_answers_by_document_and_repeat(tmp_path: Path) -> None:
    usage = {"input_tokens": 10, "output_tokens": 5}
    answers = load_answers(
        written(
            tmp_path,
            line(latency_ms=80, model="m", usage=usage),
            line(repeat=1, answer={"skills": ["x"]}),
            line(pipeline="legacy", answer={"skills": ["legacy"]}),
        )
    )
    pipeline = DeclaredPipeline(answers, "candidate")
    assert isinstance(pipeline, PerDocument)
    assert pipeline.draws == range(2)
    first = answer_for(pipeline, "cv-1")
    assert first.answer == {"skills": []}
    assert first.phases[0].ms == 80.0
    assert (first.attempts[0].usage, first.attempts[0].snapshot, first.attempts[0].source) == (
        Usage(10, 0, 0, 5, 0),
        "m",
        "declared",
    )
    second = answer_for(pipeline, "cv-1", 1)
    assert second.answer == {"skills": ["x"]}
    assert second.phases[0].ms is None
    assert answer_for(DeclaredPipeline(answers, "legacy"), "cv-1").answer == {"skills": ["legacy"]}


def test_a_text_is_read_as_a_model_is_read(tmp_path: Path) -> None:
    fenced = '```json\n{"skills": ["x"]}\n```'
    answers = load_answers(written(tmp_path, line(answer=fenced), line(document="cv-2", answer='{"skills": ["x')))
    pipeline = DeclaredPipeline(answers, "candidate")
    assert answer_for(pipeline, "cv-1").answer == {"skills": ["x"]}
    broken = answer_for(pipeline, "cv-2").answer
    assert isinstance(broken, Failure)
    assert broken.kind == "unparseable"


def test_what_was_not_answered_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    answers = load_answers(written(tmp_path, line(answer=None, error="timed out"), line(document="cv-2", answer=None)))
    pipeline = DeclaredPipeline(answers, "candidate")
    assert answer_for(pipeline, "cv-1").answer == Failure("provider", "declared_error", "timed out")
    assert answer_for(pipeline, "cv-2").answer == Failure("provider", "declared_error", "no answer and no error given")
    missing = answer_for(pipeline, "cv-3")
    assert isinstance(missing.answer, Failure)
    assert (missing.answer.code, missing.attempts) == ("not_declared", ())


keys = st.text(min_size=1, max_size=6)


@given(
    st.lists(
        st.tuples(keys, st.sampled_from(["legacy", "baseline", "candidate"]), st.integers(0, 3)),
        min_size=1,
        max_size=6,
        unique=True,
    ),
    st.dictionaries(keys, st.none() | st.text(max_size=5) | st.integers(), max_size=3),
)
def test_whatever_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[tuple[str, str, int]], answer: dict[str, Any]
) -> None:
    lines = [
        {"document": document, "pipeline": arm, "answer": answer, "repeat": repeat} for document, arm, repeat in wanted
    ]
    path = written(tmp_path_factory.mktemp("answers"), *lines)
    read = load_answers(path)
    assert [(given.document_id, given.arm, given.draw) for given in read] == wanted
    assert all(given.answer == answer for given in read)


def test_a_key_that_stands_twice_in_an_answer_is_its_repair(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_text('{"document": "d", "pipeline": "candidate", "answer": {"skills": ["a"], "skills": []}}\n')
    (given,) = load_answers(path)
    reading = given.read()
    assert reading.value == {"skills": []}
    assert (reading.rung.name, reading.repairs) == ("REPAIRED", ("duplicate key, the last one kept",))
    path.write_text('{"document": "d", "document": "e", "pipeline": "candidate", "answer": {}}\n')
    with pytest.raises(InvalidFileError, match="twice"):
        load_answers(path)


def test_only_the_places_of_answers_are_kept_and_each_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "", *(line(document=f"cv-{n}", answer={"skills": [f"ä{n}"]}) for n in range(50)))
    answers = load_answers(path)
    assert [key[0] for key in answers.all_keys()] == [f"cv-{n}" for n in range(50)]
    assert answers[7].answer == {"skills": ["ä7"]}
    assert answers[-1].line == 51
    assert [each.document_id for each in answers[1:3]] == ["cv-1", "cv-2"]
    assert answers.get("cv-3", "candidate", 1) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"skills": ["Go", None, 1.5]},
        {"skills": ["\ud800", "\0"]},
        {"skills": ["😀"]},
        json.loads('{"a":' * 60 + "1" + "}" * 60),
    ],
    ids=["plain", "odd", "beyond the plane", "deep"],
)
def test_an_answer_of_a_line_is_read_as_its_text_would_be(tmp_path: Path, answer: dict[str, Any]) -> None:
    given = load_answers(written(tmp_path, line(answer=answer)))[0]
    assert given.read() == replace(given, answer=json.dumps(answer)).read()


def test_a_file_that_changes_under_a_run_is_no_other_answer_but_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, line(), line(document="cv-2"))
    answers = load_answers(path)
    path.write_text(path.read_text(encoding="utf-8").replace("cv-2", "cv-22"), encoding="utf-8")
    with pytest.raises(InvalidFileError, match="changed while it was read"):
        answers.get("cv-2", "candidate", 0)


def test_a_line_that_is_no_utf_8_is_named_by_its_byte_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    first = json.dumps(line()).encode() + b"\n"
    path.write_bytes(b"\xef\xbb\xbf" + first + b'{"document": "\xff"}\n')
    with pytest.raises(InvalidFileError) as raised:
        load_answers(path)
    assert raised.value.place == f"byte {3 + len(first) + 14}"


def test_whose_answers_a_file_has_is_known_by_place() -> None:
    keys = [("b", "candidate", 0), ("a", "baseline", 1), ("b", "baseline", 0), ("c", "candidate", 0)]
    known = AnswerKeys()
    for key in keys:
        assert known.place(key) is None
        known.add(key)
    assert [known.place(key) for key in keys] == [0, 1, 2, 3]
    assert known.place(("a", "candidate", 0)) is known.place(("a", "baseline", 0)) is known.place(("x", "y", 0)) is None
    assert (list(known), len(known)) == (keys, 4)
