"""Freezes an edition: gives it the hash by which preview and send prove that they show the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from digest.model.announcement import DayKind

if TYPE_CHECKING:
    from digest.model.edition import Edition


def freeze(edition: Edition) -> Edition:
    """The same edition with its manifest: 64 hexadecimal digits of SHA-256.

    It covers what readers can see: the kind of day, the counts, the topics, and each entry's rank, score, card and
    reason. When a signal was observed doesn't matter, so that the same papers give the same manifest on any day.
    """
    content = asdict(edition)
    content.pop("manifest")
    # Editions were frozen before there were others: theirs must stay what they are.
    if edition.day_kind is DayKind.ANNOUNCEMENT:
        content.pop("day_kind")
    for entry in content["entries"]:
        for contribution in entry["score"]["contributions"]:
            contribution.pop("observed_at")
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return replace(edition, manifest=hashlib.sha256(canonical.encode("ascii")).hexdigest())
