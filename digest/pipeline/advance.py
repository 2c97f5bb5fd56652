"""From what is stored to editions: every day since the last one in order, each as soon as it is proven or overdue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.edition.announcement_days import days_between, listed_by
from digest.errors import InputError
from digest.model.alert import Alert, AlertKind, AlertLine
from digest.pipeline.late import HEALS_FOR
from digest.pipeline.proof import Verdict, decide, describe_lack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from digest.model.edition import Edition
    from digest.model.ledger import LedgerDay, Line
    from digest.pipeline.catch_up import CatchUp
    from digest.pipeline.ledger import Ledger
    from digest.pipeline.notes import PublishNote
    from digest.pipeline.proof import Policy
    from digest.pipeline.publish import Publish, PublishReport
    from digest.store.alerts import AlertStore
    from digest.store.editions import EditionStore

_DAY = timedelta(days=1)
# Nobody is woken at once again, whatever the clock says.
_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Advanced:
    """What came of the days.

    `waiting` is the day whose edition still waits for proof; `nothing` are days on which arXiv announced nothing;
    `failures` say in a sentence each what could not be had in time, and `has_new_failure` whether one of them is.
    """

    published: tuple[PublishReport, ...] = ()
    notes: tuple[Edition, ...] = ()
    caught_up: tuple[date, ...] = ()
    nothing: tuple[LedgerDay, ...] = ()
    waiting: LedgerDay | None = None
    failures: tuple[str, ...] = ()
    has_new_failure: bool = False

    def then(self, later: Advanced) -> Advanced:
        """Both one after the other: the later one knows what waits, and which days are without papers."""
        failures = tuple(dict.fromkeys((*self.failures, *later.failures)))
        return replace(
            later,
            published=self.published + later.published,
            notes=self.notes + later.notes,
            caught_up=self.caught_up + later.caught_up,
            nothing=self.nothing + tuple(day for day in later.nothing if day not in self.nothing),
            failures=failures,
            has_new_failure=self.has_new_failure or later.has_new_failure,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Makes the editions that are due; `tell` passes on what the operator should know.

    Without `catch_up`, days that nobody read stay as they are.
    """

    publish: Publish
    note: PublishNote
    ledger: Ledger
    editions: EditionStore
    alerts: AlertStore
    policy: Policy
    clock: Callable[[], datetime]
    catch_up: CatchUp | None = None
    tell: Callable[[Alert], object] = lambda _: None

    def run(
        self,
        categories: Sequence[str],
        *,
        on: date | None = None,
        as_is: bool = False,
        told: Callable[[str], None] = lambda _: None,
    ) -> Advanced:
        """What came of the days after the last edition, or of `on` alone; `as_is` waits for nothing.

        InputError for a day that is still to come.
        """
        until = listed_by(self.clock())
        if on and on > until:
            raise InputError(f"{on} is still to come: the newest day that arXiv can have listed is {until}.")
        days = [day for day in self.editions.find_days() if day <= until]
        caught_up = self._catch_up(categories, days, told) if on is None and days else ()
        done = Advanced(caught_up=caught_up)
        for day in [on] if on else self._find_days(days):
            done = done.then(self._settle(day, categories, as_is=as_is, told=told))
            if done.waiting:
                break
        if on is None:
            self._tell(categories)
        return done

    def wake_at(self, day: LedgerDay) -> datetime:
        """When there is something to do again for a day that waits: asking for it, or publishing it as it is."""
        return min(moment for moment in self._ask_again_at(day) if moment > self.clock())

    def _ask_again_at(self, day: LedgerDay) -> Iterator[datetime]:
        yield max(self._deadline(day), self.clock() + _SOON)
        for again in (day.ask_again_at, self.catch_up and self.catch_up.ask_again_at(day.announced_on)):
            if again:
                yield again

    def _deadline(self, day: LedgerDay) -> datetime:
        """When a day is given up: its own deadline, or for one that was missed that of the newest."""
        newest = self.ledger.newest_on if day.is_past else None
        return self.policy.deadline(newest or day.announced_on)

    def _catch_up(
        self, categories: Sequence[str], days: Sequence[date], told: Callable[[str], None]
    ) -> tuple[date, ...]:
        """Brings back what was missed: days without an edition since the first one, and parts of the last week."""
        if self.catch_up is None:
            return ()
        frozen, until = set(days), listed_by(self.clock())
        missed = {
            day: self.editions.find_categories(day) if day in frozen else categories
            for day in days_between(days[-1], until)
            if day not in frozen or day >= until - HEALS_FOR
        }
        return self.catch_up.run(categories, missed, told=told)

    def _find_days(self, frozen: Sequence[date]) -> Iterator[date]:
        """The days since the last edition of which something is known or listed, what arXiv should list, and today."""
        until, expected = listed_by(self.clock()), self.ledger.expected_on
        listed = self.ledger.newest_on or expected
        known = self.ledger.find_days(since=until - HEALS_FOR)
        first = frozen[0] + _DAY if frozen else min([*known, listed])
        for day in days_between(first, max(until, listed)):
            if day <= listed or day in known or day in (expected, until):
                yield day

    def _settle(self, on: date, categories: Sequence[str], *, as_is: bool, told: Callable[[str], None]) -> Advanced:
        day = self.ledger.read(on, categories).only(categories)
        verdict = decide(day, self.policy, now=self.clock())
        if on in self.editions.find_days() or (as_is and any(line.batch.seen for line in day.lines)):
            return Advanced(published=(self.publish.run(categories, on=on, told=told),))
        if verdict is Verdict.FAIL and self.clock() < self._deadline(day):
            # A day that was missed goes before the newest one, as long as that one can wait for it.
            verdict = Verdict.WAIT
        match verdict:
            case Verdict.WAIT:
                return Advanced(waiting=day)
            case Verdict.NOTE:
                return Advanced(notes=(self.note.run(on, day.kind, categories),))
            case Verdict.NOTHING:
                return Advanced(nothing=(day,))
            case Verdict.FAIL:
                return self._fail(day, "could not be made")
            case Verdict.PUBLISH | Verdict.PUBLISH_SHORT:
                is_short = verdict is Verdict.PUBLISH_SHORT and not day.is_past
                return self._publish(day, categories, is_short=is_short, told=told)

    def _publish(
        self, day: LedgerDay, categories: Sequence[str], *, is_short: bool, told: Callable[[str], None]
    ) -> Advanced:
        # What is owed to the operator is written down first: a run may be cut off after any step.
        failed = self._fail(day, "is out short") if is_short else Advanced()
        return replace(failed, published=(self.publish.run(categories, on=day.announced_on, told=told),))

    def _fail(self, day: LedgerDay, what: str) -> Advanced:
        is_new = self.alerts.owe(day.announced_on, AlertKind.OVERDUE)
        return Advanced(
            failures=(f"The edition of {day.announced_on} {what}: {describe_lack(day)}",), has_new_failure=is_new
        )

    def _tell(self, categories: Sequence[str]) -> None:
        """Tells the operator what is owed, also by runs before this one."""
        since = listed_by(self.clock()) - HEALS_FOR
        for on in self.alerts.find_overdue(since=since):
            if self.ledger.read(on, categories).only(categories).is_proven:
                self.alerts.owe(on, AlertKind.HEALED)
        for on, kind in self.alerts.find_owed(since=since):
            day = self.ledger.read(on, categories).only(categories)
            self.tell(self._make_alert(kind, day, self.editions.find(on), categories))

    def _make_alert(self, kind: AlertKind, day: LedgerDay, edition: Edition | None, categories: Sequence[str]) -> Alert:
        lacking = {one.paper_id for line in day.lines for one in line.batch.missing if one.announce_type.is_news}
        counted = self.ledger.count_news(day.announced_on, categories)
        return Alert(
            kind=kind,
            announced_on=day.announced_on,
            deadline_at=self.policy.deadline(day.announced_on),
            is_published=edition is not None,
            announced=edition.announced if edition and kind is AlertKind.OVERDUE else counted,
            missing=edition.missing if edition and kind is AlertKind.OVERDUE else len(lacking),
            lines=tuple(map(_alert_line, day.lines)),
            ask_again_at=day.ask_again_at,
        )


def _alert_line(line: Line) -> AlertLine:
    problem = line.inquiry.problem if line.inquiry else ""
    return AlertLine(line.batch.category, line.state, line.batch.seen, line.batch.expected, problem)
