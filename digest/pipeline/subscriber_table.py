"""Subscribers out of a table (CSV) and into the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from digest.addresses import read_address
from digest.errors import DigestError, InputError
from digest.model.subscriber import Subscriber, SubscriberEvent, SubscriberState
from digest.pipeline.table import CONSENT, read_table
from digest.preferences import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from digest.addresses import MailAddress
    from digest.model.subscriber import Preferences
    from digest.pipeline.table import Table
    from digest.preferences import Coverage, PreferenceReader
    from digest.store.subscribers import SubscriberStore
    from digest.store.suppressions import SuppressionStore
    from digest.subscriptions import Subscriptions

_AT_ONCE = 1000
_OTHER_STATES = tuple(state.value for state in SubscriberState if state is not SubscriberState.CONFIRMED)
# A day that has begun somewhere on earth may be told.
_AHEAD = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of the table that was not imported: its number, counted from 1 with the head, and why."""

    line: int
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import: `added` get mail at once, `asked` are asked to confirm, `known` were there before.

    `notes` tell what was passed over, and what will not do what it seems to.
    """

    added: int
    asked: int
    known: int
    refused: tuple[RefusedLine, ...]
    notes: tuple[str, ...] = ()


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
    coverage: Coverage
    defaults: Preferences
    clock: Callable[[], datetime]
    make_key: Callable[[], str]

    def run(self, text: str, *, vouch: bool, dry_run: bool = False) -> ImportReport:
        """The report on a table with a head; needed is a column `address`, and preferences may follow.

        With `vouch` the operator answers for the consent of each, whose day and source the columns `consented_at` and
        `source` must tell; without it everybody is asked to confirm. An address that was suppressed or erased is
        refused; lines of an export that are not about confirmed people are left out. InputError when it isn't such a
        table; nothing is imported then.
        """
        refused: list[RefusedLine] = []
        table = read_table(text, needed=CONSENT if vouch else ())
        rows = list(self._read(table, refused, vouch=vouch))
        fresh = [row for row in rows if not self._is_known(row)]
        if not dry_run and vouch:
            self._add(fresh)
        elif not dry_run:
            for row in fresh:
                self.subscriptions.ask(row.address.address, row.preferences, source=row.source, by_operator=True)
        added, asked = (len(fresh), 0) if vouch else (0, len(fresh))
        notes = (*_passed_over(table), *self._unread(fresh))
        return ImportReport(added, asked, len(rows) - len(fresh), tuple(refused), notes)

    def _read(self, table: Table, refused: list[RefusedLine], *, vouch: bool) -> Iterator[_Row]:
        seen: dict[str, int] = {}
        for line in table.lines:
            if not line.problem and _is_left_out(line.fields):
                continue
            try:
                if line.problem:
                    raise InputError(line.problem)
                row = self._row(line.number, line.fields, vouch=vouch)
                if row.address.mailbox in seen:
                    raise InputError(f"the same mailbox as in line {seen[row.address.mailbox]}")
            except DigestError as error:
                refused.append(RefusedLine(line.number, line.fields["address"], str(error)))
                continue
            seen[row.address.mailbox] = line.number
            yield row

    def _unread(self, rows: Sequence[_Row]) -> Iterator[str]:
        """What lines ask for that this digest doesn't read."""
        lines: dict[str, list[int]] = {}
        for row in rows:
            for name in self.coverage.unread(row.preferences):
                lines.setdefault(name, []).append(row.line)
        for name, found in lines.items():
            where = f"line {found[0]}" if len(found) == 1 else f"{len(found):,} lines, the first of them {found[0]}"
            yield f"this digest reads nothing of {name}, so nothing comes of it: {where}"

    def _row(self, line: int, fields: Mapping[str, str], *, vouch: bool) -> _Row:
        address = read_address(fields["address"])
        suppression = self.suppressions.find(address.mailbox)
        if suppression:
            raise InputError(f"this address gets no mail since {suppression.since:%Y-%m-%d}: {suppression.reason}")
        if fields.get("state", "").strip() not in ("", SubscriberState.CONFIRMED.value):
            raise InputError(f"its state is '{fields['state']}'; write confirmed, or leave it empty")
        source = " ".join(fields.get("source", "").split())
        if not source.isprintable():
            raise InputError("its source has a character that can't be shown; type it anew")
        consented_at = _moment("consented_at", fields["consented_at"], now=self.clock()) if vouch else None
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


def _is_left_out(fields: Mapping[str, str]) -> bool:
    """Whether the line, out of an export, is about somebody who never said yes, has left, or gets no mail."""
    return fields.get("state", "").strip() in _OTHER_STATES


def _passed_over(table: Table) -> Iterator[str]:
    if table.ignored:
        columns = "column" if len(table.ignored) == 1 else "columns"
        yield f"passed over the {columns} {', '.join(table.ignored)}, not known here"
    left_out = sum(_is_left_out(line.fields) for line in table.lines if not line.problem)
    if left_out:
        yield f"{left_out:,} who {'is' if left_out == 1 else 'are'} not confirmed by the column state: left out"


def _moment(name: str, text: str, *, now: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{name} is '{text}'; write it like 2026-11-20 or 2026-11-20T09:30:00+01:00") from error
    if found > now + _AHEAD:
        raise InputError(f"{name} is '{text}', which is yet to come")
    return found
