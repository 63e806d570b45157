"""A real browser on the real server: Debian's chromium, driven by Playwright. Without one the stories skip, loudly."""

import os
import shutil
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.people import Site
from tests.server.running import Server

# Playwright's loop runs in this thread; Django's refusal of queries beside a loop is for code that would block it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless."""
    if CHROMIUM is None:
        sentence = "NO CHROMIUM HERE: the browser's stories are SKIPPED (apt-get install chromium)"
        warnings.warn(sentence, stacklevel=1)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(browser: Browser) -> Iterator[Server]:
    """The web server under its own login."""
    server = Server(throttled=False)
    yield server
    server.stop()


@pytest.fixture
def site(browser: Browser, server: Server) -> Iterator[Site]:
    """The portal as browsers see it; at the end no page may have complained."""
    site = Site(browser, f"http://127.0.0.1:{server.port}")
    yield site
    site.close()
    assert site.complaints == []


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Browser stories take long; the external database's leg leaves them out."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.slow)
