"""Opens the site on a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.assets import folder
from digest.catalogue import load_archives, load_areas, load_topics
from digest.edition.compose import compose
from digest.edition.wanted import WantedIndex
from digest.render.pages import PageRenderer
from digest.store.measured_days import MeasuredDayStore
from digest.store.own_record import OwnRecordStore
from digest.web.choices import topic_areas
from digest.web.site import Site

if TYPE_CHECKING:
    from digest.bootstrap.post import Post
    from digest.bootstrap.service import Service
    from digest.model.edition import Edition


def open_site(service: Service, post: Post) -> Site:
    """The pages' use cases on the operator's store, with the operator's words."""
    pages, coverage = PageRenderer(folder("templates")), post.coverage

    def show_edition(edition: Edition) -> str:
        selection = compose(
            edition, post.defaults, WantedIndex(edition.entries, {}), per_topic=service.settings.edition.per_topic
        )
        return pages.edition(selection)

    def notify() -> None:
        post.send_notices()

    return Site(
        title=service.sender.title,
        postal_address=service.sender.postal_address,
        base_url=service.settings.base_url,
        subscriptions=post.subscriptions,
        subscribers=post.subscribers,
        own_records=OwnRecordStore(service.database),
        reader=post.reader,
        topics={slug: name for slug, name in service.topic_names.items() if slug in coverage.topics},
        categories={
            code: category.name for code, category in service.known_categories.items() if code in coverage.categories
        },
        defaults=post.defaults,
        editions=service.editions,
        measured_days=MeasuredDayStore(service.database),
        links=service.links,
        clock=service.clock,
        pages=pages,
        show_edition=show_edition,
        show_delivery=post.show,
        notify=notify,
        topic_areas=topic_areas(load_topics(service.topics_file), load_areas(service.topics_file)),
        archives=load_archives(),
        trusted_proxies=service.settings.web.trusted_proxies,
    )
