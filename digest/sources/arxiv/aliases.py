"""arXiv's categories that are one list under two names."""

from __future__ import annotations

# The old name and the one that arXiv prefers: https://arxiv.org/category_taxonomy says "is an alias for" beside each.
_PREFERRED = {
    "cs.na": "math.na",
    "cs.sy": "eess.sy",
    "math.it": "cs.it",
    "math.mp": "math-ph",
    "q-fin.ec": "econ.gn",
    "stat.th": "math.st",
}


def is_same_list(one: str, other: str) -> bool:
    """Whether both names stand for the same category, in whatever case."""
    first, second = (_PREFERRED.get(name.lower(), name.lower()) for name in (one, other))
    return first == second
