"""The evidence for one candidate of a line: each rule with its weight and its wording. Pure."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from igny8_core.business.banking.domain.candidates import Candidate, CandidateKind, ReasonCode
from igny8_core.business.banking.domain.invoice_tokens import Strength
from igny8_core.business.banking.domain.line_texts import LineTexts
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.names import SIMILAR, occurs_in, plain_name, similarity
from igny8_core.business.banking.domain.words import COMMON
from igny8_core.business.billing.domain.references import is_valid_creditor_reference
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.money import format_amount

_DIGITS_TELL_FROM = 10
_TELL_FROM, _TELLING_DIGITS = 6, 3
_WINDOW_BEFORE = timedelta(days=10)
_WINDOW_AFTER = timedelta(days=180)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LETTERS = re.compile(r"[^\W\d_]+")

_WEIGHT = {
    ReasonCode.END_TO_END_ID: 66,
    ReasonCode.CREDITOR_REFERENCE: 64,
    ReasonCode.INVOICE_NUMBER: 60,
    ReasonCode.SUBMITTED_REFERENCE: 60,
    ReasonCode.INVOICE_NUMBER_LIKELY: 36,
    ReasonCode.SUBMITTED_REFERENCE_WEAK: 34,
    ReasonCode.PAYER_ACCOUNT_KNOWN: 26,
    ReasonCode.NAME_SIMILAR: 18,
    ReasonCode.BARE_NUMBER: 14,
    ReasonCode.AMOUNT_EQUAL: 28,
    ReasonCode.AMOUNT_WITHIN_TOLERANCE: 24,
    ReasonCode.AMOUNT_UNIQUE: 8,
    ReasonCode.AMOUNT_DIFFERS: -12,
    ReasonCode.CURRENCY_DIFFERS: -30,
    ReasonCode.REFERENCE_SHARED: -8,
    ReasonCode.OUTSIDE_WINDOW: -12,
}


def _weight(code: ReasonCode) -> int:
    """What a reason adds to the score; one that only explains adds nothing."""
    return _WEIGHT.get(code, 0)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line, parsed once for all its candidates."""

    line: StatementLine
    texts: LineTexts
    amount_minor: int
    payer_name: str
    _similar: dict[str, bool] = field(default_factory=dict)

    def names_payer(self, account_name: str) -> bool:
        """Whether the payer's name, or the text, resembles an account's name; computed once per name."""
        similar = self._similar.get(account_name)
        if similar is None:
            ours = plain_name(account_name)
            similar = similarity(ours, self.payer_name) >= SIMILAR or occurs_in(ours, self.texts.plain)
            self._similar[account_name] = similar
        return similar

    def money(self, amount_minor: int, currency: str) -> str:
        """An amount for display; an unknown currency is shown in minor units."""
        known = currency in CURRENCIES
        return f"{format_amount(amount_minor, currency) if known else amount_minor} {currency}"


@dataclass(slots=True, eq=False)
class Evidence:
    """What a line says in favour of a candidate; `text` is how strongly its text proves it, considering the payer."""

    candidate: Candidate
    text: Strength = Strength.NONE
    names_itself: bool = False
    """Whether the text contains the payment's or refund's own reference, and not only its invoice's."""
    same_currency: bool = False
    fits: bool = False
    """Whether amount and currency match."""
    knows_payer: bool = False
    similar_name: bool = False
    score: int = 0
    reasons: dict[ReasonCode, str] = field(default_factory=dict)

    def add(self, code: ReasonCode, words: str) -> None:
        if code not in self.reasons:
            self.reasons[code] = words
            self.score += _weight(code)

    @property
    def strongest_first(self) -> list[tuple[ReasonCode, str]]:
        return sorted(self.reasons.items(), key=lambda reason: -_weight(reason[0]))

    @property
    def points_to_payer(self) -> bool:
        return self.knows_payer or self.similar_name


def mark_unique_amount(evidences: list[Evidence]) -> None:
    """A candidate becomes slightly more likely if no other one has the line's amount and currency."""
    fitting = [evidence for evidence in evidences if evidence.fits]
    if len(fitting) == 1:
        fitting[0].add(ReasonCode.AMOUNT_UNIQUE, "no other candidate has this amount")


def tells(reference: str) -> bool:
    """Whether a submitted reference is long and distinctive enough to prove its payment.

    Common words and years are removed first: anybody could write NOVEMBER2026. A reference of digits only needs at
    least ten, because shorter ones are dates, customer numbers and telephone numbers. An invoice's reference proves its
    invoice.
    """
    if reference.isdigit():
        return len(reference) >= _DIGITS_TELL_FROM
    if is_valid_creditor_reference(reference):
        return False
    rest = _LETTERS.sub(lambda found: "" if found[0] in COMMON else found[0], _YEAR.sub("", reference))
    return len(rest) >= _TELL_FROM and sum(character.isdigit() for character in rest) >= _TELLING_DIGITS


def weigh(facts: LineFacts, candidate: Candidate) -> Evidence:
    """All evidence of one candidate."""
    evidence = Evidence(candidate)
    _weigh_payer(evidence, facts)
    _weigh_text(evidence, facts.texts)
    _weigh_amount(evidence, facts)
    if evidence.text < Strength.FULL:
        _weigh_window(evidence, facts.line)
    return evidence


def _weigh_payer(evidence: Evidence, facts: LineFacts) -> None:
    candidate = evidence.candidate
    if facts.texts.counterparty_account and facts.texts.counterparty_account in candidate.known_payer_accounts:
        evidence.knows_payer = True
        evidence.add(ReasonCode.PAYER_ACCOUNT_KNOWN, "this bank account has paid for the customer before")
    if facts.names_payer(candidate.account_name):
        evidence.similar_name = True
        evidence.add(ReasonCode.NAME_SIMILAR, f"the payer's name is like {candidate.account_name}")


def _weigh_text(evidence: Evidence, texts: LineTexts) -> None:
    candidate = evidence.candidate
    number = candidate.invoice_number
    strength = texts.creditor_references.get(candidate.creditor_reference, Strength.NONE)
    if strength == Strength.FULL:
        _prove(evidence, ReasonCode.CREDITOR_REFERENCE, f"carries {candidate.creditor_reference} of invoice {number}")
    elif strength:
        _suggest(
            evidence, ReasonCode.INVOICE_NUMBER_LIKELY, f"may carry {candidate.creditor_reference}, letters for digits"
        )
    strength = texts.invoice_numbers.get(number, Strength.NONE)
    if strength == Strength.FULL or (strength == Strength.WITH_PAYER and evidence.points_to_payer):
        _prove(evidence, ReasonCode.INVOICE_NUMBER, f"names invoice {number}")
    elif strength:
        _suggest(evidence, ReasonCode.INVOICE_NUMBER_LIKELY, f"may mean invoice {number}")
    elif number and int(number.rpartition("-")[2]) in texts.bare_numbers:
        evidence.add(ReasonCode.BARE_NUMBER, f"has the number of invoice {number} without its code")
    _weigh_own_reference(evidence, texts)


def _weigh_own_reference(evidence: Evidence, texts: LineTexts) -> None:
    candidate = evidence.candidate
    if candidate.end_to_end_id and candidate.end_to_end_id == texts.end_to_end_id:
        evidence.names_itself = True
        _prove(evidence, ReasonCode.END_TO_END_ID, f"carries the transfer's identification {candidate.end_to_end_id}")
    strength = texts.references.get(candidate.reference, Strength.NONE)
    if not strength:
        return
    if candidate.reference_is_shared:
        evidence.add(ReasonCode.REFERENCE_SHARED, "another account used the same reference")
    if strength == Strength.FULL and not candidate.reference_is_shared and tells(candidate.reference):
        evidence.names_itself = True
        _prove(evidence, ReasonCode.SUBMITTED_REFERENCE, f"carries the submitted reference {candidate.reference}")
    else:
        _suggest(
            evidence, ReasonCode.SUBMITTED_REFERENCE_WEAK, f"may carry the submitted reference {candidate.reference}"
        )


def _prove(evidence: Evidence, code: ReasonCode, words: str) -> None:
    evidence.text = Strength.FULL
    evidence.add(code, words)


def _suggest(evidence: Evidence, code: ReasonCode, words: str) -> None:
    evidence.text = max(evidence.text, Strength.POSSIBLE)
    evidence.add(code, words)


def _weigh_amount(evidence: Evidence, facts: LineFacts) -> None:
    candidate = evidence.candidate
    evidence.same_currency = candidate.currency == facts.line.currency
    if not evidence.same_currency:
        evidence.add(
            ReasonCode.CURRENCY_DIFFERS, f"is in {candidate.currency}, but the money is in {facts.line.currency}"
        )
        return
    difference = facts.amount_minor - candidate.amount_minor
    money_comes = candidate.kind in (CandidateKind.PAYMENT, CandidateKind.INVOICE)
    evidence.fits = difference == 0 or (money_comes and abs(difference) <= candidate.tolerance_minor)
    if not (evidence.fits or evidence.text or evidence.knows_payer):
        return
    amount = facts.money(candidate.amount_minor, candidate.currency)
    if difference == 0:
        evidence.add(ReasonCode.AMOUNT_EQUAL, f"the amount is exactly {amount}")
    elif evidence.fits:
        evidence.add(ReasonCode.AMOUNT_WITHIN_TOLERANCE, f"the amount is {amount} within the tolerance")
    else:
        by = facts.money(abs(difference), candidate.currency)
        evidence.add(ReasonCode.AMOUNT_DIFFERS, f"the amount is {by} {'above' if difference > 0 else 'below'} {amount}")


def _weigh_window(evidence: Evidence, line: StatementLine) -> None:
    came = line.value_date or line.booking_date
    opened = evidence.candidate.opened_on
    if came is not None and not opened - _WINDOW_BEFORE <= came <= opened + _WINDOW_AFTER:
        evidence.add(ReasonCode.OUTSIDE_WINDOW, f"has been open since {opened.isoformat()}, far from the money's date")
