"""Mails that come back, written for the tests."""

from __future__ import annotations


def notice(
    text: str, *, sender: str = "MAILER-DAEMON@mx.example.net", subject: str = "failure notice", **more: str
) -> bytes:
    """A mail server's words in one plain part; further headers by name, `_` for `-`."""
    headers = {"From": sender, "To": "bounces@example.org", "Subject": subject}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return "".join(f"{name}: {value}\n" for name, value in headers.items()).encode() + f"\n{text}\n".encode()


def multipart(
    *parts: str, kind: str = "report; report-type=delivery-status", headers: str = "", edge: str = "edge"
) -> bytes:
    """A multipart mail with the boundary `edge`; each part begins with its headers."""
    headers = f"From: postmaster@mx.example.net\n{headers}Content-Type: multipart/{kind}; boundary={edge}\n"
    inner = "".join(f"--{edge}\n{part}\n" for part in parts)
    return f"{headers}\n{inner}--{edge}--\n".encode()


def dsn(*recipients: str) -> bytes:
    """A delivery status notification (RFC 3464) with these blocks of recipient fields."""
    blocks = "\n\n".join(recipients)
    return multipart(
        "Content-Type: text/plain\n\nSomething happened to your message.",
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n{blocks}\n",
        "Content-Type: text/rfc822-headers\n\nSubject: Today\nMessage-ID: <key@example.org>\n",
    )


def complaint(fields: str, original: str = "To: reader@example.net\nMessage-ID: <key@example.org>\n\nhello") -> bytes:
    """A complaint (RFC 5965)."""
    return multipart(
        "Content-Type: text/plain\n\nThis is an email abuse report.",
        f"Content-Type: message/feedback-report\n\n{fields}\n",
        f"Content-Type: message/rfc822\n\n{original}",
        kind="report; report-type=feedback-report",
    )
