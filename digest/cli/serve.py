"""The pages and the scheduler, in one process."""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.console import remark

if TYPE_CHECKING:
    from digest.bootstrap.post import Post
    from digest.bootstrap.service import Service


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
    for chatty in ("httpx", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    with open_service(read_settings(context.obj)) as service, ExitStack() as running:
        post = Post(service)
        running.enter_context(post.lmtp())
        if not no_scheduler:
            _schedule(service, post, running)
        _serve_pages(service, post)


def _schedule(service: Service, post: Post, running: ExitStack) -> None:
    from digest.scheduler import Scheduler, make_jobs  # noqa: PLC0415
    from digest.store.jobs import JobStore  # noqa: PLC0415

    stop = threading.Event()
    jobs = make_jobs(service, post, stop.is_set)
    locks = service.secrets / "jobs"
    running.enter_context(Scheduler(jobs, diary=JobStore(service.database), locks=locks, clock=service.clock))
    # Left in the opposite order: a send that runs is told to end before the scheduler waits for it.
    running.callback(stop.set)


def _serve_pages(service: Service, post: Post) -> None:
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
    uvicorn.run(app, host=web.host, port=web.port, proxy_headers=False, server_header=False, log_config=None)


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
