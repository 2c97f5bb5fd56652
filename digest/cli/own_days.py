"""How good the ranking was on one's own days, as text or JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from digest.cli.console import say, say_json
from digest.cli.figures import HEADS, say_bar, say_figure, say_heads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from digest.forecast.own_days import OwnDays
    from digest.model.ranking import MeasuredDay

_BAR = 30


def show_own_days(settings: Path | None, *, since: date | None, until: date | None, as_json: bool) -> None:
    """Measures what can be measured by now, and prints the days from `since` to `until`, all where that isn't told."""
    from digest.bootstrap.evaluate import measure_own_days  # noqa: PLC0415 - keeps --help quick
    from digest.forecast.own_days import summarise  # noqa: PLC0415

    days = [one for one in measure_own_days(settings) if _lies_in(one.announced_on, since, until)]
    whole = summarise(days)
    if as_json:
        say_json({"whole": asdict(whole), "days": [asdict(one) for one in days]})
    elif days:
        _say(days, whole)
    else:
        say("Nothing is measured of these days. An edition is measured nine days after its day, if digest serve, or")
        say("digest observe each day, has looked all that time for who picks papers up.")


def _lies_in(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or since <= day) and (until is None or day <= until)


def _say(days: Sequence[MeasuredDay], whole: OwnDays) -> None:
    from digest.forecast.own_days import is_change  # noqa: PLC0415

    say(f"{_days(len(days))}, {whole.papers:,} papers, {whole.picked:,} picked up on {_days(whole.days)}")
    if whole.methods:
        say()
        width = max(map(len, whole.methods))
        say(f"{'':<{width}}  {say_heads()}".rstrip())
        for name, measures in whole.methods.items():
            figures = (say_figure(measures.get(head)) for head in HEADS)
            say(f"{name:<{width}}  {'  '.join(figures)}".rstrip())
    say()
    say("day         papers  picked  first 10  nDCG@20 of the score")
    before = days[0].ranked_by
    for one in days:
        if is_change(before, one.ranked_by):
            say(f"--- ranked by {one.ranked_by}")
            before = one.ranked_by
        say(f"{one.announced_on}{one.papers:8,}{one.picked:8,}{_figures(one)}")
    say(f"Ranked by {before}")


def _days(number: int) -> str:
    return f"{number:,} day{'s' * (number != 1)}"


def _figures(day: MeasuredDay) -> str:
    if not day.figures:
        return ""
    score = day.figures["score"]
    share = score["ndcg_at_20"]
    return f"{round(10 * score['precision_at_10']):10}  {say_bar(share, width=_BAR)}"
