"""A topic: a named group of papers, never an arXiv category."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class TopicRule:
    """A configured topic: where its papers live, and the phrases that show one.

    A topic without phrases takes every paper whose primary category is among its categories.
    """

    slug: str
    name: str
    categories: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


class TopicKind(StrEnum):
    """Where a topic comes from: the operator, a day's clusters, what is left, or one reader's own wishes."""

    CONFIGURED = "configured"
    CLUSTER = "cluster"
    REST = "rest"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it appears in an edition."""

    slug: str
    name: str
    kind: TopicKind


@dataclass(frozen=True, slots=True)
class Category:
    """One of arXiv's categories: its code, arXiv's name for it, and its archive."""

    code: str
    name: str
    archive: str
