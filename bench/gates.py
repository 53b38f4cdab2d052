"""Measures how long a decision takes: `python bench/gates.py [CVS] [DRAWS]`.

Three arms of invented CVs are scored, then decided twice: cold (first use of tables and imports) and warm. Fails
where a warm decision takes more than a second of CPU.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "gates"))

import gates_worlds  # noqa: E402

from harness.gates.calibration import AA, World, operate  # noqa: E402
from harness.gates.decide import decide  # noqa: E402
from harness.gates.evidence import Evidence  # noqa: E402
from harness.gates.serial import verdict_to_dict  # noqa: E402

MOST_SECONDS = 1.0


def main(cvs: int = 100, draws: int = 3) -> int:
    arms = ("baseline", "candidate", "legacy")
    cases = gates_worlds.world(cvs, draws, arms=arms)
    manifest = gates_worlds.manifest(arms, draws)
    seconds = {}
    for name in ("cold", "warm"):
        started = time.process_time()
        verdict = decide(Evidence.of(cases, manifest))
        verdict_to_dict(verdict)
        seconds[name] = time.process_time() - started
        print(f"decide, {name}: {seconds[name]:.3f} s for {cvs} CVs × {len(arms)} arms × {draws} draws")
    started = time.process_time()
    operate(World(AA, 60, runs=50))
    print(f"one simulated decision (60 CVs × 3 draws): {(time.process_time() - started) / 50 * 1000:.1f} ms")
    return int(seconds["warm"] > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
