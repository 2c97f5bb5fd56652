"""Which checks a set-up calls for, in the order in which their findings are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from digest.deliver.address import checked_address
from digest.doctor import arxiv, database, machine, mailing, policy, records, wishes
from digest.doctor.examination import Check
from digest.doctor.finding import Finding, ok, skipped
from digest.links import is_this_machine
from digest.store.inspection import sqlite_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from digest.deliver.smtp import SmtpServer
    from digest.doctor.resolver import Resolver
    from digest.model.mail import Sender
    from digest.sources.probe import Probe

_SOME_TIME = timedelta(minutes=2)
_LONG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the settings say about the digest itself; the readers raise SettingsError for what is wrong in a file."""

    contact: str
    base_url: str
    postal_address: str
    secret_key: str
    mails_leave: bool
    categories: Callable[[], Sequence[str]]
    topics: Callable[[], Sequence[str]]
    forecast: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are kept; `outbox` is None when mails leave by smtp."""

    database: str
    var: Path
    outbox: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How mails leave, and what to look at them with; `own_name` is this machine's."""

    server: SmtpServer
    sender: Sender
    resolver: Resolver
    own_name: str
    operator: str = ""
    recipient: str = ""
    selector: str = ""

    def identity(self) -> records.Identity:
        """Who mails come from, as receivers see it; InputError when an address is none."""
        local = is_this_machine(self.server.host)
        return records.Identity(
            from_domain=checked_address(self.sender.address, what="mail.from").domain,
            bounce_domain=checked_address(self.sender.bounce_address, what="mail.bounce_address").domain,
            host=self.own_name if local else self.server.host,
            relayed=not local,
        )


def without_settings(problem: str, *, var: Path) -> tuple[Check, ...]:
    """What can be looked at when the settings can't be read; `problem` says why."""
    return (Check("settings", partial(wishes.unreadable, problem)), *_machine(var))


def about_settings(wishes_: Wishes, places: Places) -> Iterator[Check]:
    """The checks that need no network."""
    yield Check("settings", lambda: ok("they are read, and valid"))
    yield Check("categories", partial(wishes.listed, wishes_.categories, of="categories", setting="arxiv.categories"))
    yield Check(
        "topics", partial(wishes.listed, wishes_.topics, of="topics", setting="the list of topics (topics_file)")
    )
    yield Check("forecast", partial(wishes.forecast, wishes_.forecast))
    yield Check("contact", partial(wishes.contact, wishes_.contact))
    yield Check("base address", partial(wishes.base_url, wishes_.base_url, mails_leave=wishes_.mails_leave))
    yield Check(
        "postal address", partial(wishes.postal_address, wishes_.postal_address, mails_leave=wishes_.mails_leave)
    )
    yield Check("secret key", partial(machine.secret_key, wishes_.secret_key, places.var / "secret_key"))
    yield from _machine(places.var)
    if places.outbox:
        fix = "Set mail.outbox_dir to a folder that can be written to."
        yield Check("outbox folder", partial(machine.writable, places.outbox, fix=fix))
    yield from _database(places)


def _machine(var: Path) -> tuple[Check, ...]:
    fix = f"Make {var.absolute()} writable for whoever runs digest, or run it in another folder."
    return (Check("working folder", partial(machine.writable, var, fix=fix)), Check("time zones", machine.zones))


def _database(places: Places) -> Iterator[Check]:
    address = places.database
    yield Check("database folder", partial(_database_folder, address))
    yield Check("disk space", lambda: machine.disk_space((sqlite_file(address) or places.var / "any").parent))
    yield Check("database", partial(database.migrated, address))
    yield Check("database file", partial(database.sound, address), limit=_LONG)
    yield Check("scheduled jobs", partial(database.scheduled, address))


def _database_folder(address: str) -> Finding:
    file = sqlite_file(address)
    if file is None:
        return ok("the database is a server's, not a file")
    return machine.writable(file.parent, fix="Make it writable for whoever runs digest, or change database_url.")


def about_arxiv(
    probe: Probe, categories: Callable[[], Sequence[str]], *, now: Callable[[], datetime]
) -> Iterator[Check]:
    """Two documents of the first category, and the time that arXiv's answers state."""
    today = partial(arxiv.eastern_today, now)
    yield Check("arXiv feed", lambda: arxiv.feed(probe, categories()[0], today=today), limit=_SOME_TIME)
    yield Check("arXiv listing", lambda: arxiv.listing(probe, categories()[0], today=today), limit=_SOME_TIME)
    yield Check("clock", lambda: arxiv.clock(probe.heard))


def about_sending(sending: Sending | None, *, now: Callable[[], datetime], outbox: str) -> Iterator[Check]:
    """The mail server and what the DNS says about the sender; skipped while mails go to the folder `outbox`."""
    if sending is None:
        why = skipped(f"mails go to {outbox}, not to a server", "Set mail.transport to smtp to send them.")
        yield Check("mail server", lambda: why)
        return
    letter = mailing.Letter(sending.sender, sending.recipient)
    asked = sending.resolver
    yield Check("mail server", partial(mailing.login, sending.server))
    yield Check("mail to yourself", lambda: mailing.mail_to_yourself(sending.server, letter, now()))
    yield Check("operator", partial(mailing.operator, sending.operator))
    yield Check("bounces", lambda: records.bounces(sending.identity(), asked))
    yield Check("SPF", lambda: records.spf(sending.identity(), asked), limit=_SOME_TIME)
    yield Check("DKIM", lambda: records.dkim(sending.identity(), asked, selector=sending.selector), limit=_SOME_TIME)
    yield Check("DMARC", lambda: policy.dmarc(sending.identity(), asked))
    yield Check("alignment", lambda: policy.alignment(sending.identity(), asked))
    yield Check("host name", lambda: policy.host_names(sending.identity(), asked))
