"""Each source is given its key in its own way, and never shown."""

from __future__ import annotations

import pytest

from digest.sources.attention.access import Access, access


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("github", Access(headers={"Authorization": "Bearer k3y"})),
        ("huggingface", Access(headers={"Authorization": "Bearer k3y"})),
        ("semantic_scholar", Access(headers={"x-api-key": "k3y"})),
        ("openalex", Access(query={"api_key": "k3y"})),
        ("hackernews", Access()),
    ],
)
def test_a_key_goes_where_the_source_wants_it(source: str, expected: Access) -> None:
    assert access(source, "k3y") == expected
    assert access(source, "") == Access()
    assert "k3y" not in repr(access(source, "k3y"))
