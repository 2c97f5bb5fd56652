"""Papers in a store, and what others say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factories import announce, make_paper, save_batch

from digest.model.announcement import AnnounceType
from digest.model.attention import Harvest, Mention, Observation
from digest.store.announcements import AnnouncementStore
from digest.store.attention import AttentionStore

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.store.database import Database


def save_papers(database: Database, on: date, *ids: str, kind: AnnounceType = AnnounceType.NEW) -> None:
    papers = [make_paper(paper_id) for paper_id in ids]
    announced = [announce(paper, on=on, kind=kind) for paper in papers]
    save_batch(AnnouncementStore(database), papers, announced)


def pick(database: Database, paper_id: str, at: datetime, upvotes: float, *, says: datetime | None = None) -> None:
    mention = Mention(paper_id, "huggingface", paper_id, "https://example.org", "A title", says, at)
    observed = Observation(paper_id, "huggingface", "upvotes", upvotes, at)
    harvest = Harvest((paper_id,), (observed,), (mention,))
    AttentionStore(database).save(harvest, source="huggingface", now=at)
