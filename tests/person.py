"""Someone at a terminal in a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

DIGEST = Path(sys.executable).parent / "digest"
SAMPLE_DAY = Path(__file__).resolve().parents[1] / "config" / "sample" / "2026-11-19"


@dataclass
class Person:
    """Calls `command` with no settings but their own."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    command: Path = DIGEST

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "TMPDIR") if name in os.environ}
        return subprocess.run(
            [str(self.command), *words],
            cwd=self.home,
            env={**kept, **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def succeed(self, *words: str) -> str:
        """What standard output says."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fail(self, *words: str, status: int = 1) -> str:
        """What standard error says: one line without a traceback."""
        done = self.run(*words)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        if status == 1:
            assert done.stderr.count("\n") == 1, done.stderr
            assert "defect" not in done.stderr
        return done.stderr
