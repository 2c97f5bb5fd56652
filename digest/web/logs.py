"""Keeps tokens out of the web server's access log: who reads a log must not be able to act for a subscriber."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"(/subscriptions/[^/?\s]*/|/deliveries/)[^/?\s]+")


class TokenlessLog(logging.Filter):
    """For uvicorn's logger `uvicorn.access`, whose third argument is the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record pass, with dots in place of tokens."""
        if isinstance(record.args, tuple):
            record.args = tuple(_TOKEN.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True
