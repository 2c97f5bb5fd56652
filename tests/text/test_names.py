from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.name_forms import Likeness, agree, compare
from digest.text.names import PersonName, family_key, fold, read_name

NONE, TURNED, INITIAL, FULL = Likeness


def read(name: str) -> PersonName:
    parsed = read_name(name)
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("name", "given_names", "family", "suffix"),
    [
        ("Jane Smith", ("jane",), "smith", ""),
        ("Smith, Jane A.", ("jane", "a"), "smith", ""),
        ("Bernhard Schölkopf", ("bernhard",), "scholkopf", ""),
        ("Łukasz Kaiser", ("lukasz",), "kaiser", ""),
        ("Philip H.S. Torr", ("philip", "h", "s"), "torr", ""),
        ("JY Park", ("j", "y"), "park", ""),
        ("Wu Al", ("wu",), "al", ""),
        ("Ludwig van der Berg", ("ludwig",), "berg", ""),
        ("John Smith Jr.", ("john",), "smith", "jr"),
        ("Smith, Jr., John", ("john",), "smith", "jr"),
        ("John Smith III", ("john",), "smith", "iii"),
        ("Pat O’Brien", ("pat",), "obrien", ""),
        ("Ming‐Hsuan Yang", ("ming-hsuan",), "yang", ""),
        ("Prof. Jane Smith", ("jane",), "smith", ""),
        ("Sukarno", (), "sukarno", ""),
        ("王伟", (), "王伟", ""),
        ("Иван Петров", ("иван",), "петров", ""),
        ("がくと", (), "がくと", ""),
    ],
)
def test_a_name_is_taken_apart(name: str, given_names: tuple[str, ...], family: str, suffix: str) -> None:
    assert read_name(name) == PersonName(given_names, family, suffix)


@pytest.mark.parametrize(
    "name", ["ATLAS Collaboration", "The LIGO Scientific Collaboration", "Gemini Team", "and others et al.", "", "7"]
)
def test_a_collaboration_is_no_person(name: str) -> None:
    assert read_name(name) is None


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Jane Smith", "jane SMITH", FULL),
        ("Jane Smith", "J. Smith", INITIAL),
        ("J. Smith", "J. Smith", INITIAL),
        ("Jane Smith", "John Smith", NONE),
        ("Jane Smith", "Jane Smyth", NONE),
        ("Jane A. Smith", "Jane Smith", FULL),
        ("Jane A. Smith", "Jane B. Smith", NONE),
        ("Jane Anna Smith", "Jane A. Smith", FULL),
        ("Anna Smith", "Jane Anna Smith", NONE),
        ("Ming-Hsuan Yang", "M.-H. Yang", INITIAL),
        ("Ming-Hsuan Yang", "MH Yang", INITIAL),
        ("Ming-Hsuan Yang", "M. K. Yang", NONE),
        ("Ming-Hsuan Yang", "Minghsuan Yang", FULL),
        ("Ming Hsuan Yang", "Minghsuan Yang", FULL),
        ("Wei-Yao Wang", "Wei Wang", NONE),
        ("Wei Wang", "Wang Wei", TURNED),
        ("Yang Ming-Hsuan", "Ming-Hsuan Yang", TURNED),
        ("José Núñez", "Jose Nunez", FULL),
        ("Hans Müller", "Hans Mueller", INITIAL),
        ("Ludwig van Beethoven", "Ludwig Beethoven", FULL),
        ("John Smith Jr.", "John Smith III", NONE),
        ("John Smith Jr.", "John Smith", FULL),
        ("Sukarno", "Sukarno", FULL),
        ("Sukarno", "Kusno Sukarno", NONE),
        ("王伟", "王伟", FULL),
        ("王伟", "王芳", NONE),
    ],
)
def test_forms_of_one_name_are_told_from_other_names(one: str, other: str, likeness: Likeness) -> None:
    assert compare(read(one), read(other)) is likeness
    assert compare(read(other), read(one)) is likeness


def test_an_initial_may_stand_for_two_names_that_exclude_each_other() -> None:
    assert agree([read("J. Smith"), read("Jane Smith"), read("Jane A. Smith")])
    assert not agree([read("J. Smith"), read("Jane Smith"), read("John Smith")])


def test_umlauts_and_what_is_typed_for_them_have_one_key() -> None:
    assert family_key(fold("Müller")) == family_key(fold("Mueller"))
    assert family_key(fold("García-Márquez")) == family_key(fold("GarciaMarquez"))


@given(st.text(max_size=40))
def test_every_text_is_a_name_or_none_and_agrees_with_itself(text: str) -> None:
    parsed = read_name(text)
    if parsed is not None:
        assert parsed.family
        assert compare(parsed, parsed) in {FULL, INITIAL}


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_the_same_both_ways(one: str, other: str) -> None:
    first, second = read_name(f"{one} Smith"), read_name(f"{other} Smith")
    if first and second:
        assert compare(first, second) is compare(second, first)
