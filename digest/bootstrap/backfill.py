"""Settings in, reading the past out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from digest.bootstrap.ledger import load_holidays
from digest.pipeline.backfill import Backfill, LoadDump
from digest.sources.arxiv.oai_service import OaiService
from digest.sources.arxiv.oai_sets import set_names
from digest.store.backfills import BackfillStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.bootstrap.service import Service

# arXiv's archive of records began with those of 2005; before this day it is worth asking where it begins.
_SURELY_THERE = date(2008, 1, 1)


def backfilling(service: Service) -> Backfill:
    """Reading arXiv's archive of records, at the same pace as everything else that is asked of arXiv."""
    return Backfill(
        archive=OaiService(client=service.arxiv_client, url=service.settings.arxiv.oai_url),
        store=BackfillStore(service.database),
        clock=service.clock,
        holidays=load_holidays(),
    )


def loading(service: Service) -> LoadDump:
    """Reading files."""
    return LoadDump(BackfillStore(service.database))


def sets_of(service: Service, categories: Sequence[str]) -> tuple[str, ...]:
    """The sets of these categories, or of the operator's."""
    wanted = service.check_categories(categories) if categories else service.categories
    return set_names(wanted, service.known_categories)


def not_before_the_archive(backfill: Backfill, since: date) -> date:
    """That day, or the first of arXiv's archive: earlier ones may not be asked for. SourceError if it isn't told."""
    return since if since >= _SURELY_THERE else max(since, backfill.archive.read_earliest())
