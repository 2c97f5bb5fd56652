"""Whether a paper has been withdrawn, which arXiv tells in the comments or in place of the abstract alone."""

from __future__ import annotations

import re

_WORK = r"(?:paper|preprint|reprint|article|manuscript|submission|work|report|letter|version|draft|thesis)"
# `This paper was submitted by mistake and has now been withdrawn`; bounded, so that long comments stay cheap.
_SAID = re.compile(rf"\b{_WORK}\b[^.]{{0,80}}?\b(?:is|was|has|have)\b[^.]{{0,20}}?\bwithdrawn\b", re.IGNORECASE)
_BEGINS = re.compile(r"\s*(?:\(?withdrawn\b)", re.IGNORECASE)
_IN_PLACE = re.compile(
    rf"\s*(?:this|the|our)\s+{_WORK}\s+(?:is|was|has|have)\b[^.]{{0,20}}?\bwithdrawn\b", re.IGNORECASE
)


def is_withdrawn(abstract: str, comment: str | None) -> bool:
    """Whether the comment says so, or the abstract begins with it; one that is about withdrawn papers does neither."""
    told = comment or ""
    return bool(_BEGINS.match(told) or _SAID.search(told) or _IN_PLACE.match(abstract))
