"""The garbage collector is left as it was found, also where a run fails."""

import gc

import pytest

from harness.base.collector import collected_seldom


@collected_seldom()
def fail() -> None:
    raise KeyError(gc.get_threshold()[0] if gc.isenabled() else 0)


def test_the_collector_works_less_often_inside_and_as_before_outside() -> None:
    before = gc.get_threshold()
    with pytest.raises(KeyError) as caught:
        fail()
    assert caught.value.args[0] > before[0]
    assert gc.get_threshold() == before
