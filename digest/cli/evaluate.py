"""How good the ranking is, on one's own days and on recorded ones."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.console import parse_day, progress, remark, say, say_json
from digest.cli.figures import HEADS, say_bar, say_figure, say_heads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from digest.bootstrap.days import Days
    from digest.forecast.compare import Method
    from digest.forecast.measures import Bin
    from digest.pipeline.evaluate import TrendReport

_BAR = 40

app = typer.Typer(no_args_is_help=True, help="Measure how good the ranking is.")


def add_to(parent: typer.Typer) -> None:
    """Adds the commands."""
    parent.add_typer(app, name="evaluate")


@app.callback()
def _evaluate() -> None:
    """Measure how good the ranking is."""


@app.command()
def trend(
    context: typer.Context,
    papers: Annotated[
        list[Path] | None,
        typer.Option("--papers", metavar="FILE", help="Papers as announced, one JSON object a line; else your own."),
    ] = None,
    picks: Annotated[
        list[Path] | None,
        typer.Option("--picks", metavar="FILE", help="Which were picked up, one JSON object a line; else your own."),
    ] = None,
    since: Annotated[
        date | None, typer.Option("--from", metavar="DATE", parser=parse_day, help="The first day to measure.")
    ] = None,
    until: Annotated[
        date | None, typer.Option("--until", metavar="DATE", parser=parse_day, help="The last day to measure.")
    ] = None,
    train: Annotated[
        bool,
        typer.Option("--train", help="Train on what was known before the first day, rather than use what is shipped."),
    ] = False,
    every: Annotated[
        int | None,
        typer.Option("--every", metavar="DAYS", min=1, help="With --train: after how many days to train again [28]."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="With --train: train once more, on the measured days too, and write it here."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Compare the ranking, and simple orders, with which papers were picked up: on your own days, or recorded ones.

    Example: digest evaluate trend

    Example: digest evaluate trend --papers papers.jsonl.gz --picks picks.jsonl --from 2026-01-01 --until 2026-02-28
    """
    from digest.bootstrap.days import Days  # noqa: PLC0415 - keeps --help quick
    from digest.cli.own_days import show_own_days  # noqa: PLC0415

    if bool(papers) != bool(picks):
        raise typer.BadParameter("--papers and --picks go together; without both, your own days are measured")
    if since and until and until < since:
        raise typer.BadParameter(f"--until {until} lies before --from {since}")
    if out and not train:
        raise typer.BadParameter("--out needs --train: without it nothing new is learned")
    if every and not train:
        raise typer.BadParameter("--every needs --train: without it nothing is trained")
    if not papers and not train:
        show_own_days(context.obj, since=since, until=until, as_json=as_json)
        return
    if since is None or until is None:
        raise typer.BadParameter("--from and --until say which days to measure, with --papers and with --train")
    from digest.pipeline.evaluate import TRAINED_EVERY  # noqa: PLC0415

    days = Days(since, until, train=train, every=every or TRAINED_EVERY, with_latest=bool(out))
    _evaluate_files(context.obj, papers or [], picks or [], days, out=out, as_json=as_json)


def _evaluate_files(
    settings: Path | None, papers: Sequence[Path], picks: Sequence[Path], days: Days, *, out: Path | None, as_json: bool
) -> None:
    from digest.bootstrap.evaluate import evaluate_own, evaluate_recorded, save_forecaster  # noqa: PLC0415

    length = days.until - days.since
    with progress(_count_steps(length, every=days.every, train=days.train, with_latest=days.with_latest)) as told:
        report = (
            evaluate_recorded(papers, picks, days, told=told) if papers else evaluate_own(settings, days, told=told)
        )
    if as_json:
        say_json(_as_json(report))
    else:
        _say(report)
    if not days.train and report.forecaster.until > days.since:
        remark(f"note: the forecast has learned from days before {report.forecaster.until}: their figures flatter it")
    if out:
        save_forecaster(report, out)
        remark(f"The numbers are in {out}; name them in forecast_file to rank by them")


def _count_steps(length: timedelta, *, every: int, train: bool, with_latest: bool) -> int:
    reading, comparing, measuring, training = 1, 1, 2, 4
    if not train:
        return reading + measuring + comparing
    return reading + training + length.days // every + comparing + training * with_latest


def _say(report: TrendReport) -> None:
    say(
        f"{report.since} to {report.until}: {report.compared.days} days, {report.compared.papers:,} papers, "
        f"{report.compared.picked:,} picked up ({report.compared.picked / report.compared.papers:.1%})"
    )
    first, *later = map(str, report.trained_on)
    again = f", and again on {', '.join(later)}" if later else ""
    say(f"The forecast was trained on what was known on {first}{again}.")
    say("")
    width = max(map(len, report.compared.methods))
    say(f"{'':<{width}}  {say_heads()}calibration error")
    for name, method in report.compared.methods.items():
        error = f"{method.calibration.error:.3f}" if method.calibration else ""
        say(f"{name:<{width}}  {'  '.join(say_figure(method.measures[one]) for one in HEADS)}{error}")
    say("")
    say("nDCG@20")
    for name, method in report.compared.methods.items():
        say(f"{name:<{width}}  {say_bar(method.measures['ndcg_at_20'].mean, width=_BAR)}")
    for name, method in report.compared.methods.items():
        if method.calibration:
            say("")
            say(f"Of papers that the {name} gave a chance, so many were picked up:")
            for one in method.calibration.bins:
                say(_bin(one))


def _bin(one: Bin) -> str:
    return f"  {one.given:>4.0%} given  {'█' * round(one.came * _BAR):<{_BAR}} {one.came:>4.0%} of {one.papers:,}"


def _as_json(report: TrendReport) -> dict[str, Any]:
    return {
        "since": report.since,
        "until": report.until,
        "trained_until": report.forecaster.until,
        "trained_on": report.trained_on,
        "days": report.compared.days,
        "papers": report.compared.papers,
        "picked": report.compared.picked,
        "methods": {name: _method(method) for name, method in report.compared.methods.items()},
    }


def _method(method: Method) -> dict[str, Any]:
    told: dict[str, Any] = {name: measured.mean for name, measured in method.measures.items()}
    told["intervals"] = {name: [one.low, one.high] for name, one in method.measures.items()}
    if method.calibration:
        told["calibration_error"] = method.calibration.error
        told["calibration"] = [asdict(one) for one in method.calibration.bins]
    return told
