"""The places where mail servers name a recipient in words, one entry a server's format.

`$A` stands for an address. LISTS are words in front of a list of addresses, a line each; SENTENCES hold the address.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from digest.deliver.parts import ADDRESS


class Lead(NamedTuple):
    """Words in front of a list; `local` when its names may lack a domain: the server's own is meant."""

    server: str
    words: re.Pattern[str]
    local: bool = False


class Sentence(NamedTuple):
    """Words around an address."""

    server: str
    words: re.Pattern[str]


def _lead(server: str, words: str, *, local: bool = False) -> Lead:
    return Lead(server, re.compile(words.replace(" ", r"\s+"), re.IGNORECASE | re.MULTILINE), local)


def _sentence(server: str, words: str) -> Sentence:
    # Bounded: a run of spaces must not be tried at every length.
    pattern = words.replace(" ", r"\s{1,8}").replace("$A", rf"[<'\"]{{0,2}}{ADDRESS}[>'\"]{{0,2}}")
    return Sentence(server, re.compile(pattern, re.IGNORECASE | re.MULTILINE))


_WHOM = r"(?:recipient|addressee|address|user|mailbox|destination)(?:s|es|\(s\)|\(es\))?"

LISTS = (
    _lead("AOL", r"recipients could not be delivered because they are not accepting[^\n]{0,300}:", local=True),
    _lead("CSO phquery", rf"message not delivered to the following(?: {_WHOM})?:", local=True),
    _lead("GroupWise", r"the message that you sent was undeliverable to the following:", local=True),
    _lead("Exchange 2007 and newer", r"delivery has failed to these recipients[^\n]{0,40}:"),
    _lead("Smail", r"failed addresses follow:[^\n]{0,60}"),
    _lead("AT&T, VERIO", r"delivery of email to this address$"),
    _lead("Notes", r"^-{3,9} failure reasons -{3,9}$"),
    _lead("m-FILTER", r"以下のメールアドレスへの送信に失敗しました。"),
    _lead("Exim, delayed", r"address(?:es)? to which the message has not yet been delivered (?:is|are):"),
    _lead("Exim, Sendmail, MDaemon, Exchange, Netscape, Gmail, qmail and their like",
          rf"\bfollowing (?:e-?mail |list of )?{_WHOM}(?![^\n]{{0,40}}successful)[^\n:]{{0,100}}(?::|$)"),
    _lead("Domino, X.400, NTMail, MIMEsweeper", r"(?:not|never|n't) (?:yet )?(?:be(?:en)? )?delivered to:?\s?$"),
    _lead("MXtreme", r"^your message to:\s?$"),
)  # fmt: skip

SENTENCES = (
    _sentence("IMail", r"^\s?(?:delivery failed \d{1,4} attempts|user mailbox exceeds allowed size): $A"),
    _sentence("IMail", r"^\s?(?:unknown user|invalid final delivery userid): $A"),
    _sentence("IMail", r"^undeliverable to $A"),
    _sentence("LISTSERV, LSMTP", r"^error-for: $A"),
    _sentence("SmarterMail", r"^failed recipient: $A"),
    _sentence("HotPOP", r"^undeliverable address: $A"),
    _sentence("USA.net", r"^intended recipient: $A"),
    _sentence("Prodigy", r"^user's mailbox is full: $A"),
    _sentence("CompuServe", r"^invalid receiver address: $A"),
    _sentence("MDaemon", r"^$A - no such user here"),
    _sentence("Mail.ru", r"local mailbox $A is unavailable"),
    _sentence("Demon", r"following message, addressed to $A,"),
    _sentence("CommuniGate Pro", r"failed to deliver to $A"),
    _sentence("InterScan, MailFoundry", r"unable to deliver message to:? $A"),
    _sentence("DragonFly", r"error delivering your mail to $A"),
    _sentence("James", r"^\s{0,4}rcpt to: $A"),
    _sentence("EarthLink", r"unable to deliver your message to $A for"),
    _sentence("EarthLink", r"^\s?5\d\d [^\n]{1,60} for $A$"),
    _sentence("Microsoft SMTPSVC 5.5", r"^\(originally addressed to $A\)"),
    _sentence("LLNL", r"your message was addressed, $A, did not"),
    _sentence("Gmail", r"your message was(?:n't| not) delivered to \*{0,2}$A"),
    _sentence("Microsoft 365", r"^your message to $A could(?:n't| not) be delivered"),
    _sentence("IFOM-IEO", r"^your (?:e-?mail )?message to $A (?:has reached|was not|has not been|cannot be)"),
    _sentence("Domino", r"^user [^\n(]{1,80} \($A\) not listed in"),
)  # fmt: skip
