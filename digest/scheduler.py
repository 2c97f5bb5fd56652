"""When things run: every few minutes what is due of the day, each minute mail; a job that fails stops no other."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Self

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from digest.errors import DeliveryError, DigestError, IncompleteDayError
from digest.files import hold
from digest.store.jobs import JobRun

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from apscheduler.triggers.base import BaseTrigger

    from digest.bootstrap.post import Post
    from digest.bootstrap.service import Service
    from digest.store.jobs import JobStore

_LOG = logging.getLogger("digest.scheduler")
_AGAIN_AFTER = timedelta(minutes=30)
_RARE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run again and again; `run` says in one line what came of it, or nothing worth saying."""

    name: str
    trigger: BaseTrigger
    run: Callable[[], str]


def each_minute() -> BaseTrigger:
    """Every minute."""
    return IntervalTrigger(minutes=1)


def every(minutes: int) -> BaseTrigger:
    """Every so many minutes."""
    return IntervalTrigger(minutes=minutes)


def each_night() -> BaseTrigger:
    """At half past three, UTC."""
    return CronTrigger.from_crontab("30 3 * * *", timezone="UTC")


def make_jobs(service: Service, post: Post, stop: Callable[[], bool]) -> tuple[Job, ...]:
    """Everything that `digest serve` does by itself; `stop` tells a send that runs to come to an end.

    SettingsError for a category that arXiv doesn't have: better now than in tonight's log.
    """
    categories = service.categories
    return (
        Job("daily", every(5), lambda: _do_the_day(service, categories)),
        Job("observe", every(180), lambda: _observe(service, categories)),
        Job("send", each_minute(), lambda: _send(post, stop)),
        Job("notices", each_minute(), lambda: _send_notices(post)),
        Job("inbox", every(5), lambda: _read_inbox(post)),
        Job("measure", each_night(), lambda: _measure(service)),
        Job("tidy", each_night(), lambda: _tidy_up(post)),
    )


def _do_the_day(service: Service, categories: Sequence[str]) -> str:
    """Whatever of the day is due: nothing is asked of arXiv while all is here, or a pause isn't over."""
    from digest.bootstrap.daily import make_daily  # noqa: PLC0415 - ranking takes a while to import

    report = make_daily(service, warn=_LOG.warning).run_due(categories)
    if report.problem:
        raise report.problem
    # Said once a day that fails, not every five minutes.
    if report.advanced.has_new_failure:
        raise IncompleteDayError("; ".join(report.advanced.failures))
    made = (one.edition for one in report.advanced.published)
    return "; ".join(f"published {one.announced_on}, {one.announced:,} papers" for one in made)


def _observe(service: Service, categories: Sequence[str]) -> str:
    from digest.bootstrap.attention import observing  # noqa: PLC0415

    with observing(service) as observe:
        report = observe.run(categories)
    told = [f"{one.source} {one.observations:,}" for one in report.sources if one.observations]
    problems = [one.problem for one in report.sources if one.problem]
    return "; ".join([f"observed {', '.join(told)}"] * bool(told) + problems)


def _send(post: Post, stop: Callable[[], bool]) -> str:
    report = post.send(stop=stop)
    if report.stopped_by in ("relay", "policy"):
        raise DeliveryError(f"Sending stopped ({report.stopped_by}): {report.answer}", permanent=False)
    return f"sent {report.handed_over:,} digests" if report.handed_over else ""


def _send_notices(post: Post) -> str:
    report = post.send_notices()
    return f"sent {report.sent:,} notices, {report.failed:,} failed" if report.sent or report.failed else ""


def _read_inbox(post: Post) -> str:
    return ", ".join(f"{number:,} {kind}" for kind, number in sorted(post.inbox.read().items()))


def _tidy_up(post: Post) -> str:
    forgotten = post.tidy_up()
    return f"forgot {forgotten:,} who never confirmed" if forgotten else ""


def _measure(service: Service) -> str:
    from digest.bootstrap.forecast import measuring  # noqa: PLC0415

    days = measuring(service.database, clock=service.clock).run()
    return f"measured how good the ranking was on {len(days):,} days" if days else ""


class Scheduler:
    """Runs jobs at their times until closed: never one twice at once, also not in another process on this machine.

    A job whose time came while nothing ran, or that failed when it last ran, is made up for, once, when the scheduler
    starts. One that fails runs again after half an hour, if its own time isn't sooner.
    """

    def __init__(self, jobs: Sequence[Job], *, diary: JobStore, locks: Path, clock: Callable[[], datetime]) -> None:
        self._jobs = tuple(jobs)
        self._diary = diary
        self._locks = locks
        self._clock = clock
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def start(self) -> None:
        """Begins; what was missed runs at once. Says when the rarer jobs come next."""
        for job in self._jobs:
            self._scheduler.add_job(
                self.run,
                job.trigger,
                args=[job],
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                **({"next_run_time": self._clock()} if self.is_missed(job) else {}),
            )
        self._scheduler.add_job(self.run_again, every(5), id="again", coalesce=True, max_instances=1)
        self._scheduler.start()
        soon = self._clock() + _RARE
        for planned in self._scheduler.get_jobs():
            if planned.next_run_time and planned.next_run_time > soon:
                _LOG.info("%s comes next at %s UTC", planned.id, f"{planned.next_run_time.astimezone(UTC):%a %H:%M}")

    def is_missed(self, job: Job) -> bool:
        """Whether the job should have run since it last did; one that never ran, or failed, should."""
        last = self._diary.find(job.name)
        if last is None or last.problem:
            return True
        due_at = job.trigger.get_next_fire_time(last.at, last.at)
        return due_at is not None and bool(due_at <= self._clock())

    def run(self, job: Job) -> None:
        """Runs a job now and notes how it ended; nothing when it is running already."""
        with hold(self._locks / f"{job.name}.lock") as is_ours:
            if not is_ours:
                return
            problem = ""
            try:
                told = job.run()
            except DigestError as error:
                problem = str(error)
                _LOG.error("%s: %s", job.name, problem)
            except Exception as error:  # noqa: BLE001 - what one job breaks on stops no other
                problem = f"{type(error).__name__}: {error}"
                _LOG.exception("%s failed, which is a defect; please report it", job.name)
            else:
                if told:
                    _LOG.info("%s: %s", job.name, told)
            self._diary.save(JobRun(job.name, self._clock(), problem))

    def run_again(self) -> None:
        """Runs the jobs that failed half an hour ago or longer, and were not run since."""
        for job in self._jobs:
            last = self._diary.find(job.name)
            if last and last.problem and self._clock() - last.at >= _AGAIN_AFTER:
                self.run(job)

    def close(self) -> None:
        """Lets jobs that run come to their end, and begins no more."""
        self._scheduler.shutdown(wait=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
