"""The simulator serves models as the one table knows them: what lint passes, it takes."""

from __future__ import annotations

import pytest

from harness.base.known_models import known_model
from harness.simulator.apierror import ApiError
from harness.simulator.catalogue import MODELS
from harness.simulator.validate import read_responses

KNOWN = {name: known for name in MODELS if (known := known_model(name)) is not None and not known.unknown}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_efforts_and_temperatures_are_taken_as_lint_has_them(name: str) -> None:
    known = KNOWN[name]
    assert MODELS[name].efforts == known.efforts
    assert MODELS[name].shutdown == (known.shutdown.isoformat() if known.shutdown else None)
    for effort in known.efforts:
        body = {"model": name, "input": "x", "reasoning": {"effort": effort}}
        assert read_responses(body, 0).effort == effort
        takes = known.temperature == "any" or (known.temperature == "without_reasoning" and effort == "none")
        if takes:
            assert read_responses(body | {"temperature": 0}, 0).temperature == 0
        else:
            with pytest.raises(ApiError):
                read_responses(body | {"temperature": 0}, 0)
