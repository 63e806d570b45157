"""A hypothesis state machine: two accounts and everything that money can do, compared with the model at every step.

`MONEY_RUNS` and `MONEY_STEPS` ask for more than what every test run does.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.domain.invoice_lines import LineKind
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.refunds import RefundDestination
from igny8_core.business.billing.models import Invoice, Payment, Refund
from igny8_core.business.billing.services import approvals, invoicing, refunds
from igny8_core.business.billing.services.cancelling import cancel_payment
from igny8_core.business.billing.services.payment_service import ManualPayment, PaymentService
from igny8_core.business.billing.services.recording import Planned, RecordedMoney, record_payment
from igny8_core.business.billing.services.verification import verify_money
from igny8_core.business.ledger.selectors.balances import credits_of, money_balances
from igny8_core.business.ledger.services import credits
from igny8_core.business.platform.services import provisioning
from igny8_core.events import unit_of_work
from igny8_core.kit.errors import AppError
from igny8_core.kit.money import format_amount
from tests.cast import as_operator, limited
from tests.services import money_model as expected

pytestmark = pytest.mark.slow
AMOUNTS = st.integers(5000, 60000)
OPERATORS = [uuid.UUID(f"01890000-0000-7000-8000-00000000000{digit}") for digit in "abc"]
OPERATOR = OPERATORS[0]
WHO = st.sampled_from(OPERATORS)


def text(amount_minor: int | None) -> str | None:
    return None if amount_minor is None else format_amount(amount_minor, "PKR")


@pytest.fixture(autouse=True, scope="module")
def limit() -> Iterator[None]:
    """Four eyes above the model's limit, as long as this module runs."""
    with limited(str(text(expected.LIMIT))):
        yield


class Money(RuleBasedStateMachine):
    """Each rule does the same to the services and to the model, and both must refuse alike."""

    invoices: Bundle[Any] = Bundle("invoices")
    payments: Bundle[Any] = Bundle("payments")
    refunds: Bundle[Any] = Bundle("refunds")

    @initialize()
    def open_accounts(self) -> None:
        self.model, self.accounts = expected.Model(), [as_operator(_account) for _ in range(2)]
        for account in self.accounts:
            self.model.balance[account.id] = self.model.credits[account.id] = 0

    @rule(
        target=invoices,
        who=st.integers(0, 1),
        total=st.integers(10000, 80000),
        carried=st.integers(0, 100),
        from_balance=st.booleans(),
    )
    def bill(self, *, who: int, total: int, carried: int, from_balance: bool) -> uuid.UUID:
        account = self.accounts[who]
        line = invoicing.DraftLine(LineKind.CREDIT_PACKAGE, "Credits", 1, str(text(total)), credits=carried or None)
        draft = as_operator(
            lambda: invoicing.create_invoice(account=account, currency="PKR", due_date=None, lines=[line])
        )
        as_operator(lambda: invoicing.finalize_invoice(invoice_id=draft.id, apply_balance=from_balance))
        self.model.invoices[draft.id] = expected.Invoice(account.id, total, carried)
        if from_balance:
            self.model.apply_balance(draft.id)
        return uuid.UUID(str(draft.id))

    @rule(target=payments, invoice_id=invoices, amount=st.none() | AMOUNTS)
    def submit(self, invoice_id: uuid.UUID, amount: int | None) -> Any:
        account = self._account(self.model.invoices[invoice_id].account)
        submission = ManualPayment(invoice_id, PaymentMethod.BANK_TRANSFER, uuid.uuid4().hex, amount=text(amount))
        done: list[Any] = []
        refusal = self._both(
            lambda: done.append(PaymentService.create_manual_payment(account=account, submission=submission)),
            lambda: done.append(self.model.submit(invoice_id, amount)),
        )
        if refusal:
            return multiple()
        payment, counted = done
        self.model.payments[payment.id] = expected.Payment(account.id, invoice_id, counted)
        return payment.id

    @rule(
        target=payments,
        who=st.integers(0, 1),
        amount=AMOUNTS,
        shares=st.lists(st.integers(1, 100), max_size=2),
        data=st.data(),
    )
    def record(self, who: int, amount: int, shares: list[int], data: st.DataObject) -> Any:
        account = self.accounts[who]
        mine = [key for key, invoice in self.model.invoices.items() if invoice.account == account.id]
        chosen = data.draw(st.permutations(mine))[: len(shares)]
        plan = [(key, max(1, amount * share // 201)) for key, share in zip(chosen, shares, strict=False)]
        money = RecordedMoney(
            PaymentMethod.BANK_TRANSFER,
            uuid.uuid4().hex,
            str(text(amount)),
            "PKR",
            date(2026, 1, 2),
            tuple(Planned(key, str(text(part))) for key, part in plan),
        )
        done: list[Any] = []
        refusal = self._both(
            lambda: done.append(record_payment(account=account, money=money, operator_id=OPERATOR)),
            lambda: self.model.ensure_recordable(plan),
        )
        if refusal:
            return multiple()
        self.model.record(done[0].id, account.id, amount, plan, OPERATOR)
        return done[0].id

    @rule(payment_id=payments, who=WHO, received=st.none() | AMOUNTS, short=st.none() | st.integers(1, 1200))
    def approve(self, payment_id: uuid.UUID, who: uuid.UUID, received: int | None, short: int | None) -> None:
        if short is not None:
            received = max(1, self.model.payments[payment_id].amount - short)
        decision = approvals.Decision(who, amount_received=text(received), note="Seen")
        self._both(
            lambda: approvals.approve_payment(payment_id=payment_id, decision=decision),
            lambda: self.model.approve(payment_id, who, received),
        )

    @rule(payment_id=payments)
    def reject(self, payment_id: uuid.UUID) -> None:
        self._both(
            lambda: approvals.reject_payment(payment_id=payment_id, reason="No"), lambda: self.model.reject(payment_id)
        )

    @rule(payment_id=payments)
    def cancel(self, payment_id: uuid.UUID) -> None:
        account = self._account(self.model.payments[payment_id].account)
        self._both(
            lambda: cancel_payment(account=account, payment_id=payment_id), lambda: self.model.cancel(payment_id)
        )

    @rule(payment_id=payments)
    def bounce(self, payment_id: uuid.UUID) -> None:
        self._both(
            lambda: approvals.bounce_payment(payment_id=payment_id, reason="Returned"),
            lambda: self.model.bounce(payment_id),
        )

    @rule(target=refunds, payment_id=payments, who=WHO, amount=st.none() | AMOUNTS, transfer=st.booleans())
    def refund(self, *, payment_id: uuid.UUID, who: uuid.UUID, amount: int | None, transfer: bool) -> Any:
        destination = RefundDestination.TRANSFER if transfer else RefundDestination.BALANCE
        request = refunds.RefundRequest(who, destination, amount=text(amount))
        done: list[Any] = []
        refusal = self._both(
            lambda: done.append(refunds.refund_payment(payment_id=payment_id, request=request)),
            lambda: done.append(self.model.refund(payment_id, amount, who, transfer=transfer)),
        )
        if refusal:
            return multiple()
        self.model.refunds[done[0].id] = done[1]
        return done[0].id

    @rule(refund_id=refunds, who=WHO)
    def approve_refund(self, refund_id: uuid.UUID, who: uuid.UUID) -> None:
        self._both(
            lambda: refunds.approve_refund(refund_id=refund_id, operator_id=who),
            lambda: self.model.approve_refund(refund_id, who),
        )

    @rule(refund_id=refunds)
    def mark_paid(self, refund_id: uuid.UUID) -> None:
        self._both(lambda: refunds.mark_refund_paid(refund_id=refund_id), lambda: self.model.mark_paid(refund_id))

    @rule(refund_id=consumes(refunds))
    def cancel_refund(self, refund_id: uuid.UUID) -> None:
        self._both(lambda: refunds.cancel_refund(refund_id=refund_id), lambda: self.model.cancel_refund(refund_id))

    @rule(invoice_id=invoices)
    def apply_balance(self, invoice_id: uuid.UUID) -> None:
        self._both(lambda: invoicing.apply_balance(invoice_id=invoice_id), lambda: self.model.apply_balance(invoice_id))

    @rule(invoice_id=invoices)
    def void(self, invoice_id: uuid.UUID) -> None:
        self._both(lambda: invoicing.void_invoice(invoice_id=invoice_id), lambda: self.model.void(invoice_id))

    @rule(invoice_id=invoices)
    def give_up(self, invoice_id: uuid.UUID) -> None:
        self._both(lambda: invoicing.mark_uncollectible(invoice_id=invoice_id), lambda: self.model.give_up(invoice_id))

    @rule(who=st.integers(0, 1), amount=st.integers(1, 60))
    def consume(self, who: int, amount: int) -> None:
        account_id = self.accounts[who].id
        self._both(
            lambda: credits.consume(account_id=account_id, credits=amount, reason="Use"),
            lambda: self.model.consume(account_id, amount),
        )

    @rule(who=st.integers(0, 1), amount=st.integers(-60, 60).filter(bool))
    def adjust(self, who: int, amount: int) -> None:
        account_id = self.accounts[who].id
        self._both(
            lambda: credits.adjust(account_id=account_id, credits=amount, reason="Goodwill"),
            lambda: self.model.adjust(account_id, amount),
        )

    @rule()
    def recount(self) -> None:
        """From here on the next recount goes on: whatever follows has to agree with what was remembered."""
        assert as_operator(lambda: verify_money(full=False, remembers=True)).problems == []

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "accounts"):
            return
        with unit_of_work.read(Scope.operators()):
            for account in self.accounts:
                assert money_balances(account).get("PKR", 0) == self.model.balance[account.id]
                assert credits_of(account) == self.model.credits[account.id]
                self._compare(account)

    def teardown(self) -> None:
        if hasattr(self, "accounts"):
            for full in (False, True):
                assert as_operator(lambda full=full: verify_money(full=full, remembers=False)).problems == []

    def _compare(self, account: Any) -> None:
        invoices = Invoice.objects.for_account(account).values_list(
            "id", "status", "amount_settled_minor", "credits_granted"
        )
        payments = Payment.objects.for_account(account).values_list(
            "id", "status", "amount_received_minor", "amount_refunded_minor"
        )
        found = {row[0]: (row[1], row[2] or 0, row[3]) for row in [*invoices, *payments]}
        wanted = {
            **{k: (i.status, i.settled, i.granted) for k, i in self.model.invoices.items() if i.account == account.id},
            **{
                k: (p.status, p.received, p.refunded) for k, p in self.model.payments.items() if p.account == account.id
            },
        }
        assert found == wanted
        statuses = dict(Refund.objects.for_account(account).values_list("id", "status"))
        mine = {key for key, payment in self.model.payments.items() if payment.account == account.id}
        assert statuses == {key: one.status for key, one in self.model.refunds.items() if one.payment in mine}

    def _both(self, operation: Callable[[], Any], counterpart: Callable[[], Any]) -> str:
        try:
            as_operator(operation)
            refusal = ""
        except AppError as error:
            refusal = error.code
        assert self.model.attempt(counterpart) == refusal
        return refusal

    def _account(self, account_id: uuid.UUID) -> Any:
        return next(account for account in self.accounts if account.id == account_id)


def _account() -> Any:
    code = uuid.uuid4().hex[:8].upper()
    return provisioning.create_account(
        code=code, name=code, country="PK", billing_currency="PKR", time_zone="Asia/Karachi"
    )


TestMoney = Money.TestCase
TestMoney.settings = settings(
    max_examples=int(os.environ.get("MONEY_RUNS", "100")),
    stateful_step_count=int(os.environ.get("MONEY_STEPS", "30")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
