"""Settings files for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.settings.load import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from digest.settings.tables import Settings


def load(place: Path, content: str = "", **environment: str) -> Settings:
    file = place / "own.toml"
    file.write_text(content, encoding="utf-8")
    return load_settings(file=file, environment=environment)
