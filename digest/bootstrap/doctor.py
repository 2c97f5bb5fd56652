"""Settings in, the doctor's checks out: apart from the other wiring, because it works with settings that don't."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from digest.bootstrap.forecast import load_forecaster
from digest.bootstrap.service import SECRETS, read_settings, sender_of, smtp_server
from digest.catalogue import check_categories, load_categories, load_topics
from digest.doctor.arxiv import pace_of
from digest.doctor.checkup import (
    Places,
    Sending,
    Wishes,
    about_arxiv,
    about_sending,
    about_settings,
    without_settings,
)
from digest.doctor.resolver import DnsResolver
from digest.errors import SettingsError
from digest.sources.probe import Probe

if TYPE_CHECKING:
    from digest.doctor.examination import Check
    from digest.settings.tables import Settings

_PATIENCE = timedelta(seconds=6)
_ARXIV_PATIENCE = timedelta(seconds=20)
_SMTP_PATIENCE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the person asked of the doctor."""

    recipient: str = ""
    selector: str = ""
    name_server: str = ""
    offline: bool = False


def doctor(file: Path | None, asked: Asked) -> tuple[Check, ...]:
    """The checks for the set-up that the settings describe; fewer when they can't be read.

    InputError for a name server that is none.
    """
    try:
        settings = read_settings(file)
    except SettingsError as error:
        return without_settings(str(error), var=SECRETS)
    checks = [*about_settings(_wishes(settings), _places(settings))]
    if not asked.offline:
        checks += about_arxiv(_probe(settings), partial(_categories, settings), now=_now)
        checks += about_sending(_sending(settings, asked), now=_now, outbox=settings.mail.outbox_dir)
    return tuple(checks)


def _wishes(settings: Settings) -> Wishes:
    return Wishes(
        contact=settings.arxiv.contact,
        base_url=settings.base_url,
        postal_address=settings.mail.postal_address,
        secret_key=settings.secret_key.get_secret_value(),
        mails_leave=settings.mail.transport == "smtp",
        categories=partial(_categories, settings),
        topics=partial(_topics, settings),
        forecast=partial(_forecast, settings),
    )


def _places(settings: Settings) -> Places:
    outbox = Path(settings.mail.outbox_dir) if settings.mail.transport == "outbox" else None
    return Places(database=settings.database_url, var=SECRETS, outbox=outbox)


def _probe(settings: Settings) -> Probe:
    arxiv = settings.arxiv
    return Probe(
        rss_url=arxiv.rss_url,
        atom_url=arxiv.atom_url,
        listing_url=arxiv.listing_url,
        contact=arxiv.contact,
        spacing=timedelta(seconds=arxiv.seconds_between_requests),
        memory=pace_of(settings.database_url),
        clock=_now,
        sleep=sleep,
        timeout=min(_ARXIV_PATIENCE, timedelta(seconds=arxiv.timeout_seconds)),
        longest_wait=_ARXIV_PATIENCE,
        retries=min(1, arxiv.retries),
    )


def _sending(settings: Settings, asked: Asked) -> Sending | None:
    if settings.mail.transport != "smtp":
        return None
    return Sending(
        server=replace(smtp_server(settings), timeout=_SMTP_PATIENCE),
        sender=sender_of(settings),
        resolver=DnsResolver(patience=_PATIENCE, name_server=asked.name_server),
        own_name=socket.gethostname(),
        operator=settings.mail.operator,
        recipient=asked.recipient,
        selector=asked.selector,
    )


def _categories(settings: Settings) -> tuple[str, ...]:
    return check_categories(settings.arxiv.categories, load_categories())


def _topics(settings: Settings) -> tuple[str, ...]:
    file = Path(settings.topics_file) if settings.topics_file else None
    return tuple(rule.name for rule in load_topics(file))


def _forecast(settings: Settings) -> str:
    _, forecaster = load_forecaster(settings)
    return f"trained on the days from {forecaster.begins} until {forecaster.until}"


def _now() -> datetime:
    return datetime.now(UTC)
