"""Subscribers out of a table (CSV) and into one."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.addresses import read_address
from digest.errors import DigestError, InputError
from digest.model.subscriber import Subscriber, SubscriberEvent, SubscriberState
from digest.preferences import FIELDS, write_preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from digest.addresses import MailAddress
    from digest.model.subscriber import Preferences
    from digest.preferences import PreferenceReader
    from digest.store.subscribers import SubscriberStore
    from digest.store.suppressions import SuppressionStore
    from digest.subscriptions import Subscriptions

_ADDRESS = ("address", "email", "e-mail", "mail")
_CONSENT = ("consented_at", "source")
_TOLD = ("state", "asked_at", "confirmed_at", "paused_until")
_KNOWN = ("address", *_CONSENT, *_TOLD, *FIELDS)
_AT_ONCE = 1000
# What spreadsheets take for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of the table that was not imported: its number, counted from 1 with the head, and why."""

    line: int
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import: `added` get mail at once, `asked` are asked to confirm, `known` were there before."""

    added: int
    asked: int
    known: int
    refused: tuple[RefusedLine, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    address: MailAddress
    preferences: Preferences
    source: str
    consented_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberImport:
    """Brings the lines of a table in, one by one; a line that can't be used is reported and stops nothing."""

    subscriptions: Subscriptions
    subscribers: SubscriberStore
    suppressions: SuppressionStore
    reader: PreferenceReader
    defaults: Preferences
    clock: Callable[[], datetime]
    make_key: Callable[[], str]

    def run(self, text: str, *, vouch: bool, dry_run: bool = False) -> ImportReport:
        """The report on a table with a head; needed is a column `address`, and preferences may follow.

        With `vouch` the operator answers for the consent of each, whose day and source the columns `consented_at` and
        `source` must tell; without it everybody is asked to confirm. An address that was suppressed or erased is
        refused. InputError when it isn't such a table; nothing is imported then.
        """
        refused: list[RefusedLine] = []
        rows = list(self._read(text, refused, vouch=vouch))
        fresh = [row for row in rows if not self._is_known(row)]
        if not dry_run and vouch:
            self._add(fresh)
        elif not dry_run:
            for row in fresh:
                self.subscriptions.ask(row.address.address, row.preferences, source=row.source)
        added, asked = (len(fresh), 0) if vouch else (0, len(fresh))
        return ImportReport(added, asked, len(rows) - len(fresh), tuple(refused))

    def _read(self, text: str, refused: list[RefusedLine], *, vouch: bool) -> Iterator[_Row]:
        seen: dict[str, int] = {}
        for line, fields in read_table(text, needed=_CONSENT if vouch else ()):
            try:
                row = self._row(line, fields, vouch=vouch)
                if row.address.mailbox in seen:
                    raise InputError(f"the same mailbox as in line {seen[row.address.mailbox]}")
            except DigestError as error:
                refused.append(RefusedLine(line, fields["address"], str(error)))
                continue
            seen[row.address.mailbox] = line
            yield row

    def _row(self, line: int, fields: Mapping[str, str], *, vouch: bool) -> _Row:
        address = read_address(fields["address"])
        suppression = self.suppressions.find(address.mailbox)
        if suppression:
            raise InputError(f"this address gets no mail since {suppression.since:%Y-%m-%d}: {suppression.reason}")
        if fields.get("state", "").strip() not in ("", SubscriberState.CONFIRMED.value):
            raise InputError(f"its state is '{fields['state']}', and only who is confirmed is imported")
        source = " ".join(fields.get("source", "").split())
        consented_at = _moment("consented_at", fields["consented_at"]) if vouch else None
        if vouch and not source:
            raise InputError("it has no source: where did this person agree?")
        told = {name: fields[name] for name in FIELDS if fields.get(name, "").strip()}
        return _Row(line, address, self.reader.read(told, base=self.defaults), source or "import", consented_at)

    def _is_known(self, row: _Row) -> bool:
        return self.subscribers.find_by_mailbox(row.address.mailbox) is not None

    def _add(self, rows: Sequence[_Row]) -> None:
        for start in range(0, len(rows), _AT_ONCE):
            added = [(self._subscriber(row), row.address) for row in rows[start : start + _AT_ONCE]]
            self.subscribers.add_many(added, event=SubscriberEvent.IMPORTED)

    def _subscriber(self, row: _Row) -> Subscriber:
        agreed = row.consented_at or self.clock()
        return Subscriber(
            self.make_key(),
            row.address.address,
            SubscriberState.CONFIRMED,
            row.preferences,
            row.source,
            asked_at=agreed,
            confirmed_at=agreed,
        )


def read_table(text: str, *, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The lines of a CSV text by their numbers, as fields under the names of its head; InputError when it has none."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise InputError(f"Reading the table, line {reader.line_num}: {error}.") from error
    if not lines:
        raise InputError("Reading the table: it is empty. Its first line must name the columns, such as address.")
    head = _head(lines[0][1], needed)
    return [
        (number, dict(zip(head, [*map(_plain, cells), *[""] * len(head)], strict=False)))
        for number, cells in lines[1:]
        if any(cell.strip() for cell in cells)
    ]


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _delimiter(text: str) -> str:
    """Spreadsheets of some countries part columns with semicolons."""
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _head(cells: Sequence[str], needed: Sequence[str]) -> list[str]:
    names = [cell.strip().lower().replace(" ", "_") for cell in cells]
    names = ["address" if name in _ADDRESS else name for name in names]
    if "address" not in names:
        raise InputError("Reading the table: its first line names no column address.")
    unknown = [name for name in names if name not in _KNOWN]
    if unknown:
        raise InputError(f"Reading the table: there is no column '{unknown[0]}'. There are: {', '.join(_KNOWN)}.")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"Reading the table: the column {twice[0]} stands there twice.")
    missing = [name for name in needed if name not in names]
    if missing:
        raise InputError(f"Reading the table: its first line names no column {' and no '.join(missing)}.")
    return names


def _moment(name: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{name} is '{text}'; write it like 2026-11-20 or 2026-11-20T09:30:00+01:00") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def write_table(subscribers: Iterable[Subscriber]) -> Iterator[str]:
    """The lines of a CSV table of subscribers, which an import reads again."""
    yield _line(_KNOWN)
    for one in subscribers:
        told = {
            "address": one.address,
            "consented_at": _written(one.confirmed_at or one.asked_at),
            "source": one.source,
            "state": one.state.value,
            "asked_at": _written(one.asked_at),
            "confirmed_at": _written(one.confirmed_at),
            "paused_until": str(one.paused_until or ""),
            **write_preferences(one.preferences),
        }
        yield _line([told[name] for name in _KNOWN])


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _line(cells: Iterable[str]) -> str:
    """One line; a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(
        f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells
    )
    return written.getvalue()
