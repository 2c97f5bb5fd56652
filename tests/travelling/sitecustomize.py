"""Puts a command of a test at another time: a folder on PYTHONPATH with this file, and TRAVEL_TO in the environment."""

from __future__ import annotations

import os
from datetime import datetime

import time_machine

if "TRAVEL_TO" in os.environ:
    time_machine.travel(datetime.fromisoformat(os.environ["TRAVEL_TO"]), tick=True).start()
