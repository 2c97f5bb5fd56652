"""How names, dates, numbers and long texts are written in a mail; the same in every locale."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING

from digest.text.characters import TURNS, is_readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

TEXT_WIDTH = 74
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def one_line(text: str) -> str:
    """`text` without line breaks, control characters, direction overrides and doubled spaces."""
    readable = (letter if is_readable(letter) else " " for letter in text if letter not in TURNS)
    return " ".join("".join(readable).split())


def short_authors(names: Sequence[str], shown: int = 3) -> str:
    """`A, B, C et al.`: the first `shown` names, each in its own direction of writing, and whether there are more."""
    return ", ".join(map(_isolate, names[:shown])) + (" et al." if len(names) > shown else "")


def _isolate(name: str) -> str:
    """A name written from right to left would else turn the commas and names around it (Unicode TR 9, section 2.4)."""
    runs_left = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name)
    return f"\u2068{name}\u2069" if runs_left else name


def long_date(day: date, language: str = "en") -> str:
    """`Thursday, 19 November 2026`, or as another language writes it; a language nobody knows counts as English."""
    if not language.startswith("en"):
        from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - needed for few mails
        from babel.dates import format_date  # noqa: PLC0415

        with suppress(UnknownLocaleError, ValueError):
            return str(format_date(day, "full", locale=Locale.parse(language, sep="-")))
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """`Thu 19 Nov`."""
    return f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]}"


def moment(at: datetime) -> str:
    """`Thu 19 Nov, 12:40 UTC`."""
    at = at.astimezone(UTC)
    return f"{short_date(at.date())}, {at:%H:%M} UTC"


def whole(number: float) -> str:
    """`1,312`."""
    return f"{number:,.0f}"


def counted(number: int, noun: str) -> str:
    """`1 paper`, `1,312 papers`."""
    return f"{whole(number)} {noun}{'' if number == 1 else 's'}"


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` characters, cut after a word where there is one and marked with an ellipsis."""
    if len(text) <= width:
        return text
    head = text[: width - 1]
    at_word = re.split(r"\s+\S*$", head, maxsplit=1)[0] if not text[len(head)].isspace() else head
    kept = at_word if len(at_word) * 2 >= len(head) else head
    return kept.rstrip(" ,;:.–—-") + "…"


def first_fitting(candidates: Sequence[str], width: int) -> str:
    """The first of `candidates` with at most `width` characters; else the last one."""
    return next((text for text in candidates if len(text) <= width), candidates[-1])


def wrap(text: str, indent: int = 0, width: int = TEXT_WIDTH) -> str:
    """`text` in lines of at most `width` columns, indented by `indent` but for the first; links stay whole."""
    return textwrap.fill(
        " ".join(text.split()),
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    ).lstrip(" ")


FILTERS: dict[str, Callable[..., str]] = {
    function.__name__: function
    for function in (one_line, long_date, short_date, moment, whole, counted, shorten, first_fitting, wrap)
}
