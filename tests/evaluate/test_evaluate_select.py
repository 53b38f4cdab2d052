"""Which documents a plan means."""

import pytest

from harness.base.errors import UsageError
from harness.corpus.types import Document
from harness.evaluate.setup.plan import Plan, select


def document(name, split="gate", **tags):
    return Document(name, f"{name}.txt", "text/plain", "0" * 64, name, split, tags=tags)


POOL = [document("a1", language="en"), document("a2", language="de"), document("b1", "dev"), document("c1", "sealed")]


def ids(**plan):
    return [each.id for each in select(POOL, Plan(**plan)).documents]


def test_the_gate_split_is_the_default():
    assert ids() == ["a1", "a2"]
    assert not select(POOL, Plan()).partial


def test_only_reaches_every_split_and_is_partial():
    selection = select(POOL, Plan(only=("b*", "a1")))
    assert [each.id for each in selection.documents] == ["a1", "b1"]
    assert selection.partial


def test_tags_and_limit_narrow():
    assert ids(tags=("language=de",)) == ["a2"]
    assert ids(limit=1) == ["a1"]
    assert select(POOL, Plan(limit=1)).partial
    assert not select(POOL, Plan(limit=2)).partial


@pytest.mark.parametrize(
    ("plan", "hint"),
    [
        ({"only": ("zz",)}, "corpus list"),
        ({"tags": ("language=fr",)}, "de, en"),
        ({"tags": ("colour=red",)}, "tags are: language"),
        ({"splits": ("none",)}, "splits of this corpus"),
    ],
)
def test_what_selects_nothing_says_what_there_is(plan, hint):
    with pytest.raises(UsageError) as caught:
        select(POOL, Plan(**plan))
    assert hint in caught.value.hint
