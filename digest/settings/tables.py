"""What can be set, and within what bounds."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

_ARXIV_SPACING = 3.0


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a web address like https://example.org")
    return value.rstrip("/")


def _mail_address(value: str) -> str:
    _, address = parseaddr(value)
    if any(ord(letter) < 32 for letter in value) or address.count("@") != 1 or address.startswith("@"):
        raise ValueError("must be a mail address like digest@example.org, or Name <digest@example.org>")
    return value


def _no_or_mail_address(value: str) -> str:
    return _mail_address(value) if value else value


WebAddress = Annotated[str, AfterValidator(_web_address)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
NoOrMailAddress = Annotated[str, AfterValidator(_no_or_mail_address)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ArxivSettings(_Table):
    """What to read of arXiv, and how."""

    categories: Annotated[tuple[str, ...], Field(min_length=1)]
    contact: str
    seconds_between_requests: Seconds
    timeout_seconds: Annotated[float, Field(gt=0, le=3600)]
    retries: Annotated[int, Field(ge=0, le=20)]
    longest_wait_seconds: Seconds
    rss_url: WebAddress
    atom_url: WebAddress
    listing_url: WebAddress
    query_url: WebAddress

    @model_validator(mode="after")
    def _keep_arxivs_terms(self) -> ArxivSettings:
        hosts = [
            urlsplit(one).hostname or "" for one in (self.rss_url, self.atom_url, self.listing_url, self.query_url)
        ]
        at_arxiv = any(host == "arxiv.org" or host.endswith(".arxiv.org") for host in hosts)
        if at_arxiv and self.seconds_between_requests < _ARXIV_SPACING:
            raise ValueError("seconds_between_requests must be at least 3 for addresses at arxiv.org: arXiv's terms")
        return self


class MailSettings(_Table):
    """Who mails come from, and how they are handed over."""

    transport: Literal["outbox", "smtp"]
    outbox_dir: Annotated[str, Field(min_length=1)]
    from_: Annotated[MailAddress, Field(alias="from")]
    bounce_address: NoOrMailAddress
    postal_address: str
    smtp_host: str
    smtp_port: Annotated[int, Field(ge=1, le=65535)]
    smtp_security: Literal["none", "starttls", "tls"]
    smtp_username: str
    smtp_password: SecretStr

    @model_validator(mode="after")
    def _name_a_sender(self) -> MailSettings:
        if self.transport == "smtp" and parseaddr(self.from_)[1].endswith(("@example.org", "@example.com")):
            raise ValueError("from must be an address of your own before mail is sent by smtp")
        return self


class EditionSettings(_Table):
    """How much a mail shows."""

    papers: Annotated[int, Field(ge=1, le=200)]
    per_topic: Annotated[int, Field(ge=1, le=200)]
    diversity: Annotated[float, Field(ge=0, le=1)]


class WeightSettings(_Table):
    """How much each signal counts."""

    novelty: Weight
    code: Weight
    venue: Weight
    breadth: Weight
    team: Weight
    authors: Weight


class SignalSettings(_Table):
    """The signals."""

    weights: WeightSettings


class Settings(_Table):
    """Everything an operator can set; config/digest.toml tells what each key means."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    database_url: Annotated[str, Field(min_length=1)]
    base_url: WebAddress
    secret_key: SecretStr
    topics_file: str
    arxiv: ArxivSettings
    mail: MailSettings
    edition: EditionSettings
    signals: SignalSettings
