from __future__ import annotations

import re

import pytest
from mail_cases import CASES, TEMPLATES

from digest.errors import RenderError
from digest.render.pages import PageRenderer, language_name

PAGES = PageRenderer(TEMPLATES)


@pytest.mark.parametrize("case", CASES)
def test_an_edition_on_a_page_has_every_card_of_its_selection_and_no_style_attribute(case: str) -> None:
    selection = CASES[case]()
    piece = PAGES.edition(selection)
    assert " style=" not in piece
    assert re.findall(r'href="https://arxiv.org/abs/([^"]+)"', piece)[::2] == [
        *([selection.lead.card.paper_id] if selection.lead else []),
        *(entry.card.paper_id for section in selection.sections for entry in section.entries),
    ]


def test_topics_lead_to_their_sections() -> None:
    piece = PAGES.edition(CASES["typical"]())
    targets = re.findall(r'href="#([^"]+)"', piece)
    assert len(targets) > 2
    assert all(f'id="{target}"' in piece for target in targets)


def test_the_style_sheet_knows_every_class_of_the_cards() -> None:
    sheet = PAGES.stylesheet()
    classes = {
        name for group in re.findall(r'class="([^"]+)"', PAGES.edition(CASES["typical"]())) for name in group.split()
    }
    assert [name for name in sorted(classes) if f".{name}" not in sheet] == []


def test_a_page_without_template_is_a_fault_that_names_it() -> None:
    with pytest.raises(RenderError, match=r"nowhere\.html"):
        PAGES.render("nowhere", frame=None, view=None)


def test_a_language_is_named_by_itself() -> None:
    names = [language_name(code) for code in ("de", "zh-Hant", "pt-BR")]
    assert names == ["Deutsch", "中文 (繁體)", "Português (Brasil)"]
