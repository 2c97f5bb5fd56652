"""What a server's answer means for a mail, by where it came and its codes alone."""

from __future__ import annotations

import pytest

from digest.deliver.verdict import Phase, break_off, find_status, judge
from digest.model.delivery import Outcome

BEFORE_THE_END = [Phase.RESET, Phase.SENDER, Phase.RECIPIENT, Phase.TEXT]


@pytest.mark.parametrize(
    ("phase", "answer", "outcome"),
    [
        (Phase.END, "250 2.0.0 queued as 42", Outcome.SENT),
        (Phase.END, "250 ", Outcome.SENT),
        (Phase.RECIPIENT, "550 5.1.1 no such user", Outcome.REFUSED),
        (Phase.RECIPIENT, "550 we don't like your policy 5.7.1", Outcome.REFUSED),
        (Phase.RECIPIENT, "500 5.3.0 command failed", Outcome.REFUSED),
        (Phase.RECIPIENT, "552 5.2.2 mailbox full", Outcome.REFUSED),
        (Phase.RECIPIENT, "556 5.1.10 takes no mail", Outcome.REFUSED),
        (Phase.RECIPIENT, "550 5.7.1 on a list", Outcome.POLICY),
        (Phase.RECIPIENT, "554 5.7.26 unauthenticated", Outcome.POLICY),
        (Phase.RECIPIENT, "550 5.1.8 sender's domain not found", Outcome.POLICY),
        (Phase.RECIPIENT, "503 need MAIL first", Outcome.POLICY),
        (Phase.RECIPIENT, "530 log in first", Outcome.POLICY),
        (Phase.RECIPIENT, "450 4.2.1 greylisted", Outcome.DEFERRED),
        (Phase.RECIPIENT, "454 4.7.1 not now", Outcome.DEFERRED),
        (Phase.RECIPIENT, "550 4.2.1 cannot make up its mind", Outcome.DEFERRED),
        (Phase.SENDER, "550 5.1.0 rejected", Outcome.POLICY),
        (Phase.SENDER, "553 not yours", Outcome.POLICY),
        (Phase.SENDER, "552 5.3.4 too large", Outcome.REFUSED),
        (Phase.SENDER, "452 4.3.1 disk full", Outcome.DEFERRED),
        (Phase.TEXT, "554 5.5.1 no valid recipients", Outcome.REFUSED),
        (Phase.TEXT, "451 later", Outcome.DEFERRED),
        (Phase.END, "552 5.3.4 too large", Outcome.REFUSED),
        (Phase.END, "554 5.6.0 not liked", Outcome.REFUSED),
        (Phase.END, "554 5.7.1 spam", Outcome.POLICY),
        (Phase.END, "451 4.3.0 later", Outcome.DEFERRED),
        (Phase.END, "421 4.3.2 shutting down", Outcome.DEFERRED),
        (Phase.END, "354 go on", Outcome.UNCERTAIN),
        (Phase.TEXT, "250 what for", Outcome.DEFERRED),
        (Phase.SENDER, "354 go on", Outcome.DEFERRED),
    ],
)
def test_an_answer_ends_a_mail(phase: Phase, answer: str, outcome: Outcome) -> None:
    code, _, text = answer.partition(" ")
    result = judge(phase, int(code), text)
    assert result.outcome is outcome
    assert result.code == int(code)
    assert result.answer == answer.strip()


@pytest.mark.parametrize("phase", Phase)
def test_only_a_refusal_of_the_recipient_concerns_the_recipient(phase: Phase) -> None:
    assert judge(phase, 550, "5.1.1 no").concerns_recipient is (phase is Phase.RECIPIENT)
    assert not judge(phase, 550, "5.7.1 no").concerns_recipient
    assert not judge(phase, 450, "4.1.1 no").concerns_recipient


@pytest.mark.parametrize("phase", Phase)
def test_closing_is_never_final(phase: Phase) -> None:
    assert judge(phase, 421, "4.3.2 closing").outcome is Outcome.DEFERRED


@pytest.mark.parametrize("phase", BEFORE_THE_END)
def test_without_an_answer_a_mail_is_safe_to_repeat_before_the_final_dot(phase: Phase) -> None:
    result = break_off(phase, "the server hung up")
    assert (result.outcome, result.code) == (Outcome.DEFERRED, None)
    assert "the server hung up" in result.answer


def test_without_an_answer_nobody_knows_after_the_final_dot() -> None:
    assert break_off(Phase.END, "timed out").outcome is Outcome.UNCERTAIN


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("5.1.1 no such user", "5.1.1"),
        ("5.7.26", "5.7.26"),
        (" 2.0.0 ok", "2.0.0"),
        ("ok 2.0.0", None),
        ("3.0.0 what", None),
        ("5.1 short", None),
        ("5.1.1.1 an address", None),
        ("5.1.1234 long", None),
        ("", None),
    ],
)
def test_a_status_is_what_the_text_begins_with(text: str, status: str | None) -> None:
    assert find_status(text) == status


def test_an_answer_becomes_one_clean_line() -> None:
    assert judge(Phase.RECIPIENT, 550, "5.1.1 no\x00\x1b[31m\r\nRCPT\t gone.").answer == "550 5.1.1 no [31m RCPT gone"
