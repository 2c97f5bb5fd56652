"""Novelty on recorded days, where titles say what little is new."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.recorded
def test_surveys_and_reports_on_shared_tasks_are_less_novel_than_the_rest_of_their_day(recorded: Path) -> None:
    measured = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "novelty.py", "--days", "8", "--look-back", "6000", "--json"],
        env={"RECORDED_WORLD": str(recorded), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(measured.stdout)
    assert sum(found["papers"].values()) >= 15
    assert found["mean_percentile"]["novelty"]["all"] < 0.42
    assert found["mean_percentile"]["novelty"]["all"] < found["mean_percentile"]["distance"]["all"]
