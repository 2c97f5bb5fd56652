"""What a delivery is called in a mail: its Message-ID, and the signed return path that a bounce comes back to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re

from digest.deliver.address import LONGEST_LOCAL_PART, checked_address
from digest.errors import InputError

# Base32 in small letters: many mail servers fold the case of what stands before the @. 15 and 10 bytes need no padding.
_KEY_BYTES = 15
_SIGNATURE_BYTES = 10
_KEY_LETTERS = 24
_TOKEN = re.compile(r"[a-z2-7]{40}")


def delivery_key(edition_key: str, recipient_key: str, *, secret: str) -> str:
    """24 letters and digits that stand for one edition to one recipient: the same on every attempt."""
    return _keyed_hash("delivery", json.dumps([edition_key, recipient_key]), secret=secret, size=_KEY_BYTES)


def message_id(key: str, domain: str) -> str:
    """The Message-ID with its angle brackets: a delivery's key at `domain` (RFC 5322, section 3.6.4)."""
    return f"<{key}@{domain}>"


def signed_return_path(bounce_address: str, key: str, *, secret: str) -> str:
    """`bounces+<token>@example.org` for `bounces@example.org`, the token being the delivery's key and a signature.

    InputError when `bounce_address` leaves no room for the token's 40 characters (RFC 5321, section 4.5.3.1.1).
    """
    bounces = checked_address(bounce_address, what="the address for bounces")
    local_part = f"{bounces.local_part}+{key}{_signature(key, secret=secret)}"
    if len(local_part) > LONGEST_LOCAL_PART:
        raise InputError(
            f"Using {bounce_address!r} as the address for bounces: at most 23 characters may stand before the @, "
            "because a signed token is added to them."
        )
    return str(bounces._replace(local_part=local_part))


def verify_return_path(return_path: str, *, bounce_address: str, secret: str) -> str:
    """The delivery's key in a return path of ours, in whatever case it came; InputError when it is forged."""
    local_part, _, domain = return_path.lower().rpartition("@")
    base, _, token = local_part.rpartition("+")
    key, signature = token[:_KEY_LETTERS], token[_KEY_LETTERS:]
    ours = str(checked_address(bounce_address, what="the address for bounces")).lower()
    if (
        f"{base}@{domain}" != ours
        or not _TOKEN.fullmatch(token)
        or not hmac.compare_digest(signature, _signature(key, secret=secret))
    ):
        raise InputError(f"Reading the return path {return_path!r}: we didn't write it. Count nothing for it.")
    return key


def _signature(key: str, *, secret: str) -> str:
    return _keyed_hash("return path", key, secret=secret, size=_SIGNATURE_BYTES)


def _keyed_hash(purpose: str, text: str, *, secret: str, size: int) -> str:
    hashed = hmac.digest(secret.encode(), f"{purpose}\n{text}".encode(), hashlib.sha256)
    return base64.b32encode(hashed[:size]).decode("ascii").lower()
