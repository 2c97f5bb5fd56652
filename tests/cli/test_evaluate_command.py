"""The command that measures the forecast, on invented days in files."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from invented_days import FIRST, invent

from digest.forecast.numbers import read_numbers
from digest.forecast.train import FEWEST_DAYS

if TYPE_CHECKING:
    from person import Person

SINCE, UNTIL = str(FIRST + timedelta(days=30)), str(FIRST + timedelta(days=39))
DAYS = ("--papers", "papers.jsonl.gz", "--picks", "picks.jsonl", "--from", SINCE, "--until", UNTIL)


def write_days(person: Person, days: int = 40) -> None:
    papers, picks = invent(days)
    told = [{**asdict(one), "id": one.paper_id, "announced_on": str(one.announced_on)} for one in papers]
    lines = "\n".join(map(json.dumps, told))
    (person.home / "papers.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    picked = [{"arxiv_id": one.paper_id, "first_hf": one.seen_at.isoformat(), "up_first": one.upvotes} for one in picks]
    (person.home / "picks.jsonl").write_text("\n".join(map(json.dumps, picked)))


def test_the_shipped_forecast_is_measured_on_recorded_days(person: Person) -> None:
    write_days(person)
    report = json.loads(person.succeed("evaluate", "trend", *DAYS, "--json"))
    assert (report["since"], report["until"], report["papers"]) == (SINCE, UNTIL, 200)
    assert 0 < report["days"] <= 10
    assert {"forecast", "random", "newest first"} <= set(report["methods"])
    forecast = report["methods"]["forecast"]
    for name in ("precision_at_10", "recall_at_20", "ndcg_at_20", "auc", "calibration_error"):
        assert 0 <= forecast[name] <= 1
    low, high = forecast["intervals"]["ndcg_at_20"]
    assert low <= forecast["ndcg_at_20"] <= high
    said = person.succeed("evaluate", "trend", *DAYS)
    assert f"{SINCE} to {UNTIL}" in said
    assert "nDCG@20" in said
    assert "given  " in said


def test_training_says_when_and_keeps_what_was_trained_on_everything(person: Person) -> None:
    write_days(person, FEWEST_DAYS + 20)
    since, until = (FIRST + timedelta(days=FEWEST_DAYS + more) for more in (5, 15))
    command = ["evaluate", "trend", "--papers", "papers.jsonl.gz", "--picks", "picks.jsonl", "--train", "--every", "8"]
    days = ["--from", str(since), "--until", str(until)]
    report = json.loads(person.succeed(*command, *days, "--out", "mine.json", "--json"))
    assert report["trained_until"] == str(since)
    assert report["trained_on"] == [str(since), str(since + timedelta(days=8))]
    kept = read_numbers((person.home / "mine.json").read_text(), where="mine")
    assert kept.until == until + timedelta(days=1)
    assert kept.measured == (since, until)
    assert kept.figures["ndcg_at_20"] == pytest.approx(report["methods"]["forecast"]["ndcg_at_20"], abs=1e-4)


def test_what_can_t_be_measured_is_told_in_one_line(person: Person) -> None:
    write_days(person)
    assert "it takes 100 over" in person.fail("evaluate", "trend", *DAYS, "--train")
    assert "none.jsonl: can't be read" in person.fail("evaluate", "trend", *DAYS, "--papers", "none.jsonl")
    person.fail("evaluate", "trend", *DAYS[:-1], "2026-01-01", status=2)
    person.fail("evaluate", "trend", *DAYS, "--out", "forecast.json", status=2)
