"""A made-up world of customers with open invoices, submitted payments and refunds, from a seed."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from igny8_core.business.banking.domain.candidates import Candidate, CandidateKind
from igny8_core.business.billing.domain.references import creditor_reference, invoice_number, normalise_reference

TODAY = date(2026, 11, 20)
_FIRST_WORDS = (
    "Northwind Harbour Crescent Falcon Indus Karakoram Ravi Chenab Margalla Sapphire Emerald Al-Noor "
    "Bismillah Rehman Iqbal Habib Shaheen Zamzam Müller Schröder Becker Hofmann Köhler Weiß Lehmann Bauer "
    "Dubois Lefèvre Moreau Girard García Núñez Castillo Rossi Bianchi Ferrari Kowalski Nowak Smith Taylor "
    "Wright Hughes Patel Khan Ahmed Malik Chaudhry Butt Sheikh Oak Silver Summit Riverside Lakeside "
    "Beacon Pioneer Atlas Orion Vertex Nimbus Quantum Cobalt Maple Cedar Willow Granite Delta"
)
_SECOND_WORDS = (
    "Traders Textiles Foods Logistics Software Consulting Engineering Pharma Motors Electronics Builders "
    "Printing Bakery Studio Systems Solutions Enterprises Industries Exports Holdings Media Networks Labs "
    "Design Tools Energy Farms Clinic Travels Bau Elektro Handel Technik Verlag Gastronomie Transports "
    "Conseil Servicios Alimentos Construcciones Ceramica Moda Metall"
)
_PEOPLE = (
    "Ayesha Siddiqui",
    "Bilal Hussain",
    "Fatima Noor",
    "Usman Ghani",
    "Jonas Wagner",
    "Katrin Vogel",
    "Peter Lang",
    "Claire Martin",
    "Luc Bernard",
    "Maria Lopez",
    "Giulia Conti",
    "Adam Zielinski",
    "Emma Clarke",
    "Oliver Stone",
    "Priya Sharma",
    "Hamza Tariq",
    "Sana Mir",
    "Nadia Aslam",
)
_FIRST, _SECOND = _FIRST_WORDS.split(), _SECOND_WORDS.split()
_PLACES = (
    ("PK", "PKR", ("Pvt Ltd", "(Pvt.) Limited", "& Sons", "")),
    ("DE", "EUR", ("GmbH", "GmbH & Co. KG", "AG", "e.K.")),
    ("FR", "EUR", ("SARL", "SAS")),
    ("ES", "EUR", ("S.L.", "S.A.")),
    ("GB", "GBP", ("Ltd", "Limited", "PLC")),
    ("US", "USD", ("Inc.", "LLC", "Corp.")),
)
_PRICES = {
    "PKR": (450000, 990000, 1500000, 2500000),
    "EUR": (2900, 4900, 9900, 19900, 49900),
    "GBP": (2500, 4900, 9900, 19900),
    "USD": (2900, 4900, 9900, 29900),
}


@dataclass
class Customer:
    id: UUID
    code: str
    name: str
    country: str
    currency: str
    bank_account: str
    known: frozenset[str]
    person: str
    invoices: list["Open"] = field(default_factory=list)


@dataclass
class Open:
    """An open invoice, with the payment submitted for it where there is one."""

    customer: Customer
    id: UUID
    n: int
    number: str
    creditor_reference: str
    due: int
    opened_on: date
    payment_id: UUID | None = None
    typed_reference: str = ""
    telling: bool = False
    shared: bool = False


@dataclass
class World:
    customers: list[Customer]
    invoices: list[Open]
    refunds: list[Candidate]
    received: list[Candidate]

    def candidates(self) -> list[Candidate]:
        found = [_as_candidate(one, CandidateKind.INVOICE) for one in self.invoices]
        found += [_as_candidate(one, CandidateKind.PAYMENT) for one in self.invoices if one.payment_id]
        return found + self.refunds + self.received


def _as_candidate(one: Open, kind: CandidateKind) -> Candidate:
    pays = kind == CandidateKind.PAYMENT and one.payment_id is not None
    return Candidate(
        kind=kind,
        id=one.payment_id if pays and one.payment_id else one.id,
        account_id=one.customer.id,
        currency=one.customer.currency,
        amount_minor=one.due,
        invoice_id=one.id,
        invoice_number=one.number,
        creditor_reference=one.creditor_reference,
        reference=normalise_reference(one.typed_reference) if pays else "",
        reference_is_shared=one.shared and pays,
        account_name=one.customer.name,
        known_payer_accounts=one.customer.known,
        opened_on=one.opened_on,
    )


class Maker:
    """Makes the world; every draw comes from its one generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._ids = 0
        self._codes: set[str] = set()

    def id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def world(self, invoices: int) -> World:
        customers = [self.customer() for _ in range(max(12, invoices // 4))]
        world = World(customers, [], [], [])
        sequence = 1000
        while len(world.invoices) < invoices:
            customer = self.random.choice(customers)
            sequence += self.random.randint(1, 9)
            world.invoices.append(self.invoice(customer, sequence))
        self._share_references(world)
        for _ in range(max(10, invoices // 50)):
            world.refunds.append(self.outgoing(world, CandidateKind.REFUND))
            world.received.append(self.outgoing(world, CandidateKind.BOUNCE))
        return world

    def customer(self) -> Customer:
        country, currency, forms = self.random.choice(_PLACES)
        words = [self.random.choice(_FIRST), self.random.choice(_SECOND)]
        if self.random.random() < 0.3:
            words.insert(1, self.random.choice(_FIRST))
        form = self.random.choice(forms)
        bank_account = self.bank_account(country)
        known = frozenset({bank_account}) if self.random.random() < 0.5 else frozenset()
        name = " ".join([*words, form]).strip()
        person = self.random.choice(_PEOPLE)
        return Customer(self.id(), self.code(words), name, country, currency, bank_account, known, person)

    def code(self, words: list[str]) -> str:
        """As operators choose them: the name's beginning, initials, a digit when it is taken, sometimes a number."""
        plain = ["".join(sign for sign in word.upper() if sign.isascii() and sign.isalnum()) for word in words]
        draw = self.random.random()
        if draw < 0.02:
            code = str(self.random.randint(100, 9999))
        elif draw < 0.45:
            code = plain[0][: self.random.randint(3, 8)]
        elif draw < 0.8:
            code = (plain[0][:3] + plain[-1][:3])[:8]
        else:
            code = "".join(word[:2] for word in plain)[:8]
        code = code.ljust(3, "X")
        base, count = code, 1
        while code in self._codes:
            count += 1
            code = base[: 8 - len(str(count))] + str(count)
        self._codes.add(code)
        return code

    def bank_account(self, country: str) -> str:
        body = "".join(self.random.choices("0123456789", k=16 if country == "PK" else 18))
        bank = "HABB" if country == "PK" else ""
        digits = "".join(str(int(sign, 36)) for sign in bank + body + country + "00")
        return f"{country}{98 - int(digits) % 97:02d}{bank}{body}"

    def invoice(self, customer: Customer, sequence: int) -> Open:
        taken = {one.n for one in customer.invoices}
        latest = max(taken, default=0)
        n = latest + self.random.randint(1, 3) if latest else int(self.random.paretovariate(0.5)) % 2500 + 1
        prices = _PRICES[customer.currency]
        usual = self.random.random() < 0.45
        due = self.random.choice(prices) if usual else self.random.randint(prices[0], prices[-1] * 6)
        opened = TODAY - timedelta(days=self.random.randint(1, 70))
        number = invoice_number(customer.code, n)
        one = Open(customer, self.id(), n, number, creditor_reference(sequence), due, opened)
        if self.random.random() < 0.35:
            one.payment_id = self.id()
            one.typed_reference, one.telling = self.typed_reference()
        customer.invoices.append(one)
        return one

    def typed_reference(self) -> tuple[str, bool]:
        """What customers type as the transfer's reference, and whether it is particular to the transfer."""
        draw = self.random.random()
        digits = "".join(self.random.choices("0123456789", k=24))
        if draw < 0.3:
            return digits[:12], True
        if draw < 0.5:
            return f"FT26{digits[:3]}{''.join(self.random.choices('ABCDEFGHJKMNPQRSTUVWXYZ23456789', k=5))}", True
        if draw < 0.65:
            return f"HBL-{digits[:4]}-{digits[4:10]}", True
        if draw < 0.75:
            return f"TXN {digits[:3]} {digits[3:9]}", True
        if draw < 0.85:
            return digits[: self.random.randint(3, 6)], False
        return self.random.choice(
            ("November payment", "bank transfer", "paid 18/11/2026", "invoice paid", "cash")
        ), False

    def _share_references(self, world: World) -> None:
        """Three in a hundred references are some other account's too; the weak ones are by themselves."""
        submitted = [one for one in world.invoices if one.payment_id]
        for one in self.random.sample(submitted, len(submitted) * 3 // 100):
            other = self.random.choice(submitted)
            if other.customer is not one.customer:
                one.typed_reference, one.telling = other.typed_reference, other.telling
        owners: dict[str, set[UUID]] = {}
        for one in submitted:
            owners.setdefault(normalise_reference(one.typed_reference), set()).add(one.customer.id)
        for one in submitted:
            one.shared = len(owners[normalise_reference(one.typed_reference)]) > 1

    def outgoing(self, world: World, kind: CandidateKind) -> Candidate:
        """A pending refund, or a payment received for an invoice since closed, that may bounce."""
        customer = self.random.choice(world.customers)
        number = invoice_number(customer.code, self.random.randint(3000, 4000))
        reference = creditor_reference(self.random.randint(10**8, 10**9))
        refund = kind == CandidateKind.REFUND
        prices = _PRICES[customer.currency]
        return Candidate(
            kind=kind,
            id=self.id(),
            account_id=customer.id,
            currency=customer.currency,
            amount_minor=self.random.randint(prices[0], prices[-1]),
            invoice_id=self.id(),
            invoice_number=number,
            creditor_reference=reference,
            account_name=customer.name,
            known_payer_accounts=customer.known,
            opened_on=TODAY - timedelta(days=self.random.randint(1, 30)),
            end_to_end_id=f"RF-{self._ids:08d}-{self.random.randint(10**5, 10**6)}" if refund else "",
        )
