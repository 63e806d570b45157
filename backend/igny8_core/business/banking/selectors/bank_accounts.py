"""Our own bank accounts, and how their CSV files are read."""

from igny8_core.business.banking.models import BankAccount, SavedCsvProfile


def bank_accounts() -> list[BankAccount]:
    """All of them, by name."""
    return list(BankAccount.objects.order_by("name"))


def csv_profiles() -> list[SavedCsvProfile]:
    """All of them, by name."""
    return list(SavedCsvProfile.objects.order_by("name"))
