"""What a check of the set-up found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was found, in words, and the `fix` for it; the examination puts in the `name`, that of the check."""

    name: str
    verdict: Verdict
    what: str
    fix: str


def ok(what: str) -> Finding:
    """All is well."""
    return Finding("", Verdict.OK, what, "")


def warning(what: str, fix: str) -> Finding:
    """It works, but not as it should."""
    return Finding("", Verdict.WARNING, what, fix)


def failure(what: str, fix: str) -> Finding:
    """It doesn't work, or must not stay so."""
    return Finding("", Verdict.FAILURE, what, fix)


def skipped(what: str, fix: str) -> Finding:
    """It was not looked at; `fix` says how to have it looked at."""
    return Finding("", Verdict.SKIPPED, what, fix)
