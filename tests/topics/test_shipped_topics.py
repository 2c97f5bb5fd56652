from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from digest.model.topic import TopicRule
from digest.text.phrases import folded_words

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "topics.toml"

# https://arxiv.org/category_taxonomy, with the aliases that are listed under two names
TAXONOMY = {
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC "
    "SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "nlin": "AO CD CG PS SI",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph "
    "geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
}
WHOLE = ["gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"]
CATEGORIES = {f"{archive}.{name}" for archive, names in TAXONOMY.items() for name in names.split()} | set(WHOLE)
LEFT_TO_PHRASES = {"cs.AI", "cs.CL", "cs.CV", "cs.LG"}


@pytest.fixture(scope="module")
def rules() -> list[TopicRule]:
    tables = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["topic"]
    return [
        TopicRule(it["slug"], it["name"], tuple(it.get("categories", ())), tuple(it.get("phrases", ())))
        for it in tables
    ]


def test_every_category_outside_the_busiest_has_a_topic_for_all_its_papers(rules: list[TopicRule]) -> None:
    taken = {category for rule in rules if not rule.phrases for category in rule.categories}
    assert taken == CATEGORIES - LEFT_TO_PHRASES


def test_each_of_the_busiest_categories_has_ten_topics_and_more(rules: list[TopicRule]) -> None:
    for category in LEFT_TO_PHRASES:
        assert sum(category in rule.categories for rule in rules) >= 10


def test_no_category_is_misspelled(rules: list[TopicRule]) -> None:
    assert {category for rule in rules for category in rule.categories} <= CATEGORIES


def test_no_topic_without_phrases_is_hidden_behind_another(rules: list[TopicRule]) -> None:
    taken = [category for rule in rules if not rule.phrases for category in rule.categories]
    assert len(taken) == len(set(taken))


def test_slugs_and_names_are_unique_and_well_formed(rules: list[TopicRule]) -> None:
    assert len({rule.slug for rule in rules}) == len({rule.name for rule in rules}) == len(rules)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.slug) for rule in rules)
    assert all(len(rule.name.split()) <= 4 for rule in rules), [r.name for r in rules if len(r.name.split()) > 4]


def test_no_topic_says_one_phrase_twice(rules: list[TopicRule]) -> None:
    for rule in rules:
        folded = [tuple(folded_words(phrase)) for phrase in rule.phrases]
        assert sorted(set(folded)) == sorted(folded), rule.slug
