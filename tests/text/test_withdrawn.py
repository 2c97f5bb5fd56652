from __future__ import annotations

import pytest

from digest.text.withdrawn import is_withdrawn

ABSTRACT = "We measure the tides. They rise twice a day."


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn",
        "This paper has been withdrawn by the author due to a crucial sign error in equation 3",
        "9 pages, 3 figures This paper was submitted by mistake and has now been withdrawn",
        "This submission has been withdrawn by arXiv administrators due to inappropriate text reuse",
        "Withdrawn: superseded by arXiv:2601.00001",
    ],
)
def test_a_comment_tells_that_a_paper_is_withdrawn(comment: str) -> None:
    assert is_withdrawn(ABSTRACT, comment)


def test_an_abstract_tells_it_by_standing_aside() -> None:
    assert is_withdrawn("This paper has been withdrawn by the author.", None)
    assert is_withdrawn("  The manuscript is withdrawn because of an error in Lemma 2.", "12 pages")


@pytest.mark.parametrize(
    ("abstract", "comment"),
    [
        (ABSTRACT, None),
        (ABSTRACT, "12 pages, accepted at ACL 2026"),
        ("We study papers withdrawn from arXiv. We find that a paper that was withdrawn is often cited.", "20 pages"),
        ("Reserves were withdrawn from the bank.", None),
    ],
)
def test_papers_about_withdrawing_are_not_withdrawn(abstract: str, comment: str | None) -> None:
    assert not is_withdrawn(abstract, comment)
