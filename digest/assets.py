"""Finds `templates/` and `config/`: inside the installed package, or at the root of a checkout."""

from __future__ import annotations

from pathlib import Path

from digest.errors import DigestError

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `templates` or `config` as it was shipped; DigestError when the installation is incomplete."""
    for place in (_PACKAGE / "_assets" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise DigestError(f"Looking for the shipped folder '{name}' beside {_PACKAGE}: it isn't there. Install again.")
