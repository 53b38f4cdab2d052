"""Whatever the OpenAPI page allows, and what it does not, gets no server error, and what it promises."""

import pytest

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
            answer = case.call(base_url=shared.service.url, headers=authorization, timeout=30)
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
