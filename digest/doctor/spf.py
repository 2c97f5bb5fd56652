"""SPF records (RFC 7208): read with everything they include, and asked about an address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.doctor.resolver import Resolver

Network = IPv4Network | IPv6Network
# RFC 7208, section 4.6.4.
MOST_LOOKUPS = 10
_COUNTED = frozenset({"include", "a", "mx", "ptr", "exists"})
# Where the walk ends that only counts: a record that includes itself has no end.
_ENOUGH = 3 * MOST_LOOKUPS
_TERM = re.compile(
    r"(?P<sign>[-+~?])?(?P<kind>all|include|a|mx|ptr|ip4|ip6|exists)(?::(?P<value>[^/\s]\S*?))??(?P<cidr>(?:/\d{1,3})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>\S*)", re.IGNORECASE)


class SpfError(Exception):
    """The record can't be used as it stands; the text says why."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One mechanism: the networks it names, or the policy it includes; both None where a mail is needed to tell."""

    sign: str
    kind: str
    networks: tuple[Network, ...] | None = None
    included: Policy | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain's record says, with all that it names looked up."""

    domain: str
    record: str
    clauses: tuple[Clause, ...]

    @property
    def ending(self) -> str:
        """The sign of `all`, empty without one: a redirect's is that of the record it leads to."""
        return next((clause.sign for clause in self.clauses if clause.kind == "all"), "")

    def judge(self, address: str) -> str | None:
        """The sign for mail from that address, `?` where nothing is said; None when only a mail could tell."""
        for clause in self.clauses:
            matches = _matches(clause, address)
            if matches is None:
                return None
            if matches:
                return clause.sign
        return "?"


def _matches(clause: Clause, address: str) -> bool | None:
    if clause.kind == "all":
        return True
    if clause.included is not None:
        sign = clause.included.judge(address)
        return None if sign is None else sign == "+"
    if clause.networks is None:
        return None
    return any(ip_address(address) in network for network in clause.networks)


def spf_records(domain: str, resolver: Resolver) -> list[str]:
    """The TXT records of the domain that are SPF's."""
    return [text for text in resolver.txt(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


@dataclass
class SpfReader:
    """Reads policies and counts the lookups that they cost a receiver."""

    resolver: Resolver
    lookups: int = 0
    _open: list[str] = field(default_factory=list)

    def read(self, domain: str) -> Policy:
        """The domain's policy; SpfError when there is none, more than one, or one that can't be read."""
        found = spf_records(domain, self.resolver)
        if len(found) != 1:
            raise SpfError(f"{domain} has {len(found) or 'no'} SPF record{'s' if len(found) > 1 else ''}")
        if domain in self._open:
            raise SpfError(f"{domain} includes itself")
        self._open.append(domain)
        clauses = tuple(self._clauses(domain, found[0].split()[1:]))
        self._open.pop()
        return Policy(domain, found[0], clauses)

    def _clauses(self, domain: str, terms: list[str]) -> Iterator[Clause]:
        redirect = ""
        for term in terms:
            modifier = _MODIFIER.fullmatch(term)
            if modifier:
                redirect = modifier["value"] if modifier["name"].lower() == "redirect" else redirect
                continue
            clause = self._clause(domain, term)
            yield clause
            if clause.kind == "all":
                return
        if redirect:
            self._count(f"redirect={redirect}")
            yield from self.read(redirect.lower()).clauses

    def _clause(self, domain: str, term: str) -> Clause:
        found = _TERM.fullmatch(term)
        if found is None:
            raise SpfError(f"'{term}' in the record of {domain} means nothing")
        sign, kind, value = found["sign"] or "+", found["kind"].lower(), (found["value"] or "").lower()
        if kind in _COUNTED:
            self._count(term)
        if "%" in value or kind in ("ptr", "exists"):
            return Clause(sign, kind)
        if kind == "include":
            return Clause(sign, kind, included=self.read(value))
        if kind in ("ip4", "ip6"):
            return Clause(sign, kind, (_network(f"{value}{found['cidr']}", term),))
        hosts = {"a": [value or domain], "mx": self.resolver.mx(value or domain) if kind == "mx" else []}.get(kind, [])
        return Clause(sign, kind, tuple(self._networks(hosts, found["cidr"], term)))

    def _networks(self, hosts: list[str], cidr: str, term: str) -> Iterator[Network]:
        """Each host's addresses, widened by `/24` for IPv4 and `//64` for IPv6 where the term says so."""
        four, _, six = cidr.partition("//")
        for host in hosts:
            for address in self.resolver.addresses(host):
                width = four.lstrip("/") if ip_address(address).version == 4 else six
                yield _network(f"{address}/{width}" if width else address, term)

    def _count(self, term: str) -> None:
        self.lookups += 1
        if self.lookups > _ENOUGH:
            raise SpfError(f"it needs more than {_ENOUGH} lookups (the last one for {term})")


def _network(text: str, term: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise SpfError(f"'{term}' names no network") from error
