"""The service in, looking up authors out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.pipeline.authors import Authors
from digest.store.attention import AttentionStore
from digest.store.people import PeopleStore
from digest.store.people_decisions import DecisionStore

if TYPE_CHECKING:
    from digest.bootstrap.service import Service


def make_authors(service: Service) -> Authors:
    """Looking up authors in the service's database."""
    return Authors(
        people=PeopleStore(service.database),
        decisions=DecisionStore(service.database),
        attention=AttentionStore(service.database),
        clock=service.clock,
    )
