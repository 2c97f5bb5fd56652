"""Settings in, the attention sources out, ready to be asked."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import timedelta
from time import sleep
from typing import TYPE_CHECKING

from digest.settings.tables import OpenAlexSettings, SourceSettings
from digest.store.attention import AttentionStore
from digest.store.fetches import FetchStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.bootstrap.service import Service
    from digest.pipeline.observe import AttentionSource, Observe
    from digest.settings.tables import KeylessSourceSettings, Settings
    from digest.sources.http import PoliteClient

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# Unlike arXiv, none of these is worth waiting for: the day goes on without the one that is slow.
_TIMEOUT, _LONGEST_READ, _LONGEST_WAIT = timedelta(seconds=20), timedelta(seconds=60), timedelta(seconds=30)
_FIRST_PAUSE = timedelta(seconds=1)
_RETRIES = 2


# How long each source's values hold: lists and stories change by the hour, stars by the day, citations by the week.
_HOLDS = {
    "huggingface": 2 * _HOUR,
    "hackernews": 5 * _HOUR,
    "github": 20 * _HOUR,
    "semantic_scholar": 6 * _DAY,
    "openalex": 6 * _DAY,
}


@contextmanager
def observing(service: Service) -> Iterator[Observe]:
    """Asking the sources that are enabled; their connections close with the block."""
    from digest.pipeline.observe import Observe, Watch  # noqa: PLC0415 - what a command doesn't need isn't imported

    settings = service.settings
    with ExitStack() as closing:
        yield Observe(
            watches=tuple(
                Watch(_make(name, service, closing), holds, needs_repository=name == "github")
                for name, holds in _HOLDS.items()
                if _table(settings, name).enabled
            ),
            announcements=service.announcements,
            papers=service.papers,
            store=AttentionStore(service.database),
            clock=service.clock,
            days=settings.observe.days,
        )


def _table(settings: Settings, name: str) -> KeylessSourceSettings:
    table: KeylessSourceSettings = getattr(settings, name)
    return table


def _make(name: str, service: Service, closing: ExitStack) -> AttentionSource:
    from digest.sources.attention.github import GitHub  # noqa: PLC0415
    from digest.sources.attention.hackernews import HackerNews  # noqa: PLC0415
    from digest.sources.attention.huggingface import HuggingFace  # noqa: PLC0415
    from digest.sources.attention.openalex import OpenAlex  # noqa: PLC0415
    from digest.sources.attention.semantic_scholar import SemanticScholar  # noqa: PLC0415

    table = _table(service.settings, name)
    client = closing.enter_context(_client(name, table, service))
    if isinstance(table, OpenAlexSettings):
        return OpenAlex(client=client, url=table.url, clock=service.clock, most_dollars=table.dollars)
    match name:
        case "huggingface":
            return HuggingFace(client=client, url=table.url, clock=service.clock)
        case "hackernews":
            return HackerNews(client=client, url=table.url, clock=service.clock)
        case "github":
            return GitHub(client=client, url=table.url, clock=service.clock)
        case _:
            return SemanticScholar(client=client, url=table.url, clock=service.clock)


def _client(name: str, table: KeylessSourceSettings, service: Service) -> PoliteClient:
    from digest.sources.attention.access import access  # noqa: PLC0415
    from digest.sources.http import PoliteClient  # noqa: PLC0415

    key = table.key.get_secret_value() if isinstance(table, SourceSettings) else ""
    granted = access(name, key)
    return PoliteClient(
        service=name,
        contact=service.settings.arxiv.contact,
        headers=granted.headers,
        query=granted.query,
        spacing=timedelta(seconds=table.seconds_between_requests),
        memory=FetchStore(service.database, paces=service.paces),
        clock=service.clock,
        sleep=sleep,
        timeout=_TIMEOUT,
        longest_read=_LONGEST_READ,
        retries=_RETRIES,
        first_pause=_FIRST_PAUSE,
        longest_wait=_LONGEST_WAIT,
        budget=table.requests,
        latest=service.clock() + timedelta(seconds=service.settings.observe.seconds_per_source),
    )
