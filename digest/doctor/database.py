"""The database: whether it is there, of this program's version, and sound."""

from __future__ import annotations

from digest.doctor.finding import Finding, failure, ok, warning
from digest.store.inspection import find_damage, find_failed_jobs, find_revision, is_known, is_newest


def migrated(address: str) -> Finding:
    """Whether the database has the newest tables; it is only looked at."""
    revision = find_revision(address)
    if revision is None:
        return warning("there is none yet", "digest init creates it, and so does digest daily.")
    if is_newest(revision):
        return ok(f"it has the newest tables (migration {revision})")
    if is_known(revision):
        return warning(
            f"its tables are of an older version (migration {revision})",
            "Make a copy; the next command brings them up to date.",
        )
    return failure(
        f"a newer version of this program made it (migration {revision})",
        "Install that version, or name another database with database_url.",
    )


def scheduled(address: str) -> Finding:
    """Whether what digest serve does by itself went well when it last did it."""
    failed = find_failed_jobs(address)
    if not failed:
        return ok("no job of digest serve failed when it last ran")
    told = "; ".join(f"{one.name} at {one.at:%Y-%m-%d %H:%M} UTC: {one.problem}" for one in failed)
    return warning(f"of the jobs of digest serve failed {told}", "Mend what they say; digest serve tries again.")


def sound(address: str) -> Finding:
    """Whether SQLite finds its file in order; PostgreSQL has its own checks."""
    complaints = find_damage(address)
    if complaints:
        return failure(f"it is damaged: {'; '.join(complaints)}", "Stop what writes to it, and restore it from a copy.")
    return ok("no damage found")
