"""What a domain tells receivers to do with mail that isn't provably its own: DMARC (RFC 7489), and host names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.doctor.finding import failure, ok, skipped, warning
from digest.doctor.records import public_addresses, read_tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.doctor.finding import Finding
    from digest.doctor.records import Identity
    from digest.doctor.resolver import Resolver

_POLICIES = {
    "none": "receivers only report",
    "quarantine": "what fails goes to spam",
    "reject": "what fails is refused",
}


def dmarc(identity: Identity, resolver: Resolver) -> Finding:
    """Whether the From domain, or the one above it that is the organisation's, has a DMARC policy."""
    domain = identity.from_domain
    owner, found = _find_dmarc(domain, resolver)
    record = f'_dmarc.{owner} TXT "v=DMARC1; p=none; rua=mailto:postmaster@{owner}"'
    if not found:
        return failure(f"{domain} has no DMARC record", f"Publish: {record}")
    if len(found) > 1:
        return failure(f"_dmarc.{owner} has {len(found)} records: receivers use none of them", "Leave one of them.")
    tags = read_tags(found[0])
    policy = (tags.get("sp", tags.get("p", "")) if owner != domain else tags.get("p", "")).lower()
    if policy not in _POLICIES:
        return failure(f"_dmarc.{owner} names no policy: {found[0]}", f"Publish: {record}")
    return ok(f"_dmarc.{owner} says {policy}: {_POLICIES[policy]}")


def alignment(identity: Identity, resolver: Resolver) -> Finding:
    """Whether the return path's domain is that of From, so that SPF speaks for From (RFC 7489, section 3.1.2)."""
    author, path = identity.from_domain, identity.bounce_domain
    if author == path:
        return ok(f"mails come from {author} and go back there")
    owner, found = _find_dmarc(author, resolver)
    strict = bool(found) and read_tags(found[0]).get("aspf", "r").lower() == "s"
    if not strict and (_is_within(path, author) or _is_within(author, path) or (found and _is_within(path, owner))):
        return ok(f"mails come from {author} and go back to {path}, of the same organisation")
    return warning(
        f"mails come from {author} and go back to {path}, so SPF says nothing for {author}; only DKIM can",
        f"Set mail.bounce_address to an address at {author}, or see to it that DKIM signs with d={author}.",
    )


def host_names(identity: Identity, resolver: Resolver) -> Finding:
    """Whether the host's addresses have names that lead back to them; large receivers refuse mail from others."""
    addresses = public_addresses(identity.host, resolver)
    if not addresses:
        return skipped(
            f"{identity.host} has no public address that is known here",
            "Look what your mails come from: a mail sent with --to shows it in its header Received.",
        )
    nameless = [one for one in addresses if not _leads_back(one, resolver)]
    if not nameless:
        return ok(f"{', '.join(addresses)} has a name that leads back to it")
    what = f"{', '.join(nameless)} has no name that leads back to it"
    if identity.relayed:
        return warning(what, f"If mails leave {identity.host} from there, ask its operator for a PTR record.")
    return failure(what, f"Ask whoever gave you the address for: PTR {identity.host}, and publish the same as A/AAAA.")


def _leads_back(address: str, resolver: Resolver) -> bool:
    return any(address in resolver.addresses(name) for name in resolver.ptr(address))


def _find_dmarc(domain: str, resolver: Resolver) -> tuple[str, list[str]]:
    """The nearest domain with a record and what it has, climbing up to two labels; the domain itself if none has."""
    for place in _upwards(domain):
        found = [one for one in resolver.txt(f"_dmarc.{place}") if one.lower().replace(" ", "").startswith("v=dmarc1")]
        if found:
            return place, found
    return domain, []


def _upwards(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        yield ".".join(labels[start:])


def _is_within(domain: str, other: str) -> bool:
    return domain == other or domain.endswith(f".{other}")
