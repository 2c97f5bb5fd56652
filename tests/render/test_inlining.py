from __future__ import annotations

import pytest

from digest.errors import RenderError
from digest.render.inlining import inline

CSS = ".a { color:red; margin:0 } p { padding:0 }"


def test_rules_are_written_into_the_elements_and_classes_stay() -> None:
    assert inline('<p class="a">x</p>', css=CSS, name="t") == '<p class="a" style="padding:0;color:red;margin:0">x</p>'


def test_jinja_tags_survive_in_texts_attributes_and_between_table_rows() -> None:
    source = (
        '{% extends "x" %}<table><tbody>{% for a in b %}<tr><td>{{ a < 3 }}</td></tr>{% endfor %}</tbody></table>'
        '<a href="{{ x }}?y={{ z }}">{# why #}</a>'
    )
    assert inline(source, css=CSS, name="t") == source


def test_what_stands_outside_the_body_is_left_alone() -> None:
    head = "<!doctype html>\n<html><head><style>\n@media print { .a { color:blue !important } }\n</style></head>\n"
    page = inline(f'{head}<body><p class="a">x</p></body>\n</html>\n', css=CSS, name="t")
    assert page.startswith(head)
    assert page.endswith("</body>\n</html>\n")
    assert 'style="padding:0;color:red;margin:0"' in page


def test_lines_keep_their_numbers() -> None:
    source = '<p class="a">\n  {{ one }}\n</p>\n\n  {# a\n comment #}\n<p>{{ two }}</p>'
    lines = inline(source, css=CSS, name="t").split("\n")
    assert [number for number, line in enumerate(lines) if "{{" in line] == [1, 6]


def test_a_tag_in_an_elements_name_is_refused() -> None:
    with pytest.raises(RenderError, match=r"styles of some\.html: a Jinja tag stands where an HTML parser loses"):
        inline("<{{ level }}>x</{{ level }}>", css=CSS, name="some.html")
