"""arXiv's OAI-PMH service: the records of a set, page by page, in both formats at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from digest.errors import SourceError
from digest.model.history import HistoryPage
from digest.sources.arxiv.oai import open_earliest, open_envelope
from digest.sources.arxiv.oai_records import read_histories, read_names, with_names

if TYPE_CHECKING:
    from digest.model.history import Window
    from digest.sources.arxiv.oai import Envelope
    from digest.sources.http import PoliteClient

ACCEPT_XML = "text/xml, application/xml;q=0.9, */*;q=0.8"
TRIES_OF_A_BROKEN_PAGE = 3
_RAW, _NAMED = "arXivRaw", "arXiv"


@dataclass(frozen=True, kw_only=True)
class OaiService:
    """Reads arXiv's history through one polite client; `url` is without a slash at the end."""

    client: PoliteClient
    url: str

    def read_page(self, window: Window, place: str, *, to_present: bool) -> HistoryPage:
        """The page of the window that begins at `place`, which the page before told; empty for the first one.

        A window `to_present` has no end for arXiv, which may be a day ahead. Two requests a page: the pages of both
        formats hold the same papers; a paper whose parts of names are missing has those of the one string.
        SourceError when a page can't be had, or read after three tries.
        """
        raw_token, named_token = _tokens(place)
        raw = self._list(_RAW, window, raw_token, to_present=to_present)
        # Once the list of names is over before the other one, there is nothing more to ask for.
        wants_names = raw.lists and bool(named_token or not place)
        named = self._list(_NAMED, window, named_token, to_present=to_present) if wants_names else None
        if raw.is_expired or (named and named.is_expired):
            return HistoryPage((), is_expired=True)
        if raw.token and raw.token == raw_token:
            raise SourceError(self.url, "gives the same page again and again", hint="Try again later.")
        histories, problems = read_histories(raw.records, where=self.url)
        kept = tuple(with_names(histories, read_names(named.records) if named else {}))
        next_named = named.token if named else named_token
        return HistoryPage(kept, _place(raw.token, next_named), raw.deleted, (*raw.problems, *problems))

    def read_earliest(self) -> date:
        """The day before which no record changed last; asking for earlier ones is an error to arXiv."""
        address = f"{self.url}?verb=Identify"
        told = open_earliest(self._body(address), where=address)
        try:
            return date.fromisoformat(told[:10])
        except ValueError as error:
            raise SourceError(address, f"tells no earliest day, but '{told[:40]}'") from error

    def _list(self, form: str, window: Window, token: str, *, to_present: bool) -> Envelope:
        """One page of one format, asked for again when it is broken or empty for no reason."""
        address = f"{self.url}?{urlencode(_question(form, window, token, to_present=to_present))}"
        envelope = self._ask(address, tries=TRIES_OF_A_BROKEN_PAGE)
        if _is_empty(envelope) and not envelope.token:
            raise SourceError(self.url, "answers with an empty page", hint="Try again later.")
        if envelope.refusal:
            raise SourceError(self.url, envelope.refusal, hint="Check what was asked for.")
        return envelope

    def _ask(self, address: str, *, tries: int) -> Envelope:
        body = self._body(address)
        try:
            envelope = open_envelope(body, where=self.url)
        except SourceError:
            if tries == 1:
                raise
            return self._ask(address, tries=tries - 1)
        return self._ask(address, tries=tries - 1) if _is_empty(envelope) and tries > 1 else envelope

    def _body(self, address: str) -> bytes:
        body = self.client.get(address, accept=ACCEPT_XML).value
        if body is None:
            raise SourceError(address, "says that nothing changed, which was not asked")
        return body


def _is_empty(envelope: Envelope) -> bool:
    """Whether it is a list with nothing in it: a service that has nothing says noRecordsMatch."""
    return envelope.lists and not envelope.records and not envelope.deleted


def _question(form: str, window: Window, token: str, *, to_present: bool) -> dict[str, str]:
    # arXiv's token is a query string that is quoted already, and must be quoted once more.
    if token:
        return {"verb": "ListRecords", "resumptionToken": token}
    until = {} if to_present else {"until": window.last_on.isoformat()}
    asked = {"verb": "ListRecords", "metadataPrefix": form, "set": window.set_name}
    return {**asked, "from": window.first_on.isoformat(), **until}


def _place(raw: str, named: str) -> str:
    return json.dumps([raw, named]) if raw else ""


def _tokens(place: str) -> tuple[str, str]:
    raw, named = json.loads(place) if place else ("", "")
    return str(raw), str(named)
