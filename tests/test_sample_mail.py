"""The mail of the bundled sample day, under the same eyes as any other mail."""

from __future__ import annotations

import email
import email.policy
import re
import subprocess
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from conftest import vnu_jar
from person import SAMPLE_DAY, Person
from spam_score import spam_verdict

from digest.sources.arxiv.saved import SavedArxiv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sample")
    Person(home).succeed("preview", "--sample", "--to", "reader@example.org")
    return home / "var" / "preview"


def parts(preview: Path) -> Iterator[str]:
    mail: Any = email.message_from_bytes((preview / "digest.eml").read_bytes(), policy=email.policy.default)
    yield from (part.get_content() for part in mail.iter_parts())


def test_the_message_carries_both_texts_as_written(preview: Path) -> None:
    text, html = parts(preview)
    assert text.replace("\r\n", "\n").strip() == (preview / "digest.txt").read_text().strip()
    assert html.replace("\r\n", "\n").strip() == (preview / "digest.html").read_text().strip()


def test_every_address_of_the_html_part_is_in_the_text_part(preview: Path) -> None:
    text, html = parts(preview)
    addresses = {address.replace("&amp;", "&") for address in re.findall(r'href="([^"]+)"', html)}
    assert addresses
    assert {address for address in addresses if address not in text} == set()


def quotations(html: str) -> dict[str, list[str]]:
    """The quoted sentences of each card, by paper id."""
    cards = re.split(r'<h[23][^>]*><a class="ink"[^>]* href="https://arxiv.org/abs/', html)[1:]
    found = {card.partition('"')[0]: re.search(r"<p[^>]*>“(.*)”</p>", card) for card in cards}
    return {paper_id: unescape(quoted[1]).split("” … “") for paper_id, quoted in found.items() if quoted}


def saved_abstracts() -> dict[str, str]:
    """Those of the day's feeds, and of what the query API told besides."""
    saved = SavedArxiv(SAMPLE_DAY)
    feeds = (saved.read_feed(category).value for category in saved.categories)
    announced = {item.paper.id: item.paper.abstract for feed in feeds if feed for item in feed.items}
    listed = {one.paper_id for category in saved.categories for one in saved.read_listing(category).papers}
    return announced | {paper.id: paper.abstract for paper in saved.read_papers(listed - announced.keys()).papers}


def test_sentences_on_the_cards_are_the_authors_own(preview: Path) -> None:
    _, html = parts(preview)
    quoted = quotations(html)
    assert len(quoted) == html.count("Score ") > 20
    abstracts = saved_abstracts()
    for paper_id, sentences in quoted.items():
        for sentence in sentences:
            assert sentence in abstracts[paper_id]


def test_no_tex_is_left_in_the_mail(preview: Path) -> None:
    for part in parts(preview):
        assert "\\" not in re.sub(r"<style.*?</style>", "", part, flags=re.DOTALL)


@pytest.mark.html_checker
def test_the_html_checker_finds_nothing(preview: Path) -> None:
    command = ["java", "-Xmx400m", "-jar", str(vnu_jar()), "--Werror", "--stdout", str(preview / "digest.html")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout


@pytest.mark.spamassassin
def test_spamassassin_lets_it_pass(preview: Path, tmp_path: Path) -> None:
    verdict = spam_verdict((preview / "digest.eml").read_bytes(), home=tmp_path)
    assert verdict.score <= 2.0, verdict.rules
