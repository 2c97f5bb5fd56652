"""Reading a maildir."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.deliver.inbound.maildir import read_maildir
from digest.errors import DeliveryError

if TYPE_CHECKING:
    from pathlib import Path

ONE = b"Delivered-To: bounces+one@example.org\nTo: bounces@example.org\n\nfirst\n"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1700000001.M1P1.host").write_bytes(ONE)
    (tmp_path / "new" / "1700000002.M1P1.host").write_bytes(b"no header\n")
    return tmp_path


def test_new_mails_come_oldest_first_with_their_recipients(maildir: Path) -> None:
    mails = [arrival.mail for arrival in read_maildir(maildir)]
    assert [mail.content for mail in mails] == [ONE, b"no header\n"]
    assert mails[0].recipients == ("bounces+one@example.org", "bounces@example.org")
    assert mails[1].recipients == ()


def test_a_settled_mail_is_kept_as_seen(maildir: Path) -> None:
    for arrival in read_maildir(maildir):
        arrival.settle()
    assert sorted(file.name for file in (maildir / "cur").iterdir()) == [
        "1700000001.M1P1.host:2,S",
        "1700000002.M1P1.host:2,S",
    ]
    assert list(read_maildir(maildir)) == []


def test_a_mail_that_was_not_settled_comes_again(maildir: Path) -> None:
    list(read_maildir(maildir))
    assert len(list(read_maildir(maildir))) == 2


def test_a_mail_that_vanishes_meanwhile_is_passed_over(maildir: Path) -> None:
    arrivals = read_maildir(maildir)
    first = next(arrivals)
    for file in (maildir / "new").iterdir():
        file.unlink()
    first.settle()
    assert list(arrivals) == []
    assert list((maildir / "cur").iterdir()) == []


def test_hidden_files_and_folders_are_no_mails(maildir: Path) -> None:
    (maildir / "new" / ".keep").write_text("")
    (maildir / "new" / "folder").mkdir()
    assert len(list(read_maildir(maildir))) == 2


def test_a_folder_that_is_no_maildir_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="must be a folder with new/ and cur/") as caught:
        list(read_maildir(tmp_path))
    assert not caught.value.permanent


def test_a_mail_that_cannot_be_moved_is_explained_and_stays(maildir: Path) -> None:
    (maildir / "cur").rmdir()
    (maildir / "cur").write_text("in the way")
    with pytest.raises(DeliveryError, match="moving 1700000001"):
        next(read_maildir(maildir)).settle()
    assert len(list(read_maildir(maildir))) == 2


def test_a_mail_whose_name_has_no_room_for_the_mark_is_settled_too(maildir: Path) -> None:
    for last in "ab":
        (maildir / "new" / ("1" + "é" * 126 + last)).write_bytes(b"Subject: x\r\n\r\n")
    for arrival in read_maildir(maildir):
        arrival.settle()
    assert list(read_maildir(maildir)) == []
    assert len(list((maildir / "cur").iterdir())) == 4


def test_a_mail_that_cannot_be_read_stops_no_other(maildir: Path) -> None:
    (maildir / "new" / "1600000000").symlink_to("/proc/self/mem")
    assert len(list(read_maildir(maildir))) == 2
