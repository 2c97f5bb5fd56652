"""The real resolver against a name server on the loopback address."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from name_server import serving_names

from digest.doctor.resolver import DnsResolver
from digest.errors import InputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def resolver() -> Iterator[DnsResolver]:
    with serving_names() as address:
        yield DnsResolver(patience=timedelta(seconds=1), name_server=address)


def test_records_come_as_texts(resolver: DnsResolver) -> None:
    assert sorted(resolver.txt("preprint.test")) == ["other", "v=spf1 ip4:1.1.1.7 -all"]
    assert resolver.mx("preprint.test") == ["third.preprint.test", "second.preprint.test"]
    assert resolver.mx("silent.test") == ["."]
    assert resolver.addresses("mx.preprint.test") == ["1.1.1.7", "2606:4700::7"]
    assert resolver.ptr("1.1.1.7") == ["mx.preprint.test"]


def test_what_is_not_there_is_no_error(resolver: DnsResolver) -> None:
    assert resolver.txt("nowhere.test") == []
    assert resolver.mx("mx.preprint.test") == []
    assert resolver.ptr("1.1.1.8") == []


@pytest.mark.parametrize(
    ("name", "said"), [("mute.test", "in time"), ("broken.test", "SERVFAIL"), (f"{'a' * 64}.test", "63")]
)
def test_a_name_server_in_trouble_is_an_error(resolver: DnsResolver, name: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        resolver.txt(name)


@pytest.mark.parametrize("text", ["dns.example.org", "1.1.1.1:port", "nonsense:53"])
def test_a_name_server_must_be_an_address(text: str) -> None:
    with pytest.raises(InputError, match=r"192\.0\.2\.1"):
        DnsResolver(patience=timedelta(seconds=1), name_server=text)
