"""Reads delivery status notifications (RFC 3464, RFC 6533), in whatever container a gateway has put them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.deliver.parts import addresses_in, read_fields
from digest.deliver.reports.status import is_permanent, read_status, reply_class, sharper_status
from digest.model.report import ReportedRecipient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.deliver.parts import Part

CONTENT_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_ARRIVED = ("delivered", "relayed", "expanded")
# As the sender wrote it, before anyone's alias; then as the server knew it.
_ADDRESS_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")


def read_dsn(part: Part) -> tuple[ReportedRecipient, ...]:
    """The recipients that a `message/delivery-status` part names as failed or delayed, in order."""
    return tuple(_recipients(part))


def tells_of_arrival(part: Part) -> bool:
    """Whether the part says of some recipient that the mail arrived, as a sender may ask to be told (RFC 3461)."""
    return any(_has_arrived(given) for given in _blocks(part))


def _recipients(part: Part) -> Iterator[ReportedRecipient]:
    for given in _blocks(part):
        address = _address(given)
        if address and not _has_arrived(given):
            status = sharper_status(read_status(given.get("status", "")), given.get("diagnostic-code", ""))
            yield ReportedRecipient(address, _is_permanent(given, status), status)


def _blocks(part: Part) -> Iterator[dict[str, str]]:
    for block in _BLANK.split(part.text()):
        # What stands twice is counted once, as it stands first.
        yield dict(reversed(read_fields(block)))


def _address(given: dict[str, str]) -> str | None:
    for name in _ADDRESS_FIELDS:
        # An X.400 name has no @ (RFC 2156); its original recipient has.
        if found := addresses_in(given.get(name, "").rpartition(";")[2]):
            return found[0]
    return None


def _has_arrived(given: dict[str, str]) -> bool:
    return given.get("action", "").strip().lower().startswith(_ARRIVED) or given.get("status", "").startswith("2.")


def _is_permanent(given: dict[str, str], status: str | None) -> bool:
    action = given.get("action", "").strip().lower()
    if action.startswith("delay"):
        return False
    # Some servers put an SMTP reply in Status. Of a report that was cut off before either, nothing can be said.
    said = reply_class(given.get("status", "")) or reply_class(given.get("diagnostic-code", ""))
    return is_permanent(status, otherwise=said == "5" or (action.startswith("fail") and said != "4"))
