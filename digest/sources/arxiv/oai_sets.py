"""The names under which arXiv's OAI-PMH service keeps its categories: `cs:cs:CL`, `physics:quant-ph`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.paper import archive_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Every archive that is none of physics is a group of its own: https://info.arxiv.org/help/oa/index.html
_OWN_GROUPS = frozenset({"cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"})


def set_names(categories: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """The sets that hold the papers of these categories, cross-lists with them.

    Where all `known` categories of an archive are wanted, that is the one set of the archive: its papers would come
    again with each of their cross-lists.
    """
    members: dict[str, set[str]] = {}
    for code in known:
        members.setdefault(archive_of(code), set()).add(code)
    whole = {archive for archive, codes in members.items() if codes <= set(categories)}
    names = (_set_of_archive(archive_of(code), whole, code) for code in categories)
    return tuple(dict.fromkeys(names))


def _set_of_archive(archive: str, whole: set[str], code: str) -> str:
    group = archive if archive in _OWN_GROUPS else "physics"
    subject = code.partition(".")[2]
    return f"{group}:{archive}:{subject}" if subject and archive not in whole else f"{group}:{archive}"
