"""Runs our programs that create documents. Each run is a separate process, so that its memory is freed at the end."""

import subprocess
import sys
from pathlib import Path

from igny8_core.kit.errors import Unavailable

BACKEND = Path(__file__).resolve().parents[4]
SECONDS = 30


def run_program(module: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run a program of `formats/` on these bytes; raises `Unavailable` if it takes too long."""
    command = [sys.executable, "-s", "-m", f"igny8_core.business.documents.formats.{module}"]
    try:
        return subprocess.run(
            command, input=given, capture_output=True, timeout=SECONDS, check=False, cwd=BACKEND, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(retry_after_seconds=SECONDS) from error
