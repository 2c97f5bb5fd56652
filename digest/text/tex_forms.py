"""What TeX's commands look like in Unicode: symbols, accents, scripts, and the forms that take arguments."""

from __future__ import annotations

import functools
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pylatexenc.latex2text import fmt_math_text_style, get_default_latex_context_db

from digest.text.characters import is_readable
from digest.text.tex_spacing import GAP, OPERATOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What the library lacks, or writes with a rarer twin of the usual letter.
_SYMBOLS = {
    "epsilon": "ε", "phi": "φ", "leqslant": "≤", "geqslant": "≥", "ne": "≠", "bot": "⊥", "iff": "⇔", "implies": "⇒",
    "colon": ":", "coloneqq": "≔", "deg": "°", "degree": "°", "prime": "′", "ast": "*", "star": "*", "circ": "∘",
    "Re": "Re", "Im": "Im", "S": "§", "P": "¶", "copyright": "©", "circledR": "®", "texttrademark": "™",
    "checkmark": "✓", "slash": "/", "space": " ", "eg": "e.g.", "ie": "i.e.", "etc": "etc.", "textless": "<",
    "textgreater": ">", "textbar": "|", "textasciicircum": "^", "textunderscore": "_", "textmu": "μ", "lt": "<",
    "gt": ">", "land": "∧", "lor": "∨", "mid": "|", "lvert": "|", "rvert": "|", "|": "‖", "{": "{", "}": "}",
    " ": " ", "\n": " ", "\t": " ", ",": " ", ";": " ", ":": " ", ">": " ", "quad": " ", "qquad": " ", "\\": " ",
    "newline": " ", "par": " ", "linebreak": " ", "hfill": " ", "item": " • ", "cdots": "…", "ldots": "…",
    "dots": "…", "vDash": "⊨", "n": "\\n", "LaTeX": "LaTeX", "TeX": "TeX", "rightarrow": "→", "longrightarrow": "→",
    "gets": "←", "Box": "□", "square": "□", "blacksquare": "■", "varnothing": "∅", "hslash": "ħ", "dag": "†",
}  # fmt: skip

_FUNCTION_NAMES = (
    "log ln lg exp sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan max min sup inf lim limsup liminf arg "
    "argmax argmin det dim ker gcd Pr tr rank mod sgn diag"
)
FUNCTIONS = frozenset(_FUNCTION_NAMES.split())

_SILENT_NAMES = (
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bf bfseries it itshape em sl sc "
    "scshape rm rmfamily sf sffamily tt ttfamily cal mathstrut displaystyle textstyle scriptstyle limits nolimits "
    "centering noindent protect tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge boldmath "
    "unboldmath nonumber notag xspace relax b hfil bigskip medskip smallskip maketitle "
    "! - / @ ( ) [ ] linewidth"
)
SILENT = frozenset(_SILENT_NAMES.split())

# Letters that TeX spells with a word; the space after them ends the word and is not printed.
LETTERS = {
    "l": "ł", "L": "Ł", "o": "ø", "O": "Ø", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "i": "ı", "j": "ȷ",
    "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c", "breve": "\u0306",
    "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a", "not": "\u0338",
}  # fmt: skip

_LETTER_ACCENTS = frozenset("`'^~=u.\"rHvdck")
_WITHOUT_DOT = str.maketrans("ıȷ", "ij")


def accented(name: str, letters: str) -> str:
    """The letters with the accent of that command on the first: `accented("'", "i")` is `í`.

    A formula's mark above more than one letter (`\\widehat{xyz}`) is left out, since no character carries it.
    """
    if len(letters) > 1 and name not in _LETTER_ACCENTS:
        return letters
    return unicodedata.normalize("NFC", letters[:1].translate(_WITHOUT_DOT) + ACCENTS[name]) + letters[1:]


_RAISED = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ∘′*†‡⊤",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ°′*†‡ᵀ",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))


def script(mark: str, content: str) -> str:
    """The content as superscript (`^`) or subscript (`_`): `10⁻⁵`, or `^x.y` where a character has no such form."""
    letters = _RAISED if mark == "^" else _LOWERED
    tight = content.replace(" ", "") if not any(map(str.isalpha, content)) else content
    if all(letter in letters for letter in tight):
        return "".join(letters[letter] for letter in tight)
    if len(content) == 1 and not content.isalnum():
        return content  # M⊙
    return f"{mark}({content})" if any(sign in content for sign in " +-−/=<>|×·₀₁₂₃ⁿ²ᵢⱼₖₙ") else mark + content


@dataclass(frozen=True, slots=True)
class Form:
    """A command with arguments: `[` an optional one, `{` one that is read, `<` one kept as it is written.

    `write` makes the text of them; `formula` says that they are a formula even in running text, or text in a formula.
    """

    arguments: str
    write: Callable[..., str]
    formula: bool | None = None


def _fraction(above: str, below: str) -> str:
    return f"{_in_brackets(above)}/{_in_brackets(below)}"


def _in_brackets(term: str) -> str:
    term = term.strip()
    simple = term.replace(".", "").isalnum() or not any(mark in term for mark in f" +-−/,{OPERATOR}{GAP}")
    return term if simple else f"({term})"


def _root(degree: str, term: str) -> str:
    sign = script("^", degree.strip()) + "√" if degree else "√"
    term = term.strip()
    return sign + (term if len(term) == 1 or term.isdigit() else f"({term})")


def _link(address: str, words: str) -> str:
    return words if not address or address in words else f"{words} ({address})"


def _double_struck(letters: str) -> str:
    return "".join(fmt_math_text_style(a, "doublestruck") if "A" <= a <= "Z" or a == "1" else a for a in letters)


def _character(code: str) -> str:
    """MathJax's `\\unicode{x2013}`, which arXiv writes for characters that an author's form could not hold.

    What is no number keeps its letters. A number whose character isn't for readers leaves nothing, as it would hide,
    break or turn what is around it.
    """
    try:
        number = int(code[1:], 16) if code[:1] in ("x", "X") else int(code)
    except ValueError:
        return code
    character = chr(number) if 0 <= number <= sys.maxunicode else ""
    return character if character and is_readable(character) else ""


def _first(first: str, *_rest: str) -> str:
    return first


def _last(*arguments: str) -> str:
    return arguments[-1]


def _nothing(*_arguments: str) -> str:
    return ""


def _key(*arguments: str) -> str:
    return f"[{arguments[-1]}]"


def _group(name: str, arguments: str, write: Callable[..., str], *, formula: bool | None = None) -> dict[str, Form]:
    return {each: Form(arguments, write, formula) for each in name.split()}


FORMS: Mapping[str, Form] = {
    **_group("frac dfrac tfrac cfrac nicefrac sfrac", "{{", _fraction, formula=True),
    **_group("binom dbinom tbinom", "{{", "({} choose {})".format, formula=True),
    **_group("sqrt", "[{", _root, formula=True),
    **_group("mathbb mathds Bbb", "{", _double_struck, formula=True),
    **_group(
        "mathcal mathbf mathrm mathit mathsf mathtt mathscr mathfrak bm boldsymbol pmb", "{", _first, formula=True
    ),
    **_group("emph textbf textit texttt textsc textsf textsl underline uline", "{", _first),
    **_group("text textrm textnormal mbox hbox textup textmd", "{", _first, formula=False),
    **_group("textsuperscript", "{", functools.partial(script, "^")),
    **_group("textsubscript", "{", functools.partial(script, "_")),
    **_group("operatorname operatorname*", "{", f"{GAP}{{}}{GAP}".format, formula=True),
    **_group("overset stackrel", "{{", lambda above, sign: sign + script("^", above.strip()), formula=True),
    **_group("underset", "{{", lambda below, sign: sign + script("_", below.strip()), formula=True),
    **_group("xrightarrow", "[{", lambda _below, above: f" →{script('^', above.strip()) if above else ''} "),
    **_group("abs", "{", "|{}|".format, formula=True),
    **_group("norm", "{", "‖{}‖".format, formula=True),
    **_group("ket", "{", "|{}⟩".format, formula=True),
    **_group("bra", "{", "⟨{}|".format, formula=True),
    **_group("braket", "{", "⟨{}⟩".format, formula=True),
    **_group("bmod", "", lambda: f"{GAP}mod{GAP}"),
    **_group("pmod", "{", " (mod {})".format, formula=True),
    **_group("SI qty", "[{{", lambda _options, number, unit: f"{number} {unit}"),
    **_group("unicode", "<", _character),
    **_group("url path nolinkurl", "<", _first),
    **_group("href", "<{", _link),
    **_group("hyperlink hyperref hypertarget", "[<", _last),
    **_group("cite citep citet citealp citealt citeauthor citeyear Citep Citet", "[[<", _key),
    **_group("ref autoref cref Cref eqref", "<", _key),
    **_group("footnote footnotetext thanks", "[{", lambda _mark, words: f" ({words.strip()})"),
    **_group("textcolor colorbox", "[<{", _last),
    **_group("texorpdfstring", "{{", _last),
    **_group("color label hspace vspace hspace* vspace* mkern hskip begin end footnotemark", "<", lambda _name: " "),
    **_group("phantom hphantom vphantom", "{", _nothing),
}


@functools.cache
def symbols() -> Mapping[str, str]:
    """Commands without arguments and the characters that stand for them, from pylatexenc's table and our own."""
    from_library = {
        spec.macroname: spec.simplify_repl
        for spec in get_default_latex_context_db().iter_macro_specs()
        if isinstance(spec.simplify_repl, str) and 0 < len(spec.simplify_repl) <= 4 and "%" not in spec.simplify_repl
    }
    return {**from_library, **_SYMBOLS, **dict.fromkeys(SILENT, "")}
