from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from digest.deliver.ownership import Ownership
from digest.errors import DeliveryError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")

DIE = """
import os, sys
from pathlib import Path
from digest.deliver.ownership import Ownership
print(Ownership(Path(sys.argv[1])).name, flush=True)
os._exit(1)
"""


def name_of_one_that_died(folder: Path) -> str:
    ended = subprocess.run([sys.executable, "-c", DIE, str(folder)], capture_output=True, text=True, check=False)
    return ended.stdout.strip()


def test_a_sender_that_ended_is_dead_and_one_that_runs_is_not(tmp_path: Path) -> None:
    dead = name_of_one_that_died(tmp_path)
    with Ownership(tmp_path) as one, Ownership(tmp_path) as other:
        names = [dead, one.name, other.name]
        assert len(set(names)) == 3
        assert one.find_dead(names) == {dead}
        assert one.find_dead(names) == {dead}


def test_of_senders_with_other_folders_nothing_is_known(tmp_path: Path) -> None:
    with Ownership(tmp_path / "here") as here, Ownership(tmp_path / "there") as there:
        elsewhere = name_of_one_that_died(tmp_path / "there")
        assert here.find_dead([there.name, elsewhere]) == frozenset()
        assert there.find_dead([here.name, elsewhere]) == {elsewhere}


def test_names_that_an_earlier_version_gave_are_left_to_their_lease(tmp_path: Path) -> None:
    with Ownership(tmp_path) as one:
        host = one.name.partition("/")[0]
        assert one.find_dead([f"{host}/{os.getpid()}-0123abcd", "notices-0123abcd"]) == frozenset()


def test_a_folder_keeps_its_id_and_a_name_fits_its_column(tmp_path: Path) -> None:
    with Ownership(tmp_path) as one:
        first = one.name
    with Ownership(tmp_path) as again:
        assert again.name.rpartition("/")[0] == first.rpartition("/")[0]
        assert again.name != first
        assert len(again.name) <= 64


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DeliveryError, match="may be written to"):
        Ownership(tmp_path / "taken")
