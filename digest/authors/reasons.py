"""Why authorships are held to be one person's, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.authors.identifiers import ORCID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.authors.cluster import Cluster, Evidence
    from digest.authors.identifiers import Key

_SOURCES = {"semantic_scholar": "Semantic Scholar", "openalex": "OpenAlex", "huggingface": "Hugging Face"}


def source_name(source: str) -> str:
    """A source as people know it."""
    return _SOURCES.get(source, source.replace("_", " "))


def told_by_identifier(key: Key) -> str:
    """That an identifier tells it."""
    source, value = key
    return f"same ORCID {value}" if source == ORCID else f"one profile at {source_name(source)} ({value})"


def told_by_evidence(cluster: Cluster, evidence: Evidence) -> None:
    """Notes in the cluster what has just joined it."""
    cluster.by_coauthors |= evidence.coauthors
    cluster.by_organisation |= bool(evidence.organisations)
    if not evidence.coauthors and not evidence.organisations:
        cluster.by_name = True
        cluster.by_fields |= {evidence.category} - {""}


def reasons(cluster: Cluster) -> tuple[str, ...]:
    """All that joined the cluster."""
    return (*cluster.reasons, *_told(cluster))


def _told(cluster: Cluster) -> Iterator[str]:
    number = len(cluster.by_coauthors)
    if number:
        yield f"{number:,} shared co-author{'s' * (number != 1)}"
    if cluster.by_organisation:
        yield "same organisation"
    if cluster.by_name:
        fields = ", ".join(sorted(cluster.by_fields))
        yield f"a rare name, and the same field ({fields})" if fields else "a rare name"
