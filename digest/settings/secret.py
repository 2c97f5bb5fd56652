"""The key that signs links, made on first use."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from digest.errors import SettingsError
from digest.files import write_once

if TYPE_CHECKING:
    from pathlib import Path

    from digest.settings.tables import Settings


def find_secret_keys(settings: Settings, place: Path) -> tuple[str, ...]:
    """The key that signs, then the older ones of `old_secret_keys`, which still verify."""
    return (find_secret_key(settings, place), *(one.get_secret_value() for one in settings.old_secret_keys))


def find_secret_key(settings: Settings, place: Path) -> str:
    """The key that signs links: the setting, or else the one in `place`/secret_key, made on first use.

    Of two processes that make one at once, both end with the same.
    """
    if settings.secret_key.get_secret_value():
        return settings.secret_key.get_secret_value()
    file = place / "secret_key"
    try:
        if not file.exists():
            _make_secret(file)
        found = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Keeping the secret key in {file}: {error}. Or set secret_key yourself.") from error
    if not found:
        raise SettingsError(f"Reading the secret key: {file} is empty. Remove it, or set secret_key yourself.")
    return found


def _make_secret(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_once(file, f"{secrets.token_urlsafe(32)}\n".encode("ascii"), mode=0o600)
