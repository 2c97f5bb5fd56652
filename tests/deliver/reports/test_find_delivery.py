"""Which of our deliveries a mail that came back speaks of."""

from __future__ import annotations

import pytest

from digest.deliver.identity import delivery_key, signed_return_path
from digest.deliver.reports.delivery import find_delivery_key
from digest.errors import InputError
from digest.model.incoming import IncomingMail

BOUNCES = "bounces@example.org"
SECRET = "only for tests"
KEY = delivery_key("2026-11-20", "reader-7", secret=SECRET)
RETURN_PATH = signed_return_path(BOUNCES, KEY, secret=SECRET)
OTHER = signed_return_path(BOUNCES, KEY, secret="another")


def key_of(*recipients: str) -> str | None:
    return find_delivery_key(IncomingMail(recipients, b""), bounce_address=BOUNCES, secret=SECRET)


@pytest.mark.parametrize(
    "recipients", [(RETURN_PATH,), (RETURN_PATH.upper(),), ("postmaster@example.org", OTHER, RETURN_PATH)]
)
def test_the_return_path_that_we_signed_is_found(recipients: tuple[str, ...]) -> None:
    assert key_of(*recipients) == KEY


@pytest.mark.parametrize(
    "recipients", [(), (BOUNCES,), (OTHER,), (RETURN_PATH.replace("example.org", "example.com"),), ("\n", "é@")]
)
def test_a_forged_return_path_and_any_other_address_are_nothing(recipients: tuple[str, ...]) -> None:
    assert key_of(*recipients) is None


def test_an_address_for_bounces_that_is_none_is_not_passed_over() -> None:
    with pytest.raises(InputError):
        find_delivery_key(IncomingMail((RETURN_PATH,), b""), bounce_address="bounces", secret=SECRET)
