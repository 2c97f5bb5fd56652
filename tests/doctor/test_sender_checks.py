"""What the DNS says about a sender, good and bad."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from fake_resolver import FakeResolver

from digest.doctor import policy, records
from digest.doctor.finding import Verdict
from digest.doctor.records import USUAL_SELECTORS, Identity
from digest.errors import SourceError

FAILURE, WARNING, OK = Verdict.FAILURE, Verdict.WARNING, Verdict.OK
OURS = Identity(from_domain="preprint.test", bounce_domain="preprint.test", host="mx.preprint.test", relayed=False)
RELAYED = replace(OURS, host="smtp.provider.test", relayed=True)
ADDRESS, SIX, OTHER = "1.1.1.7", "2606:4700::7", "9.9.9.9"


def world(spf: str | None = None, **more: str) -> FakeResolver:
    """The sender's SPF record, and others by their first label: `a_provider="…"` is that of a.provider.test."""
    texts = {f"{name.replace('_', '.')}.test": [text] for name, text in more.items()}
    if spf is not None:
        texts["preprint.test"] = ["unrelated", spf]
    return FakeResolver(
        texts,
        exchanges={"preprint.test": ["mx.preprint.test"]},
        hosts={"mx.preprint.test": [ADDRESS], "smtp.provider.test": [OTHER], "preprint.test": [ADDRESS]},
        names={ADDRESS: ["mx.preprint.test"]},
    )


# --- SPF


@pytest.mark.parametrize(
    "record",
    [
        f"v=spf1 ip4:{ADDRESS} -all",
        "v=spf1 ip4:1.1.1.0/24 ~all",
        "V=SPF1 A -ALL",
        "v=spf1 mx -all",
        "v=spf1 a:mx.preprint.test -all",
        "v=spf1 a/24 -all",
        "v=spf1 ip4:9.9.9.0/24 include:a.provider.test -all",
        "v=spf1 redirect=a.provider.test",
        "v=spf1 exp=why.preprint.test mx/32//128 -all",
    ],
)
def test_a_record_that_lets_the_host_send_is_fine(record: str) -> None:
    found = records.spf(OURS, world(record, a_provider="v=spf1 ip4:1.1.0.0/16 -all"))
    assert found.verdict is OK, found
    assert record in found.what


def test_ipv6_addresses_are_asked_about_too() -> None:
    resolver = world(f"v=spf1 ip4:{ADDRESS} ip6:2606:4700::/32 -all")
    resolver.hosts["mx.preprint.test"].append(SIX)
    assert records.spf(OURS, resolver).verdict is OK
    resolver.texts["preprint.test"] = [f"v=spf1 ip4:{ADDRESS} -all"]
    found = records.spf(OURS, resolver)
    assert (found.verdict, f"Add ip6:{SIX} to: v=spf1" in found.fix) == (FAILURE, True)


def test_without_a_record_the_fix_is_the_one_to_publish() -> None:
    resolver = world()
    resolver.hosts["mx.preprint.test"].append(SIX)
    found = records.spf(OURS, resolver)
    assert found.verdict is FAILURE
    assert found.fix == f'Publish: preprint.test TXT "v=spf1 ip4:{ADDRESS} ip6:{SIX} -all"'
    bare = records.spf(replace(OURS, host="vm"), resolver)
    assert '"v=spf1 ip4:<the address that this machine sends from> -all"' in bare.fix
    relayed = records.spf(RELAYED, resolver)
    assert relayed.fix.startswith('Publish: preprint.test TXT "v=spf1 a:smtp.provider.test -all", or with the include:')


def test_two_records_are_a_failure() -> None:
    resolver = world("v=spf1 -all")
    resolver.texts["preprint.test"].append("v=spf1 mx -all")
    found = records.spf(OURS, resolver)
    assert (found.verdict, "has 2 SPF records" in found.what) == (FAILURE, True)


def test_a_text_that_only_looks_like_one_is_none() -> None:
    assert "has no SPF record" in records.spf(OURS, world("v=spf10 -all")).what


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("v=spf1 ip4:nonsense -all", "names no network"),
        ("v=spf1 ip4:1.1.1.1/99 -all", "names no network"),
        ("v=spf1 ipv4:1.1.1.1 -all", "means nothing"),
        ("v=spf1 include:nowhere.test -all", "nowhere.test has no SPF record"),
        ("v=spf1 include:preprint.test -all", "includes itself"),
        ("v=spf1 include:two.test -all", "two.test has 2 SPF records"),
    ],
)
def test_a_record_that_cannot_be_read_says_why(record: str, said: str) -> None:
    resolver = world(record)
    resolver.texts["two.test"] = ["v=spf1 -all", "v=spf1 -all"]
    found = records.spf(OURS, resolver)
    assert found.verdict is FAILURE
    assert said in found.what
    assert found.fix == f"Mend it: {record}"


def test_ten_lookups_are_allowed_and_eleven_are_not() -> None:
    provider = "v=spf1 " + " ".join(f"a:h{number}.provider.test" for number in range(8)) + " -all"
    ten = world("v=spf1 mx include:a.provider.test -all", a_provider=provider)
    assert records.spf(OURS, ten).verdict is OK
    eleven = world("v=spf1 mx a include:a.provider.test -all", a_provider=provider)
    found = records.spf(OURS, eleven)
    assert (found.verdict, "costs 11 lookups" in found.what) == (FAILURE, True)


def test_records_that_include_ever_more_come_to_an_end() -> None:
    more = {f"n{number}": f"v=spf1 include:n{number + 1}.test -all" for number in range(100)}
    resolver = world("v=spf1 include:n0.test -all", **more)
    assert records.spf(OURS, resolver).verdict is FAILURE
    assert len(resolver.asked) < 50


@pytest.mark.parametrize(
    ("record", "verdict", "said"),
    [
        ("v=spf1 +all", FAILURE, "lets everyone send"),
        (f"v=spf1 ip4:{ADDRESS} ?all", WARNING, "forbids nobody"),
        (f"v=spf1 ip4:{ADDRESS}", WARNING, "forbids nobody"),
        ("v=spf1 ip4:9.9.9.9 -all", FAILURE, f"doesn't let {ADDRESS} send"),
        (f"v=spf1 -ip4:{ADDRESS} +mx -all", FAILURE, f"doesn't let {ADDRESS} send"),
        ("v=spf1 include:a.provider.test -all", FAILURE, f"doesn't let {ADDRESS} send"),
        ("v=spf1 exists:%{i}.ok.test -all", WARNING, "can't be told"),
        ("v=spf1 ptr -all", WARNING, "can't be told"),
    ],
)
def test_what_a_record_does_not_do_is_told(record: str, verdict: Verdict, said: str) -> None:
    found = records.spf(OURS, world(record, a_provider="v=spf1 ?all"))
    assert (found.verdict, said in found.what) == (verdict, True), found
    assert found.fix


def test_what_an_included_record_leaves_open_cannot_be_told() -> None:
    resolver = world("v=spf1 include:a.provider.test -all", a_provider="v=spf1 exists:%{i}.ok.test -all")
    assert records.spf(OURS, resolver).verdict is WARNING


@pytest.mark.parametrize(("width", "verdict"), [("/24//64", OK), ("/24", FAILURE), ("//64", FAILURE)])
def test_each_family_of_addresses_has_its_own_width(width: str, verdict: Verdict) -> None:
    resolver = world(f"v=spf1 a:near.test{width} -all")
    resolver.hosts |= {"mx.preprint.test": [ADDRESS, SIX], "near.test": ["1.1.1.200", "2606:4700::200"]}
    assert records.spf(OURS, resolver).verdict is verdict


def test_of_a_relay_only_what_can_be_known_is_said() -> None:
    named = records.spf(RELAYED, world(f"v=spf1 ip4:{OTHER} -all"))
    assert named.verdict is OK
    unnamed = records.spf(RELAYED, world("v=spf1 ip4:8.8.8.8 -all"))
    assert unnamed.verdict is WARNING
    assert f"it doesn't name {OTHER}" in unnamed.what
    assert "include:" in unnamed.fix


def test_of_a_machine_without_a_public_address_nothing_can_be_told() -> None:
    resolver = world("v=spf1 mx -all")
    resolver.hosts["mx.preprint.test"] = ["192.168.1.7"]
    assert records.spf(OURS, resolver).verdict is WARNING
    assert records.spf(replace(OURS, host="laptop"), resolver).verdict is WARNING


# --- Bounces


def test_bounces_need_someone_who_takes_mail() -> None:
    resolver = world()
    assert records.bounces(OURS, resolver).verdict is OK
    resolver.exchanges.clear()
    assert records.bounces(OURS, resolver).verdict is WARNING
    resolver.hosts.clear()
    assert records.bounces(OURS, resolver).verdict is FAILURE
    resolver.exchanges["preprint.test"] = ["."]
    assert "takes no mail" in records.bounces(OURS, resolver).what


# --- DKIM


def key(size: int) -> str:
    return f"v=DKIM1; k=rsa; p={base64.b64encode(bytes(size)).decode()}"


@pytest.mark.parametrize("selector", USUAL_SELECTORS)
def test_a_key_at_a_usual_selector_is_found(selector: str) -> None:
    resolver = FakeResolver({f"{selector}._domainkey.preprint.test": [key(294)]})
    found = records.dkim(OURS, resolver)
    assert (found.verdict, found.what) == (OK, f"preprint.test has a key at {selector}")


def test_a_key_elsewhere_is_found_when_it_is_named() -> None:
    resolver = FakeResolver({"tide._domainkey.preprint.test": ["k=ed25519; p=AAAA"]})
    unknown = records.dkim(OURS, resolver)
    assert (unknown.verdict, "--dkim-selector" in unknown.fix) == (WARNING, True)
    assert records.dkim(OURS, resolver, selector="tide").verdict is OK
    wrong = records.dkim(OURS, resolver, selector="ebb")
    assert wrong.verdict is FAILURE
    assert 'ebb._domainkey.preprint.test TXT "v=DKIM1; k=rsa; p=…"' in wrong.fix


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [
        ("v=DKIM1; p=", FAILURE, "has taken back its key at mail"),
        (key(162), WARNING, "shorter than 2048 bits"),
        ("v=DKIM1; k=rsa; p=A", FAILURE, "what stands after p= at mail is no key"),
        ("v=DKIM1; k=rsa; p=…", FAILURE, "what stands after p= at mail is no key"),
        ("v=spf1 -all", WARNING, "no key"),
        ("v=DKIM2; p=AAAA", WARNING, "no key"),
    ],
)
def test_what_is_wrong_with_a_key_is_told(text: str, verdict: Verdict, said: str) -> None:
    found = records.dkim(OURS, FakeResolver({"mail._domainkey.preprint.test": [text]}))
    assert (found.verdict, said in found.what) == (verdict, True), found


# --- DMARC


@pytest.mark.parametrize(
    ("place", "text", "verdict", "said"),
    [
        ("_dmarc.preprint.test", "v=DMARC1; p=none", OK, "says none: receivers only report"),
        ("_dmarc.preprint.test", "v=DMARC1;p=Reject;", OK, "says reject"),
        ("_dmarc.preprint.test", "v=DMARC1; p=maybe", FAILURE, "names no policy"),
        ("_dmarc.preprint.test", "v=DMARC1", FAILURE, "names no policy"),
        ("_dmarc.other.test", "v=DMARC1; p=none", FAILURE, "has no DMARC record"),
    ],
)
def test_a_dmarc_policy_is_told(place: str, text: str, verdict: Verdict, said: str) -> None:
    found = policy.dmarc(OURS, FakeResolver({place: [text]}))
    assert (found.verdict, said in found.what) == (verdict, True), found
    if verdict is FAILURE:
        assert found.fix.startswith('Publish: _dmarc.preprint.test TXT "v=DMARC1; p=none; rua=mailto:')


def test_two_dmarc_records_are_a_failure() -> None:
    found = policy.dmarc(OURS, FakeResolver({"_dmarc.preprint.test": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}))
    assert (found.verdict, "has 2 records" in found.what) == (FAILURE, True)


def test_the_organisations_policy_holds_for_what_is_below_it() -> None:
    below = replace(OURS, from_domain="news.list.preprint.test")
    resolver = FakeResolver({"_dmarc.preprint.test": ["v=DMARC1; p=reject; sp=quarantine"]})
    assert "_dmarc.preprint.test says quarantine" in policy.dmarc(below, resolver).what
    resolver.texts = {"_dmarc.test": ["v=DMARC1; p=reject"]}
    assert policy.dmarc(below, resolver).verdict is FAILURE


# --- Alignment


@pytest.mark.parametrize(
    ("author", "path", "text", "verdict"),
    [
        ("preprint.test", "preprint.test", "v=DMARC1; p=none; aspf=s", OK),
        ("preprint.test", "bounces.preprint.test", "v=DMARC1; p=none", OK),
        ("news.preprint.test", "bounces.preprint.test", "v=DMARC1; p=none", OK),
        ("preprint.test", "bounces.preprint.test", "v=DMARC1; p=none; aspf=s", WARNING),
        ("preprint.test", "provider.test", "v=DMARC1; p=none", WARNING),
        ("preprint.test", "notpreprint.test", "v=DMARC1; p=none", WARNING),
    ],
)
def test_spf_speaks_for_the_same_organisation_only(author: str, path: str, text: str, verdict: Verdict) -> None:
    identity = replace(OURS, from_domain=author, bounce_domain=path)
    assert policy.alignment(identity, FakeResolver({"_dmarc.preprint.test": [text]})).verdict is verdict


# --- Host names


def test_a_hosts_addresses_have_names_that_lead_back() -> None:
    resolver = world()
    assert policy.host_names(OURS, resolver).verdict is OK
    resolver.names[ADDRESS] = ["elsewhere.test"]
    found = policy.host_names(OURS, resolver)
    assert (found.verdict, ADDRESS in found.what, "PTR mx.preprint.test" in found.fix) == (FAILURE, True, True)


def test_a_relays_names_are_its_own_affair() -> None:
    assert policy.host_names(RELAYED, world()).verdict is WARNING


def test_a_literal_address_is_taken_as_it_is() -> None:
    assert policy.host_names(replace(RELAYED, host=ADDRESS), world()).verdict is OK


@pytest.mark.parametrize("host", ["laptop", "private.test", "10.0.0.1"])
def test_a_host_without_a_public_address_is_skipped(host: str) -> None:
    resolver = FakeResolver(hosts={"private.test": ["10.1.2.3"], "laptop": [ADDRESS]})
    assert policy.host_names(replace(OURS, host=host), resolver).verdict is Verdict.SKIPPED


# --- No answer


def test_a_silent_dns_is_an_error_that_says_so() -> None:
    resolver = FakeResolver(out_of_order=True)
    for look in (records.spf, records.dkim, records.bounces, policy.dmarc, policy.host_names):
        with pytest.raises(SourceError, match="no name server answered"):
            look(OURS, resolver)
