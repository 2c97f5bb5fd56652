"""The mails that are kept as golden files and looked at in a browser: invented papers, a case for each kind of day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.model.alert import Alert, AlertKind, AlertLine
from digest.model.announcement import AnnounceType, BatchState, DayKind
from digest.model.edition import Card, Edition, EditionTopic, Entry, Section, Selection
from digest.model.mail import MailLinks, Rendered, Sender
from digest.model.signal import Contribution, Score
from digest.model.subscriber import NoticeKind
from digest.model.topic import Topic, TopicKind
from digest.render.alert import AlertRenderer
from digest.render.mail import MailRenderer
from digest.render.notice import NoticeLinks, NoticeRenderer, NoticeView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
GOLDEN = Path(__file__).resolve().parent / "golden"
LINKS = MailLinks(
    edition="https://digest.example.org/editions/2026-11-19",
    preferences="https://digest.example.org/subscriptions/preferences/c3Vic2NyaWJlci00Mg.aWx6uw.Yt0mOEXAMPLE",
    unsubscribe="https://digest.example.org/subscriptions/unsubscribe/c3Vic2NyaWJlci00Mg.aWx6uw.Kq7zBEXAMPLE",
    unsubscribe_mailto="unsubscribe@digest.example.org",
)
SENDER = Sender(
    title="The Daily Preprint",
    address="digest@digest.example.org",
    postal_address="Example Lab, 1 Main Street, 8000 Zürich",
    bounce_address="bounces@digest.example.org",
    list_id="daily.digest.example.org",
)
THURSDAY = date(2026, 11, 19)

LANGUAGE = Topic("language-models", "Language models", TopicKind.CONFIGURED)
ROBOTS = Topic("robot-learning", "Robot learning", TopicKind.CONFIGURED)
VISION = Topic("vision", "Images and video", TopicKind.CONFIGURED)
FORMS = Topic("automorphic-forms", "Automorphic forms", TopicKind.CLUSTER)
REST = Topic("more-papers", "More papers", TopicKind.REST)
TOPICS = {topic.slug: topic for topic in (LANGUAGE, ROBOTS, VISION, FORMS, REST)}


def score_of(paper_id: str, total: float) -> Score:
    observed_at = datetime(2026, 11, 19, 12, tzinfo=UTC)
    return Score(
        paper_id, total, (Contribution("novelty", 0.7, 0.9, "cs.CL", 40, 1.0, total, "invented", observed_at),)
    )


def paper(rank: int, topic: Topic, title: str, *, score: float = 80.0, why: str = "", **card: Any) -> Entry:
    paper_id = f"2611.{90_000 + rank}"
    values: dict[str, Any] = {
        "paper_id": paper_id,
        "version": 1,
        "title": title,
        "authors": ("Ada Northmere",),
        "primary_category": "cs.CL",
        "cross_lists": (),
        "announce_type": AnnounceType.NEW,
        "sentences": (),
    }
    return Entry(rank, topic.slug, score_of(paper_id, score), Card(**{**values, **card}), why)


def edition_of(entries: Sequence[Entry], *, announced: int, **changes: Any) -> Edition:
    counts: dict[str, int] = defaultdict(int)
    for entry in entries:
        counts[entry.topic] += 9
    values: dict[str, Any] = {
        "announced_on": THURSDAY,
        "categories": ("cs.CL", "cs.CV", "cs.RO"),
        "announced": announced,
        "replaced": 131,
        "missing": 0,
        "unproven": (),
        "is_sample": False,
        "topics": tuple(EditionTopic(TOPICS[slug], count) for slug, count in counts.items()),
        "entries": tuple(entries),
        "manifest": "7f3a9c12ab34" + "0" * 52,
    }
    return Edition(**{**values, **changes})


def selection_of(edition: Edition, *, has_lead: bool = True, is_preview: bool = False) -> Selection:
    """All entries of the edition: the best one on top, then a section for each topic."""
    lead, rest = (edition.entries[0], edition.entries[1:]) if has_lead and edition.entries else (None, edition.entries)
    sections = [_section(one.topic, one.announced, rest) for one in edition.topics]
    return Selection(
        edition, lead, tuple(part for part in sections if part.entries), "cs.CL, cs.CV, cs.RO", is_preview=is_preview
    )


def _section(topic: Topic, announced: int, entries: Iterable[Entry]) -> Section:
    return Section(topic, announced, tuple(entry for entry in entries if entry.topic == topic.slug))


def typical() -> Selection:
    entries = (
        paper(
            1, LANGUAGE, "Tidal Decoding: Reading Ahead Only When the Water Is Low", score=94.5,
            authors=("Ada Northmere", "Bo Fell", "Chiara Lindqvist", "Dov Ashgrove", "Emi Tarn"),
            cross_lists=("cs.LG", "stat.ML"),
            sentences=(
                "We let a language model decide at each step how far it reads ahead, and train that decision together "
                "with the model.",
                "On eleven invented tasks it needs 41% of the computation of a fixed schedule at the same accuracy.",
            ),
            code_url="https://github.com/example/tidal-decoding", project_url="https://tides.example.org/decoding",
            venue="Accepted at ICML 2026", novelty=82,
            why="its authors’ last papers were widely read · unlike the 300 earlier cs papers seen here",
        ),
        paper(
            2, LANGUAGE, "Small Notebooks for Large Models", score=87.2,
            authors=("Farid Oakes", "Gwen Holloway"),
            sentences=("A model that keeps a notebook of 64 lines answers questions about whole books.",
                       "What it writes there can be read, and corrected, by people."),
            code_url="https://gitlab.com/example/small-notebooks", novelty=57, why="comes with code",
        ),
        paper(
            3, ROBOTS, "Learning to Fold Laundry from the Sound It Makes", score=83.9, primary_category="cs.RO",
            authors=("Hana Brook", "Ivo Marsh", "Jun Sedge", "Kaya Reed"), cross_lists=("cs.SD",),
            sentences=("Cloth sounds different when it is flat.",), venue="CoRL 2026", novelty=91,
            why="unlike the 300 earlier cs papers seen here",
        ),
        paper(
            4, VISION, "How Many Clouds Are in This Picture? A Benchmark without an Answer", score=80.1,
            primary_category="cs.CV", authors=("Lena Drift", "Milo Vale", "Nia Cairn"),
            sentences=("We ask 2,000 people to count clouds, and no two of them agree.",
                       "We therefore propose to score models by how well they predict the disagreement."),
            project_url="https://clouds.example.org/", novelty=64, why="a large team from several places",
        ),
        paper(
            5, LANGUAGE, "Why the Second Draft Is Shorter", score=74.0, authors=("Oona Wick",),
            sentences=("Given time, models delete: across nine sizes the second draft has a third fewer words.",),
            novelty=48,
        ),
        paper(
            6, ROBOTS, "A Gripper That Apologises", score=71.4, primary_category="cs.RO", cross_lists=("cs.HC",),
            authors=("Pia Stile", "Quentin Lock", "Rhea Ford"),
            sentences=("People hand a robot more fragile things after it has said that it is sorry.",),
            why="comes with code", code_url="https://github.com/example/sorry",
        ),
        paper(7, REST, "On Counting What Is Left", score=52.6, authors=("Sol Weir",), primary_category="cs.DM",
              sentences=("We count what the other topics leave over.",), novelty=12),
    )  # fmt: skip
    return selection_of(edition_of(entries, announced=409, missing=3, unproven=("cs.RO",)))


def one_paper() -> Selection:
    """A preview of the sample day that found a single paper, with nothing known of it but its title."""
    only = paper(
        1, REST, "A Lighthouse Keeper’s Guide to Gradient Descent in Fog, with Remarks on the Horn", score=61.0
    )
    edition = edition_of((only,), announced=1, replaced=0, is_sample=True)
    return selection_of(edition, is_preview=True)


def nothing_to_send() -> Selection:
    return Selection(edition_of((), announced=409), None, (), "cs.CL; topic Automorphic forms")


def quiet_day() -> Selection:
    return Selection(edition_of((), announced=0, replaced=0), None, (), "cs.CL, cs.CV, cs.RO")


def holiday() -> Selection:
    return _note(date(2026, 11, 27), DayKind.HOLIDAY)


def weekend() -> Selection:
    return _note(date(2026, 11, 21), DayKind.WEEKEND)


def _note(on: date, kind: DayKind) -> Selection:
    edition = edition_of((), announced=0, replaced=0, announced_on=on, day_kind=kind)
    return Selection(edition, None, (), "cs.CL, cs.CV, cs.RO")


def very_long() -> Selection:
    """More and longer papers than a mail can hold."""
    topics = (LANGUAGE, ROBOTS, VISION, FORMS, REST)
    entries = [
        paper(
            rank, topics[rank % 5], f"Paper {rank}: " + "a title that goes on about its method and its findings " * 3,
            score=100 - rank * 0.6, authors=tuple(f"Author Number{n} of Paper{rank}" for n in range(60)),
            cross_lists=("cs.LG", "cs.AI", "stat.ML", "cs.HC", "math.OC"),
            sentences=(f"Sentence one of paper {rank} is long – “as long as sentences get” – and says little. " * 4,
                       "W" + "o" * 200 + "rd without a break, which must not push the mail wider than the screen."),
            code_url=f"https://github.com/example/{'long-' * 20}{rank}", venue="A Venue with a Long Name " * 4,
            novelty=50, why=" · ".join(["unlike the 300 earlier cs papers seen here"] * 9),
        )
        for rank in range(1, 101)
    ]  # fmt: skip
    return replace(selection_of(edition_of(entries, announced=1312)), chosen_by="cs.CL, " * 200 + "cs.CV")


def other_scripts() -> Selection:
    """Letters of mathematics, texts from right to left, and names that try to be markup."""
    entries = (
        paper(
            1, FORMS, "Hecke 𝐿-functions over ℚ(√−𝟕): 𝑝-adic bounds as 𝑛 → ∞ and ‖𝑓‖₂ ≤ 𝒪(𝑥^{1/2+ε})", score=88.0,
            primary_category="math.NT", authors=("Tomáš Řeka", "Ümit Çay", "Võ Thị Suối", "Łucja Brzeg"),
            sentences=("For every ε > 0 we show ∑ₙ≤ₓ 𝜆(𝑛)² = 𝑐𝑥 + 𝒪(𝑥^{3/5}) & nothing < that.",), novelty=77,
        ),
        paper(
            2, LANGUAGE, "מודל שפה קטן לעברית: מה אפשר ללמוד ממעט טקסט", score=79.0,
            authors=("נועה גל", "איתי נחל", "Uri Rivers", "רות ים"), cross_lists=("cs.LG",),
            sentences=("אנו מאמנים מודל קטן על טקסט מועט ומודדים מה הוא יודע.",
                       "הוא יודע יותר ממה שחשבנו (BLEU 31.4)."),
            code_url="https://github.com/example/hebrew-small", why="comes with code",
        ),
        paper(
            3, LANGUAGE, "نموذج لغوي صغير للهجات العربية", score=72.0, authors=("ليلى نهر", "سامي بحر"),
            sentences=("ندرب نموذجا صغيرا على نصوص قليلة ونقيس ما يعرفه.",), novelty=66,
        ),
        paper(
            4, LANGUAGE, "<script>alert(1)</script> & {{ 7 * 7 }}: \u202eHostile\u202c Titles \"in\" the\nWild",
            score=65.0, authors=("O'Brien <b>", "小川 花"), venue="<i>Venue</i> & Co",
            sentences=("这是一个没有空格的中文句子，它必须在手机屏幕上正确换行而不会超出页面的宽度。",),
            code_url="javascript:alert(1)", project_url="https://example.org/?a=1&b=2",
        ),
    )  # fmt: skip
    return selection_of(edition_of(entries, announced=96))


def with_rising() -> Selection:
    """A day with papers of earlier days that people talk about, and a newer version."""
    news = (
        paper(1, LANGUAGE, "Small Notebooks: Writing Things Down before Answering", score=91.0, why="comes with code"),
        paper(2, LANGUAGE, "What a Model Says When Nobody Asks", score=74.0),
        paper(3, LANGUAGE, "Counting Rhymes", score=55.0),
    )
    said = "152 upvotes on Hugging Face, 88 points on Hacker News (99th percentile of cs.CL papers of its age today)"
    rising = tuple(
        paper(rank, REST, title, score=99.8, why=said, first_on=first_on)
        for rank, title, first_on in (
            (4, "A Long Memory for Short Talks", date(2026, 11, 12)),
            (5, "Rivers of Tokens", date(2026, 11, 17)),
        )
    )
    newer = paper(6, REST, "Lighthouses, Revised", score=40.0, announce_type=AnnounceType.REPLACE)
    edition = edition_of((*news, *rising, newer), announced=183, replaced=31)
    parts = (
        _section(LANGUAGE, 183, news[1:]),
        Section(Topic("rising-this-week", "Rising this week", TopicKind.REST), 12, rising),
        Section(Topic("newer-versions", "Newer versions", TopicKind.REST), 31, (newer,)),
    )
    return Selection(edition, news[0], parts, "cs.CL; newer versions too")


def unread_day() -> Selection:
    edition = edition_of((), announced=0, replaced=0, missing=412, unproven=("cs.CV", "cs.RO"))
    return Selection(edition, None, (), "cs.CL, cs.CV, cs.RO")


CASES: dict[str, Callable[[], Selection]] = {
    "typical": typical,
    "one-paper": one_paper,
    "nothing-to-send": nothing_to_send,
    "quiet-day": quiet_day,
    "holiday": holiday,
    "weekend": weekend,
    "unread-day": unread_day,
    "very-long": very_long,
    "rising": with_rising,
    "other-scripts": other_scripts,
}


@cache
def renderer() -> MailRenderer:
    return MailRenderer(TEMPLATES)


def render(selection: Selection) -> Rendered:
    return renderer().render(selection, links=LINKS, sender=SENDER)


@cache
def rendered(case: str) -> Rendered:
    if case in ALERTS:
        return render_alert(ALERTS[case])
    return render_notice(case) if case in NOTICES else render(CASES[case]())


OVERDUE = Alert(
    kind=AlertKind.OVERDUE,
    announced_on=THURSDAY,
    deadline_at=datetime(2026, 11, 19, 10, 0, tzinfo=UTC),
    is_published=True,
    announced=409,
    missing=3,
    lines=(
        AlertLine(
            "cs.CL", BatchState.INCOMPLETE, 227, 230,
            "the query API doesn’t know 2611.90411, 2611.90412 and 2611.90418 yet",
        ),
        AlertLine("cs.CV", BatchState.COMPLETE, 301, 301, ""),
        AlertLine(
            "cs.RO", BatchState.BROKEN, 0, None,
            "https://arxiv.org/list/cs.RO/new: the page has no date. arXiv may have changed it.",
        ),
        AlertLine(
            "cond-mat.mtrl-sci", BatchState.STALE, 64, None,
            "https://rss.arxiv.org/rss/cond-mat.mtrl-sci: it is of Wednesday, 18 November",
        ),
        AlertLine("math.NT", BatchState.QUIET, 0, 0, ""),
    ),
    ask_again_at=datetime(2026, 11, 19, 12, 40, tzinfo=UTC),
)  # fmt: skip
UNPUBLISHED = replace(
    OVERDUE,
    is_published=False,
    announced=0,
    missing=0,
    lines=tuple(
        AlertLine(code, BatchState.PENDING, 0, None, f"https://arxiv.org/list/{code}/new: no answer within 60 seconds")
        for code in ("cs.CL", "cs.CV", "cs.RO")
    ),
    ask_again_at=None,
)
NOTICES: dict[str, tuple[NoticeKind, date | None]] = {
    **{f"notice-{kind.value}": (kind, None) for kind in NoticeKind},
    "notice-paused-until": (NoticeKind.PAUSED, date(2026, 12, 24)),
}
ALERTS: dict[str, Alert] = {
    "alert-overdue": OVERDUE,
    "alert-overdue-unpublished": UNPUBLISHED,
    "alert-healed": replace(
        OVERDUE,
        kind=AlertKind.HEALED,
        announced=412,
        missing=0,
        lines=tuple(
            line
            if line.state in (BatchState.COMPLETE, BatchState.QUIET)
            else replace(line, state=BatchState.COMPLETE, seen=line.expected or 96, expected=line.expected or 96)
            for line in OVERDUE.lines
        ),
        ask_again_at=None,
    ),
}
ALL_MAILS = (*CASES, *NOTICES, *ALERTS)


def render_alert(alert: Alert, edition: str | None = LINKS.edition) -> Rendered:
    link = edition if alert.is_published else None
    return AlertRenderer(TEMPLATES).render(alert, sender=SENDER, edition=link)


def render_notice(case: str) -> Rendered:
    kind, paused_until = NOTICES[case]
    view = NoticeView(
        sender=SENDER,
        links=NoticeLinks(
            action="https://digest.example.org/subscriptions/confirm/c3Vic2NyaWJlci00Mjo3.aWx6uw.Zu5cVEXAMPLE",
            preferences=LINKS.preferences,
            unsubscribe=LINKS.unsubscribe,
        ),
        command_address=SENDER.address,
        good_until=date(2026, 11, 26),
        paused_until=paused_until,
        language="en",
    )
    return NoticeRenderer(TEMPLATES).render(kind, view)
