"""Settings in, ready use cases of the day out."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from digest.assets import folder
from digest.catalogue import check_categories, load_areas, load_categories, load_topics
from digest.errors import SettingsError
from digest.links import Links
from digest.model.mail import Sender
from digest.model.subscriber import Preferences
from digest.settings.load import load_settings
from digest.settings.secret import find_secret_keys
from digest.store.announcements import AnnouncementStore
from digest.store.database import Database, open_database
from digest.store.editions import EditionStore
from digest.store.fetches import FetchStore
from digest.store.papers import PaperStore
from digest.store.vectors import VectorStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.deliver.outbox import OutboxTransport
    from digest.deliver.smtp import SmtpServer, SmtpTransport
    from digest.model.mail import Message
    from digest.model.topic import Category
    from digest.pipeline.ingest import Arxiv, Ingest
    from digest.pipeline.preview import Preview
    from digest.pipeline.publish import Publish
    from digest.settings.tables import Settings
    from digest.sources.http import PoliteClient

SECRETS = Path("var")
NO_POSTAL_ADDRESS = "no postal address set (mail.postal_address)"


def read_settings(file: Path | None) -> Settings:
    """The settings in force, of that file, the environment and the shipped defaults."""
    return load_settings(file=file, environment=os.environ)


@dataclass(frozen=True)
class Service:
    """Every use case, ready to run on one database.

    `paces` is the database that remembers when arXiv may be asked again: the real one, also for a rehearsal.
    `secrets` is the folder of the key that signs links.
    """

    settings: Settings
    database: Database
    paces: Database
    closing: ExitStack
    secrets: Path = SECRETS

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The secret that signs, then those that still verify."""
        return find_secret_keys(self.settings, self.secrets)

    @cached_property
    def links(self) -> Links:
        """Links to the pages."""
        return Links(self.settings.base_url, self.keys)

    @cached_property
    def topic_names(self) -> dict[str, str]:
        """The configured topics' names, by slug."""
        return {rule.slug: rule.name for rule in load_topics(self.topics_file)}

    def clock(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)

    @cached_property
    def known_categories(self) -> dict[str, Category]:
        """arXiv's taxonomy, by code."""
        return dict(load_categories())

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The operator's categories; SettingsError for one that arXiv doesn't have."""
        return self.check_categories(self.settings.arxiv.categories)

    def check_categories(self, codes: Sequence[str]) -> tuple[str, ...]:
        """The codes in their proper spelling, archives taken apart."""
        return check_categories(codes, self.known_categories)

    @cached_property
    def announcements(self) -> AnnouncementStore:
        """What was announced."""
        return AnnouncementStore(self.database)

    @cached_property
    def papers(self) -> PaperStore:
        """The papers."""
        return PaperStore(self.database)

    @cached_property
    def editions(self) -> EditionStore:
        """The editions."""
        return EditionStore(self.database)

    def ingest(self, arxiv: Arxiv | None = None) -> Ingest:
        """Ingesting from arXiv over the network, or from documents saved of it."""
        from digest.bootstrap.ledger import following, load_holidays  # noqa: PLC0415 - only what a command needs
        from digest.pipeline.ingest import Ingest  # noqa: PLC0415

        return Ingest(
            arxiv or self._arxiv,
            self.announcements,
            self.clock,
            holidays=load_holidays(),
            follow=None if arxiv else following(self.settings, self.database),
        )

    @cached_property
    def arxiv_client(self) -> PoliteClient:
        """The one client that asks arXiv, whatever it is asked for."""
        from digest.sources.http import PoliteClient  # noqa: PLC0415

        arxiv = self.settings.arxiv
        return self.closing.enter_context(
            PoliteClient(
                service="arxiv",
                contact=arxiv.contact,
                spacing=timedelta(seconds=arxiv.seconds_between_requests),
                memory=FetchStore(self.database, paces=self.paces),
                clock=self.clock,
                sleep=sleep,
                timeout=timedelta(seconds=arxiv.timeout_seconds),
                retries=arxiv.retries,
                longest_wait=timedelta(seconds=arxiv.longest_wait_seconds),
            )
        )

    @cached_property
    def _arxiv(self) -> Arxiv:
        from digest.sources.arxiv.service import ArxivService  # noqa: PLC0415

        arxiv = self.settings.arxiv
        return ArxivService(
            client=self.arxiv_client,
            rss_url=arxiv.rss_url,
            atom_url=arxiv.atom_url,
            listing_url=arxiv.listing_url,
            query_url=arxiv.query_url,
        )

    @property
    def topics_file(self) -> Path | None:
        """The operator's own topics, or None for the shipped ones."""
        return Path(self.settings.topics_file) if self.settings.topics_file else None

    def publish(self) -> Publish:
        """Making editions."""
        from digest.bootstrap.forecast import foretelling  # noqa: PLC0415
        from digest.pipeline.publish import Publish  # noqa: PLC0415
        from digest.pipeline.rising import FindRising  # noqa: PLC0415
        from digest.store.attention import AttentionStore  # noqa: PLC0415

        return Publish(
            announcements=self.announcements,
            papers=self.papers,
            vectors=VectorStore(self.database),
            editions=self.editions,
            topics=load_topics(self.topics_file),
            areas=load_areas(self.topics_file),
            weights=self.settings.signals.weights,
            diversity=self.settings.edition.diversity,
            clock=self.clock,
            rising=FindRising(
                announcements=self.announcements, papers=self.papers, attention=AttentionStore(self.database)
            ),
            foretell=foretelling(self.settings, self.database, self.papers, clock=self.clock),
        )

    def preview(self) -> Preview:
        """Rendering editions for a look."""
        from digest.pipeline.preview import Preview  # noqa: PLC0415
        from digest.render.mail import MailRenderer  # noqa: PLC0415

        return Preview(
            editions=self.editions,
            papers=self.papers,
            renderer=MailRenderer(folder("templates")),
            links=self.links,
            sender=self.sender,
            secret=self.keys[0],
            per_topic=self.settings.edition.per_topic,
            topic_names=self.topic_names,
            clock=self.clock,
        )

    @cached_property
    def sender(self) -> Sender:
        """Who mails come from."""
        return sender_of(self.settings)

    def preferences(self, *, topics: Sequence[str] = (), categories: Sequence[str] = ()) -> Preferences:
        """What a reader asks for, in its proper spelling; SettingsError for a category that arXiv doesn't have."""
        return Preferences(
            topics=tuple(slug.lower() for slug in topics),
            categories=self.check_categories(categories),
            papers=self.settings.edition.papers,
        )

    def transport(self) -> OutboxTransport | SmtpTransport:
        """What hands mails over, as the settings say."""
        mail = self.settings.mail
        if mail.transport == "outbox":
            from digest.deliver.outbox import OutboxTransport  # noqa: PLC0415

            return OutboxTransport(Path(mail.outbox_dir))
        from digest.deliver.smtp import SmtpTransport  # noqa: PLC0415

        return SmtpTransport(smtp_server(self.settings))

    def send_one(self, message: Message) -> str:
        """Hands one mail over; what became of it, in words."""
        with self.transport() as transport:
            receipt = transport.send(message)
        return f"{receipt.where} ({receipt.answer})" if receipt.answer else receipt.where


def sender_of(settings: Settings) -> Sender:
    """Who mails come from."""
    mail = settings.mail
    name, address = parseaddr(mail.from_)
    return Sender(
        title=name or settings.title,
        address=address,
        postal_address=mail.postal_address or NO_POSTAL_ADDRESS,
        bounce_address=parseaddr(mail.bounce_address)[1] or address,
        list_id=f"digest.{address.rpartition('@')[2]}",
    )


def smtp_server(settings: Settings) -> SmtpServer:
    """The mail server that mails are handed to."""
    from digest.deliver.smtp import Security, SmtpServer  # noqa: PLC0415

    mail = settings.mail
    return SmtpServer(
        host=mail.smtp_host,
        port=mail.smtp_port,
        security=Security(mail.smtp_security),
        username=mail.smtp_username or None,
        password=mail.smtp_password.get_secret_value() or None,
    )


@contextmanager
def open_service(settings: Settings, *, rehearse: bool = False) -> Iterator[Service]:
    """The service on the operator's database, or, to rehearse, on a copy that is thrown away afterwards."""
    with ExitStack() as closing:
        database = open_database(settings.database_url)
        closing.callback(database.close)
        if not rehearse:
            yield Service(settings, database, database, closing)
            return
        copy = database.copy_to(closing.enter_context(_throw_away_folder()) / "rehearsal.db")
        closing.callback(copy.close)
        yield Service(settings, copy, database, closing)


@contextmanager
def throw_away_service(settings: Settings) -> Iterator[Service]:
    """The service on an empty database that is thrown away afterwards."""
    with ExitStack() as closing:
        place = closing.enter_context(_throw_away_folder())
        database = open_database(f"sqlite:///{place / 'throw-away.db'}")
        closing.callback(database.close)
        yield Service(settings, database, database, closing, secrets=place)


@contextmanager
def _throw_away_folder() -> Iterator[Path]:
    try:
        place = Path(tempfile.mkdtemp(prefix="digest-"))
    except OSError as error:
        raise SettingsError(
            f"Making a temporary folder: {error.strerror}. Name one that may be written to in TMPDIR."
        ) from error
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
