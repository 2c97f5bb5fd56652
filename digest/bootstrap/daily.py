"""Settings in, the whole day out."""

from __future__ import annotations

from functools import partial
from time import sleep
from typing import TYPE_CHECKING

from digest.bootstrap.alarm import tell_operator
from digest.bootstrap.backfill import backfilling, sets_of
from digest.bootstrap.ledger import load_holidays, open_ledger, pauses, policy
from digest.pipeline.advance import Advance
from digest.pipeline.catch_up import CatchUp
from digest.pipeline.daily import Daily
from digest.pipeline.notes import PublishNote
from digest.store.alerts import AlertStore
from digest.store.history import HistoryStore
from digest.store.ledger import LedgerStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.bootstrap.service import Service
    from digest.pipeline.observe import ObserveReport
    from digest.pipeline.send import SendReport
    from digest.sources.arxiv.saved import SavedArxiv


def make_daily(  # noqa: PLR0913 - what a command can say of a day
    service: Service,
    *,
    saved: SavedArxiv | None = None,
    observe: Callable[[], ObserveReport] | None = None,
    send: Callable[[], SendReport] | None = None,
    tells: bool = True,
    warn: Callable[[str], None] = lambda _: None,
) -> Daily:
    """Everything a day needs; with `saved` documents nothing is asked of arXiv.

    Unless it `tells`, the operator gets no alerts; `warn` hears what hinders one.
    """
    return Daily(
        ingest=service.ingest(saved),
        advance=advancing(service, catches_up=saved is None, tells=tells, warn=warn),
        clock=service.clock,
        sleep=sleep,
        observe=observe,
        send=send,
    )


def advancing(service: Service, *, catches_up: bool, tells: bool, warn: Callable[[str], None]) -> Advance:
    """Making the editions that are due."""
    return Advance(
        publish=service.publish(),
        note=PublishNote(service.editions, service.clock),
        ledger=open_ledger(service.database, clock=service.clock),
        editions=service.editions,
        alerts=AlertStore(service.database),
        policy=policy(service.settings),
        clock=service.clock,
        catch_up=_catching_up(service) if catches_up else None,
        tell=partial(tell_operator, service, told=warn) if tells else lambda _: None,
    )


def _catching_up(service: Service) -> CatchUp:
    return CatchUp(
        make_backfill=partial(backfilling, service),
        sets=sets_of(service, ()),
        announcements=service.announcements,
        history=HistoryStore(service.database),
        ledger=open_ledger(service.database, clock=service.clock),
        store=LedgerStore(service.database),
        pauses=pauses(service.settings),
        holidays=load_holidays(),
        clock=service.clock,
    )
