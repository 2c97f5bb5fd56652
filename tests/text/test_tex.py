"""TeX as authors write it becomes readable, and nothing else changes."""

from __future__ import annotations

import gzip
import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.characters import is_readable
from digest.text.tex import to_unicode
from digest.text.tex_forms import symbols

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMULAS = {
    r"$x\in\mathbb{R}^d$": "x ∈ ℝᵈ",
    r"$\leq \epsilon$": "≤ ε",
    r"$\mathcal{O}(n\log n)$": "O(n log n)",
    r"$\log\log n$ and $2\log n$": "log log n and 2 log n",
    r"$\max_{x} f(x)$": "maxₓ f(x)",
    r"$10^{-5}$": "10⁻⁵",
    r"$^{13}C$": "¹³C",
    r"$x_i^2$": "xᵢ²",
    r"$x_{foo}$": "x_foo",
    r"$2^{n \log n}$": "2^(n log n)",
    r"$M_\odot$": "M⊙",
    r"$\frac{a}{b}$ or $\frac{a+b}{c}$ or $\frac12$": "a/b or (a+b)/c or 1/2",
    r"$\sqrt{n}$ and $\sqrt{n+1}$ and $\sqrt[3]{n}$": "√n and √(n+1) and ³√n",
    r"$3\times3$, $3 \times 3$, 2$\times$ faster, $\pm 0.5$": "3×3, 3 × 3, 2× faster, ±0.5",
    r"$\tilde{O}(n)$, $\hat x$, $\widehat{xyz}$": "Õ(n), x̂, xyz",
    r"$\|x\|_2$ and \|y\|": "‖x‖₂ and ‖y‖",
    r"$\Delta t$ and $\alpha\beta$": "Δt and αβ",
    r"$\sim 10^5$": "∼10⁵",
    r"$a \not= b$": "a ≠ b",
    r"$f\colon X\to Y$": "f: X → Y",
    r"\(x^2\) and \[ y \]": "x² and y",
    r"$\text{if } x > 0$": "if x > 0",
    r"5$^\circ$C and 30{\deg}": "5°C and 30°",
}

RUNNING_TEXT = {
    "95% of a & b #1": "95% of a & b #1",
    r"95\% of a \& b \#1 \$5 a\_b": "95% of a & b #1 $5 a_b",
    "it costs $5 and $10": "it costs $5 and $10",
    "from $5 per query to $0.1 per query": "from $5 per query to $0.1 per query",
    "$2$ queries on $16$ graphs": "2 queries on 16 graphs",
    "$5 million while $x$ grows": "$5 million while x grows",
    r"\href{https://github.com/a\_b/c}{here}": "here (https://github.com/a_b/c)",
    r"see \url{https://x.org/~me/a_b}": "see https://x.org/~me/a_b",
    r"as \cite{abc} says": "as [abc] says",
    r"\emph{one} \textbf{two} \textit{three} \texttt{four_five} {\em six}": "one two three four_five six",
    "``quoted'' and `single'": "“quoted” and ‘single’",
    "pages 3--5 --- or so": "pages 3–5 — or so",
    "call it with --help": "call it with --help",
    "Fig.~3 of Doe et~al. has ~50 of 10~100": "Fig. 3 of Doe et al. has ~50 of 10~100",
    "10^-5 and H_2O and e^{x}": "10⁻⁵ and H₂O and eˣ",
    "file_name and top_5": "file_name and top_5",
    "{BERT} and the set {0, 1}": "BERT and the set {0, 1}",
    r"\method achieves \model{X} and \ours{}.": "method achieves X and ours.",
    r"the model\'s size isn\'t": "the model's size isn't",
    r"(\r{ho} = 0.3)": "(ρ = 0.3)",
    r"a\unicode{x2014}b": "a—b",
    r"a\unicode{8212}b": "a—b",
    r"$\unicode{x1D53D}$ and \unicode{x1F30A}": "𝔽 and 🌊",
    r"a\unicode{wave}b and a\unicode{}b": "awaveb and ab",
    r"a\unicode{x1b}b\unicode{0}c\unicode{x85}d\unicode{x7f}e": "abcde",
    r"a\unicode{x202E}b\unicode{x2066}c\unicode{x2028}d": "abc d",
    r"a\unicode{xD800}b\unicode{xFDD0}c\unicode{xFFFF}d\unicode{x110000}e": "abcde",
    rf"a\unicode{{x{'F' * 5000}}}b\unicode{{-5}}c\unicode{{{'9' * 4000}}}d": "abcd",
    "two\n  lines\tand\u00a0more ": "two lines and more",
    "an unbalanced $x and {y": "an unbalanced $x and {y",
    "shrimp (vannamei}": "shrimp (vannamei}",
}

NAMES = {
    r"M\"uller": "Müller",
    r"Erd\H{o}s": "Erdős",
    r"{\L}ukasz": "Łukasz",
    r"Ho\v{r}ava": "Hořava",
    r"{\'E}va": "Éva",
    r"Mar\'\ia": "María",
    r"Mart\'{\i}n": "Martín",
    r"Fran\c cois": "François",
    r"\O{}rsted": "Ørsted",
    r"Mi\l osz": "Miłosz",
    r"S{\o}ren": "Søren",
    r"Nguy\~{\^e}n": "Nguyễn",
}


@pytest.mark.parametrize(("tex", "expected"), [*FORMULAS.items(), *RUNNING_TEXT.items(), *NAMES.items()])
def test_tex_becomes_what_a_reader_expects(tex: str, expected: str) -> None:
    assert to_unicode(tex) == expected


TEX_PIECES = r"""\ { } $ $$ ^ _ ~ % & # [ ] ` '' -- \frac \sqrt[ \sqrt \( \) \[ \] \' \c \href{ \url{ \left
    \text{ \log \foo{ ^{ word"""


@given(st.text())
def test_no_text_raises(text: str) -> None:
    to_unicode(text)


@given(st.lists(st.sampled_from([*TEX_PIECES.split(), " "]), max_size=40))
def test_no_pieces_of_tex_raise_or_leave_marks_of_ours_behind(pieces: list[str]) -> None:
    assert not re.search("[\ufdd0-\ufdef]|\\s\\s", to_unicode("".join(pieces)))


@given(st.one_of(st.integers(0, 0x110000), st.sampled_from(range(0x2000, 0x2070)), st.integers(0xFD00, 0x10000)))
def test_no_number_makes_a_character_that_nobody_can_see(code: int) -> None:
    for written in (rf"\unicode{{x{code:x}}}", rf"\unicode{{{code}}}"):
        found = to_unicode(f"a{written}b")
        assert all(is_readable(character) for character in found)
        assert found in {"ab", "a b", f"a{chr(code)}b" if code < 0x110000 else "ab"}


def test_no_command_stands_for_a_character_that_nobody_can_see() -> None:
    assert [name for name in symbols() if not all(map(is_readable, to_unicode(f"\\{name}")))] == []


@given(st.text(alphabet=st.characters(exclude_characters="\\${}^~_`'-", exclude_categories=("Cn", "Cs"))))
def test_plain_text_only_has_its_whitespace_squeezed(text: str) -> None:
    assert to_unicode(text) == " ".join(text.split())


WORDS = st.lists(st.from_regex(r"[A-Z]{5,9}", fullmatch=True), min_size=1, max_size=8)


@given(
    WORDS,
    st.lists(
        st.sampled_from(["{", "}", "$", " ", "%", "~ ", " & ", "\\emph{", "\\textbf ", "\\foo ", "$$"]), max_size=12
    ),
)
def test_words_are_never_lost(words: list[str], marks: list[str]) -> None:
    text = "".join(mark + word + " " for word, mark in zip(words, [*marks, *[" "] * len(words)], strict=False))
    letters = re.sub(r"[^A-Z]", "", to_unicode(text))
    assert letters == "".join(words)


@pytest.mark.parametrize(
    "piece", ["{", "}", "$", "\\", "^", "\\frac", "\\sqrt[", "\\'", "$x", "{\\foo{", "\\(", "`", "a_"]
)
def test_huge_hostile_texts_are_read_in_linear_time(piece: str) -> None:
    started = time.perf_counter()
    to_unicode(piece * (200_000 // len(piece)))
    assert time.perf_counter() - started < 5


def _recorded_papers(recorded: Path, *, count: int) -> Iterator[dict[str, str]]:
    with gzip.open(recorded / "data/arxiv-days/papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        for _, line in zip(range(count), lines, strict=False):
            yield json.loads(line)


@pytest.mark.recorded
def test_recorded_abstracts_keep_no_tex(recorded: Path) -> None:
    texts = [paper["title"] + " " + paper["abstract"] for paper in _recorded_papers(recorded, count=3000)]
    left = [text for text in map(to_unicode, texts) if re.search(r"\\[A-Za-z]|\$[A-Za-z\\]", text)]
    assert len(left) < 0.001 * len(texts)
