"""What receivers ask the DNS about who sends: SPF, DKIM, DMARC, and where bounces go."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from digest.doctor.finding import failure, ok, warning
from digest.doctor.spf import MOST_LOOKUPS, SpfError, SpfReader, spf_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from digest.doctor.finding import Finding
    from digest.doctor.resolver import Resolver
    from digest.doctor.spf import Policy

# What mail providers and mail servers call theirs; a domain's selectors can't be listed.
USUAL_SELECTORS = (
    *("default", "mail", "dkim", "s1", "s2", "s1024", "s2048", "k1", "k2", "k3", "google", "selector1", "selector2"),
    *("mx", "smtp", "email", "mandrill", "mailjet", "pm", "zoho", "protonmail", "fm1", "mesmtp", "dkim1", "key1"),
)
# A public RSA key of 1024 bits takes 162 bytes, one of 2048 takes 294.
_SHORT_RSA_KEY = 200


@dataclass(frozen=True, slots=True)
class Identity:
    """Who mails come from, as receivers see it: two domains in ASCII, and the host they are handed to.

    `relayed` when that host isn't this machine: what address it sends from is then its own affair.
    """

    from_domain: str
    bounce_domain: str
    host: str
    relayed: bool


def spf(identity: Identity, resolver: Resolver) -> Finding:
    """Whether the return path's domain has one sound SPF record that lets the host send."""
    domain, wanted = identity.bounce_domain, _spf_wanted(identity, resolver)
    found = spf_records(domain, resolver)
    if not found:
        return failure(f"{domain} has no SPF record", f"Publish: {domain} TXT {wanted}")
    if len(found) > 1:
        return failure(f"{domain} has {len(found)} SPF records: receivers use none of them", "Join them into one.")
    reader = SpfReader(resolver)
    try:
        policy = reader.read(domain)
    except SpfError as error:
        return failure(f"the SPF record of {domain} can't be used: {error}", f"Mend it: {found[0]}")
    if reader.lookups > MOST_LOOKUPS:
        return failure(
            f"the SPF record of {domain} costs {reader.lookups} lookups, and receivers stop at {MOST_LOOKUPS}",
            "Take out an include: that no longer sends for you, or name its networks with ip4: and ip6:.",
        )
    return _judge_policy(policy, identity, resolver)


def _spf_wanted(identity: Identity, resolver: Resolver) -> str:
    addresses = [] if identity.relayed else public_addresses(identity.host, resolver)
    named = " ".join(f"ip{ip_address(one).version}:{one}" for one in addresses)
    by_name = f"a:{identity.host}" if "." in identity.host else "ip4:<the address that this machine sends from>"
    return f'"v=spf1 {named or by_name} -all"' + (
        ", or with the include: that your mail provider names" if identity.relayed else ""
    )


def _judge_policy(policy: Policy, identity: Identity, resolver: Resolver) -> Finding:
    if policy.ending == "+":
        return failure(f"{policy.domain} lets everyone send: {policy.record}", "End the record with -all.")
    if policy.ending not in ("-", "~"):
        return warning(f"{policy.domain} forbids nobody to send: {policy.record}", "End the record with -all or ~all.")
    addresses = public_addresses(identity.host, resolver)
    signs = {one: policy.judge(one) for one in addresses}
    refused = [one for one, sign in signs.items() if sign not in ("+", None)]
    if addresses and not refused and None not in signs.values():
        return ok(f"{policy.domain} lets {identity.host} send: {policy.record}")
    if identity.relayed:
        return _judge_relay(policy, identity, refused)
    if refused:
        return failure(
            f"{policy.domain} doesn't let {', '.join(refused)} send, which is {identity.host}",
            f"Add {' '.join(f'ip{ip_address(one).version}:{one}' for one in refused)} to: {policy.record}",
        )
    return warning(
        f"{policy.domain} has a sound record ({policy.record}), but what this machine sends from can't be told",
        "Send a mail with --to, and look for spf=pass in its header Authentication-Results.",
    )


def _judge_relay(policy: Policy, identity: Identity, refused: list[str]) -> Finding:
    named = f"; it doesn't name {', '.join(refused)}" if refused else ""
    return warning(
        f"{policy.domain} has a sound record ({policy.record}), but what {identity.host} sends from can't be told"
        f"{named}",
        "Send a mail with --to, and look for spf=pass in its header Authentication-Results. If it isn't there, add the "
        "include: that your mail provider names.",
    )


def bounces(identity: Identity, resolver: Resolver) -> Finding:
    """Whether undeliverable mail finds its way back."""
    domain = identity.bounce_domain
    hosts = resolver.mx(domain)
    fix = f"Publish an MX record for {domain}, or set mail.bounce_address to an address that gets mail."
    if hosts == ["."]:
        return failure(f"{domain} says that it takes no mail, so bounces are lost and some refuse its mail", fix)
    if hosts:
        return ok(f"{domain} gets mail at {', '.join(hosts)}")
    if resolver.addresses(domain):
        return warning(f"{domain} has no MX record, only an address", fix)
    return failure(f"{domain} can't get mail: it has neither an MX record nor an address", fix)


def dkim(identity: Identity, resolver: Resolver, *, selector: str = "") -> Finding:
    """Whether the From domain has a DKIM key (RFC 6376): at `selector`, or else at one of the usual ones."""
    domain = identity.from_domain
    keys = dict(_dkim_keys(domain, (selector,) if selector else USUAL_SELECTORS, resolver))
    publish = (
        f"Turn DKIM on where mails are signed (your provider, or OpenDKIM or rspamd), with the domain {domain}, and "
        f'publish the key it shows: {selector or "<selector>"}._domainkey.{domain} TXT "v=DKIM1; k=rsa; p=…"'
    )
    if not keys and selector:
        return failure(f"{selector}._domainkey.{domain} holds no key", publish)
    if not keys:
        return warning(
            f"{domain} has no key at any usual selector; others can't be listed",
            f"Name yours with --dkim-selector. If there is none: {publish}",
        )
    usable = {name: tags for name, tags in keys.items() if tags["p"]}
    if not usable:
        return failure(f"{domain} has taken back its key at {', '.join(keys)}", publish)
    broken = [name for name, tags in usable.items() if _key(tags) is None]
    if len(broken) == len(usable):
        return failure(f"what stands after p= at {', '.join(broken)} is no key", publish)
    short = [name for name, tags in usable.items() if _is_short(tags)]
    if len(short) == len(usable):
        return warning(f"the key at {', '.join(short)} is shorter than 2048 bits", f"Make a new key. {publish}")
    return ok(f"{domain} has a key at {', '.join(usable)}")


def _dkim_keys(domain: str, selectors: Iterable[str], resolver: Resolver) -> Iterator[tuple[str, dict[str, str]]]:
    for selector in selectors:
        for text in resolver.txt(f"{selector}._domainkey.{domain}"):
            tags = read_tags(text)
            if "p" in tags and tags.get("v", "DKIM1") == "DKIM1":
                yield selector, tags


def _key(tags: dict[str, str]) -> bytes | None:
    try:
        return base64.b64decode("".join(tags["p"].split()), validate=True)
    except ValueError:  # also for letters beyond ASCII, such as the … of an example
        return None


def _is_short(tags: dict[str, str]) -> bool:
    return tags.get("k", "rsa") == "rsa" and len(_key(tags) or b"") < _SHORT_RSA_KEY


def read_tags(text: str) -> dict[str, str]:
    """The tags of a DKIM or DMARC record, such as `v=DKIM1; k=rsa; p=…` (RFC 6376, section 3.2)."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def public_addresses(host: str, resolver: Resolver) -> list[str]:
    """The addresses of a host, or that it is, by which others may see it."""
    try:
        found = [str(ip_address(host))]
    except ValueError:
        found = resolver.addresses(host) if "." in host else []
    return [one for one in found if ip_address(one).is_global]
