"""Reading an IMAP folder over a real connection."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from imap_server import HOST, PASSWORD, USERNAME, Mailboxes, serving

from digest.deliver.inbound.imap import Afterwards, ImapFolder, read_imap
from digest.errors import DeliveryError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.enable_socket

ONE = b"Delivered-To: bounces+one@example.org\r\n\r\nfirst\r\n"
TWO = b"To: Bounces <bounces+two@example.org>\r\n\r\nsecond\r\n"


class Folder:
    """The mailboxes, and the folder as the program opens it."""

    def __init__(self, mailboxes: Mailboxes, port: int, context: ssl.SSLContext) -> None:
        self.mailboxes = mailboxes
        self.context = context
        self.settings = ImapFolder(HOST, USERNAME, PASSWORD, port=port, timeout=timedelta(seconds=2))

    def read(self, **changes: object) -> list[bytes]:
        """The mails, each settled."""
        contents = []
        for arrival in read_imap(replace(self.settings, **changes), context=self.context):  # type: ignore[arg-type]
            contents.append(arrival.mail.content)
            arrival.settle()
        return contents

    def refuse(self, **changes: object) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            self.read(**changes)
        assert f"{HOST}:" in str(caught.value)
        assert "\n" not in str(caught.value)
        return caught.value


@pytest.fixture
def folder() -> Iterator[Folder]:
    mailboxes = Mailboxes()
    mailboxes.put(ONE, TWO)
    with serving(mailboxes) as (port, context):
        yield Folder(mailboxes, port, context)


def test_the_mails_come_oldest_first_with_their_recipients(folder: Folder) -> None:
    arrivals = list(read_imap(folder.settings, context=folder.context))
    assert [arrival.mail.content for arrival in arrivals] == [ONE, TWO]
    assert [arrival.mail.recipients for arrival in arrivals] == [
        ("bounces+one@example.org",),
        ("bounces+two@example.org",),
    ]


def test_a_settled_mail_is_seen_and_does_not_come_again(folder: Folder) -> None:
    assert folder.read() == [ONE, TWO]
    assert folder.read() == []
    assert folder.mailboxes.contents("INBOX") == [ONE, TWO]


def test_a_mail_that_was_not_settled_comes_again(folder: Folder) -> None:
    first = next(iter(read_imap(folder.settings, context=folder.context)))
    assert first.mail.content == ONE
    assert folder.read() == [ONE, TWO]


@pytest.mark.parametrize("capabilities", ["MOVE UIDPLUS", "UIDPLUS"])
def test_a_settled_mail_can_be_moved(folder: Folder, capabilities: str) -> None:
    folder.mailboxes.capabilities = capabilities
    assert folder.read(afterwards=Afterwards.MOVED, move_to="Done here") == [ONE, TWO]
    assert folder.mailboxes.contents("INBOX") == []
    assert folder.mailboxes.contents("Done here") == [ONE, TWO]
    assert ("UID MOVE" in folder.mailboxes.commands) == ("MOVE" in capabilities)


def test_a_settled_mail_can_be_deleted(folder: Folder) -> None:
    assert folder.read(afterwards=Afterwards.DELETED) == [ONE, TWO]
    assert folder.mailboxes.contents("INBOX") == []


def test_without_uidplus_a_deleted_mail_stays_marked_and_no_other_is_taken_along(folder: Folder) -> None:
    folder.mailboxes.capabilities = ""
    assert folder.read(afterwards=Afterwards.DELETED) == [ONE, TWO]
    assert folder.read(afterwards=Afterwards.DELETED) == []
    assert folder.mailboxes.contents("INBOX") == [ONE, TWO]


def test_a_batch_is_bounded(folder: Folder) -> None:
    assert folder.read(batch=1) == [ONE]
    assert folder.read(batch=1) == [TWO]


def test_a_mail_that_disappears_meanwhile_is_passed_over(folder: Folder) -> None:
    arrivals = read_imap(folder.settings, context=folder.context)
    next(arrivals)
    del folder.mailboxes.folders["INBOX"][2]
    assert list(arrivals) == []


def test_a_password_in_plain_letters_logs_in_as_well(folder: Folder) -> None:
    folder.mailboxes.password = "plain and simple"
    assert folder.read(password="plain and simple") == [ONE, TWO]
    assert "LOGIN" in folder.mailboxes.commands


@pytest.mark.parametrize("password", ["not mine", "nöt mine"])
def test_a_wrong_password_is_a_permanent_failure_that_does_not_show_it(folder: Folder, password: str) -> None:
    error = folder.refuse(password=password)
    assert error.permanent
    assert f"logging in as {USERNAME}" in str(error)
    assert password not in str(error)


def test_a_server_that_cannot_look_the_password_up_now_is_tried_again(folder: Folder) -> None:
    folder.mailboxes.login_refusal = "NO [UNAVAILABLE] the directory is down"
    assert not folder.refuse(password="another").permanent


def test_a_folder_that_is_not_there_is_named(folder: Folder) -> None:
    error = folder.refuse(folder="Bounces")
    assert "opening 'Bounces' failed: no such folder" in str(error)


@pytest.mark.parametrize("command", ["UID SEARCH", "UID FETCH", "UID STORE"])
def test_what_the_server_refuses_is_explained(folder: Folder, command: str) -> None:
    folder.mailboxes.refused.add(command)
    assert "not today" in str(folder.refuse())


@pytest.mark.parametrize("command", ["CAPABILITY", "AUTHENTICATE", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"])
def test_a_server_that_hangs_up_loses_nothing(folder: Folder, command: str) -> None:
    folder.mailboxes.hung_up_on.add(command)
    assert not folder.refuse().permanent
    folder.mailboxes.hung_up_on.clear()
    assert folder.read() == [ONE, TWO]


def test_a_server_that_says_nothing_is_given_up(folder: Folder) -> None:
    folder.mailboxes.silent = True
    assert not folder.refuse(timeout=timedelta(seconds=0.2)).permanent


def test_a_server_that_nobody_vouches_for_is_refused(folder: Folder) -> None:
    folder.context = ssl.create_default_context()
    assert "connecting failed" in str(folder.refuse())


def test_a_server_that_is_not_there_is_explained(folder: Folder) -> None:
    assert "connecting failed" in str(folder.refuse(port=1))


@pytest.mark.parametrize(
    "changes",
    [
        {"folder": "Rückläufer"},
        {"folder": "INBOX\r\nA1 DELETE INBOX"},
        {"username": "me\n"},
        {"password": "a\r\nb"},
        {"afterwards": Afterwards.MOVED},
        {"move_to": "Done here"},
    ],
)
def test_names_that_cannot_be_sent_are_refused(folder: Folder, changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        folder.read(**changes)
    assert folder.mailboxes.commands == []


def test_the_password_is_not_shown_in_a_log(folder: Folder) -> None:
    assert PASSWORD not in repr(folder.settings)
