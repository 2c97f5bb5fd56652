"""Files that are whole or not there."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from digest.files import write_once, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def permissions(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_file_is_written_and_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    for content in (b"first\r\n\x00", b"second"):
        assert write_whole(tmp_path / "it", content) == tmp_path / "it"
        assert (tmp_path / "it").read_bytes() == content
    assert names(tmp_path) == ["it"]


@pytest.mark.parametrize(("umask", "found"), [(0o022, 0o644), (0o077, 0o600)])
def test_others_may_read_it_where_the_operator_lets_them(tmp_path: Path, umask: int, found: int) -> None:
    os.umask(umask)
    assert permissions(write_whole(tmp_path / "it", b"")) == found


@pytest.mark.parametrize("write", [write_whole, write_once])
def test_a_private_file_is_its_owners_alone(tmp_path: Path, write: Callable[..., object]) -> None:
    write(tmp_path / "it", b"", mode=0o600)
    assert permissions(tmp_path / "it") == 0o600


@pytest.mark.parametrize("write", [write_whole, write_once])
def test_the_longest_name_that_a_file_may_have_will_do(tmp_path: Path, write: Callable[..., object]) -> None:
    write(tmp_path / ("n" * 255), b"content")
    assert names(tmp_path) == ["n" * 255]


def test_what_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "it" / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="it"):
        write_whole(tmp_path / "it", b"content")
    assert names(tmp_path) == ["it"]


def test_a_content_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    not_bytes: object = "text"
    with pytest.raises(TypeError):
        write_whole(tmp_path / "it", not_bytes)  # type: ignore[arg-type]
    assert names(tmp_path) == []


def test_the_first_to_write_counts(tmp_path: Path) -> None:
    write_once(tmp_path / "it", b"first")
    write_once(tmp_path / "it", b"second")
    assert (tmp_path / "it").read_bytes() == b"first"
    assert names(tmp_path) == ["it"]


def test_of_many_at_once_one_counts(tmp_path: Path) -> None:
    def write(number: int) -> bytes:
        write_once(tmp_path / "it", b"%d" % number)
        return (tmp_path / "it").read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(write, range(32)))) == 1
    assert names(tmp_path) == ["it"]
