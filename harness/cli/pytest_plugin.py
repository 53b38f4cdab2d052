"""`pytest evals/`: one test per CV (evidence), one per gate (decision), one replay for all of them.

Under xdist every worker collects the same tests; the first that needs the evaluation makes it, the others wait
for its files. Only the selected CVs are replayed, and then the gates are INCONCLUSIVE, because a part is no whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from harness.base.environment import in_ci
from harness.base.errors import HarnessError, InvalidFileError, RecordingsMissingError
from harness.base.files import owner_only
from harness.base.project import Project
from harness.evaluate.setup.plan import Plan
from harness.gates.config import GateConfig
from harness.gates.types import Gate, Verdict

_WHOLE = ("verdict", "recordings")
"""How gates about twins begin; they compare the candidate with itself, whatever the baseline."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """One CV's test: the critical rules that are broken on it."""

    document_id: str
    broken: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def first_line(self) -> str:
        return f"{self.document_id}: " + "; ".join(self.broken)


@dataclass(frozen=True, slots=True)
class GateView:
    """One gate's test."""

    name: str
    passed: bool
    first_line: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What every worker reads of the one evaluation. error: why there is none; missing: recordings are missing."""

    folder: Path | None
    verdict: Verdict | None
    cases: dict[str, dict[str, list[str]]]
    error: str
    missing: bool
    partial: bool


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cv-harness", "which assistant is judged, and how")
    group.addoption("--assistant", default=None, help="candidate bundle, by name or folder")
    group.addoption("--provider", default=None, help="simulator | openai (replayed from recordings without a key)")
    group.addoption("--base-url", default=None, help="another server that speaks OpenAI's wire format")
    group.addoption("--model", default=None, help="model in place of the bundle's own")
    group.addoption("--split", default=None, help="gate (default), dev or sealed")
    group.addoption("--repeat", default=None, type=int, help="how often each CV is asked, in each arm")
    group.addoption("--seed", default=None, type=int, help="seeds simulator, order and statistics")
    group.addoption("--profile", default=None, help="ci | release (gate and sealed split, new answers)")
    group.addoption("--cv-project", default=None, help="project root (default: the one of this folder)")
    group.addoption("--require-baseline", default=None, metavar="REV", help="the baseline must be that revision's")
    group.addoption("--strict-cases", action="store_true", help="a CV's test fails for any value it loses")


def pytest_configure(config: pytest.Config) -> None:
    project = config.getoption("--cv-project")
    os.environ["CV_HARNESS_PROJECT"] = str(Path(project or config.rootpath).resolve())
    try:
        _selection(config)
        gate_ids(config)
    except HarnessError as error:
        raise pytest.UsageError(_said(error)) from error


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        ids = [document.id for document in _selection(metafunc.config)]
        metafunc.parametrize("case", ids, ids=ids, indirect=True)
    if "gate" in metafunc.fixturenames:
        names = gate_ids(metafunc.config)
        metafunc.parametrize("gate", names, ids=names, indirect=True)


def gate_ids(config: pytest.Config) -> list[str]:
    """The gates that can decide here, by name; those of another comparison than with the baseline have its name
    before theirs."""
    from harness.gates.catalogue import GATES
    from harness.gates.constants import ASIDE

    gates = _gate_config(config)
    found = list(_WHOLE)
    for against in ("baseline", "legacy", "anchor"):
        if (against == "legacy" and gates.legacy == "retired") or (against == "anchor" and not _has_anchor(config)):
            continue
        prefix = "" if against == "baseline" else f"{against}:"
        found += [
            prefix + name
            for name, gate in GATES.items()
            if gates.rule(name, against).level == "deciding"
            and (gate.beside(against) or (against == "baseline" and not gate.against - ASIDE))
        ]
    return found


@pytest.fixture(scope="session")
def evaluation(request: pytest.FixtureRequest) -> Shared:
    """The one evaluation behind all tests of this session: made here, or by another worker."""
    config = request.config
    result = _result_path(config)
    folder = result.parent
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.is_file():
            beside = folder / "result.new"
            with owner_only():
                beside.write_text(json.dumps(_evaluate(config, _selected(request))), encoding="utf-8")
            os.replace(beside, result)
    return _shared(json.loads(result.read_text(encoding="utf-8")))


def _property(request: pytest.FixtureRequest, name: str, value: str) -> None:
    """What `record_property` does, without its warning about xunit2, which is an error under some settings."""
    request.node.user_properties.append((name, value))


@pytest.fixture
def case(request: pytest.FixtureRequest, evaluation: Shared) -> CaseView:
    """One CV: which critical rules its answers break."""
    if evaluation.error:
        pytest.fail(evaluation.error, pytrace=False)
    found = evaluation.cases.get(request.param, {"broken": [], "changed": []})
    strict = request.config.getoption("--strict-cases")
    broken = found["broken"] + (found["changed"] if strict else [])
    _property(request, "cv", request.param)
    for line in found["changed"]:
        _property(request, "changed", line)
    return CaseView(request.param, tuple(broken), tuple(found["changed"]))


@pytest.fixture
def gate(request: pytest.FixtureRequest, evaluation: Shared) -> GateView:
    """One gate of the decision, with its figures as properties. It fails where the gate keeps the verdict from SHIP."""
    from harness.reports.junit import gate_properties

    name: str = request.param
    if name == "recordings" and evaluation.missing:
        return GateView(name, False, f"MISSING RECORDINGS: {evaluation.error}")
    if evaluation.error or evaluation.verdict is None:
        pytest.fail(evaluation.error or "there is no verdict", pytrace=False)
    found = _gate(evaluation.verdict, name)
    if found is not None:
        against = name.partition(":")[0] if ":" in name else "baseline"
        for key, value in gate_properties(found, against).items():
            _property(request, key, value)
    config = _gate_config(request.config)
    view = gate_view(evaluation.verdict, name, evaluation.partial, config.requires)
    waits = not view.passed and not evaluation.partial and found is not None and found.status == "INCONCLUSIVE"
    if waits and (few := too_few(evaluation.verdict, config)):
        pytest.skip(f"{few}; the verdict's test says so")
    return view


def too_few(verdict: Verdict, config: GateConfig) -> str:
    """Why no gate of a small corpus can pass yet, "" where there are people enough: said once, by the verdict."""
    people = [gate.delta.clusters for one in verdict.comparisons[:1] for gate in one.gates if gate.name == "accuracy"]
    if not people or people[0] >= config.ship_personas:
        return ""
    return f"{people[0]} people of the {config.ship_personas} that a SHIP needs: `cv-harness plan` says what to collect"


def gate_view(verdict: Verdict, name: str, partial: bool, requires: Collection[str]) -> GateView:
    """What a verdict says of one of its gates. partial: of some of the CVs. requires: scopes without which nothing
    ships."""
    from harness.gates.inherited import inherited

    if name == "recordings":
        return GateView(name, True, "everything that may only be replayed is recorded")
    if name == "verdict":
        decided = "INCONCLUSIVE" if partial and verdict.verdict == "SHIP" else verdict.verdict
        reason = verdict.reasons[0] if decided == verdict.verdict and verdict.reasons else _PART
        return GateView(name, decided == "SHIP", f"{decided}: {reason}")
    found = _gate(verdict, name)
    if found is None:
        return GateView(name, True, "not part of this decision")
    if partial and found.status != "FAIL":
        return GateView(name, False, f"INCONCLUSIVE: {name}: {_PART}")
    if verdict.identical:
        return GateView(name, True, "this is the accepted assistant")
    if found.status == "FAIL" and verdict.verdict == "INCONCLUSIVE":  # harm that may be the simulator's own
        return GateView(name, False, f"INCONCLUSIVE: {found.reason}; {verdict.reasons[0]}")
    comparison = next(one for one in verdict.comparisons if any(gate is found for gate in one.gates))
    waits = found.status == "INCONCLUSIVE" and not inherited(comparison, verdict.comparisons, verdict.profile)
    open_ = waits or (found.status == "NOT_MEASURED" and found.scope in verdict.not_measured)
    failed = found.status == "FAIL" or (found.scope in requires and open_)
    decision = {"FAIL": "HOLD", "NOT_MEASURED": "NOT MEASURED"}.get(found.status, found.status)
    return GateView(name, not failed, f"{decision}: {found.reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The controller (or the only process) takes the shared result in and removes its files; the run itself stays."""
    if hasattr(session.config, "workerinput"):
        return
    path = _result_path(session.config)
    if path.is_file():
        session.config.stash[_RESULT] = path.read_text(encoding="utf-8")
    if path.parent.is_dir():
        shutil.rmtree(path.parent)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    result = terminalreporter.config.stash.get(_RESULT, None)
    if result is None:
        return
    shared = _shared(json.loads(result))
    terminalreporter.section("cv-harness")
    if shared.verdict is not None:
        part = f" of a part: {_PART}" if shared.partial else ""
        terminalreporter.write_line(f"{shared.verdict.verdict} ({shared.verdict.source}){part}")
        for reason in shared.verdict.reasons[:5]:
            terminalreporter.write_line(f"  {reason}")
    if shared.error:
        terminalreporter.write_line(shared.error)
    if shared.folder is not None:
        terminalreporter.write_line(f"page: {shared.folder / 'index.html'}")


_RESULT = pytest.StashKey[str]()
_SESSION = pytest.StashKey[str]()
_PART = "only some of the CVs were replayed, and a part is no whole"


def _result_path(config: pytest.Config) -> Path:
    return Path(tempfile.gettempdir()) / f"cv-harness-{os.getuid()}-{_session_id(config)}" / "result.json"


def _session_id(config: pytest.Config) -> str:
    """One name for all workers of a session and their controller, which no other session ever had."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        return str(worker["testrunuid"])
    manager = config.pluginmanager.getplugin("dsession")
    uid = getattr(getattr(manager, "nodemanager", None), "testrunuid", None)
    return str(uid) if uid else config.stash.setdefault(_SESSION, uuid.uuid4().hex)


def _plan(config: pytest.Config) -> Plan:
    from harness.cli.plans import plan_of
    from harness.cli.settings import resolve

    flags = {
        name: config.getoption(f"--{name.replace('_', '-')}")
        for name in ("assistant", "provider", "base_url", "model", "repeat", "seed", "profile")
    }
    plan = plan_of(resolve(Project.find(), flags).settings)
    split = config.getoption("--split")
    return replace(plan, splits=(split,) if split else plan.splits, command=("pytest", *config.invocation_params.args))


def _gate_config(config: pytest.Config) -> GateConfig:
    from harness.evaluate.setup.gates import gate_config

    return gate_config(_plan(config))


def _has_anchor(config: pytest.Config) -> bool:
    """Whether there is an anchor other than the baseline, so that it is an arm of its own."""
    from harness.review.acceptance import load_accepted

    origin = _plan(config).base_url or _plan(config).provider
    accepted, anchor = (load_accepted(Project.find(), origin, which) for which in ("accepted", "anchor"))
    return accepted is not None and anchor is not None and accepted[0].wire != anchor[0].wire


def _selection(config: pytest.Config) -> Any:
    from harness.corpus.manifest import load_manifest
    from harness.evaluate.setup.plan import select

    return select(load_manifest(Project.find(), verify=False), _plan(config)).documents


def _selected(request: pytest.FixtureRequest) -> list[str]:
    """Documents whose tests were selected; all of them where only gates were."""
    chosen = [
        item.callspec.params["case"]
        for item in request.session.items
        if hasattr(item, "callspec") and "case" in item.callspec.params
    ]
    everything = [document.id for document in _selection(request.config)]
    return chosen if chosen and set(chosen) != set(everything) else []


def _evaluate(config: pytest.Config, only: list[str]) -> dict[str, Any]:
    """The evaluation as plain JSON; a failure is a sentence, so that each test can say it."""
    from harness.evaluate.commands.no_verdict import no_verdict
    from harness.evaluate.commands.run import evaluate

    project = Project.find()
    plan = replace(_plan(config), only=tuple(only), require_baseline=config.getoption("--require-baseline") or "")
    base: dict[str, Any] = {"folder": None, "error": "", "missing": False, "cases": {}, "partial": bool(only)}
    try:
        done = evaluate(project, plan)
    except RecordingsMissingError as error:
        return {**base, "error": str(error), "missing": True}
    except HarnessError as error:
        said = _said(error)
        no_verdict(project, said)
        return {**base, "error": said}
    return {**base, "folder": str(done.folder), "cases": _cases(project, plan, done.folder)}


def _said(error: HarnessError) -> str:
    """The error in a sentence. In CI, whose logs are public, without what a wrong file says."""
    if isinstance(error, InvalidFileError) and in_ci(os.environ):
        return f"{error.path} at {error.place or 'its beginning'} is wrong; run this on your own machine to see how"
    return str(error)


def _cases(project: Project, plan: Plan, folder: Path) -> dict[str, dict[str, list[str]]]:
    from harness.evaluate.stages.opened import open_run
    from harness.evaluate.stages.scoring import score
    from harness.gates.cases import broken_rules, lost_values

    with open_run(project, folder, plan) as run:
        cases = score(run).cases
    found: dict[str, dict[str, list[str]]] = {}
    for document in {case.document.id for case in cases}:
        arms = {
            arm: [case for case in cases if case.document.id == document and case.record.arm == arm]
            for arm in ("candidate", "baseline")
        }
        found[document] = {
            "broken": list(broken_rules(arms["candidate"], arms["baseline"])),
            "changed": list(lost_values(arms["candidate"], arms["baseline"])),
        }
    return found


def _shared(given: dict[str, Any]) -> Shared:
    from harness.gates.serial import verdict_from_dict

    folder = Path(given["folder"]) if given["folder"] else None
    verdict = None
    if folder is not None:
        path = folder / ("redacted/verdict.json" if in_ci(os.environ) else "verdict.json")
        verdict = verdict_from_dict(json.loads(path.read_text(encoding="utf-8")))
    return Shared(folder, verdict, given["cases"], given["error"], given["missing"], given["partial"])


def _gate(verdict: Verdict, name: str) -> Gate | None:
    from harness.gates.catalogue import GATES
    from harness.gates.constants import ASIDE

    against, _, plain = name.rpartition(":")
    if plain in GATES and (aside := GATES[plain].against & ASIDE):
        against = next(iter(aside))
    return next(
        (
            gate
            for comparison in verdict.comparisons
            if comparison.against == (against or "baseline")
            for gate in comparison.gates
            if gate.name == plain
        ),
        None,
    )
