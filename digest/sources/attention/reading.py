"""JSON from outside, read field by field: what isn't as it should be is nothing, and never another error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

from digest.errors import SourceError
from digest.model.paper import ArxivId
from digest.text.characters import is_readable

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = Mapping[str, object]

ACCEPT_JSON = "application/json"
# What a column of whole numbers holds, and more than any of these services counts.
MOST = 2**31 - 1
LONGEST_TEXT = 1000
# Also what a table's key may hold: old ids have an archive's name before the number.
LONGEST_ID = 40
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])", re.ASCII)


def read_json(body: bytes, *, where: str) -> object:
    """The value that `body` is the JSON of; SourceError when it is something else, such as a web page."""
    try:
        value: object = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        found = "is a web page, not JSON" if body.lstrip()[:1] == b"<" else "can't be read as JSON"
        raise SourceError(where, found, hint="Try again later, or check the address in the settings.") from error
    return value


def read_record(body: bytes, *, where: str) -> Record:
    """The JSON object in `body`; SourceError when it is something else."""
    found = as_record(read_json(body, where=where))
    if found is None:
        raise not_as_agreed(where)
    return found


def read_explanation(body: bytes) -> Record:
    """The JSON object in the body of a refusal; an empty one if there is none."""
    try:
        return as_record(read_json(body, where="")) or {}
    except SourceError:
        return {}


def not_as_agreed(where: str) -> SourceError:
    """The error for an answer that is JSON, but not what the service is known to give."""
    return SourceError(where, "gives an answer of another form than it used to", hint="Look for a newer version.")


def as_record(value: object) -> Record | None:
    """The value if it is an object."""
    return value if isinstance(value, dict) else None


def as_list(value: object) -> list[object] | None:
    """The value if it is an array."""
    return value if isinstance(value, list) else None


def records(value: object) -> Iterator[Record]:
    """The objects in an array, as far as it is one and they are."""
    for one in as_list(value) or ():
        found = as_record(one)
        if found is not None:
            yield found


def nested(record: Record, name: str) -> Record:
    """The object in that field; an empty one if there is none."""
    return as_record(record.get(name)) or {}


def as_text(value: object) -> str:
    """A text in one line, of readable characters, cut at LONGEST_TEXT; empty if the value is none."""
    if not isinstance(value, str):
        return ""
    line = " ".join(value[: 4 * LONGEST_TEXT].split())
    return "".join(filter(is_readable, line))[:LONGEST_TEXT].strip()


def as_texts(value: object) -> tuple[str, ...]:
    """The texts in an array that aren't empty, each once."""
    return tuple(dict.fromkeys(text for one in as_list(value) or () if (text := as_text(one))))


def as_count(value: object) -> int | None:
    """A whole number from 0 to MOST, None if the value is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST else None


def as_key(value: object) -> str | None:
    """A service's own name of something: letters, digits, dots, dashes and underscores, at most 64."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else None


def as_orcid(value: object) -> str:
    """The sixteen characters of an ORCID with their dashes, empty if the value is none."""
    found = _ORCID.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else ""


def as_paper_id(value: object) -> str | None:
    """The key of the paper that an arXiv id in the value names, whatever its version."""
    found = ArxivId.parse(value) if isinstance(value, str) and len(value) <= LONGEST_ID else None
    return found.key if found else None


def as_moment(value: object) -> datetime | None:
    """An ISO 8601 time in UTC, None if the value is none; one without a zone is taken for UTC."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return read and (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
