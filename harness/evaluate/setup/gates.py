"""The gates' constants of a plan."""

from __future__ import annotations

from harness.evaluate.setup.plan import Plan
from harness.gates.config import GateConfig


def gate_config(plan: Plan) -> GateConfig:
    """Those of the plan's profile, changed by the settings table. Raises UsageError where a value is none."""
    looks = {"looks": list(plan.sequential)} if plan.sequential else {}
    return GateConfig.from_mapping({"profile": plan.profile, "legacy": plan.legacy, **plan.gates, **looks})
