from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from mail_cases import LINKS, SENDER, TEMPLATES, typical

from digest.errors import RenderError
from digest.render.mail import MailRenderer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return shutil.copytree(TEMPLATES, tmp_path / "templates")


def render_with(templates: Path) -> None:
    MailRenderer(templates).render(typical(), links=LINKS, sender=SENDER)


@pytest.mark.parametrize(
    "name", ["email/digest/body.html", "email/digest/subject.txt", "email/_base/card.html", "email/_base/inline.css"]
)
def test_a_missing_template_is_named(templates: Path, name: str) -> None:
    (templates / name).unlink()
    with pytest.raises(RenderError, match=f"there is no template {name} in {templates}"):
        render_with(templates)


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("email/digest/body.txt", "Unsubscribe:"),
        ("email/digest/body.html", "No tracking"),
        ("email/_base/card.html", "{{ card.title }}"),
    ],
)
def test_an_unknown_name_is_told_with_template_and_line(templates: Path, name: str, beside: str) -> None:
    source = (templates / name).read_text(encoding="utf-8")
    line = source[: source.index(beside)].count("\n") + 1
    (templates / name).write_text(source.replace(beside, "{{ nobody.knows }}" + beside), encoding="utf-8")
    with pytest.raises(RenderError, match=rf"{name}, line {line} uses what it was not given: 'nobody' is undefined"):
        render_with(templates)


def test_a_slip_in_a_template_is_told_with_its_line(templates: Path) -> None:
    (templates / "email/digest/body.txt").write_text("fine\n{% if %}\n", encoding="utf-8")
    with pytest.raises(RenderError, match=r"Reading email/digest/body.txt, line 2: "):
        render_with(templates)
