"""Names are content: what a model, a person or a folder is called reaches no redacted file; hashes come through."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.base.canonical import sha256
from harness.corpus.types import Golden, Provenance
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.replay.runs import find_run
from harness.replay.store import RunStore
from harness.reports.redaction import Redactor

PLANTED = "Zerafina Quillbert"


def _layers(folder: Path) -> dict[str, str]:
    """Every file below `folder` as text, with what is packed in pages."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            packed = re.findall(r"H4sI[A-Za-z0-9+/]{16,}={0,2}", text)
            inner = [gzip.decompress(base64.b64decode(each)).decode("utf-8", "replace") for each in packed]
            found[path.name] = "\n".join([text, *inner])
    return found


def test_a_name_that_a_model_invents_reaches_no_redacted_file(small_project, tmp_path: Path) -> None:
    project = small_project(["a01", "a02"])
    rows = []
    for name in ("a01", "a02"):
        cv = json.loads((project.goldens / f"{name}.json").read_text(encoding="utf-8"))["cv"]
        odd = {
            **cv,
            PLANTED: "x",
            "skills": [*cv["skills"], {PLANTED: 1}],
            "personal_info": {**cv["personal_info"], f"{PLANTED} born 1970": "y"},
        }
        rows.append({"document": name, "pipeline": "baseline", "answer": cv})
        rows.append({"document": name, "pipeline": "assistant", "answer": odd})
    folder = tmp_path / "zerafina_answers"
    folder.mkdir()
    answers = folder / "quillbert.jsonl"
    answers.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = ("cv-harness", "run", "--answers", "quillbert.jsonl", f"--out={folder}", "--only", "zerafina")
    done = evaluate(project, Plan(answers=answers, command=command))
    layers = _layers(done.folder / "redacted")
    layers["summary.md of the run"] = (done.folder / "summary.md").read_text(encoding="utf-8")
    layers["comment.md of the run"] = (done.folder / "comment.md").read_text(encoding="utf-8")
    assert {"index.html", "summary.md", "verdict.json", "summary.json"} <= layers.keys()
    for name, text in layers.items():
        leaked = re.search("(?i).{0,200}(?:zerafina|quillbert).{0,60}", text)
        assert leaked is None, f"{name}: {leaked[0]}"
        assert str(tmp_path) not in text, name
    assert re.search(PLANTED, (done.folder / "summary.json").read_text(encoding="utf-8")), "it was there to be found"


def test_the_folder_of_cvs_reaches_no_redacted_file(small_project, tmp_path: Path) -> None:
    project = small_project(["a01"])
    folder = tmp_path / "Zerafina Quillbert CVs"
    folder.mkdir()
    (folder / "quillbert.txt").write_text("Zerafina Quillbert\nz@example.com\n\nSKILLS\nSQL, Excel\n", encoding="utf-8")
    command = ("cv-harness", "run", "--cvs", "Quillbert")
    done = evaluate(project, Plan(cvs=folder, repeat=1, arms=("candidate",), command=command))
    for name, text in _layers(done.folder / "redacted").items():
        assert not re.search("zerafina|quillbert", text, re.IGNORECASE), name
        assert str(tmp_path) not in text, name
    assert judge(project, done.folder, Plan(cvs=folder)).verdicts  # the run itself still knows its folder


@pytest.mark.parametrize("text", [sha256(str(number)) for number in range(40)] + ["20261128-101112-ab12"])
def test_a_hash_is_not_mangled(text: str) -> None:
    redactor = Redactor({"cv-1"}, {"12345678", "Anna"})
    for length in (12, len(text)) if len(text) == 64 else (len(text),):
        said = f"wire {text[:length]} of run"
        assert redactor.text(said) == said


def test_a_telephone_number_still_is(small_project) -> None:
    redactor = Redactor(set(), set())
    for number in ("+44 20 7946 0123", "020 7946 0123", "(020) 7946-0123", "0049 171 1234567"):
        assert "7946" not in redactor.text(f"call {number} now")
        assert "1234567" not in redactor.text(f"call {number} now")


def test_what_a_run_holds_of_a_failed_answer_is_known_too(finished_project) -> None:
    """The answer that came to nothing has values and names as well: they are in its readings."""
    info = find_run(finished_project)
    with RunStore.open(info.folder) as store:
        record = next(store.records(arm="candidate"))
    reading = replace(record.readings[0], value={PLANTED: ["Wexforth"]})
    from harness.base.types import Failure
    from harness.corpus.types import Document
    from harness.gates.types import Case

    failed = replace(record, answer=Failure("unparseable", "broken_json"), readings=(reading,))
    case = Case(Document(record.document_id, "a.pdf", "application/pdf", "0" * 64, "p", "gate"), failed, None)
    said = Redactor.of([case]).text(f"broken at /{PLANTED}/0: Wexforth is no list")
    assert "Zerafina" not in said
    assert "Wexforth" not in said


def test_a_document_that_is_called_like_a_common_word_takes_it_out_of_no_sentence() -> None:
    redactor = Redactor({"and", "and.txt", "of", "will", "quill"}, set())
    said = redactor.text("names and addresses of 3 CVs, among them and.txt, will and quill")
    assert said.startswith("names and addresses of 3 CVs")
    assert "and.txt" not in said
    assert "quill" not in said
    assert "will" not in said
    assert redactor.document("and") != "and"


def test_ids_of_any_shape_are_replaced_as_words_the_longest_first() -> None:
    ids = {"a1", "a1.pdf", "cv of a1 (old).pdf", "a1-b", "Anna's CV.docx", "…"}
    redactor = Redactor(ids, set(), key=b"k" * 32)
    said = redactor.text("a1, a1.pdf, cv of a1 (old).pdf, a1-b, xa1, a1-c, Anna's CV.docx")
    names = ("a1", "a1.pdf", "cv of a1 (old).pdf", "a1-b")
    kept = ", ".join(map(redactor.document, names)) + ", xa1, a1-c, " + redactor.document("Anna's CV.docx")
    assert said == kept


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {name: _shape(member) for name, member in value.items()}
    return [_shape(each) for each in value] if isinstance(value, list) else type(value)


def _words(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_words, value.values()))
    if isinstance(value, list):
        return set().union(*map(_words, value))
    return {value} if isinstance(value, str) and re.fullmatch("[a-z_]+", value) else set()


def test_documents_that_are_called_like_its_parts_leave_a_summary_whole(finished_project) -> None:
    summary = json.loads((find_run(finished_project).folder / "summary.json").read_text(encoding="utf-8"))
    alike = _words(summary) - {row["document"] for row in summary["documents"]}
    assert {"candidate", "legacy", "fields", "missing", "skills"} <= alike
    plain, called = (Redactor(ids, (), key=b"k" * 32).summary(summary) for ids in ((), alike))
    assert _shape(called) == _shape(plain)


def test_a_folder_of_cvs_that_are_called_like_arms_has_its_page(small_project, tmp_path: Path) -> None:
    project = small_project(["a01"])
    folder = tmp_path / "cvs"
    folder.mkdir()
    for name in ("candidate", "legacy", "baseline", "documents", "wrong", "skills", "quillbert"):
        (folder / f"{name}.txt").write_text(f"Ann {name}\n{name}@example.com\n\nSKILLS\nSQL, Excel\n", encoding="utf-8")
    done = evaluate(project, Plan(cvs=folder, repeat=1, arms=("candidate",), command=("cv-harness", "run")))
    layers = _layers(done.folder / "redacted")
    assert "index.html" in layers
    assert not [name for name, text in layers.items() if re.search("quillbert", text, re.IGNORECASE)]


CV_WORDS = (
    "Anna", "O'Neil", "C++", "müller", "MÜLLER", "Straße", "STRASSE", "İstanbul", "ﬁnance", "a-b", "a.b", "--", "@home",
    "+44", "&", "the", "of", "Will", "will", "Smith.", "doc-1", "1", "日本", "é", "e\u0301", "x_y", "'quoted'", "...",
)  # fmt: skip
WORDS_OF_SOME = st.lists(st.sampled_from(CV_WORDS), min_size=1, max_size=20).map(" ".join)


@settings(deadline=None, max_examples=60)
@given(st.lists(WORDS_OF_SOME, min_size=1, max_size=5), st.lists(WORDS_OF_SOME, max_size=3), st.data())
def test_a_redactor_that_is_told_what_it_will_be_given_hides_all_that_another_hides(values, others, data) -> None:
    """Whole values, their beginnings, capitals: a sentence may hold any of them, cut anywhere."""
    golden = Golden("doc-1", {"values": values}, Provenance("person", "2026-01-01"))
    parts = [" ".join(value.split()[: data.draw(st.integers(1, 20))]) for value in values]
    said = ", ".join(data.draw(st.permutations([*values, *others, *parts, values[0].upper()])))
    whole = Redactor.of([], {"doc-1": golden}, key=b"k")
    assert Redactor.of([], {"doc-1": golden}, key=b"k", within=[said]).text(said) == whole.text(said)


def test_a_long_value_that_is_cut_is_hidden_by_a_redactor_that_is_told_what_it_will_be_given() -> None:
    value = (
        "Negotiated freight rates across eleven depots while rebuilding every roster twice before winter arrived early"
    )
    said = f"lost: {value.removesuffix('early')}…"
    golden = Golden("doc-1", {"values": [value]}, Provenance("person", "2026-01-01"))
    assert "freight" not in Redactor.of([], {"doc-1": golden}, within=[said]).text(said)
