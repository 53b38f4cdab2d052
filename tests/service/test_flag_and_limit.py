"""What the flag and the rate limit do to a running service."""

import pytest
from service_site import API

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
