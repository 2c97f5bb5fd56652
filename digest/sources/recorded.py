"""Recorded days from files: papers as announced, and which of them were picked up, one JSON object a line."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.model.forecast import Announced, Pick

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

_GZIP = b"\x1f\x8b"
# Far beyond any paper's. A zipped file of a megabyte can hold a line of a gigabyte.
_LONGEST_LINE = 16 * 2**20


def read_papers(file: Path) -> Iterator[Announced]:
    """The papers of a file, in its order, with `id`, `announced_on`, `title`, `abstract`, `authors`, `categories` and,
    if it likes, `comment`; gzipped or not.

    SourceError names the line that is no such paper.
    """
    for where, line in _records(file):
        try:
            yield Announced(
                paper_id=_text(line, "id"),
                announced_on=date.fromisoformat(_text(line, "announced_on")[:10]),
                title=" ".join(_text(line, "title").split()),
                abstract=" ".join(_text(line, "abstract").split()),
                authors=_texts(line, "authors"),
                categories=_texts(line, "categories"),
                comment=str(line.get("comment") or ""),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise SourceError(where, f"is no paper ({_said(error)})") from error


def read_picks(file: Path) -> Iterator[Pick]:
    """The picks of a file, in its order, with `arxiv_id`, `first_hf` and, if it likes, `up_first`; gzipped or not.

    SourceError names the line that is no such pick.
    """
    for where, line in _records(file):
        try:
            seen_at = datetime.fromisoformat(_text(line, "first_hf"))
            seen_at = seen_at if seen_at.tzinfo else seen_at.replace(tzinfo=UTC)
            yield Pick(_text(line, "arxiv_id"), seen_at.astimezone(UTC), int(str(line.get("up_first") or 0)))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise SourceError(where, f"is no pick ({_said(error)})") from error


def _records(file: Path) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        with _open(file) as lines:
            for number, line in enumerate(iter(lambda: lines.readline(_LONGEST_LINE), b""), start=1):
                where = f"{file}, line {number}"
                if len(line) == _LONGEST_LINE:
                    raise SourceError(where, f"is longer than {_LONGEST_LINE >> 20} MiB")
                if not line.strip():
                    continue
                try:
                    record = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise SourceError(where, "is not JSON", hint="One object a line is wanted.") from error
                if not isinstance(record, dict):
                    raise SourceError(where, "is not a JSON object", hint="One object a line is wanted.")
                yield where, record
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(str(file), f"can't be read ({getattr(error, 'strerror', None) or error})") from error


def _open(file: Path) -> gzip.GzipFile | BufferedReader:
    with file.open("rb") as beginning:
        is_zipped = beginning.read(2) == _GZIP
    return gzip.open(file) if is_zipped else file.open("rb")


def _text(line: dict[str, object], name: str) -> str:
    value = line[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is no text")
    return value


def _texts(line: dict[str, object], name: str) -> tuple[str, ...]:
    value = line[name]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"{name} is no list of texts")
    return tuple(value)


def _said(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
