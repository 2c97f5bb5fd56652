"""Settings in, ready telling of the operator out."""

from __future__ import annotations

from email.utils import parseaddr
from typing import TYPE_CHECKING

from digest.assets import folder
from digest.store.alerts import AlertStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.bootstrap.service import Service
    from digest.model.alert import Alert
    from digest.pipeline.alarm import Alarm


def alarm(service: Service) -> Alarm:
    """Telling the operator whom the settings name, if they name one."""
    from digest.pipeline.alarm import Alarm  # noqa: PLC0415 - templates and inlining take a while to import
    from digest.render.alert import AlertRenderer  # noqa: PLC0415

    return Alarm(
        store=AlertStore(service.database),
        renderer=AlertRenderer(folder("templates")),
        links=service.links,
        sender=service.sender,
        operator=operator_of(service),
        secret=service.keys[0],
        clock=service.clock,
    )


def tell_operator(service: Service, alert: Alert, *, told: Callable[[str], None] = lambda _: None) -> bool:
    """Whether the operator has been told the news, now or before; `told` hears why a mail could not be handed over."""
    if not operator_of(service):
        return False
    with service.transport() as transport:
        return alarm(service).run(alert, transport, told=told)


def operator_of(service: Service) -> str:
    """The operator's bare address, or nothing."""
    return parseaddr(service.settings.mail.operator)[1]
