from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta

import pytest

from digest.doctor.examination import Check, examine
from digest.doctor.finding import Finding, Verdict, ok
from digest.errors import SettingsError, SourceError

PERMISSIONS = "Look at the permissions, the disk and the network there."
FINE = Check("fine", lambda: ok("well"))


def raising(error: Exception) -> Check:
    def look() -> Finding:
        raise error

    return Check("broken", look)


def test_findings_come_in_order_under_the_names_of_their_checks() -> None:
    told: list[str] = []
    assert examine([FINE, Check("other", lambda: ok("too"))], told=told.append) == (
        Finding("fine", Verdict.OK, "well", ""),
        Finding("other", Verdict.OK, "too", ""),
    )
    assert told == ["fine", "other"]


@pytest.mark.parametrize(
    ("error", "what", "fix"),
    [
        (SourceError("the feed", "answered 404", hint="Check it."), "the feed: answered 404", "Check it."),
        (SourceError("the feed", "is empty"), "the feed: is empty", "Try again later."),
        (SettingsError("Reading x.toml: it is bad. Set y. Or z."), "Reading x.toml: it is bad. Set y", "Or z."),
        (SettingsError("It is bad."), "It is bad", "Mend that, and look again."),
        (PermissionError(13, "Permission denied", "var"), "var: Permission denied", PERMISSIONS),
        (TimeoutError("timed out"), "timed out", PERMISSIONS),
    ],
)
def test_an_explained_error_is_a_failure_and_the_rest_goes_on(error: Exception, what: str, fix: str) -> None:
    assert examine([raising(error), FINE]) == (
        Finding("broken", Verdict.FAILURE, what, fix),
        Finding("fine", Verdict.OK, "well", ""),
    )


def test_a_defect_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        examine([raising(ZeroDivisionError())])


def test_a_check_that_takes_too_long_is_a_failure_and_the_rest_goes_on() -> None:
    def look() -> Finding:
        time.sleep(0.5)
        return ok("at last")

    slow = Check("slow", look, limit=timedelta(seconds=0.05))
    late, fine = examine([slow, FINE])
    assert (late.verdict, late.what) == (Verdict.FAILURE, "no answer within 0.05 seconds")
    assert fine.verdict is Verdict.OK


def test_a_check_that_never_ends_does_not_keep_the_program_from_ending() -> None:
    program = """
import time
from datetime import timedelta
from digest.doctor.examination import Check, examine
print(examine([Check("stuck", lambda: time.sleep(60), limit=timedelta(seconds=0.1))])[0].verdict)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "failure\n"
