"""People at a browser: they sign in, look, and leave screenshots."""

from pathlib import Path
from typing import Any

from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import AccountRole
from playwright.sync_api import Browser, BrowserContext, Page
from tests.staff import PASSWORD, team_member

AXE = (Path(__file__).parent / "axe.min.js").read_text()
SHOTS = Path(__file__).resolve().parents[3] / "build" / "screenshots"
WIDE, PHONE = (1440, 900), (390, 844)
GRAVE = frozenset({"serious", "critical"})
# What chromium reports of a 4xx page that a story asks for on purpose.
EXPECTED = "Failed to load resource: the server responded with a status of 4"


class Site:
    """The portal at its address, and everything pages complained of: errors, refused scripts, 5xx."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.complaints: list[str] = []
        self.contexts: list[BrowserContext] = []

    def visitor(
        self, *, size: tuple[int, int] = WIDE, scheme: Any = "light", language: str = "en", touch: bool = False
    ) -> Page:
        """A fresh browser window with no cookies but the language."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            has_touch=touch,
            is_mobile=touch,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.add_cookies([{"name": "igny8_language", "value": language, "url": self.base}])
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("response", self._answered)
        return page

    def signed_in(self, account: Account, role: AccountRole = AccountRole.OWNER, **window: Any) -> Page:
        """A new person of the account, signed in through the page."""
        page, person = self.visitor(**window), team_member(account, role)
        page.goto(f"{self.base}/")
        page.fill("#id_email", person.email)
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url(f"{self.base}/portal/")
        return page

    def close(self) -> None:
        """Close every window."""
        for context in self.contexts:
            context.close()

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.complaints.append(message.text)

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def barriers(page: Page) -> list[str]:
    """The serious and critical violations axe finds, each with the places."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}"
        for each in found["violations"]
        if each["impact"] in GRAVE
    ]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return max(width, 0)
