"""Answers of the ledger's routes."""

from typing import Self
from uuid import UUID

from igny8_core.business.ledger.models import JournalLine
from igny8_core.business.ledger.selectors.balances import TrialBalance
from igny8_core.http.answers import Answer, Instant
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.money import format_amount


class MoneyAnswer(Answer):
    """An amount and its currency."""

    currency: str
    amount: str


class BalanceAnswer(Answer):
    """The account's money balance, by currency."""

    balances: list[MoneyAnswer]


class CreditsAnswer(Answer):
    """The account's number of credits."""

    credits: int


class CreditTransactionAnswer(Answer):
    """A movement of credits as the account sees it: received credits are positive."""

    id: UUID
    kind: str
    credits: int
    balance: int
    description: str
    source_id: UUID
    created_at: Instant

    @classmethod
    def of(cls, line: JournalLine) -> Self:
        """The movement of a journal line."""
        return cls(
            id=line.id,
            kind=line.journal.kind,
            credits=-line.amount_minor,
            balance=-line.balance_minor,
            description=line.journal.memo,
            source_id=line.journal.source_id,
            created_at=line.journal.posted_at,
        )


class StatementLineAnswer(Answer):
    """One line of an account's statement; debits are positive."""

    id: UUID
    journal_id: UUID
    kind: str
    source_id: UUID
    code: str
    unit: str
    amount: str
    balance: str
    memo: str
    posted_at: Instant

    @classmethod
    def of(cls, line: JournalLine) -> Self:
        """The journal line for operators."""
        return cls(
            id=line.id,
            journal_id=line.journal_id,
            kind=line.journal.kind,
            source_id=line.journal.source_id,
            code=line.code,
            unit=line.unit,
            amount=_text(line.amount_minor, line.unit),
            balance=_text(line.balance_minor, line.unit),
            memo=line.journal.memo,
            posted_at=line.journal.posted_at,
        )


class TrialAmountAnswer(Answer):
    """The balance of one code."""

    code: str
    amount: str


class TrialUnitAnswer(Answer):
    """The balances of one currency or of the credits; `total` is zero."""

    currency: str
    accounts: list[TrialAmountAnswer]
    total: str

    @classmethod
    def of(cls, trial: TrialBalance) -> Self:
        """One unit's trial balance."""
        amounts = [
            TrialAmountAnswer(code=code, amount=_text(minor, trial.unit)) for code, minor in trial.amounts.items()
        ]
        return cls(currency=trial.unit, accounts=amounts, total=_text(trial.total_minor, trial.unit))


class TrialBalanceAnswer(Answer):
    """The trial balance by currency."""

    currencies: list[TrialUnitAnswer]


def _text(amount_minor: int, unit: str) -> str:
    """Minor units as text: with the currency's decimals, or whole credits."""
    return format_amount(amount_minor, unit) if unit in CURRENCIES else str(amount_minor)
