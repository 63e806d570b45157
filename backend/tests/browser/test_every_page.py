"""Every page, in light and dark, wide and on a phone, left to right and back: no barrier, no overflow, no complaint."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from igny8_core.accounts.roles import AccountRole
from tests.browser.people import PHONE, WIDE, Site, barriers, overflow, shoot
from tests.cast import ADMIN, BILLING, Cast, make_cast
from tests.staff import team_member

PORTAL = "/portal/"
WINDOWS: dict[str, dict[str, Any]] = {
    "wide": {"size": WIDE, "scheme": "light", "language": "en"},
    "wide-dark": {"size": WIDE, "scheme": "dark", "language": "de"},
    "phone": {"size": PHONE, "scheme": "light", "language": "en"},
    "phone-dark": {"size": PHONE, "scheme": "dark", "language": "en"},
    "phone-urdu": {"size": PHONE, "scheme": "light", "language": "ur"},
}


@dataclass(frozen=True)
class World:
    """An account with one of each thing."""

    cast: Cast
    paths: dict[str, str]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    cast = make_cast()
    settled, refused, open_, due = (
        str(cast.invoice(amount)) for amount in ("45000.00", "32000.00", "9000.00", "780.00")
    )
    payments = {
        name: _submit(cast, invoice, f"FT {name}")
        for name, invoice in {"settled": settled, "refused": refused, "open": open_}.items()
    }
    assert cast.approver.post(f"{ADMIN}payments/{payments['settled']}/approve/").status_code == 200
    reject = {"reason": "No such transfer on our statement."}
    assert cast.approver.post(f"{ADMIN}payments/{payments['refused']}/reject/", reject).status_code == 200
    saved = {"payment_method": "bank_transfer", "label": "Main account at HBL", "details": {"last_four": "4471"}}
    method = cast.owner.post(f"{BILLING}payment-methods/", saved).json()["data"]["id"]
    member = team_member(cast.account, AccountRole.MEMBER).id
    yield World(
        cast,
        {
            "home": PORTAL,
            "invoices": f"{PORTAL}invoices/",
            "invoice": f"{PORTAL}invoices/{settled}/",
            "pay": f"{PORTAL}invoices/{due}/pay/",
            "payments": f"{PORTAL}payments/",
            "payment-received": f"{PORTAL}payments/{payments['settled']}/",
            "payment-refused": f"{PORTAL}payments/{payments['refused']}/",
            "payment-open": f"{PORTAL}payments/{payments['open']}/",
            "credits": f"{PORTAL}credits/",
            "statement": f"{PORTAL}statement/",
            "methods": f"{PORTAL}methods/",
            "method": f"{PORTAL}methods/{method}/",
            "team": f"{PORTAL}team/",
            "team-member": f"{PORTAL}team/{member}/",
            "keys": f"{PORTAL}keys/",
            "security": f"{PORTAL}security/",
            "passkeys": f"{PORTAL}security/passkeys/",
            "nothing": f"{PORTAL}nothing/",
        },
    )


def _submit(cast: Cast, invoice: str, reference: str) -> str:
    body = {"invoice_id": invoice, "payment_method": "bank_transfer", "transaction_reference": reference}
    payment: str = cast.member.post(f"{BILLING}payments/manual/", body).json()["data"]["id"]
    return payment


@pytest.mark.parametrize("window", WINDOWS)
def test_nobody_is_kept_out(site: Site, world: World, window: str) -> None:
    page = site.signed_in(world.cast.account, **WINDOWS[window])
    found = {}
    for name, path in world.paths.items():
        page.goto(site.base + path)
        shoot(page, f"{window}-{name}")
        found[name] = [*barriers(page), *([f"{overflow(page)} px too wide"] if overflow(page) else [])]
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("window", WINDOWS)
def test_nor_before_signing_in(site: Site, window: str) -> None:
    page = site.visitor(**WINDOWS[window])
    for path in ("sign-in/", "password/", "password/bad-link/"):
        page.goto(f"{site.base}{PORTAL}{path}")
        shoot(page, f"{window}-{path.strip('/').replace('/', '-')}")
        assert barriers(page) == []
        assert overflow(page) == 0


def test_two_steps_are_set_up_and_secrets_shown_once(site: Site, world: World) -> None:
    page = site.signed_in(world.cast.account)
    page.goto(f"{site.base}{PORTAL}security/")
    page.get_by_role("button", name="Set it up").click()
    page.wait_for_url(re.compile("two-step"))
    shoot(page, "two-step")
    assert barriers(page) == []
    page.goto(f"{site.base}{PORTAL}keys/")
    page.get_by_label("What it is for").fill("Our shop")
    page.get_by_role("button", name="Create the key").click()
    assert page.locator("code").inner_text().startswith("igk_")
    assert barriers(page) == []


def test_the_chosen_theme_wins_over_the_device(site: Site, world: World) -> None:
    page = site.signed_in(world.cast.account, scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    bright = page.evaluate(background)
    page.locator("aside").get_by_role("button", name="Dark").click()
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert page.evaluate(background) != bright
    page.locator("aside").get_by_role("button", name="Same as this device").click()
    page.wait_for_function("!document.documentElement.dataset.theme")
    assert page.evaluate(background) == bright
