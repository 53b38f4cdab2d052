"""What the flag, the rate limit and a token's end do to a running service."""

from datetime import UTC, datetime

import pytest
from service_site import API, LIMIT_S, Client

from harness.service.tokens import new_token

pytestmark = pytest.mark.long


def test_with_the_flag_off_legacy_answers_and_says_so(serve):
    with serve() as site:
        answer = site.ann.upload("/assistant").json()
        assert answer["method"] == "legacy"
        assert site.ann.get(f"{API}/feature-flags").json() == {"use_assistant_processing": False}


def test_five_uploads_a_minute(serve):
    with serve(uploads_a_minute=5) as site:
        codes = [site.ann.upload("", b"x").status_code for _ in range(6)]
        assert codes == [415] * 5 + [429]
        refused = site.ann.upload("", b"x")
        assert refused.json()["code"] == "too_many_uploads"
        assert 1 <= int(refused.headers["retry-after"]) <= 61
        assert site.bob.upload("", b"x").status_code == 415


def test_one_whose_time_is_over_says_so_everywhere(serve, settings):
    old, token = new_token("ann", expires=datetime(2026, 1, 1, tzinfo=UTC))
    with serve(tokens=(*settings.value.tokens, token.entry())) as site:
        headers = {"Authorization": f"Bearer {old}"}
        with Client(base_url=site.service.url, headers=headers, timeout=LIMIT_S) as late:
            nowhere = f"{API}/cv/{'0' * 32}"
            for method, path in (
                ("GET", f"{API}/cv/tasks"), ("GET", nowhere), ("DELETE", nowhere), ("GET", f"{API}/feature-flags"),
                ("POST", f"{API}/cv"), ("POST", f"{API}/cv/assistant"), ("POST", f"{nowhere}/feedback"),
            ):  # fmt: skip
                answer = late.request(method, path)
                assert (answer.status_code, answer.json()["code"]) == (401, "token_expired"), (method, path)
