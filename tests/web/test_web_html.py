from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import vnu_jar
from web_desk import BASE
from web_pages import furnished

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store.database import Database


@pytest.mark.html_checker
def test_the_html_checker_finds_nothing_on_any_page(database: Database, tmp_path: Path) -> None:
    web, pages = furnished(database, BASE)
    for name, page in pages.items():
        answer = web.get(page.path) if page.form is None else web.post(page.path, page.form)
        assert answer.headers["content-type"].startswith("text/html"), name
        (tmp_path / f"{name}.html").write_text(answer.text, encoding="utf-8")
    (tmp_path / "site.css").write_text(web.site.pages.stylesheet(), encoding="utf-8")
    files = map(str, tmp_path.glob("*.html"))
    command = ["java", "-Xmx400m", "-jar", str(vnu_jar()), "--Werror", "--stdout", *files]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout
