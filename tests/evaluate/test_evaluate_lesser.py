"""A server that lacks one ability after the other: each time the sentence that a person needs, the right exit code, and
few questions asked."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import lesser_server as lesser
import pytest
from lesser_server import NOT_FOUND, REFUSED, Ability, LesserServer

from harness.cli.main import main
from harness.simulator.process import start

IDS = ["a02", "a09"]
KEY = "k-0123456789012345678901234567"

pytestmark = pytest.mark.long


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended at such a server. said: both of its streams. asked: the questions that came."""

    code: int
    said: str
    asked: int


Ask: TypeAlias = Callable[..., Ended]


@pytest.fixture(scope="module")
def able():
    with start(seed=7) as simulator:
        yield simulator


@pytest.fixture
def ask(able, small_project, capsys, monkeypatch) -> Ask:
    """Run a command against a server without these abilities; profile: what its endpoint says of it."""
    project = small_project(IDS)
    monkeypatch.setenv("CV_HARNESS_PROJECT", str(project.root))
    monkeypatch.setenv("OTHER_KEY", KEY)

    def asked(words: str, *abilities: Ability, profile: str = 'key = ""') -> Ended:
        with LesserServer(able.url, *abilities) as server:
            table = f'[project]\nname = "x"\n[tool.cv-harness.endpoints.there]\nbase_url = "{server.url}"\n{profile}\n'
            project.settings.write_text(table, encoding="utf-8")
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main([*words.split(), "--provider", "there"])
            printed = capsys.readouterr()
            assert KEY not in printed.out + printed.err
            assert "Traceback" not in printed.err
            return Ended(int(ended.value.code), " ".join((printed.out + printed.err).split()), server.asked)

    return asked


RUN = "run --arms candidate --repeat 1 --yes --max-cost 50 --quiet"
CHAT = 'key = ""\nwire = "chat"'
QUICK = 'key = ""\nattempts = 2'
JUDGED = 20
"""Every CV was answered, and there is no baseline to compare with."""


def same(reply: Any) -> Any:
    return copy.deepcopy(reply)


@pytest.mark.parametrize("dialect", NOT_FOUND)
def test_without_the_responses_api_the_other_wire_is_named(ask: Ask, dialect: str) -> None:
    ended = ask(RUN, lesser.lacks("/responses", same(NOT_FOUND[dialect])))
    assert (ended.code, ended.asked) == (3, len(IDS))
    assert "which is no fault of the assistant: status 404" in ended.said
    assert 'wire = "chat" in [tool.cv-harness.endpoints.there]' in ended.said


def test_without_chat_the_other_wire_is_named(ask: Ask) -> None:
    ended = ask(RUN, lesser.lacks("/chat/", NOT_FOUND["FastAPI"]), profile=CHAT)
    assert (ended.code, ended.asked) == (3, len(IDS))
    assert 'wire = "responses" in [tool.cv-harness.endpoints.there]' in ended.said


@pytest.mark.parametrize("dialect", REFUSED)
def test_a_key_that_is_refused_or_wanted_is_said_before_anything_is_asked(ask: Ask, dialect: str) -> None:
    refused = ask(RUN, lesser.refuses_every_key(REFUSED[dialect]), profile='key = "OTHER_KEY"')
    assert (refused.code, refused.asked) == (3, 0)
    assert "refuses the key (status 40" in refused.said
    assert "check OTHER_KEY" in refused.said
    wanted = ask(RUN, lesser.refuses_every_key(REFUSED[dialect]))
    assert (wanted.code, wanted.asked) == (3, 0)
    assert "wants a key, and none was sent (status 40" in wanted.said


@pytest.mark.parametrize("dialect", ["Azure", "FastAPI"])
def test_a_key_that_only_questions_are_refused_for_ends_the_run(ask: Ask, dialect: str) -> None:
    ended = ask(RUN, lesser.refuses_keys_when_asked(REFUSED[dialect]), profile='key = "OTHER_KEY"')
    assert (ended.code, ended.asked) == (3, len(IDS))
    assert "key" in ended.said
    assert "--resume" in ended.said


def test_without_strict_schemas_it_is_said_what_else_could_be_asked(ask: Ask) -> None:
    ended = ask(RUN, lesser.refuses_schemas)
    assert (ended.code, ended.asked) == (3, len(IDS))
    assert "Input should be 'text' or 'json_object'" in ended.said
    assert 'output = "json_object"' in ended.said


def test_a_schema_that_is_taken_and_not_kept_is_the_servers(ask: Ask) -> None:
    ended = ask(RUN, lesser.ignores_schemas)
    assert (ended.code, ended.asked) == (JUDGED, len(IDS) + 1)
    assert "that is the server's, not the assistant's" in ended.said


def test_deployment_names_are_asked_for_and_then_used(ask: Ask) -> None:
    names = lesser.names_deployments({"cv-prod": "gpt-4o"})
    unknown = ask(RUN, names)
    assert (unknown.code, unknown.asked) == (2, 0)
    assert "knows no model `gpt-4o`, only cv-prod" in unknown.said
    assert "name it in the endpoint's `models`" in unknown.said
    named = ask(RUN, names, profile='key = ""\nmodels = {"gpt-4o" = "cv-prod"}')
    assert (named.code, named.asked) == (JUDGED, len(IDS))


@pytest.mark.parametrize(
    ("ability", "profile", "asked", "said"),
    [
        (lesser.lacks("/models", NOT_FOUND["FastAPI"]), 'key = ""', 2, ""),
        (lesser.says_no_limits, 'key = ""', 2, ""),
        (lesser.counts_nothing, 'key = ""', 2, "says no token counts: what such calls cost is estimated"),
        (lesser.too_many_at_first(2), 'key = ""', 4, ""),
        (lesser.cuts_and_calls_it_completed, 'key = ""', 2, ""),
        (lesser.cuts_and_calls_it_completed, CHAT, 2, ""),
    ],
    ids=["no list of models", "no limits", "no usage", "429 without a wait", "cut", "cut over chat"],
)
def test_what_only_some_figures_need_stops_no_run(ask: Ask, ability, profile, asked, said) -> None:
    ended = ask(RUN, ability, profile=profile)
    assert (ended.code, ended.asked) == (JUDGED, asked)
    assert said in ended.said


@pytest.mark.parametrize(
    ("ability", "profile", "tries", "said"),
    [
        (lesser.slow_first_byte(20), f"{QUICK}\ntimeouts = {{ first_byte = 5.0 }}", 2, "raise `timeouts`"),
        (lesser.fails_with_status_200, QUICK, 2, "upstream is overloaded"),
        (lesser.breaks_its_encoding, QUICK, 2, "a packed response that ends before its end"),
        (lesser.redirects, QUICK, 1, "status 307: it redirects to http://127.0.0.1:9/v1/v1/responses"),
    ],
    ids=["slow", "error with 200", "broken gzip", "redirect"],
)
def test_a_server_that_answers_nobody_ends_the_run_with_its_own_words(ask: Ask, ability, profile, tries, said) -> None:
    ended = ask(RUN, ability, profile=profile)
    assert ended.code == 3
    assert ended.asked == tries * len(IDS)
    assert said in ended.said


def test_what_a_broken_server_left_is_estimated_and_asked_again(ask: Ask) -> None:
    """The first session's fault is over in the second, which says what it will cost before it asks."""
    broken = ask(RUN, lesser.fails_with_status_200, profile=QUICK)
    assert broken.code == 3
    resumed = ask("run --resume --yes --quiet", profile=QUICK)
    assert (resumed.code, resumed.asked) == (JUDGED, len(IDS))
    assert f"about {len(IDS)} calls for about $0.0" in resumed.said
    other_wire = ask(f"{RUN} --first-draw 7", lesser.lacks("/responses", NOT_FOUND["text"]))
    assert other_wire.code == 3
    assert ask("run --resume --yes --quiet", profile=CHAT).code == JUDGED, "the same run goes on over the other wire"


@pytest.mark.parametrize(
    ("ability", "profile", "code", "said"),
    [
        (lesser.lacks("/responses", NOT_FOUND["HTML"]), 'key = ""', 3, 'set wire = "chat" for this endpoint: that one'),
        (lesser.lacks("/chat/", NOT_FOUND["text"]), CHAT, 3, 'set wire = "responses" for this endpoint: that one'),
        (lesser.lacks("/chat/", NOT_FOUND["text"]), 'key = ""', 0, "404 page not found (and not used)"),
        (lesser.lacks("/models", NOT_FOUND["OpenAI"]), 'key = ""', 0, "the server lists no models"),
        (lesser.refuses_schemas, 'key = ""', 3, 'output = "json_object"'),
        (lesser.ignores_schemas, 'key = ""', 3, "takes a strict schema and does not keep it"),
        (lesser.counts_nothing, 'key = ""', 0, "the server counts no tokens"),
        (lesser.says_no_limits, 'key = ""', 0, "set requests_per_minute and tokens_per_minute"),
        (lesser.refuses_every_key(REFUSED["HTML"]), 'key = ""', 3, "wants a key, and none was sent (status 401)"),
        (lesser.refuses_every_key(REFUSED["FastAPI"]), 'key = "OTHER_KEY"', 3, "refuses the key (status 403)"),
        (lesser.too_many_at_first(1), 'key = ""', 0, "answers, and keeps to the strict schema"),
        (lesser.names_deployments({"cv-prod": "gpt-4o"}), 'key = ""', 3, "is not there; it has cv-prod"),
    ],
)
def test_the_doctor_names_what_is_missing(ask: Ask, ability, profile, code, said) -> None:
    ended = ask("doctor", ability, profile=profile)
    assert ended.code == code
    assert said in ended.said
    assert ended.asked <= 6
