from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from factories import THURSDAY
from factory_editions import make_entry
from sending import Office

from digest.model.subscriber import Preferences
from digest.store.own_record import OwnRecordStore

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store.database import Database


def test_ones_own_mails_are_found_and_nobody_elses(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path)
    ada, bo = office.desk.confirmed("ada@example.org"), office.desk.confirmed("bo@example.org")
    office.publish(THURSDAY, make_entry(1), make_entry(2))
    office.send()
    office.desk.clock.turn(timedelta(hours=20))
    office.send()
    record = OwnRecordStore(database)
    mails = {mail.what: mail for mail in record.find_mails(ada.key)}
    assert set(mails) == {"confirm", "digest"}
    digest = mails["digest"]
    assert (digest.state, digest.edition_on, len(digest.papers)) == ("sent", THURSDAY, 2)
    assert digest.chosen_by
    office.desk.use.unsubscribe(ada.key, source="web")
    office.desk.ask("ada@example.org", Preferences(topics=("vision",)))
    (waiting,) = (mail for mail in record.find_mails(ada.key) if mail.wishes)
    assert (waiting.what, waiting.wishes) == ("confirm", Preferences(topics=("vision",)))
    office.desk.use.erase(ada.key)
    assert record.find_mails(ada.key) == ()
    assert len(record.find_mails(bo.key)) == 2
