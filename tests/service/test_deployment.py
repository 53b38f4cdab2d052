"""What is deployed: alert rules (by promtool), the dashboard, the image, the compose file."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from service_site import LIMIT_S, REPOSITORY, Client, free_port, until_ready, wait_for
from typer.testing import CliRunner

from harness.service.metrics import Metrics

DEPLOY = REPOSITORY / "deploy"
METRIC = re.compile(r"\bcv_[a-z_0-9]+")


def known():
    """Every name a sample of the service can have."""
    found = set()
    for name in Metrics().names():
        found |= {name, f"{name}_total", f"{name}_bucket", f"{name}_sum", f"{name}_count"}
    return found


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not here: apt-get install prometheus")
def test_promtool_finds_rules_and_configuration_right_and_runs_their_tests():
    for command in (
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts_test.yml"),
        ("check", "config", "--syntax-only", "prometheus.yml"),
    ):
        done = subprocess.run(["promtool", *command], cwd=DEPLOY / "prometheus", capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_rules_and_dashboard_ask_for_figures_that_the_service_has():
    rules = (DEPLOY / "prometheus/alerts.yml").read_text()
    dashboard = json.loads((DEPLOY / "grafana/cv-import.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked = set(METRIC.findall(rules)) | {name for each in expressions for name in METRIC.findall(each)}
    assert asked <= known()
    assert len(asked) > 12
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)


def test_every_alert_is_tested_and_says_what_to_do():
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"][0]["rules"]
    tested = (DEPLOY / "prometheus/alerts_test.yml").read_text()
    for rule in rules:
        assert rule["annotations"]["action"], rule["alert"]
        assert rule["alert"] in tested


def test_hadolint_accepts_the_image():
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, REPOSITORY / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_the_image_copies_is_there_and_not_ignored():
    kept = [line[1:] for line in (REPOSITORY / ".dockerignore").read_text().split() if line.startswith("!")]
    for line in (REPOSITORY / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY"):
            for source in line.split()[1:-1]:
                assert (REPOSITORY / source).exists(), source
                assert source in kept, source


def test_compose_lint_accepts_the_compose_file():
    linter = Path(sys.executable).with_name("compose-lint")
    done = subprocess.run(
        [linter, "check", "--fail-on", "high", REPOSITORY / "compose.yml"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_what_the_image_holds_is_enough_for_its_command_and_its_health_check(tmp_path):
    """ENTRYPOINT, CMD and HEALTHCHECK as they stand, with only what COPY brings, in a folder of its own; of the paths
    /app and /data, and of the port, only the place differs. The layers' own `pip install` needs the registry."""
    text = (REPOSITORY / "Dockerfile").read_text().replace("\\\n", "")
    said = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    for line in text.splitlines():
        if line.startswith("COPY"):
            *sources, target = line.split()[1:]
            for source in sources:
                to = tmp_path / "app" / (Path(source).name if target == "./" else target)
                to.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (REPOSITORY / source).is_dir() else shutil.copyfile
                copy(REPOSITORY / source, to)
    port = free_port()
    (tmp_path / "data").mkdir()

    def here(argument):
        return argument.replace("/data/", f"{tmp_path}/data/").replace("8000", str(port))

    command = [here(each) for each in (*json.loads(said["ENTRYPOINT"][11:]), *json.loads(said["CMD"][4:]))]
    check = json.loads(said["HEALTHCHECK"].split(" CMD ")[1])
    assert (command[0], check[0]) == ("cv-harness", "python")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "app"), "HOME": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "harness", *command[1:]],
            cwd=tmp_path / "app",
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        until_ready(f"http://127.0.0.1:{port}", service)

        def healthy():
            return subprocess.run([sys.executable, *map(here, check[1:])], env=environment).returncode == 0

        wait_for(healthy, "health")
        token = re.search(r"cvt_\S+", (tmp_path / "log").read_text())[0]
        with Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=LIMIT_S
        ) as client:
            answer = client.upload("/assistant")
            assert answer.json()["success"] is True
            loaded = client.get("/readyz").json()
        assert loaded["accepted"] is True, "the image serves the accepted assistant"
    finally:
        service.terminate()
        assert service.wait(LIMIT_S) == 0
    unhealthy = subprocess.run([sys.executable, *map(here, check[1:])], env=environment, capture_output=True)
    assert unhealthy.returncode != 0
    assert {path.name for path in (tmp_path / "data").iterdir()} >= {"service.db", "flags.json"}


def test_the_layers_install_what_the_lock_names_and_build_without_another_download():
    lock = (REPOSITORY / "requirements/service.lock").read_text()
    backend = re.search(r'requires = \["([a-z]+)', (REPOSITORY / "pyproject.toml").read_text())[1]
    assert re.search(rf"(?m)^{backend}==", lock), "--no-build-isolation finds the build backend installed"
    names = [line.split("==")[0] for line in lock.splitlines() if "==" in line and not line.startswith(" ")]
    assert len(names) > 30
    assert lock.count("--hash=sha256:") >= len(names)


def test_the_compose_file_starts_the_service_with_options_that_it_has():
    """Shape, references, and our own command line."""
    from harness.cli.main import app

    composed = yaml.safe_load((REPOSITORY / "compose.yml").read_text())
    assert set(composed["services"]) == {"service", "database", "prometheus", "grafana"}
    help_text = CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "200"}).output
    for option in composed["services"]["service"]["command"]:
        assert not option.startswith("--") or option in help_text
    for name, service in composed["services"].items():
        assert ("image" in service) != ("build" in service), name
        assert not service.get("image", "x:1").endswith(":latest"), name
        assert "privileged" not in service, name
        assert set(service.get("depends_on", {})) <= set(composed["services"])
        for mounted in service.get("volumes", []):
            source = mounted.split(":")[0]
            assert source in composed["volumes"] or (REPOSITORY / source).exists(), mounted
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), "nothing is offered beyond this machine by default"
    text = (REPOSITORY / "compose.yml").read_text()
    assert not re.search(r"(?i)password: [^$\s]", text), "no password is written down"
