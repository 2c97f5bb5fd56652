from __future__ import annotations

from datetime import date

import pytest
from arxiv_wire import SPACES, answer, atom, entry, item, listing_page, rss
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import SourceError
from digest.model.announcement import AnnounceType, Feed
from digest.model.paper import Author, Paper
from digest.sources.arxiv.feed import parse_feed


def parse(body: bytes) -> Feed:
    return parse_feed(body, where="cs.CL.xml")


def only(body: bytes) -> Paper:
    feed = parse(body)
    assert feed.problems == ()
    (found,) = feed.items
    return found.paper


def remarks(feed: Feed) -> list[str]:
    return [problem.what for problem in feed.problems]


def test_an_rss_item_becomes_a_paper() -> None:
    more = "<arxiv:DOI>10.1000/1</arxiv:DOI><arxiv:journal_reference>J. Sheep 1</arxiv:journal_reference>"
    assert only(rss(item("2611.00001v3", creators="Ada Byron (Bath, UK), Bo Li", more=more))) == Paper(
        id="2611.00001",
        version=3,
        title="Counting Sheep with Neural Nets",
        abstract="We count sheep.",
        authors=(Author("Ada Byron", ("Bath, UK",)), Author("Bo Li")),
        categories=("cs.CL", "cs.AI"),
        doi="10.1000/1",
        journal_ref="J. Sheep 1",
        license="http://creativecommons.org/licenses/by/4.0/",
    )


def test_an_atom_entry_becomes_a_paper() -> None:
    feed = parse(atom("2611.00007v2"))
    assert feed.categories == ("cs.CL",)
    assert feed.dated_on == date(2026, 11, 20)
    assert feed.items[0].announce_type is AnnounceType.CROSS
    paper = feed.items[0].paper
    assert (paper.id, paper.version, paper.abstract) == ("2611.00007", 2, "We count.")
    assert (paper.primary_category, paper.cross_lists) == ("stat.ML", ("cs.CL",))
    assert (paper.doi, paper.journal_ref) == ("10.1000/1", "J. Sheep 1")


def test_doi_and_journal_are_read_under_the_other_spelling_too() -> None:
    paper = only(rss(item(more="<arxiv:doi>10.1000/1</arxiv:doi><arxiv:journal_ref>J. 1</arxiv:journal_ref>")))
    assert (paper.doi, paper.journal_ref) == ("10.1000/1", "J. 1")


@pytest.mark.parametrize("announce_type", list(AnnounceType))
def test_all_four_announce_types_are_read(announce_type: AnnounceType) -> None:
    feed = parse(rss(item(announce_type=announce_type.value)))
    assert feed.items[0].announce_type is announce_type


@pytest.mark.parametrize(
    ("written", "key", "version"),
    [("2611.00001v4", "2611.00001", 4), ("0704.0001v1", "0704.0001", 1), ("hep-th/9901001v2", "hep-th/9901001", 2)],
)
def test_old_and_new_ids_are_read_with_their_versions(written: str, key: str, version: int) -> None:
    paper = only(rss(item(written)))
    assert (paper.id, paper.version) == (key, version)


def test_the_version_stands_in_the_description_when_the_guid_is_only_a_link() -> None:
    body = rss(item("2611.00001v3")).replace(b"oai:arXiv.org:2611.00001v3", b"https://arxiv.org/abs/2611.00001")
    assert only(body).version == 3


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("Fri, 20 Nov 2026 05:00:02 +0000", date(2026, 11, 20)),
        ("Fri, 20 Nov 2026 04:59:59 +0000", date(2026, 11, 19)),
        ("Mon, 27 Jul 2026 04:00:00 +0000", date(2026, 7, 27)),
        ("Mon, 27 Jul 2026 00:00:00 -0400", date(2026, 7, 27)),
    ],
)
def test_a_feed_is_dated_in_eastern_time(moment: str, day: date) -> None:
    assert parse(rss(item(), day=moment)).dated_on == day


def test_a_feed_without_a_date_of_its_own_takes_its_first_items() -> None:
    assert parse(rss(item(), day="some day")).dated_on == date(2026, 11, 20)


def test_a_feed_without_any_date_says_so() -> None:
    feed = parse(rss(day=""))
    assert feed.dated_on is None
    assert remarks(feed) == ["states no date"]


@pytest.mark.parametrize(
    ("names", "categories"),
    [("cs.CL", ("cs.CL",)), ("cs.AI, cs.CL", ("cs.AI", "cs.CL")), ("math, hep-th", ("math", "hep-th"))],
)
def test_a_feed_knows_what_it_was_asked_for(names: str, categories: tuple[str, ...]) -> None:
    assert parse(rss(names=names)).categories == categories


def test_the_address_tells_the_categories_when_the_title_does_not() -> None:
    assert parse(rss(names="cs.AI, cs.CL", title="My papers")).categories == ("cs.AI", "cs.CL")


def test_texts_keep_less_than_signs_ampersands_and_markup_and_lose_tex() -> None:
    paper = only(
        rss(
            item(
                title='G\\"odel &amp;amp; Co:\n  $x &lt; y$ &lt;b&gt;not bold&lt;/b&gt;',
                abstract="If a&lt;b\nthen  AT&amp;T pays \\&amp; smiles. &lt;script&gt;alert(1)&lt;/script&gt;",
            )
        )
    )
    assert paper.title.startswith("Gödel &amp; Co: ")
    assert paper.title.endswith(" <b>not bold</b>")
    assert "x < y" in paper.title
    assert paper.abstract == "If a<b then AT&T pays & smiles. <script>alert(1)</script>"


def test_only_arxiv_categories_are_kept() -> None:
    categories = ("math.CO", "05C15", "G.2.2", "hep-th", "cond-mat.mes-hall", "68R10 (Primary)", "math.CO")
    assert only(rss(item(categories=categories))).categories == ("math.CO", "hep-th", "cond-mat.mes-hall")


def test_a_quiet_day_is_a_feed_without_items() -> None:
    assert parse(rss()) == Feed(("cs.CL",), date(2026, 11, 20), ())


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (item("nonsense").replace("/abs/nonsense", "/abs/"), "names no arXiv id"),
        (item("2611.00009v1", title=" "), "2611.00009 has no title"),
        (item("2611.00009v1", announce_type="absonly"), "2611.00009 has the unknown announce type 'absonly'"),
        (item("2611.00009v1", categories=("05C15",)), "2611.00009 has no arXiv category"),
        ("<item/>", "names no arXiv id"),
    ],
)
def test_one_bad_item_stops_no_other(bad: str, what: str) -> None:
    feed = parse(rss(item("2611.00001v1"), bad, item("2611.00002v1")))
    assert [found.paper.id for found in feed.items] == ["2611.00001", "2611.00002"]
    assert [(problem.where, problem.what) for problem in feed.problems] == [("cs.CL.xml, item 2", what)]


def test_what_is_merely_missing_or_doubled_is_reported_and_the_paper_kept() -> None:
    feed = parse(rss(item(abstract="", creators=""), item(title="Again"), item("2611.2v1")))
    assert [found.paper.title for found in feed.items] == ["Counting Sheep with Neural Nets"]
    assert remarks(feed) == [
        "2611.00001 has no abstract",
        "2611.00001 has no authors",
        "2611.00001 is listed a second time",
        "names no arXiv id",
    ]


def test_an_abstract_without_end_is_cut() -> None:
    feed = parse(rss(item(abstract="word " * 100_000)))
    assert len(feed.items[0].paper.abstract) <= 20_000
    assert remarks(feed) == ["2611.00001 has an abstract of more than 20,000 characters; the rest was left out"]


@pytest.mark.parametrize(
    ("spoiled", "title", "what"),
    [
        (b"Counting\x0b\x01 Sheep", "Counting Sheep with Neural Nets", "2 control characters left out"),
        (b"Counting&#1; Sheep", "Counting Sheep with Neural Nets", "1 undefined entities"),
        (b"Counting&nbsp;Sheep &nosuch; & &eacute;", "Counting Sheep &nosuch; & é with", "4 undefined entities"),
        (b"Caf\xe9 \x93Sheep\x94", "Café “Sheep” with Neural Nets", "3 bytes that aren't UTF-8"),
        (b"A&lt;B &#38; C &#x3b1; &", "A<B & C α & with Neural Nets", "1 undefined entities"),
    ],
)
def test_what_one_item_spoils_is_mended_and_reported(spoiled: bytes, title: str, what: str) -> None:
    feed = parse(rss(item(), item("2611.00002v1")).replace(b"Counting Sheep", spoiled, 1))
    assert len(feed.items) == 2
    assert feed.items[0].paper.title.startswith(title)
    assert remarks(feed)[0].startswith(what)
    assert remarks(feed)[0].endswith("the first in line 9")


def test_ampersands_in_character_data_sections_stay_as_they_are() -> None:
    body = rss(item(title="<![CDATA[R&D &amp; more]]>"), item("2611.00002v1", title="Q&A"))
    assert [found.paper.title for found in parse(body).items] == ["R&D &amp; more", "Q&A"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "iso-8859-1", "utf-16"])
def test_a_feed_in_another_encoding_that_it_declares_is_read(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    text = rss(item(title="Café")).decode().replace("encoding='UTF-8'", f"encoding='{name}'")
    assert only(text.encode(encoding)).title == "Café"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"Rate exceeded.", "'Rate exceeded.'"),
        (b"<!DOCTYPE html>\n<html><body>Are you a robot?</body></html>", "is a web page"),
        (b"\n<!-- hello -->\n<HTML><p>", "is a web page"),
        (listing_page(), "is a web page"),
        (BOMB + rss(item(title="&b;")).partition(b"?>")[2], "declares a document type"),
        (b"<!DOCTYPE rss SYSTEM 'file:///etc/passwd'>" + rss(item()).partition(b"?>")[2], "declares a document type"),
        (b"\x01" + BOMB + rss(item()).partition(b"?>")[2], "declares a document type"),
        (rss(item())[:-200], "is cut off at line"),
        (rss(item())[:80], "is cut off at line"),
        (rss(item()).replace(b"</item>", b"</itm>"), "is not well-formed at line 19, column 7 (mismatched tag)"),
        (rss(item()).replace(SPACES.encode(), b""), "is not well-formed"),
        (rss(item()).replace(b"UTF-8", b"no-such-code"), "declares an encoding"),
        (b"just text", "is not well-formed"),
        (b"<opml><body/></opml>", "is not a feed of arXiv"),
        (rss(names="All the news!", title="All the news!"), "is not a feed of arXiv"),
        (answer(entry()), "is not a feed of arXiv"),
        (
            rss(title="Feed error for query: cs.XX").replace(b"cs.CL updates on", b"'cs.XX' is not a category of"),
            "is an error message of arXiv: 'cs.XX' is not a category of the arXiv.org e-print archive",
        ),
    ],
)
def test_what_is_no_whole_feed_of_arxiv_is_refused(body: bytes, problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse(body)
    assert caught.value.where == "cs.CL.xml"
    assert caught.value.problem.startswith(problem) or problem in caught.value.problem


@pytest.mark.parametrize(
    "foreign",
    [
        "<g:pos xmlns:g='http://www.opengis.net/gml'>1 2</g:pos>",
        "<t:title xmlns:t='http://search.yahoo.com/mrss/'>Another title</t:title>",
        "<title version='2'>Another title</title>",
        "<id xml:base='x' type='y'/>",
        "<source url='x'><title>Another title</title></source>",
        "<content type='image/png' mode='base64'>AAAA</content>",
        "<image><title>Another title</title></image>",
    ],
)
def test_elements_that_feedparser_has_rules_of_its_own_for_spoil_no_item(foreign: str) -> None:
    assert parse(rss(item(more=foreign))) == parse(rss(item()))
    assert parse(rss(foreign, item())) == parse(rss(item()))


@pytest.mark.parametrize("old", [b' xmlns="http://www.w3.org/2005/Atom"', b"schemas/atom", b"/elements/1.1/"])
def test_a_feed_with_another_namespace_under_the_same_prefix_or_none_is_read(old: bytes) -> None:
    assert parse(atom("2611.00001v1").replace(old, b"")) == parse(atom("2611.00001v1"))


@pytest.mark.parametrize("field", ["guid", "category", "arxiv:announce_type", "dc:creator", "dc:rights"])
def test_what_stands_inside_a_field_does_not_become_part_of_it(field: str) -> None:
    spoiled = item().replace(f"</{field}>", f"<x:y xmlns:x='urn:x'>z</x:y></{field}>")
    assert parse(rss(spoiled)) == parse(rss(item()))


def test_a_feed_that_states_only_when_it_was_published_is_dated_by_that() -> None:
    body = rss(item()).replace(b"lastBuildDate", b"pubDate")
    assert parse(body).dated_on == date(2026, 11, 20)


WHOLE = rss(item("2611.00001v1", title="A &amp; B"), item("hep-th/9901001v1", creators="Ada (Bath), Bo (1)"))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, 12), st.binary(max_size=8))
def test_a_feed_spoiled_anywhere_is_read_or_refused(start: int, length: int, instead: bytes) -> None:
    try:
        feed = parse(WHOLE[:start] + instead + WHOLE[start + length :])
    except SourceError:
        return
    assert all(found.paper.title and found.paper.categories for found in feed.items)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(WHOLE) - len("</rss>\n") - 1))
def test_a_feed_cut_anywhere_is_refused(end: int) -> None:
    with pytest.raises(SourceError):
        parse(WHOLE[:end])
