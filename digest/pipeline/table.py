"""The table of subscribers (CSV): its columns, read from a text and written as one."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.errors import InputError
from digest.preferences import FIELDS, write_preferences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from digest.model.subscriber import Subscriber

CONSENT = ("consented_at", "source")
_ADDRESS = ("address", "email", "e-mail", "mail")
_TOLD = ("state", "asked_at", "confirmed_at", "paused_until")
_KNOWN = ("address", *CONSENT, *_TOLD, *FIELDS)
# What spreadsheets take for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """A line by its number, counted from 1 with the head: its fields by column, or why it has none."""

    number: int
    fields: dict[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a table, and its columns that mean nothing here."""

    lines: tuple[Line, ...]
    ignored: tuple[str, ...]


def read_table(text: str, *, needed: Sequence[str]) -> Table:
    """The lines of a CSV text under the names of its head; InputError when it has none."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise InputError(f"Reading the table, line {reader.line_num}: {error}.") from error
    if not lines:
        raise InputError("Reading the table: it is empty. Its first line must name the columns, such as address.")
    head = _head(lines[0][1], needed)
    read = (_line_of(number, head, cells) for number, cells in lines[1:] if any(cell.strip() for cell in cells))
    return Table(tuple(read), tuple(name for name in head if name and name not in _KNOWN))


def _line_of(number: int, head: Sequence[str], cells: Sequence[str]) -> Line:
    """Empty cells behind the last column are nothing; others would belong to none, or shift what stands before them."""
    while len(cells) > len(head) and not cells[-1].strip():
        cells = cells[:-1]
    fields = {name: _plain(cell) for name, cell in zip(head, cells, strict=False) if name in _KNOWN}
    fields["address"] = fields.get("address", "").removeprefix("'")
    if len(cells) == len(head):
        return Line(number, fields)
    columns = f"{len(head)} column{'' if len(head) == 1 else 's'}"
    are = "is 1 cell" if len(cells) == 1 else f"are {len(cells)} cells"
    return Line(number, fields, f'there {are} for {columns}; put quotes around lists, as in "cs.CL,cs.LG"')


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
    twice = [name for name in names if names.count(name) > 1 and name in _KNOWN]
    if twice:
        raise InputError(f"Reading the table: the column {twice[0]} stands there twice.")
    missing = [name for name in needed if name not in names]
    if missing:
        raise InputError(f"Reading the table: its first line names no column {' and no '.join(missing)}.")
    return names


def write_table(subscribers: Iterable[Subscriber]) -> Iterator[str]:
    """The lines of a CSV table of subscribers, which an import reads again."""
    yield _written_line(_KNOWN)
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
        yield _written_line([told[name] for name in _KNOWN])


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _written_line(cells: Iterable[str]) -> str:
    """One line; a cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(
        f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells
    )
    return written.getvalue()
