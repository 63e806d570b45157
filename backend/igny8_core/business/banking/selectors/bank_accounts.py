"""Our own bank accounts, and the profiles of their CSV and XLSX files."""

from igny8_core.business.banking.models import BankAccount, SavedCsvProfile


def bank_accounts() -> list[BankAccount]:
    """All accounts, by name."""
    return list(BankAccount.objects.order_by("name"))


def csv_profiles() -> list[SavedCsvProfile]:
    """All profiles, by name."""
    return list(SavedCsvProfile.objects.order_by("name"))
