"""A trained forecast as a file of numbers that can be read: written, and read again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from digest.errors import InputError
from digest.forecast.known import USUALLY_KNOWN
from digest.forecast.model import NAMES, Line, Platt, Stack, TextModel
from digest.forecast.trees import Trees
from digest.forecast.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FORMAT = 2
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Forecaster:
    """What a forecast needs, and how it came about: `begins` is the first day of which picks were known, `until` the
    day at whose beginning it was trained, and `known` the share of picks known by age in days.

    `figures` is how forecasts trained in the same way did on the days of `measured`, first and last, each trained on
    what was known then: on days later than the training, and before `until` where this one learned from them too.
    """

    text: TextModel
    stack: Stack
    platt: Platt
    text_platt: Platt
    begins: date
    until: date
    figures: Mapping[str, float]
    known: np.ndarray = field(default_factory=USUALLY_KNOWN.copy)
    measured: tuple[date, date] | None = None


def write_numbers(forecaster: Forecaster) -> str:
    """The file's text; floats keep five significant digits."""
    text, stack = forecaster.text, forecaster.stack
    trees = stack.trees
    content = {
        "format": _FORMAT,
        "begins": str(forecaster.begins),
        "until": str(forecaster.until),
        "measured": [str(day) for day in forecaster.measured or ()],
        "figures": dict(forecaster.figures),
        "features": list(NAMES),
        "known": _row(forecaster.known),
        "platt": [forecaster.platt.slope, forecaster.platt.start],
        "text_platt": [forecaster.text_platt.slope, forecaster.text_platt.start],
        "words": {
            term: [_short(idf), _short(weight)]
            for term, idf, weight in zip(text.words.terms, text.words.idf, text.word_weights, strict=True)
        },
        "style": {
            "mean": _row(text.mean),
            "spread": _row(text.spread),
            "weights": _row(text.style_weights),
            "start": text.start,
        },
        "line": {
            "mean": _row(stack.line.mean),
            "spread": _row(stack.line.spread),
            "weights": _row(stack.line.weights),
            "start": stack.line.start,
        },
        "trees": {
            "start": trees.start,
            "feature": trees.feature.tolist(),
            "threshold": [_row(one) for one in trees.threshold],
            "left": trees.left.tolist(),
            "right": trees.right.tolist(),
            "value": [_row(one) for one in trees.value],
        },
    }
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {_dump(value)}" for name, value in content.items()) + "\n}\n"


def read_numbers(text: str, *, where: str) -> Forecaster:
    """The forecast in a file's text; InputError, which names `where`, when it holds none, or one for other features."""
    try:
        return _forecaster(json.loads(text))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else error
        raise InputError(
            f"Reading the forecast {where}: {why}. Name no forecast_file for the shipped one, or train yours "
            "anew with: digest evaluate trend --train --from DATE --until DATE --out FILE"
        ) from error


def _forecaster(content: Mapping[str, Any]) -> Forecaster:
    if content["format"] != _FORMAT or content["features"] != list(NAMES):
        raise ValueError("it was made by another version")
    words, style, line, trees = (content[name] for name in ("words", "style", "line", "trees"))
    return Forecaster(
        text=TextModel(
            words=Words({term: float(idf) for term, (idf, _) in words.items()}),
            word_weights=np.array([weight for _, weight in words.values()]),
            mean=np.array(style["mean"]),
            spread=np.array(style["spread"]),
            style_weights=np.array(style["weights"]),
            start=float(style["start"]),
        ),
        stack=Stack(
            Trees(
                feature=np.array(trees["feature"], dtype=np.int16),
                threshold=np.array(trees["threshold"]),
                left=np.array(trees["left"], dtype=np.int16),
                right=np.array(trees["right"], dtype=np.int16),
                value=np.array(trees["value"]),
                start=float(trees["start"]),
            ),
            Line(np.array(line["mean"]), np.array(line["spread"]), np.array(line["weights"]), float(line["start"])),
        ),
        platt=Platt(*map(float, content["platt"])),
        text_platt=Platt(*map(float, content["text_platt"])),
        begins=date.fromisoformat(content["begins"]),
        until=date.fromisoformat(content["until"]),
        figures=dict(content["figures"]),
        known=np.array(content["known"], dtype=float),
        measured=_days(content["measured"]),
    )


def _days(told: Sequence[str]) -> tuple[date, date] | None:
    if not told:
        return None
    first, last = map(date.fromisoformat, told)
    return first, last


def _short(value: float) -> float:
    return float(f"{float(value):.{_DIGITS}g}")


def _row(values: np.ndarray) -> list[float]:
    return [_short(value) for value in values]


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
