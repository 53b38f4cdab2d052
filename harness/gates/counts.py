"""Gates that count people: a harm is there or not, by majority of a person's draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

import numpy as np

from harness.gates import statistics as st
from harness.gates.constants import Constants
from harness.gates.definition import Question
from harness.gates.events import Counted, Events
from harness.gates.gross import FEW, SUSPECT, weigh
from harness.gates.pairs import Pair, Values
from harness.gates.ruling import Ruling, nothing
from harness.gates.statistics import Bools, Floats
from harness.gates.steady import REACH, keeps
from harness.gates.types import AGAIN_DRAWS, Estimate, Status
from harness.gates.unsure import unseen_losses, unsure_gains


def rate_allowed(n: int, rate: float) -> int:
    """The expected number at a rate, rounded down."""
    return int(rate * n + 1e-9)


@lru_cache(maxsize=4096)
def net_allowed(n: int, margin: float, confidence: float = 0.95) -> int:
    """Most losses, nothing gained, whose bound still keeps under the margin; −1 where n is too small for none."""
    allowed = -1
    while allowed + 1 < n and st.binomial_upper(allowed + 1, n, confidence) <= margin:
        allowed += 1
    return allowed


@dataclass(frozen=True, slots=True)
class Moved:
    """How far people moved. worse, better: sums of how much larger (smaller) the candidate's share of bad draws is, a
    person counting one at most; squares: the sum of their squares; n: people judged."""

    worse: float
    better: float
    squares: float
    n: int

    @classmethod
    def of(cls, events: Events) -> Moved:
        shift = events.shift[events.judged]
        return cls(float(shift[shift > 0].sum()), float(-shift[shift < 0].sum()), float((shift**2).sum()), len(shift))

    @property
    def net(self) -> float:
        return self.worse - self.better

    def upper(self, confidence: float) -> float:
        """Upper bound of the net rate: exact, or Tango's, of as many people as would move so far by this much each;
        never under what nobody of n excludes."""
        step = self.squares / (self.worse + self.better) if self.squares else 1.0
        bound = step * st.net_upper(self.worse / step, self.better / step, self.n, confidence)
        return max(bound, st.binomial_upper(0, self.n, confidence))

    @property
    def noise(self) -> float:
        """The net rate under which two assistants stay nine times in ten that move as many people each way."""
        return REACH * sqrt(self.squares * min(1.0, 2 * self.better / (self.worse + self.better or 1.0))) / self.n

    def margin(self, config: Constants) -> float:
        """The net rate that must be excluded: `net_margin`, and more where as many people move each way as two equal
        assistants would show, up to `net_margin_most`; never less than nobody of so few can exclude."""
        nobody = st.binomial_upper(0, self.n, config.confidence)
        return max(config.net_margin, nobody, min(config.net_margin_most, self.noise))


def count(ask: Question, events: Events | None = None) -> Ruling:
    """People who got worse against people who got better: a paired, net rate beside the arms' own noise.

    PASS where the bound of the net rate (where a gate weighs by values: of their share) keeps under the margin, and
    nothing is in doubt (`_doubt`). FAIL where people net worse are more than `threshold` of all, and two,
    which neither chance nor one assistant's own noise explains (`_failing`); or by a rate that the other arm keeps; or
    by its exact test (see `rules.settle`). events: the pair's own where None.
    """
    counted, pair, rule, config = ask.gate.counted, ask.pair, ask.rule, ask.config
    events = events or pair.events[ask.name]
    moved = Moved.of(events)
    n = moved.n
    if n == 0:
        return nothing(ask.name, rule, pair, "nothing to judge it on")
    bound, margin = moved.upper(ask.levels.confidence), moved.margin(config)
    lasting = events.steady is None or events.steady.kept(n, config, config.confidence)
    unsure, unseen = unsure_gains(events, min(pair.draws), n, config), unseen_losses(events, n, config)
    early = bound > margin >= moved.upper(config.confidence)
    early |= lasting and events.steady is not None and not events.steady.kept(n, config, ask.levels.confidence)
    noise = st.dealt_anew(*events.draws, seed=config.seed) if moved.net > 1 else 1.0
    failing, grave = _failing(ask, events, moved, noise), _grave(events, n, config)
    status: Status = "INCONCLUSIVE"
    if failing or grave == "FAIL":
        status = "FAIL"
    elif grave == "PASS" and not _doubt(events, moved, noise, config):
        by_value = counted is not None and counted.degree and moved.noise > config.net_margin
        few = _few_values(ask, events) if by_value else bound <= margin or early
        held = few and lasting and not (unsure | unseen).any() and not _one_sided(events, n, config)
        status = "PASS" if held else "INCONCLUSIVE"
    doubtful = events.suspect | unsure
    if status != "PASS" and not (failing and counted and counted.counting == "capped"):
        doubtful |= events.excess != 0
    arms = [
        Estimate(bad / n, None, None, n, n, "CVs, by majority of draws", source=pair.source)
        for bad in (events.majority_other, events.majority_candidate)
    ]
    method = "net rate of CVs, score bound" if moved.better else "rate of CVs, exact bound"
    return Ruling(
        ask.name,
        rule,
        status,
        arms[0],
        arms[1],
        Estimate(moved.net / n, None, bound, n, n, method, excluded=pair.n - n, source=pair.source),
        margin,
        more_people(events, moved, (unsure, unseen), config) if status == "INCONCLUSIVE" else None,
        int(events.lost.sum()),
        -events.excess[events.judged],
        max(config.effect, rule.threshold),
        events,
        unconfirmed=() if counted is not None and not counted.asks else _documents(doubtful & ~events.asked, pair),
        noise=noise,
        early=early,
    )


def _one_sided(events: Events, n: int, config: Constants) -> bool:
    """Whether more people got worse than may be with nobody better: then each counts whole, however few of its draws
    show it."""
    lost = int(events.lost.sum())
    return not events.gained.any() and lost > max(0, net_allowed(n, config.net_margin))


def _few_values(ask: Question, events: Events) -> bool:
    """Whether the share of values that went wrong keeps under the margin of accuracy, where a gate weighs by them."""
    weight = events.weight[events.judged]
    if len(weight) < 2:
        return False
    found = st.paired_mean(
        weight,
        confidence=ask.levels.confidence,
        floor=ask.config.sd_floor,
        resamples=ask.config.resamples,
        seed=ask.config.seed,
    )
    return found.upper <= ask.config.rule("accuracy", ask.pair.against).threshold


def _failing(ask: Question, events: Events, moved: Moved, noise: float) -> bool:
    """Whether the count itself holds: enough people net worse, more than two runs of one assistant show, and more than
    an equally good one would show beside those who got better: as a whole, in one field, or by the exact test."""
    config, rate, counted, n = ask.config, ask.rule.threshold, ask.gate.counted, moved.n
    if counted is not None and _gross(counted, events, n, config):
        return True
    enough = rate_allowed(n, rate) + 2
    usual = _usual(ask)
    sure_lost = int(events.confirmed_lost.sum())
    mended = events.steady.mended if events.steady is not None else 0
    alone = not mended + usual or st.surprise(sure_lost, mended + usual) <= config.surprise
    if sure_lost >= enough and not events.gained.any() and alone and noise <= 2 * config.surprise:
        return True  # each of them in every draw that was to confirm it, and nobody got better
    if events.steady is not None and events.steady.shown(enough, usual, config):
        return True
    firm = sure_lost - int(events.confirmed_gained.sum())
    if max(moved.net, min(firm, _NEARLY * moved.net)) >= enough - 1e-9:
        better = max(moved.better, float(events.gained.sum()), mended) + usual
        causes = [(int(events.lost.sum()), better, config.surprise)]
        won = sum(one.gained for one in events.causes.values())
        causes += [(one.lost, max(one.gained, won * one.share), config.surprise / 2) for one in events.causes.values()]
        sure = (many >= enough and st.surprise(many, back) <= level for many, back, level in causes)
        if noise <= config.unconfirmed and any(sure):
            return True
        if noise <= config.lean and _leans(events, config) <= config.lean:
            return True
    net = events.majority_candidate - events.majority_other
    return counted is not None and counted.counting == "capped" and _over_cap(events, n, rate, net)


def _usual(ask: Question) -> float:
    """People who could as well have got better here, where other counts show that the candidate makes its mistakes
    elsewhere: so many that won steadily what they lacked are no second run. Of five such counts one is one-sided by
    chance more often than its level says. Likewise where all draws of one arm are alike: its slips are in each."""
    here = ask.pair.events.get(ask.name)
    if here is not None and here.steady is not None and here.steady.alike:
        return _ELSEWHERE
    mended = sum(of.steady.better for name, of in ask.pair.events.items() if name != ask.name and of.steady is not None)
    return _ELSEWHERE * min(1.0, mended / _SEVERAL)


_ELSEWHERE, _SEVERAL = 0.5, 3


def _gross(counted: Counted, events: Events, n: int, config: Constants) -> bool:
    """Whether what no gain makes good shows in so many people that no further draw is needed to tell."""
    lost, back = int(events.lost.sum()), int(events.gained.sum())
    suspect, other = int(events.suspect.sum()), events.graves.suspect[1]
    several = bool(counted.gross) and lost >= counted.gross and not back
    pattern = bool(counted.gross) and suspect >= _PATTERN
    if n <= FEW:
        return several or pattern
    return (several and weigh(lost, back, n, config) == "FAIL") or (
        pattern and weigh(suspect, other, n, config) == "FAIL"
    )


def _grave(events: Events, n: int, config: Constants) -> Status:
    """What inventions of which one is enough say; among many people, beside those of the other arm alone."""
    if not events.grave and not events.grave_unconfirmed:
        return "PASS"
    if n <= FEW:
        return "FAIL" if events.grave else "INCONCLUSIVE"
    sure, waiting = (weigh(*sides, n, config) for sides in (events.graves.sure, events.graves.waiting))
    if sure == "FAIL":
        return "FAIL"
    return "PASS" if sure == waiting == "PASS" else "INCONCLUSIVE"


_PATTERN = 3
"""People from whom on one kind of grave invention is a pattern and no slip."""
_NEARLY = 4 / 3
"""Confirmed people count whole where their draws, the first ones too, show it in three of four."""


def _leans(events: Events, config: Constants) -> float:
    """p that people move to the worse by so much, were both directions equally likely for each."""
    return st.sign_flips([-events.shift[events.judged]], resamples=config.resamples, seed=config.seed)[0]


def _doubt(events: Events, moved: Moved, noise: float, config: Constants) -> bool:
    """Whether something is there that further draws or people should settle: more people net worse than may be, which
    neither one assistant's two runs nor an equally good one would often show; or several worse and nobody better."""
    several = moved.net > max(0, net_allowed(moved.n, config.net_margin)) and noise <= config.lean
    if several and (st.surprise(int(events.lost.sum()), moved.better) <= SUSPECT or _leans(events, config) <= _LEANING):
        return True
    worse = (events.excess > 1e-9) & events.judged & ~events.asked
    return int(worse.sum()) >= max(config.one_way, rate_allowed(moved.n, config.effect)) and moved.better == 0


_LEANING = 0.12
"""Level under which a lean is followed up, as a surprise is (`SUSPECT`)."""


def more_people(events: Events, moved: Moved, doubts: tuple[Bools, Bools], config: Constants) -> int | None:
    """How many more CVs let it pass nine times in ten, if further people get worse, and better, as often as these did,
    and whoever is in doubt is asked again; to a twentieth. doubts: lasting gains that do not count unconfirmed, and who
    has too few draws. None where ten thousand would not do: so many get worse."""
    n, lost, gained, steady = moved.n, int(events.lost.sum()), int(events.gained.sum()), events.steady
    step = moved.squares / (moved.worse + moved.better) if moved.squares else 1.0
    unsure, unseen = int(doubts[0].sum()), int((events.lost & doubts[1]).sum())
    wanted = n + 1
    while wanted <= 10_000:
        further = wanted - n
        worse = moved.worse + step * _at_most(moved.worse / step / n * further)
        better = moved.better * wanted / n
        grown = Moved(worse, better, step * (worse + better), wanted)
        allowed = max(0, net_allowed(wanted, config.net_margin))
        alone = not gained and lost + _at_most(lost / n * further) > allowed
        doubt = grown.net > allowed and st.surprise(grown.worse, grown.better) <= SUSPECT
        lasting = steady is None or keeps(
            (stay := steady.worse + unseen) + _at_most(stay / n * further),
            (steady.better - unsure) * wanted / n,
            wanted,
            config,
            config.confidence,
        )
        if lasting and not (alone or doubt) and grown.upper(config.confidence) <= grown.margin(config):
            return further
        wanted += max(1, wanted // 20)
    return None


def _at_most(expected: float) -> int:
    """So many come nine times in ten at most where so many are expected (Poisson)."""
    from scipy.special import pdtr

    many = 0
    while pdtr(many, expected) < _NINE_IN_TEN:
        many += 1
    return many


_NINE_IN_TEN = 0.9


def _documents(rows: Bools, pair: Pair) -> tuple[str, ...]:
    people = (pair.personas[int(row)] for row in np.flatnonzero(rows))
    return tuple(name for persona in people for name in pair.documents.get(persona, ()))


def _over_cap(events: Events, n: int, rate: float, net: int) -> bool:
    """Bad in clearly more CVs, or single draws of at least three CVs, than `rate` allows, and the other arm not."""
    over = rate_allowed(n, rate)
    least = max(over + 2, 3)
    if events.majority_candidate >= least and events.majority_other <= over and net >= least:
        return True
    draws = rate_allowed(events.candidate_draws, rate)
    spread = int((events.excess > 0).sum())
    return (
        events.candidate_draws > n
        and events.candidate_bad >= draws + 2
        and events.other_bad <= rate_allowed(events.other_draws, rate)
        and spread >= 3
        and events.candidate_bad - events.other_bad >= draws + 2
    )


def catastrophe_events(pair: Pair, config: Constants, scale: float | None) -> tuple[Events, float]:
    """Personas whose F1 fell by more than the line: `drop`, or `drop_sds` robust standard deviations of noise.

    Of each persona the median draw counts, so that one bad draw of three is no catastrophe; asked again, the median
    of all draws must be under the line too. scale: that standard deviation from the noise floor; None: from these
    differences themselves. Answers that are missing or invalid are left to their own gates.
    """
    _, _, both = pair.f1.means()
    one, two = _medians(pair.f1.candidate), _medians(pair.f1.other)
    failed = np.zeros(pair.n, dtype=np.bool_)
    for event in ("errors", "contract"):
        failed |= pair.events[event].lost | pair.events[event].gained
    judged = both & ~failed
    differences = np.where(judged, one - two, 0.0)
    spread = st.robust_scale(differences[judged]) if scale is None else scale
    line = max(config.drop, config.drop_sds * spread)
    at_first, gained = judged & (differences < -line), judged & (differences > line)
    again = pair.f1_again or Values(np.full((pair.n, 1), np.nan), np.full((pair.n, 1), np.nan))
    asked: Bools = np.asarray((~np.isnan(again.candidate)).sum(axis=1) >= AGAIN_DRAWS)
    every = [np.hstack(sides) for sides in ((pair.f1.candidate, again.candidate), (pair.f1.other, again.other))]
    lost = at_first & (_medians(every[0]) - _medians(every[1]) < -line)
    enough = min(pair.draws) >= config.confirm_draws
    known = np.where(asked, (~np.isnan(every[0])).sum(axis=1) >= config.confirm_draws, enough)
    # Further draws confirm by themselves; without them, all the first ones must.
    best = np.where(asked, _extreme(again.candidate, np.fmax), _extreme(pair.f1.candidate, np.fmax))
    worst = _extreme(every[0], np.fmin)
    found = Events(
        judged=judged,
        lost=lost,
        gained=gained,
        confirmed_lost=lost & known & (best < _extreme(every[1], np.fmin)),
        confirmed_gained=gained & enough & (worst > _extreme(every[1], np.fmax)),
        able=known,
        asked=asked,
        at_first=at_first,
        suspect=np.zeros(pair.n, dtype=np.bool_),
        draws=_below(pair.f1, again, line),
        excess=lost.astype(float) - gained.astype(float),
        shift=lost.astype(float) - gained.astype(float),
        weight=lost.astype(float) - gained.astype(float),
        candidate_bad=int(lost.sum()),
        candidate_draws=int(judged.sum()),
        other_bad=int(gained.sum()),
        other_draws=int(judged.sum()),
        majority_candidate=int(lost.sum()),
        majority_other=int(gained.sum()),
    )
    return found, line


def _below(first: Values, again: Values, line: float) -> tuple[Floats, Floats]:
    """Whether each draw, further ones too, lies under the better arm's median by more than the line: person × draw,
    nan for none."""
    best = np.maximum(_medians(first.candidate), _medians(first.other))[:, None]
    mine, theirs = np.hstack([first.candidate, again.candidate]), np.hstack([first.other, again.other])
    return np.where(np.isnan(mine), np.nan, mine < best - line), np.where(
        np.isnan(theirs), np.nan, theirs < best - line
    )


def _extreme(table: Floats, of: np.ufunc) -> Floats:
    """Each row's largest (`np.fmax`) or smallest (`np.fmin`) figure, nans left out; nan for a row of nans."""
    return np.asarray(of.reduce(table, axis=1))


def _medians(table: Floats) -> Floats:
    """Median of each row without its nans; 0 for a row of nans."""
    rows = np.sort(table, axis=1)  # nan comes last
    count = (~np.isnan(rows)).sum(axis=1)
    middle = np.stack([np.maximum(count - 1, 0) // 2, count // 2], axis=1)
    middle = np.minimum(middle, rows.shape[1] - 1)
    return np.where(count > 0, np.take_along_axis(rows, middle, axis=1).mean(axis=1), 0.0)
