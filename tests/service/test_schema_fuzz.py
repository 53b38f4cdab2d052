"""Whatever the OpenAPI page allows, and what it does not, gets no server error, and what it promises."""

from collections import Counter, defaultdict

import pytest
from service_site import API, CV, LIMIT_S

pytestmark = [
    pytest.mark.long,
    # the tool draws from `random` inside its own strategies
    pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning"),
]


def test_schemathesis_finds_no_server_error(shared):
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from schemathesis.generation import GenerationMode

    page = shared.ann.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(page)
    seen = {}
    authorization = {"Authorization": f"Bearer {shared.settings.secrets['ann']}"}
    for result in schema.get_all_operations():
        operation = result.ok()
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

        @given(case=cases)
        @settings(
            max_examples=30, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def holds(case):
            operation = case.operation
            answer = case.call(base_url=shared.service.url, headers=authorization, timeout=LIMIT_S)
            key = (operation.method, operation.path)
            seen.setdefault(key, set()).add(answer.status_code)
            assert answer.status_code < 500, answer.text
            if answer.status_code >= 400:
                problem = answer.json()
                assert problem["status"] == answer.status_code
                assert problem["title"].endswith(".")
                assert str(answer.status_code) in operation.definition.raw["responses"] or answer.status_code == 405

        holds()
    assert len(seen) == sum(len(methods) for methods in page["paths"].values())
    print(seen)


def test_following_the_links_from_real_uploads_gets_the_answers_that_the_page_promises(shared):
    """Uploads are CVs here, so that what comes after them is reached: each operation is answered well at least once,
    each answer is of the promised shape, and nothing is a server error, in whatever order they are called."""
    import schemathesis
    from hypothesis import HealthCheck, Phase, settings

    schema = schemathesis.openapi.from_dict(shared.ann.get("/openapi.json").json())
    authorization = {"Authorization": f"Bearer {shared.settings.secrets['ann']}"}
    seen = defaultdict(Counter)

    class Workflow(schema.as_state_machine()):
        def get_call_kwargs(self, case):
            return {"base_url": shared.service.url, "headers": authorization, "timeout": LIMIT_S}

        def before_call(self, case):
            if case.operation.path in (f"{API}/cv", f"{API}/cv/assistant"):
                case.body = {"file": CV.read_bytes()}
            if case.operation.path.endswith("/feedback") and len(seen[case.operation.label]) % 2 == 0:
                case.body = {"path": "/personal_info/name", "verdict": "wrong", "value": "Somebody"}

        def validate_response(self, response, case, additional_checks=(), **more):
            seen[case.operation.label][response.status_code] += 1
            assert response.status_code < 500, response.text
            case.operation.validate_response(response)

    Workflow.run(
        settings=settings(
            max_examples=25,
            stateful_step_count=8,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
    print({label: dict(counts) for label, counts in seen.items()})
    reached = {label for label, counts in seen.items() if any(status < 300 for status in counts)}
    assert len(reached) == 6, "uploads by both ways, status, sections, feedback, deletion"
