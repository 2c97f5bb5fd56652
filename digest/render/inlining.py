"""Writes a style sheet into the `style` attributes of a template's source, once, before Jinja compiles it.

Mail programs that drop `<style>` then still show the mail as drawn. Doing it to the source and not to each finished
mail means that premailer's price is paid once a process, and that no paper's text ever passes through its HTML parser.
Only what stands inside `<body>` is given to premailer: it would drop the doctype and the dark rules' `!important`.
"""

from __future__ import annotations

import logging
import re

from premailer import Premailer

from digest.errors import RenderError

_JINJA_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_STAND_IN = re.compile(r"zqj(\d+)jqz")
_BODY = re.compile(r"<body\b.*</body>", re.DOTALL)
_BODY_EDGE = re.compile(r"^<body\b[^>]*>|</body>$")
_STYLE_ATTRIBUTE = re.compile(r' style="([^"]*)"')
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
_OBSOLETE_ATTRIBUTES = ["align", "valign", "bgcolor", "width", "height"]


def inline(source: str, *, css: str, name: str) -> str:
    """The HTML template `name` with `css` in its elements, line for line; RenderError where a Jinja tag can't stand.

    Rules must name one class or element each: a template is inlined by itself, so it can't see what will be around it.
    """
    tags = _JINJA_TAG.findall(source)
    numbers = iter(range(len(tags)))
    plain = _JINJA_TAG.sub(lambda _: f"zqj{next(numbers)}jqz", source)
    page = _BODY.search(plain)
    styled = _inlined_body(page[0] if page else f"<body>{plain}</body>", css=css)
    whole = plain[: page.start()] + styled + plain[page.end() :] if page else _inside(styled)
    if [int(number) for number in _STAND_IN.findall(whole)] != list(range(len(tags))):
        raise RenderError(
            f"Inlining the styles of {name}: a Jinja tag stands where an HTML parser loses or moves it. "
            "Put it into an attribute's value or between elements."
        )
    return _STAND_IN.sub(lambda found: tags[int(found[1])], whole)


def _inlined_body(body: str, *, css: str) -> str:
    page: str = Premailer(
        f"<html>{body}</html>",
        css_text=css,
        remove_classes=False,
        allow_network=False,
        disable_leftover_css=True,
        disable_validation=True,
        disable_basic_attributes=_OBSOLETE_ATTRIBUTES,
        cssutils_logging_level=logging.CRITICAL,
    ).transform(pretty_print=False)
    compact = _STYLE_ATTRIBUTE.sub(lambda found: f' style="{found[1].replace("; ", ";")}"', page)
    return _INDENTATION.sub("", compact.removeprefix("<html>").removesuffix("</html>"))


def _inside(body: str) -> str:
    return _BODY_EDGE.sub("", body)
