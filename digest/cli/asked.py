"""Says what came of asking addresses whether they want the digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.console import remark
from digest.errors import InputError
from digest.model.subscriber import Asked

if TYPE_CHECKING:
    from digest.bootstrap.post import Post
    from digest.model.subscriber import Preferences
    from digest.pipeline.notices import NoticesReport


def refuse_unasked(asked: Asked, address: str, post: Post) -> None:
    """InputError, with the reason, where nothing was sent to the address."""
    from digest.addresses import read_address  # noqa: PLC0415 - keeps --help quick

    if asked is Asked.ENOUGH:
        raise InputError(f"Asking {address}: it was asked three times today. Try again tomorrow.")
    if asked is Asked.SUPPRESSED:
        found = post.suppressions.find(read_address(address).mailbox)
        why = ", ".join(filter(None, (found.reason, found.detail))) if found else ""
        since = f" since {found.since:%Y-%m-%d}: {why}" if found else ""
        raise InputError(
            f"Asking {address}: it gets no mail{since}. Lift that with: digest subscribers suppress {address} --lift"
        )


def remark_unread(preferences: Preferences, post: Post) -> None:
    """What is asked for and never comes, because the digest doesn't read it, if anything."""
    unread = post.coverage.unread(preferences)
    if unread:
        outcome = "no mail comes at all" if post.coverage.is_in_vain(preferences) else "nothing comes of that"
        remark(f"  note: this digest reads nothing of {', '.join(unread)}, so {outcome} (arxiv.categories)")


def remark_unsent(report: NoticesReport) -> None:
    """What could not be sent, if anything."""
    if report.later:
        remark(f"  note: not everything could be sent just now: {report.later:,} waits, and digest serve tries again")
    if report.failed:
        remark(f"  note: not everything could be sent: {report.failed:,} failed for good")
