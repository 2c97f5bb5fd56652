from __future__ import annotations

import pytest

from digest.text.mentions import find_code_url, find_project_url, find_venue


@pytest.mark.parametrize(
    ("comment", "venue"),
    [
        ("Accepted as an oral paper at AAAI-26 (Main Track)", "Accepted at AAAI 2026 (oral)"),
        ("12 pages. Accepted to ICML 2026", "Accepted at ICML 2026"),
        ("EMNLP 2025 Findings", "EMNLP 2025 Findings"),
        ("Accepted to ICCV 2025 Workshop on Tides", "Accepted at ICCV 2025 workshop"),
        ("Accepted at TIDE@CVPR 2025", "Accepted at CVPR 2025 workshop"),
        ("accepted for publication in Annals of Tides", "Accepted by Annals of Tides"),
        ("To appear in the Proceedings of Tides 2026, 4 pages", "To appear in Tides 2026"),
        ("Submitted to ICML 2026", None),
        ("Under review at TMLR 2026", None),
        ("An extended version of the work accepted for publication in Tides", None),
        ("12 pages, 2026 figures", None),
        ("", None),
        (None, None),
    ],
)
def test_a_venue_is_read_off_the_comments(comment: str | None, venue: str | None) -> None:
    assert find_venue(comment) == venue


def test_a_journal_reference_says_where_the_paper_appeared() -> None:
    assert find_venue("submitted to J. Tides", "J. Tides 12, 34 (2026)") == "Published in J. Tides 12, 34 (2026)"


def test_a_long_venue_is_cut_between_words() -> None:
    venue = find_venue(None, "Proceedings of the " + "very " * 20 + "long conference")
    assert venue is not None
    assert len(venue) < 80
    assert venue.endswith("very …")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Code: https://github.com/example-lab/tidewise.", "https://github.com/example-lab/tidewise"),
        ("see github.com/example-lab/tide.wise.git).", "https://github.com/example-lab/tide.wise"),
        ("models at http://huggingface.co/example/tides, free", "https://huggingface.co/example/tides"),
        ("The source code can be found at https://example.org/tides/code.", "https://example.org/tides/code"),
        ("We encode tides. See https://example.org", None),
        ("no link", None),
    ],
)
def test_code_is_found_where_it_lies(text: str, url: str | None) -> None:
    assert find_code_url(None, text) == url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Videos: https://example-lab.github.io/tides/.", "https://example-lab.github.io/tides"),
        ("Project page: https://example.org/tides.", "https://example.org/tides"),
        ("our page count is 3: https://example.org/tides", None),
    ],
)
def test_project_pages_are_found(text: str, url: str | None) -> None:
    assert find_project_url(text) == url


@pytest.mark.parametrize("hostile", ["accepted for a a a ", "code ", "a-", "project page ", "github.com/", "a."])
def test_long_hostile_texts_take_no_time(hostile: str) -> None:
    text = hostile * 20_000
    assert find_venue(text) is None or find_venue(text)
    assert find_code_url(text) is None or find_code_url(text)
    assert find_project_url(text) is None or find_project_url(text)
