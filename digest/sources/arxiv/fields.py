"""The fields of arXiv's documents as the vocabulary has them: readable text, categories, moments, days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.text.tex import to_unicode

if TYPE_CHECKING:
    from collections.abc import Iterable

EASTERN = ZoneInfo("America/New_York")
# arXiv's own limit for an abstract is 1,920 characters: https://info.arxiv.org/help/prep.html
LONGEST_TEXT = 20_000
TOO_LONG = f"of more than {LONGEST_TEXT:,} characters; the rest was left out"
# No paper has more than a dozen or so; for each of them feedparser looks through those before it.
_MOST_CATEGORIES = 100
# Categories without a subject class, today's and those of old papers: https://arxiv.org/archive
_WHOLE_ARCHIVES = re.compile(
    r"astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nlin|nucl-(?:ex|th)|quant-ph|q-bio"
    r"|acc-phys|adap-org|alg-geom|ao-sci|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|dg-ga|funct-an"
    r"|mtrl-th|patt-sol|plasm-ph|q-alg|solv-int|supr-con"
)
_WITH_SUBJECT = re.compile(r"[a-z]+(?:-[a-z]+)?\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*)")


def readable(text: str) -> str:
    """The text without TeX, white space squeezed to single spaces, cut at LONGEST_TEXT characters."""
    # So many words are more than so many characters; to part the rest too would take twenty times its memory.
    words = text.split(maxsplit=LONGEST_TEXT)
    return squeezed(to_unicode(" ".join(words)[:LONGEST_TEXT]))


def squeezed(text: str) -> str:
    """The text in one line, with single spaces."""
    return " ".join(text.split())


def arxiv_categories(terms: Iterable[str]) -> tuple[str, ...]:
    """Those of the terms that are arXiv categories, each once, at most a hundred; MSC and ACM classes are left out."""
    found = (squeezed(term) for term in terms)
    known = (term for term in found if _WITH_SUBJECT.fullmatch(term) or _WHOLE_ARCHIVES.fullmatch(term))
    return tuple(dict.fromkeys(known))[:_MOST_CATEGORIES]


def moment(text: str) -> datetime | None:
    """An ISO 8601 time in UTC, None if it is none; one without a zone is taken for UTC."""
    try:
        read = datetime.fromisoformat(text.strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def eastern_day(instant: datetime) -> date:
    """The date in arXiv's own time zone, by which it announces: https://info.arxiv.org/help/availability.html."""
    return instant.astimezone(EASTERN).date()
