from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.arxiv.creators import parse_creators


@pytest.mark.parametrize(
    ("creators", "expected"),
    [
        ("", []),
        ("Ada Byron, Bo Li", [("Ada Byron",), ("Bo Li",)]),
        ("Ada  Byron,  Bo", [("Ada Byron",), ("Bo",)]),
        ("Ada Byron (King's College, London), Bo Li", [("Ada Byron", "King's College, London"), ("Bo Li",)]),
        ("Ada (Dept. (Maths, Stats), Bath), Bo", [("Ada", "Dept. (Maths, Stats), Bath"), ("Bo",)]),
        ("Ada (Bath) (London)", [("Ada", "Bath", "London")]),
        ("Ada Byron, Bo Li and Cy Twombly", [("Ada Byron",), ("Bo Li",), ("Cy Twombly",)]),
        ("Ada Byron, and Bo Li", [("Ada Byron",), ("Bo Li",)]),
        ("Anders Sand & Sandy Andover", [("Anders Sand",), ("Sandy Andover",)]),
        ("Ada (Bath and London), Bo", [("Ada", "Bath and London"), ("Bo",)]),
        (
            "Ada (1), Bo (1 and 2), and Cy (2) ((1) Bath, Somerset (UK), (2) London)",
            [("Ada", "Bath, Somerset (UK)"), ("Bo", "Bath, Somerset (UK)", "London"), ("Cy", "London")],
        ),
        ("Ada (1), Bo (2), (1) Bath, Somerset, (2) London", [("Ada", "Bath, Somerset"), ("Bo", "London")]),
        ("Ada (a), Bo (a, b) (a) Bath, (b) London", [("Ada", "Bath"), ("Bo", "Bath", "London")]),
        ("Ada (1), Bo (2)", [("Ada",), ("Bo",)]),
        ("Ada, the Sheep Collaboration: Bo, Cy", [("Ada",), ("the Sheep Collaboration",), ("Bo",), ("Cy",)]),
        ("Ada for the Sheep Collaboration, Bo", [("Ada",), ("Sheep Collaboration",), ("Bo",)]),
        ("Ada for Bo, Cy", [("Ada for Bo",), ("Cy",)]),
        ("Ada for the A Team for the B Group", [("Ada",), ("A Team",), ("B Group",)]),
        ("Ada for the A Team for Bo", [("Ada",), ("A Team for Bo",)]),
        ("Ada (on behalf of the Sheep Collaboration)", [("Ada",), ("Sheep Collaboration",)]),
        ("Sheep Team, :, Numfor Ada, Oghojafor Bo", [("Sheep Team",), ("Numfor Ada",), ("Oghojafor Bo",)]),
        ("Ada Byron et al.", [("Ada Byron",)]),
        ("Martin King, Jr., Bo Li", [("Martin King Jr.",), ("Bo Li",)]),
        (r"Kurt G{\"o}del, Fran\c{c}ois Vi\`ete", [("Kurt Gödel",), ("François Viète",)]),
        ("Ada), Bo", [("Ada",), ("Bo",)]),
        ("Ada (Bath, Bo, Cy", [("Ada Bath",), ("Bo",), ("Cy",)]),
        ("Ada (), , Bo", [("Ada",), ("Bo",)]),
        ("Ada, (Bath) (for the Sheep Team)", [("Ada",), ("Sheep Team", "Bath")]),
    ],
)
def test_authors_and_affiliations_are_taken_apart(creators: str, expected: list[tuple[str, ...]]) -> None:
    assert [(author.name, *author.affiliations) for author in parse_creators(creators)] == expected


def test_three_thousand_authors_are_read_in_no_time() -> None:
    authors = parse_creators(", ".join(f"A. N. Author{n} (University {n}, City)" for n in range(3000)))
    assert len(authors) == 3000
    assert authors[-1].affiliations == ("University 2999, City",)


@pytest.mark.parametrize("part", ["for ", "A for ", "A for the ", "A, Jr., ", "A (", "(1) ", "a and ", ": ", "et al "])
@pytest.mark.parametrize("end", ["", " team"])
def test_a_long_hostile_string_takes_time_in_proportion_to_its_length(part: str, end: str) -> None:
    """With four hundred thousand characters what grows with their square takes minutes, not a second."""
    creators = part * (400_000 // len(part)) + end
    started = time.process_time()
    parse_creators(creators)
    assert time.process_time() - started < 5


@given(st.text(alphabet="Ab (){},;:1a\\.&\n", max_size=60))
def test_no_string_of_authors_breaks_it(creators: str) -> None:
    for author in parse_creators(creators):
        assert author.name.strip()
        assert all(place.strip() for place in author.affiliations)
