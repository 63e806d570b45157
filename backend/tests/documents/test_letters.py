"""Letters: who is told of what, once, in which language; what happens when the mail server is away or a sender dies."""

import io
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import psycopg
import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import AccountRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.services.approvals import bounce_payment
from igny8_core.business.billing.services.invoicing import DraftLine, LineKind, create_invoice, finalize_invoice
from igny8_core.business.documents.models import Letter
from igny8_core.business.documents.services import letters
from igny8_core.business.documents.tasks import send_letter
from igny8_core.business.platform.services.accounts import AccountChange, change_account
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.events.models import Event
from igny8_core.kit import clock
from tests.cast import ADMIN, Cast, as_operator, make_cast
from tests.documents.smtp import Mailbox, mail_server
from tests.races.test_manual_payment_races import at_once
from tests.staff import Person, team_member

BACKEND = Path(__file__).resolve().parents[2]


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as box:
        options = {"host": "127.0.0.1", "port": box.port, "timeout": 10}
        mailers = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        monkeypatch.setattr(settings, "MAILERS", mailers)
        yield box


@dataclass(frozen=True)
class House:
    """An account with an owner and people nobody writes to."""

    cast: Cast
    owner: Person

    @property
    def account(self) -> Account:
        return self.cast.account


def house(country: str = "DE", currency: str = "EUR", **profile: str) -> House:
    cast = make_cast(country, currency)
    if profile:
        as_operator(lambda: change_account(account_id=cast.account.id, change=AccountChange(**profile)))
    team_member(cast.account, AccountRole.MEMBER)
    team_member(cast.account, AccountRole.VIEWER)
    return House(cast, team_member(cast.account, AccountRole.OWNER))


def in_account[T](account: Account, operation: Callable[[], T]) -> T:
    return unit_of_work.run(operation, scope=Scope.tenant(account.id), actor=SYSTEM)


def events_of(account: Account) -> list[uuid.UUID]:
    with unit_of_work.read(Scope.tenant(account.id)):
        return [*Event.objects.for_account(account).order_by("seq").values_list("id", flat=True)]


def deliver(account: Account) -> None:
    """What the worker does with the account's facts: write down, then send."""
    for event_id in events_of(account):
        written = in_account(
            account, lambda event_id=event_id: letters.write_about_event(account_id=account.id, event_id=event_id)
        )
        for letter_id, account_id in written:
            send_letter(letter_id=str(letter_id), account_id=str(account_id))


def states(account: Account) -> list[tuple[str, str, int]]:
    with unit_of_work.read(Scope.tenant(account.id)):
        return [*Letter.objects.for_account(account).order_by("id").values_list("kind", "state", "attempts")]


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def attached(message: EmailMessage) -> list[tuple[str | None, bytes]]:
    return [(part.get_filename(), part.get_payload(decode=True)[:5]) for part in message.iter_attachments()]  # type: ignore[index]


def test_the_story_of_a_payment_is_told_to_the_owner_once(mailbox: Mailbox) -> None:
    home = house(language="en")
    cast, invoice_id = home.cast, home.cast.invoice("450.00")
    rejected = cast.submit(invoice_id, "FT 1").json()["data"]["id"]
    cast.approver.post(f"{ADMIN}payments/{rejected}/reject/", {"reason": "No such transfer <b>here</b>."})
    approved = cast.submit(invoice_id, "FT 2", amount="400.00").json()["data"]["id"]
    cast.approver.post(f"{ADMIN}payments/{approved}/approve/")
    deliver(home.account)
    deliver(home.account)
    sent = mailbox.to(home.owner.email)
    assert len(mailbox.messages) == len(sent) == 5
    number = cast.owner.get(f"/api/v1/billing/invoices/{invoice_id}/").json()["data"]["number"]
    assert [message["Subject"] for message in sent] == [
        f"Invoice {number} from IGNY8 Demo Ltd",
        "We are checking your payment of 450,00\xa0€",
        "We could not confirm your payment of 450,00\xa0€",
        "We are checking your payment of 400,00\xa0€",
        "Your payment of 400,00\xa0€ has arrived",
    ]
    assert [attached(message) for message in sent] == [
        [(f"{number}.pdf", b"%PDF-")],
        [],
        [],
        [],
        [(f"R-{uuid.UUID(approved).hex[-10:].upper()}.pdf", b"%PDF-")],
    ]
    base = settings.ENV.base_url
    links = (
        f"Pay now: {base}/portal/invoices/{invoice_id}/pay/",
        f"View the payment: {base}/portal/payments/{rejected}/",
        f"Try again: {base}/portal/invoices/{invoice_id}/pay/",
        f"View the payment: {base}/portal/payments/{approved}/",
        f"View the payment: {base}/portal/payments/{approved}/",
    )
    assert [link in plain(message) for link, message in zip(links, sent, strict=True)] == [True] * 5
    assert "The reason: No such transfer <b>here</b>." in plain(sent[2])
    assert "No such transfer &lt;b&gt;here&lt;/b&gt;." in html(sent[2])
    assert "50,00\xa0€ of invoice" in plain(sent[4])
    assert {message["Auto-Submitted"] for message in sent} == {"auto-generated"}
    assert len({message["Message-ID"] for message in sent}) == 5
    assert [state for _, state, _ in states(home.account)] == ["sent"] * 5


def test_money_that_is_too_much_is_told(mailbox: Mailbox) -> None:
    home = house(language="en")
    payment_id = home.cast.submit(home.cast.invoice("450.00")).json()["data"]["id"]
    body = {"amount_received": "500.00", "note": "As on the statement"}
    assert home.cast.approver.post(f"{ADMIN}payments/{payment_id}/approve/", body).status_code == 200
    deliver(home.account)
    assert "left to pay with 50,00\xa0€ of it, so we keep that as your balance" in plain(mailbox.messages[-1])


def test_a_returned_transfer_is_told(mailbox: Mailbox) -> None:
    home = house(language="en")
    payment_id = home.cast.submit(home.cast.invoice("450.00")).json()["data"]["id"]
    home.cast.approver.post(f"{ADMIN}payments/{payment_id}/approve/")
    as_operator(lambda: bounce_payment(payment_id=uuid.UUID(payment_id), reason="Account closed"))
    deliver(home.account)
    # The approval's letter has nothing to say any more: the money is gone again.
    assert states(home.account)[2][:2] == ("payment_approved", "dropped")
    last = mailbox.messages[-1]
    assert last["Subject"] == "Your payment of 450,00\xa0€ was returned by the bank"
    assert "The reason: Account closed" in plain(last)


@pytest.mark.parametrize(
    ("language", "subject", "direction", "amount"),
    [
        ("de", "Rechnung {} von IGNY8 Demo Ltd", "ltr", "450,00\xa0€"),
        ("ur", "انوائس \u2068{}\u2069 منجانب \u2068IGNY8 Demo Ltd\u2069", "rtl", "€450.00"),
    ],
)
def test_letters_speak_the_account_s_language(
    mailbox: Mailbox, language: str, subject: str, direction: str, amount: str
) -> None:
    home = house(language=language)
    number = home.cast.owner.get(f"/api/v1/billing/invoices/{home.cast.invoice('450.00')}/").json()["data"]["number"]
    deliver(home.account)
    (message,) = mailbox.messages
    assert message["Subject"] == subject.format(number)
    assert f'lang="{language}" dir="{direction}"' in html(message)
    assert amount in plain(message)


def test_nobody_is_written_to_twice_by_racing_workers(mailbox: Mailbox) -> None:
    home = house()
    home.cast.invoice("450.00")
    at_once(4, lambda index: deliver(home.account))
    assert len(mailbox.messages) == 1
    assert states(home.account) == [("invoice_sent", "sent", 1)]


def test_a_server_that_is_away_is_tried_again(mailbox: Mailbox) -> None:
    home, mailbox.refusing = house(), True
    home.cast.invoice("450.00")
    with pytest.raises(Exception, match="451"):
        deliver(home.account)
    assert (mailbox.messages, states(home.account)) == ([], [("invoice_sent", "waiting", 1)])
    mailbox.refusing = False
    deliver(home.account)
    assert len(mailbox.messages) == 1
    assert states(home.account) == [("invoice_sent", "sent", 2)]


def test_what_a_dead_sender_held_is_sent_after_a_while_under_the_same_message_id(mailbox: Mailbox) -> None:
    home = house()
    home.cast.invoice("450.00")
    ((letter_id, account_id),) = [
        one
        for event_id in events_of(home.account)
        for one in in_account(
            home.account,
            lambda event_id=event_id: letters.write_about_event(account_id=home.account.id, event_id=event_id),
        )
    ]
    claimed = in_account(home.account, lambda: letters.claim_letter(account_id=account_id, letter_id=letter_id))
    assert claimed is not None
    send_letter(letter_id=str(letter_id), account_id=str(account_id))
    assert mailbox.messages == []
    with clock.use(datetime.now(UTC) + timedelta(minutes=16)):
        send_letter(letter_id=str(letter_id), account_id=str(account_id))
    (message,) = mailbox.messages
    assert message["Message-ID"] == f"<{letter_id}@127.0.0.1>"


def test_history_writes_no_letters(mailbox: Mailbox) -> None:
    home = house()
    with clock.use(datetime.now(UTC) - timedelta(days=4)):
        home.cast.invoice("450.00")
    deliver(home.account)
    assert (mailbox.messages, states(home.account)) == ([], [])


def test_a_suspended_account_hears_nothing(mailbox: Mailbox) -> None:
    home = house()
    home.cast.invoice("450.00")
    as_operator(lambda: change_account(account_id=home.account.id, change=AccountChange(status="suspended")))
    deliver(home.account)
    assert mailbox.messages == []


def late_invoice(home: House, due: date) -> uuid.UUID:
    def operation() -> uuid.UUID:
        lines = [DraftLine(LineKind.SUBSCRIPTION, "Plan", 1, "450.00")]
        draft = create_invoice(account=home.account, currency="EUR", due_date=due, lines=lines)
        return finalize_invoice(invoice_id=draft.id).id

    invoice_id: uuid.UUID = as_operator(operation)
    return invoice_id


def remind(home: House, on: date) -> None:
    with clock.use(datetime(on.year, on.month, on.day, 12, tzinfo=UTC)):
        for letter_id, account_id in as_operator(letters.write_reminders):
            if account_id == home.account.id:
                send_letter(letter_id=str(letter_id), account_id=str(account_id))


def test_reminders_come_on_their_days_once_each_and_stop_when_paid(mailbox: Mailbox) -> None:
    home, due = house(language="en"), date(2026, 11, 20)
    invoice_id = late_invoice(home, due)
    for day in range(70):
        remind(home, due + timedelta(days=day))
    assert len(mailbox.messages) == 4
    number = home.cast.owner.get(f"/api/v1/billing/invoices/{invoice_id}/").json()["data"]["number"]
    assert {message["Subject"] for message in mailbox.messages} == {
        f"Reminder: invoice {number} was due on 20 Nov 2026"
    }
    other = late_invoice(home, due)
    home.cast.submit(other)
    remind(home, due + timedelta(days=8))
    assert len(mailbox.messages) == 4


def test_the_worker_writes_by_itself(mailbox: Mailbox, owner_connection: psycopg.Connection[Any]) -> None:
    owner_connection.execute("DELETE FROM events_pendingdispatch")  # what other tests have left for a worker
    home = house(language="en")
    environment = {**os.environ, "IGNY8_PROCESS": "worker", "IGNY8_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}"}
    worker = subprocess.Popen([sys.executable, "-W", "ignore", "manage.py", "worker"], cwd=BACKEND, env=environment)
    try:
        home.cast.submit(home.cast.invoice("450.00"))
        deadline = time.monotonic() + 60
        while len(mailbox.to(home.owner.email)) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(1)
    finally:
        worker.terminate()
        worker.wait(20)
    assert sorted(str(message["Subject"])[:14] for message in mailbox.to(home.owner.email)) == [
        "Invoice " + home.account.code[:6],
        "We are checkin",
    ]
    assert [state for _, state, _ in states(home.account)] == ["sent", "sent"]


def test_every_text_is_translated(tmp_path: Path) -> None:
    """The catalogues hold what the code says, nothing is left empty, and the compiled files are those of the sources."""
    template = tmp_path / "texts.pot"
    command = ["-q", "extract", "-k", "pgettext:1c,2", "-o", str(template), "igny8_core/business/documents"]
    subprocess.run([Path(sys.executable).with_name("pybabel"), *command], cwd=BACKEND, check=True)
    assert_translated(template.read_bytes())


def assert_translated(template: bytes) -> None:
    wanted = {(message.context, message.id) for message in read_po(io.BytesIO(template)) if message.id}
    assert len(wanted) > 60
    for language in ("de", "ur"):
        folder = BACKEND / "igny8_core/business/documents/locale" / language / "LC_MESSAGES"
        catalogue = read_po(io.BytesIO((folder / "django.po").read_bytes()), locale=language)
        assert {(message.context, message.id) for message in catalogue if message.id and message.string} == wanted
        assert [error for message in catalogue for error in message.check(catalogue)] == []
        compiled = GNUTranslations(io.BytesIO((folder / "django.mo").read_bytes()))
        for message in catalogue:
            said = compiled.pgettext(message.context, message.id) if message.context else compiled.gettext(message.id)
            assert not message.id or said == message.string
