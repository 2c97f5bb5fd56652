"""The Jinja environment: strict, escaping HTML; for mails, with styles inlined as templates are loaded."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import jinja2

from digest.errors import RenderError
from digest.render.filters import FILTERS
from digest.render.inlining import inline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_STYLES = "email/_base/inline.css"


class _InliningLoader(jinja2.FileSystemLoader):
    """Reads templates from a folder and writes the inline style sheet into those that are HTML."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, filename, is_current = super().get_source(environment, template)
        if template.endswith(".html"):
            css, _, _ = super().get_source(environment, _STYLES)
            source = inline(source, css=css, name=template)
        return source, filename, is_current


class Templates:
    """The templates in a folder, compiled once; what goes wrong in one is told with its name and line.

    Without a `loader` of their own they are mails, and styles are written into them.
    """

    def __init__(self, folder: Path, *, loader: jinja2.BaseLoader | None = None) -> None:
        self._folder = folder
        self._environment = jinja2.Environment(
            loader=loader or _InliningLoader(folder),
            autoescape=jinja2.select_autoescape(["html"]),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._environment.filters.update(FILTERS)

    def render(self, name: str, **values: object) -> str:
        """The template `name` filled with `values`; RenderError for a missing template, a slip or an unknown name."""
        try:
            return self._environment.get_template(name).render(values)
        except jinja2.TemplateNotFound as error:
            raise RenderError(
                f"Rendering {name}: there is no template {error.name} in {self._folder}. "
                "Bring it back, or install again."
            ) from error
        except jinja2.TemplateSyntaxError as error:
            raise RenderError(f"Reading {error.name or name}, line {error.lineno}: {error.message}.") from error
        except jinja2.TemplateError as error:
            raise RenderError(
                f"Rendering {name}: {self._place_of(error) or name} uses what it was not given: {error}."
            ) from error

    def _place_of(self, error: jinja2.TemplateError) -> str:
        """`email/digest/body.html, line 12`: the innermost template in the error's traceback; empty if none is."""
        folder = str(self._folder)
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename.startswith(folder):
                return f"{frame.filename[len(folder) + 1 :]}, line {frame.lineno}"
        return ""
