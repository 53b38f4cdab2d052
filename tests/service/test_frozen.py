"""The legacy endpoints' answers, byte for byte, as the product's page reads them today. They never change."""

from datetime import UTC, datetime

import pytest
from service_site import API

from harness.service.tables import Task

AT = datetime(2026, 11, 28, 9, 30, 15, 250_000, UTC)
DONE, RUNNING, FAILED = (f"{number:032x}" for number in (1, 2, 3))
ANSWER = (
    '{"personal_info":{"name":"","email":"","phone":"","location":"","linkedin":"","portfolio":"","summary":""},'
    '"work_experience":[{"id":"work-1","company":"Zażółć & Söhne","title":"Dev","start_date":"Jan 2021",'
    '"end_date":"Present","location":"","description":["Built \\"it\\""],"skills":null}],"education":[],"skills":[],'
    '"projects":[],"certifications":[],"languages":[],"training":[]}'
)
SUMMARY = (
    '{"personal_info":0,"work_experience":1,"education":0,"skills":0,"projects":0,"certifications":0,'
    '"languages":0,"training":0}'
)


def status(task_id, state, error, summary):
    stamps = '"created_at":"2026-11-28T09:30:15Z","updated_at":"2026-11-28T09:30:15Z"'
    told = "null" if error is None else f'"{error}"'
    return f'{{"taskId":"{task_id}","status":"{state}","error":{told},{stamps},"extractedDataSummary":{summary}}}'


FROZEN = {
    f"/cv/status/{DONE}": (200, status(DONE, "completed", None, SUMMARY)),
    f"/cv/status/{RUNNING}": (200, status(RUNNING, "metadata_extracted", None, "null")),
    f"/cv/status/{FAILED}": (200, status(FAILED, "failed", "timeout", "null")),
    f"/cv/{DONE}": (200, ANSWER),
    "/cv/tasks": (
        200,
        "["
        + ",".join(
            (
                status(DONE, "completed", None, SUMMARY),
                status(RUNNING, "metadata_extracted", None, "null"),
                status(FAILED, "failed", "timeout", "null"),
            )
        )
        + "]",
    ),
    "/feature-flags": (200, '{"use_assistant_processing":true}'),
}


@pytest.fixture(scope="module")
def filled(shared):
    for task_id, state, error, answer in (
        (DONE, "completed", None, ANSWER),
        (RUNNING, "metadata_extracted", None, None),
        (FAILED, "failed", "timeout", None),
    ):
        with shared.running.store.session() as session:
            session.add(
                Task(
                    id=task_id, user="ann", tenant="default", request_id="r", way="legacy", decision="legacy",
                    reason="r", state=state, error=error, answer=answer, kind="pdf", calls=0, input_tokens=0,
                    output_tokens=0, created_at=AT, updated_at=AT,
                )
            )  # fmt: skip
    return shared


@pytest.mark.parametrize("path", FROZEN)
def test_an_answer_is_the_same_to_the_byte(filled, path):
    answer = filled.ann.get(API + path)
    assert (answer.status_code, answer.text) == FROZEN[path]
    assert answer.headers["content-type"] == "application/json"


def test_the_answer_to_an_upload_has_one_name_only(filled):
    answer = filled.ann.upload()
    task_id = answer.json()["taskId"]
    assert answer.text == f'{{"taskId":"{task_id}"}}'
    filled.ann.done(task_id)
    filled.ann.delete(f"{API}/cv/{task_id}")
