"""Which of the records that sources have of a paper's authors is about this very author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.text.name_forms import compare
from digest.text.names import read_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model.attention import AuthorRecord
    from digest.model.author import Authorship


def match_records(authorship: Authorship, of_paper: Sequence[AuthorRecord]) -> tuple[AuthorRecord, ...]:
    """The record of each source, where one fits; sources list other versions of a paper, and places may differ.

    The one in the same place counts when its name fits, else the only one whose name fits this author and no other.
    """
    found = []
    for source in sorted({record.source for record in of_paper}):
        fitting = [one for one in of_paper if one.source == source and _fits(one, authorship.mark.name)]
        in_place = [one for one in fitting if one.position == authorship.mark.position]
        if in_place:
            found.append(in_place[0])
        elif len(fitting) == 1 and not any(_fits(fitting[0], name) for name in authorship.coauthors):
            found.append(fitting[0])
    return tuple(found)


def _fits(record: AuthorRecord, name: str) -> bool:
    told, printed = read_name(record.name), read_name(name)
    return bool(told and printed and compare(told, printed))
