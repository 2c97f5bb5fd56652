"""The pages and the scheduler, in one process."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.console import remark
from digest.errors import SettingsError

if TYPE_CHECKING:
    from digest.bootstrap.post import Post
    from digest.bootstrap.service import Service
    from digest.settings.tables import WebSettings


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    no_scheduler: Annotated[
        bool, typer.Option("--no-scheduler", help="Only the pages: ingest, publish and send by other means.")
    ] = False,
) -> None:
    """Serve the pages, and do everything else at its time: ingest, publish, send, read bounces.

    Example: digest serve
    """
    from digest.bootstrap.post import Post  # noqa: PLC0415 - keeps --help quick
    from digest.bootstrap.service import open_service, read_settings  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    for chatty in ("httpx", "apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    with open_service(read_settings(context.obj)) as service, ExitStack() as running:
        post = Post(service)
        # First of all: without the port nothing else is begun.
        listener = running.enter_context(_listen(service.settings.web))
        running.enter_context(post.inbox.lmtp())
        if not no_scheduler:
            _schedule(service, post, running)
        _serve_pages(service, post, listener)


def _listen(web: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    try:
        return socket.create_server((web.host, web.port), family=family)
    except (OSError, UnicodeError) as error:
        why = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        raise SettingsError(
            f"Serving at http://{web.host}:{web.port}: {why}. Stop what listens there, or change web.host or web.port."
        ) from error


def _schedule(service: Service, post: Post, running: ExitStack) -> None:
    from digest.scheduler import Scheduler, make_jobs  # noqa: PLC0415
    from digest.store.jobs import JobStore  # noqa: PLC0415

    stop = threading.Event()
    jobs = make_jobs(service, post, stop.is_set)
    locks = service.secrets / "jobs"
    running.enter_context(Scheduler(jobs, diary=JobStore(service.database), locks=locks, clock=service.clock))
    # Left in the opposite order: a send that runs is told to end before the scheduler waits for it.
    running.callback(stop.set)


def _serve_pages(service: Service, post: Post, listener: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415

    from digest.web.app import create_app  # noqa: PLC0415
    from digest.web.logs import TokenlessLog  # noqa: PLC0415
    from digest.web.opening import open_site  # noqa: PLC0415

    # Uvicorn ends politely, then raises the signal once more, which must not cut off what is left to finish here.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    web = service.settings.web
    app = create_app(open_site(service, post))
    logging.getLogger("uvicorn.access").addFilter(TokenlessLog())
    remark(f"Serving {service.settings.base_url} at http://{web.host}:{web.port}; stop with Ctrl-C")
    config = uvicorn.Config(app, proxy_headers=False, server_header=False, log_config=None)
    uvicorn.Server(config).run(sockets=[listener])


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
