"""The house's rules: imports point down, each outside library has one home, modules stay small."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 300

HOMES = {
    "feedparser": ("sources",),
    "httpx": ("sources",),
    "sqlalchemy": ("store",),
    "alembic": ("store",),
    "jinja2": ("render",),
    "babel": ("render",),
    "premailer": ("render",),
    "markupsafe": ("render",),
    "aiosmtplib": ("deliver",),
    "apscheduler": ("scheduler",),
    "dns": ("doctor",),
    "email_validator": ("addresses",),
    "idna": ("deliver",),
    "fastapi": ("web",),
    "starlette": ("web",),
    "typer": ("cli",),
    "rich": ("cli",),
    "pydantic": ("settings",),
    "itsdangerous": ("links",),
    "pylatexenc": ("text",),
    "sentencex": ("text",),
    "lxml": ("sources", "render"),
    "threadpoolctl": ("forecast",),
    "sklearn": ("text", "topics", "forecast"),
    "numpy": ("text", "topics", "signals", "rank", "forecast"),
    "scipy": ("text", "topics", "signals", "rank", "forecast"),
}


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def strangers(package: Path) -> list[str]:
    """Imports of a library outside its home, as `file imports library`."""
    found = []
    for file in sorted(package.rglob("*.py")):
        room = file.relative_to(package).parts[0].removesuffix(".py")
        for module in imports(file):
            library = module.partition(".")[0]
            if room not in HOMES.get(library, (room,)):
                found.append(f"{file.relative_to(package)} imports {library}")
    return found


def test_each_outside_library_has_one_home() -> None:
    assert strangers(ROOT / "digest") == []


def test_a_library_away_from_home_is_found(tmp_path: Path) -> None:
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / "gossip.py").write_text("def ask():\n    from httpx import get\n")
    assert strangers(tmp_path) == ["signals/gossip.py imports httpx"]


def test_every_listed_library_is_used_at_home() -> None:
    used = {module.partition(".")[0] for file in (ROOT / "digest").rglob("*.py") for module in imports(file)}
    assert set(HOMES) - used == set()


def test_every_library_that_is_imported_is_declared() -> None:
    used = {module.partition(".")[0] for file in (ROOT / "digest").rglob("*.py") for module in imports(file)}
    outside = used - sys.stdlib_module_names - {"digest"}
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    known = {re.split(r"[^\w-]", line)[0].replace("-", "_") for line in declared}
    distributions = packages_distributions()
    sources = {name: {one.lower().replace("-", "_") for one in distributions[name]} for name in outside}
    assert [name for name in sorted(outside) if not sources[name] & known] == []


def test_modules_stay_small() -> None:
    sizes = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in (ROOT / "digest").rglob("*.py")}
    assert [str(file) for file, size in sizes.items() if size > LONGEST_MODULE and "migrations" not in str(file)] == []


@pytest.mark.parametrize(
    ("module", "planted", "contract"),
    [
        ("text/tex.py", "from digest.store import schema", "Imports point down"),
        ("render/mail.py", "from digest.store import schema", "Imports point down"),
        ("signals/code.py", "import socket", "Deciding does no input or output"),
        ("newcomer.py", "", "Imports point down"),
    ],
)
def test_a_planted_violation_of_the_floors_is_caught(tmp_path: Path, module: str, planted: str, contract: str) -> None:
    shutil.copytree(ROOT / "digest", tmp_path / "digest", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lint(tmp_path).returncode == 0
    with (tmp_path / "digest" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{planted}\n")
    broken = lint(tmp_path)
    assert broken.returncode != 0
    assert contract in broken.stdout


def lint(place: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(place), "COLUMNS": "200"}
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
