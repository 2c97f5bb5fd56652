"""Invented days of papers, some by authors whose papers are often picked up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from digest.model.forecast import Announced, Pick

FIRST = date(2026, 1, 5)
_LIKED, _PLAIN = ("agents", "reasoning", "video"), ("tides", "winds", "ice", "moons", "dunes")


def invent(days: int, *, papers: int = 20, seed: int = 0) -> tuple[list[Announced], list[Pick]]:
    """So many days of papers, and the picks among them, each seen one to six days after its announcement."""
    rng = np.random.default_rng(seed)
    found: list[Announced] = []
    picks: list[Pick] = []
    for day in range(days):
        on = FIRST + timedelta(days=day)
        for number in range(papers):
            is_known, is_liked = rng.random() < 0.3, rng.random() < 0.4
            paper = _make(f"{on:%y%m}.{day * papers + number:05d}", on, rng, is_known=is_known, is_liked=is_liked)
            found.append(paper)
            if rng.random() < 0.02 + 0.4 * is_known + 0.3 * is_liked * is_known:
                picks.append(_pick(paper, rng))
    return found, picks


def _make(key: str, on: date, rng: np.random.Generator, *, is_known: bool, is_liked: bool) -> Announced:
    team = [f"Ada Known{rng.integers(8)}"] if is_known else []
    team += [f"Bo Other{rng.integers(200)}" for _ in range(rng.integers(1, 4))]
    words = _LIKED if is_liked else _PLAIN
    topic = " and ".join(rng.choice(words, 2))
    return Announced(
        key, on, f"On {topic}", f"We study {topic} with care. They are {rng.choice(_PLAIN)}.", tuple(team), ("cs.CL",)
    )


def _pick(paper: Announced, rng: np.random.Generator) -> Pick:
    seen = datetime.combine(paper.announced_on, time(9), UTC) + timedelta(days=int(rng.integers(1, 6)))
    return Pick(paper.paper_id, seen, int(rng.integers(1, 60)))
