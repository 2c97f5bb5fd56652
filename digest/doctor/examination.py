"""Runs checks one after the other, so that none of them stops or delays the rest."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING

from digest.doctor.finding import failure
from digest.errors import DigestError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.doctor.finding import Finding


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at, and how long that may take."""

    name: str
    look: Callable[[], Finding]
    limit: timedelta = timedelta(seconds=60)


def examine(checks: Iterable[Check], *, told: Callable[[str], None] = lambda _: None) -> tuple[Finding, ...]:
    """A finding a check, in their order; an explained error, or no answer within the limit, is a failure."""
    return tuple(_examined(check, told) for check in checks)


def _examined(check: Check, told: Callable[[str], None]) -> Finding:
    told(check.name)
    return replace(_found(check), name=check.name)


def _found(check: Check) -> Finding:
    # Its threads don't keep the program from ending, unlike those of concurrent.futures.
    with ThreadPool(1) as pool:
        try:
            return pool.apply_async(check.look).get(check.limit.total_seconds())
        except multiprocessing.TimeoutError:
            return failure(
                f"no answer within {check.limit.total_seconds():g} seconds", "Try again; look what is so slow there."
            )
        except SourceError as error:
            return failure(f"{error.where}: {error.problem}", error.hint or "Try again later.")
        except DigestError as error:
            return _explained(str(error))
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            return failure(
                f"{place}{error.strerror or error}", "Look at the permissions, the disk and the network there."
            )


def _explained(message: str) -> Finding:
    """The last sentence of an error says what to try."""
    what, _, fix = message.rstrip(". ").rpartition(". ")
    return failure(what, f"{fix}.") if what else failure(fix, "Mend that, and look again.")
