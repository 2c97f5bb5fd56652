"""The addresses that mails and pages link to: absolute, and signed where they let someone act."""

from __future__ import annotations

import hashlib
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from digest.errors import InputError, SettingsError
from digest.model.mail import MailLinks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_HEADER_SAFE = re.compile(r"[!-~]+")


class Links:
    """Signs and verifies tokens, and builds the addresses that carry them.

    `base_url` is where the pages are reached from outside, with or without a trailing slash. The first of `keys`
    signs and all of them verify, so that a secret can be rolled while mails with older links are still about.
    SettingsError when there is no key or `base_url` isn't an http(s) address.
    """

    def __init__(self, base_url: str, keys: Sequence[str]) -> None:
        self._base = _checked_base(base_url)
        if not keys or not all(keys):
            raise SettingsError("Signing links: there is no key, or an empty one. Set secret_key.")
        # itsdangerous wants the newest key last.
        self._keys = list(reversed(keys))

    def sign(self, purpose: str, value: str) -> str:
        """A token for `value`, of letters, digits, `-`, `_` and `.`; it never expires and serves `purpose` alone."""
        return self._signer(purpose).sign(base64_encode(value)).decode("ascii")

    def verify(self, purpose: str, token: str) -> str:
        """The value that was signed for `purpose`; InputError when the token was changed or made for something else."""
        try:
            payload = self._signer(purpose).unsign(token.encode("ascii"))
            _refuse_second_spelling(token)
        except (BadData, UnicodeEncodeError) as error:
            raise InputError(
                f"Reading a link's {purpose} token: it isn't one of ours, or was changed on the way. "
                "Copy the whole link from the mail."
            ) from error
        return base64_decode(payload).decode()

    def sign_until(self, purpose: str, value: str, *, expires_at: datetime) -> str:
        """A token like that of `sign` which is good until a moment."""
        return self.sign(f"{purpose} until", f"{int(expires_at.timestamp())} {value}")

    def verify_until(self, purpose: str, token: str, *, now: datetime) -> str:
        """The value in a token of `sign_until`; ExpiredLinkError when its time is over, InputError for another's."""
        expires_at, _, value = self.verify(f"{purpose} until", token).partition(" ")
        if now.timestamp() > int(expires_at):
            raise ExpiredLinkError("Following a link: its time is over. Ask for a new one.")
        return value

    def address(self, path: str) -> str:
        """The absolute address of a page."""
        return f"{self._base}/{path.lstrip('/')}"

    def mail_links(self, recipient_key: str, *, unsubscribe_mailto: str, edition_path: str) -> MailLinks:
        """The addresses in one recipient's mail; `edition_path` is like `/editions/2026-11-20`.

        SettingsError when `base_url` is neither https nor on this machine: a link in a mail that lets someone act
        must not travel in the clear, and one-click unsubscribing asks for https (RFC 8058, section 3.1).
        """
        _refuse_insecure(self._base)
        return MailLinks(
            edition=self.address(edition_path),
            preferences=self.address(f"/subscriptions/preferences/{self.sign('preferences', recipient_key)}"),
            unsubscribe=self.address(f"/subscriptions/unsubscribe/{self.sign('unsubscribe', recipient_key)}"),
            unsubscribe_mailto=unsubscribe_mailto,
        )

    def _signer(self, purpose: str) -> Signer:
        return Signer(self._keys, salt=f"digest.links.{purpose}", key_derivation="hmac", digest_method=hashlib.sha256)


class ExpiredLinkError(InputError):
    """A link of ours that was good only for a time, which is over."""


def _refuse_second_spelling(token: str) -> None:
    """Base64 is read leniently: strange characters are skipped and the last one has spare bits, so compare again."""
    signature = token.rpartition(".")[2].encode("ascii")
    if base64_encode(base64_decode(signature)) != signature:
        raise BadData("The signature is spelt in a way that we don't write.")


def _checked_base(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        usable = False
    if not usable or not _HEADER_SAFE.fullmatch(base_url):
        raise SettingsError(f"Reading base_url {base_url!r}: it must be an address like https://digest.example.org.")
    return base_url.rstrip("/")


def _refuse_insecure(base: str) -> None:
    parts = urlsplit(base)
    if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
        raise SettingsError(f"Making the links of a mail: base_url {base} must begin with https:// outside localhost.")


def is_this_machine(host: str) -> bool:
    """Whether `host` is a loopback address or a name kept for one (RFC 6761, section 6.3); no name is looked up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
