"""What sources count of a person's whole work, where it is certain whose work they count.

A figure is never borrowed: where papers can't be told from a namesake's, where a source's profile holds papers of
several persons, or where sources name several people, nothing is shown, and the reason is told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from digest.authors.identifiers import orcid_of
from digest.authors.reasons import source_name
from digest.model.author import Figures, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model.attention import AuthorRecord
    from digest.model.author import Person

# A source's profile stands for the person when it holds so much of what that source has of the person's papers.
_MAIN = 2 / 3


def find_figures(person: Person, others: Sequence[Person]) -> tuple[tuple[Figures, ...], tuple[str, ...]]:
    """The newest figures of each source, and why those of the rest are withheld, in words."""
    records = [record for one in person.authorships for record in one.records]
    numbered = sorted({record.source for record in records if _has_numbers(record)})
    if numbered and (doubt := _doubt(person)):
        return (), (doubt,)
    elsewhere = {(record.source, record.key) for other in others for one in other.authorships for record in one.records}
    found = [_of_source([record for record in records if record.source == source], elsewhere) for source in numbered]
    figures = tuple(one for one in found if isinstance(one, Figures))
    return figures, tuple(one for one in found if isinstance(one, str))


def _doubt(person: Person) -> str:
    if person.standing is Standing.UNCLEAR:
        return "These papers can't be told from a namesake's, so no citations and no h-index are shown."
    if any(len({record.orcid for record in one.records if record.orcid}) > 1 for one in person.authorships):
        return "The sources name different ORCIDs for one paper's author, so no citations and no h-index are shown."
    if _sources_disagree(person):
        return "One source takes these papers for one person's and another for several's, so no figures are shown."
    return ""


def _sources_disagree(person: Person) -> bool:
    """Whether one source has all the papers under one profile and another has not; one ORCID on all settles it."""
    orcids = {orcid_of(one) for one in person.authorships}
    if len(orcids) == 1 and orcids != {""}:
        return False
    keys: dict[str, list[str]] = defaultdict(list)
    for record in (record for one in person.authorships for record in one.records):
        keys[record.source].append(record.key)
    several = [found for found in keys.values() if len(found) > 1]
    have_main = [Counter(found).most_common(1)[0][1] >= _MAIN * len(found) for found in several]
    return any(have_main) and not all(have_main)


def _of_source(records: Sequence[AuthorRecord], elsewhere: Iterable[tuple[str, str]]) -> Figures | str:
    name = source_name(records[0].source)
    (key, papers), *_ = sorted(Counter(record.key for record in records).items(), key=lambda one: (-one[1], one[0]))
    if (records[0].source, key) in elsewhere:
        return f"{name}'s profile {key} holds papers of a namesake too, so its figures are not shown."
    if papers < _MAIN * len(records):
        return f"{name} has these papers under several profiles, of which none has most, so no figures are shown."
    newest = max((one for one in records if one.key == key), key=lambda one: (_has_numbers(one), one.observed_at))
    if not _has_numbers(newest):
        return f"{name}'s profile {key} has no figures."
    return Figures(newest.source, key, newest.observed_at, newest.papers, newest.citations, newest.h_index)


def _has_numbers(record: AuthorRecord) -> bool:
    return record.citations is not None or record.h_index is not None
