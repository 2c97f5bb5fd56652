"""Which papers of the last weeks are rising."""

from __future__ import annotations

from datetime import timedelta

from factories import NOON, THURSDAY

from digest.model.signal import Reading
from digest.rank.rising import Earlier, find_rising

DAY = timedelta(days=1)


def earlier(number: int, value: float | None, *, age: int = 2, category: str = "cs.CL") -> Earlier:
    reading = Reading("attention", f"2611.{number:05d}", value, "huggingface", NOON, note="9 upvotes")
    return Earlier(THURSDAY - age * DAY, category, reading)


def rising(*papers: Earlier) -> list[str]:
    return [score.paper_id for score in find_rising(papers, on=THURSDAY, weight=5)]


def many(count: int, value: float, *, start: int = 0, age: int = 2, category: str = "cs.CL") -> list[Earlier]:
    return [earlier(start + number, value, age=age, category=category) for number in range(count)]


def test_who_gets_more_than_nine_of_ten_rises_the_best_first() -> None:
    assert rising(*many(40, 0), earlier(90, 3), earlier(91, 5), earlier(92, 1.5)) == [
        "2611.00091",
        "2611.00090",
        "2611.00092",
    ]


def test_hardly_any_attention_makes_nothing_rise() -> None:
    assert rising(*many(40, 0), earlier(90, 0.7)) == []
    assert rising(*many(40, 0)) == []


def test_where_much_is_talked_about_more_is_needed() -> None:
    assert rising(*many(20, 4), *many(20, 2, start=50), earlier(90, 3)) == []


def test_mathematics_is_compared_with_mathematics_and_old_papers_with_old() -> None:
    loud = many(40, 6)
    quiet = many(40, 0, start=100, category="math.NT")
    old = many(40, 0, start=200, age=12)
    found = rising(*loud, *quiet, *old, earlier(90, 2, category="math.NT"), earlier(91, 2, age=13))
    assert set(found) == {"2611.00090", "2611.00091"}


def test_with_few_peers_the_field_widens() -> None:
    few = [*many(5, 0, category="cs.CE"), earlier(90, 3, category="cs.CE")]
    (score,) = find_rising([*few, *many(40, 0, start=100, category="cs.LG")], on=THURSDAY, weight=5)
    (contribution,) = score.contributions
    assert (contribution.field, contribution.field_size) == ("cs papers of its age", 46)
    (score,) = find_rising([*few, *many(40, 0, start=100, category="math.NT")], on=THURSDAY, weight=5)
    assert score.contributions[0].field == "all papers of its age"


def test_a_paper_that_was_not_asked_about_counts_for_nothing() -> None:
    unknown = [earlier(number, None) for number in range(50)]
    (score,) = find_rising([*unknown, *many(40, 0, start=100), earlier(90, 3)], on=THURSDAY, weight=5)
    assert score.contributions[0].field_size == 41
    assert score.total == score.contributions[0].points
