"""Whatever goes wrong: one clear line with the next step on stderr, the designed exit code, no traceback."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from harness.base.errors import ExitCode
from harness.corpus.goldens import golden_path

KEY = "sk-averysecretkeythatnobodymaysee0123456789"


def complaint(result, code=ExitCode.USAGE):
    """The line of a failed command, after a check that it is one line with at most one hint."""
    given, out, err = result
    assert given == code, err
    lines = [line for line in err.splitlines() if not line.startswith("note: ") and not line.endswith(" …")]
    assert lines[0].startswith("cv-harness: ")
    assert len(lines) <= 2
    assert all(line.startswith("  → ") for line in lines[1:])
    assert "Traceback" not in out + err
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "--provider", "openai"), "export OPENAI_API_KEY"),
        (("run", "--provider", "claude"), "claude: no such endpoint"),
        (("run", "--assistant", "nobody"), "bundles here: cv-parser-pro"),
        (("run", "--arms", "challenger"), "arms are legacy, baseline, candidate"),
        (("run", "--nonsense"), "No such option"),
        (("run", "--repeat", "many"), "valid integer"),
        (("run", "--repeat", "0"), "at least 1"),
        (("run", "--max-cost", "nan"), "no amount of money"),
        (("run", "--split", "nowhere"), "splits of this corpus: gate"),
        (("run", "--only", "zzz"), "corpus list"),
        (("run", "--tag", "language=xx"), "language is one of"),
        (("run", "--limit", "0"), "at least 1"),
        (("run", "--cvs", "nowhere"), "is not a folder"),
        (("run", "--answers", "nowhere.jsonl"), "nowhere.jsonl"),
        (("run", "--run", "x"), "goes with --resume"),
        (("run", "--sequential", "20,30"), "is not equally spaced"),
        (("run", "--sequential", "1,2"), "1 people are selected"),
        (("run", "--sequential", "1,x"), "not a list of numbers"),
        (("run", "--base-url", "nonsense"), "https://host/v1"),
        (("report", "zzz"), "`cv-harness runs` lists them"),
        (("accept",), "needs a reason"),
        (("accept", "--reason", "WHY"), "needs a reason"),
        (("anchor",), "nothing is accepted"),
        (("assistant", "show", "nobody"), "bundles here"),
        (("golden", "add", "zzz"), "corpus list"),
        (("golden", "review", "--document", "zzz", "--by", "me"), "zzz.json"),
        (("forget", "zzz"), "corpus list"),
        (("corpus", "add", "nowhere"), "is not a folder"),
        (("text", "nowhere.pdf"), "is not a file"),
        (("score", "--golden", "nowhere", "--prediction", "nowhere"), "is not there"),
        (("nonsense",), "No such command"),
        (("config", "--project"), "requires an argument"),
        (("config", "--project", "nowhere"), "cv-harness init nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_usage_errors(cv, small_project, arguments, says):
    assert says in complaint(cv(*arguments, project=small_project(["a02"])))


def test_wrong_gates_are_refused_before_anything_is_replayed(cv, small_project, monkeypatch, tmp_path):
    project = small_project(["a02"])
    monkeypatch.setattr("harness.evaluate.stages.opened.open_provider", None)
    (tmp_path / "taken").touch()
    assert "taken is a file" in complaint(cv("run", "--out", tmp_path / "taken", project=project))
    project.settings.write_text("[tool.cv-harness.gates]\nlegacyy = 'retired'\n", encoding="utf-8")
    said = complaint(cv("run", project=project))
    assert "gates.legacyy: unknown key" in said
    assert "no runs yet" in cv("runs", project=project)[1]


def test_a_manifest_or_golden_that_is_wrong_is_named_with_file_and_place(cv, small_project):
    project = small_project(["a02", "a09"])
    manifest = json.loads(project.manifest.read_text(encoding="utf-8"))
    golden = golden_path(project, "a02")
    content = json.loads(golden.read_text(encoding="utf-8"))
    content["cv"]["work_experience"][0]["title"] = 7
    golden.write_text(json.dumps(content), encoding="utf-8")
    said = complaint(cv("run", project=project))
    assert f"{golden} at cv.work_experience[0].title: breaks the contract" in said
    content.pop("provenance")
    golden.write_text(json.dumps(content["cv"]), encoding="utf-8")
    said = complaint(cv("score", "--golden", golden, "--prediction", golden, project=project))
    assert "at /work_experience/0/title: breaks the contract" in said

    manifest["documents"].append(manifest["documents"][0])
    project.manifest.write_text(json.dumps(manifest), encoding="utf-8")
    assert "documents[2]: id 'a02' is taken already by documents[0]" in complaint(cv("run", project=project))


def test_a_changed_cv_file_is_refused(cv, small_project):
    project = small_project(["a02"])
    (file,) = (project.corpus / "cvs").iterdir()
    file.write_bytes(file.read_bytes() + b" ")
    assert "changed (the hash differs)" in complaint(cv("run", project=project))


def test_an_unreadable_cv_is_one_line(cv, tmp_path):
    bad = tmp_path / "cv.pdf"
    bad.write_bytes(b"%PDF-1.7 nothing")
    code, out, err = cv("text", bad)
    assert (code, out) == (ExitCode.USAGE, "")
    assert err.splitlines()[-1] == "no text: corrupt"
    code, out, err = cv("text", bad, "--json")
    assert (code, json.loads(out)["outcome"]) == (ExitCode.USAGE, "corrupt")


def test_an_unreachable_server(cv, small_project, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    project = small_project(["a02"])
    said = cv("run", "--base-url", "http://127.0.0.1:9/v1", "--repeat", "1", project=project)
    assert "no answer from http://127.0.0.1:9/v1" in complaint(said, ExitCode.HARNESS)
    assert "no runs yet" in cv("runs", project=project)[1]  # a run that never began is none
    assert KEY not in "".join(map(str, said))


@pytest.mark.parametrize("status", [401, 404])
def test_a_refused_key_and_an_unknown_model_show_no_key(cv, small_project, monkeypatch, status):
    code = {401: "invalid_api_key", 404: "model_not_found"}[status]

    class Refuses(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"error": {"message": f"wrong: {KEY}", "code": code}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    project = small_project(["a02"])
    with HTTPServer(("127.0.0.1", 0), Refuses) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        given = cv("run", "--base-url", f"http://127.0.0.1:{server.server_port}/v1", "--repeat", "1", project=project)
        server.shutdown()
    said = complaint(given, ExitCode.HARNESS if status == 401 else ExitCode.USAGE)
    assert ("check OPENAI_API_KEY" if status == 401 else "knows no model") in said
    written = [path for path in project.root.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert KEY not in "".join(map(str, given))
    assert written == []


def test_a_model_that_the_simulator_does_not_know(cv, small_project):
    said = cv("run", "--model", "gpt-99", "--repeat", "1", project=small_project(["a02"]))
    assert "knows no model `gpt-99`" in complaint(said)


@pytest.mark.parametrize("arguments", [("--debug", "report", "zzz"), ("report", "zzz", "--debug")])
def test_debug_shows_the_traceback_and_keeps_the_exit_code(cv, small_project, arguments):
    code, _, err = cv(*arguments, project=small_project(["a02"]))
    assert code == ExitCode.USAGE
    assert err.startswith("Traceback")
    assert "find_run" in err
    assert "\ncv-harness: no run 'zzz'" in err


def test_a_defect_of_ours_is_one_line_too(cv, monkeypatch, small_project):
    project = small_project(["a02"])
    monkeypatch.setattr("harness.corpus.manifest.load_manifest", lambda *_, **__: 1 / 0)
    said = complaint(cv("corpus", "list", project=project), ExitCode.HARNESS)
    assert "unexpected ZeroDivisionError" in said
    assert "--debug" in said


def test_hostile_text_cannot_move_the_cursor(cv, small_project):
    code, _, err = cv("report", "\x1b[2Jzzz\u202e", project=small_project(["a02"]))
    assert code == ExitCode.USAGE
    assert "\x1b" not in err
    assert "\u202e" not in err


def test_help_imports_nothing_heavy():
    script = (
        "import sys\nfrom harness.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as ended:\n    assert ended.code == 0\n"
        "heavy = {'openai', 'pandas', 'numpy', 'scipy', 'matplotlib', 'pypdf', 'docx', 'pydantic', 'rich', 'jinja2'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "Exit codes: 0 SHIP, 10 HOLD" in done.stdout


@pytest.mark.parametrize("command", ["run", "accept", "corpus", "golden review", "simulate"])
def test_each_command_explains_itself(cv, command):
    code, out, _ = cv(*command.split(), "--help")
    assert code == 0
    assert out.lower().startswith("usage: cv-harness simulate" if command == "simulate" else "usage:")
    assert len(out.splitlines()) > 5


def test_ctrl_c_in_a_command_that_takes_no_care_of_it_is_said_and_decides_nothing(cv, small_project, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.evaluate.commands.doctor.examined", interrupted)
    code, _, err = cv("doctor", project=small_project(["a02"]))
    assert (code, err.splitlines()[-1]) == (ExitCode.INCONCLUSIVE, "interrupted")
