from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from subscribing import START, Clock

from digest.errors import SourceError
from digest.files import hold
from digest.scheduler import Job, Scheduler, each_minute, each_night
from digest.store.jobs import JobRun, JobStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.store.database import Database


def make(database: Database, place: Path, *runs: Callable[[], str], clock: Callable[[], datetime]) -> Scheduler:
    jobs = [Job(f"job{number}", each_minute(), run) for number, run in enumerate(runs)]
    return Scheduler(jobs, diary=JobStore(database), locks=place, clock=clock)


def test_a_job_that_fails_is_noted_and_stops_no_other(database: Database, tmp_path: Path) -> None:
    done = threading.Event()

    def refuse() -> str:
        raise SourceError("arXiv", "answers 503")

    def break_down() -> str:
        raise ZeroDivisionError

    def work() -> str:
        done.set()
        return "three mails"

    with make(database, tmp_path, refuse, break_down, work, clock=lambda: datetime.now(UTC)):
        assert done.wait(10)
    runs = [JobStore(database).find(f"job{number}") for number in range(3)]
    problems = {run.name: run.problem for run in runs if run}
    assert problems == {"job0": "arXiv: answers 503.", "job1": "ZeroDivisionError: ", "job2": ""}


def test_what_was_missed_is_made_up_for_and_what_was_not_waits(database: Database, tmp_path: Path) -> None:
    clock = Clock(START)
    scheduler = make(database, tmp_path, lambda: "", clock=clock)
    job = Job("job0", each_night(), lambda: "")
    assert scheduler.is_missed(job)
    scheduler.run(job)
    assert not scheduler.is_missed(job)
    clock.turn(timedelta(hours=15))
    assert not scheduler.is_missed(job)
    clock.turn(timedelta(hours=1))
    assert scheduler.is_missed(job)


def test_what_failed_is_made_up_for_at_the_next_start(database: Database, tmp_path: Path) -> None:
    scheduler = make(database, tmp_path, lambda: "", clock=Clock(START))
    job = Job("job0", each_night(), lambda: "")
    JobStore(database).save(JobRun("job0", START, "no such category"))
    assert scheduler.is_missed(job)
    scheduler.run(job)
    assert not scheduler.is_missed(job)


def test_what_failed_half_an_hour_ago_runs_again_and_what_went_well_does_not(
    database: Database, tmp_path: Path
) -> None:
    clock, ran = Clock(START), []

    def note(name: str) -> str:
        ran.append(name)
        return ""

    jobs = [Job("bad", each_night(), lambda: note("bad")), Job("good", each_night(), lambda: note("good"))]
    scheduler = Scheduler(jobs, diary=JobStore(database), locks=tmp_path, clock=clock)
    JobStore(database).save(JobRun("bad", START, "arXiv: answers 503."))
    JobStore(database).save(JobRun("good", START, ""))
    clock.turn(timedelta(minutes=29))
    scheduler.run_again()
    assert ran == []
    clock.turn(timedelta(minutes=1))
    scheduler.run_again()
    scheduler.run_again()
    assert ran == ["bad"]


def test_a_job_that_runs_elsewhere_is_not_begun(database: Database, tmp_path: Path) -> None:
    ran: list[str] = []

    def work() -> str:
        ran.append("x")
        return ""

    scheduler = make(database, tmp_path, work, clock=Clock())
    job = Job("job0", each_minute(), work)
    with hold(tmp_path / "job0.lock") as is_ours:
        assert is_ours
        scheduler.run(job)
    assert ran == []
    assert JobStore(database).find("job0") is None
    scheduler.run(job)
    assert ran == ["x"]


def test_closing_waits_for_a_job_that_runs(database: Database, tmp_path: Path) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        may_end.wait(10)
        return ""

    with make(database, tmp_path, work, clock=lambda: datetime.now(UTC)):
        assert begun.wait(10)
        threading.Timer(0.2, may_end.set).start()
    assert JobStore(database).find("job0")


def test_a_run_is_kept_in_place_of_the_one_before(database: Database) -> None:
    store = JobStore(database)
    store.save(JobRun("daily", START, "no network"))
    store.save(JobRun("daily", START + timedelta(hours=1), ""))
    assert store.find("daily") == JobRun("daily", START + timedelta(hours=1), "")
