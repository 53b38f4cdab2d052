"""What is known before the first call: recordings that are missing, and what the rest will cost. Nothing is spent
before it is said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from random import Random
from shlex import quote

from harness.base.errors import RecordingsMissingError, UsageError
from harness.corpus.text import Extractor
from harness.corpus.types import Document, Extraction
from harness.evaluate.setup.arms import AA, ArmSet, recording_arms
from harness.evaluate.setup.estimate import Expected, expected, refuse_over, totals
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.lengths import Material
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Asks
from harness.evaluate.stages.opened import Session
from harness.models.prices import way_factor
from harness.replay.health import to_ask_again
from harness.replay.types import RecordKey

_AT_ONCE = 16
"""Files elsewhere that are read at a time."""
_HELD = 2**25
"""Characters of texts that are held until they are replayed."""
_COUNTED = 1000
"""CVs that an estimate counts: of more, so many are read before the first call, and stand for all."""
BATCH = Decimal("0.5")
WINDOWS = (("2 h", Decimal("0.7")), ("8 h", Decimal("0.6")))
"""OpenAI's background windows, and what of the price is left there."""


def check(
    session: Session, arms: ArmSet, inputs: Inputs, budget: Decimal, extractor: Extractor
) -> dict[str, Extraction]:
    """Say what the arms will still cost on these documents, for at most `budget` US dollars more, and ask where that
    is over the plan's sum. Of very many documents some are read and stand for all, unless recordings may be missing.
    What was read for it, by document, so that the replay need not read it again; nothing of a corpus that is too large
    to be held.

    Raises RecordingsMissingError where an arm that may only be replayed lacks recordings, TooExpensiveError, and
    UsageError where the answer is no.
    """
    run = session.run
    again = to_ask_again(run.store, arms.arms)
    begun, done = run.store.keys_with_attempts() - again, run.store.done().keys() - again
    left = _left(arms, inputs, done)
    some = left if any(arm.policy == "replay_only" for arm in arms.arms) else _some(left)
    counted = replace(inputs, documents=some)
    read = _read(counted, extractor)
    given = _material(session, arms, counted, read)
    given = replace(given, paid=lambda key: run.store.attempts_of(key) if key in begun else ())
    found = expected(arms.arms, given, done=done)
    found = tuple(each.times(len(left), len(some)) for each in found)
    missing = [each for each in found if each.missing]
    if missing and not run.plan.allow_missing:
        raise nothing_recorded(run.plan, arms, missing, given)
    calls, dollars = totals(found)
    factor = way_factor(run.plan.way)
    dollars = None if dollars is None or factor is None else dollars * factor
    before = run.store.spending()
    spent = before.at_most
    may_be_free = session.provider.origin != "openai"
    said = refuse_over(dollars, calls, float(spent + budget), may_be_free=may_be_free, before=before)
    said += f", by {len(some):,} of the {len(left):,} CVs" if len(some) < len(left) else ""
    asks = dollars is not None and float(dollars) > run.plan.confirm_above and not done and not spent
    if not asks or not isinstance(run.listener, Asks):
        run.listener.note(said)
    elif not run.listener.confirm("\n".join((*table(found), said))):
        raise UsageError("nothing was asked: the answer was no", hint="--yes asks nothing, --limit N makes it smaller")
    return read if sum(len(each.text) for each in read.values()) < _HELD else {}


def _left(arms: ArmSet, inputs: Inputs, done: Collection[RecordKey]) -> tuple[Document, ...]:
    """Documents of which something is not done."""
    draws = [(arm.id, draw) for arm in arms.arms for draw in arm.draws]
    return tuple(
        document
        for document in inputs.documents
        if any(RecordKey(document.id, name, draw) not in done for name, draw in draws)
    )


def _some(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    """As many as are counted: one by chance out of each of so many equal stretches of the manifest. Its order by size
    or kind then does no harm, nor does a pattern in it that every n-th document would fall in with."""
    many = len(documents)
    if many <= _COUNTED:
        return documents
    chance = Random(many)
    ends = [number * many // _COUNTED for number in range(_COUNTED + 1)]
    return tuple(documents[chance.randrange(begin, end)] for begin, end in pairwise(ends))


def material(session: Session, arms: ArmSet, inputs: Inputs, extractor: Extractor) -> Material:
    """What an estimate is made from: the texts of all CVs that can be read."""
    return _material(session, arms, inputs, _read(inputs, extractor))


def _material(session: Session, arms: ArmSet, inputs: Inputs, read: Mapping[str, Extraction]) -> Material:
    today = session.run.clock.now().date()
    texts = _texts(inputs, read)
    return Material(texts, inputs.goldens, arms.legacy, session.recordings, today, session.provider.wire)


def read_texts(inputs: Inputs, extractor: Extractor) -> dict[str, str]:
    """The texts of all CVs that can be read, by document."""
    return _texts(inputs, _read(inputs, extractor))


def _read(inputs: Inputs, extractor: Extractor) -> dict[str, Extraction]:
    """What is read of all CVs that are files."""
    names = [document.id for document in inputs.documents if document.id in inputs.paths]
    read = dict(zip(names, extractor.extract_many([inputs.paths[name] for name in names]), strict=True))
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch") as threads:
        elsewhere = [document for document in inputs.documents if document.id in inputs.places]
        texts = threads.map(lambda document: inputs.read(document, extractor), elsewhere)
        return read | {document.id: text for document, text in zip(elsewhere, texts, strict=True)}


def _texts(inputs: Inputs, read: Mapping[str, Extraction]) -> dict[str, str]:
    found = {document_id: extraction.text for document_id, extraction in read.items() if extraction.readable}
    return found | {each.id: inputs.texts[each.id] for each in inputs.documents if each.id in inputs.texts}


def nothing_recorded(
    plan: Plan, arms: ArmSet, missing: Sequence[Expected], given: Material, page: str = ""
) -> RecordingsMissingError:
    """The error of arms that cannot be replayed, with the command that records them and no more, and its cost."""
    names = sorted(each.arm.id for each in missing)
    asked = [arm for arm in recording_arms(arms).arms if arm.id in names]
    calls, dollars = totals(expected(asked, given))
    cost = "what they cost is not known (the model is unpriced)" if dollars is None else f"about ${dollars:.2f}"
    records = sum(each.missing for each in missing)
    shown = f"; the page of what is there: {page}" if page else "; nothing was asked"
    return RecordingsMissingError(
        f"{records} records of {', '.join(names)} have no recording ({missing[0].why}){shown}",
        hint=f"`{record_command(plan, names, dollars)}` asks the model for them once: about {calls} calls, {cost}",
    )


def record_command(plan: Plan, names: Sequence[str], dollars: Decimal | None) -> str:
    """What to type to record these arms on the plan's documents and draws."""
    default = Plan()
    words = ["cv-harness record", f"--base-url {plan.base_url}" if plan.base_url else f"--provider {plan.provider}"]
    words.append("--arms " + ",".join(dict.fromkeys(name.split(":")[0].split("@")[0] for name in names)))
    words += ["--aa"] if AA in names else []
    if plan.assistants != default.assistants and any(name.startswith("candidate") for name in names):
        words += [f"--assistant {quote(name)}" for name in plan.assistants]
    if any(name.startswith("candidate") for name in names):
        words += [f"--model {quote(name)}" for name in plan.models]
    if plan.splits != default.splits:
        words += [f"--split {name}" for name in plan.splits]
    for option, values in (("only", plan.only), ("tag", plan.tags)):
        words += [f"--{option} {quote(value)}" for value in values]
    for option, value, usual in (
        ("limit", plan.limit, None),
        ("first-draw", plan.first_draw, None),
        ("repeat", plan.repeat, default.repeat),
    ):
        words += [f"--{option} {value}"] if value != usual else []
    if dollars is not None and float(dollars) > plan.max_cost:
        words.append(f"--max-cost {float(dollars) * 1.2:.2f}")
    return " ".join(words)


def table(found: Sequence[Expected]) -> Iterator[str]:
    """Lines: of each arm the calls, tokens and dollars, and of all of them the dollars in other ways of asking."""
    heads = ("calls", "tokens in", "cached", "tokens out", "$", "cached $")
    widths = (6, 11, 11, 11, 8, 8)
    yield f"{'arm':14} {'model':20} " + " ".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    asked = [each for each in found if each.calls]
    for each in asked:
        usage = each.usage
        yield (
            f"{each.arm.id:14} {each.arm.model:20} {each.calls:6} {usage.input_tokens:11,} {usage.cached_tokens:11,} "
            f"{usage.output_tokens:11,} {_dollars(each.without_cache):>8} {_dollars(each.dollars):>8}"
        )
    if not asked:
        yield "nothing to ask: all of it is recorded"
    calls, whole = totals(found)
    cached = [each.dollars for each in asked if each.dollars is not None]
    if whole is not None and asked:
        yield f"{calls} calls: ${whole:.2f}, or ${sum(cached):.2f} where the provider's cache helps with all it can"
        windows = ", ".join(f"${whole * part:.2f} in a background window of {hours}" for hours, part in WINDOWS)
        yield f"at OpenAI also: ${whole * BATCH:.2f} as a batch (within 24 h), {windows}; no latency comes out of these"


def _dollars(amount: Decimal | None) -> str:
    return "unpriced" if amount is None else f"{amount:.2f}"
