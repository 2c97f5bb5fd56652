"""Tells mails that a program wrote by itself: vacation notes, tickets, read receipts (RFC 3834, RFC 8098)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.deliver.parts import Part

# Headers of responders that don't know RFC 3834, whatever their value.
_RESPONDERS = frozenset(
    {
        "x-autoreply", "x-autoreply-from", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-auto-response",
        "x-mail-autoreply", "x-vacation", "x-away",
    }
)  # fmt: skip
_REPLYING = re.compile(r"\s*(?:auto[_-]?reply|auto[_-]?respond)", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\s*(?:re:|aw:|sv:|fwd?:)?\s*\[?(?:"
    r"out[ -]of[ -](?:the[ -])?office|automatic reply|auto(?:mated)?[ -]?(?:reply|response|responder)\b|auto:|"
    r"(?:on |i am on )?(?:vacation|annual leave)\b|away from (?:my mail|the office)|"
    r"abwesenheits|automatische antwort|ich bin (?:nicht im büro|im urlaub)|"
    r"r[ée]ponse automatique|absence du bureau|absent du bureau|"
    r"respuesta autom[áa]tica|fuera de (?:la )?oficina|risposta automatica|fuori sede|"
    r"resposta autom[áa]tica|automatisch antwoord|afwezig|autosvar|automatiskt svar|automaattinen vastaus|"
    r"odpowiedź automatyczna|автоответ|自动回复|自動回覆|自動応答|自動返信|자동 회신"
    r")",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")


def is_auto_reply(mail: Part) -> bool:
    """Whether the mail says that no person wrote it, or has a vacation note's subject."""
    if any(not value.strip().lower().startswith("no") for value in mail.all("auto-submitted") if value.strip()):
        return True
    if any(name in _RESPONDERS for name, _ in mail.headers):
        return True
    if any(_REPLYING.match(value) for name in ("precedence", "x-precedence") for value in mail.all(name)):
        return True
    is_receipt = mail.parameters.get("report-type", "").lower() == "disposition-notification"
    return is_receipt or _SUBJECT.match(mail.first("subject")) is not None


def answered_message_id(mail: Part) -> str | None:
    """The Message-ID, with its angle brackets, of the mail that this one answers."""
    for name in ("in-reply-to", "references"):
        if found := _MESSAGE_ID.findall(mail.first(name)):
            return str(found[-1])
    return None
