"""Documents in the shape of arXiv's, built to make a careless parser slow; each kind of any size."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

SPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
DAY = "Fri, 20 Nov 2026 00:00:00 -0500"


class Frame(NamedTuple):
    """A document with a place in it for hostile text, in an entry or between entries, and one entry that is good."""

    before: str
    after: str
    entry: str
    hole: str


FEED = Frame(
    f"<rss {SPACES} version='2.0'><channel><title>cs.CL updates on arXiv.org</title><pubDate>{DAY}</pubDate>",
    "</channel></rss>",
    "<item><title>T</title><guid isPermaLink='false'>oai:arXiv.org:2611.{0:05}v1</guid><description>D</description>"
    "<arxiv:announce_type>new</arxiv:announce_type><category>cs.CL</category><dc:creator>A, B</dc:creator></item>",
    "<item><guid>oai:arXiv.org:2611.00001v1</guid><title>{title}</title><description>{text}</description>{more}"
    "<arxiv:announce_type>new</arxiv:announce_type><category>cs.CL</category><dc:creator>{creators}</dc:creator></item>",
)
ATOM = Frame(
    f"<feed {SPACES} xmlns='http://www.w3.org/2005/Atom'><title>cs.CL updates on arXiv.org</title>",
    "</feed>",
    "<entry><id>oai:arXiv.org:2611.{0:05}v1</id><title>T</title><summary>D</summary><category term='cs.CL'/>"
    "<arxiv:announce_type>new</arxiv:announce_type><dc:creator>A, B</dc:creator></entry>",
    "<entry><id>oai:arXiv.org:2611.00001v1</id><title>{title}</title><summary>{text}</summary>{more}"
    "<category term='cs.CL'/><author><name>{creators}</name></author></entry>",
)
QUERY = Frame(
    f"<feed {SPACES} xmlns='http://www.w3.org/2005/Atom' xmlns:o='http://a9.com/-/spec/opensearch/1.1/'>"
    "<o:totalResults>1</o:totalResults>",
    "</feed>",
    "<entry><id>http://arxiv.org/abs/2611.{0:05}v1</id><title>T</title><category term='cs.CL'/></entry>",
    "<entry><id>http://arxiv.org/abs/2611.00001v1</id><title>{title}</title><summary>{text}</summary>{more}"
    "<category term='cs.CL'/><author><name>{creators}</name></author></entry>",
)
OAI = Frame(
    "<OAI-PMH><ListRecords>",
    "</ListRecords></OAI-PMH>",
    "<record><metadata><arXivRaw><id>2611.{0:05}</id><version version='v1'/><title>T</title>"
    "<categories>cs.CL</categories></arXivRaw></metadata></record>",
    "<record><metadata><arXivRaw><id>2611.00001</id><version version='v1'><date>{title}</date></version>"
    "<title>{title}</title><abstract>{text}</abstract><authors>{creators}</authors>{more}"
    "<categories>cs.CL</categories></arXivRaw></metadata></record>",
)
XML_FRAMES = {"feed": FEED, "atom": ATOM, "query": QUERY, "oai": OAI}
PAGE = (
    "<!DOCTYPE html><html><body><h3>Showing new listings for Friday, 20 November 2026</h3>"
    "<p>See <a id=recent-cs.CL href=/list/cs.CL/recent>recent</a></p><dl>"
    "<h3>New submissions (showing 1 of 1 entries)</h3><dt><a href=/abs/2611.00001>1</a></dt>"
)


def all_kinds() -> dict[str, dict[str, Callable[[int], bytes]]]:
    """For each parser the kinds of document, each a function of about how many bytes it is to have."""
    xml = {name: {**xml_kinds(frame), **text_kinds(frame)} for name, frame in XML_FRAMES.items()}
    return {
        **xml,
        "listing": page_kinds(),
        "creators": {name: repeated("", part, end) for name, (part, end) in TEXTS.items()},
        "folder": {"many names × many items": many_names, "many files": lambda n: b"x" * n},
        "dump": dump_kinds(),
    }


# What is repeated in a title, a text and the authors, and what ends it.
TEXTS = {
    "one long word": ("a", ""),
    "spaces": (" ", "a"),
    "commas": ("a,", ""),
    "opening parentheses": ("(", ""),
    "nested parentheses": ("(1", ")"),
    "numbered authors": ("A (1), ", "((1) Here)"),
    "closing parentheses": (")", ""),
    "opening braces": ("{", ""),
    "TeX commands": ("\\frac{", ""),
    "dollars": ("$x_", ""),
    "for, and, et al.": ("A for the B and et al ", "team"),
    "colons": ("a:", ""),
    "at signs": ("a@a.", ""),
    "line ends": ("a\n", ""),
    "right-to-left marks": ("\u202ea", ""),
}


def xml_kinds(frame: Frame) -> dict[str, Callable[[int], bytes]]:
    """Hostile structure."""
    return {
        "many small entries": lambda n: whole(frame, numbered(frame.entry, n)),
        "one entry again and again": lambda n: whole(frame, times(frame.entry.format(1), n)),
        "empty entries": lambda n: whole(frame, times("<item/><entry/><record/>", n)),
        "unclosed tags": lambda n: (frame.before + times("<b>", n)).encode(),
        "nested elements": lambda n: whole(frame, times("<b>", n // 2) + times("</b>", n // 7 * 4 + 4)),
        "nested in a title": lambda n: filled(frame, title=times("<i>", n // 2, 7) + times("</i>", n // 2, 7)),
        "many children in an entry": lambda n: filled(frame, more=times("<x/>", n)),
        "many categories": lambda n: filled(frame, more=numbered("<category term='c.a{0}'>c.b{0}</category>", n)),
        "many authors": lambda n: filled(frame, more=times("<dc:creator>A</dc:creator><author/>", n)),
        "many links": lambda n: filled(frame, more=numbered("<link href='/{0}'/>", n)),
        "many versions": lambda n: filled(frame, more=numbered("<version version='v{0}'/>", n)),
        "many attributes": lambda n: filled(frame, more="<x " + numbered("a{0}='' ", n) + "/>"),
        "one long attribute": lambda n: filled(frame, more="<x a='" + "x" * n + "'/>"),
        "many namespaces": lambda n: filled(frame, more=numbered("<x:y xmlns:x='urn:{0}'/>", n)),
        "many prefixes": lambda n: filled(frame, more="<x " + numbered("xmlns:a{0}='urn:{0}' ", n) + "><a1:y/></x>"),
        "nested namespaces": lambda n: filled(frame, more=numbered("<a{0}:x xmlns:a{0}='urn:{0}'>", n)),
        "one long comment": lambda n: filled(frame, more="<!--" + "x" * n + "-->"),
        "many comments": lambda n: filled(frame, text=times("a<!---->", n)),
        "opened comments": lambda n: filled(frame, text=times("<!--", n)),
        "opened sections": lambda n: filled(frame, text=times("<![CDATA[", n)),
        "many sections": lambda n: filled(frame, text=times("a<![CDATA[&]]>", n)),
        "one long instruction": lambda n: filled(frame, more="<?x " + "x" * n + "?>"),
        "bare ampersands": lambda n: filled(frame, text=times("&", n)),
        "undefined entities": lambda n: filled(frame, text=times("&nosuch;", n)),
        "character references": lambda n: filled(frame, text=times("&#65;", n)),
        "long references": lambda n: filled(frame, text="&#" + "9" * n + ";"),
        "markup as text": lambda n: filled(frame, text=times("&lt;/a&gt;&lt;", n)),
        "stray bytes": lambda n: filled(frame, text="HERE").replace(b"HERE", b"\xe9\x01" * (n // 2)),
        "a doctype in a comment": lambda n: b"<!--" + times("<!ENTITY a ", n).encode() + b"-->" + whole(frame, ""),
        "white space before it": lambda n: b" " * n + whole(frame, ""),
        "a long declaration": lambda n: b"<?xml " + b" " * n + b"version='1.0'?>" + whole(frame, ""),
        "UTF-16": lambda n: whole(frame, numbered(frame.entry, n // 2)).decode().encode("utf-16"),
    }


def text_kinds(frame: Frame) -> dict[str, Callable[[int], bytes]]:
    """Hostile texts, all three in one entry."""

    def made(part: str, end: str) -> Callable[[int], bytes]:
        def build(size: int) -> bytes:
            text = times(part, size // 3) + end
            return filled(frame, title=text, text=text, creators=text)

        return build

    return {f"texts: {name}": made(part, end) for name, (part, end) in TEXTS.items()}


def page_kinds() -> dict[str, Callable[[int], bytes]]:
    parts = {
        "many entries": "<dt><a href=/abs/2611.{0:05}>x</a></dt><dd>y</dd>",
        "empty headings": "<h3>",
        "headings": "<h3>New submissions (showing 1 of 1 entries)</h3>",
        "half headings": "<h3>New submissions showing showing showing",
        "nested headings": "<h3><div>",
        "nested headings around a text": "a ",
        "nested terms": "<dt><div>",
        "nested paging": "<div class=paging>",
        "nested paragraphs": "<p><object>",
        "unclosed formatting": "<b><i><a href=x>",
        "unclosed tables": "<table><tr><td>",
        "unclosed tags": "<x",
        "unclosed quotes": "<a href='",
        "long attribute names": "<a b",
        "closing tags": "</b></x>",
        "bare ampersands": "&",
        "long entities": "&aaaaaaaa",
        "opened comments": "<!--",
        "many comments": "a<!---->",
        "opened scripts": "<script><!--<script>",
        "closed scripts": "<script></scrip",
        "links to lists": "<a href=/list/x/list/x>x</a>",
        "dates": "<h3>Showing new listings for showing new listings for 1 a</h3>",
        "total of": "<div class=paging>total of total of 9,9,9,</div>",
        "one long text": "a ",
        "NUL bytes": "\x00",
        "instructions": "<?x",
        "doctypes": "<!DOCTYPE a [",
    }
    before = {"nested headings around a text": PAGE + "<h3>" * 150}
    return {name: repeated(before.get(name, PAGE), part, "") for name, part in parts.items()}


def repeated(before: str, part: str, end: str) -> Callable[[int], bytes]:
    """A document that says one thing again and again, numbered where it has a place for that."""

    def build(size: int) -> bytes:
        many = numbered(part, size) if "{0" in part else times(part, size)
        return f"{before}{many}{end}".encode()

    return build


def dump_kinds() -> dict[str, Callable[[int], bytes]]:
    texts = {"id": "2611.00001", "announced_on": "2026-11-20", "title": "T", "abstract": "A"}
    paper = {**texts, "authors": ["B"], "categories": ["cs.CL"]}
    return {
        "many papers": lambda n: times(json.dumps(paper) + "\n", n).encode(),
        "one long line": lambda n: json.dumps({**paper, "abstract": "$x^" * (n // 3)}).encode(),
        "many authors": lambda n: json.dumps({**paper, "authors": ["A"] * (n // 5)}).encode(),
        "many categories": lambda n: json.dumps({**paper, "categories": ["cs.CL"] * (n // 9)}).encode(),
        "nested lists": lambda n: b"[" * n,
        "empty lines": lambda n: b"\n" * n,
        "one long number": lambda n: b"9" * n,
        "zipped, without line ends": lambda n: gzip.compress(b" " * (n * 100), 1),
    }


def many_names(size: int) -> bytes:
    """A feed that says it is of very many categories."""
    names = numbered("c.a{0}, ", size // 2)
    return whole(FEED, numbered(FEED.entry, size // 2)).replace(b"cs.CL updates", f"{names}cs.CL updates".encode())


def whole(frame: Frame, inside: str) -> bytes:
    return (frame.before + inside + frame.after).encode()


def filled(frame: Frame, *, title: str = "T", text: str = "D", creators: str = "A, B", more: str = "") -> bytes:
    hole = frame.hole
    for name, value in {"{title}": title, "{text}": text, "{creators}": creators, "{more}": more}.items():
        hole = hole.replace(name, value)
    return whole(frame, hole)


def times(part: str, size: int, length: int = 0) -> str:
    return part * (size // (length or len(part)))


def numbered(part: str, size: int) -> str:
    return "".join(part.format(number) for number in range(size // len(part.format(1))))
