from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from web_desk import WebDesk

from digest.model.topic import TopicRule
from digest.preferences import LANGUAGES
from digest.web.choices import Choices, topic_areas

if TYPE_CHECKING:
    from digest.store.database import Database


@pytest.fixture
def choices(database: Database) -> Choices:
    return Choices.of(WebDesk(database).site)


def test_every_topic_and_category_can_be_found_in_one_group(choices: Choices, database: Database) -> None:
    site = WebDesk(database).site
    for groups, known in ((choices.topics, site.topics), (choices.categories, site.categories)):
        offered = [choice.value for group in groups for choice in group.choices]
        assert sorted(offered) == sorted(known)
        assert len(groups) < 20
        assert all(len(group.choices) > 1 for group in groups[:-1])
    assert choices.count == len(site.topics) + len(site.categories)


def test_groups_have_the_names_of_areas_and_archives(choices: Choices) -> None:
    assert "Language" in [group.name for group in choices.topics]
    assert "Computer Science (cs)" in [group.name for group in choices.categories]
    assert choices.topics[-1].name == choices.categories[-1].name == "More"


def test_every_zone_is_one_and_is_offered_once(choices: Choices) -> None:
    zones = [choice.value for group in choices.zones for choice in group.choices]
    assert len(zones) == len(set(zones)) > 400
    assert {"Europe/Zurich", "America/Argentina/Buenos_Aires", "Etc/GMT+3"} <= set(zones)
    assert all(ZoneInfo(zone).key == zone for zone in zones)


def test_languages_are_named_by_themselves(choices: Choices) -> None:
    names = {choice.value: choice.label for choice in choices.languages}
    assert tuple(names) == LANGUAGES
    assert (names["de"], names["fr"], names["pt-BR"]) == ("Deutsch", "Français", "Português (Brasil)")


def test_a_topics_area_is_that_of_its_first_category_or_of_the_archive() -> None:
    topics = [
        TopicRule("parsing", "Parsing", ("cs.CL", "math.CO")),
        TopicRule("knots", "Knots", ("math.GT",)),
        TopicRule("anywhere", "Anywhere", (), ("anywhere",)),
        TopicRule("odd", "Odd", ("nlin.AO",)),
    ]
    assert topic_areas(topics, {"cs.CL": "language", "cs": "systems", "math": "mathematics"}) == {
        "parsing": "language",
        "knots": "mathematics",
    }
