"""The preview of a mail: rendered to files, opened in a browser, or sent to one address."""

from __future__ import annotations

import webbrowser
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.cli.console import progress, remark, remark_problems, say, say_json, split_list
from digest.cli.stages import Feeds, On
from digest.errors import NothingToShowError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from digest.bootstrap.post import Post
    from digest.bootstrap.service import Service
    from digest.model.edition import Entry
    from digest.model.subscriber import Preferences, Subscriber
    from digest.pipeline.preview import Previewed
    from digest.settings.tables import Settings

_MOST_NAMED = 5


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("preview")(preview)


def preview(
    context: typer.Context,
    sample: Annotated[
        bool, typer.Option("--sample", help="Use the bundled sample day and a throw-away database; no network.")
    ] = False,
    feeds: Feeds = None,
    on: On = None,
    topics: Annotated[str, typer.Option("--topics", metavar="A,B", help="Only these topics, by slug.")] = "",
    categories: Annotated[
        str, typer.Option("--categories", metavar="A,B", help="Only papers in these arXiv categories.")
    ] = "",
    whose: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="EMAIL",
            help="By this subscriber's preferences, without the papers they had on other days.",
        ),
    ] = "",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write the files.")] = Path("var/preview"),
    to: Annotated[
        str, typer.Option("--to", metavar="EMAIL", help="Send this one mail, through the configured transport.")
    ] = "",
    open_browser: Annotated[bool, typer.Option("--open", help="Open the mail in a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was chosen and why, as JSON.")] = False,
) -> None:
    """Render the newest edition as the mail that readers get.

    Writes digest.html, digest.txt and digest.eml.

    Example: digest preview --sample --open
    """
    from digest.bootstrap.post import Post  # noqa: PLC0415 - keeps --help quick
    from digest.bootstrap.service import read_settings  # noqa: PLC0415
    from digest.pipeline.preview import NOBODY, write_preview  # noqa: PLC0415

    if sample and feeds:
        raise typer.BadParameter("--sample and --feeds each name where the papers come from; use one of them")
    if whose and (sample or feeds or topics or categories):
        raise typer.BadParameter(
            "--for takes the subscriber's own preferences on your own editions; leave out the others"
        )
    settings = read_settings(context.obj)
    with _service(settings, sample=sample, feeds=feeds, on=on) as service:
        if whose:
            subscriber = Post(service).subscriptions.find(whose)
            preferences = subscriber.preferences
            previewed = _for_subscriber(Post(service), subscriber, on=on, recipient=to or whose)
        else:
            preferences = service.preferences(topics=split_list(topics), categories=split_list(categories))
            previewed = service.preview().run(preferences, on=on, recipient=to or NOBODY)
        html, _, _ = write_preview(previewed, out)
        where = service.send_one(previewed.message) if to else ""
    if as_json:
        say_json(_as_json(previewed, html))
    else:
        _say(previewed, html)
    _remark_uncovered(previewed, preferences)
    if where:
        (remark if as_json else say)(f"Sent to {to}: {where}")
    if open_browser and not webbrowser.open(html.resolve().as_uri()):
        remark(f"No browser could be started; open {html} yourself")


def _for_subscriber(post: Post, subscriber: Subscriber, *, on: date | None, recipient: str) -> Previewed:
    return post.service.preview().run_for(
        subscriber,
        on=on,
        recipient=recipient,
        find_had=lambda day: post.had_before(subscriber.key, day),
    )


@contextmanager
def _service(settings: Settings, *, sample: bool, feeds: Path | None, on: date | None) -> Iterator[Service]:
    from digest.bootstrap.service import open_service, throw_away_service  # noqa: PLC0415

    if not sample and feeds is None:
        with open_service(settings) as service:
            yield service
        return
    with throw_away_service(settings) as service:
        if feeds:
            _ingest_saved(service, feeds, on)
        else:
            _ingest_sample(service, on)
        yield service


def _ingest_saved(service: Service, feeds: Path, on: date | None) -> None:
    from digest.bootstrap.saved import saved_arxiv  # noqa: PLC0415

    saved = saved_arxiv(feeds, on)
    with progress(len(saved.categories) + 3) as told:
        report = service.ingest(saved).run(saved.categories, told=told)
        service.publish().run(saved.categories, on=report.announced_on, told=told)
    remark_problems((*saved.problems, *report.problems), kind="problem")


def _ingest_sample(service: Service, on: date | None) -> None:
    from digest.bootstrap.saved import sample_days  # noqa: PLC0415

    days = sample_days()
    if on not in (None, *(day.on for day in days)):
        known = " and ".join(str(day.on) for day in days)
        raise NothingToShowError(f"The sample has no edition of {on}. Its days are {known}; without --on the last one.")
    for day in days:
        report = service.ingest(day).run(day.categories)
        if report.announced_on == (on or days[-1].on):
            service.publish().run(day.categories, on=on)


def _say(previewed: Previewed, html: Path) -> None:
    selection, edition = previewed.selection, previewed.selection.edition
    what = "Sample edition" if edition.is_sample else "Edition"
    chosen = sum(not entry.is_rising for entry in selection.entries)
    say(
        f"{what} of {edition.announced_on}: {chosen} of {edition.announced:,} announced papers, "
        f"manifest {edition.manifest[:12]}"
    )
    say(f"Subject: {previewed.rendered.subject}")
    if selection.lead:
        say(f"  Highest score: {selection.lead.card.title}")
    for section in selection.sections:
        say(f"  {section.topic.name}: {len(section.entries)} of {section.announced}")
    if previewed.rendered.omitted:
        say(f"  {previewed.rendered.omitted} left out so that no mail program clips the mail")
    say(f"The mail is in {html} (also as .txt and .eml beside it)")


def _remark_uncovered(previewed: Previewed, preferences: Preferences) -> None:
    edition = previewed.selection.edition
    uncovered = [code for code in preferences.categories if code not in edition.categories]
    if uncovered:
        named = ", ".join(uncovered[:_MOST_NAMED]) + (" and others" if len(uncovered) > _MOST_NAMED else "")
        remark(f"  note: the edition of {edition.announced_on} doesn't cover {named}")


def _as_json(previewed: Previewed, html: Path) -> dict[str, Any]:
    selection, edition = previewed.selection, previewed.selection.edition
    names = {one.topic.slug: one.topic.name for one in edition.topics}
    about = {name: value for name, value in asdict(edition).items() if name not in ("topics", "entries")}
    return {
        **about,
        "chosen_by": selection.chosen_by,
        "subject": previewed.rendered.subject,
        "omitted": previewed.rendered.omitted,
        "html": str(html),
        "entries": [_entry_json(entry, names.get(entry.topic, entry.topic)) for entry in selection.entries],
    }


def _entry_json(entry: Entry, topic: str) -> dict[str, Any]:
    """All that is known of an entry, its card's fields beside its own; the topic by name."""
    flat = asdict(entry)
    card, score = flat.pop("card"), flat.pop("score")
    return {
        **flat,
        **card,
        "topic": topic,
        "score": round(score["total"], 1),
        "contributions": score["contributions"],
    }
