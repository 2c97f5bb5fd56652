"""The files that pages need, at addresses that change with their contents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from digest.render.pages import PageRenderer


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file's name, which no other contents ever have, and what is in it."""

    name: str
    media_type: str
    content: bytes

    @property
    def path(self) -> str:
        """Where it is found."""
        return f"/static/{self.name}"


@dataclass(frozen=True, slots=True)
class FixedFiles:
    """The style sheet and the icon."""

    stylesheet: FixedFile
    icon: FixedFile

    @classmethod
    def of(cls, pages: PageRenderer) -> FixedFiles:
        """Both, as they are now."""
        return cls(_fixed("css", "text/css", pages.stylesheet()), _fixed("svg", "image/svg+xml", pages.icon()))

    def find(self, name: str) -> FixedFile | None:
        """The file of that name."""
        return next((file for file in (self.stylesheet, self.icon) if file.name == name), None)


def _fixed(ending: str, media_type: str, text: str) -> FixedFile:
    content = text.encode()
    return FixedFile(f"{hashlib.sha256(content).hexdigest()[:20]}.{ending}", media_type, content)
