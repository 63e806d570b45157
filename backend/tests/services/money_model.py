"""What the money should do, in plain Python: the model that the services are compared with. It knows no database.

Every operation returns the code of the refusal it expects, or an empty string; a refused one changes nothing.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

TOLERANCE = 1000
LIMIT = 45000
LEAST = 10000
OPEN = ("pending_approval", "processing", "pending")


class Refused(Exception):
    """The operation is refused with this code."""


@dataclass
class Invoice:
    account: Any
    total: int
    credits: int
    status: str = "pending"
    settled: int = 0
    granted: int = 0

    @property
    def due(self) -> int:
        return self.total - self.settled if self.status == "pending" else 0


@dataclass
class Payment:
    account: Any
    invoice: Any
    amount: int
    plan: list[tuple[Any, int]] | None = None
    recorded_by: Any = None
    given: dict[Any, int] = field(default_factory=dict)
    alone_by: Any = None
    status: str = "pending_approval"
    received: int = 0
    refunded: int = 0


@dataclass
class Allocation:
    payment: Any
    invoice: Any
    amount: int
    charges: int = 0
    refunded: int = 0
    live: bool = True

    @property
    def cash(self) -> int:
        return self.amount - self.charges


@dataclass
class Refund:
    payment: Any
    amount: int
    from_balance: int
    parts: list[tuple[int, int]]
    status: str
    by: Any = None
    alone: bool = False


@dataclass
class Model:
    balance: dict[Any, int] = field(default_factory=dict)
    credits: dict[Any, int] = field(default_factory=dict)
    invoices: dict[Any, Invoice] = field(default_factory=dict)
    payments: dict[Any, Payment] = field(default_factory=dict)
    refunds: dict[Any, Refund] = field(default_factory=dict)
    allocations: list[Allocation] = field(default_factory=list)

    def attempt(self, operation: Callable[[], None]) -> str:
        """All or nothing."""
        before = copy.deepcopy(self.__dict__)
        try:
            operation()
        except Refused as refused:
            self.__dict__.update(before)
            return str(refused)
        return ""

    def submit(self, invoice_id: Any, amount: int | None) -> int:
        invoice = self.invoices[invoice_id]
        self._ensure_payable(invoice)
        submitted = sum(p.amount for p in self.payments.values() if p.invoice == invoice_id and p.status in OPEN)
        left = invoice.due - submitted
        if 0 < (amount or max(left, 0)) < LEAST:
            raise Refused("method_not_available")
        if left <= 0 or (amount or left) > left:
            raise Refused("amount_exceeds_due")
        return amount or left

    def approve(self, payment_id: Any, operator: Any, received: int | None) -> None:
        payment = self._awaiting(payment_id)
        if operator == payment.recorded_by or operator in payment.given:
            raise Refused("four_eyes_required")
        said = next(iter(payment.given.values()), None)
        received = received or said or payment.amount
        if said not in (None, received):
            raise Refused("approvals_disagree")
        payment.given[operator] = received
        if len(payment.given) == 2:
            self._settle(payment_id, payment, received)
        elif self._may_alone(operator, payment, received):
            payment.alone_by = operator
            self._settle(payment_id, payment, received)

    def reject(self, payment_id: Any) -> None:
        self._awaiting(payment_id).status = "failed"

    def cancel(self, payment_id: Any) -> None:
        if self.payments[payment_id].plan is not None:
            raise Refused("invalid_transition")
        self._awaiting(payment_id).status = "cancelled"

    def ensure_recordable(self, plan: list[tuple[Any, int]]) -> None:
        for invoice_id, amount in plan:
            self._ensure_payable(self.invoices[invoice_id])
            if amount > self.invoices[invoice_id].due:
                raise Refused("amount_exceeds_due")

    def record(self, payment_id: Any, account: Any, amount: int, plan: list[tuple[Any, int]], by: Any) -> None:
        payment = Payment(account, plan[0][0] if len(plan) == 1 else None, amount, plan, by)
        self.payments[payment_id] = payment
        if self._may_alone(by, payment, amount):
            payment.alone_by = by
            self._settle(payment_id, payment, amount)

    def bounce(self, payment_id: Any) -> None:
        payment = self.payments[payment_id]
        if payment.status != "succeeded" or any(
            refund.payment == payment_id and refund.status != "cancelled" for refund in self.refunds.values()
        ):
            raise Refused("invalid_transition")
        mine = self._live(payment_id)
        excess = payment.received - sum(one.cash for one in mine)
        for one in reversed(self.allocations):
            if self.balance[payment.account] >= excess:
                break
            if one.payment is None and one.live and self.invoices[one.invoice].account == payment.account:
                self._unapply(one)
        if self.balance[payment.account] < excess:
            raise Refused("insufficient_balance")
        self.balance[payment.account] -= excess
        payment.status = "failed"
        for one in mine:
            self._take_off(one)

    def refund(self, payment_id: Any, amount: int | None, by: Any, *, transfer: bool) -> Refund:
        payment = self.payments[payment_id]
        if payment.status != "succeeded":
            raise Refused("invalid_transition")
        mine, held = self._live(payment_id), self.balance[payment.account]
        gone = sum(
            one.from_balance for one in self.refunds.values() if one.payment == payment_id and one.status != "cancelled"
        )
        excess = payment.received - sum(one.cash for one in mine) - gone
        everything = excess + sum(one.cash - one.refunded for one in mine)
        wanted = everything if amount is None else amount
        if not 0 < wanted <= everything:
            raise Refused("amount_exceeds_refundable")
        first = min(wanted, excess, held) if transfer else 0
        rest, parts = wanted - first, []
        for one in mine:
            take = min(rest, one.cash - one.refunded)
            if take:
                one.refunded += take
                rest -= take
                parts.append((self.allocations.index(one), take))
        refund = Refund(payment_id, wanted, first + rest, parts, "pending", by)
        refund.alone = transfer and wanted + self._let_out_alone(by, payment.account) <= LIMIT
        if transfer and not refund.alone:
            refund.status = "pending_approval"
        if transfer and refund.from_balance > held:
            raise Refused("insufficient_balance")
        self.balance[payment.account] += -refund.from_balance if transfer else sum(take for _, take in parts)
        taken = sum(self._recount(self.allocations[index].invoice) for index, _ in parts)
        if taken > self.credits[payment.account] and taken:
            raise Refused("insufficient_credits")
        self.credits[payment.account] -= taken
        if not transfer:
            self._complete(refund)
        return refund

    def approve_refund(self, refund_id: Any, operator: Any) -> None:
        refund = self._in(refund_id, "pending_approval")
        if refund.by == operator:
            raise Refused("four_eyes_required")
        refund.status = "pending"

    def mark_paid(self, refund_id: Any) -> None:
        self._complete(self._in(refund_id, "pending"))

    def cancel_refund(self, refund_id: Any) -> None:
        refund = self._in(refund_id, "pending", "pending_approval")
        mine = self._live(refund.payment)
        if any(self.invoices[one.invoice].status == "void" for one in mine):
            raise Refused("invalid_transition")
        account = self.payments[refund.payment].account
        for index, taken in refund.parts:
            self.allocations[index].refunded -= taken
        self.credits[account] -= sum(self._recount(self.allocations[index].invoice) for index, _ in refund.parts)
        self.balance[account] += refund.from_balance
        refund.status = "cancelled"

    def apply_balance(self, invoice_id: Any) -> None:
        invoice = self.invoices[invoice_id]
        if invoice.status != "pending":
            raise Refused("invalid_transition")
        amount = min(self.balance[invoice.account], invoice.due)
        if amount:
            self.balance[invoice.account] -= amount
            self._count(Allocation(None, invoice_id, amount))

    def void(self, invoice_id: Any) -> None:
        invoice = self.invoices[invoice_id]
        live = [one for one in self.allocations if one.invoice == invoice_id and one.live]
        if invoice.status != "pending" or any(one.payment is not None and one.refunded < one.cash for one in live):
            raise Refused("invalid_transition")
        for one in live:
            if one.payment is None:
                self._unapply(one)
        invoice.status = "void"

    def give_up(self, invoice_id: Any) -> None:
        if self.invoices[invoice_id].status != "pending":
            raise Refused("invalid_transition")
        self.invoices[invoice_id].status = "uncollectible"

    def consume(self, account: Any, credits: int) -> None:
        if self.credits[account] < credits:
            raise Refused("insufficient_credits")
        self.credits[account] -= credits

    def adjust(self, account: Any, credits: int) -> None:
        if credits < 0 and self.credits[account] + credits < 0:
            raise Refused("insufficient_credits")
        self.credits[account] += credits

    def _ensure_payable(self, invoice: Invoice) -> None:
        if invoice.status != "pending":
            raise Refused("invoice_already_paid" if invoice.status == "paid" else "invoice_not_payable")

    def _awaiting(self, payment_id: Any) -> Payment:
        payment = self.payments[payment_id]
        if payment.status != "pending_approval":
            raise Refused("invalid_transition")
        return payment

    def _in(self, refund_id: Any, *statuses: str) -> Refund:
        if self.refunds[refund_id].status not in statuses:
            raise Refused("invalid_transition")
        return self.refunds[refund_id]

    def _let_out_alone(self, operator: Any, account: Any) -> int:
        """What one operator's transfers took out of the account that nobody else has approved."""
        return sum(
            one.amount
            for one in self.refunds.values()
            if one.alone
            and one.by == operator
            and one.status in ("pending", "completed")
            and self.payments[one.payment].account == account
        )

    def _may_alone(self, operator: Any, payment: Payment, received: int) -> bool:
        """Whether one operator may let it in: all that they decided alone for the account counts (it is all one day)."""
        alone = sum(
            one.received
            for one in self.payments.values()
            if one.alone_by == operator and one.account == payment.account and one.status in ("succeeded", "refunded")
        )
        return max(payment.amount, received + alone) <= LIMIT

    def _live(self, payment_id: Any) -> list[Allocation]:
        return [one for one in self.allocations if one.payment == payment_id and one.live]

    def _settle(self, payment_id: Any, payment: Payment, received: int) -> None:
        others = [
            key
            for key, one in self.payments.items()
            if key != payment_id
            and payment.invoice is not None
            and one.invoice == payment.invoice
            and one.status in OPEN
        ]
        tolerance = 0 if others else TOLERANCE
        payment.status, payment.received, left = "succeeded", received, received
        plan = [(payment.invoice, None)] if payment.plan is None else payment.plan
        for invoice_id, wanted in plan:
            due = self.invoices[invoice_id].due
            cash = min(left, due, due if wanted is None else wanted)
            left -= cash
            charges = due - cash if left == 0 and due - cash <= tolerance else 0
            if cash:
                self._count(Allocation(payment_id, invoice_id, cash + charges, charges))
        self.balance[payment.account] += left

    def _count(self, one: Allocation) -> None:
        self.allocations.append(one)
        invoice = self.invoices[one.invoice]
        invoice.settled += one.amount
        if invoice.settled == invoice.total:
            invoice.status = "paid"
            self.credits[invoice.account] -= self._recount(one.invoice)

    def _recount(self, invoice_id: Any) -> int:
        invoice = self.invoices[invoice_id]
        if invoice.status != "paid":
            return 0
        live = [one for one in self.allocations if one.invoice == invoice_id and one.live]
        cash, refunded = sum(one.cash for one in live), sum(one.refunded for one in live)
        kept = invoice.credits - invoice.credits * refunded // cash
        taken, invoice.granted = invoice.granted - kept, kept
        return taken

    def _unapply(self, one: Allocation) -> None:
        self.balance[self.invoices[one.invoice].account] += one.amount
        self._take_off(one)

    def _take_off(self, one: Allocation) -> None:
        invoice = self.invoices[one.invoice]
        one.live = False
        invoice.settled -= one.amount
        if invoice.status == "paid":
            self.credits[invoice.account] -= invoice.granted
            invoice.granted, invoice.status = 0, "pending"

    def _complete(self, refund: Refund) -> None:
        payment = self.payments[refund.payment]
        payment.refunded += refund.amount
        refund.status = "completed"
        if payment.refunded == payment.received:
            payment.status = "refunded"
