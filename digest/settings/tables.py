"""What can be set, and within what bounds."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from digest.links import is_this_machine
from digest.settings.kinds import (
    BaseAddress,
    MailAddress,
    Minutes,
    NoOrMailAddress,
    Number,
    Seconds,
    SecretText,
    SomeText,
    Table,
    Text,
    WebAddress,
    Weight,
    Whole,
    between,
    whole,
)

_ARXIV_SPACING = 3.0
# The domains of invented addresses (RFC 2606), as in the shipped default.
_INVENTED = ("@example.org", "@example.com", "@example.net")
# Of the 64 that may stand before an @ (RFC 5321, section 4.5.3.1.1), 41 are needed.
_LONGEST_BEFORE_TOKEN = 23


class ArxivSettings(Table):
    """What to read of arXiv, and how."""

    categories: Annotated[tuple[SomeText, ...], Field(min_length=1, description='a list such as ["cs.CL", "math"]')]
    contact: Text
    rss_url: WebAddress
    atom_url: WebAddress
    listing_url: WebAddress
    query_url: WebAddress
    oai_url: WebAddress
    seconds_between_requests: Seconds
    timeout_seconds: Annotated[Number, Field(gt=0, le=3600, description="a number of seconds above 0, at most 3600")]
    retries: Annotated[Whole, whole(0, 20)]
    longest_wait_seconds: Seconds
    ask_again_minutes: Minutes
    longest_pause_minutes: Minutes

    @field_validator("seconds_between_requests")
    @classmethod
    def _keep_arxivs_terms(cls, value: float, others: ValidationInfo) -> float:
        addresses = (others.data.get(f"{kind}_url", "") for kind in ("rss", "atom", "listing", "query", "oai"))
        hosts = [urlsplit(address).hostname or "" for address in addresses]
        if value < _ARXIV_SPACING and any(host == "arxiv.org" or host.endswith(".arxiv.org") for host in hosts):
            raise ValueError("at least 3 for addresses at arxiv.org: arXiv's terms")
        return value


class ObserveSettings(Table):
    """Of which papers the attention sources are asked, and for how long."""

    days: Annotated[Whole, whole(1, 365)]
    seconds_per_source: Annotated[Number, Field(gt=0, le=3600, description="a number of seconds above 0, at most 3600")]


class KeylessSourceSettings(Table):
    """An attention source that knows no keys."""

    enabled: Annotated[bool, Field(description="true or false")]
    url: WebAddress
    seconds_between_requests: Seconds
    requests: Annotated[Whole, whole(1, 100_000)]


class SourceSettings(KeylessSourceSettings):
    """An attention source; without a key it allows less."""

    key: SecretText


class OpenAlexSettings(SourceSettings):
    """OpenAlex, which counts in dollars."""

    dollars: Annotated[Number, between(0, 1000, "a number of dollars")]


class MailSettings(Table):
    """Who mails come from, and how they are handed over."""

    transport: Literal["outbox", "smtp"]
    outbox_dir: SomeText
    from_: Annotated[MailAddress, Field(alias="from")]
    bounce_address: NoOrMailAddress
    operator: NoOrMailAddress
    postal_address: Text
    smtp_host: Text
    smtp_port: Annotated[Whole, whole(1, 65535)]
    smtp_security: Literal["none", "starttls", "tls"]
    smtp_username: Text
    smtp_password: SecretText
    connections: Annotated[Whole, whole(1, 64)]
    rate_per_second: Annotated[Number, between(0, 10_000, "a number of mails a second, 0 for no limit,")]
    rate_per_domain: Annotated[Number, between(0, 10_000, "a number of mails a second, 0 for no limit,")]
    expires_after_hours: Annotated[Number, Field(gt=0, le=240, description="a number of hours above 0, at most 240")]
    uncertain: Literal["resend", "leave"]

    @field_validator("from_")
    @classmethod
    def _name_a_sender(cls, value: str, others: ValidationInfo) -> str:
        if others.data.get("transport") == "smtp" and parseaddr(value)[1].endswith(_INVENTED):
            raise ValueError("an address of your own while mail.transport is smtp")
        return value

    @field_validator("bounce_address")
    @classmethod
    def _leave_room_for_a_token(cls, value: str, others: ValidationInfo) -> str:
        """A signed token of 40 characters stands behind it in every mail's return path."""
        address = parseaddr(value)[1] or parseaddr(others.data.get("from_", ""))[1]
        if len(address.rpartition("@")[0]) > _LONGEST_BEFORE_TOKEN:
            allowed = f"an address with at most {_LONGEST_BEFORE_TOKEN} characters before the @"
            raise ValueError(allowed if value else f"{allowed}, as mail.from has more")
        return value

    @field_validator("smtp_host")
    @classmethod
    def _name_a_server(cls, value: str, others: ValidationInfo) -> str:
        if others.data.get("transport") == "smtp" and not value.strip():
            raise ValueError("the name of your mail server while mail.transport is smtp")
        return value


class InboxSettings(Table):
    """Where mail that comes back is read: bounces, complaints and commands."""

    maildir: Text
    imap_host: Text
    imap_port: Annotated[Whole, whole(1, 65535)]
    imap_username: Text
    imap_password: SecretText
    imap_folder: SomeText
    lmtp_host: SomeText
    lmtp_port: Annotated[Whole, whole(0, 65535)]


class WebSettings(Table):
    """Where the pages are served."""

    host: SomeText
    port: Annotated[Whole, whole(1, 65535)]
    trusted_proxies: Annotated[tuple[SomeText, ...], Field(description='a list such as ["127.0.0.1"]')]


class EditionSettings(Table):
    """When an edition comes out, and how much a mail shows."""

    wait_hours: Annotated[Number, between(1, 72, "a number of hours")]
    quiet_days: Literal["nothing", "note"]
    holidays: Literal["nothing", "note"]
    weekends: Literal["nothing", "note"]
    papers: Annotated[Whole, whole(1, 200)]
    per_topic: Annotated[Whole, whole(1, 200)]
    diversity: Annotated[Number, between(0, 1)]


class SignalSettings(Table):
    """How much each signal counts, by the signal's name; digest.settings.keys knows the names."""

    weights: dict[str, Weight]


class Settings(Table):
    """Everything an operator can set; config/digest.toml tells what each key means."""

    title: Annotated[str, Field(min_length=1, max_length=100, description="text of 1 to 100 letters")]
    database_url: SomeText
    secret_key: SecretText
    old_secret_keys: Annotated[tuple[SecretText, ...], Field(description="a list of texts")]
    topics_file: Text
    forecast_file: Text
    arxiv: ArxivSettings
    mail: MailSettings
    observe: ObserveSettings
    huggingface: SourceSettings
    semantic_scholar: SourceSettings
    openalex: OpenAlexSettings
    github: SourceSettings
    hackernews: KeylessSourceSettings
    inbox: InboxSettings
    web: WebSettings
    edition: EditionSettings
    signals: SignalSettings
    base_url: BaseAddress

    @field_validator("secret_key")
    @classmethod
    def _keep_it_secret(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().strip():
            raise ValueError("empty, or text that nobody can guess")
        return value

    @field_validator("old_secret_keys")
    @classmethod
    def _sign_with_something(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(one.get_secret_value().strip() for one in value):
            raise ValueError("a list of texts that are not empty")
        return value

    @field_validator("base_url")
    @classmethod
    def _lead_readers_here(cls, value: str, others: ValidationInfo) -> str:
        """Every mail carries links; to try things out, a mail server on this machine may get links to this machine."""
        mail: MailSettings | None = others.data.get("mail")
        if mail is None or mail.transport != "smtp" or urlsplit(value).scheme == "https":
            return value
        if is_this_machine(urlsplit(value).hostname or "") and is_this_machine(mail.smtp_host):
            return value
        raise ValueError(
            "the https:// address at which readers reach your digest while mail.transport is smtp: mails carry links"
        )
