"""The arms of a run: which pipelines, with which bundle and draws, called or replayed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from harness.assistants.bundle import find_bundle
from harness.assistants.legacy import LegacyPrompts, load_legacy_prompts
from harness.assistants.lint import lint
from harness.assistants.model_change import moved
from harness.assistants.types import AssistantBundle
from harness.base.errors import UsageError
from harness.base.known_models import known_model
from harness.base.project import Project
from harness.evaluate.setup.deployed import WAYS, about
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.gates.types import AGAIN, AGAIN_DRAWS
from harness.models.calls import MESSAGE, chat_call
from harness.models.recordings import FURTHER, RecordingStore
from harness.models.types import ASKING, Policy
from harness.pipelines.declared import DeclaredPipeline
from harness.replay.runs import RunInfo
from harness.replay.types import PROBE, Arm
from harness.review.acceptance import Accepted, load_accepted

AA = "baseline@aa"
"""The baseline on disjoint draws: what two runs of the same assistant differ by."""


@dataclass(frozen=True, slots=True)
class ArmSet:
    """The arms of a run, the candidates among them, and what a person should know about how they came to be."""

    arms: tuple[Arm, ...]
    legacy: LegacyPrompts
    candidates: tuple[str, ...] = ()
    accepted: Accepted | None = None
    anchor: Accepted | None = None
    notes: tuple[str, ...] = ()


def build_arms(project: Project, plan: Plan, provider: Provider, recordings: RecordingStore, today: date) -> ArmSet:
    """The arms that a plan means, with notes of what lint finds wrong with a candidate. Raises UsageError for unknown
    arm names and bundles, and for draws that a run cannot have."""
    unknown = sorted(set(plan.arms) - {"legacy", "baseline", "candidate", "anchor"})
    if unknown:
        raise UsageError(f"--arms {unknown[0]}: no such arm", hint="arms are legacy, baseline, candidate, anchor")
    legacy = load_legacy_prompts(project)
    accepted = load_accepted(project, provider.origin)
    anchor = load_accepted(project, provider.origin, "anchor")
    draws = _draws(plan, provider, recordings, accepted[0] if accepted else None)
    making = _Making(plan, provider, draws, today)
    if plan.fresh and provider.endpoint is not None and plan.first_draw is None:
        making.notes.append(f"new draws, from {draws.start} on (`--first-draw {draws.start}` asks for the same again)")
    if "legacy" in plan.arms:
        making.legacy(legacy, recordings)
    if "baseline" in plan.arms:
        making.baseline(accepted[1] if accepted else None)
    if anchor is not None and accepted is not None and anchor[0].wire != accepted[0].wire:
        making.add("anchor", anchor[1], _reference_policy(plan, provider))
    candidates = making.candidates(project) if "candidate" in plan.arms else ()
    if not making.arms:
        raise UsageError("no arm is left to replay", hint="give --arms legacy,baseline,candidate")
    return ArmSet(
        tuple(making.arms),
        legacy,
        candidates,
        accepted[0] if accepted else None,
        anchor[0] if anchor else None,
        tuple(making.notes),
    )


@dataclass(frozen=True, slots=True)
class _Making:
    """The arms of a plan while they are put together, and what a person should know of them."""

    plan: Plan
    provider: Provider
    draws: range
    today: date
    arms: list[Arm] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, bundle: AssistantBundle, policy: Policy, draws: range | None = None) -> None:
        origin = self.provider.origin
        self.arms.append(Arm(name, "assistant", bundle, bundle.model, origin, draws or self.draws, policy))

    def legacy(self, prompts: LegacyPrompts, recordings: RecordingStore) -> None:
        """As far as it is recorded where it is retired: its model is never asked again."""
        plan, provider = self.plan, self.provider
        draws, policy = self.draws, _reference_policy(plan, provider)
        if plan.legacy == "retired":
            draws, policy = _recorded_draws(prompts, recordings, provider.origin, plan.repeat), "as_recorded"
            if not draws:
                nothing = f"legacy is retired and nothing of it is recorded from {provider.origin}: it is left out"
                self.notes.append(nothing)
                return
        elif (known := known_model(prompts.model)) and known.shutdown and known.shutdown <= self.today:
            self.notes.append(
                f"legacy's model {prompts.model} was shut down on {known.shutdown}: its recordings stay the reference "
                'until legacy = "retired" in [tool.cv-harness]'
            )
        self.arms.append(Arm("legacy", "legacy", None, prompts.model, provider.origin, draws, policy))

    def baseline(self, bundle: AssistantBundle | None) -> None:
        """The accepted assistant, and once more on other draws where the plan asks what noise alone does."""
        if bundle is None:
            self.notes.append("no assistant is accepted for this origin yet, so there is no baseline to compare with")
            return
        policy = _reference_policy(self.plan, self.provider)
        self.add("baseline", bundle, policy)
        if self.plan.aa:
            self.add(AA, bundle, policy, range(self.draws.stop, self.draws.stop + self.plan.repeat))

    def candidates(self, project: Project) -> tuple[str, ...]:
        """One arm per bundle of the plan; their ids."""
        names = []
        for number, name in enumerate(self.plan.assistants, 1):
            bundle = find_bundle(project, name).bundle
            if self.plan.model:
                change = moved(bundle, self.plan.model)
                bundle = change.bundle
                self.notes.extend(change.mended)
            wrong = [f"{name}: {each.message}" for each in lint(bundle, self.today) if each.severity == "error"]
            self.notes.extend(wrong)
            names.append("candidate" if number == 1 else f"candidate:{number}")
            self.add(names[-1], bundle, _candidate_policy(self.plan, self.provider))
        return tuple(names)


def _draws(plan: Plan, provider: Provider, recordings: RecordingStore, accepted: Accepted | None) -> range:
    """The draws of all arms that may be asked."""
    first = plan.first_draw
    if first is None and plan.fresh and provider.endpoint is not None:
        first = recordings.next_draw(provider.origin)
    elif first is None:
        first = accepted.first_draw if accepted else 0
    after = first + plan.repeat * (2 if plan.aa else 1)
    if first < 0 or after > FURTHER:
        raise UsageError(
            f"draws {first} to {after - 1}: a run's own draws are 0 to {FURTHER - 1}",
            hint="give another --first-draw, or fewer draws with --repeat",
        )
    return range(first, first + plan.repeat)


def _recorded_draws(legacy: LegacyPrompts, recordings: RecordingStore, origin: str, most: int) -> range:
    """At most so many draws in a row at which legacy's first pass is recorded: those with the most of it, and of these
    the last; none where nothing is recorded."""
    passed = chat_call(legacy.model, legacy.parameters["metadata"], "", 0, {"instructions": legacy.metadata}).parts
    counts = recordings.draws_with(origin, {name: digest for name, digest in passed.items() if name != MESSAGE})
    if not counts:
        return range(0)
    first = max(counts, key=lambda first: (sum(counts.get(draw, 0) for draw in range(first, first + most)), first))
    return range(first, 1 + max(draw for draw in range(first, first + most) if draw in counts))


def _reference_policy(plan: Plan, provider: Provider) -> Policy:
    """Legacy and the accepted assistant: paid for once, replayed since; the simulator costs nothing to ask."""
    if plan.fresh and provider.endpoint is not None:
        return "call"
    return "record_first" if provider.simulated else "replay_only"


def _candidate_policy(plan: Plan, provider: Provider) -> Policy:
    """The candidate is really asked. Where that costs money, what was recorded of it is not paid for again."""
    if provider.endpoint is None:
        return "replay_only"
    return "call" if provider.simulated or plan.fresh else "record_first"


def arms_again(arms: ArmSet, names: Collection[str]) -> ArmSet:
    """Those arms once more, on two draws that the run has not made; no arm that is only replayed, and none at all
    where that is so of every candidate."""
    further = tuple(
        replace(arm, id=arm.id + AGAIN, draws=range(first, first + AGAIN_DRAWS))
        for arm in arms.arms
        for first in (FURTHER + AGAIN_DRAWS * arm.draws.start,)
        if arm.id in names and arm.policy in ASKING
    )
    candidates = tuple(arm.id for arm in further if arm.id.removesuffix(AGAIN) in arms.candidates)
    return replace(arms, arms=further if candidates else (), candidates=candidates)


def recording_arms(arms: ArmSet) -> ArmSet:
    """The same arms, allowed to ask for what is not recorded yet: for `cv-harness record`. A model that is gone is not
    asked."""
    asked = (arm if arm.policy == "as_recorded" else replace(arm, policy="record_first") for arm in arms.arms)
    return replace(arms, arms=tuple(asked))


def begun_arms(project: Project, begun: RunInfo, inputs: Inputs, provider: Provider) -> ArmSet:
    """The arms that a run was begun with, whatever the working tree says by now."""
    manifest = begun.readable()
    command = " ".join(manifest.command)
    legacy = load_legacy_prompts(project)
    if manifest.settings.legacy_wire != legacy.wire and any(arm.id == "legacy" for arm in manifest.arms):
        raise UsageError(
            "the legacy prompts are not those that the run was begun with", hint="put them back, or start a new run"
        )
    begun_with = {name for name in manifest.documents if PROBE not in name}
    if begun_with != {document.id for document in inputs.documents}:
        raise UsageError("the corpus is not the one that the run was begun with", hint=f"start anew: {command}")
    for arm in manifest.arms:
        if arm.origin not in (provider.origin, "declared"):
            raise UsageError(f"the run was begun with answers from {arm.origin}", hint=f"as in: {command}")
    candidates = tuple(arm.id for arm in manifest.arms if arm.id.split(":")[0] == "candidate")
    return ArmSet(manifest.arms, legacy, candidates)


def declared_arms(project: Project, plan: Plan, inputs: Inputs) -> ArmSet:
    """One arm per pipeline that the answers name."""
    named = [name for name in ("legacy", "baseline", "candidate") if any(a.arm == name for a in inputs.answers)]
    arms = []
    for name in named:
        declared = DeclaredPipeline(inputs.answers, name)  # type: ignore[arg-type]
        models = sorted({a.model for a in inputs.answers if a.arm == name and a.model})
        arms.append(Arm(name, "declared", None, ",".join(models), "declared", declared.draws, "replay_only"))
    if "candidate" not in named:
        raise UsageError(
            f"{plan.answers} has no answers of the candidate", hint='name its pipeline "candidate" or "assistant"'
        )
    return ArmSet(tuple(arms), load_legacy_prompts(project), ("candidate",))


def deployed_arms(project: Project, plan: Plan, origin: str) -> ArmSet:
    """One arm for each chosen way of the plan's service. Raises UsageError for an arm that is none."""
    assert plan.service is not None
    unknown = [name for name in plan.arms if name not in WAYS]
    if unknown:
        raise UsageError(f"--arms {unknown[0]}: no way of a service", hint=f"with --service: {','.join(WAYS)}")
    if "candidate-http" not in plan.arms:
        raise UsageError("--arms: without candidate-http there is nothing to judge", hint=f"--arms {','.join(WAYS)}")
    said = about(plan.service).get("models")
    models = said if isinstance(said, dict) else {}
    first = plan.first_draw or 0
    arms = []
    for name in dict.fromkeys(plan.arms):
        arm, flavour = WAYS[name]
        draws = range(first, first + plan.repeat)
        arms.append(Arm(arm, "http", None, str(models.get(flavour, "")), origin, draws, "replay_only"))
    return ArmSet(tuple(arms), load_legacy_prompts(project), ("candidate",))
