"""How much each author, and each owner of what is linked, adds to the chance of a paper: credit shared within teams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from digest.forecast.known import USUALLY_KNOWN, share_known
from digest.forecast.logits import chance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.forecast.history import History

NAMES = ("effects_total", "effects_mean", "effects_highest", "effects_lowest", "effects_above", "effects_logit")
_PENALTY = 0.5
_TEAM_POWER = 0.25
_HALF_LIFE = 240.0
_NEWTON_STEPS, _GRADIENT_STEPS = 2, 6
# Where nothing went before, the first solution needs more steps.
_FIRST_NEWTON_STEPS, _FIRST_GRADIENT_STEPS = 6, 20
_FEWEST_PAPERS = 300
_LOOK_BACK = 30
_CLOSE_ENOUGH = 1e-8
_TINY = 1e-6
_SHORTEST_STRIDE = 1e-3


def measure_effects(
    history: History,
    text_logits: np.ndarray,
    *,
    begins: int,
    days: Iterable[int] | None = None,
    known: np.ndarray = USUALLY_KNOWN,
) -> np.ndarray:
    """The features of each paper: papers × `NAMES`, float32; zeros on days other than `days`.

    At the beginning of each day a logistic regression with a ridge penalty is fitted to what was known by then: its
    logit is the paper's by its text, plus its authors' and owners' effects, divided by a power of the team's size.
    Newton's method with conjugate gradients, begun from the day before. `begins` is the first day of which picks are
    known at all, and `known` the share of them known by age in days.
    """
    wanted = None if days is None else set(days)
    found = np.zeros((len(history.papers), len(NAMES)), dtype=np.float32)
    incidence = _Incidence.of(history)
    start = int(np.searchsorted(history.days, begins - _LOOK_BACK))
    settled = partial(share_known, begins=begins, known=known)
    effects: np.ndarray | None = None
    for day, span in history:
        if wanted is not None and day not in wanted:
            continue
        if span.start - start > _FEWEST_PAPERS and day > begins:
            effects = _fit(history, incidence, text_logits, slice(start, span.start), day, settled, effects)
        values = np.zeros(history.people) if effects is None else effects
        found[span] = incidence.summarise(values, span, text_logits[span])
    return found


def _fit(  # noqa: PLR0913, PLR0917 -- one day's problem, as arrays
    history: History,
    incidence: _Incidence,
    text_logits: np.ndarray,
    past: slice,
    day: int,
    settled: Callable[[np.ndarray, np.ndarray], np.ndarray],
    effects: np.ndarray | None,
) -> np.ndarray:
    came = history.known_on[past] <= day
    ages = day - history.days[past]
    trust = np.where(came, 1.0, settled(ages, history.days[past]))
    weights = trust * 2.0 ** (-ages / _HALF_LIFE)
    place, who = incidence.within(past)
    scale, base = incidence.scale[past], text_logits[past]
    papers = len(base)
    newton, gradient = (_NEWTON_STEPS, _GRADIENT_STEPS)
    if effects is None:
        effects, newton, gradient = np.zeros(history.people), _FIRST_NEWTON_STEPS, _FIRST_GRADIENT_STEPS

    def logits(values: np.ndarray) -> np.ndarray:
        found: np.ndarray = base + scale * np.bincount(place, values[who], papers)
        return found

    def loss(values: np.ndarray) -> float:
        by_text = logits(values)
        missed = weights @ (np.logaddexp(0, by_text) - came * by_text)
        return float(missed + _PENALTY / 2 * (values @ values))

    for _ in range(newton):
        chances = chance(logits(effects))
        curvature = scale * scale * (weights * chances * (1 - chances) + _TINY)
        slope = np.bincount(who, (scale * weights * (came - chances))[place], history.people) - _PENALTY * effects
        effects = _step(effects, _solve(slope, curvature, place, who, steps=gradient), loss)
    return effects


def _step(effects: np.ndarray, step: np.ndarray, loss: Callable[[np.ndarray], float]) -> np.ndarray:
    """The effects after as much of the step as makes the loss smaller: a whole one overshoots where data are few."""
    before, stride = loss(effects), 1.0
    while stride > _SHORTEST_STRIDE:
        after = effects + stride * step
        if loss(after) <= before:
            return after
        stride /= 2
    return effects


def _solve(slope: np.ndarray, curvature: np.ndarray, place: np.ndarray, who: np.ndarray, *, steps: int) -> np.ndarray:
    """Conjugate gradients (Hestenes and Stiefel, 1952) for the penalised curvature, without ever writing it down."""
    step, left, direction = np.zeros_like(slope), slope.copy(), slope.copy()
    size = float(left @ left)
    for _ in range(steps):
        if size < _CLOSE_ENOUGH:
            break
        along = np.bincount(place, direction[who], len(curvature))
        bent = np.bincount(who, (curvature * along)[place], len(slope)) + _PENALTY * direction
        stride = size / float(direction @ bent)
        step += stride * direction
        left -= stride * bent
        size, before = float(left @ left), size
        direction = left + (size / before) * direction
    return step


@dataclass(frozen=True, slots=True)
class _Incidence:
    """Who has to do with which paper: `place[k]` has to do with `who[k]`; `starts` is where each paper's begin."""

    place: np.ndarray
    who: np.ndarray
    starts: np.ndarray
    teams: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, history: History) -> _Incidence:
        counts = np.array([len(one) for one in history.owners], dtype=np.int64)
        teams = np.array([len(one) for one in history.authors], dtype=float)
        return cls(
            place=np.repeat(np.arange(len(counts)), counts),
            who=np.array([one for many in history.owners for one in many], dtype=np.int64),
            starts=np.concatenate([[0], np.cumsum(counts)]),
            teams=teams,
            scale=teams**-_TEAM_POWER,
        )

    def within(self, span: slice) -> tuple[np.ndarray, np.ndarray]:
        part = slice(int(self.starts[span.start]), int(self.starts[span.stop]))
        return self.place[part] - span.start, self.who[part]

    def summarise(self, effects: np.ndarray, span: slice, text_logits: np.ndarray) -> np.ndarray:
        place, who = self.within(span)
        own, papers = effects[who], span.stop - span.start
        total = np.bincount(place, own, papers)
        highest, lowest = np.full(papers, -np.inf), np.full(papers, np.inf)
        np.maximum.at(highest, place, own)
        np.minimum.at(lowest, place, own)
        above = np.bincount(place, np.maximum(own, 0), papers)
        scaled = total * self.scale[span]
        columns = (scaled, total / self.teams[span], highest, lowest, above, text_logits + scaled)
        return np.stack(columns, axis=1).astype(np.float32)
