"""A domain name system of a few names, kept in dictionaries."""

from __future__ import annotations

from dataclasses import dataclass, field

from digest.errors import SourceError

Records = dict[str, list[str]]


@dataclass
class FakeResolver:
    texts: Records = field(default_factory=dict)
    exchanges: Records = field(default_factory=dict)
    hosts: Records = field(default_factory=dict)
    names: Records = field(default_factory=dict)
    out_of_order: bool = False
    asked: list[str] = field(default_factory=list)

    def txt(self, name: str) -> list[str]:
        return self._look_up(self.texts, name)

    def mx(self, name: str) -> list[str]:
        return self._look_up(self.exchanges, name)

    def addresses(self, name: str) -> list[str]:
        return self._look_up(self.hosts, name)

    def ptr(self, address: str) -> list[str]:
        return self._look_up(self.names, address)

    def _look_up(self, records: Records, name: str) -> list[str]:
        self.asked.append(name)
        if self.out_of_order:
            raise SourceError(
                f"Asking the DNS for {name}", "no name server answered in time", hint="Check the network."
            )
        return records.get(name, [])
