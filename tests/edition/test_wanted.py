from __future__ import annotations

from typing import Any

import pytest
from factory_editions import TIDES, WINDS, make_entry
from hypothesis import given
from hypothesis import strategies as st

from digest.edition.wanted import WantedIndex, fold_name
from digest.model.announcement import AnnounceType
from digest.model.subscriber import Preferences

NEW, CROSS, REPLACE = AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE
ENTRIES = (
    make_entry(1, topic=TIDES, primary_category="cs.CL", cross_lists=("cs.LG",), authors=("Ada Northmere",)),
    make_entry(2, topic=WINDS, primary_category="cs.LG", authors=("Bo Fell", "Zoë Müller-Lüdenscheid")),
    make_entry(
        3,
        topic=TIDES,
        primary_category="math.ST",
        cross_lists=("cs.LG",),
        announce_type=CROSS,
        authors=("Cleo West",),
    ),
    make_entry(4, topic=WINDS, primary_category="cs.CL", announce_type=REPLACE, authors=("Ada Northmere",)),
)
TEXTS = {
    "2611.90001": "Graph neural networks for tides. We train Transformers.",
    "2611.90002": "A study of wind. Transformer-based; no graphs.",
    "2611.90003": "On transforms.",
    "2611.90004": "Graph neural network, second version.",
}
INDEX = WantedIndex(ENTRIES, TEXTS)


def wanted(**preferences: Any) -> list[int]:
    found = INDEX.find(Preferences(**preferences))
    return sorted(int(key[-1]) for keys in found.values() for key in keys)


@pytest.mark.parametrize(
    ("preferences", "papers"),
    [
        ({}, [1, 2, 3]),
        ({"topics": ("tides",)}, [1, 3]),
        ({"categories": ("cs.LG",)}, [1, 2, 3]),
        ({"topics": ("tides",), "categories": ("math.ST",)}, [3]),
        ({"topics": ("volcanoes",)}, []),
        ({"keywords": ("graph neural network",)}, [1]),
        ({"keywords": ("transformer",)}, [1, 2]),
        ({"keywords": ("graph neural network",), "topics": ("winds",)}, [1, 2]),
        ({"muted_keywords": ("transformer",)}, [3]),
        ({"followed_authors": ("northmere, ada",)}, [1]),
        ({"followed_authors": ("Zoe Muller Ludenscheid",)}, [2]),
        ({"muted_authors": ("Ada Northmere",), "keywords": ("graph neural networks",)}, []),
        ({"cross_lists": False}, [1, 2]),
        ({"cross_lists": False, "categories": ("cs.LG",)}, [2]),
        ({"replacements": True}, [1, 2, 3, 4]),
        ({"replacements": True, "keywords": ("graph neural network",)}, [1, 4]),
        ({"keywords": ("...",)}, []),
    ],
)
def test_a_selection_obeys_what_was_asked_for(preferences: dict[str, Any], papers: list[int]) -> None:
    assert wanted(**preferences) == papers


def test_each_paper_stands_under_its_first_reason() -> None:
    found = INDEX.find(
        Preferences(followed_authors=("Ada Northmere",), keywords=("transformers",), categories=("cs.LG",))
    )
    assert {why: sorted(keys) for why, keys in found.items()} == {
        "author": ["2611.90001"],
        "keyword": ["2611.90002"],
        "choice": ["2611.90003"],
    }


WORDS = st.lists(st.sampled_from(["graph", "transformer", "wind", "tides", "version"]), max_size=3).map(tuple)
NAMES = st.lists(st.sampled_from(["Ada Northmere", "Bo Fell", "Nobody"]), max_size=2).map(tuple)


@given(
    st.builds(
        Preferences,
        topics=st.lists(st.sampled_from(["tides", "winds"]), max_size=2).map(tuple),
        categories=st.lists(st.sampled_from(["cs.CL", "cs.LG", "math.ST"]), max_size=2).map(tuple),
        keywords=WORDS,
        muted_keywords=WORDS,
        followed_authors=NAMES,
        muted_authors=NAMES,
        cross_lists=st.booleans(),
        replacements=st.booleans(),
    )
)
def test_what_is_muted_never_comes_and_what_is_followed_always_does(preferences: Preferences) -> None:
    found = {key for keys in INDEX.find(preferences).values() for key in keys}
    by_id = {entry.card.paper_id: entry.card for entry in ENTRIES}
    for key, card in by_id.items():
        text = TEXTS[key].lower()
        is_muted = bool({*card.authors} & {*preferences.muted_authors}) or any(
            word.rstrip("s") in text for word in preferences.muted_keywords
        )
        is_followed = bool({*card.authors} & {*preferences.followed_authors})
        is_held_back = (card.announce_type is REPLACE and not preferences.replacements) or (
            not preferences.cross_lists
            and (
                card.primary_category not in preferences.categories
                if preferences.categories
                else card.announce_type is CROSS
            )
        )
        if is_muted or is_held_back:
            assert key not in found
        elif is_followed:
            assert key in found


def test_names_are_compared_without_accents_and_marks() -> None:
    assert fold_name("Müller-Lüdenscheid, Zoë") == fold_name("ZOE MULLER LUDENSCHEID") == "zoe muller ludenscheid"
