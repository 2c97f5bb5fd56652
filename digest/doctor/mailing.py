"""Handing mails over: the mail server's certificate and login, and one mail to yourself."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING

from digest.deliver.address import checked_address
from digest.deliver.smtp import Security, SmtpTransport
from digest.doctor.finding import ok, skipped, warning
from digest.links import is_this_machine
from digest.model.mail import Message

if TYPE_CHECKING:
    from datetime import datetime

    from digest.deliver.smtp import SmtpServer
    from digest.doctor.finding import Finding
    from digest.model.mail import Sender

_TEXT = """\
This is a mail that digest doctor sent, to see whether mails arrive.

If you found it among spam, or want to know what receivers think of it: look in its source for the header
Authentication-Results. It should say spf=pass, dkim=pass and dmarc=pass.
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to whoever runs the digest."""

    sender: Sender
    recipient: str

    def written(self, at: datetime) -> Message:
        """The finished mail; InputError when one of its addresses is none."""
        author = checked_address(self.sender.address, what="the sender's address")
        recipient = str(checked_address(self.recipient, what="the address for --to"))
        mail = EmailMessage(policy=SMTP)
        mail["From"] = str(author)
        mail["To"] = recipient
        mail["Subject"] = f"{self.sender.title}: a mail to see whether mails arrive"
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = make_msgid(domain=author.domain)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(_TEXT)
        path = str(checked_address(self.sender.bounce_address, what="the address for bounces"))
        return Message(path, recipient, str(mail["Message-ID"]), mail.as_bytes())


def login(server: SmtpServer) -> Finding:
    """Whether the server is there, its certificate is good, and it lets us in; no mail is sent."""
    with SmtpTransport(server) as transport:
        transport.check()
    how = f" as {server.username}" if server.username else ", without a login"
    if server.security is Security.NONE and not is_this_machine(server.host):
        return warning(
            f"{server} answers{how}, but mails travel there in the clear",
            "Set mail.smtp_security to starttls or tls.",
        )
    kind = {Security.NONE: "on this machine", Security.STARTTLS: "STARTTLS", Security.TLS: "TLS"}[server.security]
    return ok(f"{server} answers{how} ({kind}{'' if server.security is Security.NONE else ', certificate verified'})")


def operator(address: str) -> Finding:
    """Whether somebody hears of it by mail when the service fails."""
    if not address:
        return warning(
            "mail.operator is empty: nobody is told when a day can't be read in time",
            "Set mail.operator to the address of whoever looks after this digest.",
        )
    return ok(f"{address} is told when a day can't be read in time")


def mail_to_yourself(server: SmtpServer, letter: Letter, at: datetime) -> Finding:
    """Whether the server takes a mail; what becomes of it, only you can see."""
    if not letter.recipient:
        return skipped("no mail was sent", "digest doctor --to you@example.org sends you one.")
    with SmtpTransport(server) as transport:
        receipt = transport.send(letter.written(at))
    return ok(f"sent to {letter.recipient} ({receipt.answer}); look whether it arrives, and what receivers made of it")
