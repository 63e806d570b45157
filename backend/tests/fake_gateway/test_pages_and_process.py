"""The pages in a browser's eyes, and the gateway as a process: killed and started again, it has forgotten nothing."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import stripe
from fake_gateway.keys import ensure_keys
from tests.fake_gateway.driving import Driver, a_session, call

BACKEND = Path(__file__).resolve().parents[2]
FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def test_a_page_says_what_is_bought_and_escapes_it(client: stripe.StripeClient) -> None:
    line = {"currency": "eur", "unit_amount": 1000, "product_data": {"name": "<b>Seats</b>"}}
    session = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "https://shop.test/ok",
            "cancel_url": "https://shop.test/no?a=1&b=2",
            "customer_email": 'a"b@c.test',
            "line_items": [{"quantity": 3, "price_data": line}],  # type: ignore[list-item]
        }
    )
    page = call("GET", session.url or "")
    text = page.body.decode()
    assert "&lt;b&gt;Seats&lt;/b&gt; × 3" in text and "<b>Seats" not in text
    assert "30.00 EUR" in text and "SEPA direct debit" in text
    assert 'href="https://shop.test/no?a=1&amp;b=2"' in text and "a&quot;b@c.test" in text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_decline_is_said_on_the_page(client: stripe.StripeClient) -> None:
    session = a_session(client)
    for form, sentence in (
        ("card=4000000000000002", b"Your card was declined."),
        ("number=4000+0000+0000+9995", b"insufficient funds"),
        ("number=1234", b"none of the test cards"),
        ("slow_method=sepa_debit", b"does not offer"),
    ):
        shown = call("POST", session.url or "", form, **FORM)
        assert (shown.status, sentence in shown.body, b'role="alert"' in shown.body) == (200, True, True)


def test_the_banks_page(client: stripe.StripeClient) -> None:
    session = a_session(client)
    asked = call("POST", session.url or "", "card=4000002760003184", **FORM)
    assert (asked.status, asked.headers["location"]) == (303, f"/c/pay/{session.id}/bank")
    bank = f"{session.url}/bank"
    assert b"3-D Secure" in call("GET", bank).body
    declined = call("POST", bank, "agreed=no", **FORM).body
    assert b"requires authentication" in declined
    assert f'action="/c/pay/{session.id}"'.encode() in declined
    call("POST", session.url or "", "card=4000002760003184", **FORM)
    assert call("POST", bank, "agreed=yes", **FORM).headers["location"].startswith("https://shop.test/ok?sid=cs_test_")
    assert b"already done" in call("GET", session.url or "").body


def test_pay_later_on_the_page(client: stripe.StripeClient) -> None:
    session = a_session(client, currency="eur")
    assert call("POST", session.url or "", "slow_method=sepa_debit&works=no", **FORM).status == 303
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_what_is_no_page(driver: Driver) -> None:
    for path in ("/", "/c/pay/cs_nothing", "/3ds/pi_nothing", "/checkoutnow?token=1", "/c/pay/"):
        assert call("GET", driver.running.address + path).status == 404


class Process:
    """The gateway as `manage.py fake_gateway` or `make serve` runs it."""

    def __init__(self, folder: Path, *command: str) -> None:
        self.keys = folder / "keys.json"
        options = [
            "--port",
            "0",
            "--control-port",
            "0",
            "--data",
            str(folder / "state.sqlite3"),
            "--keys",
            str(self.keys),
        ]
        self.process = subprocess.Popen(
            [sys.executable, *command, *options], cwd=BACKEND, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        self.address, self.control = words[5].rstrip(","), words[-1].rstrip(".")

    def client(self) -> stripe.StripeClient:
        return stripe.StripeClient(ensure_keys(self.keys).stripe_secret_key, base_addresses={"api": self.address})

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        status = self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_killed_and_started_again(folder: Path) -> None:
    first = Process(folder, "-m", "fake_gateway")
    session = a_session(first.client())
    pay = json.dumps({"session": session.id})
    assert call("POST", f"{first.control}/stripe/pay", pay, Content_Type="application/json").status == 200
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = Process(folder, "-m", "fake_gateway")
    assert second.client().v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert second.end(signal.SIGTERM) == 0
    written = [path for path in folder.iterdir() if path.is_file()]
    assert [path.name for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_by_the_products_own_command(folder: Path) -> None:
    process = Process(folder, "-W", "ignore", "manage.py", "fake_gateway")
    assert process.client().v1.customers.list().data == []
    assert process.end(signal.SIGINT) == 0


def test_a_live_key_stops_it(folder: Path) -> None:
    keys = folder / "keys.json"
    ensure_keys(keys)
    keys.write_text(keys.read_text().replace("sk_test_", "sk_live_"))
    command = [sys.executable, "-m", "fake_gateway", "--port", "0", "--control-port", "0", "--keys", str(keys)]
    refused = subprocess.run(command, cwd=BACKEND, capture_output=True, text=True, timeout=30, check=False)
    assert (refused.returncode, "sk_test_" in refused.stderr) == (1, True)
