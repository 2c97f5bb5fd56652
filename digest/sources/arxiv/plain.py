"""A feed of arXiv written anew, as RSS with nothing in it but what arXiv tells there, for feedparser to read.

feedparser has rules for some two hundred elements of other formats. Out of place, some of them raise errors or put
themselves over what was read, and some take the square of the document's size (feedparser 6.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from digest.sources.arxiv.documents import all_text, read_tree
from digest.sources.arxiv.fields import arxiv_categories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_ARXIV = "http://arxiv.org/schemas/atom"
_SPACES = {
    "": "",
    "{http://www.w3.org/2005/atom": "",
    f"{{{_ARXIV}": "arxiv:",
    "{http://purl.org/dc/elements/1.1/": "dc:",
}
# Atom's names and RSS's, in small letters, which is how feedparser compares them.
_NAMES = {
    **{name: name for name in ("title", "link", "description", "guid", "lastbuilddate", "pubdate")},
    **{f"arxiv:{name}": f"arxiv:{name}" for name in ("announce_type", "doi", "journal_reference", "journal_ref")},
    "id": "guid",
    "subtitle": "description",
    "summary": "description",
    "updated": "lastbuilddate",
    "published": "pubdate",
    "rights": "copyright",
    "dc:rights": "copyright",
}
_CREATORS = ("dc:creator", "author")
_LONG = ("title", "description")
_LONGEST_FIELD = 1000


def plain_feed(body: bytes, *, where: str) -> bytes:
    """The feed in `body`, a sound document, as plain RSS; one without items or a title for any other document.

    The authors of an item are a field `arxiv:creators`: in one of its own feedparser would look for an address.
    """
    root = read_tree(body, where)
    feed = root if _name(root) == "feed" else next(_children(root, "channel"), None)
    items = () if feed is None else (_item(one) for one in _children(feed, "item", "entry"))
    inside = "" if feed is None else "".join((*_fields(feed), *items))
    return f'<rss version="2.0" xmlns:arxiv="{_ARXIV}"><channel>{inside}</channel></rss>'.encode()


def _item(item: etree._Element) -> str:
    terms = (one.get("term") or _own_text(one) for one in _children(item, "category"))
    categories = "".join(_field("category", name) for name in arxiv_categories(terms))
    creators = _field("arxiv:creators", ", ".join(map(_creator, _children(item, *_CREATORS))))
    return f"<item>{''.join(_fields(item))}{categories}{creators}</item>"


def _fields(element: etree._Element) -> Iterator[str]:
    """What its children tell, the first of each name that tells anything."""
    told: set[str] = set()
    for child in element:
        name = _NAMES.get(_name(child))
        if name is None or name in told:
            continue
        text = all_text(child).strip() if name in _LONG else _short_text(child)
        if text:
            told.add(name)
            yield _field(name, text)


def _short_text(element: etree._Element) -> str:
    address = element.get("href")
    if address is None:
        return _own_text(element)[:_LONGEST_FIELD]
    return address[:_LONGEST_FIELD] if element.get("rel", "alternate") == "alternate" else ""


def _own_text(element: etree._Element) -> str:
    """Its text without that of the elements inside it."""
    return "".join(filter(None, (element.text, *(child.tail for child in element)))).strip()


def _creator(element: etree._Element) -> str:
    return _own_text(next(_children(element, "name"), element))


def _field(name: str, text: str) -> str:
    start = "guid isPermaLink='false'" if name == "guid" else name
    return f"<{start}>{escape(text)}</{name}>"


def _children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (child for child in element if _name(child) in names)


def _name(element: etree._Element) -> str:
    """Its name as feeds write it, in small letters; in a foreign namespace with the prefix that it has there."""
    space, _, name = str(element.tag).lower().rpartition("}")
    return _SPACES.get(space, f"{element.prefix}:") + name
