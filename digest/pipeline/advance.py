"""From what is stored to editions: every day since the last one in order, each as soon as it is proven or overdue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.edition.announcement_days import days_between, listed_by
from digest.model.alert import Alert, AlertKind, AlertLine
from digest.pipeline.proof import Verdict, decide, describe_lack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from digest.model.edition import Edition
    from digest.model.ledger import LedgerDay
    from digest.pipeline.catch_up import CatchUp
    from digest.pipeline.ledger import Ledger
    from digest.pipeline.notes import PublishNote
    from digest.pipeline.proof import Policy
    from digest.pipeline.publish import Publish, PublishReport
    from digest.store.alerts import AlertStore
    from digest.store.editions import EditionStore

_DAY = timedelta(days=1)
# For so long papers that a day lacked are asked for, and delivered late.
_HEALS_FOR = timedelta(days=7)


@dataclass(slots=True)
class Advanced:
    """What came of the days.

    `waiting` is the day whose edition still waits for proof; `nothing` are days on which arXiv announced nothing;
    `failures` say in a sentence each what could not be had in time.
    """

    published: list[PublishReport] = field(default_factory=list)
    notes: list[Edition] = field(default_factory=list)
    caught_up: tuple[date, ...] = ()
    nothing: list[LedgerDay] = field(default_factory=list)
    waiting: LedgerDay | None = None
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Makes the editions that are due. `tell` is told what the operator should know, and says whether it was passed on.

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
        """What came of the days after the last edition, or of `on` alone; `as_is` waits for nothing."""
        done = Advanced()
        last = next(iter(self.editions.find_days()), None)
        if on is None and last and self.catch_up:
            since = min(last + _DAY, listed_by(self.clock()) - _HEALS_FOR)
            done.caught_up = self.catch_up.run(categories, since=max(since, self._first_edition_on()), told=told)
        for day in [on] if on else self._find_days(last):
            if not self._settle(day, categories, done, as_is=as_is, told=told):
                break
        self._tell_healed(categories)
        return done

    def wake_at(self, advanced: Advanced) -> datetime:
        """When there is something to do again for the day that waits: asking for it, or publishing it as it is."""
        day = advanced.waiting
        if day is None:
            return self.clock()
        again = [line.inquiry.ask_again_at for line in day.lines if line.inquiry and line.inquiry.ask_again_at]
        return min([*again, self.policy.deadline(day.announced_on)])

    def _first_edition_on(self) -> date:
        return self.editions.find_days()[-1]

    def _find_days(self, last: date | None) -> Iterator[date]:
        """The days since the last edition that arXiv lists, then the one that it should list by now, and today."""
        listed, until = self.ledger.newest_on, listed_by(self.clock())
        if listed is None:
            return
        frozen = set(self.editions.find_days())
        for day in days_between(last + _DAY if last else listed, max(until, listed)):
            if day not in frozen and (day <= listed or day in (self.ledger.expected_on, until)):
                yield day

    def _settle(
        self, on: date, categories: Sequence[str], done: Advanced, *, as_is: bool, told: Callable[[str], None]
    ) -> bool:
        """Whether the days after it may have their turn."""
        day = self.ledger.read(on, categories).only(categories)
        is_past = on < (self.ledger.newest_on or on)
        verdict = decide(day, self.policy, now=self.clock(), is_past=is_past)
        if as_is and verdict in (Verdict.WAIT, Verdict.FAIL):
            verdict = Verdict.PUBLISH
        match verdict:
            case Verdict.WAIT:
                done.waiting = day
                return False
            case Verdict.NOTE:
                done.notes.append(self.note.run(on, day.kind, categories))
            case Verdict.NOTHING:
                done.nothing.append(day)
            case Verdict.PUBLISH | Verdict.PUBLISH_SHORT:
                report = self.publish.run(categories, on=on, told=told)
                done.published.append(report)
                if verdict is Verdict.PUBLISH_SHORT and not is_past and not as_is and not report.was_frozen:
                    self._fail(day, done, report.edition)
            case Verdict.FAIL:
                self._fail(day, done, None)
        return True

    def _fail(self, day: LedgerDay, done: Advanced, edition: Edition | None) -> None:
        out = "is out short" if edition else "could not be made"
        done.failures.append(f"The edition of {day.announced_on} {out}: {describe_lack(day)}")
        self.tell(self._make_alert(AlertKind.OVERDUE, day, edition))

    def _tell_healed(self, categories: Sequence[str]) -> None:
        today = listed_by(self.clock())
        for on in days_between(today - _HEALS_FOR, today):
            is_open = self.alerts.has_told(on, AlertKind.OVERDUE) and not self.alerts.has_told(on, AlertKind.HEALED)
            day = self.ledger.read(on, categories).only(categories) if is_open else None
            if day and day.is_proven:
                self.tell(self._make_alert(AlertKind.HEALED, day, self.editions.find(on)))

    def _make_alert(self, kind: AlertKind, day: LedgerDay, edition: Edition | None) -> Alert:
        again = [line.inquiry.ask_again_at for line in day.lines if line.inquiry and line.inquiry.ask_again_at]
        lacking = [one for line in day.lines for one in line.batch.missing]
        return Alert(
            kind=kind,
            announced_on=day.announced_on,
            deadline_at=self.policy.deadline(day.announced_on),
            is_published=edition is not None,
            announced=edition.announced if edition else self.ledger.count_news(day.announced_on),
            missing=edition.missing if edition else len({one.paper_id for one in lacking if one.announce_type.is_news}),
            lines=tuple(
                AlertLine(
                    line.batch.category,
                    line.state,
                    line.batch.seen,
                    line.batch.expected,
                    line.inquiry.problem if line.inquiry else "",
                )
                for line in day.lines
            ),
            ask_again_at=min(again, default=None),
        )
