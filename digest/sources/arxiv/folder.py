"""arXiv documents saved in a folder, told apart by what is in them."""

from __future__ import annotations

import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import SourceError
from digest.model.announcement import Feed, Problem
from digest.sources.arxiv.documents import in_utf8, is_html
from digest.sources.arxiv.feed import parse_feed
from digest.sources.arxiv.listing import ListingPage, parse_page
from digest.sources.arxiv.query import QueryPage, parse_papers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Document = Feed | ListingPage | QueryPage

LARGEST = 64 * 2**20
_FEED_SUFFIXES = (".xml", ".rss", ".atom")
_SUFFIXES = frozenset({".xml", ".rss", ".atom", ".html", ".htm"})
_ROOT = re.compile(rb"<([a-z_][\w.-]*)[\s>/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SavedDocuments:
    """What a folder holds: the documents by their paths, what was wrong, and how many files were looked at."""

    documents: tuple[tuple[str, Document], ...]
    problems: tuple[Problem, ...]
    files: int


def read_folder(path: Path) -> SavedDocuments:
    """Every arXiv document below `path` (or that one file), in the order of their paths.

    Other files are passed over unless they are named as XML or HTML. Raises SourceError when nothing is there.
    """
    documents: list[tuple[str, Document]] = []
    problems: list[Problem] = []
    files = _files(path)
    for file in files:
        try:
            found = _read(file)
        except SourceError as error:
            problems.append(Problem(error.where, error.problem))
            continue
        if found is not None:
            documents.append((_shown(file), found))
    return SavedDocuments(tuple(documents), tuple(problems), len(files))


def _files(path: Path) -> tuple[Path, ...]:
    try:
        if path.is_file():
            return (path,)
        next(path.iterdir(), None)
        walked = os.walk(path, onerror=_refuse)  # rglob would pass over a folder that it may not look into
        return tuple(sorted(Path(root) / name for root, _, names in walked for name in names))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(str(path), f"can't be read ({reason})", hint="Name a folder with saved documents.") from error


def _refuse(error: OSError) -> None:
    raise error


def _read(file: Path) -> Document | None:
    where = _shown(file)
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):  # reading a pipe or a device may never end
            raise SourceError(where, "is no ordinary file")
        if found.st_size > LARGEST:
            raise SourceError(where, f"is larger than {LARGEST >> 20} MiB")
        body = file.read_bytes()
    except OSError as error:
        raise SourceError(where, f"can't be read ({(error.strerror or str(error)).lower()})") from error
    body = _recorded_body(body) if file.suffix.lower() == ".json" else in_utf8(body)
    parse = _parser(body)
    if is_html(body[:8192]) and file.suffix.lower() in _FEED_SUFFIXES:
        raise SourceError(where, "is an HTML page in place of XML")
    if parse is None and file.suffix.lower() in _SUFFIXES:
        raise SourceError(
            where, "is neither a feed nor a listing page nor a query answer of arXiv" if body.strip() else "is empty"
        )
    return parse(body, where) if parse else None


def _shown(file: Path) -> str:
    """Its path, in characters that can be printed and kept even if its name has bytes that are none."""
    return str(file).encode("utf-8", "replace").decode()


def _parser(body: bytes) -> Callable[[bytes, str], Document] | None:
    head = body[:8192]
    if is_html(head):
        return lambda page, where: parse_page(page, where=where)
    root = next(_roots(head), b"").lower()
    if root == b"feed" and b"opensearch" in head:
        return lambda answer, where: parse_papers(answer, where=where)
    if root in (b"rss", b"feed"):
        return lambda feed, where: parse_feed(feed, where=where)
    return None


def _roots(head: bytes) -> Iterator[bytes]:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from (found[1] for found in _ROOT.finditer(re.sub(rb"<!--.*?-->", b"", head, flags=re.DOTALL)))


def _recorded_body(body: bytes) -> bytes:
    """The answer in a recording of `url`, `status_code` and `body`; nothing for any other JSON."""
    try:
        recording = json.loads(body)
    except (ValueError, RecursionError):
        return b""
    text = recording.get("body") if isinstance(recording, dict) and "status_code" in recording else None
    return text.encode("utf-8", "replace") if isinstance(text, str) else b""
