"""The arms of a run: which pipelines, with which bundle and draws, called or replayed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from harness.assistants.bundle import find_bundle
from harness.assistants.legacy import LegacyPrompts, load_legacy_prompts
from harness.assistants.lint import lint
from harness.assistants.model_change import moved
from harness.assistants.types import AssistantBundle
from harness.base.errors import UsageError
from harness.base.known_models import known_model
from harness.base.listed_models import Listed, listed_models, shutdown_of
from harness.base.project import Project
from harness.evaluate.setup.deployed import WAYS, about
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.gates.types import AGAIN, AGAIN_DRAWS
from harness.models.calls import MESSAGE, chat_call
from harness.models.prices import cost
from harness.models.recordings import FURTHER, RecordingStore
from harness.models.types import ASKING, Policy, Usage
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
    making = _Making(plan, provider, draws, today, listed_models(project, provider.origin))
    if plan.fresh and provider.endpoint is not None and plan.first_draw is None:
        making.notes.append(
            f"new answers (draws), from {draws.start} on (`--first-draw {draws.start}` asks for the same again)"
        )
    if "legacy" in plan.arms:
        making.legacy(legacy, recordings, accepted[0] if accepted else None)
    if "baseline" in plan.arms:
        making.baseline(accepted)
    if anchor is not None and accepted is not None and anchor[0].wire != accepted[0].wire:
        making.reference("anchor", *anchor, accepted[0])
    before = load_accepted(project, provider.origin, "before")
    if before is not None and accepted is not None and before[0].wire not in _wires(making.arms):
        making.reference("before", *before, accepted[0])
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
    """The arms of a plan while they are put together, and what a person should know of them. listed: what the server
    listed when it was last asked."""

    plan: Plan
    provider: Provider
    draws: range
    today: date
    listed: Mapping[str, Listed]
    arms: list[Arm] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, bundle: AssistantBundle, policy: Policy, draws: range | None = None) -> None:
        origin = self.provider.origin
        self.arms.append(Arm(name, "assistant", bundle, bundle.model, origin, draws or self.draws, policy))

    def gone(self, model: str) -> bool:
        """Whether a model is shut down: nothing is asked of it any more."""
        ends = shutdown_of(model, self.listed)
        return ends is not None and ends <= self.today

    def reference(self, name: str, record: Accepted, bundle: AssistantBundle, accepted: Accepted) -> None:
        """An assistant that was accepted once. What was left for another model is replayed as far as it is recorded,
        and so is one whose model is gone: nothing is asked of it any more."""
        if name != "before" and name not in self.plan.recorded and not self.gone(bundle.model):
            draws = self.recorded_draws(name, accepted)
            self.add(name, bundle, _reference_policy(self.plan, self.provider), draws)
            return
        own = range(record.first_draw, record.first_draw + min(record.draws, self.plan.repeat))
        beside = name == "anchor" and not self.plan.fresh
        self.add(name, bundle, "as_recorded", self.recorded_draws(name, accepted) if beside else own)

    def recorded_draws(self, name: str, accepted: Accepted) -> range:
        """The run's draws; where those are the accepted assistant's, and the arm is recorded on others, those."""
        found = accepted.elsewhere.get(name)
        if found is None or self.draws.start != accepted.first_draw:
            return self.draws
        return range(found[0], found[0] + min(found[1], self.plan.repeat))

    def legacy(self, prompts: LegacyPrompts, recordings: RecordingStore, accepted: Accepted | None) -> None:
        """As far as it is recorded where it is retired: its model is never asked again. Where the accepted assistant
        was compared with it on other draws, it is there that it is recorded."""
        plan, provider = self.plan, self.provider
        draws, policy = self.draws, _reference_policy(plan, provider)
        if accepted is not None:
            draws = self.recorded_draws("legacy", accepted)
        if plan.legacy == "retired" or "legacy" in plan.recorded:
            draws, policy = _recorded_draws(prompts, recordings, provider.origin, plan.repeat), "as_recorded"
            if not draws:
                why = "is retired" if plan.legacy == "retired" else "is not asked"
                nothing = f"legacy {why} and nothing of it is recorded from {provider.origin}: it is left out"
                self.notes.append(nothing)
                return
        elif self.gone(prompts.model):
            ended = shutdown_of(prompts.model, self.listed)
            self.notes.append(
                f"legacy's model {prompts.model} was shut down on {ended}: its recordings stay the "
                'reference until legacy = "retired" in [tool.cv-harness]'
            )
        self.arms.append(Arm("legacy", "legacy", None, prompts.model, provider.origin, draws, policy))

    def baseline(self, accepted: tuple[Accepted, AssistantBundle] | None) -> None:
        """The accepted assistant, and once more on other draws where the plan asks what noise alone does."""
        if accepted is None:
            self.notes.append("no assistant is accepted for this origin yet, so there is no baseline to compare with")
            return
        record, bundle = accepted
        if "baseline" in self.plan.recorded:
            self.add("baseline", bundle, "as_recorded", range(record.first_draw, record.first_draw + record.draws))
            return
        policy = _reference_policy(self.plan, self.provider)
        self.add("baseline", bundle, policy)
        if self.plan.aa:
            self.add(AA, bundle, policy, range(self.draws.stop, self.draws.stop + self.plan.repeat))
        if self.plan.again is not None:
            self.add(AA, bundle, "call", self.plan.again)

    def candidates(self, project: Project) -> tuple[str, ...]:
        """One arm per bundle and model of the plan; their ids."""
        names: list[str] = []
        for name in self.plan.assistants:
            own = find_bundle(project, name).bundle
            for model in dict.fromkeys(self.plan.models) or (own.model,):
                change = moved(own, model)
                self.notes.extend(change.mended if self.plan.models else ())
                bundle = change.bundle if self.plan.models else own
                wrong = [f"{name}: {each.message}" for each in lint(bundle, self.today) if each.severity == "error"]
                self.notes.extend(wrong)
                self.notes.extend(_little_known(bundle, self.today))
                names.append(f"candidate:{len(names) + 1}" if names else "candidate")
                self.add(names[-1], bundle, _candidate_policy(self.plan, self.provider))
        return tuple(names)


def _little_known(bundle: AssistantBundle, today: date) -> Iterator[str]:
    """What a person should know before a model is asked of which not everything is known."""
    known = known_model(bundle.model)
    if known is not None and known.unknown:
        yield f"of {bundle.model} is not known {', '.join(known.unknown)}: what it refuses shows at its first call"
    if cost(bundle.model, Usage(1000, output_tokens=1000), today) is None:
        priced = "give it a price in harness/models/prices.toml"
        yield f"{bundle.model} is unpriced: no cost of it is said, and none can be capped; {priced}"


def _wires(arms: Collection[Arm]) -> set[str]:
    return {arm.bundle.wire for arm in arms if arm.bundle is not None}


def _draws(plan: Plan, provider: Provider, recordings: RecordingStore, accepted: Accepted | None) -> range:
    """The draws of all arms that may be asked."""
    first = plan.first_draw
    if first is None and plan.fresh and provider.endpoint is not None:
        first = recordings.next_draw(provider.origin)
    elif first is None:
        first = accepted.first_draw if accepted else 0
    after = max(first + plan.repeat * (2 if plan.aa else 1), plan.again.stop if plan.again is not None else 0)
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
    named = [name for name in ("legacy", "baseline", "anchor", "candidate") if name in inputs.answers.arms]
    arms = []
    for name in named:
        declared = DeclaredPipeline(inputs.answers, name)
        models = ",".join(inputs.answers.models(name))
        arms.append(Arm(name, "declared", None, models, "declared", declared.draws, "replay_only"))
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
