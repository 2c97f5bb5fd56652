"""A day's papers in topics: the operator's own, then groups of what is left, then the rest."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

from digest.model.topic import Topic, TopicKind, TopicRule
from digest.topics.clusters import cluster
from digest.topics.configured import assign
from digest.topics.labels import Names, holds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from scipy.sparse import csr_matrix

    from digest.model.paper import Paper
    from digest.topics.labels import Key

# What fits no topic.
REST = Topic("more-papers", "More papers", TopicKind.REST)
_FEWEST_TO_CLUSTER = 8


@dataclass(frozen=True, slots=True)
class Grouping:
    """The day's topics, none of them empty, and the slug of each paper's topic by the paper's id.

    The configured topics stand first, in the operator's order; then the clusters, the largest first; then the rest.
    """

    topics: tuple[Topic, ...]
    topic_of: Mapping[str, str]


def group(papers: Sequence[Paper], rules: Sequence[TopicRule], vectors: csr_matrix | None) -> Grouping:
    """Every paper's topic.

    `vectors` has a row of unit length for each paper, in the same order; without it nothing is clustered, nor when
    fewer than eight papers fit no configured topic. A group of papers that share no phrase is no cluster.
    """
    configured = assign(papers, rules)
    rows = [row for row, paper in enumerate(papers) if paper.id not in configured]
    clustered: dict[str, TopicRule] = {}
    if vectors is not None and len(rows) >= _FEWEST_TO_CLUSTER:
        names = Names(papers, [papers[row] for row in rows], taken=[REST.name, *(rule.name for rule in rules)])
        groups = cluster([papers[row].id for row in rows], vectors[rows], judge=names.value)
        found = _name(groups, names, taken={REST.slug, *(rule.slug for rule in rules)})
        clustered = _join([papers[row] for row in rows], found)
    topic_of = {paper.id: REST for paper in papers}
    topic_of |= {paper_id: Topic(rule.slug, rule.name, TopicKind.CONFIGURED) for paper_id, rule in configured.items()}
    topic_of |= {paper_id: Topic(rule.slug, rule.name, TopicKind.CLUSTER) for paper_id, rule in clustered.items()}
    return Grouping(_in_order(topic_of.values(), rules), {paper_id: topic.slug for paper_id, topic in topic_of.items()})


def _name(groups: Sequence[Sequence[str]], names: Names, *, taken: set[str]) -> dict[TopicRule, list[str]]:
    """Each cluster as a rule of one phrase, its name, with its papers.

    Groups are one cluster where the name of one is a part of the other's: two headings that say nearly the same
    help nobody.
    """
    named = [(key, ids) for ids in groups if (key := names.choose(ids))]
    members: dict[Key, list[str]] = {}
    for key, ids in sorted(named, key=lambda it: (len(it[0]), -len(it[1]), it[0])):
        broader = next((shorter for shorter in members if holds(key, shorter)), key)
        members.setdefault(broader, []).extend(ids)
    found: dict[TopicRule, list[str]] = {}
    for key, ids in members.items():
        label = names.spell(key, ids)
        slug = _free_slug(label, taken | {rule.slug for rule in found})
        found[TopicRule(slug, label, phrases=(label,))] = ids
    return found


def _join(left: Sequence[Paper], found: Mapping[TopicRule, Sequence[str]]) -> dict[str, TopicRule]:
    """Each clustered paper's cluster.

    A paper that is in none joins the one whose name it says, as it would have to say a configured topic's phrase.
    """
    own = {paper_id: rule for rule, ids in found.items() for paper_id in ids}
    return assign(left, tuple(found)) | own


def _in_order(topics: Iterable[Topic], rules: Sequence[TopicRule]) -> tuple[Topic, ...]:
    place = {rule.slug: at for at, rule in enumerate(rules)}
    kinds = list(TopicKind)
    counted = Counter(topics)
    return tuple(sorted(counted, key=lambda it: (kinds.index(it.kind), place.get(it.slug, -counted[it]), it.slug)))


def _free_slug(label: str, taken: Collection[str]) -> str:
    """The label in small ASCII letters and hyphens, with a number after it where a topic has that slug already."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "cluster"
    numbered = (f"{slug}-{number}" for number in count(2))
    return next(free for free in chain([slug], numbered) if free not in taken)
