"""A site on a real server of this machine, for real browsers."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web_desk import WebDesk


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def serving(web: WebDesk, port: int) -> Iterator[None]:
    """The site answers on that port of this machine."""
    config = uvicorn.Config(web.app, port=port, log_level="critical", access_log=False, proxy_headers=False)
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", port))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield
    server.should_exit = True
    thread.join(timeout=20)
    listening.close()
