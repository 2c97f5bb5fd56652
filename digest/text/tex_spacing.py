"""Puts the spaces of a formula: around relations, beside functions, none where a bracket or the edge is."""

from __future__ import annotations

import re

GAP = "\ufdd0"  # a space, but none beside a bracket or the edge
OPERATOR = "\ufdd1"  # the next character stands between two operands

_RELATIONS = frozenset("∈∉∋≤≥≠≡≈≃≅∼≪≫⊂⊆⊊⊃⊇→←↔⇒⇐⇔↦⟶⟵⟷⟹⟸⟺⊢⊨∝≺≻⪯⪰≲≳≜≔∣⊥≍↪↠⇌")
_OPERATORS = frozenset("×·±∓∪∩⊕⊗⊖∘∖∧∨⊔⊓÷⋅")
_SPACES = re.compile(r"\s+")
_OPERATOR = re.compile(rf"[ {GAP}]?{OPERATOR}(.)[ {GAP}]?")
_GAPS = re.compile(rf"[ {GAP}]+")
_INSIDE_BRACKETS = re.compile(r"(?<=[(\[⌈⌊⟨]) | (?=[)\]⌉⌋⟩,])")
_NO_GAP_AFTER = frozenset("([{⟨|‖/^_-+−√")
_NO_GAP_BEFORE = frozenset(")]}⟩|‖/^_,.;:!′([{⟨")


def spaced_symbol(symbol: str) -> str:
    """The symbol with the spaces, or the mark of a space, that belong around it in a formula."""
    if symbol in _RELATIONS:
        return f" {symbol} "
    return OPERATOR + symbol if symbol in _OPERATORS else symbol


def spaced(formula: str) -> str:
    """The formula with every mark of a space decided, and no space at its edges."""
    text = _GAPS.sub(_gap, _OPERATOR.sub(_operator, _SPACES.sub(" ", formula))).strip()
    text = _INSIDE_BRACKETS.sub("", text)
    return "∼" + text[2:] if text.startswith("∼ ") else text


def _operator(found: re.Match[str]) -> str:
    """`3 × 3` and `3×3` as the author has it, `±3` and `10×` where an operand is missing."""
    whole = found.string
    is_between = found.start() > 0 and found.end() < len(whole) and whole[found.start() - 1] not in _NO_GAP_AFTER
    return f" {found[1]} " if is_between and len(found[0]) > 2 else found[1]


def _gap(found: re.Match[str]) -> str:
    if GAP not in found[0]:
        return " "
    before, after = found.string[: found.start()][-1:], found.string[found.end() : found.end() + 1]
    return " " if before and after and before not in _NO_GAP_AFTER and after not in _NO_GAP_BEFORE else ""
