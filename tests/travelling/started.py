"""A `digest` that has started already: it forks for each call that it reads, so that a call doesn't cost a start.

A line in is a call as JSON: its words, folder, environment, and the files that its output goes to; a line out is the
exit status.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from importlib import import_module
from typing import Any

import time_machine

from digest.cli.main import main

# What takes long to import, and is imported only when a command needs it.
for name in (
    "digest.bootstrap.daily",
    "digest.bootstrap.forecast",
    "digest.sources.arxiv.service",
    "digest.text.tex_reader",
    "sklearn.cluster",
    "sklearn.feature_extraction.text",
    "sklearn.metrics.pairwise",
):
    import_module(name)


def run(call: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(call["environment"])
    os.chdir(call["folder"])
    for number, place in ((1, call["out"]), (2, call["err"])):
        os.dup2(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.argv = ["digest", *call["words"]]
    time_machine.travel(datetime.fromisoformat(os.environ["TRAVEL_TO"]), tick=True).start()
    main()


for line in sys.stdin:
    child = os.fork()
    if child:
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()
    else:
        run(json.loads(line))
        sys.exit()
