"""One product for the tests of this folder."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crash.product import FIRST_START_SECONDS, Product


@pytest.fixture(scope="package")
def product() -> Iterator[Product]:
    with tempfile.TemporaryDirectory(prefix="igny8-chaos-") as outer:
        Path(outer).chmod(0o755)
        folder = Path(outer) / "data"
        folder.mkdir()
        running = Product(folder)
        try:
            running.await_ready(FIRST_START_SECONDS)
            yield running
        finally:
            running.stop()
