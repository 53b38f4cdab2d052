"""The service's parts on their own: tokens, flags, breaker, sampling, guard, settings."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness.base.errors import HarnessError, InvalidFileError, UsageError
from harness.service.breaker import Breaker
from harness.service.durable import answer_text
from harness.service.feedback import Correction, check_correction
from harness.service.flags import FLAG, SHARE, STAGES, Flags, checked, default_flags, stage_of, write_stage
from harness.service.guard import Window, broken_limits
from harness.service.problems import CODES, Problem, assistant_code
from harness.service.settings import GuardRules, ServiceSettings, read_further
from harness.service.shadow import sampled
from harness.service.tokens import Identity, Tokens, new_token, read_tokens

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class TestTokens:
    def test_a_token_names_its_user_and_only_its_digest_is_kept(self):
        secret, token = new_token("ann", "acme")
        assert secret not in token.entry()
        assert Tokens([token.entry()]).identify(f"Bearer {secret}", NOW) == Identity("ann", "acme")
        assert Tokens([token.entry()]).identify(f"bearer  {secret} ", NOW).user == "ann"

    def test_what_is_no_token_of_ours_is_refused_with_its_own_code(self):
        secret, token = new_token("ann", expires=NOW)
        tokens = Tokens([token.entry()])
        for header, code in (
            (None, "token_missing"),
            ("", "token_missing"),
            ("Bearer ", "token_missing"),
            (f"Basic {secret}", "token_missing"),
            ("Bearer \ud800", "token_unknown"),
            (f"Bearer {secret}x", "token_unknown"),
            (f"Bearer {secret}", "token_expired"),
        ):
            with pytest.raises(Problem) as refused:
                tokens.identify(header, NOW)
            assert refused.value.code == code
        assert tokens.identify(f"Bearer {secret}", NOW - timedelta(seconds=1)).user == "ann"

    @pytest.mark.parametrize(
        "line", ["x", "a b c", "A" * 64 + " ann t", "a" * 64 + " ann t tomorrow", "a" * 64 + " ann"]
    )
    def test_a_wrong_entry_is_named_with_its_line(self, tmp_path, line):
        (tmp_path / "tokens").write_text(f"# ours\n\n{line}\n")
        with pytest.raises(InvalidFileError, match="line 3"):
            read_tokens(tmp_path / "tokens", {})
        with pytest.raises(UsageError, match="CV_HARNESS_SERVICE_TOKENS"):
            read_tokens(None, {"CV_HARNESS_SERVICE_TOKENS": line})

    @pytest.mark.parametrize("name", ["", "two words", "a;b", "a\nb"])
    def test_a_name_that_would_break_the_file_is_refused(self, name):
        with pytest.raises(UsageError):
            new_token(name)


# User ids and the first percentage at which each has the assistant. These never change: a user who moved back and
# forth between two ways would see one CV read in two ways.
BUCKETS = dict(
    zip(
        (f"user-{number}" for number in range(12)),
        [8, 7, 74, 11, 52, 61, 2, 64, 23, 26, 31, 74],
        strict=True,
    )
)


class TestFlags:
    @pytest.fixture
    def file(self, tmp_path):
        write_stage(tmp_path / "flags.json", "off")
        return tmp_path / "flags.json"

    def ways(self, file, users):
        flags = Flags(file)
        return {user: flags.decide(Identity(user, "t")).way for user in users}

    def test_who_has_the_assistant_keeps_it_when_the_share_grows(self, file):
        users = [f"user-{number}" for number in range(800)]
        before: set[str] = set()
        for stage in ("shadow", "5", "25", "50", "100"):
            write_stage(file, stage)
            ways = self.ways(file, users)
            having = {user for user, way in ways.items() if way == "assistant"}
            assert before <= having
            share = 0 if stage == "shadow" else int(stage)
            assert len(having) / len(users) == pytest.approx(share / 100, abs=0.04)
            assert set(ways.values()) <= {"assistant", "shadow"}
            before = having

    def test_the_buckets_are_frozen(self, file):
        data = default_flags("5")
        for user, first in BUCKETS.items():
            for percent, way in ((first, "assistant"), (first - 1, "shadow")):
                shares = [share for share in (["assistant", percent], ["shadow", 100 - percent]) if share[1]]
                data["$evaluators"][SHARE]["fractional"] = shares
                file.write_text(json.dumps(data))
                assert self.ways(file, [user]) == {user: way}

    def test_rules_for_users_and_tenants_stand_before_the_share_and_stay(self, file):
        data = default_flags("shadow")
        data["flags"][FLAG]["targeting"] = {
            "if": [
                {"in": [{"var": "targetingKey"}, ["vip"]]}, "assistant",
                {"==": [{"var": "tenant"}, "acme"]}, "legacy",
                {"$ref": SHARE},
            ]
        }  # fmt: skip
        file.write_text(json.dumps(data))
        for stage in ("shadow", "50", "100"):
            write_stage(file, stage)
            flags = Flags(file)
            assert flags.decide(Identity("vip", "acme")).way == "assistant"
            assert flags.decide(Identity("someone", "acme")).way == "legacy"
            assert flags.decide(Identity("someone", "other")).way in ("shadow", "assistant")
        write_stage(file, "off")
        assert Flags(file).decide(Identity("vip", "acme")).way == "legacy"
        write_stage(file, "100")
        assert Flags(file).decide(Identity("vip", "acme")).way == "assistant"

    def test_every_stage_is_known_again(self, file):
        for stage in STAGES:
            write_stage(file, stage)
            assert stage_of(checked(file.read_bytes())) == stage

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"flags": []}', b'{"flags": {}}',
            b'{"flags": {"cv-import": 1}}', b'{"flags": {"cv-import": {}}}',
            b'{"flags": {"cv-import": {"state": "ENABLED", "variants": {"a": "b"}, "defaultVariant": "a"}}}',
            b'{"flags": {"cv-import": {"state": "MAYBE", "variants": {"legacy": "legacy"}}}}',
            b'{"flags": {"cv-import": {"state": "ENABLED", "variants": {"legacy": "legacy"}}}}',
            json.dumps(default_flags("5") | {"$evaluators": {SHARE: {"fractional": [["asistant", 100]]}}}).encode(),
            json.dumps(default_flags("5") | {"$evaluators": {SHARE: {"fractional": [["assistant", "many"]]}}}).encode(),
            json.dumps(default_flags("5") | {"$evaluators": {}}).encode(),
        ],
    )  # fmt: skip
    def test_a_broken_file_keeps_the_last_good_state_and_is_named(self, file, content):
        write_stage(file, "100")
        flags = Flags(file)
        file.write_bytes(content)
        assert flags.refresh() is True
        assert flags.problem
        assert flags.decide(Identity("ann", "t")).way == "assistant"
        assert flags.refresh() is False, "one word about it is enough"
        write_stage(file, "off")
        assert flags.refresh() is True
        assert (flags.problem, flags.decide(Identity("ann", "t")).way) == ("", "legacy")

    def test_a_missing_file_and_an_older_one_in_its_place(self, file, tmp_path):
        write_stage(tmp_path / "old.json", "off")
        write_stage(file, "100")
        flags = Flags(file)
        file.unlink()
        flags.refresh()
        assert (bool(flags.problem), flags.decide(Identity("ann", "t")).way) == (True, "assistant")
        (tmp_path / "old.json").rename(file)
        flags.refresh()
        assert (flags.problem, flags.decide(Identity("ann", "t")).way) == ("", "legacy")

    def test_there_is_no_start_from_a_broken_file(self, file):
        file.write_text("{")
        with pytest.raises(InvalidFileError, match="not JSON"):
            Flags(file)
        with pytest.raises(InvalidFileError):
            write_stage(file, "100")

    def test_a_broken_file_stands_in_nobodys_way_to_off(self, file):
        file.write_text("{")
        write_stage(file, "off")
        assert Flags(file).off
        assert (file.parent / "flags.json.broken").read_text() == "{"


class Ticking:
    def __init__(self):
        self.ms = 0.0

    def monotonic_ms(self):
        return self.ms

    def now(self):
        return NOW


class TestBreaker:
    @pytest.fixture
    def breaker(self):
        self.clock = Ticking()
        return Breaker(window=4, failures=3, open_s=10, clock=self.clock)

    def fail(self, breaker, times):
        for _ in range(times):
            breaker.note(breaker.enter(), ok=False)

    def test_it_opens_at_its_share_of_failures_and_lets_one_probe_through(self, breaker):
        breaker.note(breaker.enter(), ok=True)
        self.fail(breaker, 2)
        assert breaker.state == "closed"
        self.fail(breaker, 1)
        assert (breaker.state, breaker.enter()) == ("open", None)
        self.clock.ms = 10_000
        probe = breaker.enter()
        assert (breaker.state, probe.probe, breaker.enter()) == ("half_open", True, None)
        breaker.note(probe, ok=False)
        assert breaker.state == "open"
        self.clock.ms = 20_000
        breaker.note(breaker.enter(), ok=True)
        assert breaker.state == "closed"
        self.fail(breaker, 2)
        assert breaker.state == "closed", "what was before the probe is forgotten"

    def test_answers_from_before_do_not_decide_for_the_probe(self, breaker):
        slow = [breaker.enter() for _ in range(2)]
        self.fail(breaker, 3)
        self.clock.ms = 10_000
        probe = breaker.enter()
        breaker.note(slow[0], ok=True)
        breaker.abandon(slow[1])
        assert (breaker.state, breaker.enter()) == ("half_open", None)
        breaker.abandon(probe)
        assert breaker.enter().probe


class TestSampling:
    def test_shares_are_kept_and_the_sample_can_be_told_again(self):
        ids = [f"{number:032x}" for number in range(4000)]
        kinds = Counter(sampled(each, 0.5, 0.1) for each in ids)
        assert kinds[()] / 4000 == pytest.approx(0.5, abs=0.03)
        assert kinds["assistant", "control"] / 4000 == pytest.approx(0.05, abs=0.015)
        assert set(kinds) == {(), ("assistant",), ("assistant", "control")}, "a control is never alone"
        assert [sampled(each, 0.5, 0.1) for each in ids[:50]] == [sampled(each, 0.5, 0.1) for each in ids[:50]]
        assert {sampled(each, 0.0, 0.5) for each in ids} == {()}
        assert {sampled(each, 1.0, 0.0) for each in ids} == {("assistant",)}
        small = {each for each in ids if sampled(each, 0.1, 0.1)}
        assert small <= {each for each in ids if sampled(each, 0.5, 0.1)}


class TestGuard:
    rules = GuardRules(enabled=True)
    fine = Window(n=100, errors=1, broken=1, fallbacks=5, p95_ms=9000.0)

    def test_each_limit_is_looked_at_and_a_small_window_says_nothing(self):
        assert broken_limits(self.fine, self.rules) == []
        for change, limit in (
            ({"errors": 6}, "error_rate"),
            ({"broken": 6}, "broken_rate"),
            ({"fallbacks": 21}, "fallback_rate"),
            ({"p95_ms": 60_001.0}, "p95_ms"),
        ):
            assert broken_limits(replace(self.fine, **change), self.rules) == [limit]
            assert broken_limits(replace(self.fine, **change, n=19), self.rules) == ()
        assert broken_limits(replace(self.fine, p95_ms=None), self.rules) == []


class TestCorrections:
    cv = {"personal_info": {"name": "A"}, "work_experience": [{"company": "C", "skills": ["x"]}], "skills": ["a"]}

    @pytest.mark.parametrize(
        ("path", "value"), [("/personal_info/name", "B"), ("/work_experience/0/skills", ["y"]), ("/skills/0", "b")]
    )
    def test_a_field_can_be_corrected(self, path, value):
        check_correction(self.cv, Correction(path=path, verdict="wrong", value=value))

    @pytest.mark.parametrize(
        ("path", "verdict", "value"),
        [
            ("/nothing", "wrong", "x"),
            ("/work_experience", "wrong", ["x"]),
            ("/work_experience/0", "right", None),
            ("/work_experience/1/company", "wrong", "x"),
            ("/work_experience/²/company", "wrong", "x"),
            ("/personal_info/name", "wrong", ["x"]),
            ("/skills", "wrong", "x"),
            ("/personal_info/name", "right", "x"),
        ],
    )
    def test_what_does_not_fit_the_cv_is_refused(self, path, verdict, value):
        with pytest.raises(Problem) as refused:
            check_correction(self.cv, Correction(path=path, verdict=verdict, value=value))
        assert refused.value.code == "invalid_request"


def test_every_code_has_a_status_and_a_sentence():
    for code, (status, sentence) in CODES.items():
        assert 400 <= status < 600
        assert sentence.endswith("."), code
        assert Problem(code).body("r")["status"] == status


def test_each_failure_of_the_assistant_has_a_code_of_its_own():
    from harness.base.types import Failure

    told = {
        ("provider", "timeout"): "assistant_timeout",
        ("provider", "refused"): "assistant_refused",
        ("provider", "content_filter"): "assistant_filtered",
        ("unparseable", "truncated"): "assistant_truncated",
        ("unparseable", "no_json"): "assistant_unparseable",
        ("provider", "rate_limit_exceeded"): "assistant_rate_limited",
        ("provider", "http_500"): "assistant_failed",
    }
    for (kind, code), expected in told.items():
        assert assistant_code(Failure(kind, code)) == expected
        assert expected in CODES


def test_an_answer_with_half_a_character_can_be_kept():
    assert json.loads(answer_text({"name": "\ud800x"})) == {"name": "?x"}


def test_further_settings_come_from_a_file_and_a_typo_is_named(tmp_path):
    made = ServiceSettings("sqlite:///x", "sqlite:///y", "f", "o", "u", "p")
    file = tmp_path / "s.json"
    file.write_text('{"shadow": {"queue": 3}, "readers": 4}')
    further = read_further(made, file)
    assert (further.shadow.queue, further.shadow.rate, further.readers) == (3, 1.0, 4)
    for wrong in ('{"shadow": {"que": 3}}', '{"reader": 4}', '{"readers": "x"}', "[]", "{"):
        file.write_text(wrong)
        with pytest.raises(HarnessError, match=r"s\.json"):
            read_further(made, file)


ENDING = """
import os, signal, sys, time
from harness.service import logs

class Slow:
    def write(self, text):
        time.sleep(0.2)
        sys.__stderr__.write(text)
    def flush(self):
        sys.__stderr__.flush()

sys.stderr = Slow()
logs.set_up("info")
logs.log("the service has stopped")
logs.flush()
logs.log("and once more")
logs.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_said_is_written_before_a_worker_ends_by_a_signal():
    done = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, check=False)
    said = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert said == ["the service has stopped", "and once more"]
