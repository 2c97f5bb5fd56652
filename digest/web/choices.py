"""What can be chosen in the forms, in groups that a reader finds their way in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from digest.model.topic import TopicRule
from digest.preferences import LANGUAGES
from digest.render.pages import language_name
from digest.web.site import Site

_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Names that Python finds among the zones and that are none.
_NO_ZONES = frozenset({"UTC", "Factory", "localtime", "posixrules"})
_OTHERS = "Other"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what the form sends, and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Choices that belong together."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """All that a form about preferences offers; `zones` are those besides UTC."""

    topics: tuple[Group, ...]
    categories: tuple[Group, ...]
    zones: tuple[Group, ...]
    languages: tuple[Choice, ...]

    @classmethod
    def of(cls, site: Site) -> Choices:
        """What there is to choose on this site."""
        return cls(
            topics=tuple(map(_by_label, _grouped(site.topics, lambda slug: site.topic_areas.get(slug, _OTHERS)))),
            categories=_grouped(site.categories, lambda code: _archive(code, site.archives)),
            zones=_zones(),
            languages=tuple(Choice(code, language_name(code)) for code in LANGUAGES),
        )

    @property
    def count(self) -> int:
        """How many boxes there are to tick."""
        return sum(len(group.choices) for group in (*self.topics, *self.categories))


def topic_areas(topics: Iterable[TopicRule], areas: Mapping[str, str]) -> dict[str, str]:
    """The area of each topic, by slug: that of its first category, or of the archive; `areas` are by either."""
    found = {}
    for topic in topics:
        for category in topic.categories[:1]:
            area = areas.get(category) or areas.get(category.partition(".")[0])
            if area:
                found[topic.slug] = area
    return found


def _grouped(names: Mapping[str, str], group_of: Callable[[str], str]) -> tuple[Group, ...]:
    """The groups in the order in which they are first come to; what is alone, or belongs to none, at the end."""
    groups: dict[str, list[Choice]] = defaultdict(list)
    for value, name in names.items():
        groups[group_of(value)].append(Choice(value, name))
    last = [*groups.pop(_OTHERS, []), *(found[0] for found in groups.values() if len(found) == 1)]
    large = [Group(name[:1].upper() + name[1:], tuple(found)) for name, found in groups.items() if len(found) > 1]
    return (*large, Group("More", tuple(last))) if last else tuple(large)


def _by_label(group: Group) -> Group:
    return Group(group.name, tuple(sorted(group.choices, key=lambda choice: choice.label.casefold())))


def _archive(code: str, archives: Mapping[str, str]) -> str:
    archive = code.partition(".")[0]
    name = archives.get(archive)
    return f"{name} ({archive})" if name else archive


def _zones() -> tuple[Group, ...]:
    groups: dict[str, list[Choice]] = {region: [] for region in (*_REGIONS, _OTHERS)}
    for zone in sorted(available_timezones() - _NO_ZONES):
        region, _, city = zone.partition("/")
        is_city = bool(city) and region in _REGIONS
        label = city.replace("/", ": ").replace("_", " ") if is_city else zone.replace("_", " ")
        groups[region if is_city else _OTHERS].append(Choice(zone, label))
    return tuple(Group(name, tuple(choices)) for name, choices in groups.items() if choices)
