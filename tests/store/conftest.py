from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.store.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'digest.db'}")
    yield opened
    opened.close()
