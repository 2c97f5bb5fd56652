"""The wheel, installed elsewhere, does what the checkout does; the source archive holds what that takes to make."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import pytest
from person import Person

ROOT = Path(__file__).resolve().parents[1]
# One of each folder, and what `make preview` and `make test` read besides.
NEEDED = (
    *("pyproject.toml", "constraints.txt", "Makefile", "README.md", "CHANGELOG.md", "LICENSE"),
    *(".ci/set-up", ".ci/checks", ".ci/run", "digest/errors.py", "templates/email/_base/layout.html"),
    *("config/digest.toml", "docs/recipes.md", "tests/conftest.py", "benchmarks/day.py"),
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a new environment with the wheel in it; its dependencies come from this environment."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    source.mkdir()
    for name in ("digest", "templates", "config", "pyproject.toml", "README.md", "LICENSE"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    elsewhere = place / "elsewhere"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(elsewhere)], check=True)
    purelib = sysconfig.get_path("purelib", vars={"base": str(elsewhere), "platbase": str(elsewhere)})
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(elsewhere / "bin" / "python"),
        "install",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True, env={**os.environ, "PIP_NO_INDEX": "1"})
    others = [path for path in sys.path if path.endswith("site-packages")]
    (Path(purelib) / "others.pth").write_text("\n".join(others))
    return elsewhere / "bin" / "digest"


def test_the_installed_wheel_renders_the_sample(installed: Path, tmp_path: Path) -> None:
    person = Person(tmp_path, command=installed)
    report = json.loads(person.succeed("preview", "--sample", "--json"))
    assert report["is_sample"]
    assert len(report["entries"]) > 10
    where = subprocess.run(
        [installed.parent / "python", "-c", "import digest.assets as a; print(a.folder('templates'))"],
        check=True, capture_output=True, text=True, cwd=tmp_path,
    ).stdout  # fmt: skip
    assert str(installed.parents[1]) in where


def test_it_writes_a_settings_file_of_its_own(installed: Path, tmp_path: Path) -> None:
    Person(tmp_path, command=installed).succeed("init")
    assert "[arxiv]" in (tmp_path / "digest.toml").read_text()


def test_the_source_archive_can_be_set_up_and_checked(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        modes = {member.name.partition("/")[2]: member.mode for member in archive.getmembers()}
    assert [name for name in NEEDED if name not in modes] == []
    assert [name for name in modes if name.startswith(".ci/") and not modes[name] & 0o100] == []
