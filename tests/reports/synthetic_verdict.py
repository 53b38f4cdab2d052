"""The verdict of a synthetic run: gates that fail, pass and are open, and claims."""

from __future__ import annotations

from typing import Any

from harness.gates.types import Claim, Comparability, Comparison, Estimate, Gate, Verdict
from harness.replay.types import Arm


def estimate(value: float | None, half: float | None = None, n: int = 60, method: str = "paired t") -> Estimate:
    low = None if value is None or half is None else value - half
    high = None if value is None or half is None else value + half
    return Estimate(value, low, high, n, n, method, source="simulated")


def verdict(n: int, arms: tuple[Arm, ...], source: str, plant: str = "", identical: bool = False) -> Verdict:
    def gate(name: str, metric: str, delta: Estimate, threshold: float, status: str, reason: str, **more: Any) -> Gate:
        old, new = more.pop("values", (estimate(0.94, 0.01, n), estimate(0.90, 0.012, n)))
        return Gate(
            name=name,
            metric=metric,
            level=more.pop("level", "deciding"),
            baseline=old,
            candidate=new,
            delta=delta,
            threshold=threshold,
            status=status,  # type: ignore[arg-type]
            reason=reason,
            **more,
        )

    bad = "PASS" if identical else "FAIL"

    def share(count: int) -> Estimate:
        return Estimate(count / n, None, None, n, n, "CVs, by majority of draws", source="simulated")

    def net(count: int, upper: float) -> Estimate:
        return Estimate(count / n, None, upper, n, n, "count of CVs, exact bound", source="simulated")

    gates = (
        gate(
            "accuracy",
            "strict F1 per CV",
            estimate(0.0 if identical else -0.041, 0.004 if identical else 0.012, n),
            -0.02,
            bad,
            f"field accuracy: F1 94.0 % → 90.0 %, −4.1 points, margin 2.0 points {plant}".strip(),
            fields=("languages[].language", "work_experience[].company"),
            documents=("cv-0004",),
        ),
        gate(
            "critical",
            "CVs net worse in name, e-mail, phone, employer, title or dates",
            net(0 if identical else 9, 0.26),
            1.0,
            bad,
            "critical values: 11 of 60 CVs newly worse, 2 the other way, 1 allowed",
            fields=("work_experience[].company",),
            values=(share(2), share(11)),
        ),
        gate(
            "hallucinations",
            "CVs with a new invented value",
            net(0, 0.049),
            1.0,
            "PASS",
            "hallucinations: 0 of 60 CVs newly with an invented value; in truth it may be up to 4.9 %",
            values=(share(1), share(1)),
        ),
        gate(
            "tokens",
            "billed tokens",
            Estimate(1.02, 0.99, 1.05, n, n, "ratio of totals"),
            1.10,
            "PASS",
            "tokens: 1.02 × the baseline's [0.99, 1.05], at most 1.10 allowed",
            scope="tokens",
            values=(estimate(2140.0, 40, n), estimate(2183.0, 41, n)),
        ),
        gate(
            "cost",
            "US dollars",
            Estimate(1.03, 0.97, 1.13, n, n, "ratio of totals"),
            1.10,
            "PASS" if identical else "INCONCLUSIVE",
            "cost: 1.03 × the baseline's [0.97, 1.13], at most 1.10 allowed; 44 more CVs would settle it",
            more_cvs=None if identical else 44,
            scope="cost",
            values=(estimate(0.0123, 0.0004, n), estimate(0.0127, 0.0004, n)),
        ),
        gate(
            "latency_p50",
            "milliseconds a CV",
            Estimate(None, None, None, 0, 0, ""),
            1.2,
            "NOT_MEASURED",
            "latency p50: simulated figures do not count for it",
            level="advisory",
            scope="latency",
            values=(Estimate(None, None, None, 0, 0, ""), Estimate(None, None, None, 0, 0, "")),
        ),
    )
    legacy = (gate("accuracy", "strict F1 per CV", estimate(0.021, 0.015, n), -0.02, "PASS", "2.1 points better"),)
    documents = tuple(f"cv-{i:04d}" for i in range(n))
    base, new = arms[1].bundle, arms[2].bundle
    assert base is not None
    assert new is not None
    return Verdict(
        verdict="SHIP" if identical else "HOLD",
        candidate="candidate",
        scope=frozenset({"quality", "tokens", "cost"}),
        not_measured={"latency": "the answers come from recordings"},
        origin=arms[2].origin,
        source=source,
        profile="ci",
        look=3,
        reasons=("this is the accepted assistant; no new evidence needed",)
        if identical
        else (
            f"languages[].language: recall fell from 96 % to 48 % (n = {n}) {plant}".strip(),
            "work_experience[].company: 9 personas lost a value that the baseline had right",
        ),
        comparisons=(
            Comparison("baseline", "baseline", Comparability(True, documents), gates),
            Comparison(
                "legacy", "legacy", Comparability(True, documents, notes=("8 field paths both are asked for",)), legacy
            ),
        ),
        claims=(
            Claim(
                "speed_p50",
                "50–70 % faster",
                "1 − candidate / legacy, time a pipeline takes",
                0.62,
                0.58,
                0.66,
                n,
                source,
                "KEPT",
                "same model",
            ),
            Claim(
                "tokens",
                "30–40 % fewer tokens",
                "1 − candidate / legacy, all billed tokens",
                0.55,
                0.52,
                0.58,
                n,
                source,
                "KEPT",
                "same model",
            ),
            Claim(
                "quality",
                "matches or beats legacy",
                "difference of strict F1 on shared fields",
                0.021,
                -0.004,
                0.036,
                n,
                source,
                "NOT SHOWN",
                "same model",
            ),
            Claim("contract", "contract compatible", "share of valid answers", 0.94, 0.88, 0.97, n, source, "BROKEN"),
        ),
        identical=identical,
        noise_floor={"churn": 0.012, "n": n},
        provenance={},
    )
