"""The mails of every kind of day, and every notice, letter by letter; `make golden` writes them anew."""

from __future__ import annotations

import pytest
from mail_cases import ALL_MAILS, GOLDEN, rendered

PARTS = {"subject.txt": "subject", "body.txt": "text", "body.html": "html"}


@pytest.mark.parametrize("case", ALL_MAILS)
def test_the_mail_is_as_it_was_approved(case: str, request: pytest.FixtureRequest) -> None:
    mail = rendered(case)
    for file_name, part in PARTS.items():
        file = GOLDEN / case / file_name
        content: str = getattr(mail, part)
        content = content if content.endswith("\n") else f"{content}\n"
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(content, encoding="utf-8", newline="\n")
        assert file.is_file(), f"{file} is missing; look at the mail, then run: make golden"
        assert content == file.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    kept = {str(file.relative_to(GOLDEN)) for file in GOLDEN.glob("*/*") if "__pycache__" not in file.parts}
    assert kept - {f"{case}/{part}" for case in ALL_MAILS for part in PARTS} == set()
