"""The tables of the ledger."""

from igny8_core.business.ledger.models.balance import Balance
from igny8_core.business.ledger.models.journal import Journal, JournalLine

__all__ = ["Balance", "Journal", "JournalLine"]
