"""Builds the finished mail: headers, a text and an HTML part, and the envelope it travels in."""

from __future__ import annotations

import re
from datetime import UTC
from email import quoprimime
from email.message import Message as MimeMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.deliver.address import checked_address, checked_line, checked_link, checked_list_id, checked_recipient
from digest.deliver.headers import header_block, named, unstructured
from digest.deliver.identity import delivery_key, message_id, signed_return_path
from digest.errors import DeliveryError
from digest.model.mail import CLIPPED_FROM, DotSafe, Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.model.mail import MailLinks, Rendered, Sender

# RFC 2045 allows 76 columns; two are left so that a leading dot can become "=2E" afterwards.
_COLUMNS = 74
_LEADING_DOT = re.compile(r"^\.", re.MULTILINE)


def build_message(  # noqa: PLR0913 -- a mail is made of just these, and they come from different places
    rendered: Rendered,
    *,
    sender: Sender,
    recipient: str,
    links: MailLinks,
    edition_key: str,
    recipient_key: str,
    sent_at: datetime,
    secret: str,
) -> Message:
    """The mail to `recipient`: the same bytes for the same input, lines of at most 76 characters in the body.

    `edition_key` and `recipient_key` say which delivery it is; `secret` keys its Message-ID and signs its return
    path. InputError when an address, name, subject or link can't stand in a header; DeliveryError when the HTML part
    reaches the 100,000 bytes at which mail is clipped.
    """
    key = delivery_key(edition_key, recipient_key, secret=secret)
    list_id = named(_title(sender), checked_list_id(sender.list_id), name="List-Id")
    fields = {
        "List-Id": list_id,
        "List-Unsubscribe": _ways_out(links),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }
    return _message(rendered, fields, sender=sender, recipient=recipient, key=key, sent_at=sent_at, secret=secret)


def build_notice(  # noqa: PLR0913 -- as above
    rendered: Rendered,
    *,
    sender: Sender,
    recipient: str,
    notice_key: str,
    sent_at: datetime,
    secret: str,
    is_reply: bool = False,
) -> Message:
    """The mail to `recipient` about a subscription, or to the operator: no list's mail, so it offers no way to leave.

    `notice_key` says which it is, `is_reply` whether it answers a mail (RFC 3834). The same errors as above.
    """
    key = delivery_key("notice", notice_key, secret=secret)
    fields = {"Auto-Submitted": "auto-replied" if is_reply else "auto-generated"}
    return _message(rendered, fields, sender=sender, recipient=recipient, key=key, sent_at=sent_at, secret=secret)


def _message(  # noqa: PLR0913 -- as above
    rendered: Rendered,
    fields: Mapping[str, str],
    *,
    sender: Sender,
    recipient: str,
    key: str,
    sent_at: datetime,
    secret: str,
) -> Message:
    author = checked_address(sender.address, what="the sender's address")
    to = checked_recipient(recipient)
    identity = message_id(key, author.domain)
    head = {
        "From": named(_title(sender), str(author), name="From"),
        "To": to,
        "Subject": unstructured(checked_line(rendered.subject, what="the subject"), name="Subject"),
        "Date": format_datetime(sent_at.astimezone(UTC)),
        "Message-ID": identity,
    }
    return Message(
        return_path=signed_return_path(sender.bounce_address, key, secret=secret),
        recipient=to,
        message_id=identity,
        # Folded header lines begin with a space, and quoted-printable writes a dot at a line's beginning as =2E.
        content=DotSafe(header_block({**head, **fields}) + _alternatives(rendered, boundary=f"=_{key}")),
    )


def _title(sender: Sender) -> str:
    return checked_line(sender.title, what="the sender's title")


def _ways_out(links: MailLinks) -> str:
    """One link for one click and one address for older mail programs (RFC 8058, RFC 2369)."""
    link = checked_link(links.unsubscribe, what="the unsubscribe link")
    address = checked_address(links.unsubscribe_mailto, what="the address for unsubscribing")
    return f"<{link}>, <mailto:{quote(str(address), safe='@+')}?subject=unsubscribe>"


def _alternatives(rendered: Rendered, *, boundary: str) -> bytes:
    """The MIME headers and both parts, text first; quoted-printable never holds the `=_` of the boundary."""
    html = _quoted_printable(rendered.html)
    _refuse_clipped(len(html) + html.count("\n"), subject=rendered.subject)
    mail = MimeMessage(policy=SMTP)
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = f'multipart/alternative; boundary="{boundary}"'
    mail.attach(_part(_quoted_printable(rendered.text), "plain"))
    mail.attach(_part(html, "html"))
    return mail.as_bytes()


def _refuse_clipped(size: int, *, subject: str) -> None:
    if size >= CLIPPED_FROM:
        raise DeliveryError(
            f"Building the mail {subject!r}: its HTML part has {size:,} bytes, and mail programs clip from "
            f"{CLIPPED_FROM:,}. Show fewer papers.",
            permanent=True,
        )


def _part(encoded: str, subtype: str) -> MimeMessage:
    part = MimeMessage(policy=SMTP)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(encoded)
    return part


def _quoted_printable(text: str) -> str:
    """`text` in UTF-8, no line longer than 76 columns or beginning with a dot, so that SMTP need not double one."""
    lines = re.sub(r"\r\n?", "\n", text).removesuffix("\n") + "\n"
    octets = lines.encode().decode("latin-1")
    return _LEADING_DOT.sub("=2E", quoprimime.body_encode(octets, maxlinelen=_COLUMNS))
