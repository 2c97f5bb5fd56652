"""The kinds of value that a setting can have, each with words for what is allowed."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from digest.deliver.address import checked_address
from digest.errors import InputError

_A_WEB_ADDRESS = "a web address like https://example.org"
_A_MAIL_ADDRESS = "a mail address like digest@example.org, or Name <digest@example.org>"


# What a setting must be is told by its description, or, where that depends on others, by a ValueError's words.
def between(low: float, high: float, what: str = "a number") -> Any:
    """A number within bounds."""
    return Field(ge=low, le=high, allow_inf_nan=False, description=f"{what} from {low} to {high}")


def whole(low: int, high: int) -> Any:
    """A whole number within bounds."""
    return Field(ge=low, le=high, description=f"a whole number from {low} to {high}")


def _no_truth(value: object) -> object:
    """Python takes true for 1; in a settings file it is a slip."""
    if isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - of the two, only this is told as a wrong setting
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(letter.isspace() for letter in value):
        raise ValueError
    return value.rstrip("/")


def _base_address(value: str) -> str:
    if not value.isascii() or "?" in value or "#" in value:
        raise ValueError
    return _web_address(value)


def _mail_address(value: str) -> str:
    try:
        checked_address(parseaddr(value)[1], what="an address")
    except InputError:
        raise ValueError from None
    return value


def _no_or_mail_address(value: str) -> str:
    return _mail_address(value) if value else value


Number = Annotated[float, BeforeValidator(_no_truth)]
Whole = Annotated[int, BeforeValidator(_no_truth)]
Text = Annotated[str, Field(description="text")]
SomeText = Annotated[str, Field(min_length=1, description="text that is not empty")]
SecretText = Annotated[SecretStr, Field(description="text")]
WebAddress = Annotated[str, AfterValidator(_web_address), Field(description=_A_WEB_ADDRESS)]
BaseAddress = Annotated[
    str, AfterValidator(_base_address), Field(description=f"{_A_WEB_ADDRESS}, in ASCII, without ? and #")
]
MailAddress = Annotated[str, AfterValidator(_mail_address), Field(description=_A_MAIL_ADDRESS)]
NoOrMailAddress = Annotated[str, AfterValidator(_no_or_mail_address), Field(description=f"empty, or {_A_MAIL_ADDRESS}")]
Weight = Annotated[Number, between(0, 1000)]
Minutes = Annotated[Number, Field(gt=0, le=1440, description="a number of minutes above 0, at most 1440")]
Seconds = Annotated[Number, between(0, 86_400, "a number of seconds")]


class Table(BaseModel):
    """A table of settings: read once, and no key but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")
