"""What of a paper goes on its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.edition.percentiles import whole_percentile
from digest.model.edition import Card
from digest.text.mentions import find_code_url, find_project_url, find_venue
from digest.text.sentences import key_sentences

if TYPE_CHECKING:
    from datetime import date

    from digest.model.announcement import AnnounceType
    from digest.model.paper import Paper
    from digest.model.signal import Score


def make_card(  # noqa: PLR0913 -- what a card is made of
    paper: Paper,
    announce_type: AnnounceType,
    score: Score,
    *,
    area: str,
    first_on: date | None = None,
    is_late: bool = False,
) -> Card:
    """The paper's card; its novelty is a percentile of its field that day, as a whole percentage."""
    code_url = find_code_url(paper.abstract, paper.comment)
    project_url = find_project_url(paper.abstract, paper.comment)
    return Card(
        paper_id=paper.id,
        version=paper.version,
        title=paper.title,
        authors=tuple(author.name for author in paper.authors),
        primary_category=paper.primary_category,
        cross_lists=paper.cross_lists,
        announce_type=announce_type,
        sentences=key_sentences(paper.title, paper.abstract),
        code_url=code_url,
        project_url=project_url if project_url != code_url else None,
        venue=find_venue(paper.comment, paper.journal_ref),
        novelty=next(
            (whole_percentile(one.percentile) for one in score.contributions if one.signal == "novelty"), None
        ),
        area=area,
        first_on=first_on,
        is_late=is_late,
    )
