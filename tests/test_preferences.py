from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.catalogue import check_categories, load_categories
from digest.errors import InputError
from digest.model.subscriber import Frequency, Preferences, Schedule
from digest.preferences import LANGUAGES, PreferenceReader, write_preferences

KNOWN = load_categories()
READER = PreferenceReader(
    {"tides": "Tides and currents", "winds": "Winds"}, lambda codes: check_categories(codes, KNOWN)
)


def read(**fields: str) -> Preferences:
    return READER.read(fields, base=Preferences())


def test_what_is_not_given_stays_as_it_was() -> None:
    base = Preferences(topics=("tides",), papers=7, schedule=Schedule(zone="Europe/Berlin"))
    assert READER.read({}, base=base) == base
    assert READER.read({"hour": "9"}, base=base).schedule == Schedule(hour=9, zone="Europe/Berlin")


def test_a_topic_that_left_the_list_does_not_stand_in_the_way_of_other_changes() -> None:
    base = Preferences(topics=("moons", "tides"))
    assert READER.read({"hour": "9"}, base=base).topics == ("moons", "tides")
    assert READER.read({"topics": "winds; moons"}, base=base).topics == ("winds", "moons")
    assert READER.read({"topics": "winds"}, base=base).topics == ("winds",)


def test_everything_can_be_written_by_hand() -> None:
    assert read(
        topics="Tides and currents, WINDS",
        categories="cs.cl; econ",
        keywords="graph neural networks\nattention",
        followed_authors="Northmere, Ada; Bo Fell",
        cross_lists="no",
        replacements="Yes",
        papers="12",
        frequency="Weekly",
        weekday="Sunday",
        hour="18:00",
        zone="europe/berlin",
        language="pt-br",
    ) == Preferences(
        topics=("tides", "winds"),
        categories=("cs.CL", "econ.EM", "econ.GN", "econ.TH"),
        keywords=("graph neural networks", "attention"),
        followed_authors=("Northmere, Ada", "Bo Fell"),
        cross_lists=False,
        replacements=True,
        papers=12,
        schedule=Schedule(Frequency.WEEKLY, 6, 18, "Europe/Berlin"),
        language="pt-BR",
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"colour": "red"}, "there is no 'colour'. There are: topics, "),
        ({"topics": "tide"}, "there is no topic 'tide'. Did you mean tides"),
        ({"categories": "cs.XX"}, "arXiv has no category 'cs.XX'"),
        ({"papers": "0"}, "papers is '0'. Write a whole number from 1 to 200"),
        ({"papers": "٣"}, "Write a whole number"),
        ({"hour": "24"}, "hour is '24'. Write a whole number from 0 to 23"),
        ({"zone": "Berlin"}, "there is no time zone 'Berlin'. Did you mean Europe/Berlin"),
        ({"zone": "../../etc/passwd"}, "there is no time zone"),
        ({"frequency": "hourly"}, "Allowed: daily, working-days, weekly"),
        ({"weekday": "8"}, "Allowed: monday"),
        ({"language": "xx"}, "Allowed: en"),
        ({"cross_lists": "perhaps"}, "Write yes or no"),
        ({"keywords": "x" * 201}, "each of at most 200 characters"),
        ({"keywords": ",".join(map(str, range(201)))}, "at most 200"),
        ({"keywords": "a\x1b[31mb"}, "can't be shown"),
    ],
)
def test_what_cannot_be_used_is_explained(fields: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(**fields)
    assert said in str(caught.value)


WORDS = st.lists(st.text("abcdefgh xyz", min_size=1, max_size=9).map(str.strip).filter(bool), max_size=3)
LISTS = WORDS.map(lambda words: tuple(dict.fromkeys(" ".join(word.split()) for word in words)))


@given(
    st.builds(
        Preferences,
        topics=st.sampled_from([(), ("tides",), ("tides", "winds")]),
        categories=st.sampled_from([(), ("cs.CL",), ("hep-th", "cs.CL")]),
        keywords=LISTS,
        muted_keywords=LISTS,
        followed_authors=LISTS,
        muted_authors=LISTS,
        papers=st.integers(1, 200),
        schedule=st.builds(
            Schedule,
            frequency=st.sampled_from(Frequency),
            weekday=st.integers(0, 6),
            hour=st.integers(0, 23),
            zone=st.sampled_from(["UTC", "America/New_York"]),
        ),
        language=st.sampled_from(LANGUAGES),
    )
)
def test_what_is_written_reads_back_the_same(preferences: Preferences) -> None:
    fields: dict[str, Any] = write_preferences(preferences)
    assert READER.read(fields, base=Preferences()) == preferences
