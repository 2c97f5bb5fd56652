"""How a paper presents itself: named features that need nothing but the paper and its day's list."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from digest.model.paper import ArxivId

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.model.forecast import Announced

_PROJECT = re.compile("project page|homepage|website|webpage|project:")
_ACCEPTED = re.compile("accept|publish|appear|proceed|in proc|camera")
_MEETING = re.compile("neurips|icml|iclr|cvpr|iccv|eccv|acl|emnlp|naacl|aaai|siggraph")
_UNFINISHED = re.compile("work in progress|preprint|under review|ongoing|submitted")
_RELEASED = re.compile("open-?sourc|release|publicly available|we open")
_BEST = re.compile("state-of-the-art|sota")
_PAGES = re.compile(r"(\d{1,6})\s*pages")
_DIGIT = re.compile(r"\d")
_SIZE = re.compile(r"\d+(?:\.\d+)?[bB]\b")
_CAPITALS = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z0-9]*\b")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Look:
    """A paper with its texts in small letters too; `early` and `place` are 0 for the first of its day, 1 for the last,
    among all ids and in the list of its primary category."""

    paper: Announced
    title: str
    abstract: str
    comment: str
    head: str
    early: float
    place: float


@dataclass(frozen=True, slots=True)
class Feature:
    """One measurement of a look; `group` is what it counts to when a forecast is explained."""

    name: str
    group: str
    measure: Callable[[Look], float]


def _has(pattern: re.Pattern[str], text: str) -> bool:
    return bool(pattern.search(text))


def _pages(look: Look) -> int:
    found = _PAGES.search(look.comment)
    return int(found[1]) if found else -1


def _in(*codes: str) -> Callable[[Look], float]:
    return lambda look: any(code in look.paper.categories for code in codes)


def _primary(code: str) -> Callable[[Look], float]:
    return lambda look: look.paper.categories[:1] == (code,)


FEATURES: tuple[Feature, ...] = (
    Feature("weekday", "timing", lambda look: look.paper.announced_on.weekday()),
    Feature("early", "timing", lambda look: look.early),
    Feature("place", "timing", lambda look: look.place),
    Feature("authors", "team", lambda look: math.log(max(1, len(look.paper.authors)))),
    Feature("title_letters", "text", lambda look: len(look.title)),
    Feature("title_words", "text", lambda look: len(look.title.split())),
    Feature("abstract_letters", "text", lambda look: len(look.abstract)),
    Feature("colon", "text", lambda look: bool(look.head)),
    Feature("head_words", "text", lambda look: len(look.head.split())),
    Feature("head_capitals", "text", lambda look: sum(letter.isupper() for letter in look.head)),
    Feature("head_digit", "text", lambda look: _has(_DIGIT, look.head)),
    Feature("title_digit", "text", lambda look: _has(_DIGIT, look.title)),
    Feature("question", "text", lambda look: "?" in look.title),
    Feature("report", "text", lambda look: "technical report" in f"{look.title} {look.comment} {look.abstract}"),
    Feature("survey", "text", lambda look: "survey" in look.title or "review" in look.title),
    Feature("github_in_abstract", "links", lambda look: "github" in look.abstract),
    Feature("github_in_comment", "links", lambda look: "github" in look.comment),
    Feature("huggingface", "links", lambda look: "huggingface" in f"{look.abstract} {look.comment}"),
    Feature("page_in_abstract", "links", lambda look: ".io" in look.abstract),
    Feature("page_in_comment", "links", lambda look: ".io" in look.comment),
    Feature("link_in_abstract", "links", lambda look: "http" in look.abstract),
    Feature("link_in_comment", "links", lambda look: "http" in look.comment),
    Feature("project", "links", lambda look: _has(_PROJECT, look.comment)),
    Feature("code_in_comment", "links", lambda look: "code" in look.comment),
    Feature("comment", "venue", lambda look: bool(look.comment)),
    Feature("comment_letters", "venue", lambda look: len(look.comment)),
    Feature("pages", "venue", _pages),
    Feature("accepted", "venue", lambda look: _has(_ACCEPTED, look.comment)),
    Feature("workshop", "venue", lambda look: "workshop" in look.comment),
    Feature("meeting", "venue", lambda look: _has(_MEETING, look.comment)),
    Feature("unfinished", "venue", lambda look: _has(_UNFINISHED, look.comment)),
    Feature("categories", "field", lambda look: len(look.paper.categories)),
    *(Feature(f"primary_{code}", "field", _primary(code)) for code in ("cs.CV", "cs.CL", "cs.AI", "cs.LG")),
    *(Feature(code, "field", _in(code)) for code in ("cs.AI", "cs.LG", "cs.CV", "cs.CL", "cs.RO", "cs.IR", "eess.IV")),
    Feature("cs.HC_or_CY", "field", _in("cs.HC", "cs.CY")),
    Feature("released", "links", lambda look: _has(_RELEASED, look.abstract)),
    Feature("best", "text", lambda look: _has(_BEST, look.abstract)),
    Feature("digits", "text", lambda look: len(_DIGIT.findall(look.paper.abstract))),
    Feature("sizes", "text", lambda look: len(_SIZE.findall(f"{look.paper.abstract} {look.paper.title}"))),
    Feature("percent", "text", lambda look: "%" in look.abstract),
    Feature("coined", "text", lambda look: len(_CAPITALS.findall(look.paper.abstract))),
    Feature("beyond_ascii", "text", lambda look: _has(_BEYOND_ASCII, look.title)),
    Feature("we", "text", lambda look: look.abstract.count("we ")),
    Feature("benchmark", "text", lambda look: look.abstract.count("benchmark")),
    Feature("code_available", "links", lambda look: "code" in look.abstract and _is_released(look.abstract)),
)
NAMES = tuple(feature.name for feature in FEATURES)


def _is_released(abstract: str) -> bool:
    return "available" in abstract or "release" in abstract


def measure_style(papers: Sequence[Announced]) -> np.ndarray:
    """The features of one day's papers, given in the order of arXiv's list: papers × features, float32."""
    looks = _look_at(papers)
    values = [[float(feature.measure(look)) for feature in FEATURES] for look in looks]
    return np.array(values, dtype=np.float32).reshape(-1, len(FEATURES))


def _look_at(papers: Sequence[Announced]) -> list[Look]:
    by_id = sorted(range(len(papers)), key=lambda place: _number(papers[place].paper_id))
    early = {place: rank / max(1, len(papers) - 1) for rank, place in enumerate(by_id)}
    lists: dict[str, list[int]] = defaultdict(list)
    for place, paper in enumerate(papers):
        lists["".join(paper.categories[:1])].append(place)
    within = {
        place: rank / (len(places) - 1) if len(places) > 1 else 0.5
        for places in lists.values()
        for rank, place in enumerate(places)
    }
    return [_look(paper, early[place], within[place]) for place, paper in enumerate(papers)]


def _look(paper: Announced, early: float, place: float) -> Look:
    head, colon, _ = paper.title.partition(":")
    texts = (paper.title.lower(), paper.abstract.lower(), paper.comment.lower())
    return Look(paper, *texts, head if colon else "", early, place)


def _number(paper_id: str) -> tuple[str, str]:
    """Identifiers are given in order of submission within a month: https://info.arxiv.org/help/arxiv_identifier.html"""
    parsed = ArxivId.parse(paper_id)
    month, _, number = (parsed.key if parsed else paper_id).rpartition("." if "." in paper_id else "/")
    return month, number.zfill(7)
