from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from settings_files import load

from digest.errors import SettingsError
from digest.settings.secret import find_secret_key

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    settings = load(tmp_path)
    first = find_secret_key(settings, tmp_path / "var")
    assert len(first) > 30
    assert find_secret_key(settings, tmp_path / "var") == first
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_the_setting_goes_first(tmp_path: Path) -> None:
    assert find_secret_key(load(tmp_path, DIGEST_SECRET_KEY="mine"), tmp_path / "var") == "mine"
    assert not (tmp_path / "var").exists()


def test_many_at_once_end_with_the_same_key(tmp_path: Path) -> None:
    settings = load(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: find_secret_key(settings, tmp_path / "var"), range(32)))
    assert len(found) == 1


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SettingsError, match="Or set secret_key yourself"):
        find_secret_key(load(tmp_path), tmp_path / "taken")


def test_an_empty_key_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(SettingsError, match="is empty"):
        find_secret_key(load(tmp_path), tmp_path)
