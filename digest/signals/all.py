"""Every signal there is, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.signals.authors import Authors
from digest.signals.breadth import Breadth
from digest.signals.code import Code
from digest.signals.novelty import Novelty
from digest.signals.team import Team
from digest.signals.venue import Venue

if TYPE_CHECKING:
    from digest.signals.day import Signal

SIGNALS: tuple[Signal, ...] = (Novelty(), Code(), Venue(), Breadth(), Team(), Authors())
