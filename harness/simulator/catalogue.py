"""The models that the simulator claims to serve: what is known of them (limits, legal parameters, shutdown dates) from
the one table of `harness.base.known_models`, and how it plays them.

Speeds and error rates are plausible stand-ins, not measurements of the real models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.base.known_models import known_model


@dataclass(frozen=True, slots=True)
class Model:
    """One model.

    first_token_ms, tokens_per_second: medians. error_factor scales every error probability (1 = gpt-4o).
    efforts: legal reasoning efforts, () for a model that does not reason; effort: its default.
    snapshot: the name that answers carry. shutdown: announced date, ISO, or None.
    """

    id: str
    snapshot: str
    created: int
    shutdown: str | None
    context: int
    max_output: int
    first_token_ms: float
    tokens_per_second: float
    error_factor: float
    efforts: tuple[str, ...] = ()
    effort: str = "none"

    @property
    def reasons(self) -> bool:
        return bool(self.efforts)

    def takes_temperature(self, effort: str) -> bool:
        """A reasoning model refuses a temperature unless it takes effort `none` and is asked for it."""
        known = known_model(self.id)
        if known is not None and known.temperature == "never":
            return False
        return not self.reasons or (effort == "none" and "none" in self.efforts)


_OCTOBER_BATCH = "2027-01-14"
_GPT5_END = "2026-12-11"
_SIX = ("none", "low", "medium", "high", "xhigh")
_LARGE = ("low", "medium", "high", "xhigh", "max")
_FIVE = ("minimal", "low", "medium", "high")
_O = ("low", "medium", "high")

_TABLE = (
    Model("gpt-4o", "gpt-4o-2024-08-06", 1715367049, _OCTOBER_BATCH, 128_000, 16_384, 480, 85, 1.0),
    Model("gpt-4o-2024-08-06", "gpt-4o-2024-08-06", 1722814719, _OCTOBER_BATCH, 128_000, 16_384, 480, 85, 1.0),
    Model("gpt-4o-2024-11-20", "gpt-4o-2024-11-20", 1739331543, _OCTOBER_BATCH, 128_000, 16_384, 460, 95, 1.05),
    Model("gpt-4o-mini", "gpt-4o-mini-2024-07-18", 1721172741, _OCTOBER_BATCH, 128_000, 16_384, 380, 120, 1.9),
    Model(
        "gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18", 1721172717, _OCTOBER_BATCH, 128_000, 16_384, 380, 120, 1.9
    ),
    Model("gpt-4.1", "gpt-4.1-2025-04-14", 1744316542, _OCTOBER_BATCH, 1_047_576, 32_768, 500, 95, 0.85),
    Model("gpt-4.1-2025-04-14", "gpt-4.1-2025-04-14", 1744315746, _OCTOBER_BATCH, 1_047_576, 32_768, 500, 95, 0.85),
    Model("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", 1744318173, _OCTOBER_BATCH, 1_047_576, 32_768, 400, 130, 1.4),
    Model(
        "gpt-4.1-mini-2025-04-14",
        "gpt-4.1-mini-2025-04-14",
        1744317547,
        _OCTOBER_BATCH,
        1_047_576,
        32_768,
        400,
        130,
        1.4,
    ),
    Model("o3", "o3-2025-04-16", 1744225308, _GPT5_END, 200_000, 100_000, 900, 90, 0.7, _O, "medium"),
    Model("gpt-5", "gpt-5-2025-08-07", 1754425777, _GPT5_END, 400_000, 128_000, 800, 90, 0.6, _FIVE, "medium"),
    Model(
        "gpt-5-mini", "gpt-5-mini-2025-08-07", 1754425928, _GPT5_END, 400_000, 128_000, 600, 130, 0.9, _FIVE, "medium"
    ),
    Model(
        "gpt-5-nano", "gpt-5-nano-2025-08-07", 1754426384, _GPT5_END, 400_000, 128_000, 450, 190, 1.7, _FIVE, "medium"
    ),
    Model("gpt-5.4-mini", "gpt-5.4-mini", 1772600000, None, 400_000, 128_000, 450, 150, 0.9, _SIX, "none"),
    Model("gpt-6-luna", "gpt-6-luna", 1788200000, None, 400_000, 128_000, 350, 190, 0.85, _SIX, "medium"),
    Model("gpt-6.1-terra", "gpt-6.1-terra", 1790800000, None, 1_000_000, 128_000, 480, 130, 0.6, _LARGE, "medium"),
    Model("gpt-6.1-sol", "gpt-6.1-sol", 1790900000, None, 1_000_000, 128_000, 600, 95, 0.48, _LARGE, "medium"),
    Model("gpt-6-sol", "gpt-6-sol", 1788300000, None, 1_000_000, 128_000, 600, 95, 0.5, _LARGE, "medium"),
    Model("gpt-5.6", "gpt-5.6-sol", 1782400000, None, 1_000_000, 128_000, 650, 85, 0.52, _LARGE, "medium"),
    Model("gpt-5.6-luna", "gpt-5.6-luna", 1782400000, None, 400_000, 128_000, 380, 170, 0.9, _SIX, "medium"),
    Model("gpt-5.6-terra", "gpt-5.6-terra", 1782400000, None, 1_000_000, 128_000, 500, 120, 0.65, _LARGE, "medium"),
    Model("gpt-5.6-sol", "gpt-5.6-sol", 1782400000, None, 1_000_000, 128_000, 650, 85, 0.52, _LARGE, "medium"),
    Model("gpt-6-astra", "gpt-6-astra", 1788400000, None, 1_000_000, 128_000, 800, 70, 0.42, _LARGE, "medium"),
    Model("gpt-6.2-sol", "gpt-6.2-sol", 1794900000, None, 1_000_000, 128_000, 600, 95, 0.46, _LARGE, "medium"),
    Model("gpt-6.2-astra", "gpt-6.2-astra", 1794900000, None, 1_000_000, 128_000, 780, 75, 0.4, _LARGE, "medium"),
)


def _as_known(model: Model) -> Model:
    """The model with what the table knows of it; what it does not know stays as played."""
    known = known_model(model.id)
    if known is None:
        return model
    return replace(
        model,
        shutdown=known.shutdown.isoformat() if known.shutdown is not None else None,
        max_output=known.max_output_tokens or model.max_output,
        efforts=known.efforts if known.efforts is not None else model.efforts,
        effort=known.default_effort or model.effort,
    )


MODELS: Mapping[str, Model] = {model.id: _as_known(model) for model in _TABLE}

REASONING_TOKENS: Mapping[str, int] = {
    "none": 0,
    "minimal": 40,
    "low": 220,
    "medium": 700,
    "high": 1900,
    "xhigh": 3600,
    "max": 6000,
}
"""Median hidden tokens by effort."""

EFFORT_FACTOR: Mapping[str, float] = {
    "none": 1.0,
    "minimal": 0.97,
    "low": 0.9,
    "medium": 0.8,
    "high": 0.72,
    "xhigh": 0.68,
    "max": 0.65,
}
"""What thinking takes off the error probabilities."""


def model_objects() -> list[dict[str, object]]:
    """What `GET /v1/models` lists."""
    return [model_object(model) for model in MODELS.values()]


def model_object(model: Model) -> dict[str, object]:
    """One model as the API describes it."""
    return {
        "id": model.id,
        "object": "model",
        "created": model.created,
        "owned_by": "system",
        "shutdown_date": model.shutdown,
    }
