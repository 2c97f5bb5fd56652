"""Preferences as the store writes them down: the schedule beside the rest, or all of it as one JSON text."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from digest.model.subscriber import Frequency, Preferences, Schedule


def write_preferences(preferences: Preferences) -> dict[str, Any]:
    """The preferences without their schedule, for a JSON column."""
    told = asdict(preferences)
    del told["schedule"]
    return told


def read_preferences(told: dict[str, Any], schedule: Schedule) -> Preferences:
    """The preferences in a JSON column, with their schedule."""
    lists: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return Preferences(**lists, schedule=schedule)


def write_wishes(preferences: Preferences) -> dict[str, Any]:
    """The preferences and their schedule, for one JSON column."""
    return asdict(preferences)


def read_wishes(told: dict[str, Any]) -> Preferences:
    """The preferences in such a column."""
    when = told["schedule"]
    rest = {name: value for name, value in told.items() if name != "schedule"}
    return read_preferences(rest, Schedule(**{**when, "frequency": Frequency(when["frequency"])}))
