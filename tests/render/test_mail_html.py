from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import vnu_jar
from mail_cases import ALL_MAILS, rendered

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.html_checker
def test_the_html_checker_finds_nothing_in_any_mail(tmp_path: Path) -> None:
    for case in ALL_MAILS:
        (tmp_path / f"{case}.html").write_text(rendered(case).html, encoding="utf-8")
    command = ["java", "-Xmx400m", "-jar", str(vnu_jar()), "--Werror", "--stdout", *map(str, tmp_path.glob("*.html"))]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout
