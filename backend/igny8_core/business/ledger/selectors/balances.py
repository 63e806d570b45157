"""What an account has (money balance, credits) and its ledger lines; for operators, sums over all accounts."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from igny8_core.business.ledger.domain.chart import CREDITS_UNIT, Code
from igny8_core.business.ledger.models import Balance, JournalLine
from igny8_core.kit.models import HasId


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Sums of one unit over the chosen accounts, in minor units; `total_minor` is zero unless the ledger is broken."""

    unit: str
    amounts: dict[str, int]
    total_minor: int


def money_balances(account: HasId | UUID) -> dict[str, int]:
    """The account's balance with us, by currency, in minor units; currencies it never used are absent."""
    rows = Balance.objects.for_account(account).filter(code=Code.CUSTOMER_BALANCE.value).order_by("unit")
    return {row.unit: -row.amount_minor for row in rows}


def credits_of(account: HasId | UUID) -> int:
    """The account's number of credits."""
    rows = Balance.objects.for_account(account).filter(unit=CREDITS_UNIT, code=Code.CREDITS.value)
    return -(rows.values_list("amount_minor", flat=True).first() or 0)


def holdings(account: HasId) -> tuple[int, dict[str, int]]:
    """The account's credits, and its money by currency in minor units, in one read."""
    held = Q(code=Code.CUSTOMER_BALANCE.value) | Q(code=Code.CREDITS.value, unit=CREDITS_UNIT)
    rows = Balance.objects.for_account(account).filter(held).order_by("unit")
    amounts = {row.unit: -row.amount_minor for row in rows}
    return amounts.pop(CREDITS_UNIT, 0), amounts


def credit_lines(account: HasId) -> QuerySet[JournalLine]:
    """The account's credit transactions; `amount_minor` is negative for received credits."""
    lines = JournalLine.objects.for_account(account).filter(unit=CREDITS_UNIT, code=Code.CREDITS.value)
    return lines.select_related("journal")


def own_lines(account: HasId, *, unit: str, code: Code) -> QuerySet[JournalLine]:
    """The account's lines of one code, for its own statement."""
    return JournalLine.objects.for_account(account).filter(unit=unit, code=code.value).select_related("journal")


def owed_by_currency(account: HasId) -> dict[str, int]:
    """What the account owes on issued invoices, by currency it has ever used, in minor units."""
    rows = Balance.objects.for_account(account).filter(code=Code.RECEIVABLE.value).order_by("unit")
    return {row.unit: row.amount_minor for row in rows}


def statement_lines(*, account_id: UUID, unit: str | None, code: str | None) -> QuerySet[JournalLine]:
    """Every line of an account, optionally of one unit or code, for operators."""
    lines = JournalLine.objects.across_accounts().filter(account_id=account_id)
    narrowed = lines.filter(Q() if unit is None else Q(unit=unit), Q() if code is None else Q(code=code))
    return narrowed.select_related("journal")


def trial_balance(*, account_id: UUID | None = None) -> list[TrialBalance]:
    """The sums of every code by unit, of all accounts or of one."""
    rows = Balance.objects.across_accounts()
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    sums = rows.values("unit", "code").annotate(total=Sum("amount_minor")).order_by("unit", "code")
    found: dict[str, dict[str, int]] = {}
    for row in sums:
        found.setdefault(row["unit"], {})[row["code"]] = int(row["total"])
    return [TrialBalance(unit, amounts, sum(amounts.values())) for unit, amounts in found.items()]
