"""Makes the mails that tell the operator of a day that is overdue, or whole after all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.alert import AlertKind
from digest.model.announcement import BatchState
from digest.model.mail import Rendered
from digest.render.environment import Templates
from digest.render.filters import counted, first_fitting, long_date, one_line, short_date, shorten, whole

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.alert import Alert, AlertLine
    from digest.model.mail import Sender

_MEANING = {
    BatchState.INCOMPLETE: "arXiv lists papers that are not here",
    BatchState.STALE: "arXiv still shows an earlier day",
    BatchState.BROKEN: "what arXiv gave can’t be read",
    BatchState.PENDING: "not read yet",
}
_SUBJECT_WIDTH = 78
# The mail must stay one that programs don't clip, though all of arXiv's categories fail with a long story each.
_MOST_LINES, _LONGEST_PROBLEM, _LONGEST_NAMES = 24, 300, 900


@dataclass(frozen=True, slots=True)
class LineView:
    """A category that isn't whole: its state in the ledger's word and in plain ones, what is here, and why."""

    category: str
    state: str
    meaning: str
    here: str
    share: str
    problem: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """What the templates of an alert are given, as `notice`; `edition` is the day's page, None while there is none."""

    alert: Alert
    sender: Sender
    edition: str | None

    @property
    def headline(self) -> str:
        """What happened, in one sentence without its full stop."""
        return _headline(self.alert, _day(self.alert), _lacks(self.alert))

    @property
    def subject(self) -> str:
        """The same, with a shorter date where it would be too long, or else with less of what lacks."""
        short, lacks = short_date(self.alert.announced_on), _lacks(self.alert)
        briefer = (_headline(self.alert, short, lacks), _headline(self.alert, short, lacks[:1]))
        return first_fitting([self.headline, *briefer], _SUBJECT_WIDTH)

    @property
    def brief(self) -> str:
        """The first categories that aren't whole, with how much of them is here."""
        return "; ".join(f"{line.category}: {line.here} {line.share}" for line in self.lines[:3])

    @property
    def lines(self) -> tuple[LineView, ...]:
        """The categories that aren't whole, those of which nothing is here first; as many as there is room for."""
        return tuple(map(_line_view, _open_lines(self.alert)[:_MOST_LINES]))

    @property
    def more_lines(self) -> int:
        """How many categories that aren't whole there is no room for."""
        return len(_open_lines(self.alert)) - len(self.lines)

    @property
    def settled(self) -> str:
        """The categories that are whole, each with how many entries it has."""
        named = (f"{line.category} {whole(line.seen)}" for line in self.alert.lines if line.state.is_settled)
        return shorten(", ".join(named), _LONGEST_NAMES)


class AlertRenderer:
    """Renders alerts with the templates in a folder."""

    def __init__(self, templates: Path) -> None:
        self._templates = Templates(templates)

    def render(self, alert: Alert, *, sender: Sender, edition: str | None) -> Rendered:
        """The mail of that news; RenderError when a template can't be used."""
        view = AlertView(alert, sender, edition)
        folder = f"email/alert-{alert.kind.value}"
        subject = " ".join(self._templates.render(f"{folder}/subject.txt", notice=view).split())
        return Rendered(
            subject=subject,
            text=self._templates.render(f"{folder}/body.txt", notice=view),
            html=self._templates.render(f"{folder}/body.html", notice=view, subject=subject),
        )


def _headline(alert: Alert, day: str, lacks: tuple[str, ...]) -> str:
    if alert.kind is AlertKind.HEALED:
        papers = f"all {counted(alert.announced, 'paper')} are here" if alert.announced > 1 else _few(alert.announced)
        return f"{day} is whole now: {papers}"
    if not alert.is_published:
        return f"There is no edition of {day}: nothing could be read"
    what = f"The edition of {day} is out"
    if not alert.announced:
        return f"{what} without new papers: none could be read"
    if not lacks:
        return f"{what}, but nothing proves that all is here"
    return f"{what} without {' and '.join(lacks)}"


def _few(papers: int) -> str:
    return "its one paper is here" if papers else "arXiv announced no papers"


def _lacks(alert: Alert) -> tuple[str, ...]:
    """What of the day isn't here: papers, then the categories of which nothing is known."""
    papers = _missing_papers(alert)
    unread = [line.category for line in _open_lines(alert) if not line.seen]
    if len(unread) > 1:
        return (*papers, f"{len(unread)} of {len(alert.lines)} categories")
    return (*papers, *(f"all of {code}" if papers else code for code in unread))


def _missing_papers(alert: Alert) -> tuple[str, ...]:
    """Those that are known by name, or else those that arXiv only counts."""
    if alert.missing:
        papers = counted(alert.announced + alert.missing, "paper")
        return (f"{whole(alert.missing)} of {papers}",)
    short = [line for line in _open_lines(alert) if 0 < line.seen < (line.expected or 0)]
    if len(short) > 1:
        return (f"parts of {len(short)} categories",)
    return tuple(_short_by(line.category, line.seen, line.expected or 0) for line in short)


def _short_by(category: str, seen: int, expected: int) -> str:
    return f"{whole(expected - seen)} of {counted(expected, 'paper')} in {category}"


def _open_lines(alert: Alert) -> list[AlertLine]:
    """The categories that aren't whole: first those of which nothing is here, then by how much they may lack."""
    found = [line for line in alert.lines if not line.state.is_settled]
    return sorted(found, key=lambda line: (line.seen > 0, line.expected is not None, line.seen - (line.expected or 0)))


def _line_view(line: AlertLine) -> LineView:
    return LineView(
        category=line.category,
        state=line.state.value,
        meaning=_MEANING[line.state],
        here=whole(line.seen),
        share="of unknown" if line.expected is None else f"of {whole(line.expected)}",
        problem=shorten(one_line(line.problem), _LONGEST_PROBLEM),
    )


def _day(alert: Alert) -> str:
    """`Thursday, 19 November`: of these days nobody needs to be told the year."""
    return long_date(alert.announced_on).rpartition(" ")[0]
