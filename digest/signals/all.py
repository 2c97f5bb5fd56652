"""Every signal there is: each module of this package that has a `SIGNAL`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from digest import signals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.signals.day import Signal


def _find_signals() -> Iterator[Signal]:
    for found in iter_modules(signals.__path__):
        module = import_module(f"{signals.__name__}.{found.name}")
        if hasattr(module, "SIGNAL"):
            yield module.SIGNAL


SIGNALS: tuple[Signal, ...] = tuple(_find_signals())
