"""Lines of statements as payers write them and banks pass them on, each with what was really paid.

Whether a line is matchable is said by how it was made: the payer wrote a valid reference, a full invoice number
(zeros and separators aside) or a particular transfer reference, and sent the right amount in the right currency.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from igny8_core.business.banking.domain.candidates import Candidate
from igny8_core.business.banking.domain.lines import StatementLine

from bench.matching_world import TODAY, Customer, Maker, Open, World

NOBODY: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Case:
    kind: str
    line: StatementLine
    truth: frozenset[UUID]
    """The invoices that the money is really for; none if it is for nothing of ours, or of several customers."""
    matchable: bool


@dataclass
class Written:
    """What the payer's side of a line says, before a bank has passed it on."""

    truth: frozenset[UUID]
    amount: int
    currency: str
    text: str = ""
    structured: str = ""
    end_to_end: str = "NOTPROVIDED"
    bank_reference: str = ""
    name: str | None = None
    matchable: bool = False
    is_return: bool = False


_PADDED = ("{c}-{n:06d}", "{c}-{n:06d}", "{c}-{n:06d}", "{c}{n:06d}", "{c} {n:06d}", "{c}/{n:06d}")
_SLOPPY = (
    "{c} {n}",
    "{c}-{n}",
    "{c}{n}",
    "{c}/{n}",
    "{c}_{n:06d}",
    "{c}-{n:04d}",
    "{c}{n:04d}",
    "{c} - {n:06d}",
    "{c} -{n}",
    "{c}.{n}",
    "#{c}-{n}",
    "{c}- {n:05d}",
    "{c}:{n:06d}",
    "INV{c}-{n:06d}",
    "Inv-{c}-{n:06d}",
    "{c} no. {n}",
    "{c} invoice {n:06d}",
    "({c}-{n})",
    "RE{c}{n:06d}",
)
_AROUND = (
    "{x}",
    "{x}",
    "Invoice {x}",
    "Payment for {x}",
    "Rechnung {x} vom {date}",
    "Re. {x}, Kd-Nr {customer}",
    "{name} {x}",
    "{x} {month} 2026",
    "bill {x} Rs {money}",
    "{x} {money} {currency}",
    "Tel {phone} {x}",
    "Pago factura {x}",
    "Facture n° {x} du {date}",
    "{x} thank you",
    "/INV/{x} {date}",
    "INVOICE NO: {x} DATED {date}",
    "fee {month}, {x}",
    "{x} order 4500{customer}",
    "Our ref {customer}/{month}, your invoice {x}",
    "IBAN {iban} {x}",
    "{date} {x}",
    "Acc to our agreement of {date} we settle your invoice {x} for services rendered in {month}",
    "SVWZ+{x} EREF+{customer}{customer}",
    "Payment of subscription {month} 2026-11 invoice {x} with thanks {name}",
)
_NOISE = (
    "Rent {month} 2026",
    "RE-2026-{customer}",
    "INV-00{customer}",
    "Order {customer} thank you",
    "Salary {month}",
    "2026-11",
    "Invoice {customer}",
    "R-2026-000{customer}",
    "Kd-Nr {customer} Vertrag {customer}{customer}",
    "{phone}",
    "Donation",
    "Mandat {customer} Glaeubiger DE98ZZZ0999999{customer}",
    "Cash deposit branch {customer}",
    "INVOICE 2026/{customer}",
)
_MONTHS = ("Nov", "November", "Oct", "Oktober", "September", "noviembre", "novembre")


class Lines:
    """Writes lines about a world; every draw comes from its one generator."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.maker = Maker(seed + 1)
        self.indistinguishable = 0
        """Slips of the pen that name another open invoice of the customer with the same amount: drawn again."""

    def cases(self, count: int) -> list[Case]:
        kinds, weights = zip(*_KINDS.items(), strict=True)
        return [self.case(position, kind) for position, kind in enumerate(self.random.choices(kinds, weights, k=count))]

    def case(self, position: int, kind: str) -> Case:
        customer_of, writer = self.random.choice(self.world.invoices), _WRITERS[kind]
        written = writer(self, customer_of)
        return Case(kind, self.passed_on(position, customer_of.customer, written), written.truth, written.matchable)

    def passed_on(self, position: int, customer: Customer, written: Written) -> StatementLine:
        """The bank breaks texts at 27, 35 or 65 characters, shouts, cuts names, and knows most payers' accounts."""
        draw = self.random.random()
        text, name = written.text, self.payer_name(customer) if written.name is None else written.name
        if draw < 0.35:
            width = self.random.choice((27, 35, 65))
            text = " ".join(text[at : at + width].strip() for at in range(0, len(text), width))
            name = name[: self.random.choice((27, 35))]
        if self.random.random() < 0.4:
            text, name = text.upper(), name.upper()
        own_account = written.name is None and self.random.random() < 0.8
        day = TODAY - timedelta(days=self.random.randint(0, 4))
        return StatementLine(
            position=position + 1,
            amount_minor=written.amount,
            currency=written.currency,
            booking_date=day,
            value_date=day,
            counterparty_name=name,
            counterparty_account=customer.bank_account if own_account else self.maker.bank_account(customer.country),
            end_to_end_id=written.end_to_end,
            structured_reference=written.structured,
            remittance=text,
            bank_reference=written.bank_reference or f"{self.random.randint(10**11, 10**12 - 1)}",
            is_return=written.is_return,
        )

    def payer_name(self, customer: Customer) -> str:
        draw = self.random.random()
        if draw < 0.5:
            return customer.name
        if draw < 0.75:
            return " ".join(customer.name.replace(".", "").split()[:2])
        if draw < 0.82:
            return self.slip(customer.name)
        return customer.person if draw < 0.94 else f"{self.random.choice(('Group', 'Holding'))} Treasury Services"

    def slip(self, text: str) -> str:
        """A digit or letter wrong, doubled, left out, or two changed about."""
        at = self.random.randrange(len(text) - 1)
        wrong = self.random.choice("0123456789") if text[at].isdigit() else self.random.choice("aeinrst")
        return self.random.choice(
            (
                text[:at] + wrong + text[at + 1 :],
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
                text[:at] + text[at + 1 :],
                text[:at] + text[at] + text[at:],
            )
        )

    def around(self, x: str, customer: Customer, amount: int, templates: tuple[str, ...] = _AROUND) -> str:
        day = TODAY - timedelta(days=self.random.randint(0, 60))
        return self.random.choice(templates).format(
            x=x,
            name=customer.name,
            date=day.strftime(self.random.choice(("%d.%m.%Y", "%d/%m/%y", "%Y-%m-%d", "%d-%m-%Y"))),
            month=self.random.choice(_MONTHS),
            customer=self.random.randint(1000, 9999),
            money=f"{amount // 100},{amount % 100:02d}",
            currency=customer.currency,
            phone=self.random.choice(("0300-1234567", "+49 170 5512345", "03215550123", "+92 300 4445566")),
            iban=self.random.choice((customer.bank_account, self.maker.bank_account("DE"))),
        )

    def about(self, one: Open, x: str, *, matchable: bool) -> Written:
        text = self.around(x, one.customer, one.due)
        return Written(frozenset({one.id}), one.due, one.customer.currency, text, matchable=matchable)

    # What payers write, one method for each kind of line.

    def structured(self, one: Open) -> Written:
        written = self.about(one, "", matchable=True)
        written.structured = one.creditor_reference
        written.text = self.random.choice(("", one.creditor_reference, "Invoice", one.customer.name))
        return written

    def creditor(self, one: Open) -> Written:
        reference = one.creditor_reference
        fours = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
        return self.about(
            one, self.random.choice((reference, fours, fours.lower(), f"RF {reference[2:]}")), matchable=True
        )

    def creditor_wrong(self, one: Open) -> Written:
        at = self.random.randrange(4, 14)
        digit = str((int(one.creditor_reference[at]) + self.random.randint(1, 9)) % 10)
        return self.about(one, one.creditor_reference[:at] + digit + one.creditor_reference[at + 1 :], matchable=False)

    def number(self, one: Open) -> Written:
        return self.about(one, self.in_full(one, _PADDED), matchable=True)

    def in_full(self, one: Open, forms: tuple[str, ...]) -> str:
        x = self.random.choice(forms).format(c=one.customer.code, n=one.n)
        return x.lower() if self.random.random() < 0.25 else x

    def sloppy(self, one: Open) -> Written:
        return self.about(one, self.in_full(one, _SLOPPY), matchable=True)

    def end_to_end(self, one: Open) -> Written:
        written = self.about(one, self.random.choice(("", "Payment", "see below")), matchable=True)
        written.end_to_end = self.in_full(one, _PADDED)
        return written

    def bare(self, one: Open) -> Written:
        return self.about(
            one, self.random.choice((f"invoice {one.n}", f"Nr. {one.n:06d}", str(one.n))), matchable=False
        )

    def slip_in_number(self, one: Open) -> Written:
        while True:
            slipped = self.slip(one.number)
            others = {other.number for other in one.customer.invoices if other is not one and other.due == one.due}
            if slipped not in others:
                return self.about(one, slipped, matchable=slipped == one.number)
            self.indistinguishable += 1

    def confusable(self, one: Open) -> Written:
        head, digits = one.number.split("-")
        letters = digits.replace("0", "O").replace("1", self.random.choice("Il1"))
        return self.about(one, f"{head}-{letters}", matchable=False)

    def someone_elses(self, one: Open) -> Written:
        other = self.random.choice(self.world.invoices)
        written = self.about(one, other.number, matchable=other is one)
        written.name = one.customer.name
        return written

    def submitted(self, one: Open) -> Written:
        one = self.random.choice([other for other in self.world.invoices if other.payment_id])
        reference = one.typed_reference
        joined = self.random.choice(
            (reference, reference, reference.replace(" ", "").replace("-", ""), reference.lower())
        )
        written = self.about(one, joined, matchable=one.telling and not one.shared)
        written.name = self.payer_name(one.customer)
        if self.random.random() < 0.4:
            written.bank_reference, written.text = reference, ""
        return written

    def name_only(self, one: Open) -> Written:
        text = self.random.choice(("", "invoice", "payment", one.customer.name, "as agreed", "monthly fee Nov 2026"))
        written = self.about(one, "", matchable=False)
        written.text, written.name = text, self.random.choice((one.customer.name, one.customer.name.upper()))
        return written

    def account_only(self, one: Open) -> Written:
        written = self.about(one, "", matchable=False)
        written.text = self.around("", one.customer, one.due, ("", "Payment {month}", "Tel {phone}", "{money}"))
        return written

    def several(self, one: Open) -> Written:
        """Two to five invoices of one customer in one transfer, named one by one or as a list."""
        open_ones = sorted(one.customer.invoices, key=lambda other: other.n)[: self.random.randint(2, 5)]
        listed = self.random.choice((", ", " ", " + ", "/", " & ", "; ", " and "))
        first, rest = open_ones[0], open_ones[1:]
        form = self.random.choice(("{:06d}", "{}"))
        if self.random.random() < 0.5:
            names = listed.join(other.number for other in open_ones)
        else:
            if listed == " ":
                listed = ", "
            names = listed.join([f"{first.customer.code}-{form.format(first.n)}", *(form.format(o.n) for o in rest)])
        total = sum(other.due for other in open_ones)
        text = self.around(names, one.customer, total)
        truth = frozenset(other.id for other in open_ones)
        return Written(truth, total, one.customer.currency, text, matchable=True)

    def wrong_amount(self, one: Open) -> Written:
        """A fee of the bank taken off, a part of it, rounded, or too much; there is no tolerance in this world."""
        written = self.number(one)
        amounts = (one.due - 1500, one.due // 2, one.due // 100 * 100 + 100, one.due + 5000, one.due * 97 // 100)
        written.amount = max(100, self.random.choice(amounts))
        written.matchable = written.amount == one.due
        return written

    def other_currency(self, one: Open) -> Written:
        written = self.number(one)
        written.currency = "USD" if one.customer.currency != "USD" else "EUR"
        written.matchable = False
        return written

    def unknown(self, one: Open) -> Written:
        amount = one.due if self.random.random() < 0.3 else self.random.randint(1000, 500000)
        text = self.around("", one.customer, amount, _NOISE)
        name = self.random.choice(("Stadtwerke", "Zahra Bibi", "Tax Office", "J. Doe", "Acme Utilities", ""))
        return Written(NOBODY, amount, one.customer.currency, text, name=name)

    def batch(self, one: Open) -> Written:
        """The bank's sum of several customers' transfers, without their details."""
        total = sum(other.due for other in self.random.sample(self.world.invoices, self.random.randint(2, 9)))
        text = f"SAMMLER {self.random.randint(10**8, 10**9)} POSTEN"
        return Written(NOBODY, total, one.customer.currency, text, name="")

    def refund(self, one: Open) -> Written:
        candidate = self.random.choice(self.world.refunds)
        written = self.outgoing(candidate)
        written.end_to_end = candidate.end_to_end_id
        return written

    def returned(self, one: Open) -> Written:
        candidate = self.random.choice(self.world.received)
        quoted = self.random.choice((candidate.invoice_number, candidate.creditor_reference))
        written = self.outgoing(candidate, text=f"RETOURE {quoted} Konto erloschen AC04")
        return replace(written, is_return=True)

    def outgoing(self, candidate: Candidate, text: str = "Refund as agreed") -> Written:
        truth = frozenset({candidate.invoice_id or candidate.id})
        amount, name = -candidate.amount_minor, candidate.account_name
        return Written(truth, amount, candidate.currency, text, name=name, matchable=True)


_KINDS = {
    "structured": 10,
    "creditor": 8,
    "creditor_wrong": 2,
    "number": 18,
    "sloppy": 17,
    "end_to_end": 2,
    "bare": 4,
    "slip_in_number": 4,
    "confusable": 1.5,
    "someone_elses": 1.5,
    "submitted": 9,
    "name_only": 5,
    "account_only": 3,
    "several": 5,
    "wrong_amount": 3,
    "other_currency": 1,
    "unknown": 5,
    "batch": 1,
    "refund": 1,
    "returned": 1,
}
_WRITERS: dict[str, Callable[[Lines, Open], Written]] = {kind: getattr(Lines, kind) for kind in _KINDS}
