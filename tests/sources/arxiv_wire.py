"""arXiv's documents written by hand, about papers that don't exist."""

from __future__ import annotations

from xml.sax.saxutils import escape

SPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
MORE_SPACES = f'{SPACES} xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom"'


def item(
    paper_id: str = "2611.00001v1",
    *,
    announce_type: str = "new",
    title: str = "Counting Sheep with Neural Nets",
    categories: tuple[str, ...] = ("cs.CL", "cs.AI"),
    creators: str = "Ada Byron, Bo Li",
    abstract: str = "We count sheep.",
    more: str = "",
) -> str:
    """One `<item>`; texts are written as they are given, so escape what has to be."""
    key = paper_id.partition("v")[0] if paper_id[0].isdigit() else paper_id
    return f"""<item>
      <title>{title}</title>
      <link>https://arxiv.org/abs/{key}</link>
      <description>arXiv:{paper_id} Announce Type: {announce_type} \nAbstract: {abstract}</description>
      <guid isPermaLink="false">oai:arXiv.org:{paper_id}</guid>
      {"".join(f"<category>{name}</category>" for name in categories)}
      <pubDate>Fri, 20 Nov 2026 00:00:00 -0500</pubDate>
      <arxiv:announce_type>{announce_type}</arxiv:announce_type>
      <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
      <dc:creator>{creators}</dc:creator>{more}
    </item>"""


def rss(*items: str, names: str = "cs.CL", day: str = "Fri, 20 Nov 2026 05:00:02 +0000", title: str = "") -> bytes:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss {SPACES} xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">
  <channel>
    <title>{title or f"{names} updates on arXiv.org"}</title>
    <link>http://rss.arxiv.org/rss/{names.replace(", ", "+")}</link>
    <description>{names} updates on the arXiv.org e-print archive.</description>
    <lastBuildDate>{day}</lastBuildDate>
    {"".join(items)}
  </channel>
</rss>
""".encode()


def atom(*paper_ids: str, names: str = "cs.CL", day: str = "2026-11-20T05:00:02.1+00:00") -> bytes:
    entries = "".join(
        f"""<entry><id>oai:arXiv.org:{paper_id}</id><title>Sheep {paper_id}</title><updated>{day}</updated>
        <link href="https://arxiv.org/abs/{paper_id.partition("v")[0]}" rel="alternate" type="text/html"/>
        <summary>arXiv:{paper_id} Announce Type: cross \nAbstract: We count.</summary>
        <category term="stat.ML"/><category term="cs.CL"/><published>2026-11-20T00:00:00-05:00</published>
        <arxiv:announce_type>cross</arxiv:announce_type><dc:creator>Ada Byron</dc:creator>
        <arxiv:DOI>10.1000/1</arxiv:DOI><arxiv:journal_reference>J. Sheep 1</arxiv:journal_reference></entry>"""
        for paper_id in paper_ids
    )
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed {SPACES} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">
  <id>http://rss.arxiv.org/atom/{names}</id><title>{names} updates on arXiv.org</title><updated>{day}</updated>
  {entries}</feed>""".encode()


def section(
    kind: str, *paper_ids: str, stated: int | None = None, how: str = "showing", shown: int | None = None
) -> str:
    shown = len(paper_ids) if shown is None else shown
    entries = "".join(
        f"""<dt><a name='item1'>[1]</a> <a href ="/abs/{paper_id}" title="Abstract" id="{paper_id}">
        arXiv:{paper_id} </a> [<a href="/pdf/{paper_id}" title="Download PDF">pdf</a>]</dt>
        <dd><div class='meta'><p class='mathjax'>See <a href="https://arxiv.org/abs/0704.0001">0704.0001</a>,
        a total of 9 entries.</p></div></dd>"""
        for paper_id in paper_ids
    )
    count = shown if stated is None else stated
    return f"<dl id='articles'><h3>{kind} submissions ({how} {shown} of {count} entries)</h3>{entries}</dl>"


def listing_page(
    *sections: str, total: int | None = None, category: str = "cs.CL", day: str = "Friday, 20 November 2026"
) -> bytes:
    paging = f"<div class='paging'>Total of {total} entries </div>" if total is not None else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><title>Computation and Language </title></head><body><div id='dlpage'>
<h1>Computation and Language</h1>
<p>See <a id="recent-{category}" href="/list/{category}/recent">recent</a> articles</p>
<h3>Showing new listings for {day}</h3>{paging}
{"".join(sections) or "<p>No updates today.</p>"}
</div></body></html>""".encode()


def entry(paper_id: str = "2611.00001v2", *, more: str = "", title: str = "Counting Sheep") -> str:
    return f"""<entry><id>http://arxiv.org/abs/{paper_id}</id><title>{title}</title>
      <updated>2026-11-19T17:00:00Z</updated><published>2026-11-01T08:30:00Z</published>
      <summary>  We count sheep.</summary>
      <category term="cs.AI" scheme="http://arxiv.org/schemas/atom"/><category term="cs.CL"/><category term="68T50"/>
      <arxiv:primary_category term="cs.CL"/>
      <author><name>Ada Byron</name><arxiv:affiliation>London</arxiv:affiliation>
        <arxiv:affiliation>Bath</arxiv:affiliation></author>
      <author><name>Bo Li</name></author>{more}</entry>"""


def answer(*entries: str, total: int | None = None) -> bytes:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed {MORE_SPACES}><id>https://arxiv.org/api/x</id><title>arXiv Query: id_list=x</title>
  <opensearch:itemsPerPage>100</opensearch:itemsPerPage>
  <opensearch:totalResults>{len(entries) if total is None else total}</opensearch:totalResults>
  {"".join(entries)}</feed>""".encode()


def error_answer(said: str) -> bytes:
    return answer(
        f"<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><summary>{escape(said)}</summary></entry>"
    )
