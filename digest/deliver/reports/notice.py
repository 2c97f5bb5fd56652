"""Tells a mail server's own words to the sender: whether a mail is such a notice, and its text without the original."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.deliver.parts import addresses_in

if TYPE_CHECKING:
    from digest.deliver.parts import Part

_LONGEST_TEXT = 60_000
_WRAPPED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"})

_SERVER = re.compile(
    r"mailer[-_]?daemon|\bpost[ _]?master\b|\bmdaemon\b|mail[-_. ]?delivery|delivery[-_. ]?(?:sub)?system|"
    r"smtp[-_. ]?(?:mail|service|gateway)|mail[-_. ]?administrator|\bimss\b|anti-?virus",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"un-?deliver|non-?deliver|not (?:yet )?(?:been )?deliver|failure notice|returned mail|mail returned|"
    r"returning (?:message )?to sender|mail (?:failed|failure|error|system error)|failed mail|nondeliverable|"
    r"delivery[ :-]{0,3}(?:has )?(?:fail|error|problem|status|report|notification|delay|warning|incomplete)|"
    r"(?:fail(?:ed|ure)|delayed?) (?:mail )?deliver|could ?n[o']t be delivered|mail delivery|message delayed|"
    r"delivery has (?:been )?|permanent fail|processing error|address not found|undelivered",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"not\s+yet\s+been\s+delivered|delivery\s+attempts\s+will\s+(?:continue|be\s+made)|will\s+be\s+retried|"
    r"(?:is|has\s+been|was|were)\s+(?:delayed|postponed|deferred)|still\s+being\s+retried|transient\s+non-?fatal|"
    r"will\s+(?:continue|keep)\s+(?:to\s+)?try|continue\s+to\s+attempt|this\s+is\s+a\s+warning|just\s+a\s+warning",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"(?:could\s*n[o']t|can\s*n[o']t|unable\s+to|not\s+able\s+to|was\s+not|has\s+not\s+been|failed\s+to)\s+(?:be\s+)?deliver|"
    r"undeliver|deliver\w{0,5}\s+(?:to\s+the\s+following\s+\S{1,30}\s+)?(?:has\s+)?(?:failed|was\s+aborted)|fatal\s+error|"
    r"did\s+not\s+reach|non-?delivery|returned\s+mail|failure\s+notice|can\s*n[o']t\s+send|could\s+not\s+be\s+sent",
    re.IGNORECASE,
)
_ARRIVED = re.compile(r"success(?:ful(?:ly)?)?\s+(?:deliver|relay|forward)", re.IGNORECASE)
# Where the copy of our own mail begins: all the ways to announce it, or its first headers without a word.
_COPY = re.compile(
    r"^(?:"
    r"[|> \t]{0,20}-{2,80}[^\n]{0,40}?(?:copy of|original (?:message|mail)|message headers?\b|header (?:of|and)|"
    r"unsent message|returned (?:mail|message)|message (?:text )?follows|mensaje original)"
    r"|[ \t]{0,20}(?:the )?original message (?:as received )?(?:follows|is as follows|attached)"
    r"|[ \t]{0,20}original message headers:"
    r"|your message reads\b|old message:|included is a copy|here is a copy of|[ \t]{0,20}below is a copy of"
    r"|message headers follow|a copy of (?:the|your) original message\b"
    r"|a summary of the undelivered message|the first \d+ lines of your original"
    r"|>?[ \t]?(?:received|return-path|x-sender|x-track):[ \t]"
    r")",
    re.IGNORECASE | re.MULTILINE,
)


def is_notice(mail: Part) -> bool:
    """Whether a mail server wrote it: by its sender, its subject, or the header that Exim adds."""
    if mail.all("x-failed-recipients") or mail.parameters.get("report-type", "").lower() == "delivery-status":
        return True
    return is_server(mail) or _SUBJECT.search(mail.first("subject")) is not None


def is_server(mail: Part) -> bool:
    """Whether the sender is a mail server's name, or nobody: `<>`, also beside a name as in `"Mail system" <>`."""
    senders = mail.all("from")
    if any(_SERVER.search(sender) or not sender.strip() for sender in senders):
        return True
    return any(sender.rstrip().endswith("<>") and not addresses_in(sender) for sender in senders)


def notice_text(mail: Part) -> str:
    """The text in front of the copy of the original mail, at most 60,000 letters of it."""
    texts = [leaf for leaf in mail.leaves() if leaf.content_type == "text/plain"] or [
        leaf for leaf in mail.leaves() if leaf.content_type == "text/html"
    ]
    text = "\n".join(leaf.text()[:_LONGEST_TEXT] for leaf in texts[:3])[:_LONGEST_TEXT]
    copy = _COPY.search(text)
    return text[: copy.start()] if copy else text


def wrapped(mail: Part) -> tuple[Part, ...]:
    """The mails, or their headers, that this one carries."""
    return tuple(leaf for leaf in mail.leaves() if leaf.content_type in _WRAPPED)


def says_delayed(text: str) -> bool:
    """Whether the server goes on trying."""
    return _DELAYED.search(text) is not None


def says_arrived(text: str) -> bool:
    """Whether the server says that the mail has arrived, and of nothing else."""
    return _ARRIVED.search(text) is not None and not says_failed(text)


def says_failed(text: str) -> bool:
    """Whether the server has given up, to whomever."""
    return _FAILED.search(text) is not None
