"""One tree of errors: each says what was being done, to what, and what to try."""

from __future__ import annotations


class DigestError(Exception):
    """The root: whatever a command explains in one line and ends with exit status 1."""


class SettingsError(DigestError):
    """A setting, or a list in `config/`, can't be used."""


class InputError(DigestError):
    """Something the person asked for doesn't fit: a date, a paper id, a topic, an address."""


class SourceError(DigestError):
    """An outside service, or a saved document of one, gave no usable answer.

    `where` is an address or a path, `problem` one phrase, `hint` what to try.
    """

    def __init__(self, where: str, problem: str, *, hint: str = "") -> None:
        self.where = where
        self.problem = problem
        self.hint = hint
        super().__init__(f"{where}: {problem}." + (f" {hint}" if hint else ""))


class StoreError(DigestError):
    """The database can't be opened, read or written."""


class NothingToShowError(DigestError):
    """There is no edition, or no paper, for what was asked."""


class IncompleteDayError(DigestError):
    """Too little of a day is here to freeze it as an edition."""


class RenderError(DigestError):
    """A template is missing or uses something it was not given."""


class DeliveryError(DigestError):
    """A mail could not be handed over; `permanent` says that trying again can't help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(message)
