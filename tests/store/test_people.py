from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from factories import NOON, THURSDAY, announce, make_paper, save_batch
from sqlalchemy import create_engine, text

import digest.store.migrations
from digest.model.author import Commonness, Decision, DecisionKind, Mark
from digest.model.paper import Author
from digest.store.announcements import AnnouncementStore
from digest.store.people import PeopleStore
from digest.store.people_decisions import DecisionStore
from digest.text.names import PersonName, read_name

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model.paper import Paper
    from digest.store.database import Database


def by(paper_id: str, *names: str, version: int = 1) -> Paper:
    authors = tuple(Author(name, ("Fell College",) if name == "Jane Smith" else ()) for name in names)
    return make_paper(paper_id, authors=authors, version=version, categories=("cs.CL", "cs.LG"))


def save(database: Database, *papers: Paper) -> PeopleStore:
    told = [announce(paper) for paper in papers]
    save_batch(AnnouncementStore(database), papers, told)
    return PeopleStore(database)


def name(written: str) -> PersonName:
    parsed = read_name(written)
    assert parsed is not None
    return parsed


def test_names_are_found_by_family_name_whatever_their_accents_and_order(any_database: Database) -> None:
    people = save(
        any_database,
        by("2611.1", "Jane Smith", "J. Smith", "Hans Müller", "ATLAS Collaboration"),
        by("2611.2", "Hans Mueller", "Ming-Hsuan Yang", "Yang Ming-Hsuan", "王伟"),
    )
    assert set(people.find_names(name("Jane Smith"))) == {"J. Smith", "Jane Smith"}
    assert set(people.find_names(name("H. Muller"))) == {"Hans Mueller", "Hans Müller"}
    assert set(people.find_names(name("Ming-Hsuan Yang"))) == {"Ming-Hsuan Yang", "Yang Ming-Hsuan"}
    assert set(people.find_names(name("Yang Ming-Hsuan"))) == {"Ming-Hsuan Yang", "Yang Ming-Hsuan"}
    assert people.find_names(name("王伟")) == ("王伟",)
    assert people.find_names(name("Jane Smyth")) == ()


def test_an_authorship_tells_of_the_paper_and_the_co_authors(any_database: Database) -> None:
    people = save(any_database, by("2611.1", "Ada Northmere", "Jane Smith", "Bo Fell"))
    (found,) = people.find_authorships(["Jane Smith"])
    assert found.mark == Mark("2611.1", 2, "Jane Smith")
    assert found.coauthors == ("Ada Northmere", "Bo Fell")
    assert (found.categories, found.affiliations) == (("cs.CL", "cs.LG"), ("Fell College",))
    assert (found.title, found.announced_on) == ("On the tides of paper 2611.1", THURSDAY)
    assert people.find_authorships(["Nobody"]) == ()


def test_of_a_huge_team_the_nearest_sixty_are_read(any_database: Database) -> None:
    team = [f"Author {'x' * n}" for n in range(1, 200)]
    people = save(any_database, by("2611.1", *team[:100], "Jane Smith", *team[100:]))
    (found,) = people.find_authorships(["Jane Smith"])
    assert found.coauthors == (*team[70:100], *team[100:130])


def test_authors_of_a_newer_version_are_found_and_those_who_left_have_no_paper(any_database: Database) -> None:
    people = save(any_database, by("2611.1", "Jane Smith"))
    save(any_database, by("2611.1", "Bo Fell", version=2))
    assert people.find_names(name("Bo Fell")) == ("Bo Fell",)
    assert people.find_authorships(["Jane Smith"]) == ()


def test_commonness_counts_names_and_categories(any_database: Database) -> None:
    people = save(
        any_database,
        by("2611.1", "Jane Smith", "Bo Smith", "Jane Fell", "ATLAS Collaboration"),
        by("2611.2", "Jane Smith"),
    )
    assert people.find_commonness([name("Jane Smith")], coauthors=["Bo Smith", "Nobody"]) == Commonness(
        papers=2,
        names=3,
        of_family={"smith": 2},
        of_given={"jane": 2},
        on_papers={"Bo Smith": 1},
        in_category={"cs.CL": 2, "cs.LG": 2},
    )


def test_near_names_begin_alike_or_share_the_given_name(any_database: Database) -> None:
    people = save(any_database, by("2611.1", "Bernhard Schölkopf", "Yann LeCun", "Bo Fell", "A_a 100%"))
    assert people.find_near_names(name("Bernd Scholkof")) == ("Bernhard Schölkopf",)
    assert people.find_near_names(name("Yann Le Cun")) == ("Yann LeCun",)


def test_decisions_are_kept_and_can_be_undone_once(any_database: Database) -> None:
    store = DecisionStore(any_database)
    marks = (Mark("2611.1", 2, "Jane Smith"), Mark("2611.2", 1, "J. Smith"))
    saved = store.save(Decision(DecisionKind.SPLIT, "Jane Smith", marks[:1], marks[1:], "she told us", NOON))
    assert store.find(name("J. Smith")) == (saved,)
    assert store.find(name("Jane Fell")) == ()
    undone = store.undo(saved.number, now=NOON)
    assert undone is not None
    assert undone.undone_at == NOON
    assert store.undo(saved.number, now=NOON) is None
    assert store.find(name("Jane Smith")) == (undone,)


def test_the_names_of_an_older_store_are_found_after_the_migration(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'digest.db'}")
    config = Config()
    config.set_main_option("script_location", digest.store.migrations.__path__[0])
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(
            text("INSERT INTO papers (id, version, title, abstract, detailed_version) VALUES ('1', 1, '', '', 0)")
        )
        for place, written in enumerate(("Hans Müller", "Jane A. Smith", "ATLAS Collaboration", "Hans Müller")):
            connection.execute(
                text("INSERT INTO authorships VALUES ('1', :place, :name, '[]')"), {"place": place, "name": written}
            )
        command.upgrade(config, "0006")
        rows = connection.execute(text("SELECT name, family, given FROM author_names ORDER BY name")).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("Hans Müller", "muller", "hans"), ("Jane A. Smith", "smith", "jane")]
