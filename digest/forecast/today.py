"""The forecast of one day's papers, before anybody has talked about them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from digest.forecast import effects, record
from digest.forecast.effects import measure_effects
from digest.forecast.history import BEFORE, NEVER, NOBODY, History, find_owners, plain_name
from digest.forecast.logits import chance
from digest.forecast.model import NAMES, STYLE_GROUPS, style_columns
from digest.forecast.record import measure_record
from digest.forecast.style import measure_style
from digest.model.forecast import Announced, Background, Forecast

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.forecast.model import TextModel
    from digest.forecast.numbers import Forecaster
    from digest.model.forecast import Pick

# Fewer picks, or over fewer days, are no record to judge authors by.
_FEWEST_PICKS = 100
_FEWEST_DAYS = 30
AUTHORS, WORDS = "authors", "words"
_RECORD = slice(1, 1 + len(record.NAMES) + len(effects.NAMES))
# Track records count papers and never look into them.
_UNREAD = Announced("", date.min, "", "", (), ())
_EFFECTS_LOGIT = NAMES.index("effects_logit")


@dataclass(frozen=True, slots=True)
class Past:
    """What is known at the beginning of a day: earlier papers, and picks since `begins`, if any were ever seen."""

    papers: Sequence[Background]
    picks: Sequence[Pick]

    @property
    def begins(self) -> date | None:
        """The first day of which all picks are known: those seen at the very beginning were picked before."""
        first = min((pick.seen_at.date() for pick in self.picks), default=None)
        return None if first is None else first + timedelta(days=BEFORE + 1)

    def is_enough(self, on: date) -> bool:
        """Whether there is a record to judge authors by."""
        begins = self.begins
        return begins is not None and len(self.picks) >= _FEWEST_PICKS and (on - begins).days >= _FEWEST_DAYS


def read_text(text: TextModel, papers: Sequence[Announced]) -> tuple[Background, ...]:
    """What is kept of one day's papers, given in the order of arXiv's list."""
    if not papers:
        return ()
    return _keep(papers, text.logits(papers, measure_style(papers)))


def forecast_day(forecaster: Forecaster, papers: Sequence[Announced], past: Past) -> dict[str, Forecast]:
    """The forecast of each of one day's papers, by id; `past` must hold nothing from that day on."""
    if not papers:
        return {}
    styles = measure_style(papers)
    text_logits = forecaster.text.logits(papers, styles)
    today, lifts = papers[0].announced_on, _lift_by_text(forecaster.text, styles, text_logits)
    picks = len(past.picks) if past.is_enough(today) else 0
    if picks:
        features = _measure(past, _keep(papers, text_logits), styles, today, known=forecaster.known)
        logits = forecaster.stack.logits(features)
        lifts[AUTHORS] = logits - forecaster.stack.logits(_without_authors(features))
        chances = forecaster.platt.chances(logits)
    else:
        chances = forecaster.text_platt.chances(text_logits)
    lifts = {group: values - np.median(values) for group, values in lifts.items()}
    return {
        paper.paper_id: Forecast(
            paper_id=paper.paper_id,
            chance=round(float(chances[place]), 6),
            picks=picks,
            trained_until=forecaster.until,
            lifts={group: round(float(values[place]), 4) for group, values in lifts.items()},
        )
        for place, paper in enumerate(papers)
    }


def _keep(papers: Sequence[Announced], text_logits: np.ndarray) -> tuple[Background, ...]:
    return tuple(
        Background(
            paper.paper_id,
            paper.announced_on,
            round(float(logit), 6),
            tuple(dict.fromkeys(map(plain_name, paper.authors))) or (NOBODY,),
            find_owners(paper),
        )
        for paper, logit in zip(papers, text_logits, strict=True)
    )


def _measure(
    past: Past, own: Sequence[Background], styles: np.ndarray, today: date, *, known: np.ndarray
) -> np.ndarray:
    """The features of the day's papers, in the order of `NAMES`."""
    begins, day = (past.begins or today).toordinal(), today.toordinal()
    ordered = [*sorted(past.papers, key=lambda one: one.announced_on), *own]
    text_logits = np.array([one.text_logit for one in ordered])
    place = slice(-len(own), None)
    history = _history(ordered, past.picks)
    added = measure_effects(history, text_logits, begins=begins, days=(day,), known=known)[place]
    # A track record rests on an author's own papers and on nobody else's: the others needn't be walked through.
    authors = {person for team in history.authors[place] for person in team}
    kin = np.array([number for number, team in enumerate(history.authors) if not authors.isdisjoint(team)])
    chances = chance(text_logits[kin])
    records = measure_record(_among(history, kin), chances, begins=begins, days=(day,), known=known)[place]
    return np.concatenate([text_logits[place, None], records, added, styles], axis=1).astype(np.float32)


def _history(papers: Sequence[Background], picks: Iterable[Pick]) -> History:
    """The history of papers in order of announcement, of which only the background is known."""
    first: dict[str, Pick] = {}
    for pick in sorted(picks, key=lambda pick: pick.seen_at):
        first.setdefault(pick.paper_id, pick)
    found = [first.get(one.paper_id) for one in papers]
    people: defaultdict[str, int] = defaultdict(count().__next__)
    place = people.__getitem__
    authors = [tuple(map(place, one.authors)) for one in papers]
    owners = [(*names, *map(place, one.owners)) for names, one in zip(authors, papers, strict=True)]
    known_on = [pick.seen_at.date().toordinal() + 1 if pick else NEVER for pick in found]
    return History(
        papers=(_UNREAD,) * len(papers),
        days=np.array([one.announced_on.toordinal() for one in papers], dtype=np.int64),
        known_on=np.array(known_on, dtype=np.int64),
        upvotes=np.array([pick.upvotes if pick else 0 for pick in found], dtype=float),
        is_picked=np.zeros(len(papers), dtype=bool),
        authors=tuple(authors),
        owners=tuple(owners),
        people=len(people),
    )


def _among(history: History, places: np.ndarray) -> History:
    """The history of some of the papers."""
    return replace(
        history,
        papers=tuple(history.papers[place] for place in places),
        days=history.days[places],
        known_on=history.known_on[places],
        upvotes=history.upvotes[places],
        is_picked=history.is_picked[places],
        authors=tuple(history.authors[place] for place in places),
        owners=tuple(history.owners[place] for place in places),
    )


def _without_authors(features: np.ndarray) -> np.ndarray:
    """The same papers, by authors in the middle of the day's."""
    plain = features.copy()
    plain[:, _RECORD] = np.median(features[:, _RECORD], axis=0)
    own = features[:, _EFFECTS_LOGIT] - features[:, 0]
    plain[:, _EFFECTS_LOGIT] = features[:, 0] + np.median(own)
    return plain


def _lift_by_text(text: TextModel, styles: np.ndarray, logits: np.ndarray) -> dict[str, np.ndarray]:
    """What each group of style features, and what the words add to the logit by the text."""
    columns = style_columns(styles, text.mean, text.spread) * text.style_weights
    groups = np.array(STYLE_GROUPS)
    lifts = {str(group): columns[:, groups == group].sum(axis=1) for group in np.unique(groups)}
    return {**lifts, WORDS: logits - columns.sum(axis=1) - text.start}
