"""Turns a person's papers into a profile."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from digest.authors.figures import find_figures
from digest.authors.reasons import source_name
from digest.authors.weights import plain
from digest.model.author import Mean, Place, Profile, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from digest.model.author import Authorship, Person, Rating

_MOST_COAUTHORS = 10


def make_profiles(persons: Sequence[Person], ratings: Iterable[Rating]) -> tuple[Profile, ...]:
    """A profile of each person, in the same order."""
    of_paper: dict[str, list[Rating]] = defaultdict(list)
    for rating in ratings:
        of_paper[rating.paper_id].append(rating)
    return tuple(_profile(person, [one for one in persons if one is not person], of_paper) for person in persons)


def _profile(person: Person, others: Sequence[Person], of_paper: dict[str, list[Rating]]) -> Profile:
    names = Counter(one.mark.name for one in person.authorships)
    # The fullest form of the name, and of those the one that is printed most.
    name, *rest = sorted(names, key=lambda form: (-len(plain(form).replace(" ", "")), -names[form], form))
    category, share = _main_category(person.authorships)
    figures, withheld = find_figures(person, others)
    given = [rating for one in person.authorships for rating in of_paper.get(one.mark.paper_id, ())]
    return Profile(
        name=name,
        other_names=tuple(rest),
        person=person,
        main_category=category,
        main_share=share,
        place=_place(person),
        figures=figures,
        withheld=withheld,
        score=_mean([rating.score for rating in given]),
        novelty=_mean([rating.novelty for rating in given if rating.novelty is not None]),
        coauthors=_coauthors(person.authorships),
    )


def _main_category(authorships: Sequence[Authorship]) -> tuple[str, float]:
    counted = Counter(one.categories[0] for one in authorships if one.categories)
    if not counted:
        return "", 0.0
    category, number = min(counted.items(), key=lambda one: (-one[1], one[0]))
    return category, number / len(authorships)


def _place(person: Person) -> Place | None:
    """Of the newest paper that tells of one: as printed there, else as a source has it for that paper."""
    for one in sorted(person.authorships, key=_newest_last, reverse=True):
        if one.affiliations:
            return Place(one.affiliations[0], f"printed on {one.mark.paper_id}", one.announced_on)
        told = [record for record in one.records if record.organisations]
        if told and person.standing is not Standing.UNCLEAR:
            newest = max(told, key=lambda record: record.observed_at)
            return Place(newest.organisations[0], source_name(newest.source), newest.observed_at.date())
    return None


def _newest_last(one: Authorship) -> tuple[bool, date | None, str]:
    return (one.announced_on is not None, one.announced_on, one.mark.paper_id)


def _mean(values: Sequence[float]) -> Mean | None:
    return Mean(sum(values) / len(values), len(values)) if values else None


def _coauthors(authorships: Sequence[Authorship]) -> tuple[tuple[str, int], ...]:
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for one in authorships:
        for name in dict.fromkeys(one.coauthors):
            forms[plain(name)][name] += 1
    counted = [(min(names, key=lambda form: (-names[form], form)), names.total()) for names in forms.values()]
    return tuple(sorted(counted, key=lambda one: (-one[1], one[0])))[:_MOST_COAUTHORS]
