"""The outbox folder: one file a mail."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sample_mail import SENT_AT, SampleMail

from digest.deliver.outbox import OutboxTransport
from digest.errors import DeliveryError


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_mail_becomes_one_file_with_its_very_bytes(tmp_path: Path) -> None:
    message = SampleMail().build()
    with OutboxTransport(tmp_path) as outbox:
        receipt = outbox.send(message)
    assert names(tmp_path) == [f"20261120T063000Z_{message.message_id.strip('<>')}.eml"]
    assert Path(receipt.where).read_bytes() == message.content


def test_the_folder_and_those_above_it_are_made(tmp_path: Path) -> None:
    receipt = OutboxTransport(tmp_path / "var" / "outbox").send(SampleMail().build())
    assert Path(receipt.where).parent == tmp_path / "var" / "outbox"


def test_the_same_mail_twice_gives_one_file(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path)
    receipts = {outbox.send(SampleMail().build()) for _ in range(2)}
    assert len(receipts) == len(names(tmp_path)) == 1


@pytest.mark.parametrize("same_process", [True, False])
def test_a_later_attempt_takes_the_place_of_the_earlier_one(tmp_path: Path, same_process: bool) -> None:
    outbox = OutboxTransport(tmp_path)
    outbox.send(SampleMail().build())
    later = SampleMail(sent_at=SENT_AT + timedelta(days=1)).build()
    receipt = (outbox if same_process else OutboxTransport(tmp_path)).send(later)
    assert names(tmp_path) == [Path(receipt.where).name]
    assert Path(receipt.where).read_bytes() == later.content


def test_mails_to_different_recipients_are_different_files_sorted_by_time(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path)
    sent = [
        outbox.send(SampleMail(recipient_key=f"reader-{number}", sent_at=SENT_AT + timedelta(minutes=number)).build())
        for number in (0, 1, 2)
    ]
    assert names(tmp_path) == [Path(receipt.where).name for receipt in sent]


@pytest.mark.parametrize("message_id", ["<../../etc/passwd@example.org>", "<a/b@example.org>", "no brackets", "<é@x>"])
def test_no_message_id_leads_out_of_the_folder(tmp_path: Path, message_id: str) -> None:
    outbox = OutboxTransport(tmp_path / "outbox")
    for _ in range(2):
        outbox.send(replace(SampleMail().build(), message_id=message_id))
    assert len(names(tmp_path / "outbox")) == 1
    assert names(tmp_path) == ["outbox"]


def test_a_mail_without_a_date_is_kept_too(tmp_path: Path) -> None:
    message = replace(SampleMail().build(), content=b"Subject: none\r\n\r\n\r\n")
    OutboxTransport(tmp_path).send(message)
    assert names(tmp_path) == [f"undated_{message.message_id.strip('<>')}.eml"]


def test_a_mail_is_for_its_owners_eyes_alone(tmp_path: Path) -> None:
    receipt = OutboxTransport(tmp_path).send(SampleMail().build())
    assert stat.S_IMODE(Path(receipt.where).stat().st_mode) == 0o600


@pytest.mark.parametrize("folder", ["taken", "taken/below"])
def test_a_folder_that_cant_be_made_is_said_in_one_line(tmp_path: Path, folder: str) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(DeliveryError, match=r"mail\.outbox_dir") as failed:
        OutboxTransport(tmp_path / folder).send(SampleMail().build())
    assert str(tmp_path / folder) in str(failed.value)
    assert len(str(failed.value).splitlines()) == 1
    assert not failed.value.permanent


def test_a_mail_that_cant_be_renamed_into_place_leaves_nothing_behind(tmp_path: Path) -> None:
    message = SampleMail().build()
    (tmp_path / f"20261120T063000Z_{message.message_id.strip('<>')}.eml" / "in the way").mkdir(parents=True)
    before = names(tmp_path)
    with pytest.raises(DeliveryError):
        OutboxTransport(tmp_path).send(message)
    assert names(tmp_path) == before
