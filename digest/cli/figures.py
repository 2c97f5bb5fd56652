"""Measures of a ranking as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.forecast.measures import Measured

HEADS = {"ndcg_at_20": "nDCG@20", "precision_at_10": "precision@10", "recall_at_20": "recall@20", "auc": "AUC"}
_WIDTH = 18


def say_heads() -> str:
    """The heads of the columns of `say_figure`."""
    return "  ".join(f"{head:<{_WIDTH}}" for head in HEADS.values())


def say_figure(measured: Measured | None) -> str:
    """A mean with its interval, or a dash, as wide as a column."""
    told = f"{measured.mean:.3f} ({measured.low:.2f}–{measured.high:.2f})" if measured else "–"
    return told.ljust(_WIDTH)


def say_bar(share: float, *, width: int) -> str:
    """A share from 0 to 1 as a bar, and as a number."""
    return f"{'█' * round(share * width):<{width}} {share:.2f}"
