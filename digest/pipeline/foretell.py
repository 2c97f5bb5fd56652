"""How likely the day's papers are to be picked up, out of what the store knew when the day began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from digest.forecast.today import Past, forecast_day, read_text
from digest.model.forecast import Announced

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from digest.forecast.numbers import Forecaster
    from digest.model.forecast import Forecast
    from digest.model.paper import Paper
    from digest.store.forecasts import ForecastStore
    from digest.store.papers import PaperStore

# Older papers tell hardly anything: what they add halves every few months.
_LOOK_BACK = timedelta(days=400)
_WEEKS = timedelta(weeks=4)


@dataclass(frozen=True, kw_only=True)
class Foretell:
    """Makes forecasts, each of them once.

    `load` reads the trained numbers when they are first needed, and says by what name the store knows them.
    """

    load: Callable[[], tuple[str, Forecaster]]
    store: ForecastStore
    papers: PaperStore
    clock: Callable[[], datetime]

    def run(
        self, on: date, papers: Sequence[Paper], *, told: Callable[[str], None] = lambda _: None
    ) -> Mapping[str, Forecast]:
        """The forecast of each paper announced that day, by id, from what was known at its beginning (UTC).

        One that was made before stands.
        """
        made = self.store.find([paper.id for paper in papers])
        new = sorted((paper for paper in papers if paper.id not in made), key=lambda paper: paper.id)
        if not new:
            return made
        name, forecaster = self._model
        past = self._look_back(on, told, without={paper.id for paper in new})
        forecasts = forecast_day(forecaster, [make_announced(paper, on) for paper in new], past)
        self.store.save(forecasts.values(), on=on, model=name, now=self.clock())
        return {**made, **forecasts}

    def find_chances(self, on: date) -> Mapping[str, Sequence[float]]:
        """The chances that were forecast in the four weeks before a day, by archive."""
        return self.store.find_chances(since=on - _WEEKS, before=on)

    @cached_property
    def _model(self) -> tuple[str, Forecaster]:
        return self.load()

    def _look_back(self, on: date, told: Callable[[str], None], *, without: Collection[str]) -> Past:
        """What was known at the beginning of a day; papers whose words were never looked at are looked at now.

        A paper that came late was announced before, and is left out: it would be its own authors' record.
        """
        name, forecaster = self._model
        since = on - _LOOK_BACK
        for day, ids in self.store.find_unread(model=name, since=since, before=on).items():
            told(f"reading the papers of {day}")
            found = self.papers.find_many(ids)
            read = read_text(forecaster.text, [make_announced(found[paper_id], day) for paper_id in ids])
            self.store.save_backgrounds(read, model=name)
        known = self.store.find_backgrounds(model=name, since=since, before=on)
        return Past(
            papers=[one for one in known if one.paper_id not in without],
            picks=self.store.find_picks(before=datetime.combine(on, time(), UTC)),
        )


def read_announced(store: ForecastStore, papers: PaperStore, *, before: date) -> Iterator[Announced]:
    """Every paper of the store that was first announced before a day, oldest first, as it stands now."""
    for day, ids in store.find_announced(before=before).items():
        found = papers.find_many(ids)
        yield from (make_announced(found[paper_id], day) for paper_id in ids)


def make_announced(paper: Paper, on: date) -> Announced:
    """A stored paper as it was announced."""
    return Announced(
        paper_id=paper.id,
        announced_on=on,
        title=paper.title,
        abstract=paper.abstract,
        authors=tuple(author.name for author in paper.authors),
        categories=paper.categories,
        comment=paper.comment or "",
    )
