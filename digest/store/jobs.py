"""When the scheduler's jobs last ran, so that one that was missed can be made up for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from digest.store.mail_schema import jobs
from digest.store.upsert import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class JobRun:
    """A job's last run; `problem` says in one line what went wrong, or is empty."""

    name: str
    at: datetime
    problem: str


class JobStore:
    """Remembers runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, run: JobRun) -> None:
        """Keeps a job's run in place of the one before."""
        row = {"name": run.name, "last_run_at": run.at, "problem": run.problem}
        with self._database.write() as connection:
            upsert(
                connection,
                jobs,
                [row],
                update=lambda new: {"last_run_at": new.last_run_at, "problem": new.problem},
            )

    def find(self, name: str) -> JobRun | None:
        """The job's last run."""
        with self._database.read() as connection:
            row = connection.execute(select(jobs).where(jobs.c.name == name)).one_or_none()
            return None if row is None else JobRun(row.name, row.last_run_at, row.problem)
