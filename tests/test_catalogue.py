from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.catalogue import check_categories, load_areas, load_categories, load_topics
from digest.errors import SettingsError
from digest.model.topic import TopicRule

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = load_categories()


def test_arxivs_taxonomy_is_there() -> None:
    assert KNOWN["cs.CL"].name == "Computation and Language"
    assert KNOWN["hep-th"].archive == "hep-th"
    assert len(KNOWN) > 150


def test_codes_are_spelled_as_arxiv_does_and_an_archive_stands_for_all_of_its_own() -> None:
    assert check_categories(["CS.cl", "cs.CL", "quant-ph"], KNOWN) == ("cs.CL", "quant-ph")
    econometrics = check_categories(["econ"], KNOWN)
    assert econometrics == ("econ.EM", "econ.GN", "econ.TH")


@pytest.mark.parametrize(("code", "said"), [("cs.CLL", "did you mean cs.CL"), ("zzz", "its codes look like")])
def test_an_unknown_category_is_told_with_what_was_meant(code: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        check_categories([code], KNOWN)


def test_the_shipped_topics_and_areas_are_in_order() -> None:
    assert len(load_topics(None)) > 100
    areas = load_areas(None)
    assert areas["cs.CL"] == "language"
    assert {category.archive for category in KNOWN.values()} - areas.keys() == set()


def test_topics_of_ones_own_are_read(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[[topic]]\nslug = "tides"\nname = "Tides"\ncategories = ["cs.cl"]\nphrases = ["tide"]\n')
    assert load_topics(file) == (TopicRule("tides", "Tides", ("cs.CL",), ("tide",)),)
    assert load_areas(file) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "there is none"),
        ("[[topic]]\nslug = 'a'\nname = 'A'\ncolour = 1", r"topic 1 \(a\) has the unknown key 'colour'"),
        ("[[topic]]\nname = 'A'\nphrases = ['a']", r"topic 1 \(A\) needs a slug and a name"),
        ("[[topic]]\nslug = 'a'\nname = 'A'", "needs categories or phrases"),
        ("[[topic]]\nslug = 'a'\nname = 'A'\nphrases = 'tide'", "phrases must be a list of texts"),
        ("[[topic]]\nslug = 'a'\nname = 'A'\ncategories = ['cs.XX']", r"topic 1 \(a\): arXiv has no category 'cs.XX'"),
        ("[[topic]]\nslug = 'a'\nname = 'A'\nphrases = ['a']\n" * 2, "the slug 'a' names two topics"),
        ("topic = 3", "there is none"),
        ("topic = [3]", "topic 1 is not a table"),
        ("[[topic\nx = 1", "not valid TOML: .*line 1"),
    ],
)
def test_a_broken_list_of_topics_is_told(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(content)
    with pytest.raises(SettingsError, match=said):
        load_topics(file)


def test_a_missing_list_of_topics_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_topics(tmp_path / "nowhere.toml")
