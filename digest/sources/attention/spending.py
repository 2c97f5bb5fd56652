"""What a service that is paid by the request takes for each, and how much of a budget is left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from digest.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

_DOLLARS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,12})?(?:e-[0-9]{1,2})?", re.ASCII | re.IGNORECASE)


@dataclass
class Purse:
    """Dollars for one run: at most `most` of them; `price` is what the next request will cost, as far as is known."""

    most: Decimal
    price: Decimal
    spent: Decimal = Decimal()

    def check(self, address: str) -> None:
        """SourceError when the next request could cost more than is left."""
        if self.spent + self.price > self.most:
            raise SourceError(
                address,
                f"was not asked, because this run's ${self.most:f} are used up",
                hint="The rest has its turn in the next run.",
            )

    def note(self, headers: Mapping[str, str]) -> None:
        """Takes out what an answer cost: what its x-ratelimit-cost-usd says, or the same as the one before."""
        told = headers.get("x-ratelimit-cost-usd", "").strip()
        cost = Decimal(told) if _DOLLARS.fullmatch(told) else self.price
        self.spent += cost
        self.price = max(cost, self.price)
